"""What speaks for each candidate: one row of numbers a candidate, named by `FEATURES`."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from retrieval.query.answer_types import AnswerType, contains_type, expected_types
from retrieval.query.periods import Period
from retrieval.query.understanding import QuestionHints
from retrieval.ranking.candidates import Candidate
from retrieval.ranking.highlight import overlap
from retrieval.release import ReleaseInfo
from retrieval.text.attribution import speakers
from retrieval.text.tokens import terms, words

FEATURES = (
    "cosine",  # of question and passage under its title
    "bm25",  # of title, author and passage, over the sum of the question's idf
    "release",  # the best mean of the two in the candidate's release
    "beyond",  # share, by idf, of what its title does not hold that the paragraph holds
    "length",  # log of the number of words
    "number",  # 1 where a number is wanted and there is one, -1 where there is none
    "time",
    "quotation",
    "reason",
    "speaker",  # 1 where whoever is named in the question speaks
    "named",  # 1 where the newsroom or member is named in the question
    "dated",  # 1 where a time is named and the release is of about that time, -1 where it is not
    "recency",  # 0 to 1, oldest to newest candidate, where the latest is asked for
    "cited",  # 1/rank of the release among those of the question before
    "repeats",  # log of the number of releases that hold the very paragraph
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What of a question the evidence is held against.

    ``weights`` are its terms with their inverse document frequencies; ``cited`` ranks, from 1, the
    releases of the question before it.
    """

    text: str
    weights: Mapping[str, float]
    reading: QuestionHints
    cited: Mapping[int, int]


def evidence(asked: Asked, candidates: Sequence[Candidate]) -> NDArray[np.float32]:
    """(n, f) float32: a row a candidate, a column for each of `FEATURES`."""
    kinds = expected_types(asked.text)
    said = frozenset(words(asked.text))
    releases = {each.release.number: each.release for each in candidates}
    shared = {number: _of_release(release, asked) for number, release in releases.items()}
    recent = _recency([each.release.date for each in candidates], asked.reading.latest)
    rows = [
        _row(each, shared[each.release.number], kinds, said, recency)
        for each, recency in zip(candidates, recent, strict=True)
    ]
    return np.array(rows, dtype=np.float32).reshape(len(rows), len(FEATURES))


@dataclass(frozen=True, slots=True)
class _Shared:
    """What the candidates of one release have in common.

    ``missing`` are the question's terms that neither title nor author holds, with their weights,
    and ``whole`` is the sum of these.
    """

    missing: Mapping[str, float]
    whole: float
    named: float
    dated: float
    cited: float


def _of_release(release: ReleaseInfo, asked: Asked) -> _Shared:
    titled = frozenset(terms(f"{release.title} {release.author or ''}"))
    missing = {term: weight for term, weight in asked.weights.items() if term not in titled}
    who = asked.reading.named
    rank = asked.cited.get(release.number)
    return _Shared(
        missing=missing,
        whole=sum(missing.values()) or 1.0,
        named=float(release.newsroom in who.newsrooms or release.author in who.members),
        dated=_dated(release.date, asked.reading.period),
        cited=1 / rank if rank else 0.0,
    )


def _row(
    candidate: Candidate,
    shared: _Shared,
    kinds: frozenset[AnswerType],
    said: frozenset[str],
    recency: float,
) -> tuple[float, ...]:
    text = candidate.text
    speaking = 0.0
    if AnswerType.QUOTATION in kinds:
        who = speakers(candidate.body.paragraphs, candidate.number)
        speaking = (1.0 if who & said else -1.0) if who else 0.0
    return (
        candidate.cosine,
        candidate.bm25,
        candidate.release_best,
        overlap(candidate.held, shared.missing) / shared.whole,
        math.log(text.count(" ") + 1),
        *(
            (1.0 if contains_type(text, kind) else -1.0) if kind in kinds else 0.0
            for kind in AnswerType
        ),
        speaking,
        shared.named,
        shared.dated,
        recency,
        shared.cited,
        math.log(candidate.repeats),
    )


def _dated(day: date | None, period: Period | None) -> float:
    """Whether a release is of about the time that a question names; 0 where that is not known."""
    if day is None or period is None:
        return 0.0
    first, last = period.near
    return 1.0 if first <= day <= last else -1.0


def _recency(dates: Sequence[date | None], latest: bool) -> list[float]:
    """From 0 for the oldest to 1 for the newest, where that is asked for; else 0 for all."""
    known = sorted({day for day in dates if day})
    if not latest or len(known) < 2:
        return [0.0] * len(dates)
    share = {day: at / (len(known) - 1) for at, day in enumerate(known)}
    return [share[day] if day else 0.0 for day in dates]
