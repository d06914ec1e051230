"""Whether the confidence is a probability, over archives of one release to two thousand.

    python -m tests.benchmarks.reliability [--data DIR] [--shared DIR] [--plots DIR] [--quick]

An archive of a given size has the releases that some of the questions are over, at most a quarter
of its own, and others drawn at random from the same source. A question without an answer belongs
to its nearest release where the file names that, else to any archive. An answer is right if the
question has one and its paragraph is among the first three, which is what an answer shows.
"""

import random
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from retrieval.errors import BadQuestionFile
from retrieval.evaluation.evaluate import Outcome, evaluate
from retrieval.evaluation.metrics import bootstrap_auroc, bootstrap_mean
from retrieval.evaluation.questions import NEAR, sort_of
from tests.benchmarks.archives import Builder, Row, builder, read_rows, write_rows
from tests.benchmarks.parts import Options, Part, Plot, Series, Table, run_alone
from tests.benchmarks.question_sets import QuestionSet, standard_sets
from tests.benchmarks.retrieval import interval

SIZES = (1, 20, 300, 2000)
_QUICK_SIZES = (1, 20)
_QUICK_ARCHIVES = 3
_SHOWN = 3  # passages of an answer
_BINS = 10
_LEAST_IN_BIN = 5


@dataclass(frozen=True, slots=True)
class SmallArchive:
    """The releases of an archive, by id, and the questions asked of it."""

    releases: tuple[str, ...]
    questions: tuple[Row, ...]


def archives_of(
    size: int, questions: Sequence[Row], releases: Sequence[str], rng: random.Random
) -> list[SmallArchive]:
    """Spread questions over archives of ``size`` releases; each question is asked of one.

    Args:
        size: the releases of each archive; as many as there are if that is fewer.
        questions: rows of a question file.
        releases: the ids of all releases.
        rng: draws the order, and the other releases.
    """
    known = {*releases}
    about: dict[str, list[Row]] = {}
    anywhere = []
    for row in questions:
        anchor = row["release_id"] or next(iter(row.get("nearest") or ()), None)
        if anchor is None:
            anywhere.append(row)
        elif anchor in known:
            about.setdefault(anchor, []).append(row)
    anchors = rng.sample([*about], len(about))
    whole = size >= len(releases)
    per_archive = max(1, len(anchors) if whole else size // 4)
    groups = [anchors[at : at + per_archive] for at in range(0, len(anchors), per_archive)]
    archives = []
    for number, group in enumerate(groups):
        others = [each for each in releases if each not in group]
        drawn = rng.sample(others, min(size - len(group), len(others)))
        own = [row for anchor in group for row in about[anchor]]
        archives.append(SmallArchive((*group, *drawn), (*own, *anywhere[number :: len(groups)])))
    return archives


def measure(options: Options) -> Part:
    """Ask the questions of both standard sets of archives of every size."""
    tables, plots = [], []
    with builder(options) as using:
        for each in standard_sets(options, using):
            if options.quick:
                found = by_size(using, each, _QUICK_SIZES, _QUICK_ARCHIVES)
            else:
                found = by_size(using, each, SIZES, None)
            tables.append(table_of(each.name, found))
            plots.append(_plot(each.name, found))
    about = " ".join((__doc__ or "").partition("--quick]")[2].split())
    return Part("Reliability by size of the archive", about, tuple(tables), tuple(plots))


@dataclass(frozen=True, slots=True)
class Measured:
    """The outcomes over all archives of a size, and how many archives these are."""

    archives: int
    outcomes: tuple[Outcome, ...]


def by_size(
    using: Builder, asked: QuestionSet, sizes: Sequence[int], most: int | None
) -> dict[int, Measured]:
    """Ask a set of questions of archives of each size, at most ``most`` archives a size.

    A size above the number of releases stands for all of them.
    """
    rows = {row["id"]: row for row in asked.release_rows()}
    questions = with_previous_text(read_rows(asked.questions))
    found = {}
    for size in dict.fromkeys(min(size, len(rows)) for size in sizes):
        archives = archives_of(size, questions, [*rows], random.Random(size))[:most]
        outcomes: list[Outcome] = []
        for each in archives:
            with tempfile.TemporaryDirectory() as folder:
                own = (rows[id] for id in each.releases)
                source = write_rows(Path(folder) / "releases.jsonl", own)
                archive = using.build(Path(folder) / "data", source, asked.today)
                path = write_rows(Path(folder) / "questions.jsonl", each.questions)
                # It may be that none can be judged: their only answer is not found as published.
                with suppress(BadQuestionFile):
                    outcomes += evaluate(archive, path).outcomes
        found[size] = Measured(len(archives), tuple(outcomes))
    return found


def with_previous_text(questions: Sequence[Row]) -> list[Row]:
    """Replace ids of previous questions by their text, so that each question stands alone."""
    text_of = {row["id"]: row["question"] for row in questions}
    return [
        {**row, "previous": text_of.get(row["previous"], row["previous"])}
        if row.get("previous")
        else row
        for row in questions
    ]


def is_right(outcome: Outcome) -> bool:
    """Whether one of the paragraphs that an answer shows answers the question."""
    rank = outcome.ranks.paragraph if outcome.ranks else None
    return rank is not None and rank <= _SHOWN


def bins(outcomes: Sequence[Outcome]) -> Iterator[tuple[float, float, int]]:
    """Yield by tenths of the confidence its mean, the share that is right, and the number."""
    for number in range(_BINS):
        own = [each for each in outcomes if min(int(each.confidence * _BINS), _BINS - 1) == number]
        if own:
            confidence = float(np.mean([each.confidence for each in own]))
            yield confidence, float(np.mean([*map(is_right, own)])), len(own)


def calibration_error(outcomes: Sequence[Outcome]) -> float:
    """Return the mean distance of confidence and share right over the `bins`.

    It is the expected calibration error of Naeini, Cooper and Hauskrecht (2015).
    """
    return sum(
        abs(confidence - share) * n / len(outcomes) for confidence, share, n in bins(outcomes)
    )


def table_of(name: str, found: Mapping[int, Measured]) -> Table:
    """Tabulate the calibration and the decisions by size of the archive."""
    rows = []
    for size, measured in found.items():
        outcomes = measured.outcomes
        known = [each for each in outcomes if each.ranks]
        near = [each for each in outcomes if not each.ranks and sort_of(each.kind) == NEAR]
        right = [is_right(each) for each in outcomes]
        squares = [(each.confidence - own) ** 2 for each, own in zip(outcomes, right, strict=True)]
        refused = [not each.answered for each in near]
        rows.append(
            (
                f"{size:,}",
                str(measured.archives),
                str(len(outcomes)),
                f"{np.mean([each.confidence for each in outcomes]):.3f}",
                interval(bootstrap_mean(right)),
                f"{calibration_error(outcomes):.3f}",
                f"{np.mean(squares):.3f}",
                interval(bootstrap_mean([each.answered for each in known])),
                interval(bootstrap_mean(refused)) if refused else "",
                interval(
                    bootstrap_auroc(
                        [each.confidence for each in known], [each.confidence for each in near]
                    )
                ),
            )
        )
    columns = (
        "releases|archives|questions|mean confidence|share right|calibration error|Brier"
        "|answered|near refused|AUROC near"
    )
    return Table(f"Archives of {name}", tuple(columns.split("|")), tuple(rows))


def _plot(name: str, found: Mapping[int, Measured]) -> Plot:
    series = [Series("calibrated", ((0.0, 0.0), (1.0, 1.0)))]
    for size, measured in found.items():
        points = [
            (confidence, share)
            for confidence, share, n in bins(measured.outcomes)
            if n >= _LEAST_IN_BIN
        ]
        if points:
            series.append(Series(f"{size:,} release{'s' if size > 1 else ''}", tuple(points)))
    return Plot(
        f"reliability-{name.replace(' ', '-')}",
        f"Reliability by size of the archive: {name}",
        f"confidence, by tenths with {_LEAST_IN_BIN} questions or more",
        "share with a right paragraph among the first three",
        tuple(series),
        shares=True,
    )


if __name__ == "__main__":
    run_alone(measure, __doc__ or "")
