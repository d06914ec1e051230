"""Fit the rule of `retrieval.standing` by which a release matches a standing question.

    python -m retrieval.training.fit_standing DATA

``DATA`` has the index of the largest archive of the fitting (`retrieval.training.archives`). Some
of the questions in ``data/standing.jsonl`` name the releases that are about them, and those that
mention them in a passage, as judged by reading; the others have a pattern, and are counted: a
release is about them if its title has the pattern, or three of its paragraphs and three in ten do.
A match is right in both cases, and missed only where the release is about the question. The rules
are printed by the sum of two F1, that of all matches together and the mean over the questions.
"""

import argparse
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.loading import load_encoder
from embeddings.models import DEFAULT_MODEL
from retrieval.archive import Archive
from retrieval.index.release_store import ReleaseStore
from retrieval.ranking.searcher import Searcher
from retrieval.release import ReleaseInfo
from retrieval.standing import OutlierRule, StandingQuestion, release_scores
from retrieval.training.archives import DATA
from retrieval.training.rows import Row, read_rows

_PARAGRAPHS, _SHARE = 3, 0.3
_SHOWN = 12
_RULES = tuple(
    OutlierRule(deviations, lowest, highest)
    for deviations, lowest, highest in product(
        (3.0, 3.5, 4.0, 4.5), (0.19, 0.21, 0.23), (0.27, 0.28, 0.30, 0.32, 0.35)
    )
)


@dataclass(frozen=True, slots=True)
class JudgedScores:
    """The scores of n releases for a question, (n,) float32, and which of them it is about.

    ``about`` and ``related`` are (n,) bool; related are those that it is about, or that mention it.
    """

    scores: NDArray[np.float32]
    about: NDArray[np.bool_]
    related: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class RuleQuality:
    """Precision, recall and F1 of all matches together, and the mean F1 over the questions."""

    precision: float
    recall: float
    f1: float
    mean_f1: float


def judged_scores(searcher: Searcher, rows: Sequence[Row]) -> Iterator[JudgedScores]:
    """Score and judge all releases of an archive for each question."""
    store, size = searcher.index.releases, searcher.index.manifest.releases
    texts = [(each.title, store.paragraphs(each.number)) for each in _by_number(store)]
    for row in rows:
        about, related = np.zeros(size, dtype=np.bool_), np.zeros(size, dtype=np.bool_)
        if "words" in row:
            pattern = re.compile(row["words"])
            for number, (title, paragraphs) in enumerate(texts):
                holding = sum(pattern.search(text) is not None for text in paragraphs)
                in_title = pattern.search(title) is not None
                often = holding >= max(_PARAGRAPHS, _SHARE * len(paragraphs))
                about[number] = in_title or often
                related[number] = in_title or holding > 0
        else:
            for marked, ids in ((about, row["about"]), (related, row["about"] + row["mentions"])):
                marked[[each.number for each in map(store.find, ids) if each]] = True
        scores = release_scores(searcher, StandingQuestion(row["question"]))
        yield JudgedScores(scores, about, related)


def quality(rule: OutlierRule, questions: Sequence[JudgedScores]) -> RuleQuality:
    """How often the matches of a rule are right, and how many of the releases it finds."""
    counts = np.array([_counts(rule, each) for each in questions], dtype=np.float64)
    precision, recall, f1 = _rates(counts.sum(axis=0))
    return RuleQuality(precision, recall, f1, float(np.mean([_rates(each)[2] for each in counts])))


def _counts(rule: OutlierRule, question: JudgedScores) -> tuple[int, int, int, int]:
    """How many match, are right, are found of those that it is about, and are about it."""
    matched = question.scores >= rule.threshold(question.scores)
    return (
        int(matched.sum()),
        int((matched & question.related).sum()),
        int((matched & question.about).sum()),
        int(question.about.sum()),
    )


def _rates(counts: NDArray[np.float64]) -> tuple[float, float, float]:
    """Precision, recall and F1; nothing matched, or nothing to find, is no error."""
    matched, right, found, about = counts.tolist()
    precision = right / matched if matched else 1.0
    recall = found / about if about else 1.0
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


def _by_number(store: ReleaseStore) -> list[ReleaseInfo]:
    return sorted(store.select(), key=lambda each: each.number)


def main() -> None:
    """Print the best rules."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("data", type=Path)
    data = parser.parse_args().data
    searcher = Archive(data, load_encoder(DEFAULT_MODEL, data / "models")).searcher
    questions = list(judged_scores(searcher, read_rows(DATA / "standing.jsonl")))
    found = {rule: quality(rule, questions) for rule in _RULES}
    best = sorted(found, key=lambda rule: found[rule].f1 + found[rule].mean_f1, reverse=True)
    for rule in best[:_SHOWN]:
        each = found[rule]
        print(
            f"{rule.deviations} deviations, {rule.lowest:.2f} to {rule.highest:.2f}: precision"
            f" {each.precision:.3f}, recall {each.recall:.3f}, F1 {each.f1:.3f}, by question"
            f" {each.mean_f1:.3f}"
        )


if __name__ == "__main__":
    main()
