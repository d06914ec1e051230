"""Why each passage is where it is: its features, and what each adds to its score."""

from dataclasses import dataclass

from retrieval.ranking.hits import Hit, Ranking
from retrieval.ranking.weights import FIRST_STAGE, RERANKED

_NEXT = 5  # passages below those that are shown


@dataclass(frozen=True, slots=True)
class FeatureContribution:
    """One feature of a passage: its value, and what it adds to the score."""

    name: str
    value: float
    adds: float


@dataclass(frozen=True, slots=True)
class PassageExplanation:
    """A ranked passage with the contributions of its features, the largest first.

    ``first`` is its rank before reranking; ``shown`` is true for the passages of the answer, and
    false for the next few.
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
    order = sorted(ranking.hits, key=lambda hit: -hit.first_score)
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
            total=hit.score,
            reasons=_contributions(hit),
        )
        for rank, hit in enumerate(ranking.hits[: limit + _NEXT], start=1)
    )


def _contributions(hit: Hit) -> tuple[FeatureContribution, ...]:
    weights = RERANKED if hit.features.keys() == RERANKED.keys() else FIRST_STAGE
    found = [
        FeatureContribution(name, value, weights[name] * value)
        for name, value in hit.features.items()
        if value
    ]
    return tuple(sorted(found, key=lambda each: -abs(each.adds)))
