"""Pronoun against name: the same question with a member's name and without, over one newsroom.

    python -m tests.benchmarks.pairs [--data DIR] [--shared DIR] [--quick]

Fifty pairs over ten newsrooms of one member each, five a newsroom; one of the five has no answer.
In a newsroom of one member, the name says nothing: both forms should get the same decision.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from retrieval.evaluation.evaluate import Outcome, evaluate
from retrieval.evaluation.metrics import bootstrap_mean
from tests.benchmarks.archives import Builder, Row, builder, read_rows, write_rows
from tests.benchmarks.parts import Options, Part, Table, Target, run_alone
from tests.benchmarks.retrieval import TODAY, interval

QUESTIONS = Path(__file__).parent / "data/pairs.jsonl"
FORMS = ("named", "unnamed")
_QUICK = 2  # newsrooms


@dataclass(frozen=True, slots=True)
class PairOutcome:
    """The results of one question in both forms."""

    named: Outcome
    unnamed: Outcome

    @property
    def same_decision(self) -> bool:
        return self.named.answered == self.unnamed.answered

    @property
    def both_right(self) -> bool:
        return is_right(self.named) and is_right(self.unnamed)


def is_right(outcome: Outcome) -> bool:
    """Whether a question is refused, or answered with the right paragraph first, as it should."""
    if outcome.ranks is None:
        return not outcome.answered
    return outcome.answered and outcome.ranks.paragraph == 1


def measure(options: Options) -> Part:
    """Ask both forms of each question of an archive of its newsroom alone."""
    rows = read_rows(QUESTIONS)
    newsrooms = [*dict.fromkeys(row["newsroom"] for row in rows)]
    if options.quick:
        newsrooms = newsrooms[:_QUICK]
    releases: dict[str, list[Row]] = {name: [] for name in newsrooms}
    for row in read_rows(options.releases):
        if row["domain"] in releases:
            releases[row["domain"]].append(row)
    outcomes: list[PairOutcome] = []
    with builder(options) as using:
        for name in newsrooms:
            own = [row for row in rows if row["newsroom"] == name]
            outcomes += _ask(using, options.data.with_name("pairs") / name, releases[name], own)
    same = [each.same_decision for each in outcomes]
    return Part(
        "Pronoun against name",
        f"{len(outcomes)} questions, each with the member's name and without, over archives of"
        f" {min(map(len, releases.values()))} to {max(map(len, releases.values()))} releases of"
        " that member. Right is a refusal where nothing answers, else an answer with the right"
        " paragraph first.",
        (_shares(outcomes), _different(outcomes)),
        targets=(
            Target(
                "pronoun against name: same decision, share",
                0.9,
                "",
                sum(same) / len(same),
                at_least=True,
            ),
        ),
    )


def _ask(
    using: Builder, folder: Path, releases: Sequence[Row], rows: Sequence[Row]
) -> list[PairOutcome]:
    """Ask the questions of one newsroom."""
    source = write_rows(folder / "releases.jsonl", releases)
    archive = using.build(folder, source, TODAY)
    found = []
    for form in FORMS:
        questions = [{**row, "question": row[form]} for row in rows]
        found.append(evaluate(archive, write_rows(folder / f"{form}.jsonl", questions)).outcomes)
    return [PairOutcome(*each) for each in zip(*found, strict=True)]


def _shares(outcomes: Sequence[PairOutcome]) -> Table:
    counted = {
        "same decision": [each.same_decision for each in outcomes],
        "both right": [each.both_right for each in outcomes],
    }
    for form in FORMS:
        own: list[Outcome] = [getattr(each, form) for each in outcomes]
        known = [each for each in own if each.ranks]
        first = [each.ranks.paragraph == 1 for each in known if each.ranks]
        counted[f"{form}, right paragraph first"] = first
        counted[f"{form}, answered"] = [each.answered for each in known]
        counted[f"{form}, refused"] = [not each.answered for each in own if not each.ranks]
    return Table(
        "How many",
        ("", "of", "count", "share"),
        tuple(
            (name, str(len(values)), str(sum(values)), interval(bootstrap_mean(values)))
            for name, values in counted.items()
            if values
        ),
    )


def _different(outcomes: Sequence[PairOutcome]) -> Table:
    return Table(
        "Decided differently",
        ("with the name", "confidence", "without", "confidence", "has an answer"),
        tuple(
            (
                each.named.question,
                f"{each.named.confidence:.2f}",
                each.unnamed.question,
                f"{each.unnamed.confidence:.2f}",
                "yes" if each.named.ranks else "no",
            )
            for each in outcomes
            if not each.same_decision
        ),
    )


if __name__ == "__main__":
    run_alone(measure, __doc__ or "")
