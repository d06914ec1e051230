"""An encoder that remembers its vectors: many archives of the same releases embed them once."""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from embeddings.encoder import Encoder, Vectors
from embeddings.models import Model


class RememberingEncoder:
    """An encoder whose vectors of passages are kept in memory, and in a folder by `save`.

    Args:
        encoder: encodes what is not known yet.
        folder: keeps the vectors, apart for each model.
    """

    def __init__(self, encoder: Encoder, folder: Path) -> None:
        self._encoder = encoder
        self._folder = folder / hashlib.sha256(encoder.model.fingerprint.encode()).hexdigest()[:16]
        self._vectors: dict[bytes, Vectors] = {}
        self._new: list[bytes] = []
        for path in sorted(self._folder.glob("*.npz")):
            with np.load(path, allow_pickle=False) as kept:
                keys = map(bytes, kept["keys"])
                self._vectors.update(zip(keys, kept["vectors"], strict=True))

    @property
    def model(self) -> Model:
        """The model behind it."""
        return self._encoder.model

    @property
    def dimensions(self) -> int:
        """The length d of a vector."""
        return self._encoder.dimensions

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Encode queries; these are not remembered."""
        return self._encoder.encode_queries(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of passages, encoding those that are not known."""
        keys = [hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest() for text in texts]
        unknown = {
            key: text for key, text in zip(keys, texts, strict=True) if key not in self._vectors
        }
        if unknown:
            encoded = self._encoder.encode_passages([*unknown.values()])
            self._vectors.update(zip(unknown, encoded, strict=True))
            self._new += unknown
        return np.stack([self._vectors[key] for key in keys])

    def save(self) -> None:
        """Write the vectors that are new since the last call."""
        if not self._new:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{len(list(self._folder.iterdir())):06d}.npz"
        unfinished = path.with_suffix(f".{os.getpid()}.part")
        with unfinished.open("wb") as file:
            np.savez(
                file,
                keys=np.frombuffer(b"".join(self._new), dtype=np.uint8).reshape(-1, 32),
                vectors=np.stack([self._vectors[key] for key in self._new]),
            )
        unfinished.replace(path)
        self._new = []
