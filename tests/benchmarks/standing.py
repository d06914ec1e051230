"""Standing questions: how often a release that is announced is about the question, and missed.

    python -m tests.benchmarks.standing [--data DIR]

22 questions over the 455 releases that six newsrooms published from June to November 2024. Every
release was judged for every question, by its title and first paragraphs, and in doubt by the
passages that are nearest or have its words: it is *about* it, or *mentions* it in a passage, or
neither. A match is right in both cases, and missed only where the release is about it. The
thresholds are calibrated on the releases from before these months.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.ranking.searcher import Searcher
from retrieval.release import Filter
from retrieval.standing import OutlierRule, StandingQuestion, release_scores
from retrieval.timeline import timeline
from tests.benchmarks.archives import builder, read_rows
from tests.benchmarks.companies import mean
from tests.benchmarks.parts import Options, Part, Table, run_alone
from tests.benchmarks.retrieval import TODAY

JUDGMENTS = Path(__file__).parent / "data/standing.jsonl"
MONTHS = Filter(date(2024, 6, 1), date(2024, 11, 30))
_PASTS = (60, 250, 1400)  # releases that a threshold is calibrated on: the last ones before

Scores = NDArray[np.float32]
Rule = Callable[[Scores], float]
"""From the scores of past releases to the threshold."""


@dataclass(frozen=True, slots=True)
class Judgment:
    """A question, and the ids of the releases that are about it or mention it."""

    id: str
    question: StandingQuestion
    about: frozenset[str]
    mentions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Matched:
    """How many releases matched, were right, and were found of those that are about a question."""

    matched: int
    right: int
    found: int
    about: int

    @property
    def precision(self) -> float:
        return self.right / self.matched if self.matched else 1.0

    @property
    def recall(self) -> float:
        return self.found / self.about if self.about else 1.0

    @property
    def f1(self) -> float:
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def read_judgments() -> list[Judgment]:
    return [
        Judgment(
            row["id"],
            StandingQuestion(row["question"]),
            frozenset(row["about"]),
            frozenset(row["mentions"]),
        )
        for row in read_rows(JUDGMENTS)
    ]


def judge(judgment: Judgment, matched: frozenset[str]) -> Matched:
    """Compare what matched with the judgments of a question."""
    return Matched(
        matched=len(matched),
        right=len(matched & (judgment.about | judgment.mentions)),
        found=len(matched & judgment.about),
        about=len(judgment.about),
    )


def together(results: Sequence[Matched]) -> Matched:
    """All questions as one."""
    return Matched(
        matched=sum(each.matched for each in results),
        right=sum(each.right for each in results),
        found=sum(each.found for each in results),
        about=sum(each.about for each in results),
    )


_FIGURES: Sequence[Callable[[Matched], float]] = (
    lambda each: each.precision,
    lambda each: each.recall,
    lambda each: each.f1,
)


class _Months:
    """The judged months of an archive, and the releases from before them."""

    def __init__(self, searcher: Searcher, judgments: Sequence[Judgment]) -> None:
        store = searcher.index.releases
        self.searcher = searcher
        self.judgments = judgments
        self.ids = {each.number: each.id for each in store.select(MONTHS)}
        self.first = min(self.ids)  # numbers are in the order of dates

    def matched(self, scores: Scores, threshold: float) -> frozenset[str]:
        return frozenset(id for number, id in self.ids.items() if scores[number] >= threshold)

    def by_rule(
        self, scores: Mapping[str, Scores], rule: Rule, past: int | None = None
    ) -> list[Matched]:
        start = 0 if past is None else max(0, self.first - past)
        return [
            judge(each, self.matched(scores[each.id], rule(scores[each.id][start : self.first])))
            for each in self.judgments
        ]

    def by_timeline(self) -> list[Matched]:
        return [
            judge(
                each,
                frozenset(
                    release.id
                    for release in timeline(
                        self.searcher, each.question.subject.lower(), MONTHS
                    ).releases
                ),
            )
            for each in self.judgments
        ]

    def cosines(self) -> dict[str, Scores]:
        """The best cosine of each release, by question."""
        index = self.searcher.index
        found = {}
        for each in self.judgments:
            vector = self.searcher.encoder.encode_queries([each.question.subject])[0]
            best = np.full(index.manifest.releases, -np.inf, dtype=np.float32)
            rows = np.arange(len(index.vectors))
            np.maximum.at(best, index.release_of, index.vectors.scores_of(vector, rows))
            found[each.id] = best
        return found


def measure(options: Options) -> Part:
    """Match the releases of the months by each rule."""
    with builder(options) as using:
        searcher = using.open(options.data, TODAY).searcher
        months = _Months(searcher, read_judgments())
        scores = {each.id: release_scores(searcher, each.question) for each in months.judgments}
        cosines = months.cosines()
        chosen = months.by_rule(scores, OutlierRule().threshold)
        rules = {
            "words in a fifth of the passages and in two (`retrieval.timeline`)": (
                months.by_timeline()
            ),
            "cosine ≥ .29": months.by_rule(cosines, lambda past: 0.29),
            "cosine, mean + 2.8 deviations, ≥ .27": months.by_rule(
                cosines, lambda past: max(0.27, _deviations(past, 2.8))
            ),
            "score ≥ .24": months.by_rule(scores, lambda past: 0.24),
            "score ≥ .27": months.by_rule(scores, lambda past: 0.27),
            "score, .6 of the five best, ≥ .24": months.by_rule(
                scores, lambda past: max(0.24, 0.6 * float(np.sort(past)[-5:].mean()))
            ),
            "score, mean + 3 deviations, ≥ .21": months.by_rule(
                scores, lambda past: max(0.21, _deviations(past, 3))
            ),
            "**score, clipped mean + 4 deviations, .21 to .30**": chosen,
        }
        pasts = {
            f"the last {count}": months.by_rule(scores, OutlierRule().threshold, count)
            for count in _PASTS
        }
    return Part(
        "Standing questions",
        (__doc__ or "").partition("\n\n")[2].partition("\n\n")[2].strip(),
        (
            _rules("By rule", rules),
            _rules("Calibrated on fewer releases", pasts),
            _questions(months, scores, chosen),
        ),
    )


def _deviations(past: Scores, count: float) -> float:
    return float(past.mean() + count * past.std())


def _rules(title: str, rules: Mapping[str, Sequence[Matched]]) -> Table:
    rows = []
    for name, results in rules.items():
        whole = together(results)
        rows.append(
            (
                name,
                f"{whole.precision:.3f}",
                f"{whole.recall:.3f}",
                f"{whole.f1:.3f}",
                *(mean([figure(each) for each in results]) for figure in _FIGURES),
            )
        )
    return Table(
        title,
        ("", "precision", "recall", "F1", "by question: precision", "recall", "F1"),
        tuple(rows),
        "All matches together; and the mean over the questions, with a 95 % interval by bootstrap.",
    )


def _questions(months: _Months, scores: Mapping[str, Scores], results: Sequence[Matched]) -> Table:
    return Table(
        "By question",
        ("question", "threshold", "matched", "right", "about it", "found"),
        tuple(
            (
                judgment.question.text,
                f"{OutlierRule().threshold(scores[judgment.id][: months.first]):.2f}",
                *map(str, (each.matched, each.right, each.about, each.found)),
            )
            for judgment, each in zip(months.judgments, results, strict=True)
        ),
    )


if __name__ == "__main__":
    run_alone(measure, __doc__ or "")
