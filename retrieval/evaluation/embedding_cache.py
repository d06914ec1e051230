"""A cache, in the data folder, for the vectors of texts that the index does not have."""

import hashlib
import logging
import os
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np

from embeddings.encoder import Encoder, Vectors
from retrieval.index.generations import GENERATIONS

log = logging.getLogger(__name__)

_CHUNK = 2048  # texts embedded before their vectors are written

OnEmbedded = Callable[[int, int], None]
"""Called with the number of texts embedded so far, and of all texts."""


def cached_vectors(
    folder: Path, texts: Sequence[str], encoder: Encoder, on_embedded: OnEmbedded
) -> Vectors:
    """Return the vectors of texts, read from the cache or embedded and written to it.

    An interrupted call is resumed by the next. The caches of deleted generations are deleted.

    Args:
        folder: the cache of one generation, named for it.
        texts: n texts.
        encoder: the model.
        on_embedded: called after each chunk that is embedded.

    Returns:
        (n, d) float32, unit rows.
    """
    key = _key(texts, encoder)
    path = folder / f"{key}.npy"
    if (cached := _read(path, len(texts))) is not None:
        return cached
    pieces = []
    for start in range(0, len(texts), _CHUNK):
        chunk = texts[start : start + _CHUNK]
        piece = folder / f"{key}.{start}.npy"
        vectors = _read(piece, len(chunk))
        if vectors is None:
            vectors = encoder.encode_passages(chunk)
            with suppress(OSError):  # reported once, below
                _write(piece, vectors)
            on_embedded(start + len(chunk), len(texts))
        pieces.append(vectors)
    whole = np.concatenate(pieces)
    try:
        _write(path, whole)
    except OSError as error:
        # This run can still use them.
        log.warning("cannot cache the vectors in %s: %s", folder, error.strerror or error)
    else:
        for piece in folder.glob(f"{key}.*.npy"):
            piece.unlink(missing_ok=True)
    return whole


def _key(texts: Sequence[str], encoder: Encoder) -> str:
    """Return a name that identifies the texts and the model."""
    digest = hashlib.sha256(encoder.model.fingerprint.encode())
    for text in texts:
        digest.update(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest())
    return digest.hexdigest()[:32]


def _read(path: Path, rows: int) -> Vectors | None:
    """Return the vectors of a file; None if it is missing or damaged."""
    try:
        vectors: Vectors = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    return vectors if vectors.ndim == 2 and len(vectors) == rows else None


def _write(path: Path, vectors: Vectors) -> None:
    """Write a file atomically, and delete the caches of generations that are gone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    generations = path.parents[2] / GENERATIONS
    for other in path.parents[1].iterdir():
        if not (generations / other.name).is_dir():
            shutil.rmtree(other, ignore_errors=True)
    unfinished = path.with_suffix(f".{os.getpid()}.part")
    try:
        with unfinished.open("wb") as file:
            np.save(file, vectors)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
