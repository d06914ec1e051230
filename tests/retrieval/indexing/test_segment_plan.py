from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.indexing.segment_plan import MergePolicy, plan_segments

NEVER = MergePolicy(documents=0, times=0, gone=1)
TEXTS = st.lists(st.sampled_from([b"a", b"b", b"c", b"d", b"e", b"f", b"g", b"h"]), max_size=12)


def segment(first, stop):
    """A segment of the texts with these numbers."""
    return [str(number).encode() for number in range(first, stop)]


def test_what_is_in_a_segment_stays_there_and_the_rest_is_written():
    plan = plan_segments([b"new", *segment(0, 3), b"newer"], [segment(0, 3)], NEVER)
    assert plan.locations == (None, (0, 0), (0, 1), (0, 2), None)
    assert (plan.kept, plan.written) == ((0,), (0, 4))


def test_what_is_gone_leaves_its_segment_as_it_is():
    plan = plan_segments(segment(2, 10), [segment(0, 10)], MergePolicy())
    assert (plan.kept, plan.written) == ((0,), ())
    assert plan.locations[0] == (0, 2)


def test_a_segment_of_which_too_much_is_gone_is_written_anew():
    plan = plan_segments(segment(3, 10), [segment(0, 10)], MergePolicy())
    assert (plan.kept, plan.written) == ((), tuple(range(7)))
    assert plan_segments([b"new"], [segment(0, 10)], MergePolicy()).kept == ()


def test_a_release_whose_date_has_moved_is_written_and_the_others_stay():
    texts = segment(0, 9)
    plan = plan_segments([*texts[1:], texts[0]], [texts], NEVER)
    assert plan.written == (8,)
    plan = plan_segments([texts[8], *texts[:8]], [texts], NEVER)
    assert plan.written == (0,)


@pytest.mark.parametrize(
    ("sizes", "new", "kept"),
    [
        ([100], 1, [0]),
        ([100, 3], 1, [0]),  # small
        ([100, 5], 1, [0, 1]),
        ([200, 30], 20, [0]),  # twice as many as are new
        ([100, 30, 5], 5, [0, 1]),
        ([100, 30, 12], 6, [0]),  # with them there are enough for the next one
        ([40, 30, 12], 6, []),
        ([40, 30, 12], 0, [0, 1, 2]),  # nothing need be written
    ],
)
def test_small_segments_are_merged_with_what_is_new(sizes, new, kept):
    starts = [sum(sizes[:at]) for at in range(len(sizes))]
    segments = [segment(start, start + size) for start, size in zip(starts, sizes, strict=True)]
    releases = [*segment(0, sum(sizes)), *(f"new {n}".encode() for n in range(new))]
    plan = plan_segments(releases, segments, MergePolicy(documents=3, times=2, gone=0.25))
    assert plan.kept == tuple(kept)


def test_segments_stay_few_and_a_release_is_written_few_times():
    segments, written = [], Counter()
    for count in range(1, 2001):
        releases = segment(0, count)
        plan = plan_segments(releases, segments, MergePolicy(documents=8))
        fresh = [releases[number] for number in plan.written]
        written.update(fresh)
        segments = [*(segments[at] for at in plan.kept), fresh]
    assert len(segments) <= 8
    assert written.total() <= 2000 * 12


@given(TEXTS, st.lists(TEXTS, max_size=4), st.sampled_from([NEVER, MergePolicy(1, 1, 0.5)]))
def test_each_release_has_a_document_of_its_text_in_order_or_is_written(releases, segments, policy):
    plan = plan_segments(releases, segments, policy)
    locations = [location for location in plan.locations if location]
    assert len(set(locations)) == len(locations)
    assert set(plan.kept) == {at for at, _ in locations}
    for digest, location in zip(releases, plan.locations, strict=True):
        assert location is None or segments[location[0]][location[1]] == digest
    for at in plan.kept:
        within = [document for segment, document in locations if segment == at]
        assert within == sorted(within)
    assert plan.written == tuple(n for n, location in enumerate(plan.locations) if location is None)
