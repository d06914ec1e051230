"""The weights of the trained models: what is shipped of them, and the models that they make.

The default encoder and the reranker are the base model, trained further. Tensors that training left
alone are not shipped: the word and position embeddings of both, and the encoder's lower layers. The
weights of linear layers are int8, as `embeddings.quantization` has them, the others float32.
"""

import shutil
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save, save_file

from embeddings.bundled import MODEL_DATA, TRAINED_LAYERS, Bundled, trained_layers
from embeddings.models import BASE_MODEL, WEIGHTS, find_model
from embeddings.quantization import SCALE, Tensors, quantized

PREFIX: Mapping[Bundled, str] = {"base": "", "encoder": "", "reranker": "bert."}
"""What precedes the name of a tensor of the base model in a checkpoint of each model."""

_TOKENIZER_FILES = (
    "tokenizer.json",
    "tokenizer_config.json",
    "vocab.txt",
    "special_tokens_map.json",
)
_NOT_OF_A_CHECKPOINT = ("*.safetensors", "README.md", "data_config.json", ".*")

Floats = NDArray[np.float32]


def pack(base: Tensors, trained: Tensors, prefix: str) -> Tensors:
    """What to ship of a trained model, given the base model.

    ``prefix`` precedes the names of the base model's tensors in the trained one.
    """
    packed: Tensors = {}
    for name, value in trained.items():
        before = base.get(name.removeprefix(prefix))
        if before is not None and np.array_equal(before, value):
            continue
        floats = np.asarray(value, np.float32)
        if floats.ndim == 2 and "embeddings" not in name:
            packed[name], packed[name + SCALE] = quantized(floats)
        else:
            packed[name] = floats
    return packed


def unpack(base: Tensors, packed: Tensors, prefix: str) -> dict[str, Floats]:
    """The float32 weights of a trained model, by the names and in the shapes of a checkpoint."""
    weights = {
        prefix + name: np.asarray(value, np.float32)
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


def save_packed(bundled: Bundled, checkpoint: Path) -> None:
    """Pack the trained model in a folder into the file that ships.

    Raises `ValueError` where its tensors are not those of the base model, or it is that itself.
    """
    base = load_file(find_model(BASE_MODEL).path / WEIGHTS)
    trained = load_file(checkpoint / WEIGHTS)
    prefix = PREFIX[bundled]
    for name, value in base.items():
        own = trained.get(prefix + name)
        alike = own is not None and (own.dtype, own.shape) == (value.dtype, value.shape)
        if name.startswith("encoder.") and not alike:
            raise ValueError(
                f"{checkpoint} holds no {prefix}{name} as in the base model, in float32: "
                f"it is no {bundled} to pack"
            )
    packed = pack(base, trained, prefix)
    if not packed:
        raise ValueError(f"{checkpoint} is the base model itself: there is nothing to pack")
    (MODEL_DATA / TRAINED_LAYERS[bundled]).write_bytes(save(dict(sorted(packed.items()))))


def write_checkpoint(bundled: Bundled, folder: Path) -> None:
    """Write a model that ships as a checkpoint that can be trained further.

    sentence-transformers loads those of the encoders, `embeddings.export.reading_model` the reader.
    """
    base = find_model(BASE_MODEL).path
    folder.mkdir(parents=True, exist_ok=True)
    if bundled == "reranker":
        for name in _TOKENIZER_FILES:
            shutil.copyfile(base / name, folder / name)
        shutil.copyfile(base / "config.json", folder / "config.json")
    else:
        ignore = shutil.ignore_patterns(*_NOT_OF_A_CHECKPOINT)
        shutil.copytree(base, folder, ignore=ignore, dirs_exist_ok=True)
    weights = unpack(load_file(base / WEIGHTS), trained_layers(bundled), PREFIX[bundled])
    save_file(weights, folder / WEIGHTS, metadata={"format": "pt"})
