"""Vectors of texts that no index holds, embedded once and kept beside it."""

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

_CHUNK = 2048  # texts embedded before they are kept

OnEmbedded = Callable[[int, int], None]
"""Told how many of how many texts are embedded."""


def embedded(
    folder: Path, texts: Sequence[str], encoder: Encoder, on_embedded: OnEmbedded
) -> Vectors:
    """(n, d) float32, unit rows: the vectors of ``texts``, from ``folder`` or, new, into it.

    Whoever was interrupted goes on where that was. ``folder`` is named for a generation; what is
    kept for those that are gone is deleted.
    """
    key = _key(texts, encoder)
    path = folder / f"{key}.npy"
    if (kept := _kept(path, len(texts))) is not None:
        return kept
    pieces = []
    for start in range(0, len(texts), _CHUNK):
        chunk = texts[start : start + _CHUNK]
        piece = folder / f"{key}.{start}.npy"
        vectors = _kept(piece, len(chunk))
        if vectors is None:
            vectors = encoder.encode_passages(chunk)
            with suppress(OSError):  # said below, once
                _keep(piece, vectors)
            on_embedded(start + len(chunk), len(texts))
        pieces.append(vectors)
    whole = np.concatenate(pieces)
    try:
        _keep(path, whole)
    except OSError as error:
        # They are good for this run, and took long.
        log.warning("the vectors are not kept in %s: %s", folder, error.strerror or error)
    else:
        for piece in folder.glob(f"{key}.*.npy"):
            piece.unlink(missing_ok=True)
    return whole


def _key(texts: Sequence[str], encoder: Encoder) -> str:
    """A name that other texts, or another model, do not have."""
    sums = hashlib.sha256(encoder.model.fingerprint.encode())
    for text in texts:
        sums.update(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest())
    return sums.hexdigest()[:32]


def _kept(path: Path, rows: int) -> Vectors | None:
    try:
        vectors: Vectors = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError):  # not there, or cut short
        return None
    return vectors if vectors.ndim == 2 and len(vectors) == rows else None


def _keep(path: Path, vectors: Vectors) -> None:
    """Write the file in one step."""
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
