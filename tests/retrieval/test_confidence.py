from hypothesis import given
from hypothesis import strategies as st

from retrieval.confidence import THRESHOLD, confidence

COSINE, COVERAGE, PASSAGES = st.floats(-1, 1), st.floats(0, 1), st.integers(0, 10**7)


@given(COSINE, COVERAGE, PASSAGES)
def test_confidence_is_a_probability(cosine, coverage, passages):
    assert 0 <= confidence(cosine, coverage, passages) <= 1


PAIRS = st.tuples(COSINE, COSINE), st.tuples(COVERAGE, COVERAGE), st.tuples(PASSAGES, PASSAGES)


@given(*PAIRS)
def test_better_evidence_is_never_less_certain(cosines, coverages, passages):
    low = confidence(min(cosines), min(coverages), max(passages))
    high = confidence(max(cosines), max(coverages), min(passages))
    assert low <= high


def test_near_and_covered_is_an_answer_and_far_and_bare_is_none():
    assert confidence(0.7, 0.8, 20_000) > THRESHOLD > confidence(0.2, 0.1, 20_000)
