"""Text to unit vectors, with onnxruntime: several times as fast as torch, and as soon there."""

import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np

from embeddings.encoder import Encoder, SentenceTransformerEncoder, Vectors
from embeddings.export.cache import NotExportable, ensure_export
from embeddings.models import Model, Precision, in_precision
from embeddings.onnx.batching import QueryBatcher
from embeddings.onnx.session import OnnxSession
from embeddings.scheduling import PriorityLock

log = logging.getLogger(__name__)

_BATCH = 16  # passages: what a question may have to wait for
_TOGETHER = 256  # word pieces of questions in one pass, a dozen or so


class OnnxEncoder:
    """A sentence-transformers model, run by onnxruntime from an export below ``cache``.

    The export is made here if there is none yet; once it is there, nothing imports torch. Safe to
    call from several threads: a question runs on one core, next after the few passages under way,
    in float32 together with those that wait as well; passages run on all cores, one each.

    ``model`` is the model whose vectors these are: float32 gives those of sentence-transformers
    and has their fingerprint; int8 is another model, and has another name and fingerprint.
    Raises `NotExportable`.
    """

    def __init__(self, model: Model, cache: Path, precision: Precision) -> None:
        found = ensure_export(
            "encoder", model.name, model.fingerprint, lambda: model.path, cache, precision
        )
        self.model = in_precision(model, precision)
        self.precision = precision
        self._info = found.info
        self._session = OnnxSession(found)
        self._lock = PriorityLock()
        # In int8 a text's vector would hang on its company.
        together = _TOGETHER if precision == "float32" else 0
        self._batcher = QueryBatcher(
            self._session.encode_batch, lambda pieces: len(pieces.ids), together, self._lock
        )

    @property
    def dimensions(self) -> int:
        """The length d of a vector."""
        return self._info.dimensions

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """(n, d) float32 unit rows, by the model's own query prompt if it has one."""
        prompted = [self._info.query_prompt + text for text in texts]
        rows = self._batcher.run(self._session.tokenize(prompted))
        return np.array(rows, dtype=np.float32).reshape(len(texts), self.dimensions)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """(n, d) float32 unit rows, by the model's own document prompt if it has one."""
        # The longest first, and those of like length together, so that all cores are done at once.
        by_length = sorted(range(len(texts)), key=lambda i: len(texts[i]), reverse=True)
        vectors = np.empty((len(texts), self.dimensions), dtype=np.float32)
        for start in range(0, len(by_length), _BATCH):
            batch = by_length[start : start + _BATCH]
            prompted = [self._info.passage_prompt + texts[i] for i in batch]
            with self._lock.batch():
                vectors[batch] = self._session.encode(prompted, side_by_side=True)
        return vectors


class LazyEncoder:
    """An encoder that is opened at its first use. Safe to call from several threads.

    ``model`` is whose vectors it gives, where that is known before.
    """

    def __init__(self, open_it: Callable[[], Encoder], model: Model | None = None) -> None:
        self._open_it = open_it
        self._model = model
        self._opening = threading.Lock()
        self._opened: Encoder | None = None

    def opened(self) -> Encoder:
        """The encoder itself."""
        with self._opening:
            if self._opened is None:
                self._opened = self._open_it()
            return self._opened

    @property
    def model(self) -> Model:
        """The model whose vectors these are."""
        return self._model or self.opened().model

    @property
    def dimensions(self) -> int:
        """The length d of a vector."""
        return self.opened().dimensions

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """(n, d) float32 unit rows, one for each question."""
        return self.opened().encode_queries(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """(n, d) float32 unit rows, one for each passage."""
        return self.opened().encode_passages(texts)


def open_encoder(model: Model, cache: Path, precision: Precision) -> Encoder:
    """A model run by onnxruntime, or, where that cannot be, by sentence-transformers.

    Where int8 loses too much it is float32; the encoder's ``model`` says which it is. The first
    time takes as long as the export.
    """
    try:
        return OnnxEncoder(model, cache, precision)
    except NotExportable as error:
        log.warning("%s", error)
    if precision != "float32":
        with suppress(NotExportable):
            return OnnxEncoder(model, cache, "float32")
    return SentenceTransformerEncoder(model)
