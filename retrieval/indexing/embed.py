"""Filling a new generation's vector file: what is known is copied, the rest is embedded."""

import os
import shutil
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Encoder, Vectors
from retrieval.index.generations import PENDING
from retrieval.index.vectors import Rows


class PendingVectors:
    """Chunks of keys and vectors, in a folder of the model's own.

    Those of another model are dropped: only the build under way can be resumed.
    """

    def __init__(self, data: Path, fingerprint: str) -> None:
        self._folder = data / PENDING / fingerprint[:16]
        self._folder.mkdir(parents=True, exist_ok=True)
        for other in self._folder.parent.iterdir():
            if other != self._folder:
                shutil.rmtree(other, ignore_errors=True)
        self._chunks = len(list(self._folder.iterdir()))

    def __iter__(self) -> Iterator[tuple[NDArray[np.uint8], Vectors]]:
        """Each chunk's keys (n, 16) and vectors (n, d); one that cannot be read is passed over."""
        for path in sorted(self._folder.glob("*.npz")):
            try:
                with path.open("rb") as file, np.load(file, allow_pickle=False) as chunk:
                    keys, vectors = chunk["keys"], chunk["vectors"]
            # A damaged header may also ask for what zipfile cannot do, which is a RuntimeError.
            except (OSError, ValueError, KeyError, EOFError, RuntimeError, zipfile.BadZipFile):
                continue
            yield keys, vectors

    def add(self, keys: NDArray[np.uint8], vectors: Vectors) -> None:
        """Keep one chunk: keys (n, 16) uint8 and their vectors (n, d) float32."""
        self._chunks += 1
        path = self._folder / f"{self._chunks:06d}.npz"
        unfinished = path.with_suffix(".part")
        with unfinished.open("wb") as file:
            np.savez(file, keys=keys, vectors=vectors)
        unfinished.replace(path)


_CHUNK = 128  # passages embedded, and kept against an interruption, at a time
_COPIED = 4096  # vectors copied at a time


def write_vectors(
    path: Path,
    texts: Callable[[Sequence[int]], list[str]],
    keys: NDArray[np.uint8],
    encoder: Encoder,
    *,
    known: tuple[NDArray[np.uint8], Vectors] | None,
    pending: PendingVectors,
    on_row: Callable[[int], None],
) -> int:
    """Write the (n, d) float32 vectors of n texts to ``path``; return d.

    ``texts`` gives those of some rows, ascending; ``keys`` (n, 16) uint8 are the keys of all;
    ``known`` holds keys and vectors of an earlier generation. Texts with the same key are embedded
    once. ``on_row`` is told up to which row all is done. Memory is bounded by the keys and a chunk
    of texts: the file is mapped, not held.
    """
    dimensions = known[1].shape[1] if known else encoder.dimensions
    file = np.lib.format.open_memmap(path, "w+", dtype=np.float32, shape=(len(keys), dimensions))
    _reserve(path)
    out = file.view(np.ndarray)  # a slice of a mapped array takes longer to make
    row_of: dict[bytes, int] = {}
    first = np.array([row_of.setdefault(key, row) for row, key in enumerate(_each(keys))], np.intp)
    missing = dict(row_of)
    for chunk_keys, vectors in ([known] if known else []) + list(pending):
        _take(out, missing, chunk_keys, vectors)
    rows = sorted(missing.values())
    for start in range(0, len(rows), _CHUNK):
        chunk = rows[start : start + _CHUNK]
        vectors = encoder.encode_passages(texts(chunk))
        out[chunk] = vectors
        pending.add(keys[chunk], vectors)
        on_row(chunk[-1])
    again = np.flatnonzero(first != np.arange(len(first)))
    _copy(out, again, out, first[again])
    file.flush()
    return int(dimensions)


def _each(keys: NDArray[np.uint8]) -> Iterator[bytes]:
    """The keys (n, 16) one by one."""
    joined = keys.tobytes()
    width = keys.shape[1]
    return (joined[at : at + width] for at in range(0, len(joined), width))


def _copy(to: Vectors, rows: Rows, source: Vectors, of: Rows) -> None:
    """Copy rows ``of`` a source into others, a few at a time."""
    for start in range(0, len(rows), _COPIED):
        some = slice(start, start + _COPIED)
        to[rows[some]] = source[of[some]]


def _reserve(path: Path) -> None:
    """Claim the disk space of a mapped file: where it lacked, writing to the map would kill us."""
    if hasattr(os, "posix_fallocate"):
        with path.open("r+b") as file:
            os.posix_fallocate(file.fileno(), 0, path.stat().st_size)


def _take(
    out: Vectors, missing: dict[bytes, int], keys: NDArray[np.uint8], vectors: Vectors
) -> None:
    """Copy the vectors of missing keys into their rows and strike these off."""
    found = [
        (row, at)
        for at, key in enumerate(_each(keys))
        if (row := missing.pop(key, None)) is not None
    ]
    rows, of = np.array(found, dtype=np.intp).reshape(-1, 2).T
    _copy(out, rows, vectors, of)
