"""A store for many unit vectors: rows are preselected by the signs of their components.

The code of a row has a bit for each component, set where that is positive. The number of bits in
which two codes differ grows with the angle between the vectors (Charikar 2002, "Similarity
estimation techniques from rounding algorithms"). A query is quantized more finely than the rows, to
16 levels for each component, since that costs no memory (as in RaBitQ, Gao and Long 2024). Its
levels are four planes of bits, the highest of which has its own signs. A search compares

1. all rows by the highest plane alone, and keeps the nearest `KEPT_BY_SIGNS`,
2. these by all four planes, and keeps the nearest `KEPT_BY_LEVELS`,
3. these by their exact cosines.

Both numbers are multiples of the geometric mean of ``k`` and the number of rows searched, so that
about the same share of the true nearest is found among 20,000 rows and among a million.
docs/design.md has the figures.
"""

import math
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Vectors
from retrieval.index.arrays import mapped_array
from retrieval.index.vectors import ExactVectors, Mask, Rows, Top, stacked, top_k

KEPT_BY_SIGNS = 5.0  # times the geometric mean of rows and k
KEPT_BY_LEVELS = 1.0  # times the same
CODED_FROM = 50_000  # rows: an exact search of fewer takes no more than a few milliseconds
EXACT_UP_TO = 10_000  # allowed rows: an exact search of these is about as fast

_MIN_K = 12  # as many rows are kept for fewer neighbours as for these
_PLANES = 4  # bits for each component of a query
_WORD = 64  # bits
_COUNTED = 3  # words in which the differing bits can be counted in a byte
_BLOCK = 32_768  # rows at a time, whose intermediate results stay in a core's cache
_ENCODED = 8192  # rows encoded at a time

Codes = NDArray[np.uint64]
"""(words, n) uint64: a column for each row; the bits after the last component are 0."""


class SignCodeVectors:
    """A store that preselects rows by their codes, and reads only these from the mapped vectors.

    A search allocates 2 bytes for each row from the first to the last one allowed.
    """

    def __init__(self, vectors: Vectors, codes: Codes) -> None:
        self._exact = ExactVectors(vectors)
        self._codes = codes

    @classmethod
    def open(cls, vectors: Path, codes: Path) -> "SignCodeVectors":
        """Map both files. Raises `ValueError` or `OSError` if they do not match."""
        exact = ExactVectors.open(vectors)
        mapped = mapped_array(codes)
        shape = (_words(exact.dimensions), len(exact))
        if mapped.dtype != np.uint64 or mapped.shape != shape:
            raise ValueError(
                f"{codes.name} holds {mapped.dtype} {mapped.shape}, not uint64 {shape}"
            )
        return cls(exact.vectors, mapped)

    def __len__(self) -> int:
        return len(self._exact)

    @property
    def dimensions(self) -> int:
        """The length of a row."""
        return self._exact.dimensions

    def top(self, query: Vectors, k: int, allowed: Mask | None = None) -> Top:
        """As `VectorStore.top`; a few of the nearest rows may be missing."""
        first, stop, count = 0, len(self), len(self)
        if allowed is not None:
            count = int(np.count_nonzero(allowed))
            if count:
                first, stop = int(allowed.argmax()), len(self) - int(allowed[::-1].argmax())
        if count <= max(EXACT_UP_TO, k):
            return self._exact.top(query, k, allowed)
        inside = allowed[first:stop] if allowed is not None and count < stop - first else None
        results = []
        for vector in np.atleast_2d(query):
            rows = self._preselect(vector, k, first, stop, count, inside)
            scores = self._exact.scores_of(vector, rows)
            best = top_k(scores, k)  # rows are ascending, so ties fall by row
            results.append((rows[best], scores[best]))
        return stacked(query, results)

    def scores_of(self, query: Vectors, rows: Rows) -> NDArray[np.float32]:
        """As `VectorStore.scores_of`."""
        return self._exact.scores_of(query, rows)

    def _preselect(
        self, query: Vectors, k: int, first: int, stop: int, count: int, inside: Mask | None
    ) -> Rows:
        """The rows to score exactly, ascending, of the ``count`` allowed in ``first:stop``.

        ``inside`` marks these in that range; None if all of it is allowed.
        """
        planes = _planes(query)
        mean = math.sqrt(count * max(k, _MIN_K))
        distances = np.empty(stop - first, dtype=np.uint16)
        for start in range(first, stop, _BLOCK):
            end = min(start + _BLOCK, stop)
            distances[start - first : end - first] = _distances(
                self._codes[:, start:end], planes[-1]
            )
        if inside is not None:
            distances[~inside] = np.iinfo(np.uint16).max
        kept = _nearest(distances, min(count, max(k, round(KEPT_BY_SIGNS * mean))))
        codes = self._codes[:, first:stop].take(kept, axis=1)
        # In units of the lowest plane: the highest one counts 8, the others 4, 2 and 1.
        finer = distances[kept].astype(np.uint32) << (_PLANES - 1)
        for bit, plane in enumerate(planes[:-1]):
            finer += _distances(codes, plane).astype(np.uint32) << bit
        return kept[_nearest(finer, min(len(kept), max(k, round(KEPT_BY_LEVELS * mean))))] + first


def write_codes(path: Path, vectors: Vectors) -> None:
    """Write the codes of (n, d) float32 rows to a ``.npy`` file, with a block of them in memory."""
    n, dimensions = vectors.shape
    shape = (_words(dimensions), n)
    out = np.lib.format.open_memmap(path, "w+", dtype=np.uint64, shape=shape)
    for start in range(0, n, _ENCODED):
        block = vectors[start : start + _ENCODED]
        out[:, start : start + len(block)] = _packed(block > 0)
    out.flush()


def _words(dimensions: int) -> int:
    """The number of words of a code."""
    return -(-dimensions // _WORD)


def _packed(bits: NDArray[np.bool_]) -> Codes:
    """The codes of (n, d) bool rows."""
    missing = -bits.shape[1] % _WORD
    padded = np.pad(bits, ((0, 0), (0, missing))) if missing else bits
    return np.packbits(padded, axis=1).view(np.uint64).T


def _planes(query: Vectors) -> NDArray[np.uint64]:
    """(4, words) uint64: the bits of a query's levels, the highest last.

    The 16 levels of a component go from the most negative, 0, to the most positive, 15. They are
    odd multiples of half a step around 0, so that the highest bit is set where it is positive.
    """
    greatest = float(np.abs(query).max()) or 1.0
    half = 1 << (_PLANES - 1)
    levels = np.clip(np.ceil(query / greatest * half) + half - 1, 0, 2 * half - 1).astype(np.uint8)
    bits = (levels >> np.arange(_PLANES, dtype=np.uint8)[:, None]) & 1
    return np.ascontiguousarray(_packed(bits.astype(np.bool_)).T)


def _distances(codes: Codes, plane: NDArray[np.uint64]) -> NDArray[np.uint16]:
    """(n,) uint16: the number of bits in which each column of ``codes`` differs from a plane.

    ``plane`` is (words,) uint64.
    """
    total = np.zeros(codes.shape[1], dtype=np.uint16)
    differing = np.empty(codes.shape[1], dtype=np.uint64)
    for start in range(0, len(codes), _COUNTED):
        np.bitwise_xor(codes[start], plane[start], out=differing)
        counts = np.bitwise_count(differing)
        for word in range(start + 1, min(start + _COUNTED, len(codes))):
            np.bitwise_xor(codes[word], plane[word], out=differing)
            counts += np.bitwise_count(differing)
        total += counts
    return total


def _nearest(distances: NDArray[np.integer[Any]], count: int) -> Rows:
    """The positions of the ``count`` smallest, ascending, and of all that tie with the last."""
    # numpy finds the k-th of small integers faster than it counts them.
    return np.flatnonzero(distances <= np.partition(distances, count - 1)[count - 1])
