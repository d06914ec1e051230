"""How likely it is that the best passage answers: a logistic rule over its features.

The weights are fitted by ``python -m retrieval.training.fit_confidence`` on questions whose answer
is known, on the same questions with the right releases taken away, and on questions about other
subjects, over archives of one to two thousand releases.
"""

import math
from collections.abc import Mapping, Sequence

from retrieval.query.prompt_injection import is_prompt_injection
from retrieval.ranking.candidates import Candidate
from retrieval.ranking.highlight import overlap
from retrieval.ranking.hits import Hit, Ranking
from retrieval.ranking.weights import (
    CONFIDENCE,
    CONFIDENCE_UNRERANKED,
    PASSAGE,
    PASSAGE_UNRERANKED,
)
from retrieval.text.tokens import terms

_FEATURES = ("cosine", "bm25", "beyond", "number", "quotation", "speaker", "named")
_FOLLOWERS = 4  # the next best scores, which a lead is measured against

SIGNALS = ("bias", "reranker", "any", "lead", "passages", "covered", "within", *_FEATURES)
"""What the rule weighs: features of the best passage, and of the ranking as a whole."""


def confidence(ranking: Ranking, passages: int) -> float:
    """The probability, in 0..1, that the best of a ranking answers.

    It is 0 for an empty ranking, and for what asks nothing (`retrieval.query.prompt_injection`).

    Args:
        ranking: what was found.
        passages: how many passages were searched: among more, the nearest is nearer by chance.
    """
    if not ranking.hits or is_prompt_injection(ranking.query.question.text):
        return 0.0
    best = ranking.hits[0]
    found = signals(
        best.features,
        coverage(best.candidate, ranking.query.idf),
        [hit.score for hit in ranking.hits],
        best.reranker_score,
        [hit.reranker_score or 0.0 for hit in ranking.hits if hit.reranked],
        passages,
    )
    weights = CONFIDENCE_UNRERANKED if best.reranker_score is None else CONFIDENCE
    return logistic(sum(weights[name] * found[name] for name in SIGNALS))


def signals(
    features: Mapping[str, float],
    covered: tuple[float, float],
    scores: Sequence[float],
    reranker_score: float | None,
    reranker_scores: Sequence[float],
    passages: int,
) -> dict[str, float]:
    """The `SIGNALS` of a ranking, by name.

    Args:
        features: those of the best passage.
        covered: its `coverage`.
        scores: the scores of all passages, best first.
        reranker_score: that of the best passage; None without a reranker.
        reranker_scores: those of all passages that the reranker scored.
        passages: how many passages were searched.
    """
    followers = scores[1 : 1 + _FOLLOWERS]
    return {
        "bias": 1.0,
        "reranker": reranker_score or 0.0,
        "any": _log_sum(reranker_scores),
        "lead": scores[0] - sum(followers) / len(followers) if followers else 0.0,
        "passages": math.log(max(passages, 1)),
        "covered": covered[0],
        "within": covered[1],
        **{name: features[name] for name in _FEATURES},
    }


def coverage(candidate: Candidate, idf: Mapping[str, float]) -> tuple[float, float]:
    """The shares of a question, by idf, that a passage with its title holds, and its release.

    A subject of which the whole release has not a word is likely another's.
    """
    total = sum(idf.values()) or 1.0
    titled = {*terms(f"{candidate.release.title} {candidate.release.author or ''}")}
    passage = titled.union(terms(candidate.text))
    release = titled.union(terms(" ".join(candidate.body.paragraphs)))
    return overlap(passage, idf) / total, overlap(release, idf) / total


def passage_score(hit: Hit) -> float:
    """A hit's score as a probability, in 0..1, that it answers."""
    bias, slope = PASSAGE_UNRERANKED if hit.reranker_score is None else PASSAGE
    return logistic(bias + slope * hit.score)


def logistic(value: float) -> float:
    """The logistic function, without overflow."""
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, value))))


def _log_sum(scores: Sequence[float]) -> float:
    """``log(1 + sum(exp(scores)))``: how far all scores together are above none."""
    highest = max(scores, default=0.0)
    base = max(highest, 0.0)
    return base + math.log(math.exp(-base) + sum(math.exp(score - base) for score in scores))
