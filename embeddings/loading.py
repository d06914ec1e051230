"""From the names in the settings to an encoder and a reranker, by the fastest way that is exact."""

from pathlib import Path

from embeddings.bundled_reranker import RERANKER_SHA256, bundled_reranker, check_adapter
from embeddings.encoder import Encoder
from embeddings.errors import ModelNotFound, RerankerNotFound
from embeddings.export.cache import ExportStatus, export_status
from embeddings.models import (
    DEFAULT_RERANKER,
    ENCODER_PRECISION,
    NO_RERANKER,
    RERANKER_PRECISION,
    Model,
    Precision,
    find_model,
)
from embeddings.onnx.encoder import LazyEncoder, open_encoder
from embeddings.onnx.reranker import LazyReranker, open_reranker
from embeddings.reranker import Reranker


def load_encoder(name: str, cache: Path, precision: Precision | None = None) -> Encoder:
    """A sentence-transformers model by name or directory, opened at its first text.

    ``cache`` is where it is prepared for this machine. Raises `ModelNotFound` or `ModelDamaged`.
    """
    model = find_model(name)
    chosen = precision or ENCODER_PRECISION
    # Whatever runs it, in float32 it is this model; whether there is one in int8 shows when it is
    # opened.
    known = model if chosen == "float32" else None
    return LazyEncoder(lambda: open_encoder(model, cache, chosen), known)


def load_reranker(name: str, cache: Path, precision: Precision | None = None) -> Reranker | None:
    """A cross-encoder by name or directory; the bundled one; or none. Opened at its first question.

    ``cache`` is where it is prepared for this machine. Raises `RerankerNotFound` or
    `RerankerDamaged`.
    """
    if name == NO_RERANKER:
        return None
    chosen = precision or RERANKER_PRECISION
    if name == DEFAULT_RERANKER:
        check_adapter()
        return LazyReranker(
            name,
            lambda: open_reranker(
                name, RERANKER_SHA256, lambda: bundled_reranker(cache), cache, chosen
            ),
        )
    found = _reranker_model(name)
    return LazyReranker(
        name, lambda: open_reranker(name, found.fingerprint, lambda: found.path, cache, chosen)
    )


def encoder_export_status(model: Model, cache: Path, precision: Precision | None) -> ExportStatus:
    """How `load_encoder` is going to run a model."""
    return export_status("encoder", model.fingerprint, cache, precision or ENCODER_PRECISION)


def reranker_export_status(name: str, cache: Path, precision: Precision | None) -> ExportStatus:
    """How `load_reranker` is going to run a reranker. Raises `RerankerNotFound`."""
    own = RERANKER_SHA256 if name == DEFAULT_RERANKER else _reranker_model(name).fingerprint
    return export_status("reranker", own, cache, precision or RERANKER_PRECISION)


def _reranker_model(name: str) -> Model:
    try:
        return find_model(name)
    except ModelNotFound as error:
        raise RerankerNotFound(name, error.reason) from error
