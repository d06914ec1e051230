"""The features that candidates are ranked by: a row a candidate, a column a feature."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from retrieval.query.answer_types import AnswerType, contains_type, expected_types
from retrieval.query.periods import Period
from retrieval.query.understanding import ParsedQuery
from retrieval.ranking.candidates import Candidate
from retrieval.ranking.highlight import overlap
from retrieval.release import ReleaseInfo
from retrieval.text.attribution import speakers
from retrieval.text.tokens import terms, words

FEATURES: Mapping[str, str] = {
    "cosine": "of question and passage, the passage under its title",
    "bm25": "of title, author and passage, over the sum of the question's idf",
    "release": "the best mean of the two in the candidate's release",
    "beyond": "the share, by idf, of the terms missing from the title that the passage has",
    "number": "1 if a number is asked for and the passage has one, -1 if it has none",
    "quotation": "the same for a quotation",
    "speaker": "1 if the person named in the question is quoted, -1 if somebody else is",
    "named": "1 if the newsroom or member is named in the question",
    "dated": "1 if the release is from about the time in the question, -1 if it is not",
    "recency": "0 to 1, oldest to newest candidate, if the latest is asked for",
    "cited": "1 / rank of the release among those of the previous question",
}
"""What each feature is. 0 wherever the question does not ask for it, or it is not known."""


class FeatureTable:
    """The features of n candidates: an (n,) float32 column for each name.

    Columns and weights meet by name alone, so neither can be reordered without the other.
    """

    def __init__(self, columns: Mapping[str, NDArray[np.float32]]) -> None:
        self.columns = dict(columns)

    @classmethod
    def of_rows(cls, rows: Sequence[Mapping[str, float]]) -> "FeatureTable":
        """A table of rows that all have the same names."""
        names = rows[0].keys() if rows else FEATURES.keys()
        return cls({n: np.array([row[n] for row in rows], dtype=np.float32) for n in names})

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def row(self, at: int) -> dict[str, float]:
        """The features of one candidate."""
        return {name: float(column[at]) for name, column in self.columns.items()}

    def with_column(self, name: str, column: NDArray[np.float32]) -> "FeatureTable":
        """The same table with one more column, (n,) float32."""
        return FeatureTable({**self.columns, name: column})

    def weighted_sum(self, weights: Mapping[str, float]) -> NDArray[np.float32]:
        """(n,) float32: the sum of all columns, each times its weight.

        Raises:
            ValueError: if the weights are not for exactly the columns of the table.
        """
        if weights.keys() != self.columns.keys():
            differing = ", ".join(sorted(weights.keys() ^ self.columns.keys()))
            raise ValueError(f"weights and features differ in {differing}")
        total = np.zeros(len(self), dtype=np.float32)
        for name, column in sorted(self.columns.items()):
            total += np.float32(weights[name]) * column
        return total


def feature_table(query: ParsedQuery, candidates: Sequence[Candidate]) -> FeatureTable:
    """The `FEATURES` of each candidate for a question."""
    expected = expected_types(query.asked)
    asked_words = frozenset(words(query.text))
    releases = {each.release.number: each.release for each in candidates}
    shared = {number: _release_features(query, each) for number, each in releases.items()}
    recency = _recency([each.release.date for each in candidates], query.latest)
    return FeatureTable.of_rows(
        [
            {
                "cosine": each.cosine,
                "bm25": each.bm25,
                "release": each.release_best,
                "beyond": shared[each.release.number].beyond(each),
                "number": _type_feature(each.text, AnswerType.NUMBER, expected),
                "quotation": _type_feature(each.text, AnswerType.QUOTATION, expected),
                "speaker": _speaker(each, expected, asked_words),
                "named": shared[each.release.number].named,
                "dated": shared[each.release.number].dated,
                "recency": recent,
                "cited": shared[each.release.number].cited,
            }
            for each, recent in zip(candidates, recency, strict=True)
        ]
    )


@dataclass(frozen=True, slots=True)
class _ReleaseFeatures:
    """What the candidates of one release share.

    ``missing`` are the question's terms, with their idf, that neither title nor author has.
    """

    missing: Mapping[str, float]
    missing_idf: float
    named: float
    dated: float
    cited: float

    def beyond(self, candidate: Candidate) -> float:
        return overlap(candidate.terms, self.missing) / self.missing_idf


def _release_features(query: ParsedQuery, release: ReleaseInfo) -> _ReleaseFeatures:
    titled = frozenset(terms(f"{release.title} {release.author or ''}"))
    missing = {term: idf for term, idf in query.idf.items() if term not in titled}
    named = release.newsroom in query.named.newsrooms or release.author in query.named.members
    rank = query.context.get(release.number)
    return _ReleaseFeatures(
        missing=missing,
        missing_idf=sum(missing.values()) or 1.0,
        named=float(named),
        dated=_dated(release.date, query.period),
        cited=1 / rank if rank else 0.0,
    )


def _type_feature(text: str, answer_type: AnswerType, expected: frozenset[AnswerType]) -> float:
    if answer_type not in expected:
        return 0.0
    return 1.0 if contains_type(text, answer_type) else -1.0


def _speaker(
    candidate: Candidate, expected: frozenset[AnswerType], asked_words: frozenset[str]
) -> float:
    if AnswerType.QUOTATION not in expected:
        return 0.0
    names = speakers(candidate.body.paragraphs, candidate.number)
    if not names:
        return 0.0
    return 1.0 if names & asked_words else -1.0


def _dated(day: date | None, period: Period | None) -> float:
    if day is None or period is None:
        return 0.0
    first, last = period.near
    return 1.0 if first <= day <= last else -1.0


def _recency(dates: Sequence[date | None], latest: bool) -> list[float]:
    known = sorted({day for day in dates if day})
    if not latest or len(known) < 2:
        return [0.0] * len(dates)
    share = {day: at / (len(known) - 1) for at, day in enumerate(known)}
    return [share[day] if day else 0.0 for day in dates]
