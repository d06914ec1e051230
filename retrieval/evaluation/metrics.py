"""Metrics of rankings and decisions, with bootstrap confidence intervals. All pure functions."""

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
    """The value of a metric with the bounds of its 95 % confidence interval."""

    value: float
    low: float
    high: float


def first_rank(relevant: Sequence[bool]) -> int | None:
    """Return the rank, from 1, of the first relevant item of a ranking, or None."""
    return next((rank for rank, is_relevant in enumerate(relevant, start=1) if is_relevant), None)


def hit_at(rank: int | None, k: int) -> float:
    """Return hit@k: 1 if the first relevant item is among the first ``k``, else 0."""
    return float(rank is not None and rank <= k)


def reciprocal_rank(rank: int | None) -> float:
    """Return 1 / ``rank``, the rank of the first relevant item; 0 if there is none."""
    return 1 / rank if rank else 0.0


def ndcg(relevant: Sequence[bool], total: int, k: int) -> float:
    """Return nDCG@k with binary gains (Järvelin and Kekäläinen 2002), in 0..1.

    Args:
        relevant: whether each item of the ranking is relevant, best first.
        total: the number of relevant items, ranked or not; if it is 0, so is the result.
        k: the cutoff.
    """
    discounts = 1 / np.log2(np.arange(2, k + 2))
    gains = np.array(relevant[:k], dtype=np.float64)
    ideal = discounts[: min(total, k)].sum()
    return float(gains @ discounts[: len(gains)] / ideal) if ideal else 0.0


def auroc(positive: Sample, negative: Sample) -> float | None:
    """Return the area under the ROC curve, in 0..1, or None if either sample is empty.

    It is the probability that a positive scores above a negative, a tie counting half (Hanley and
    McNeil 1982).
    """
    if not len(positive) or not len(negative):
        return None
    ordered = np.sort(negative)
    below = np.searchsorted(ordered, positive, "left")
    not_above = np.searchsorted(ordered, positive, "right")
    return float((below + not_above).mean() / (2 * len(ordered)))


def bootstrap_mean(values: Sample) -> Estimate:
    """Return the mean of one or more values with its percentile bootstrap interval (Efron 1979).

    Samples of the same size are resampled in the same way, so the mean of paired differences has
    the interval of a paired bootstrap.
    """
    sample = np.asarray(values, dtype=np.float64)
    draws = np.random.default_rng(_SEED).integers(0, len(sample), size=(RESAMPLES, len(sample)))
    return _estimate(float(sample.mean()), sample[draws].mean(axis=1))


def bootstrap_auroc(positive: Sample, negative: Sample) -> Estimate | None:
    """Return `auroc` with its bootstrap interval; each sample is resampled separately."""
    value = auroc(positive, negative)
    if value is None:
        return None
    rng = np.random.default_rng(_SEED)
    resampled = [
        auroc(rng.choice(positive, len(positive)), rng.choice(negative, len(negative)))
        for _ in range(RESAMPLES)
    ]
    return _estimate(value, np.array(resampled, dtype=np.float64))


def threshold_for(confidences: Sequence[float], percent: int) -> float:
    """Return the highest threshold that at least ``percent`` % of ``confidences`` reach.

    Args:
        confidences: one or more.
        percent: 1 to 100.
    """
    ascending = sorted(confidences)
    return ascending[len(ascending) * (100 - percent) // 100]


def _estimate(value: float, resampled: NDArray[np.float64]) -> Estimate:
    low, high = np.quantile(resampled, _TAILS)
    return Estimate(value, float(low), float(high))
