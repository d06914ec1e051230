"""Models exported to ONNX, as they lie on disk.

A description in JSON stands beside the files of an export: it says how the graph is used, and holds
a checksum of each file and of itself. Nothing here imports torch or onnxruntime.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, Literal, TypeAlias

from embeddings.models import Precision, file_sha256
from embeddings.quantization import Tensors

Task: TypeAlias = Literal["encoder", "reranker"]

FORMAT = 4
"""Incremented whenever an export would come out differently."""

_MADE_WITH = ("torch", "transformers", "sentence-transformers", "onnx", "onnxscript", "onnxruntime")


@dataclass(frozen=True, slots=True)
class ExportInfo:
    """How an export is used, and how close it comes to the original model.

    ``inputs`` names the graph's inputs in order, each (1, tokens) int64. ``max_tokens`` is where
    texts are truncated, ``dimensions`` the length d of an output row. ``similarity`` compares the
    export with sentence-transformers over the texts of `embeddings.export.samples`: for an encoder
    the lowest cosine between vectors, for a reranker the share of the variance of the scores that
    is explained. ``mean_similarity`` is the mean cosine.
    """

    task: Task
    precision: Precision
    inputs: tuple[str, ...]
    max_tokens: int
    dimensions: int
    similarity: float
    mean_similarity: float
    query_prompt: str = ""
    passage_prompt: str = ""
    made_with: str = ""


@dataclass(frozen=True, slots=True)
class OnnxExport:
    """The files of an export.

    The graph of a bundled model holds no weights. ``base_weights`` is the safetensors file that it
    refers to by byte offset; ``initializers`` makes the others, by name.
    """

    info: ExportInfo
    graph: Path
    tokenizer: Path
    base_weights: Path | None = None
    initializers: Callable[[], Tensors] = dict


def write_info(path: Path, info: ExportInfo, files: Sequence[Path]) -> None:
    """Write the description of an export; ``files`` lie in the same folder."""
    sums = {file.name: file_sha256(file) for file in files}
    values: dict[str, Any] = {"format": FORMAT, "info": asdict(info), "files": sums}
    text = json.dumps(values | {"sha256": _own_sum(values)}, indent=1)
    path.write_text(text + "\n", encoding="utf-8")


def read_info(path: Path) -> ExportInfo | None:
    """Read the description of an export and check the files that it names.

    Returns None where there is none, where it has another format, and where it or one of the files
    is not as it was written.
    """
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        if values["format"] != FORMAT or values.pop("sha256") != _own_sum(values):
            return None
        if any(file_sha256(path.with_name(name)) != sum for name, sum in values["files"].items()):
            return None
        info = values["info"]
        return ExportInfo(**info | {"inputs": tuple(info["inputs"])})
    # A damaged file may hold any text, and any JSON.
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def library_versions() -> str:
    """The versions of the libraries that an export depends on."""
    versions = []
    for package in _MADE_WITH:
        with suppress(metadata.PackageNotFoundError):
            versions.append(f"{package} {metadata.version(package)}")
    return ", ".join(versions)


def _own_sum(values: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
