"""How likely it is that the best passages answer: a logistic rule over what the reader says.

The weights are fitted by ``python -m retrieval.training.fit_confidence`` over archives of every
size, from one release to thousands, on questions whose answer is known, on questions that come near
to what was published and are not answered, and on questions about other subjects.
"""

import math
from collections.abc import Sequence

from embeddings.reranker import TextReading
from retrieval.query.prompt_injection import is_prompt_injection
from retrieval.query.requests import asks_for_nothing_published
from retrieval.ranking.hits import Hit, Ranking
from retrieval.ranking.weights import (
    CONFIDENCE,
    CONFIDENCE_UNREAD,
    PASSAGE,
    PASSAGE_UNREAD,
)

SHOWN = 3  # passages that an answer shows
READING_SIGNALS = ("score", "any")
"""What the rule weighs of the readings: the best passage's score, and the highest of those shown.

Scores are comparable between questions, since they were trained against "none of these" as well.
"""

SIGNALS = ("bias", *READING_SIGNALS, "cosine", "passages")
"""All that the rule weighs: the readings, the best passage's cosine, the size of the archive."""


def confidence(ranking: Ranking, passages: int) -> float:
    """The probability, in 0..1, that the best passages of a ranking answer.

    It is 0 for an empty ranking, and for what asks for nothing that is published: instructions to a
    chatbot (`retrieval.query.prompt_injection`), and greetings and the like
    (`retrieval.query.requests`).
    Where the passages were not read by a model that says whether they answer, a plainer rule is
    used, which is less sure.

    Args:
        ranking: what was found.
        passages: how many passages were searched: among more, the nearest is nearer by chance.
    """
    asked = ranking.query.question.text
    if not ranking.hits or is_prompt_injection(asked) or asks_for_nothing_published(asked):
        return 0.0
    best = ranking.hits[0]
    readings = [hit.reading for hit in ranking.hits[:SHOWN]]
    found = signals(readings, best.features["cosine"], passages)
    is_read = best.reading is not None and best.reading.answers is not None
    weights = CONFIDENCE if is_read else CONFIDENCE_UNREAD
    return logistic(sum(weights[name] * found[name] for name in SIGNALS))


def signals(
    readings: Sequence[TextReading | None], cosine: float, passages: int
) -> dict[str, float]:
    """The `SIGNALS` of a ranking, by name.

    Args:
        readings: those of the passages that an answer shows, best first; None for one not read.
        cosine: of the best passage and the question.
        passages: how many passages were searched.
    """
    return {
        "bias": 1.0,
        **_read_signals(readings),
        "cosine": cosine,
        "passages": math.log(max(passages, 1)),
    }


def _read_signals(readings: Sequence[TextReading | None]) -> dict[str, float]:
    """The `READING_SIGNALS`; 0 where no model said whether the best passage answers."""
    best = readings[0]
    if best is None or best.answers is None:
        return dict.fromkeys(READING_SIGNALS, 0.0)
    return {"score": best.score, "any": max(each.score for each in readings if each)}


def passage_score(hit: Hit) -> float:
    """A hit's score as a probability, in 0..1, that it answers."""
    bias, slope = PASSAGE if "reranker" in hit.features else PASSAGE_UNREAD
    return logistic(bias + slope * hit.score)


def logistic(value: float) -> float:
    """The logistic function, without overflow."""
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, value))))
