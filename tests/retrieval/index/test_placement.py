import numpy as np
import pytest

from retrieval.index.placement import SegmentRows, placement


def passages(*documents):
    """The passages of a segment whose rows are of these documents."""
    fields = [[document, at + 1, 10 * at, 10 * at + 5, 0] for at, document in enumerate(documents)]
    return np.array(fields, dtype=np.int32).reshape(-1, 5)


def locations(*pairs):
    return np.array(pairs, dtype=np.int32).reshape(-1, 2)


def test_one_whole_segment_is_taken_as_it_is():
    rows = passages(0, 0, 1, 2)
    placed = placement(locations((0, 0), (0, 1), (0, 2)), [3], [rows])
    assert placed.passages is rows
    assert placed.rows == (SegmentRows.all(4),)
    assert placed.releases[0].tolist() == [0, 1, 2]


def test_rows_are_in_the_order_of_the_releases():
    segments = [passages(0, 0, 1, 2), passages(0, 1, 1)]
    placed = placement(locations((1, 0), (0, 0), (1, 1), (0, 2)), [3, 2], segments)
    assert placed.passages[:, 0].tolist() == [0, 1, 1, 2, 2, 3]
    assert placed.passages[:, 1].tolist() == [1, 1, 2, 2, 3, 4]
    assert [each.numbers.tolist() for each in placed.rows] == [[1, 2, -1, 5], [0, 3, 4]]
    assert [each.tolist() for each in placed.releases] == [[1, -1, 3], [0, 2]]


def test_values_of_segments_are_gathered_in_the_order_of_rows():
    whole = np.uint64([7, 8, 9])
    placed = placement(locations((0, 0), (0, 1)), [2], [passages(0, 1, 1)])
    assert placed.gathered([whole]) is whole
    segments = [passages(0, 0, 1, 2), passages(0, 1, 1)]
    placed = placement(locations((1, 0), (0, 0), (1, 1), (0, 2)), [3, 2], segments)
    values = [np.uint64([1, 2, 3, 4]), np.uint64([10, 20, 30])]
    assert placed.gathered(values).tolist() == [10, 1, 2, 20, 30, 4]


def test_a_document_without_rows_moves_no_others():
    placed = placement(locations((0, 0), (0, 2), (0, 3)), [4], [passages(0, 1, 3)])
    assert placed.passages[:, 0].tolist() == [0, 2]
    assert placed.rows[0].numbers.tolist() == [0, -1, 1]


def test_a_mask_and_rows_are_those_of_the_segment():
    rows = SegmentRows.numbered(np.int32([1, -1, 2, 5]))
    mask = np.array([True, True, False, True, True, False])
    assert rows.local(mask).tolist() == [True, False, False, False]
    assert rows.local(None).tolist() == [True, False, True, True]
    assert rows.named(np.array([0, 3])).tolist() == [1, 5]
    found, alive = rows.find(np.int32([0, 1, 3]))
    assert (found.tolist(), alive.tolist()) == ([1, 5], [True, False, True])


@pytest.mark.parametrize("location", [(0, 3), (0, -1), (1, 0), (-1, 0)])
def test_a_location_that_does_not_exist_is_an_error(location):
    with pytest.raises(ValueError, match="there is no such"):
        placement(locations((0, 0), location), [3], [passages(0, 1, 2)])


def test_a_passage_of_no_document_is_an_error():
    with pytest.raises(ValueError, match="there is no such document"):
        placement(locations((0, 0)), [1], [passages(0, 1)])
