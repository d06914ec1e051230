"""The metrics, computed by hand and compared with ir-measures and scikit-learn."""

import ir_measures
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ir_measures import RR, Qrel, ScoredDoc, Success, nDCG
from sklearn.metrics import roc_auc_score

from retrieval.evaluation.metrics import (
    Estimate,
    auroc,
    bootstrap_auroc,
    bootstrap_mean,
    first_rank,
    hit_at,
    ndcg,
    reciprocal_rank,
    threshold_for,
)

CUTOFFS = (1, 3, 5, 10)
rankings = st.lists(st.booleans(), min_size=1, max_size=30)


@given(relevant=rankings, unranked=st.integers(0, 12))
def test_ranking_metrics_agree_with_ir_measures(relevant, unranked):
    total = sum(relevant) + unranked
    if not total:
        return
    run = [ScoredDoc("q", f"d{at}", float(-at)) for at in range(len(relevant))]
    qrels = [Qrel("q", f"d{at}", 1) for at, hit in enumerate(relevant) if hit]
    qrels += [Qrel("q", f"u{at}", 1) for at in range(unranked)]
    theirs = ir_measures.calc_aggregate(
        [RR, nDCG @ 10, *(Success @ k for k in CUTOFFS)], qrels, run
    )
    rank = first_rank(relevant)
    assert reciprocal_rank(rank) == pytest.approx(theirs[RR])
    assert ndcg(relevant, total, 10) == pytest.approx(theirs[nDCG @ 10])
    assert [hit_at(rank, k) for k in CUTOFFS] == [theirs[Success @ k] for k in CUTOFFS]


def test_ranking_metrics_by_hand():
    assert first_rank([False, False, True, True]) == 3
    assert first_rank([False]) is None
    assert first_rank([]) is None
    assert (reciprocal_rank(4), reciprocal_rank(None)) == (0.25, 0.0)
    assert (hit_at(3, 3), hit_at(4, 3), hit_at(None, 3)) == (1.0, 0.0, 0.0)
    assert ndcg([False, True], total=1, k=10) == pytest.approx(1 / np.log2(3))
    assert ndcg([True, True], total=2, k=10) == pytest.approx(1)
    assert ndcg([True], total=2, k=10) == pytest.approx(1 / (1 + 1 / np.log2(3)))
    assert ndcg([False] * 10 + [True], total=1, k=10) == 0
    assert ndcg([], total=0, k=10) == 0


coarse = st.lists(st.integers(0, 8).map(lambda value: value / 8), min_size=1, max_size=40)


@given(positive=coarse, negative=coarse)
def test_auroc_agrees_with_scikit_learn_including_ties(positive, negative):
    labels = [1] * len(positive) + [0] * len(negative)
    assert auroc(positive, negative) == pytest.approx(roc_auc_score(labels, positive + negative))


def test_there_is_no_auroc_of_a_single_class():
    assert auroc([], [0.5]) is None
    assert auroc([0.5], []) is None
    assert bootstrap_auroc([0.5], []) is None


def test_the_interval_of_a_mean_is_close_to_the_normal_one():
    values = np.random.default_rng(1).normal(3, 2, 400)
    estimate = bootstrap_mean(values)
    margin = 1.96 * values.std() / np.sqrt(len(values))
    assert estimate.value == pytest.approx(values.mean())
    assert estimate.low == pytest.approx(values.mean() - margin, abs=0.03)
    assert estimate.high == pytest.approx(values.mean() + margin, abs=0.03)
    assert bootstrap_mean(values) == estimate


def test_the_interval_of_a_constant_is_a_point():
    assert bootstrap_mean([0.25] * 7) == Estimate(0.25, 0.25, 0.25)
    assert bootstrap_mean([True]) == Estimate(1.0, 1.0, 1.0)


def test_a_paired_difference_has_a_narrower_interval_than_its_parts():
    chance = np.random.default_rng(2)
    one = chance.uniform(size=200)
    other = one - 0.05 + chance.normal(0, 0.01, 200)
    lead = bootstrap_mean(one - other)
    assert lead.low > 0.04
    assert bootstrap_mean(one).low < bootstrap_mean(other).high


def test_auroc_has_an_interval():
    chance = np.random.default_rng(3)
    positive, negative = chance.normal(1, 1, 60), chance.normal(0, 1, 40)
    estimate = bootstrap_auroc(positive, negative)
    assert estimate.value == auroc(positive, negative)
    assert 0.5 < estimate.low < estimate.value < estimate.high < 1
    # Close to the standard error of Hanley and McNeil 1982.
    q1, q2 = estimate.value / (2 - estimate.value), 2 * estimate.value**2 / (1 + estimate.value)
    square = estimate.value**2
    variance = estimate.value * (1 - estimate.value) + 59 * (q1 - square) + 39 * (q2 - square)
    expected = 2 * 1.96 * np.sqrt(variance / (60 * 40))
    assert estimate.high - estimate.low == pytest.approx(expected, rel=0.25)


@given(st.lists(st.integers(0, 20).map(lambda value: value / 20), min_size=1, max_size=50))
def test_the_threshold_is_the_highest_that_ninety_percent_reach(confidences):
    threshold = threshold_for(confidences, 90)
    reaching = sum(each >= threshold for each in confidences)
    assert 10 * reaching >= 9 * len(confidences)
    above = sum(each > threshold for each in confidences)
    assert 10 * above < 9 * len(confidences)


def test_one_of_ten_may_be_below_the_threshold():
    assert threshold_for([value / 10 for value in range(10)], 90) == 0.1
