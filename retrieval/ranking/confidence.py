"""How likely it is that the best passage answers: a logistic rule on what speaks for it.

The weights are fitted by ``python -m retrieval.training.fit_confidence`` on questions whose answer
is known, on the same questions with the right releases taken away, and on questions about other
subjects, over archives of one to two thousand releases.
"""

import math
from collections.abc import Mapping, Sequence

from retrieval.query.prompt_injection import is_prompt_injection
from retrieval.ranking.candidates import Candidate
from retrieval.ranking.features import FEATURES
from retrieval.ranking.highlight import overlap
from retrieval.ranking.searcher import Hit, Ranking
from retrieval.ranking.weights import CONFIDENCE, CONFIDENCE_UNREAD, PASSAGE, PASSAGE_UNREAD
from retrieval.text.tokens import terms

_AT = {name: at for at, name in enumerate(FEATURES)}
_USED = ("cosine", "bm25", "beyond", "number", "quotation", "speaker", "named")
_BEHIND = 4  # followers that a lead is measured against

SIGNALS = ("bias", "reranker", "any", "lead", "passages", "covered", "within", *_USED)
"""What the rule weighs; those of `FEATURES` are of the best passage."""


def confidence(ranking: Ranking, passages: int) -> float:
    """The probability, in 0..1, that the best of a ranking answers.

    It is 0 where there is none, and where nothing is asked (`retrieval.query.prompt_injection`).
    ``passages`` is how many were searched: among more, the nearest is nearer by chance.
    """
    if not ranking.hits or is_prompt_injection(ranking.parsed.question.text):
        return 0.0
    best = ranking.hits[0]
    found = signals(
        best.evidence,
        coverage(best.candidate, ranking.parsed.weights),
        [hit.total for hit in ranking.hits],
        best.reranker,
        [hit.reranker for hit in ranking.hits if hit.reranker is not None],
        passages,
    )
    weights = CONFIDENCE_UNREAD if best.reranker is None else CONFIDENCE
    return logistic(sum(weights[name] * found[name] for name in SIGNALS))


def signals(
    evidence: Sequence[float],
    covered: tuple[float, float],
    totals: Sequence[float],
    reranker: float | None,
    read: Sequence[float],
    passages: int,
) -> Mapping[str, float]:
    """By `SIGNALS`, of the best passage.

    ``covered`` is its `coverage`; ``totals`` are those of all passages, best first; ``reranker`` is
    its score, ``read`` those of all that were read.
    """
    behind = totals[1 : 1 + _BEHIND]
    return {
        "bias": 1.0,
        "reranker": reranker or 0.0,
        "any": _log_sum(read),
        "lead": totals[0] - sum(behind) / len(behind) if behind else 0.0,
        "passages": math.log(max(passages, 1)),
        "covered": covered[0],
        "within": covered[1],
        **{name: evidence[_AT[name]] for name in _USED},
    }


def coverage(candidate: Candidate, weights: Mapping[str, float]) -> tuple[float, float]:
    """The shares of a question, by idf, that a passage with its title holds, and its release.

    A subject of which the whole release has not a word is likely another's.
    """
    total = sum(weights.values()) or 1.0
    titled = {*terms(f"{candidate.release.title} {candidate.release.author or ''}")}
    passage = titled.union(terms(candidate.text))
    release = titled.union(terms(" ".join(candidate.body.paragraphs)))
    return overlap(passage, weights) / total, overlap(release, weights) / total


def passage_score(hit: Hit) -> float:
    """A passage's total as a probability, in 0..1, that it answers."""
    bias, slope = PASSAGE_UNREAD if hit.reranker is None else PASSAGE
    return logistic(bias + slope * hit.total)


def logistic(value: float) -> float:
    """The logistic function, without overflow."""
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, value))))


def _log_sum(scores: Sequence[float]) -> float:
    """The logarithm of one and the sum of exponentials: how far all together are above none."""
    highest = max(scores, default=0.0)
    base = max(highest, 0.0)
    return base + math.log(math.exp(-base) + sum(math.exp(score - base) for score in scores))
