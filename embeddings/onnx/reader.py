"""The bundled reader with onnxruntime: a score, whether a text answers, and in which words."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from embeddings.onnx.exports import OnnxExport
from embeddings.onnx.session import OnnxSession
from embeddings.reranker import SourcedText, TextReading

if TYPE_CHECKING:
    import tokenizers

READER_WIDTH = 2
"""The length of an output row."""

_TEXT = 1  # the second sequence of a pair


class OnnxReader:
    """A cross-encoder with the three outputs of `embeddings.export.reading_model`.

    Safe to call from several threads; each call runs on one core.
    """

    def __init__(self, name: str, export: OnnxExport) -> None:
        self.name = name
        self._session = OnnxSession(export)

    def read(self, question: str, texts: Sequence[SourcedText]) -> list[TextReading]:
        """A reading of each text, with all that a reading can have."""
        encodings = self._session.tokenize([(question, str(text)) for text in texts])
        return [
            _reading(self._session.forward(encoding), encoding, text)
            for encoding, text in zip(encodings, texts, strict=True)
        ]


def _reading(
    rows: NDArray[np.float32], encoding: "tokenizers.Encoding", text: SourcedText
) -> TextReading:
    """What the output for one text says.

    ``rows`` is (1 + tokens, 2) float32: score and answers, then start and end of each token.
    """
    score, answers = rows[0].tolist()
    before = len(str(text)) - len(text.text)
    offsets = encoding.offsets
    inside = [
        at
        for at, sequence in enumerate(encoding.sequence_ids)
        if sequence == _TEXT and offsets[at][0] >= before
    ]
    ends = rows[1:][inside]  # (n, 2): of each token that is in the text
    shares = np.exp(ends - ends.max(axis=0, initial=-np.inf))
    shares = (shares / shares.sum(axis=0)).mean(axis=1)
    begins = [offsets[at][0] - before for at in inside]
    return TextReading(score, answers, tuple(zip(begins, shares.tolist(), strict=True)))
