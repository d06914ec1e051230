"""From the names in the settings to an encoder and a reader, by the fastest way that is exact."""

from pathlib import Path

from embeddings.bundled_reader import READER_SHA256, bundled_reader, check_adapter
from embeddings.encoder import Encoder
from embeddings.errors import ModelNotFound, ReaderNotFound
from embeddings.export import Prepared, prepared
from embeddings.models import DEFAULT_READER, NO_READER, Model, find_model
from embeddings.onnx_encoder import LazyEncoder, open_encoder
from embeddings.onnx_reader import LazyReader, open_reader
from embeddings.precision import ENCODER_PRECISION, READER_PRECISION, Precision
from embeddings.reader import Reader


def find_encoder(name: str, cache: Path, precision: Precision | None = None) -> Encoder:
    """A sentence-transformers model by name or directory, opened at its first text.

    ``cache`` is where it is prepared for this machine. Raises `ModelNotFound` or `ModelDamaged`.
    """
    model = find_model(name)
    chosen = precision or ENCODER_PRECISION
    # Whatever runs it, in float32 it is this model; whether there is one in int8 shows when it is
    # opened.
    known = model if chosen == "float32" else None
    return LazyEncoder(lambda: open_encoder(model, cache, chosen), known)


def find_reader(name: str, cache: Path, precision: Precision | None = None) -> Reader | None:
    """A cross-encoder by name or directory; the bundled one; or none. Opened at its first question.

    ``cache`` is where it is prepared for this machine. Raises `ReaderNotFound` or `ReaderDamaged`.
    """
    if name == NO_READER:
        return None
    chosen = precision or READER_PRECISION
    if name == DEFAULT_READER:
        check_adapter()
        return LazyReader(
            name,
            lambda: open_reader(name, READER_SHA256, lambda: bundled_reader(cache), cache, chosen),
        )
    found = _model_of_reader(name)
    return LazyReader(
        name, lambda: open_reader(name, found.fingerprint, lambda: found.path, cache, chosen)
    )


def encoder_prepared(model: Model, cache: Path, precision: Precision | None) -> Prepared:
    """How `find_encoder` is going to run a model."""
    return prepared("encoder", model.fingerprint, cache, precision or ENCODER_PRECISION)


def reader_prepared(name: str, cache: Path, precision: Precision | None) -> Prepared:
    """How `find_reader` is going to run a reader. Raises `ReaderNotFound`."""
    own = READER_SHA256 if name == DEFAULT_READER else _model_of_reader(name).fingerprint
    return prepared("reader", own, cache, precision or READER_PRECISION)


def _model_of_reader(name: str) -> Model:
    try:
        return find_model(name)
    except ModelNotFound as error:
        raise ReaderNotFound(name, error.reason) from error
