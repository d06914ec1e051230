"""The bundled reader with onnxruntime: a score, whether a text answers, and in which words."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from embeddings.onnx.exports import OnnxExport
from embeddings.onnx.session import OnnxSession
from embeddings.reranker import AnswerSpan, SourcedText, TextReading

if TYPE_CHECKING:
    import tokenizers

READER_WIDTH = 2
"""The length of an output row."""

_TEXT = 1  # the second sequence of a pair
_MOST_WORDS = 12  # of an answer


class OnnxReader:
    """A cross-encoder with the three outputs of `embeddings.export.reading_model`.

    Safe to call from several threads; each call runs on one core.
    """

    def __init__(self, name: str, export: OnnxExport) -> None:
        self.name = name
        self._session = OnnxSession(export)

    def read(self, question: str, texts: Sequence[SourcedText]) -> list[TextReading]:
        """A reading of each text, with all that a reading can have."""
        asked = self._session.question(question)
        encodings = self._session.tokenize([(asked, str(text)) for text in texts])
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
    if not inside:
        return TextReading(score, answers)
    ends = rows[1:][inside]  # (n, 2): of each token that is in the text
    shares = np.exp(ends - ends.max(axis=0))
    shares /= shares.sum(axis=0)
    begins = [offsets[at][0] - before for at in inside]
    where = tuple(zip(begins, shares.mean(axis=1).tolist(), strict=True))
    beginnings = [0, *(at for at in range(1, len(begins)) if text.text[begins[at] - 1].isspace())]
    first, last, probability = _likeliest_span(np.add.reduceat(shares, beginnings))
    behind = [*beginnings[1:], len(inside)][last]
    end = offsets[inside[behind - 1]][1] - before
    return TextReading(
        score, answers, where, AnswerSpan(begins[beginnings[first]], end, probability)
    )


def _likeliest_span(shares: NDArray[np.float32]) -> tuple[int, int, float]:
    """The first and the last word of the likeliest answer, and its probability.

    That is the product of the probabilities of its two ends (Devlin et al. 2019). ``shares`` is
    (n, 2) float32, n > 0: the probability of each word to be the first and the last.
    """
    both = np.outer(shares[:, 0], shares[:, 1])
    both = np.triu(both) - np.triu(both, _MOST_WORDS)
    first, last = divmod(int(both.argmax()), len(shares))
    return first, last, min(1.0, float(both[first, last]))
