"""Exports of models for onnxruntime: once per model, precision and machine, however many ask."""

import logging
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from embeddings.errors import VerbatimError
from embeddings.export import graph
from embeddings.export.graph import Job
from embeddings.models import Precision
from embeddings.onnx.exported import ExportInfo, OnnxExport, Task, export_name, read_export, refusal

log = logging.getLogger(__name__)


class NotExportable(VerbatimError):
    """A model that onnxruntime cannot stand in for; sentence-transformers runs it."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name} is not run by onnxruntime as asked, but slower: {reason}")
        self.name = name
        self.reason = reason


def ensure_export(
    task: Task,
    name: str,
    fingerprint: str,
    path: Callable[[], Path],
    cache: Path,
    precision: Precision,
) -> OnnxExport:
    """The export of a model below ``cache``, made there if it is not yet, or not whole.

    ``path`` is called only if it is to be made. Several processes may ask at once: one makes it.
    Raises `NotExportable`, after which the same libraries do not try again.
    """
    folder = cache / export_name(task, fingerprint, precision)
    if found := read_export(folder):
        return found
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.with_name(f"{folder.name}.lock")):
            if found := read_export(folder):  # made while we waited
                return found
            if (reason := refusal(folder)) is not None:
                raise NotExportable(name, reason)
            log.info("preparing %s for onnxruntime, once", name)
            whole = cache / export_name(task, fingerprint, "float32")
            _run_apart(Job(task, path(), folder, precision, whole))
            if found := read_export(folder):
                return found
            raise NotExportable(name, refusal(folder) or f"{folder} cannot be read back")
    except OSError as error:
        raise NotExportable(name, f"{cache}: {error.strerror or error}") from error


@dataclass(frozen=True, slots=True)
class ExportStatus:
    """How a model is going to be run, as far as is known without trying.

    ``info`` is of its export, None where there is none; ``refused`` says why there cannot be.
    """

    precision: Precision
    info: ExportInfo | None = None
    refused: str | None = None


def export_status(task: Task, fingerprint: str, cache: Path, precision: Precision) -> ExportStatus:
    """Look at what there is below ``cache``; nothing is made."""
    folder = cache / export_name(task, fingerprint, precision)
    if found := read_export(folder):
        return ExportStatus(precision, info=found.info)
    return ExportStatus(precision, refused=refusal(folder))


def _run_apart(job: Job) -> None:
    """Make an export in a process of its own.

    torch then leaves with it, which is half a gigabyte; and tracing, which is all Python, keeps
    nobody here waiting.
    """
    # The tree that this module is of, wherever the process starts.
    tree = os.pathsep.join(filter(None, (str(Path(__file__).parents[2]), os.getenv("PYTHONPATH"))))
    done = subprocess.run(
        [sys.executable, "-m", graph.__name__, *job.arguments()],
        env={**os.environ, "PYTHONPATH": tree},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
    )
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise OSError(said[-1] if said else f"the export ended with status {done.returncode}")
