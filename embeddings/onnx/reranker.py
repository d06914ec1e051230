"""The reranker, with onnxruntime."""

import logging
import os
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from embeddings.export.cache import NotExportable, ensure_export
from embeddings.models import Precision
from embeddings.onnx.session import OnnxSession
from embeddings.reranker import CrossEncoderReranker, Reranker, Scores

log = logging.getLogger(__name__)


class OnnxReranker:
    """A cross-encoder, run by onnxruntime from an export below ``cache``.

    The export is made here if there is none yet, of the model that ``path`` finds. Safe to call
    from several threads: a question is read on one core, and as many at a time as there are cores,
    in the order in which they came. Raises `NotExportable`.
    """

    def __init__(
        self,
        name: str,
        fingerprint: str,
        path: Callable[[], Path],
        cache: Path,
        precision: Precision,
    ) -> None:
        self.name = name
        self._session = OnnxSession(
            ensure_export("reranker", name, fingerprint, path, cache, precision)
        )
        self._cores = threading.Semaphore(os.cpu_count() or 1)

    def scores(self, question: str, texts: Sequence[str]) -> Scores:
        """(n,) float32, one for each text."""
        pieces = self._session.tokenize([(question, text) for text in texts])
        with self._cores:
            return self._session.run(pieces)[:, 0]


class LazyReranker:
    """A reranker that is opened at its first question. Safe to call from several threads."""

    def __init__(self, name: str, open_it: Callable[[], Reranker]) -> None:
        self.name = name
        self._open_it = open_it
        self._opening = threading.Lock()
        self._opened: Reranker | None = None

    def opened(self) -> Reranker:
        """The reranker itself."""
        with self._opening:
            if self._opened is None:
                self._opened = self._open_it()
            return self._opened

    def scores(self, question: str, texts: Sequence[str]) -> Scores:
        """(n,) float32, one for each text."""
        return self.opened().scores(question, texts)


def open_reranker(
    name: str, fingerprint: str, path: Callable[[], Path], cache: Path, precision: Precision
) -> Reranker:
    """A reranker run by onnxruntime, or, where that cannot be, by sentence-transformers.

    Where int8 loses too much it is float32. The first time takes as long as the export.
    """
    try:
        return OnnxReranker(name, fingerprint, path, cache, precision)
    except NotExportable as error:
        log.warning("%s", error)
    if precision != "float32":
        with suppress(NotExportable):
            return OnnxReranker(name, fingerprint, path, cache, "float32")
    return CrossEncoderReranker(name, path)
