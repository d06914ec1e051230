"""The models as they ship with Verbatim, ready for onnxruntime.

There are three: the default encoder, the default reranker, and the base model that both were
trained from, an encoder too. ``model_data/`` holds a graph and its description for each of them and
each precision, without weights. The base model's come from its publisher's file, and are quantised
on loading for int8. What training changed is in ``encoder.safetensors`` and
``reranker.safetensors``, linear layers as int8; the rest is the base model's.
`embeddings.export` makes these files at release time. Nothing here imports torch or onnx.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, TypeAlias

from embeddings.errors import ModelDamaged
from embeddings.models import (
    BASE_MODEL,
    DEFAULT_MODEL,
    TOKENIZER,
    WEIGHTS,
    Model,
    Precision,
    file_sha256,
    find_model,
)
from embeddings.onnx.exports import ExportInfo, OnnxExport, read_info
from embeddings.quantization import Tensors, quantized_layers

Bundled: TypeAlias = Literal["encoder", "reranker", "base"]
"""A model that ships; its files are named so."""

MODEL_DATA = Path(__file__).parent / "model_data"
TRAINED_LAYERS: Mapping[Bundled, str] = {
    "encoder": "encoder.safetensors",
    "reranker": "reranker.safetensors",
}
"""The file of what training changed, of each model that was trained."""

BUNDLED_ENCODERS: Mapping[str, Bundled] = {DEFAULT_MODEL: "encoder", BASE_MODEL: "base"}
"""The encoders that ship, by the name that is set."""


def find_encoder(name: str) -> Model:
    """Find the default encoder by its name, or another one by name or directory.

    The fingerprint of the default one is of the base model and of what training changed. Raises
    `ModelNotFound` and `ModelDamaged`.
    """
    if name != DEFAULT_MODEL:
        return find_model(name)
    base = find_model(BASE_MODEL)
    bundled_export("encoder", "float32")  # damaged layers would be those of another model
    layers = file_sha256(MODEL_DATA / TRAINED_LAYERS["encoder"])
    fingerprint = hashlib.sha256(f"{base.fingerprint} {layers}".encode()).hexdigest()
    return Model(name, MODEL_DATA, fingerprint)


def bundled_export(bundled: Bundled, precision: Precision) -> OnnxExport:
    """The export of a model that ships, checked.

    Raises `ModelDamaged` where a file is not the one that was shipped, and what `find_model` raises
    for the publisher's files.
    """
    description = MODEL_DATA / f"{bundled}-{precision}.json"
    info = read_info(description)
    if info is None:
        reason = "it, or a file that it describes, is not what was shipped"
        raise ModelDamaged(description, reason, "Reinstall Verbatim")
    return bundled_files(bundled, info)


def bundled_files(bundled: Bundled, info: ExportInfo) -> OnnxExport:
    """The files of the export that ``info`` describes, whether they are there or not."""
    base = find_model(BASE_MODEL).path
    return OnnxExport(
        info,
        graph=MODEL_DATA / f"{bundled}-{info.precision}.onnx",
        tokenizer=base / TOKENIZER,
        base_weights=base / WEIGHTS,
        initializers=lambda: bundled_initializers(bundled, info.precision),
    )


def bundled_initializers(bundled: Bundled, precision: Precision) -> Tensors:
    """The weights that a graph does not take from the publisher's file as they are there."""
    trained = trained_layers(bundled)
    if bundled == "reranker" or precision == "float32":
        return trained
    return quantized_layers(find_model(BASE_MODEL).path / WEIGHTS, without=trained) | trained


def trained_layers(bundled: Bundled) -> Tensors:
    """What training changed of the base model, as it ships; nothing of the base model itself."""
    from safetensors.numpy import load_file

    return load_file(MODEL_DATA / TRAINED_LAYERS[bundled]) if bundled in TRAINED_LAYERS else {}
