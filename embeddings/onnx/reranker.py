"""A cross-encoder of one score with onnxruntime."""

from collections.abc import Sequence

from embeddings.onnx.exports import OnnxExport
from embeddings.onnx.session import OnnxSession
from embeddings.reranker import SourcedText, TextReading


class OnnxReranker:
    """A cross-encoder, run by onnxruntime from an export of it.

    Safe to call from several threads; each call runs on one core.
    """

    def __init__(self, name: str, export: OnnxExport) -> None:
        self.name = name
        self._session = OnnxSession(export)

    def read(self, question: str, texts: Sequence[SourcedText]) -> list[TextReading]:
        """The score of each text."""
        asked = self._session.question(question)
        rows = self._session.run([(asked, str(text)) for text in texts])
        return [TextReading(float(score)) for score in rows[:, 0]]
