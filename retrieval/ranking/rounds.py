"""Which candidates are read, in two rounds: the most promising ones, then the best release's.

The right release is found more often than the right paragraph of it. So the second round reads the
other passages of the release that leads after the first one, and there is none if the leading
passage answers beyond doubt.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from embeddings.reranker import TextReading
from retrieval.ranking.features import FeatureTable
from retrieval.ranking.weights import RERANKED

READ = 16  # candidates that are read; 24 improve little (docs/retrieval.md)
_FIRST = 10  # of these in the first round
_SURE = 3.0  # logit of the probability that a passage answers, from which no more are read

Read = Callable[[Sequence[int]], Sequence[TextReading]]
"""Reads the candidates at some positions."""


def read_in_rounds(
    features: FeatureTable,
    first: NDArray[np.float32],
    releases: Sequence[int],
    read: Read,
) -> dict[int, TextReading]:
    """Read the candidates worth reading.

    Args:
        features: those of n candidates.
        first: (n,) float32, their scores before reading.
        releases: the number of the release of each.
        read: reads some of them.

    Returns:
        The readings by position.
    """
    order = np.argsort(-first, kind="stable").tolist()
    readings = dict(zip(order[:_FIRST], read(order[:_FIRST]), strict=True))
    rest = order[_FIRST:]
    if not rest:
        return readings
    scores = reranked_scores(features, readings)
    best = max(readings, key=lambda at: float(scores[at]))
    answers = readings[best].answers
    if answers is not None and answers >= _SURE:
        return readings
    own = [at for at in rest if releases[at] == releases[best]]
    others = [at for at in rest if releases[at] != releases[best]]
    chosen = [*own, *others][: READ - _FIRST]
    return readings | dict(zip(chosen, read(chosen), strict=True))


def reranked_scores(
    features: FeatureTable, readings: Mapping[int, TextReading]
) -> NDArray[np.float32]:
    """(n,) float32: the weighted sum of the features and of what was read."""
    return with_readings(features, readings).weighted_sum(RERANKED)


def with_readings(features: FeatureTable, readings: Mapping[int, TextReading]) -> FeatureTable:
    """The features with two more, ``reranker`` and ``answers``: the readings' score and answers.

    A candidate that was not read has the worst of each that was, and ``answers`` is 0 where the
    model does not tell.
    """
    table = features
    for name, values in (
        ("reranker", {at: each.score for at, each in readings.items()}),
        ("answers", {at: each.answers or 0.0 for at, each in readings.items()}),
    ):
        column = np.full(len(features), min(values.values()), dtype=np.float32)
        column[list(values)] = list(values.values())
        table = table.with_column(name, column)
    return table
