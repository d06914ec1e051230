"""Which candidates are read, with readers that say what the test has decided."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.reranker import TextReading
from retrieval.ranking.features import FEATURES, FeatureTable
from retrieval.ranking.rounds import READ, read_in_rounds, reranked_scores, with_readings
from retrieval.ranking.weights import RERANKED

SURE, UNSURE = 50.0, 0.0
SCORES = st.floats(-20, 20, width=32)


@st.composite
def candidates(draw):
    """First scores, releases, and readings of up to forty candidates."""
    size = draw(st.integers(1, 40))
    first = draw(st.lists(SCORES, min_size=size, max_size=size))
    releases = draw(st.lists(st.integers(0, 4), min_size=size, max_size=size))
    readings = [TextReading(draw(SCORES), draw(SCORES)) for _ in range(size)]
    return np.array(first, np.float32), releases, readings


def no_features(count):
    """Features that tell nothing, so that only what is read counts."""
    return FeatureTable({name: np.zeros(count, np.float32) for name in FEATURES})


def rounds(first, releases, readings):
    """What `read_in_rounds` gives, and the positions that it read in each round."""
    calls = []

    def read(positions):
        calls.append(list(positions))
        return [readings[at] for at in positions]

    return read_in_rounds(no_features(len(first)), first, releases, read), calls


@given(candidates())
def test_so_many_are_read_and_each_at_most_once(given):
    first, _, readings = given
    found, calls = rounds(*given)
    read = [at for call in calls for at in call]
    assert len(read) == len(set(read)) <= READ
    assert len(calls) <= 2
    assert found == {at: readings[at] for at in read}
    if len(calls) == 2:
        assert len(read) == min(READ, len(first))


@given(candidates())
def test_the_first_round_has_those_that_score_best_before_reading(given):
    first, _, _ = given
    _, calls = rounds(*given)
    others = set(range(len(first))) - set(calls[0])
    assert first[calls[0]].min() >= max((first[at] for at in others), default=-np.inf)


def one_leading_release(count, answers):
    """A release whose first passage is read best, and whose others come after all the others."""
    first = -np.arange(count, dtype=np.float32)
    releases = [7 if at in (3, count - 1, count - 2) else at for at in range(count)]
    readings = [TextReading(float(at == 3), answers) for at in range(count)]
    return first, releases, readings


def test_the_second_round_begins_with_the_passages_of_the_release_that_leads():
    count = 40
    _, (_, second) = rounds(*one_leading_release(count, UNSURE))
    assert second[:2] == [count - 2, count - 1]
    assert second[2:] == sorted(second[2:])  # then those that come next


@given(candidates())
def test_no_other_release_is_read_before_that_one_is_at_its_end(given):
    first, releases, _ = given
    found, calls = rounds(*given)
    if len(calls) < 2:
        return
    scores = reranked_scores(no_features(len(first)), {at: found[at] for at in calls[0]})
    best = max(calls[0], key=lambda at: float(scores[at]))
    own = [releases[at] == releases[best] for at in calls[1]]
    assert own == sorted(own, reverse=True)
    unread = set(range(len(first))) - set(found)
    assert all(own) or not any(releases[at] == releases[best] for at in unread)


def test_no_more_are_read_if_the_leading_passage_answers_beyond_doubt():
    found, calls = rounds(*one_leading_release(40, SURE))
    assert len(calls) == 1
    assert len(found) < READ


def test_a_model_that_does_not_tell_what_answers_reads_on():
    _, calls = rounds(*one_leading_release(40, None))
    assert len(calls) == 2


def test_a_passage_that_was_not_read_counts_as_the_worst_that_was():
    readings = {0: TextReading(2.0, -1.0), 2: TextReading(-3.0, 4.0)}
    table = with_readings(no_features(4), readings)
    assert table.columns["reranker"].tolist() == [2.0, -3.0, -3.0, -3.0]
    assert table.columns["answers"].tolist() == [-1.0, -1.0, 4.0, -1.0]
    assert table.columns.keys() == RERANKED.keys()
    expected = RERANKED["reranker"] * 2 - RERANKED["answers"]
    assert reranked_scores(no_features(4), readings)[0] == pytest.approx(expected)


def test_where_no_model_tells_what_answers_that_adds_nothing():
    table = with_readings(no_features(2), {0: TextReading(2.0)})
    assert table.columns["answers"].tolist() == [0.0, 0.0]
