"""The reranker that comes with Verbatim: the bundled sentence encoder and an adapter for it.

``model_data/adapter.safetensors`` holds, for each weight that training changed, the difference from
the base model: matrices as int8 with a float16 scale a row, vectors as float16, and the classifier
as it is. At first use the two are put together in a folder, where the reranker is a model like any
other. Nothing here imports torch.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.errors import RerankerDamaged
from embeddings.models import file_sha256, find_model

ADAPTER = Path(__file__).parent / "model_data" / "adapter.safetensors"
ADAPTER_SHA256 = "20a9033f39d7756f85d4e6260919db608933e607754c0c1892b86c34b7abdad8"
RERANKER_SHA256 = "7c3e316b44244e6f5752e099d005861297189aeb44bdf6fa2bf58804a488bc6d"

_WEIGHTS = "model.safetensors"
_PREFIX = "bert."  # of the base model's weights within a model for classification
_SCALE, _SUM, _WHOLE = ".scale", ".difference", ".whole"

Tensors = Mapping[str, NDArray[np.generic]]


def bundled_reranker(folder: Path) -> Path:
    """The folder, below ``folder``, of the reranker; put together there if it is not yet.

    Raises `RerankerDamaged` where the adapter or what comes out is not what was shipped, and what
    `find_model` raises for the base model.
    """
    made = folder / f"reranker-{RERANKER_SHA256[:16]}"
    if not (made / _WEIGHTS).is_file() or file_sha256(made / _WEIGHTS) != RERANKER_SHA256:
        check_adapter()
        _assemble(made)
    return made


def check_adapter() -> None:
    """Raise `RerankerDamaged` where the adapter is not the one that was shipped."""
    if (actual := file_sha256(ADAPTER)) != ADAPTER_SHA256:
        raise RerankerDamaged(ADAPTER, ADAPTER_SHA256, actual)


def applied(base: Tensors, adapter: Tensors) -> dict[str, NDArray[np.float32]]:
    """The reranker's weights: the base model's, each with its difference, and those of its own."""
    weights = {f"{_PREFIX}{name}": np.asarray(value, np.float32) for name, value in base.items()}
    for name, value in adapter.items():
        if name.endswith(_WHOLE):
            weights[name.removesuffix(_WHOLE)] = np.asarray(value, np.float32)
        elif name.endswith(_SUM):
            scale = adapter.get(name.removesuffix(_SUM) + _SCALE)
            difference = np.asarray(value, np.float32)
            if scale is not None:
                difference = difference * np.asarray(scale, np.float32)[:, None]
            full = name.removesuffix(_SUM)
            weights[full] = weights[full] + difference
    return weights


def difference(base: Tensors, trained: Tensors) -> dict[str, NDArray[np.generic]]:
    """What `applied` adds to the base model to get the trained one, but for rounding."""
    adapter: dict[str, NDArray[np.generic]] = {}
    for name, value in trained.items():
        before = base.get(name.removeprefix(_PREFIX))
        if before is None:
            adapter[f"{name}{_WHOLE}"] = np.asarray(value, np.float32)
            continue
        change = np.asarray(value, np.float32) - np.asarray(before, np.float32)
        if not change.any():
            continue
        if change.ndim == 1:
            adapter[f"{name}{_SUM}"] = change.astype(np.float16)
            continue
        scale = (np.abs(change).max(axis=1) / 127 + 1e-12).astype(np.float16)
        scale = np.maximum(scale, np.float16(6e-8))
        steps = np.rint(change / scale.astype(np.float32)[:, None])
        adapter[f"{name}{_SUM}"] = np.clip(steps, -127, 127).astype(np.int8)
        adapter[f"{name}{_SCALE}"] = scale
    return adapter


def _assemble(made: Path) -> None:
    """Put base and adapter together beside ``made``, check the sum, and move it there whole."""
    from safetensors.numpy import load_file, save_file

    base = find_model().path
    made.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix="reranker-", dir=made.parent))
    try:
        for name in (
            "tokenizer.json",
            "tokenizer_config.json",
            "vocab.txt",
            "special_tokens_map.json",
        ):
            if (base / name).is_file():
                shutil.copyfile(base / name, unfinished / name)
        config = json.loads((base / "config.json").read_text("utf-8"))
        config |= {
            "architectures": ["BertForSequenceClassification"],
            "id2label": {"0": "answers"},
            "label2id": {"answers": 0},
        }
        (unfinished / "config.json").write_text(json.dumps(config, indent=1), encoding="utf-8")
        weights = applied(load_file(base / _WEIGHTS), load_file(ADAPTER))
        weights.pop(f"{_PREFIX}embeddings.position_ids", None)
        save_file(dict(sorted(weights.items())), unfinished / _WEIGHTS, metadata={"format": "pt"})
        if (actual := file_sha256(unfinished / _WEIGHTS)) != RERANKER_SHA256:
            raise RerankerDamaged(unfinished / _WEIGHTS, RERANKER_SHA256, actual)
        shutil.rmtree(made, ignore_errors=True)
        os.replace(unfinished, made)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
