"""From the names in the settings to an encoder and a reranker, by the fastest exact way.

The default models, and the base model that they were trained from, ship as graphs for onnxruntime.
Other models are exported once per machine, where the ``export`` extra is installed;
sentence-transformers runs those that are not, where it is installed (`make models`).
"""

import functools
import importlib.util
import logging
import tempfile
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from embeddings.bundled import BUNDLED_ENCODERS, bundled_export, find_encoder
from embeddings.encoder import Encoder, SentenceTransformerEncoder, Vectors
from embeddings.errors import LibraryMissing, ModelNotFound, RerankerNotFound
from embeddings.export.cache import (
    ExportNotKept,
    ExportStatus,
    NotExportable,
    ensure_export,
    export_folder,
    export_status,
    read_export,
)
from embeddings.models import (
    DEFAULT_RERANKER,
    ENCODER_PRECISION,
    NO_RERANKER,
    RERANKER_PRECISION,
    Model,
    Precision,
    find_model,
)
from embeddings.onnx.encoder import OnnxEncoder
from embeddings.onnx.exports import OnnxExport, Task
from embeddings.onnx.reader import READER_WIDTH, OnnxReader
from embeddings.onnx.reranker import OnnxReranker
from embeddings.reranker import CrossEncoderReranker, Reranker, SourcedText, TextReading

log = logging.getLogger(__name__)


class LazyEncoder:
    """An encoder that is opened at its first use. Safe to call from several threads.

    ``model`` is the model whose vectors it gives, where that is known beforehand.
    """

    def __init__(self, open_encoder: Callable[[], Encoder], model: Model | None = None) -> None:
        self._open = open_encoder
        self._model = model
        self._opening = threading.Lock()
        self._opened: Encoder | None = None

    def opened(self) -> Encoder:
        """The encoder itself."""
        with self._opening:
            if self._opened is None:
                self._opened = self._open()
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
        """(n, d) float32 unit rows, one for each query."""
        return self.opened().encode_queries(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """(n, d) float32 unit rows, one for each passage."""
        return self.opened().encode_passages(texts)


class LazyReranker:
    """A reranker that is opened at its first question. Safe to call from several threads."""

    def __init__(self, name: str, open_reranker: Callable[[], Reranker]) -> None:
        self.name = name
        self._open = open_reranker
        self._opening = threading.Lock()
        self._opened: Reranker | None = None

    def opened(self) -> Reranker:
        """The reranker itself."""
        with self._opening:
            if self._opened is None:
                self._opened = self._open()
            return self._opened

    def read(self, question: str, texts: Sequence[SourcedText]) -> list[TextReading]:
        """A reading of each text."""
        return self.opened().read(question, texts)


def load_encoder(name: str, cache: Path, precision: Precision | None = None) -> Encoder:
    """The default encoder, or a sentence-transformers model, opened at its first text.

    ``name`` may be a directory. ``cache`` is the folder for the exports of models that do not ship.
    Raises `ModelNotFound`, `ModelDamaged` or `LibraryMissing`.
    """
    model = find_encoder(name)
    chosen = precision or ENCODER_PRECISION
    if model.name not in BUNDLED_ENCODERS:
        _check_runnable("encoder", model, cache, chosen)
    # In float32 it is this model, whatever runs it. Whether int8 is possible shows on opening.
    known = model if chosen == "float32" else None
    return LazyEncoder(lambda: open_encoder(model, cache, chosen), known)


def load_reranker(name: str, cache: Path, precision: Precision | None = None) -> Reranker | None:
    """A cross-encoder by name or directory, or the bundled one, opened at its first question.

    Returns None for ``none``. ``cache`` is as in `load_encoder`. Raises `RerankerNotFound`,
    `ModelDamaged` or `LibraryMissing`.
    """
    if name == NO_RERANKER:
        return None
    chosen = precision or RERANKER_PRECISION
    if name == DEFAULT_RERANKER:
        export = _bundled_reranker(chosen)
        return LazyReranker(name, lambda: OnnxReader(name, export))
    model = _reranker_model(name)
    _check_runnable("reranker", model, cache, chosen)
    return LazyReranker(name, lambda: open_reranker(model, cache, chosen))


def open_encoder(model: Model, cache: Path, precision: Precision) -> Encoder:
    """A model run by onnxruntime, or, where that is not possible, by sentence-transformers.

    Where int8 loses too much it is float32; the encoder's ``model`` says which it is. The first
    time may take as long as the export.
    """
    if bundled := BUNDLED_ENCODERS.get(model.name):
        return OnnxEncoder(model, bundled_export(bundled, precision))
    export = _cached_export("encoder", model, cache, precision)
    return OnnxEncoder(model, export) if export else SentenceTransformerEncoder(model)


def open_reranker(model: Model, cache: Path, precision: Precision) -> Reranker:
    """A cross-encoder run by onnxruntime, or, where that is not possible, by sentence-transformers.

    Where int8 loses too much it is float32. The first time may take as long as the export.
    """
    export = _cached_export("reranker", model, cache, precision)
    if export is None:
        return CrossEncoderReranker(model)
    # A reader in training; other cross-encoders have one score.
    runner = OnnxReader if export.info.dimensions == READER_WIDTH else OnnxReranker
    return runner(model.name, export)


def encoder_status(model: Model, cache: Path, precision: Precision | None) -> ExportStatus:
    """How `load_encoder` is going to run a model. Raises `ModelDamaged` or `LibraryMissing`."""
    chosen = precision or ENCODER_PRECISION
    if bundled := BUNDLED_ENCODERS.get(model.name):
        return ExportStatus(chosen, bundled_export(bundled, chosen).info)
    _check_runnable("encoder", model, cache, chosen)
    return export_status("encoder", model, cache, chosen)


def reranker_status(name: str, cache: Path, precision: Precision | None) -> ExportStatus:
    """How `load_reranker` is going to run it.

    Raises `RerankerNotFound`, `ModelDamaged` or `LibraryMissing`.
    """
    chosen = precision or RERANKER_PRECISION
    if name == DEFAULT_RERANKER:
        return ExportStatus(chosen, _bundled_reranker(chosen).info)
    model = _reranker_model(name)
    _check_runnable("reranker", model, cache, chosen)
    return export_status("reranker", model, cache, chosen)


def _check_runnable(task: Task, model: Model, cache: Path, precision: Precision) -> None:
    """Raise `LibraryMissing` for a model that is not exported and that nothing here can run."""
    if importlib.util.find_spec("sentence_transformers"):
        return
    folders = {export_folder(task, model, cache, each) for each in (precision, "float32")}
    if not any(map(read_export, folders)):
        raise LibraryMissing(model.name)


def _cached_export(
    task: Task, model: Model, cache: Path, precision: Precision
) -> OnnxExport | None:
    """An export in the precision, else in float32, else None."""
    try:
        return ensure_export(task, model, cache, precision)
    except NotExportable as error:
        log.warning("%s", error)
        # In float32 the same vectors come from sentence-transformers; in int8 from nothing else.
        if isinstance(error, ExportNotKept) and (task, precision) == ("encoder", "int8"):
            log.warning("preparing %s in %s for this process alone", model.name, _own_cache())
            with suppress(NotExportable):
                return ensure_export(task, model, _own_cache(), precision)
    if precision != "float32":
        with suppress(NotExportable):
            return ensure_export(task, model, cache, "float32")
    return None


@functools.cache
def _temporary_folder() -> "tempfile.TemporaryDirectory[str]":
    return tempfile.TemporaryDirectory(prefix="verbatim-models-")


def _own_cache() -> Path:
    """Where this process keeps exports that it can keep nowhere else; deleted when it ends."""
    return Path(_temporary_folder().name)


def _bundled_reranker(precision: Precision) -> OnnxExport:
    try:
        return bundled_export("reranker", precision)
    except ModelNotFound as error:
        raise RerankerNotFound(DEFAULT_RERANKER, error.reason) from error


def _reranker_model(name: str) -> Model:
    try:
        return find_model(name)
    except ModelNotFound as error:
        raise RerankerNotFound(name, error.reason) from error
