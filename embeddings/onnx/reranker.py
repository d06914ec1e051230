"""A cross-encoder with onnxruntime."""

from collections.abc import Sequence

from embeddings.onnx.exports import OnnxExport
from embeddings.onnx.session import OnnxSession
from embeddings.reranker import Scores


class OnnxReranker:
    """A cross-encoder, run by onnxruntime from an export of it.

    Safe to call from several threads; each call runs on one core.
    """

    def __init__(self, name: str, export: OnnxExport) -> None:
        self.name = name
        self._session = OnnxSession(export)

    def scores(self, question: str, texts: Sequence[str]) -> Scores:
        """(n,) float32, one for each text."""
        return self._session.run([(question, text) for text in texts])[:, 0]
