"""Scores how well a text answers a question, with a cross-encoder (Nogueira and Cho 2019)."""

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from embeddings.encodable import encodable
from embeddings.errors import RerankerNotFound
from embeddings.models import Model
from embeddings.threads import torch_threads

if TYPE_CHECKING:
    import torch
    from sentence_transformers import CrossEncoder

Scores: TypeAlias = NDArray[np.float32]

RERANKER_TOKENS = 192
"""Where question and text together are truncated."""

_BATCH = 4  # small, so that texts of similar length share one and little of it is padding


class Reranker(Protocol):
    """Scores texts for a question. Higher is better; scores compare within one question."""

    @property
    def name(self) -> str:
        """The name or directory that it was asked for by."""
        ...

    def scores(self, question: str, texts: Sequence[str]) -> Scores:
        """(n,) float32, one for each text."""
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
                self._loaded = CrossEncoder(
                    str(self._path),
                    device="cpu",
                    local_files_only=True,
                    max_length=RERANKER_TOKENS,
                    activation_fn=torch.nn.Identity(),
                    model_kwargs={"dtype": _fastest()},
                )
            # What the library raises for files that it cannot load is not documented.
            except Exception as error:
                first_line = str(error).strip().partition("\n")[0]
                raise RerankerNotFound(self.name, first_line) from error
        return self._loaded

    def scores(self, question: str, texts: Sequence[str]) -> Scores:
        """(n,) float32, one for each text."""
        if not texts:
            return np.empty(0, dtype=np.float32)
        with self._lock, torch_threads(1):
            scores = self.load().predict(
                [(encodable(question), encodable(text)) for text in texts],
                batch_size=_BATCH,
                show_progress_bar=False,
            )
        return np.asarray(scores, dtype=np.float32).reshape(len(texts))


def _fastest() -> "torch.dtype":
    """bfloat16 where the processor has instructions for it, else float32."""
    import torch

    # torch emulates bfloat16 elsewhere, which takes several times as long.
    has_bfloat16 = getattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)()
    return torch.bfloat16 if has_bfloat16 else torch.float32
