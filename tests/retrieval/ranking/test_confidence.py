import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.ranking.confidence import SIGNALS, logistic, signals
from retrieval.ranking.features import FEATURES
from retrieval.ranking.weights import CONFIDENCE, CONFIDENCE_UNRERANKED, THRESHOLD

FEATURE_VALUES = st.fixed_dictionaries({name: st.floats(-10, 10) for name in FEATURES})
TOTALS = st.lists(st.floats(-50, 50), min_size=1, max_size=9)
SCORES = st.lists(st.floats(-100, 100), max_size=9)
SHARES = st.tuples(st.floats(0, 1), st.floats(0, 1))


@given(FEATURE_VALUES, SHARES, TOTALS, SCORES, st.integers(0, 10**7))
def test_there_is_every_signal_for_any_features(features, covered, totals, scores, passages):
    best = scores[0] if scores else None
    found = signals(features, covered, sorted(totals, reverse=True), best, scores, passages)
    assert set(found) == set(SIGNALS)
    assert found["lead"] >= -1e-9
    assert found["any"] >= max([0.0, *scores]) - 1e-9


@given(st.floats(allow_nan=False))
def test_a_logistic_is_a_probability(value):
    assert 0 <= logistic(value) <= 1


@pytest.mark.parametrize("weights", [CONFIDENCE, CONFIDENCE_UNRERANKED])
def test_every_signal_has_its_weight(weights):
    assert set(weights) == set(SIGNALS)


def test_what_the_reranker_finds_to_answer_is_surer():
    assert CONFIDENCE["reranker"] > 0 < CONFIDENCE["within"]
    assert CONFIDENCE_UNRERANKED["reranker"] == pytest.approx(0, abs=1e-6)
    assert 0 < THRESHOLD < 1
