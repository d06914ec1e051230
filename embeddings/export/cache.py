"""Exports of models other than the default ones: made once per model, precision and machine."""

import importlib.util
import json
import logging
import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from embeddings.errors import VerbatimError
from embeddings.export import worker
from embeddings.models import TOKENIZER, Model, Precision
from embeddings.onnx.exports import (
    FORMAT,
    ExportInfo,
    OnnxExport,
    Task,
    library_versions,
    read_info,
)

log = logging.getLogger(__name__)

_NEEDED = ("sentence_transformers", "onnx", "onnx_ir", "onnxscript")
_NO_EXTRA = (
    "onnxruntime needs an export of it, and making one needs more packages: "
    "pip install 'verbatim-bot[export]'"
)


class NotExportable(VerbatimError):
    """A model that onnxruntime cannot run as asked; sentence-transformers runs it."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name} runs slower than it could: {reason}")
        self.name = name
        self.reason = reason


class ExportNotKept(NotExportable):
    """A model whose export cannot be written where exports are kept."""

    def __init__(self, name: str, cache: Path, reason: str) -> None:
        super().__init__(
            name, f"{cache}: {reason}. Set VERBATIM_MODELS to a folder that can be written"
        )
        self.cache = cache


@dataclass(frozen=True, slots=True)
class ExportStatus:
    """How a model is going to be run, as far as is known without trying.

    ``info`` describes its export and is None where there is none yet; ``refused`` says why there
    cannot be one.
    """

    precision: Precision
    info: ExportInfo | None = None
    refused: str | None = None


def ensure_export(task: Task, model: Model, cache: Path, precision: Precision) -> OnnxExport:
    """The export of a model below ``cache``, made there if it is missing or damaged.

    Several processes may ask at once: one makes it. Raises `ExportNotKept` for an error of the
    disk, and else `NotExportable`, after which the same versions of the libraries do not try again.
    """
    folder = export_folder(task, model, cache, precision)
    if export := read_export(folder):
        return export
    if not _extra_installed():
        raise NotExportable(model.name, _NO_EXTRA)
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.with_name(f"{folder.name}.lock")):
            if export := read_export(folder):  # made while we waited
                return export
            if (reason := _read_refusal(folder)) is not None:
                raise NotExportable(model.name, reason)
            log.info("preparing %s for onnxruntime, once", model.name)
            float_folder = export_folder(task, model, cache, "float32")
            reason = _run_worker(task, model.path, folder, precision, float_folder)
            if reason is not None:
                _write_refusal(folder, reason)
                raise NotExportable(model.name, reason)
            if export := read_export(folder):
                return export
            raise NotExportable(model.name, f"{folder} cannot be read back")
    except OSError as error:
        raise ExportNotKept(model.name, cache, error.strerror or str(error)) from error


def export_status(task: Task, model: Model, cache: Path, precision: Precision) -> ExportStatus:
    """Look for an export without making one."""
    folder = export_folder(task, model, cache, precision)
    if export := read_export(folder):
        return ExportStatus(precision, export.info)
    return ExportStatus(
        precision, refused=_read_refusal(folder) if _extra_installed() else _NO_EXTRA
    )


def export_folder(task: Task, model: Model, cache: Path, precision: Precision) -> Path:
    """Where the export of a model lies; other weights or another precision have another folder."""
    return cache / f"onnx-{task}-{precision}-{model.fingerprint[:16]}"


def read_export(folder: Path) -> OnnxExport | None:
    """The export in a folder; None where there is none, or where it is damaged or outdated."""
    info = read_info(folder / worker.INFO)
    return OnnxExport(info, folder / worker.GRAPH, folder / TOKENIZER) if info else None


def _extra_installed() -> bool:
    return all(importlib.util.find_spec(name) for name in _NEEDED)


def _run_worker(
    task: Task, path: Path, folder: Path, precision: Precision, float_folder: Path
) -> str | None:
    """Export in a process of its own; returns why the model cannot be exported, if it cannot.

    torch's half gigabyte goes with that process, and tracing, which is all Python, does not hold up
    the threads of this one. If this one is killed, so that nobody waits for the export, the other
    one ends as well: its stdin is a pipe whose other end is open only here. Raises `OSError` where
    it fails for a reason outside the model.
    """
    # So that the worker imports these modules, wherever they were imported from.
    root = str(Path(__file__).parents[2])
    path_list = os.pathsep.join(filter(None, (root, os.getenv("PYTHONPATH"))))
    reading, writing = os.pipe()
    try:
        done = subprocess.run(
            [sys.executable, "-m", worker.__name__, task, path, folder, precision, float_folder],
            env={**os.environ, "PYTHONPATH": path_list},
            stdin=reading,
            capture_output=True,
            check=False,
            encoding="utf-8",
            errors="replace",
        )
    finally:
        os.close(reading)
        os.close(writing)
    if done.returncode == worker.NOT_EXPORTABLE:
        return done.stdout.strip().splitlines()[-1]
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        raise OSError(lines[-1] if lines else f"the export ended with status {done.returncode}")
    return None


def _refusal_note(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.failed.json")


def _write_refusal(folder: Path, reason: str) -> None:
    """Note that a model cannot be exported, so that not every start tries again."""
    with suppress(OSError):
        note = {"format": FORMAT, "made_with": library_versions(), "reason": reason}
        _refusal_note(folder).write_text(json.dumps(note), encoding="utf-8")


def _read_refusal(folder: Path) -> str | None:
    """The reason of an earlier failure, if it was with the same versions of the libraries."""
    with suppress(OSError, ValueError, TypeError, KeyError):
        note = json.loads(_refusal_note(folder).read_text(encoding="utf-8"))
        if note["made_with"] == library_versions() and note["format"] == FORMAT:
            return str(note["reason"])
    return None
