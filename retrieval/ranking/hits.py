"""Ranked candidates, as values: what each scored, and how the question was understood."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from embeddings.reranker import TextReading
from retrieval.query.understanding import ParsedQuery
from retrieval.ranking.candidates import Candidate
from retrieval.text.overlap import near_duplicates


@dataclass(frozen=True, slots=True)
class Hit:
    """A ranked candidate.

    Attributes:
        candidate: the passage and its release.
        features: the value of each of `retrieval.ranking.features.FEATURES`, by name; with a
            reranker also those of `retrieval.ranking.rounds.with_readings`.
        first_score: the weighted sum of the features that chose what the reranker reads.
        reading: what the reranker says of it; None if it did not read it.
        score: what the candidates are ranked by.
        also: candidates of other releases that say the same.
    """

    candidate: Candidate
    features: Mapping[str, float]
    first_score: float
    reading: TextReading | None
    score: float
    also: tuple[Candidate, ...] = ()

    @property
    def paragraph(self) -> str:
        """The whole paragraph that the passage is from."""
        return self.candidate.paragraph


@dataclass(frozen=True, slots=True)
class Ranking:
    """The hits for a question, best first, and the question as it was understood."""

    query: ParsedQuery
    hits: tuple[Hit, ...]


def distinct(hits: Sequence[Hit], compared: int) -> tuple[Hit, ...]:
    """Hits, best first, with each paragraph once, and near duplicates merged.

    The best of several passages of one paragraph stands for it. Of the first ``compared``, those
    that other releases say in the same words are listed in ``also`` of the best one.
    """
    return tuple(_merge_near_duplicates(_one_per_paragraph(hits), compared))


def _one_per_paragraph(hits: Sequence[Hit]) -> list[Hit]:
    best: dict[tuple[int, int], Hit] = {}
    for hit in hits:
        best.setdefault((hit.candidate.release.number, hit.candidate.number), hit)
    return list(best.values())


def _merge_near_duplicates(hits: Sequence[Hit], compared: int) -> list[Hit]:
    originals = near_duplicates([hit.candidate.text for hit in hits[:compared]])
    also: dict[int, list[Candidate]] = {}
    for at, original in enumerate(originals):
        others = also.setdefault(original, [])
        if hits[at].candidate.release.number != hits[original].candidate.release.number:
            others.append(hits[at].candidate)
    best = [
        replace(hits[original], also=tuple(others)) if others else hits[original]
        for original, others in also.items()
    ]
    return [*best, *hits[compared:]]
