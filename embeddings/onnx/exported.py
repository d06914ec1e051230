"""A model that was exported for onnxruntime: what lies in its folder, and whether it is whole.

A folder holds ``model.onnx`` (word pieces in, vectors or scores out), ``tokenizer.json`` (as
sentence-transformers had it at the export, lower-casing and all), and ``export.json``, which says
how to use the two and names their checksums. Where there cannot be an export, a note beside the
folder says why. Nothing here imports torch or onnxruntime.
"""

import hashlib
import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, Literal, TypeAlias

from embeddings.models import Precision, file_sha256

Task: TypeAlias = Literal["encoder", "reranker"]

FORMAT = 3  # goes up whenever an export would come out differently
GRAPH = "model.onnx"
TOKENIZER = "tokenizer.json"
INFO = "export.json"
_MADE_WITH = ("torch", "transformers", "sentence-transformers", "onnx", "onnxscript", "onnxruntime")


@dataclass(frozen=True, slots=True)
class ExportInfo:
    """How an export is used, and how near it comes to the model that it was made from.

    ``inputs`` are the graph's, in order; ``length`` is the most word pieces of one input;
    ``dimensions`` is the length of an output row. ``likeness`` is the lowest cosine of its vectors
    to those of sentence-transformers, or, of a reranker, the correlation of the scores, over the
    sample texts of `embeddings.export.samples`; ``mean_likeness`` the mean cosine.
    """

    task: Task
    precision: Precision
    inputs: tuple[str, ...]
    length: int
    dimensions: int
    likeness: float
    mean_likeness: float
    query_prompt: str = ""
    passage_prompt: str = ""
    made_with: str = ""


@dataclass(frozen=True, slots=True)
class OnnxExport:
    """An export on disk, checked."""

    folder: Path
    info: ExportInfo

    @property
    def graph(self) -> Path:
        """The ONNX file."""
        return self.folder / GRAPH

    @property
    def tokenizer(self) -> Path:
        """The tokenizer's file, for the library ``tokenizers``."""
        return self.folder / TOKENIZER


def export_name(task: Task, fingerprint: str, precision: Precision) -> str:
    """The folder's name: another model or precision has another."""
    return f"onnx-{task}-{precision}-{fingerprint[:16]}"


def write_info(folder: Path, info: ExportInfo) -> None:
    """Complete a folder that holds the other files."""
    values: dict[str, Any] = {"format": FORMAT, "info": asdict(info), "files": _sums(folder)}
    text = json.dumps(values | {"sha256": _own_sum(values)}, indent=1)
    (folder / INFO).write_text(text, encoding="utf-8")


def read_export(folder: Path) -> OnnxExport | None:
    """The export in a folder; None where there is none, or not all of it as it was written.

    One of another format is none: it is made anew in the same place.
    """
    try:
        values = json.loads((folder / INFO).read_text(encoding="utf-8"))
        if values["format"] != FORMAT:
            return None
        if values.pop("sha256") != _own_sum(values) or values["files"] != _sums(folder):
            return None
        info = values["info"]
        return OnnxExport(folder, ExportInfo(**info | {"inputs": tuple(info["inputs"])}))
    # A damaged file may hold any text, and any JSON.
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def library_versions() -> str:
    """The versions of all that has a part in an export."""
    versions = []
    for package in _MADE_WITH:
        with suppress(metadata.PackageNotFoundError):
            versions.append(f"{package} {metadata.version(package)}")
    return ", ".join(versions)


def _tried(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.failed.json")


def remember_refusal(folder: Path, reason: str) -> None:
    """Note that it cannot be done, so that not every start tries it."""
    with suppress(OSError):
        note = {"format": FORMAT, "made_with": library_versions(), "reason": reason}
        _tried(folder).write_text(json.dumps(note), encoding="utf-8")


def refusal(folder: Path) -> str | None:
    """Why it cannot be done, if the same libraries have found out before."""
    with suppress(OSError, ValueError, TypeError, KeyError):
        note = json.loads(_tried(folder).read_text(encoding="utf-8"))
        if note["made_with"] == library_versions() and note["format"] == FORMAT:
            return str(note["reason"])
    return None


def _sums(folder: Path) -> dict[str, str]:
    return {name: file_sha256(folder / name) for name in (GRAPH, TOKENIZER)}


def _own_sum(values: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
