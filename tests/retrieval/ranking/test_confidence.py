import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.reranker import TextReading
from retrieval.ranking.confidence import READING_SIGNALS, SHOWN, SIGNALS, logistic, signals
from retrieval.ranking.weights import CONFIDENCE, CONFIDENCE_UNREAD, THRESHOLD

LOGITS = st.floats(-30, 30)
READ = st.builds(TextReading, LOGITS, LOGITS)
SCORED = st.builds(TextReading, LOGITS)
READINGS = st.lists(READ | SCORED | st.none(), min_size=1, max_size=SHOWN)


def read_signals(*readings):
    return signals(readings, 0.5, 1000)


@given(READINGS, st.floats(-1, 1), st.integers(0, 10**7))
def test_there_is_every_signal_for_any_ranking(readings, cosine, passages):
    found = signals(readings, cosine, passages)
    assert set(found) == set(SIGNALS)
    assert all(abs(value) < 1e3 for value in found.values())
    assert found["any"] >= found["score"]


@given(READ, READINGS)
def test_what_the_reader_says_of_the_best_passage_is_a_signal(best, others):
    found = read_signals(best, *others)
    assert found["score"] == best.score
    assert found["any"] == max(each.score for each in (best, *others) if each)


@given(SCORED | st.none(), READINGS)
def test_where_no_model_tells_whether_the_best_passage_answers_there_is_no_such_signal(
    best, others
):
    found = read_signals(best, *others)
    assert [found[name] for name in READING_SIGNALS] == [0.0] * len(READING_SIGNALS)


@given(st.floats(allow_nan=False))
def test_a_logistic_is_a_probability(value):
    assert 0 <= logistic(value) <= 1


@pytest.mark.parametrize("weights", [CONFIDENCE, CONFIDENCE_UNREAD])
def test_every_signal_has_its_weight(weights):
    assert set(weights) == set(SIGNALS)


def test_what_the_reader_finds_to_answer_is_surer():
    answering, beside = (read_signals(TextReading(at, at)) for at in (4.0, -4.0))
    for weights, differs in (CONFIDENCE, True), (CONFIDENCE_UNREAD, False):
        sure, unsure = (
            logistic(sum(weights[name] * value for name, value in each.items()))
            for each in (answering, beside)
        )
        assert (sure > unsure + 0.3) is differs
        assert (sure == pytest.approx(unsure)) is not differs
    assert 0 < THRESHOLD < 1
