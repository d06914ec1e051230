import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.index.placement import SegmentRows
from retrieval.index.segmented_vectors import SegmentedVectors
from retrieval.index.vectors import ExactVectors
from tests.retrieval.index.store_suite import VectorStoreSuite, unit_rows


def segmented(rows, segment_of, dead=()):
    """A store of rows, each in the segment that is named; with dead rows in each segment."""
    segments = []
    for at in range(max(segment_of, default=0) + 1):
        numbers = np.flatnonzero(np.asarray(segment_of) == at).astype(np.int32)
        within = rows[numbers]
        for place in dead:
            numbers = np.insert(numbers, place % (len(numbers) + 1), -1)
            within = np.insert(within, place % (len(within) + 1), rows[0], axis=0)
        segments.append((ExactVectors(within), SegmentRows.numbered(numbers)))
    return SegmentedVectors(len(rows), segments)


class TestSegmentedVectors(VectorStoreSuite):
    def open(self, rows, folder):
        chance = np.random.default_rng(3)
        return segmented(rows, chance.choice(3, len(rows), p=[0.9, 0.08, 0.02]), dead=(0, 5))


@given(st.lists(st.integers(0, 2), min_size=1, max_size=30), st.integers(1, 8), st.data())
def test_ties_fall_by_row_whichever_segments_they_are_in(segment_of, k, data):
    few = unit_rows(3, 8)
    rows = few[data.draw(st.lists(st.integers(0, 2), min_size=len(segment_of), max_size=30))][
        : len(segment_of)
    ]
    dead = data.draw(st.lists(st.integers(0, 9), max_size=3))
    store, whole = segmented(rows, segment_of, dead), ExactVectors(rows)
    mask = np.array(data.draw(st.lists(st.booleans(), min_size=len(rows), max_size=len(rows))))
    for allowed in None, mask:
        for query in few[0], few:
            for found, expected in zip(
                store.top(query, k, allowed), whole.top(query, k, allowed), strict=True
            ):
                assert found.tolist() == expected.tolist()
    at = np.array(data.draw(st.lists(st.integers(0, len(rows) - 1))), dtype=np.intp)
    assert store.scores_of(few, at).tolist() == whole.scores_of(few, at).tolist()


def test_a_row_that_does_not_exist_is_an_error():
    store = segmented(unit_rows(4, 8), [0, 1, 0, 1])
    for row in -1, 4:
        with pytest.raises(IndexError):
            store.scores_of(unit_rows(1, 8)[0], np.array([0, row]))
