"""Which releases stay in the segments that they are in, and which are written anew.

A segment is kept as it is, without the documents that are no release any more. The releases that
are in none make a new segment, and with them those of segments that are no longer worth keeping:
small ones, so that there are never many (the logarithmic method, Bentley and Saxe 1980,
"Decomposable searching problems"), and those with many documents that are gone. So a release is
written again a few times in its life, each time with as many more, and the work for a change is in
proportion to it.
"""

from bisect import bisect_left
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

Location = tuple[int, int]
"""A segment and a document of it."""


@dataclass(frozen=True, slots=True)
class MergePolicy:
    """When a segment is written anew.

    Attributes:
        documents: it has at most this number of documents,
        times: or at most this many times the documents that are written anyway,
        gone: or more than this share of its documents, in 0..1, is gone.
    """

    documents: int = 8
    times: float = 2.0
    gone: float = 0.25


@dataclass(frozen=True, slots=True)
class SegmentPlan:
    """What a build does with segments.

    Attributes:
        kept: the numbers of the segments that are kept, ascending.
        locations: where each release is, by the old number of the segment; None if it is written.
    """

    kept: tuple[int, ...]
    locations: tuple[Location | None, ...]

    @property
    def written(self) -> tuple[int, ...]:
        """The numbers of the releases of the new segment, ascending."""
        return tuple(number for number, location in enumerate(self.locations) if location is None)


def plan_segments(
    releases: Sequence[bytes], segments: Sequence[Sequence[bytes]], policy: MergePolicy
) -> SegmentPlan:
    """Plan the segments of a generation.

    The releases that stay in a segment are in the order of its documents.

    Args:
        releases: the exact digest of each release, in order.
        segments: those of the documents of each segment.
        policy: when a segment is written anew.
    """
    locations = _found(releases, segments)
    in_segment: list[list[int]] = [[] for _ in segments]
    for number, location in enumerate(locations):
        if location:
            in_segment[location[0]].append(number)
    living = {
        segment: _in_order(locations, numbers)
        for segment, numbers in enumerate(in_segment)
        if numbers and len(numbers) >= (1 - policy.gone) * len(segments[segment])
    }
    count = len(releases) - sum(map(len, living.values()))
    for segment in sorted(living, key=lambda each: len(living[each])):
        # If nothing is written, there is nothing to merge a small segment with.
        if count and len(living[segment]) <= max(policy.documents, policy.times * count):
            count += len(living.pop(segment))
    stay = {number for numbers in living.values() for number in numbers}
    return SegmentPlan(
        tuple(living),
        tuple(location if number in stay else None for number, location in enumerate(locations)),
    )


def _found(releases: Sequence[bytes], segments: Sequence[Sequence[bytes]]) -> list[Location | None]:
    """The location of each release among the documents, one for each document at most."""
    first: dict[bytes, Location] = {}
    others: dict[bytes, deque[Location]] = {}
    for segment, documents in enumerate(segments):
        for document, digest in enumerate(documents):
            if digest in first:
                others.setdefault(digest, deque()).append((segment, document))
            else:
                first[digest] = segment, document
    found = []
    for digest in releases:
        found.append(first.pop(digest, None))
        if others.get(digest):
            first[digest] = others[digest].popleft()
    return found


def _in_order(locations: Sequence[Location | None], numbers: Sequence[int]) -> list[int]:
    """As many of the releases of one segment as are in the order of its documents.

    The longest ascending subsequence (Fredman 1975, "On computing the length of longest increasing
    subsequences"): a release whose date has changed moves past the others.
    """
    ends: list[int] = []  # the least document that ends an ascending sequence of each length
    last: list[int] = []  # its release
    before: dict[int, int | None] = {}
    for number in numbers:
        _, document = locations[number] or (0, 0)
        length = bisect_left(ends, document)
        ends[length : length + 1] = [document]
        last[length : length + 1] = [number]
        before[number] = last[length - 1] if length else None
    chosen: list[int] = []
    at = last[-1] if last else None
    while at is not None:
        chosen.append(at)
        at = before[at]
    return chosen[::-1]
