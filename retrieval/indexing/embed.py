"""Filling a new segment's vector file: known vectors are copied, the others are computed."""

import os
import shutil
import zipfile
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Encoder, Vectors
from retrieval.index.generations import PENDING
from retrieval.index.vectors import Rows

_CHUNK = 128  # passages encoded, and stored against an interruption, at a time
_FEW = 4096  # keys that are looked for among many
_COPIED = 4096  # vectors copied at a time

KeyedVectors: TypeAlias = tuple[NDArray[np.uint8], Vectors]
"""Keys (n, 16) uint8 (`passage_key`) and vectors (n, d) float32 of the same texts."""


class PendingVectors:
    """The vectors of a build under way, in chunks, in a folder for its model.

    If the build is interrupted, the next one with the same model continues with them. Creating
    this removes those of other models.
    """

    def __init__(self, data: Path, fingerprint: str) -> None:
        self._folder = data / PENDING / fingerprint[:16]
        self._folder.mkdir(parents=True, exist_ok=True)
        for other in self._folder.parent.iterdir():
            if other != self._folder:
                shutil.rmtree(other, ignore_errors=True)
        self._chunks = len(list(self._folder.iterdir()))

    def __iter__(self) -> Iterator[KeyedVectors]:
        """Each chunk, but for those that cannot be read."""
        for path in sorted(self._folder.glob("*.npz")):
            try:
                with path.open("rb") as file, np.load(file, allow_pickle=False) as chunk:
                    keys, vectors = chunk["keys"], chunk["vectors"]
            # A damaged header may also name a feature that zipfile lacks, which is a RuntimeError.
            except (OSError, ValueError, KeyError, EOFError, RuntimeError, zipfile.BadZipFile):
                continue
            yield keys, vectors

    def add(self, keys: NDArray[np.uint8], vectors: Vectors) -> None:
        """Store one chunk: keys (n, 16) uint8 and their vectors (n, d) float32."""
        self._chunks += 1
        path = self._folder / f"{self._chunks:06d}.npz"
        unfinished = path.with_suffix(".part")
        with unfinished.open("wb") as file:
            np.savez(file, keys=keys, vectors=vectors)
        unfinished.replace(path)


def write_vectors(
    path: Path,
    texts: Callable[[Sequence[int]], list[str]],
    keys: NDArray[np.uint8],
    encoder: Encoder,
    *,
    known: Sequence[KeyedVectors],
    pending: PendingVectors,
    on_row: Callable[[int], None],
) -> int:
    """Write the (n, d) float32 vectors of n passages and return d.

    Memory holds the keys and one chunk of texts at a time; the file is mapped.

    Args:
        path: the new ``.npy`` file.
        texts: returns the embedded texts of rows, given in ascending order.
        keys: (n, 16) uint8, the keys of these texts. Equal keys are encoded once.
        encoder: computes the vectors that neither ``known`` nor ``pending`` have.
        known: keys and vectors of earlier segments of the same model.
        pending: the vectors of an interrupted build, to which each chunk is added.
        on_row: called with the row up to which all vectors are written.
    """
    dimensions = known[0][1].shape[1] if known else encoder.dimensions
    file = np.lib.format.open_memmap(path, "w+", dtype=np.float32, shape=(len(keys), dimensions))
    _reserve(path)
    out = file.view(np.ndarray)  # a slice of a mapped array takes longer to make
    row_of: dict[bytes, int] = {}
    first = np.array([row_of.setdefault(key, row) for row, key in enumerate(_each(keys))], np.intp)
    missing = dict(row_of)
    for chunk in chain(known, pending):
        _copy_known(out, missing, chunk)
    rows = sorted(missing.values())
    for start in range(0, len(rows), _CHUNK):
        block = rows[start : start + _CHUNK]
        vectors = encoder.encode_passages(texts(block))
        out[block] = vectors
        pending.add(keys[block], vectors)
        on_row(block[-1])
    repeated = np.flatnonzero(first != np.arange(len(first)))
    _copy(out, repeated, out, first[repeated])
    file.flush()
    return int(dimensions)


def _each(keys: NDArray[np.uint8]) -> Iterator[bytes]:
    """The keys (n, 16) one by one."""
    joined = keys.tobytes()
    width = keys.shape[1]
    return (joined[start : start + width] for start in range(0, len(joined), width))


def _copy_known(out: Vectors, missing: dict[bytes, int], known: KeyedVectors) -> None:
    """Copy known vectors to the rows of their keys, and remove these from ``missing``."""
    keys, vectors = known
    pairs = [
        (row, source)
        for source, key in _among(keys, missing)
        if (row := missing.pop(key, None)) is not None
    ]
    rows, sources = np.array(pairs, dtype=np.intp).reshape(-1, 2).T
    _copy(out, rows, vectors, sources)


def _among(keys: NDArray[np.uint8], wanted: Collection[bytes]) -> Iterator[tuple[int, bytes]]:
    """The keys (n, 16) that may be among some, with their positions."""
    if len(wanted) > _FEW:
        yield from enumerate(_each(keys))
        return
    # Whatever begins as one of a few does: telling that takes no Python for each of many keys.
    beginnings = np.frombuffer(b"".join(key[:8] for key in wanted), dtype=np.uint64)
    own = np.ascontiguousarray(keys[:, :8]).view(np.uint64).ravel()
    for at in np.flatnonzero(np.isin(own, beginnings)).tolist():
        yield at, keys[at].tobytes()


def _copy(out: Vectors, rows: Rows, vectors: Vectors, sources: Rows) -> None:
    """Copy the vectors of the rows ``sources`` to ``rows`` of ``out``, a few at a time."""
    for start in range(0, len(rows), _COPIED):
        block = slice(start, start + _COPIED)
        out[rows[block]] = vectors[sources[block]]


def _reserve(path: Path) -> None:
    """Allocate a mapped file's disk space: writing to a map without it would kill the process."""
    if hasattr(os, "posix_fallocate"):
        with path.open("r+b") as file:
            os.posix_fallocate(file.fileno(), 0, path.stat().st_size)
