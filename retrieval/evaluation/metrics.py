"""Measures of rankings and decisions, and how sure they are. All pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 1000
_SEED = 0
_TAILS = (0.025, 0.975)

Sample = Sequence[float] | NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A measure with the bounds of its 95 % interval."""

    value: float
    low: float
    high: float


def first_rank(relevant: Sequence[bool]) -> int | None:
    """The rank, from 1, of the first relevant item of a ranking; None where there is none."""
    return next((rank for rank, hit in enumerate(relevant, start=1) if hit), None)


def success(rank: int | None, k: int) -> float:
    """1 if the first relevant item stands among the first ``k``, else 0."""
    return float(rank is not None and rank <= k)


def reciprocal_rank(rank: int | None) -> float:
    """1 / rank of the first relevant item; 0 where there is none."""
    return 1 / rank if rank else 0.0


def ndcg(relevant: Sequence[bool], total: int, k: int) -> float:
    """NDCG at ``k`` with binary gains (Järvelin and Kekäläinen 2002), in 0..1.

    ``relevant`` marks the items of a ranking; ``total`` is how many relevant items there are,
    ranked or not. 0 where there are none.
    """
    discounts = 1 / np.log2(np.arange(2, k + 2))
    gains = np.array(relevant[:k], dtype=np.float64)
    ideal = discounts[: min(total, k)].sum()
    return float(gains @ discounts[: len(gains)] / ideal) if ideal else 0.0


def auroc(positive: Sample, negative: Sample) -> float | None:
    """The chance that a positive scores above a negative (Hanley and McNeil 1982), ties half.

    None where either is empty.
    """
    if not len(positive) or not len(negative):
        return None
    ordered = np.sort(negative)
    below = np.searchsorted(ordered, positive, "left")
    not_above = np.searchsorted(ordered, positive, "right")
    return float((below + not_above).mean() / (2 * len(ordered)))


def mean(values: Sample) -> Estimate:
    """The mean of one value or more, with its percentile bootstrap interval (Efron 1979).

    The draws are the same for samples of one size. The mean of paired differences has thus the
    interval of a paired bootstrap.
    """
    given = np.asarray(values, dtype=np.float64)
    draws = np.random.default_rng(_SEED).integers(0, len(given), size=(RESAMPLES, len(given)))
    return _estimate(float(given.mean()), given[draws].mean(axis=1))


def auroc_estimate(positive: Sample, negative: Sample) -> Estimate | None:
    """`auroc` with its interval: positives and negatives are drawn anew, each among themselves."""
    value = auroc(positive, negative)
    if value is None:
        return None
    chance = np.random.default_rng(_SEED)
    drawn = [
        auroc(chance.choice(positive, len(positive)), chance.choice(negative, len(negative)))
        for _ in range(RESAMPLES)
    ]
    return _estimate(value, np.array(drawn, dtype=np.float64))


def threshold_for(confidences: Sequence[float], tenths: int) -> float:
    """The highest threshold that at least so many tenths of ``confidences``, not empty, reach."""
    ordered = sorted(confidences)
    return ordered[len(ordered) * (10 - tenths) // 10]


def _estimate(value: float, drawn: NDArray[np.float64]) -> Estimate:
    low, high = np.quantile(drawn, _TAILS)
    return Estimate(value, float(low), float(high))
