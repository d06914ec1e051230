"""Larger corpora out of a real one: vectors and term lists, repeated with variations."""

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from embeddings.encoder import Vectors
from retrieval.index.index import Index
from retrieval.text.tokens import terms_of_many

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


def term_lists(index: Index) -> list[list[str]]:
    """The terms of each row of an index: those of title, author and passage."""
    infos = {info.number: info for info in index.releases.select()}
    texts = (
        f"{infos[release].title}\n{infos[release].author or ''}\n{text}"
        for release, text in zip(index.release_of.tolist(), index.texts(), strict=True)
    )
    return list(terms_of_many(texts))


def more_term_lists(real: Sequence[list[str]], n: int) -> Iterator[list[str]]:
    """The real ones, then such with a quarter of their terms changed, some for new ones."""
    chance = random.Random(0)
    pool = [term for terms in real for term in terms]

    def varied(term: str) -> str:
        drawn = chance.random()
        if drawn > 0.25:
            return term
        return f"{term}{chance.randrange(10_000)}" if drawn < 0.005 else chance.choice(pool)

    yield from real[:n]
    for _ in range(n - len(real)):
        yield [varied(term) for term in chance.choice(real)]
