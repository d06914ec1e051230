"""Why each passage is where it is: what spoke for it, and what that came to."""

from collections.abc import Mapping
from dataclasses import dataclass

from retrieval.ranking.features import FEATURES
from retrieval.ranking.searcher import Hit, Ranking
from retrieval.ranking.weights import EVIDENCE, EVIDENCE_READ, RERANKER

_NEARLY = 5  # passages below those that are shown


@dataclass(frozen=True, slots=True)
class FeatureContribution:
    """One piece of evidence for a passage: its value, and what it adds to the total."""

    name: str
    value: float
    adds: float


@dataclass(frozen=True, slots=True)
class PassageExplanation:
    """A passage in its place, with the evidence, what adds or takes most first.

    ``first`` is its rank before it was read; ``shown`` tells those of the answer from those that
    nearly made it.
    """

    rank: int
    first: int
    shown: bool
    release: str
    title: str
    paragraph: int
    text: str
    total: float
    reasons: tuple[FeatureContribution, ...]


def explain(ranking: Ranking, limit: int) -> tuple[PassageExplanation, ...]:
    """The first ``limit`` passages of a ranking, and the next few, explained."""
    order = sorted(ranking.hits, key=lambda hit: -hit.first)
    first = {id(hit): rank for rank, hit in enumerate(order, start=1)}
    return tuple(
        PassageExplanation(
            rank=rank,
            first=first[id(hit)],
            shown=rank <= limit,
            release=hit.candidate.release.id,
            title=hit.candidate.release.title,
            paragraph=hit.candidate.number,
            text=hit.candidate.text,
            total=hit.total,
            reasons=_reasons(hit),
        )
        for rank, hit in enumerate(ranking.hits[: limit + _NEARLY], start=1)
    )


def _reasons(hit: Hit) -> tuple[FeatureContribution, ...]:
    weights = EVIDENCE if hit.reranker is None else EVIDENCE_READ
    values: Mapping[str, float] = dict(zip(FEATURES, hit.evidence, strict=True))
    found = [
        FeatureContribution(name, value, weight * value)
        for (name, value), weight in zip(values.items(), weights, strict=True)
        if value
    ]
    if hit.reranker is not None:
        found.append(FeatureContribution("reranker", hit.reranker, RERANKER * hit.reranker))
    return tuple(sorted(found, key=lambda reason: -abs(reason.adds)))
