"""Larger corpora out of a real one: vectors, repeated with variations."""

from pathlib import Path

import numpy as np

from embeddings.encoder import Vectors

_TOGETHER = 20_000


def write_vectors(path: Path, real: Vectors, n: int) -> Vectors:
    """Write (n, d) float32 unit rows and map them.

    The first are real ones. The others are each a real one moved by a part of the difference of two
    others, so that they spread as real ones do.
    """
    chance = np.random.default_rng(0)
    out = np.lib.format.open_memmap(path, "w+", dtype=np.float32, shape=(n, real.shape[1]))
    first = min(n, len(real))
    out[:first] = real[:first]
    for start in range(first, n, _TOGETHER):
        size = min(_TOGETHER, n - start)
        rows, one, other = (real[chance.integers(0, len(real), size)] for _ in range(3))
        moved = rows + chance.uniform(0.25, 0.5, (size, 1)).astype(np.float32) * (one - other)
        out[start : start + size] = moved / np.linalg.norm(moved, axis=1, keepdims=True)
    out.flush()
    mapped: Vectors = np.load(path, mmap_mode="r").view(np.ndarray)
    return mapped
