"""Text to unit vectors with onnxruntime."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Vectors
from embeddings.models import Model, in_precision
from embeddings.onnx.exports import OnnxExport
from embeddings.onnx.session import OnnxSession


class OnnxEncoder:
    """A sentence-transformers model, run by onnxruntime from an export of it.

    Safe to call from several threads. A query runs on one core, several at a time on several;
    passages run on all cores, one each. Neither waits for the other: the operating system shares
    the cores out, so a query stays quick while an index is built.

    ``model`` is the model whose vectors these are: float32 gives those of sentence-transformers
    and has their fingerprint; int8 is another model, with another name and fingerprint.
    """

    def __init__(self, model: Model, export: OnnxExport) -> None:
        self.model = in_precision(model, export.info.precision)
        self._info = export.info
        self._session = OnnxSession(export)

    @property
    def dimensions(self) -> int:
        """The length d of a vector."""
        return self._info.dimensions

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """(n, d) float32 unit rows, with the model's own query prompt if it has one."""
        return _unit(self._session.run([self._info.query_prompt + text for text in texts]))

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """(n, d) float32 unit rows, with the model's own document prompt if it has one."""
        # The longest first, so that all cores finish at about the same time.
        by_length = sorted(range(len(texts)), key=lambda i: len(texts[i]), reverse=True)
        prompted = [self._info.passage_prompt + texts[i] for i in by_length]
        vectors = np.empty((len(texts), self.dimensions), dtype=np.float32)
        vectors[by_length] = _unit(self._session.run(prompted, parallel=True))
        return vectors


def _unit(rows: NDArray[np.float32]) -> Vectors:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True).astype(np.float32)
    unit: Vectors = rows / np.maximum(lengths, np.float32(1e-12))
    return unit
