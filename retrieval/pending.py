"""Vectors of a build under way, kept so that an interrupted build need not embed them again."""

import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Vectors
from retrieval.generations import PENDING


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
