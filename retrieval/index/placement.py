"""Where the rows of a generation are: which row of which segment each one is.

A segment has documents, numbered from 0, and rows, numbered from 0, a range of them for each
document. A generation has releases, each the document of some segment, in the order of their dates.
Its rows are those of its releases, in this order. A document that no release stands for is not a
part of the generation, nor are its rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from retrieval.index.vectors import Mask, Rows

_Values = TypeVar("_Values", bound=np.generic)


@dataclass(frozen=True, slots=True)
class SegmentRows:
    """Which rows of a generation the m rows of a segment are.

    Attributes:
        numbers: (m,) int32: the generation's row of each, ascending; -1 for those that are not of
            it. None if the rows of the segment are those of the generation, one by one.
        alive: (m,) bool: which are of the generation; None if all are.
    """

    size: int
    numbers: NDArray[np.int32] | None
    alive: Mask | None

    @classmethod
    def all(cls, size: int) -> "SegmentRows":
        """The rows of a generation whose only segment this is, all of it."""
        return cls(size, None, None)

    @classmethod
    def numbered(cls, numbers: NDArray[np.int32]) -> "SegmentRows":
        """Rows with these numbers, -1 for those that are not of the generation."""
        alive = numbers >= 0
        return cls(len(numbers), numbers, None if alive.all() else alive)

    @property
    def gone(self) -> int:
        """How many rows of the segment are not of the generation."""
        return 0 if self.alive is None else self.size - int(np.count_nonzero(self.alive))

    def find(self, rows: NDArray[np.int32]) -> tuple[NDArray[np.int32], Mask | None]:
        """The generation's rows of rows of the segment, without those that are not of it.

        With (r,) bool, which of the rows these are; None if all are.
        """
        if self.numbers is None:
            return rows, None
        found = self.numbers[rows]
        if self.alive is None:
            return found, None
        alive = found >= 0
        return found[alive], alive

    def living(self, values: NDArray[_Values]) -> NDArray[_Values]:
        """Those of (m, …) values, one for each row, that are of the generation's rows."""
        return values if self.alive is None else values[self.alive]

    def local(self, mask: Mask | None) -> Mask | None:
        """(m,) bool: which rows of the segment a mask of the generation's rows allows.

        None if all are allowed.
        """
        if mask is None or self.numbers is None:
            return self.alive if mask is None else mask
        allowed: Mask = mask[self.numbers]
        return allowed if self.alive is None else allowed & self.alive

    def named(self, rows: Rows) -> Rows:
        """The generation's rows, (r,) intp, of rows of the segment; -1 for those not of it."""
        return rows if self.numbers is None else self.numbers[rows].astype(np.intp)


@dataclass(frozen=True, slots=True)
class Placement:
    """The rows of a generation of r releases and n passages.

    Attributes:
        passages: (n, 5) int32, as in `Index`.
        rows: the rows of each segment.
        releases: for each segment, the number of the release that each of its documents is, -1 for
            those that are none: (documents,) int32.
    """

    passages: NDArray[np.int32]
    rows: tuple[SegmentRows, ...]
    releases: tuple[NDArray[np.int32], ...]

    def gathered(self, values: Sequence[NDArray[_Values]]) -> NDArray[_Values]:
        """(n, …): one of (m, …) ``values`` of each segment for each row."""
        if len(self.rows) == 1 and self.rows[0].numbers is None:
            return values[0]
        found = np.empty((len(self.passages), *values[0].shape[1:]), dtype=values[0].dtype)
        for of_segment, rows in zip(values, self.rows, strict=True):
            local = np.arange(rows.size, dtype=np.int32)
            found[rows.named(rows.living(local).astype(np.intp))] = rows.living(of_segment)
        return found


def placement(
    locations: NDArray[np.int32], documents: Sequence[int], passages: Sequence[NDArray[np.int32]]
) -> Placement:
    """Place the rows of a generation.

    Args:
        locations: (r, 2) int32: the segment and the document of each release.
        documents: the number of documents of each segment.
        passages: (m, 5) int32 for each segment, as `Index.passages`, of documents.

    Raises:
        ValueError: if a location is none of the segments'.
    """
    releases = tuple(np.full(count, -1, dtype=np.int32) for count in documents)
    counts = np.zeros(len(locations), dtype=np.int64)
    for at, (numbers, fields) in enumerate(zip(releases, passages, strict=True)):
        placed = np.flatnonzero(locations[:, 0] == at)
        chosen = locations[placed, 1]
        if not _are_within(chosen, len(numbers)) or not _are_within(fields[:, 0], len(numbers)):
            raise ValueError(f"there is no such document in segment {at}")
        numbers[chosen] = placed
        counts[placed] = np.bincount(fields[:, 0], minlength=len(numbers))[chosen]
    if not _are_within(locations[:, 0], len(documents)):
        raise ValueError("there is no such segment")
    starts = np.cumsum(counts) - counts
    rows = [_rows(*each, starts) for each in zip(releases, passages, strict=True)]
    if len(rows) == 1 and _is_range(releases[0]) and _is_range(rows[0]):
        return Placement(passages[0], (SegmentRows.all(len(rows[0])),), releases)
    whole = np.empty((int(counts.sum()), 5), dtype=np.int32)
    for numbers, fields, row in zip(releases, passages, rows, strict=True):
        alive = row >= 0
        whole[row[alive]] = fields[alive]
        whole[row[alive], 0] = numbers[fields[alive, 0]]
    return Placement(whole, tuple(map(SegmentRows.numbered, rows)), releases)


def _rows(
    releases: NDArray[np.int32], passages: NDArray[np.int32], starts: NDArray[np.int64]
) -> NDArray[np.int32]:
    """(m,) int32: the generation's row of each row of a segment, -1 where there is none.

    ``starts`` has the first row of each release.
    """
    document = passages[:, 0]
    counts = np.bincount(document, minlength=len(releases))
    within = np.arange(len(document)) - (np.cumsum(counts) - counts)[document]
    numbers = releases[document]
    found = np.where(numbers >= 0, starts[np.maximum(numbers, 0)] + within, -1)
    return found.astype(np.int32)


def _are_within(numbers: NDArray[Any], size: int) -> bool:
    """Whether all numbers are positions in something of a size."""
    return not numbers.size or 0 <= int(numbers.min()) <= int(numbers.max()) < size


def _is_range(numbers: NDArray[np.int32]) -> bool:
    return bool((numbers == np.arange(len(numbers))).all())
