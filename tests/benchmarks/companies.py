"""Answers over the releases of companies: the development set beyond Congress.

    python -m tests.benchmarks.companies [--data DIR] [--shared DIR] [--quick]

215 questions over 110 releases, 85 of them without an answer though their subject is covered. The
archive has the releases of all companies that no training question is over, as
`retrieval.training.companies` splits them. It is built beside ``--data``, in ``companies``, if it
is not there yet.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

from retrieval.evaluation.evaluate import Outcome, evaluate
from retrieval.evaluation.metrics import Estimate, bootstrap_mean, hit_at, reciprocal_rank
from retrieval.training.companies import is_for_development
from tests.benchmarks.archives import Builder, builder, read_rows, write_rows
from tests.benchmarks.parts import Options, Part, Table, Target, run_alone
from tests.benchmarks.retrieval import interval

QUESTIONS = Path(__file__).parent / "data/companies.jsonl"
TODAY = date(2026, 10, 1)
"""The day after the last release, to which "last March" is relative."""

_COLUMNS = "n|MRR|hit@1|@3|@5|release@1|answered|n|near refused|highlight"


def folder(options: Options) -> Path:
    return options.data.with_name("companies-quick" if options.quick else "companies")


def source_file(options: Options) -> Path:
    return folder(options) / "releases.jsonl"


def build(options: Options, using: Builder) -> None:
    """Build the archive if it is missing; a quick one has only the releases of the questions."""
    releases = [row for row in read_rows(options.company_releases) if is_for_development(row)]
    if options.quick:
        chosen = {*_release_of().values()}
        releases = [row for row in releases if row["id"] in chosen]
    using.build(folder(options), write_rows(source_file(options), releases), TODAY)


def measure(options: Options) -> Part:
    """Build the archive if it is missing, then ask."""
    with builder(options) as using:
        build(options, using)
        archive = using.open(folder(options), TODAY)
        found = evaluate(archive, QUESTIONS)
        newsrooms = {row["id"]: row["newsroom"] for row in read_rows(options.company_releases)}
    newsroom_of = {id: newsrooms[release] for id, release in _release_of().items()}
    outcomes = found.outcomes
    rates = [each.current for each in (found.abstention.answered,) if each]
    near = [each.rate.current for each in found.abstention.sorts if each.rate.kind == "near"]
    mrr = [found.quality.mrr] if found.quality else []
    lost = f" Left out: {', '.join(each.id for each in found.lost)}." if found.lost else ""
    return Part(
        "Companies",
        f"{len(outcomes)} questions over {archive.index.manifest.releases:,} releases,"
        f" {archive.index.manifest.passages:,} passages. Intervals are 95 %, by bootstrap.{lost}",
        (
            grouped("Companies", outcomes, lambda each: "all"),
            grouped("By newsroom", outcomes, lambda each: newsroom_of[each.id]),
            grouped("By kind", [each for each in outcomes if each.ranks], lambda each: each.kind),
            _refusals([each for each in outcomes if not each.ranks]),
        ),
        targets=tuple(
            Target(
                f"companies: {what}", bound, "", value[0].value if value else None, at_least=True
            )
            for what, bound, value in (
                ("MRR", 0.80, mrr),
                ("answered", 0.88, rates),
                ("near, refused", 0.75, near),
            )
        ),
    )


def grouped(title: str, outcomes: Sequence[Outcome], group: Callable[[Outcome], str]) -> Table:
    """Tabulate the figures of each group of questions, largest first.

    The first ``n`` counts those with an answer, the second the others.
    """
    groups: dict[str, list[Outcome]] = {}
    for each in outcomes:
        groups.setdefault(group(each), []).append(each)
    ordered = sorted(groups.items(), key=lambda each: -len(each[1]))
    return Table(
        title, ("", *_COLUMNS.split("|")), tuple((name, *_figures(own)) for name, own in ordered)
    )


def _figures(outcomes: Sequence[Outcome]) -> tuple[str, ...]:
    known = [each for each in outcomes if each.ranks]
    others = [each for each in outcomes if not each.ranks]
    paragraphs = [each.ranks.paragraph for each in known if each.ranks]
    releases = [each.ranks.release for each in known if each.ranks]
    return (
        str(len(known)),
        mean([reciprocal_rank(rank) for rank in paragraphs]),
        *(mean([hit_at(rank, k) for rank in paragraphs]) for k in (1, 3, 5)),
        mean([hit_at(rank, 1) for rank in releases]),
        mean([each.answered for each in known]),
        str(len(others)),
        mean([not each.answered for each in others]),
        mean([each.highlighted for each in known if each.highlighted is not None]),
    )


def _refusals(outcomes: Sequence[Outcome]) -> Table:
    kinds = Counter(each.kind for each in outcomes)
    return Table(
        "Without an answer, by kind",
        ("", "n", "refused"),
        tuple(
            (kind, str(n), mean([not each.answered for each in outcomes if each.kind == kind]))
            for kind, n in kinds.most_common()
        ),
    )


def mean(values: Sequence[float]) -> str:
    """Format a mean with its interval; empty without values."""
    return interval(estimate(values))


def estimate(values: Sequence[float]) -> Estimate | None:
    return bootstrap_mean(values) if len(values) else None


def _release_of() -> Mapping[str, str]:
    """Return by question the release that it is over, whether that answers it or not."""
    return {row["id"]: row["release_id"] or row["nearest"][0] for row in read_rows(QUESTIONS)}


if __name__ == "__main__":
    run_alone(measure, __doc__ or "")
