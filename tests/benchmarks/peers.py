"""Vector search by other libraries, each as a function. Those not installed are skipped.

pip install faiss-cpu usearch hnswlib
"""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import TypeAlias

import numpy as np

from embeddings.encoder import Vectors

Find: TypeAlias = Callable[[Vectors, int], np.ndarray]
"""Maps a query (d,) and k to the (k,) nearest rows."""

PACKAGES = {
    "faiss flat": "faiss",
    "faiss binary": "faiss",
    "usearch": "usearch",
    "hnswlib": "hnswlib",
}
_ADDED = 50_000  # rows given at a time
_RESCORED = 100  # times k: what faiss's binary codes keep for exact scores


def missing() -> list[str]:
    """The peers that are not installed."""
    return [name for name, package in PACKAGES.items() if find_spec(package) is None]


def faiss_flat(vectors: Vectors, saved: Path) -> Find:
    """Exact inner products on one thread."""
    import faiss

    faiss.omp_set_num_threads(1)
    index = faiss.IndexFlatIP(vectors.shape[1])
    for start in range(0, len(vectors), _ADDED):
        index.add(np.ascontiguousarray(vectors[start : start + _ADDED]))
    faiss.write_index(index, str(saved))
    return lambda query, k: index.search(query[None], k)[1][0]


def faiss_binary(vectors: Vectors, saved: Path) -> Find:
    """Signs, then exact scores of the nearest hundred times k."""
    import faiss

    faiss.omp_set_num_threads(1)
    index = faiss.IndexBinaryFlat(vectors.shape[1])
    for start in range(0, len(vectors), _ADDED):
        index.add(np.packbits(vectors[start : start + _ADDED] > 0, axis=1))
    faiss.write_index_binary(index, str(saved))

    def find(query: Vectors, k: int) -> np.ndarray:
        kept = min(k * _RESCORED, len(vectors))
        rows = np.sort(index.search(np.packbits(query > 0)[None], kept)[1][0])
        return rows[np.argsort(-np.vecdot(vectors[rows], query), kind="stable")[:k]]

    return find


def usearch(vectors: Vectors, saved: Path) -> Find:
    """A graph (HNSW), float32, the library's own settings with a wider search."""
    from usearch.index import Index

    index = Index(ndim=vectors.shape[1], metric="ip", dtype="f32", expansion_search=256)
    index.add(np.arange(len(vectors)), np.ascontiguousarray(vectors))
    index.save(str(saved))
    return lambda query, k: index.search(query, k, threads=1).keys


def hnswlib(vectors: Vectors, saved: Path) -> Find:
    """A graph (HNSW) with M = 16, searched among 256."""
    import hnswlib as library

    index = library.Index(space="ip", dim=vectors.shape[1])
    index.init_index(max_elements=len(vectors), M=16, ef_construction=200)
    index.add_items(np.ascontiguousarray(vectors), np.arange(len(vectors)))
    index.set_ef(256)
    index.set_num_threads(1)
    index.save_index(str(saved))
    return lambda query, k: index.knn_query(query, k=k)[0][0]


FLAT = {"faiss flat": faiss_flat, "faiss binary": faiss_binary}
GRAPHS = {"usearch": usearch, "hnswlib": hnswlib}
