"""Many unit vectors: nearest by the signs of their components first, then by exact cosines.

A row's code has a bit a component, set where that is positive. How many bits of two codes differ
goes with the angle of the vectors (Charikar 2002, "Similarity estimation techniques from rounding
algorithms"). A question is taken more finely than the rows, at 16 levels a component, since its
vector is at hand and costs nothing to keep (as in RaBitQ, Gao and Long 2024): its levels are four
planes of bits, the topmost its own signs. So a search goes

1. over all rows by the topmost plane alone, which keeps `SIFTED` rows,
2. over these by all four planes, which keeps `WEIGHED`,
3. over these by their exact cosines.

Both numbers grow with the geometric mean of ``k`` and of the rows searched: so about the same share
of the true nearest is found among 20,000 rows and among a million. docs/design.md has the figures.
"""

import math
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Encoder, Vectors
from retrieval.index.vectors import ExactVectors, Mask, Rows, Top, VectorStore, as_asked, top_k
from retrieval.release import Release
from retrieval.text.sentences import sentence_spans

SIFTED = 5.0  # times the root of rows x k: what the signs keep
WEIGHED = 1.0  # times the same: what is scored exactly
CODED_FROM = 50_000  # rows: with fewer an exact search takes no more than a few milliseconds
FEW = 10_000  # rows let in: so few are scored exactly, which is about as fast

_LEAST = 12  # neighbours: where fewer are asked for, as many rows are kept as for these
_PLANES = 4  # bits a component of a question
_WORD = 64  # bits
_FULL = 3  # words whose differing bits a byte can count
_BLOCK = 32_768  # rows at a time: their intermediate words stay in a core's cache
_ENCODED = 8192  # rows encoded at a time

Codes = NDArray[np.uint64]
"""(words, n) uint64, a column a row, bits behind the last component 0."""


class SignCodeVectors:
    """Rows sifted by their codes, then scored exactly. Of a mapped file only what is met is read.

    Besides what `ExactVectors` holds, a search needs 2 bytes a row of the span that is let in.
    """

    def __init__(self, vectors: Vectors, codes: Codes) -> None:
        self._exact = ExactVectors(vectors)
        self._codes = codes

    @classmethod
    def open(cls, vectors: Path, codes: Path) -> "SignCodeVectors":
        """Map both files. Raises `ValueError` or `OSError` where they do not fit."""
        exact = ExactVectors.open(vectors)
        mapped = np.load(codes, mmap_mode="r", allow_pickle=False).view(np.ndarray)
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
        """As `VectorStore.top`: most of the nearest rows, not surely all."""
        first, stop, count = 0, len(self), len(self)
        if allowed is not None:
            count = int(np.count_nonzero(allowed))
            if count:
                first, stop = int(allowed.argmax()), len(self) - int(allowed[::-1].argmax())
        if count <= max(FEW, k):
            return self._exact.top(query, k, allowed)
        inside = allowed[first:stop] if allowed is not None and count < stop - first else None
        found = [
            self._best(each, k, self._near(each, k, first, stop, count, inside))
            for each in np.atleast_2d(query)
        ]
        return as_asked(query, [rows for rows, _ in found], [scores for _, scores in found])

    def scores_of(self, query: Vectors, rows: Rows) -> NDArray[np.float32]:
        """As `VectorStore.scores_of`."""
        return self._exact.scores_of(query, rows)

    def _best(self, query: Vectors, k: int, rows: Rows) -> Top:
        scores = self._exact.scores_of(query, rows)
        order = top_k(scores, k)  # rows are ascending, so ties fall by row
        return rows[order], scores[order]

    def _near(
        self, query: Vectors, k: int, first: int, stop: int, count: int, inside: Mask | None
    ) -> Rows:
        """The rows to score exactly, ascending, among the ``count`` allowed in ``first:stop``."""
        planes = _planes(query)
        mean = math.sqrt(count * max(k, _LEAST))
        distances = np.empty(stop - first, dtype=np.uint16)
        for start in range(first, stop, _BLOCK):
            end = min(start + _BLOCK, stop)
            distances[start - first : end - first] = _distances(
                self._codes[:, start:end], planes[-1]
            )
        if inside is not None:
            distances[~inside] = np.iinfo(np.uint16).max
        sifted = _nearest(distances, min(count, max(k, round(SIFTED * mean))))
        codes = self._codes[:, first:stop].take(sifted, axis=1)
        # The same unit as above: the topmost plane counts 8, the others 4, 2 and 1.
        finer = distances[sifted].astype(np.uint32) << (_PLANES - 1)
        for bit, plane in enumerate(planes[:-1]):
            finer += _distances(codes, plane).astype(np.uint32) << bit
        return sifted[_nearest(finer, min(len(sifted), max(k, round(WEIGHED * mean))))] + first


def write_codes(path: Path, vectors: Vectors) -> None:
    """Write the codes of (n, d) float32 rows to a ``.npy`` file, a block of rows in memory."""
    n, dimensions = vectors.shape
    shape = (_words(dimensions), n)
    out = np.lib.format.open_memmap(path, "w+", dtype=np.uint64, shape=shape)
    for start in range(0, n, _ENCODED):
        block = vectors[start : start + _ENCODED]
        out[:, start : start + len(block)] = _packed(block > 0)
    out.flush()


def _words(dimensions: int) -> int:
    return -(-dimensions // _WORD)


def _packed(bits: NDArray[np.bool_]) -> Codes:
    """The codes of (n, d) bool rows."""
    missing = -bits.shape[1] % _WORD
    padded = np.pad(bits, ((0, 0), (0, missing))) if missing else bits
    return np.packbits(padded, axis=1).view(np.uint64).T


def _planes(query: Vectors) -> NDArray[np.uint64]:
    """(4, words) uint64: the bits of a question's levels, the highest last.

    A component's 16 levels go from the most negative, 0, to the most positive, 15; the highest bit
    says whether it is positive, and the levels are odd multiples of half a step around 0.
    """
    most = float(np.abs(query).max()) or 1.0
    half = 1 << (_PLANES - 1)
    levels = np.clip(np.ceil(query / most * half) + half - 1, 0, 2 * half - 1).astype(np.uint8)
    bits = (levels >> np.arange(_PLANES, dtype=np.uint8)[:, None]) & 1
    return np.ascontiguousarray(_packed(bits.astype(np.bool_)).T)


def _distances(codes: Codes, plane: NDArray[np.uint64]) -> NDArray[np.uint16]:
    """(n,) uint16: how many bits of each column of ``codes`` differ from ``plane`` (words,)."""
    total = np.zeros(codes.shape[1], dtype=np.uint16)
    differing = np.empty(codes.shape[1], dtype=np.uint64)
    for start in range(0, len(codes), _FULL):
        np.bitwise_xor(codes[start], plane[start], out=differing)
        some = np.bitwise_count(differing)
        for word in range(start + 1, min(start + _FULL, len(codes))):
            np.bitwise_xor(codes[word], plane[word], out=differing)
            some += np.bitwise_count(differing)
        total += some
    return total


def _nearest(distances: NDArray[np.integer[Any]], count: int) -> Rows:
    """Where the ``count`` smallest stand, ascending, and all that tie with the last of them."""
    # numpy finds the k-th of small integers faster than it counts them.
    return np.flatnonzero(distances <= np.partition(distances, count - 1)[count - 1])


LEAST_RECALL = 0.99  # of the ten nearest: a store that finds fewer is not used

_NEAREST = 10
_SAMPLE = 200  # questions, half of them titles and half sentences
_TOGETHER = 20  # searched for in one scan
_ROUNDING = 1e-6  # between cosines of one row


def sample_questions(releases: Sequence[Release], encoder: Encoder) -> Vectors:
    """(m, d) float32: titles and sentences of releases from all times, encoded as questions."""
    step = max(1, len(releases) * 2 // _SAMPLE)
    texts = chain.from_iterable((release.title, _sentence(release)) for release in releases[::step])
    return encoder.encode_queries([text for text in texts if text.strip()])


def _sentence(release: Release) -> str:
    """The first sentence of a paragraph from the middle."""
    middle = release.paragraphs[len(release.paragraphs) // 2]
    spans = sentence_spans(middle)
    return middle[slice(*spans[0])] if spans else middle


def recall(store: VectorStore, exact: VectorStore, queries: Vectors) -> float:
    """The share, in 0..1, of the ten nearest rows of each query that ``store`` finds.

    A row that is as near as the tenth counts, whichever of them it is.
    """
    found = []
    for start in range(0, len(queries), _TOGETHER):
        some = queries[start : start + _TOGETHER]
        _, nearest = exact.top(some, _NEAREST)
        _, scores = store.top(some, _NEAREST)
        found.append((scores >= nearest[:, -1:] - _ROUNDING).mean(axis=1))
    return float(np.concatenate(found).mean()) if found else 1.0
