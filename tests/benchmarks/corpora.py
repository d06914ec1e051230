"""Larger corpora made of a real one by repeating its vectors with variations."""

from pathlib import Path

import numpy as np

from embeddings.encoder import Vectors

_CHUNK = 20_000


def write_vectors(path: Path, real: Vectors, n: int) -> Vectors:
    """Write (n, d) float32 unit rows and map the file.

    The first are real. Each of the others is a real one plus a part of the difference of two more,
    so that they are distributed like real ones.
    """
    rng = np.random.default_rng(0)
    out = np.lib.format.open_memmap(path, "w+", dtype=np.float32, shape=(n, real.shape[1]))
    first = min(n, len(real))
    out[:first] = real[:first]
    for start in range(first, n, _CHUNK):
        size = min(_CHUNK, n - start)
        rows, one, other = (real[rng.integers(0, len(real), size)] for _ in range(3))
        moved = rows + rng.uniform(0.25, 0.5, (size, 1)).astype(np.float32) * (one - other)
        out[start : start + size] = moved / np.linalg.norm(moved, axis=1, keepdims=True)
    out.flush()
    mapped: Vectors = np.load(path, mmap_mode="r").view(np.ndarray)
    return mapped
