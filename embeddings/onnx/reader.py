"""The bundled reader with onnxruntime: a score, whether a text answers, and in which words."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from embeddings.onnx.exports import OnnxExport
from embeddings.onnx.session import OnnxSession
from embeddings.reranker import Reading, SourcedText, Span

if TYPE_CHECKING:
    import tokenizers

READER_WIDTH = 2
"""The length of an output row."""

_LONGEST = 40  # tokens of an answer
_TEXT = 1  # the second sequence of a pair


class OnnxReader:
    """A cross-encoder with the three outputs of `embeddings.export.reading_model`.

    Safe to call from several threads; each call runs on one core.
    """

    def __init__(self, name: str, export: OnnxExport) -> None:
        self.name = name
        self._session = OnnxSession(export)

    def read(self, question: str, texts: Sequence[SourcedText]) -> list[Reading]:
        """A reading of each text, with all that a reading can have."""
        encodings = self._session.tokenize([(question, str(text)) for text in texts])
        return [
            _reading(self._session.forward(encoding), encoding, text)
            for encoding, text in zip(encodings, texts, strict=True)
        ]


def _reading(
    rows: NDArray[np.float32], encoding: "tokenizers.Encoding", text: SourcedText
) -> Reading:
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
    if not inside:  # the source alone is longer than what is read
        return Reading(score, answers, (0, 0), -np.inf)
    first, stop = inside[0], inside[-1] + 1
    start, end, best = best_span(rows[1 + first : 1 + stop, 0], rows[1 + first : 1 + stop, 1])
    span: Span = (offsets[first + start][0] - before, offsets[first + end][1] - before)
    return Reading(score, answers, span, best - float(rows[1].sum()))


def best_span(
    starts: NDArray[np.float32], ends: NDArray[np.float32], longest: int = _LONGEST
) -> tuple[int, int, float]:
    """The first and the last token of the best span, and the sum of their logits.

    Args:
        starts: (n,) float32, the logit of each token as the start; n is not 0.
        ends: (n,) float32, the same for the end.
        longest: the most tokens that a span may have.
    """
    sums = starts[:, None] + ends[None, :]
    length = np.arange(len(ends))[None, :] - np.arange(len(starts))[:, None]
    sums[(length < 0) | (length >= longest)] = -np.inf
    start, end = np.unravel_index(int(sums.argmax()), sums.shape)
    return int(start), int(end), float(sums[start, end])
