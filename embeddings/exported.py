"""A model that was exported for onnxruntime: what lies in its folder, and whether it is whole.

A folder holds ``model.onnx`` (word pieces in, vectors or scores out), ``tokenizer.json`` (as
sentence-transformers had it at the export, lower-casing and all), and ``about.json``, which says
how to use the two and names their checksums. Nothing here imports torch or onnxruntime.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from embeddings.models import file_sha256
from embeddings.precision import Precision

Task: TypeAlias = Literal["encoder", "reader"]

FORMAT = 1  # goes up whenever an export would come out differently
GRAPH = "model.onnx"
TOKENIZER = "tokenizer.json"
ABOUT = "about.json"


@dataclass(frozen=True, slots=True)
class About:
    """How an export is used, and how near it comes to the model that it was made from.

    ``inputs`` are the graph's, in order; ``length`` is the most word pieces of one input;
    ``dimensions`` is the length of an output row. ``likeness`` is the lowest cosine of its vectors
    to those of sentence-transformers, or, of a reader, the correlation of the scores, over the
    sample texts of `embeddings.samples`; ``mean_likeness`` the mean cosine.
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
class Exported:
    """An export on disk, checked."""

    folder: Path
    about: About

    @property
    def graph(self) -> Path:
        """The ONNX file."""
        return self.folder / GRAPH

    @property
    def tokenizer(self) -> Path:
        """The tokenizer's file, for the library ``tokenizers``."""
        return self.folder / TOKENIZER


def export_name(task: Task, fingerprint: str, precision: Precision) -> str:
    """The folder's name: another model, precision or format has another."""
    return f"onnx{FORMAT}-{task}-{precision}-{fingerprint[:16]}"


def write_about(folder: Path, about: About) -> None:
    """Complete a folder that holds the other files."""
    values: dict[str, Any] = {"about": asdict(about), "files": _sums(folder)}
    text = json.dumps(values | {"sha256": _own_sum(values)}, indent=1)
    (folder / ABOUT).write_text(text, encoding="utf-8")


def read_exported(folder: Path) -> Exported | None:
    """The export in a folder; None where there is none, or not all of it as it was written."""
    try:
        values = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        if values.pop("sha256") != _own_sum(values) or values["files"] != _sums(folder):
            return None
        about = values["about"]
        return Exported(folder, About(**about | {"inputs": tuple(about["inputs"])}))
    # A damaged file may hold any text, and any JSON.
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _sums(folder: Path) -> dict[str, str]:
    return {name: file_sha256(folder / name) for name in (GRAPH, TOKENIZER)}


def _own_sum(values: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
