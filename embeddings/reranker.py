"""Reads texts beside a question, with a cross-encoder (Nogueira and Cho 2019).

Any cross-encoder says how well a text answers. The bundled one, the reader, says also whether it
does, and in which words.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from embeddings.encodable import encodable
from embeddings.errors import RerankerNotFound, first_line
from embeddings.models import Model
from embeddings.threads import torch_threads

if TYPE_CHECKING:
    import torch
    from sentence_transformers import CrossEncoder

RERANKER_TOKENS = 192
"""Where question and text together are truncated."""

_BATCH = 4  # small, so that texts of similar length share one and little of it is padding


@dataclass(frozen=True, slots=True)
class SourcedText:
    """A text, and what it is read under: whose it is, its title, its heading."""

    source: str
    text: str

    def __str__(self) -> str:
        return f"{self.source}\n{self.text}" if self.source else self.text


@dataclass(frozen=True, slots=True)
class AnswerSpan:
    """The words of a text that answer.

    Attributes:
        start: the character of the text that they begin with.
        end: the character after them.
        probability: that just these answer, 0..1, if the text answers.
    """

    start: int
    end: int
    probability: float


@dataclass(frozen=True, slots=True)
class TextReading:
    """What a model says of a text beside a question.

    Attributes:
        score: how well the text answers. Higher is better; comparable within one question.
        answers: the logit of the probability that it answers; None if the model does not tell.
        where: for each word piece that was read, the character that it begins with and the
            probability that the answer begins or ends there, 0..1. They sum to 1, or there are none
            if the model does not tell.
        span: the words that answer, if it does; None if the model does not tell.
    """

    score: float
    answers: float | None = None
    where: tuple[tuple[int, float], ...] = ()
    span: AnswerSpan | None = None


class Reranker(Protocol):
    """Reads texts beside a question."""

    @property
    def name(self) -> str:
        """The name or directory that it was asked for by."""
        ...

    def read(self, question: str, texts: Sequence[SourcedText]) -> list[TextReading]:
        """A reading of each text."""
        ...


class CrossEncoderReranker:
    """A sentence-transformers `CrossEncoder`, loaded at the first question.

    Safe to call from several threads: calls run one at a time, on one torch thread.
    """

    def __init__(self, model: Model) -> None:
        self.name = model.name
        self._path = model.path
        self._lock = threading.Lock()
        self._loaded: CrossEncoder | None = None

    def load(self) -> "CrossEncoder":
        """Import torch and load the weights, once. Raises `RerankerNotFound`."""
        if self._loaded is None:
            import torch
            from sentence_transformers import CrossEncoder

            try:
                loaded = CrossEncoder(
                    str(self._path),
                    device="cpu",
                    local_files_only=True,
                    max_length=RERANKER_TOKENS,
                    activation_fn=torch.nn.Identity(),
                    model_kwargs={"dtype": _fastest()},
                )
            # What the library raises for files that it cannot load is not documented.
            except Exception as error:
                raise RerankerNotFound(self.name, first_line(error)) from error
            if loaded.num_labels != 1:
                reason = f"it gives {loaded.num_labels} numbers for a text, not one score"
                raise RerankerNotFound(self.name, reason)
            self._loaded = loaded
        return self._loaded

    def read(self, question: str, texts: Sequence[SourcedText]) -> list[TextReading]:
        """The score of each text."""
        if not texts:
            return []
        with self._lock, torch_threads(1):
            scores = self.load().predict(
                [(encodable(question), encodable(str(text))) for text in texts],
                batch_size=_BATCH,
                show_progress_bar=False,
            )
        return [TextReading(float(score)) for score in scores.reshape(-1)]


def _fastest() -> "torch.dtype":
    """bfloat16 where the processor has instructions for it, else float32."""
    import torch

    # torch emulates bfloat16 elsewhere, which takes several times as long.
    has_bfloat16 = getattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)()
    return torch.bfloat16 if has_bfloat16 else torch.float32
