"""The weights of the bundled reranker: what is shipped of them, and the model that they make.

The reranker is the default sentence encoder, trained further. Tensors that training left alone, the
word and position embeddings, are not shipped. The weights of linear layers are int8, as
`embeddings.quantization` has them, the others float32.
"""

import shutil
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save, save_file

from embeddings.bundled import MODEL_DATA, RERANKER_LAYERS
from embeddings.models import DEFAULT_WEIGHTS, find_model
from embeddings.quantization import SCALE, Tensors, quantized

BASE_PREFIX = "bert."
"""Before the name of a tensor of the base model, within a model for classification."""

_TOKENIZER_FILES = (
    "tokenizer.json",
    "tokenizer_config.json",
    "vocab.txt",
    "special_tokens_map.json",
)

Floats = NDArray[np.float32]


def pack(base: Tensors, trained: Tensors) -> Tensors:
    """What to ship of a trained reranker, given the model that its training started from."""
    packed: Tensors = {}
    for name, value in trained.items():
        before = base.get(name.removeprefix(BASE_PREFIX))
        if before is not None and np.array_equal(before, value):
            continue
        floats = np.asarray(value, np.float32)
        if floats.ndim == 2 and "embeddings" not in name:
            packed[name], packed[name + SCALE] = quantized(floats)
        else:
            packed[name] = floats
    return packed


def unpack(base: Tensors, packed: Tensors) -> dict[str, Floats]:
    """The float32 weights of the reranker, by the names and in the shapes of a checkpoint."""
    weights = {
        BASE_PREFIX + name: np.asarray(value, np.float32)
        for name, value in base.items()
        if value.dtype == np.float32
    }
    for name, value in packed.items():
        if name.endswith(SCALE):
            continue
        floats = np.asarray(value, np.float32)
        if (scale := packed.get(name + SCALE)) is not None:
            floats = np.ascontiguousarray((floats * np.asarray(scale, np.float32)).T)
        weights[name] = floats
    return weights


def save_packed(checkpoint: Path) -> None:
    """Pack the trained reranker in a folder into the file that ships."""
    base = load_file(find_model().path / DEFAULT_WEIGHTS)
    packed = pack(base, load_file(checkpoint / DEFAULT_WEIGHTS))
    (MODEL_DATA / RERANKER_LAYERS).write_bytes(save(dict(sorted(packed.items()))))


def write_checkpoint(folder: Path) -> None:
    """Write the bundled reader as `embeddings.export.reading_model` loads it."""
    base = find_model().path
    folder.mkdir(parents=True, exist_ok=True)
    for name in _TOKENIZER_FILES:
        shutil.copyfile(base / name, folder / name)
    shutil.copyfile(base / "config.json", folder / "config.json")
    weights = unpack(load_file(base / DEFAULT_WEIGHTS), load_file(MODEL_DATA / RERANKER_LAYERS))
    save_file(weights, folder / DEFAULT_WEIGHTS, metadata={"format": "pt"})
