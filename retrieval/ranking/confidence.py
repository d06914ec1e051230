"""How likely it is that the best passages answer: a logistic rule over what the reader says.

The weights are fitted by ``python -m retrieval.training.fit_confidence`` over archives of every
size, from one release to thousands, on questions whose answer is known, on questions that come near
to what was published and are not answered, and on questions about other subjects.
"""

import math
from collections.abc import Mapping, Sequence

from embeddings.reranker import TextReading
from retrieval.query.prompt_injection import is_prompt_injection
from retrieval.ranking.hits import Hit, Ranking
from retrieval.ranking.weights import (
    CONFIDENCE,
    CONFIDENCE_UNREAD,
    PASSAGE,
    PASSAGE_UNREAD,
)

_FEATURES = ("cosine", "quotation", "speaker")
_FOLLOWERS = 4  # the next best scores, which a lead is measured against
SHOWN = 3  # passages that an answer shows
READING_SIGNALS = ("score", "answers", "any")
"""What the rule weighs of the readings."""

SIGNALS = ("bias", *READING_SIGNALS, "lead", "passages", *_FEATURES)
"""All that the rule weighs: of the readings, of the ranking as a whole, and of the best passage."""


def confidence(ranking: Ranking, passages: int) -> float:
    """The probability, in 0..1, that the best passages of a ranking answer.

    It is 0 for an empty ranking, and for what asks nothing (`retrieval.query.prompt_injection`).
    Where the passages were not read by a model that tells whether they answer, a plainer rule is
    used, which is less sure.

    Args:
        ranking: what was found.
        passages: how many passages were searched: among more, the nearest is nearer by chance.
    """
    if not ranking.hits or is_prompt_injection(ranking.query.question.text):
        return 0.0
    best = ranking.hits[0]
    found = signals(
        best.features,
        [hit.score for hit in ranking.hits],
        [hit.reading for hit in ranking.hits[:SHOWN]],
        passages,
    )
    is_read = best.reading is not None and best.reading.answers is not None
    weights = CONFIDENCE if is_read else CONFIDENCE_UNREAD
    return logistic(sum(weights[name] * found[name] for name in SIGNALS))


def signals(
    features: Mapping[str, float],
    scores: Sequence[float],
    readings: Sequence[TextReading | None],
    passages: int,
) -> dict[str, float]:
    """The `SIGNALS` of a ranking, by name.

    Args:
        features: those of the best passage.
        scores: the scores of all passages, best first.
        readings: those of the passages that an answer shows, best first; None for one not read.
        passages: how many passages were searched.
    """
    followers = scores[1 : 1 + _FOLLOWERS]
    return {
        "bias": 1.0,
        **_read_signals(readings),
        "lead": scores[0] - sum(followers) / len(followers) if followers else 0.0,
        "passages": math.log(max(passages, 1)),
        **{name: features[name] for name in _FEATURES},
    }


def _read_signals(readings: Sequence[TextReading | None]) -> dict[str, float]:
    """The `READING_SIGNALS`; 0 where no model told whether the best passage answers."""
    best = readings[0]
    if best is None or best.answers is None:
        return dict.fromkeys(READING_SIGNALS, 0.0)
    answers = [each.answers for each in readings if each and each.answers is not None]
    return {"score": best.score, "answers": best.answers, "any": max(answers)}


def passage_score(hit: Hit) -> float:
    """A hit's score as a probability, in 0..1, that it answers."""
    bias, slope = PASSAGE if "reranker" in hit.features else PASSAGE_UNREAD
    return logistic(bias + slope * hit.score)


def logistic(value: float) -> float:
    """The logistic function, without overflow."""
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, value))))
