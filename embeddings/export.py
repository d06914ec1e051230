"""Exports a model for onnxruntime, once per model, precision and machine.

The graph is what ``torch.onnx.export`` makes of the whole sentence-transformers model, pooling and
normalisation included, so that nothing of it is written a second time here. It is used only if its
output is that of sentence-transformers. int8 is dynamic quantisation: weights with a scale per
output channel, activations with one per input (onnxruntime.quantization).
"""

import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from filelock import FileLock

from embeddings.errors import VerbatimError
from embeddings.exported import (
    FORMAT,
    GRAPH,
    TOKENIZER,
    About,
    Exported,
    Task,
    export_name,
    read_exported,
    write_about,
)
from embeddings.onnx_session import OnnxSession
from embeddings.precision import Precision
from embeddings.reader import READER_LENGTH
from embeddings.samples import sample_pairs, sample_texts

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

log = logging.getLogger(__name__)

_SAME = 0.9999  # likeness of a float32 export: what differs is the order of sums
_LEAST_INT8 = {"encoder": 0.98, "reader": 0.95}
_KNOWN_INPUTS = ("input_ids", "attention_mask", "token_type_ids")
_OPSET = 20
_MADE_WITH = ("torch", "transformers", "sentence-transformers", "onnx", "onnxscript", "onnxruntime")


class NotExportable(VerbatimError):
    """A model that onnxruntime cannot stand in for; sentence-transformers runs it."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name} is not run by onnxruntime as asked, but slower: {reason}")
        self.name = name
        self.reason = reason


@dataclass(frozen=True, slots=True)
class _Source:
    """A loaded torch model, ready to be exported: what is traced, and what it is held against."""

    about: About
    traced: "torch.nn.Module"  # the inputs of ``about`` to (n, d)
    tokenizer: str
    likeness: Callable[[OnnxSession], tuple[float, float]]  # lowest and mean


def exported(
    task: Task,
    name: str,
    fingerprint: str,
    path: Callable[[], Path],
    cache: Path,
    precision: Precision,
) -> Exported:
    """The export of a model below ``cache``, made there if it is not yet, or not whole.

    ``path`` is called only if it is to be made. Several processes may ask at once: one makes it.
    Raises `NotExportable`, after which the same libraries do not try again.
    """
    folder = cache / export_name(task, fingerprint, precision)
    if found := read_exported(folder):
        return found
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.with_name(f"{folder.name}.lock")):
            if found := read_exported(folder):  # made while we waited
                return found
            if (reason := _refused(folder)) is not None:
                raise NotExportable(name, reason)
            log.info("preparing %s for onnxruntime, once", name)
            whole = cache / export_name(task, fingerprint, "float32")
            _run_apart(Job(task, path(), folder, precision, whole))
            if found := read_exported(folder):
                return found
            raise NotExportable(name, _refused(folder) or f"{folder} cannot be read back")
    except OSError as error:
        raise NotExportable(name, f"{cache}: {error.strerror or error}") from error


@dataclass(frozen=True, slots=True)
class Prepared:
    """How a model is going to be run, as far as is known without trying.

    ``about`` is of its export, None where there is none; ``refused`` says why there cannot be.
    """

    precision: Precision
    about: About | None = None
    refused: str | None = None


def prepared(task: Task, fingerprint: str, cache: Path, precision: Precision) -> Prepared:
    """Look at what there is below ``cache``; nothing is made."""
    folder = cache / export_name(task, fingerprint, precision)
    if found := read_exported(folder):
        return Prepared(precision, about=found.about)
    return Prepared(precision, refused=_refused(folder))


@dataclass(frozen=True, slots=True)
class Job:
    """One export to be made: of the model in ``path``, in the place ``folder``.

    ``whole`` is where the float32 export lies, if there is one already.
    """

    task: Task
    path: Path
    folder: Path
    precision: Precision
    whole: Path

    def arguments(self) -> list[str]:
        """The job as the command line of this module."""
        return [self.task, str(self.path), str(self.folder), self.precision, str(self.whole)]


def _run_apart(job: Job) -> None:
    """Make an export in a process of its own.

    torch then leaves with it, which is half a gigabyte; and tracing, which is all Python, keeps
    nobody here waiting.
    """
    # The tree that this module is of, wherever the process starts.
    tree = os.pathsep.join(filter(None, (str(Path(__file__).parents[1]), os.getenv("PYTHONPATH"))))
    done = subprocess.run(
        [sys.executable, "-m", __name__, *job.arguments()],
        env={**os.environ, "PYTHONPATH": tree},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
    )
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise OSError(said[-1] if said else f"the export ended with status {done.returncode}")


def main(arguments: Sequence[str]) -> None:
    """Make the export that `Job.arguments` name."""
    task, path, folder, precision, whole = arguments
    make(
        Job(
            task="encoder" if task == "encoder" else "reader",
            path=Path(path),
            folder=Path(folder),
            precision="int8" if precision == "int8" else "float32",
            whole=Path(whole),
        )
    )


def make(job: Job) -> None:
    """Make it in a folder beside, check it, and move it to its place.

    What cannot be exported is noted beside it. Raises `OSError` where the disk does not let it.
    """
    folder = job.folder
    for left in folder.parent.glob(f"{folder.name}.*/"):  # by an export that was cut off
        shutil.rmtree(left, ignore_errors=True)
    unfinished = Path(tempfile.mkdtemp(prefix=f"{folder.name}.", dir=folder.parent))
    try:
        with _quiet():
            source = _encoder(job.path) if job.task == "encoder" else _reader(job.path)
            if whole := read_exported(job.whole):
                shutil.copyfile(whole.graph, unfinished / GRAPH)
                shutil.copyfile(whole.tokenizer, unfinished / TOKENIZER)
            else:
                _trace(source, unfinished / GRAPH)
            about = _checked(source, unfinished, "float32", _SAME)
            if job.precision == "int8":
                about = _quantised(source, unfinished)
        write_about(unfinished, about)
        shutil.rmtree(folder, ignore_errors=True)
        unfinished.replace(folder)
    except OSError:  # a full disk says nothing of the model
        raise
    # What torch, onnx and models' own code raise over a model of another kind is not documented.
    except Exception as error:
        _remember(folder, str(error).strip().partition("\n")[0] or type(error).__name__)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _encoder(path: Path) -> _Source:
    import torch
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(
        str(path), device="cpu", local_files_only=True, model_kwargs=_traceable()
    ).eval()
    texts = sample_texts()
    query, passage = _prompt(model, ("query",)), _prompt(model, ("document", "passage", "corpus"))
    expected = [
        np.asarray(encode([_plain(text) for text in texts], normalize_embeddings=True))
        for encode in (model.encode_query, model.encode_document)
    ]

    class Whole(torch.nn.Module):
        def __init__(self, inputs: Sequence[str]) -> None:
            super().__init__()
            self.model = model
            self.inputs = inputs

        def forward(self, *values: torch.Tensor) -> torch.Tensor:
            found = self.model(dict(zip(self.inputs, values, strict=True)))
            vectors: torch.Tensor = found["sentence_embedding"]
            return vectors

    def likeness(session: OnnxSession) -> tuple[float, float]:
        own = [session.unit_rows([p + text for text in texts]) for p in (query, passage)]
        cosines = (np.concatenate(own) * np.concatenate(expected)).sum(axis=1)
        return float(cosines.min()), float(cosines.mean())

    inputs = _inputs(model.tokenizer)
    about = About(
        task="encoder",
        precision="float32",
        inputs=inputs,
        length=int(model.max_seq_length or model.tokenizer.model_max_length),
        dimensions=expected[0].shape[1],
        likeness=0,
        mean_likeness=0,
        query_prompt=query,
        passage_prompt=passage,
        made_with=made_with(),
    )
    return _Source(about, Whole(inputs), model.tokenizer.backend_tokenizer.to_str(), likeness)


def _reader(path: Path) -> _Source:
    import torch
    from sentence_transformers import CrossEncoder

    model = CrossEncoder(
        str(path),
        device="cpu",
        local_files_only=True,
        max_length=READER_LENGTH,
        activation_fn=torch.nn.Identity(),
        model_kwargs=_traceable(),
    ).eval()
    pairs = sample_pairs()
    expected = np.asarray(model.predict(pairs, show_progress_bar=False)).reshape(len(pairs))

    class Whole(torch.nn.Module):
        def __init__(self, inputs: Sequence[str]) -> None:
            super().__init__()
            self.model = model[0].auto_model
            self.inputs = inputs

        def forward(self, *values: torch.Tensor) -> torch.Tensor:
            logits: torch.Tensor = self.model(**dict(zip(self.inputs, values, strict=True))).logits
            return logits

    def likeness(session: OnnxSession) -> tuple[float, float]:
        own = session.rows(session.pieces(pairs))[:, 0]
        explained = 1 - float(np.mean((own - expected) ** 2)) / float(np.var(expected))
        return explained, explained

    inputs = _inputs(model.tokenizer)
    about = About(
        task="reader",
        precision="float32",
        inputs=inputs,
        length=READER_LENGTH,
        dimensions=1,
        likeness=0,
        mean_likeness=0,
        made_with=made_with(),
    )
    return _Source(about, Whole(inputs), model.tokenizer.backend_tokenizer.to_str(), likeness)


def _trace(source: _Source, graph: Path) -> None:
    import torch

    # A tensor of its own for each input: one that came twice would be taken for one input.
    example = tuple(torch.ones((2, 16), dtype=torch.int64) for _ in source.about.inputs)
    sizes = {0: torch.export.Dim("texts"), 1: torch.export.Dim("pieces")}
    with torch.no_grad():
        torch.onnx.export(
            source.traced.eval(),
            example,
            graph,
            dynamo=True,
            verbose=False,
            external_data=False,
            opset_version=_OPSET,
            input_names=list(source.about.inputs),
            output_names=["rows"],
            # The forward takes them all as one sequence.
            dynamic_shapes=(tuple(sizes for _ in example),),
        )
    (graph.with_name(TOKENIZER)).write_text(source.tokenizer, encoding="utf-8")


def _quantised(source: _Source, folder: Path) -> About:
    """Put the int8 graph in the place of the float32 one."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    whole = folder / f"whole-{GRAPH}"
    (folder / GRAPH).replace(whole)
    least = _LEAST_INT8[source.about.task]
    failure: ValueError | None = None
    # Processors without VNNI add pairs of products in 16 bits, which may overflow; 7 bits do not.
    for reduced in (False, True):
        quantize_dynamic(
            whole,
            folder / GRAPH,
            op_types_to_quantize=["MatMul", "Gather"],
            per_channel=True,
            reduce_range=reduced,
            weight_type=QuantType.QInt8,
        )
        try:
            about = _checked(source, folder, "int8", least)
        except ValueError as error:
            failure = error
        else:
            whole.unlink()
            return about
    raise failure or ValueError("int8")


def _checked(source: _Source, folder: Path, precision: Precision, least: float) -> About:
    """What the graph in a folder is worth. Raises `ValueError` where that is too little."""
    unchecked = replace(source.about, precision=precision)
    lowest, mean = source.likeness(OnnxSession(Exported(folder, unchecked)))
    judged = lowest if precision == "float32" else mean
    if not judged >= least:  # NaN is not, either
        raise ValueError(f"its {precision} output is not the model's: likeness {judged:.4f}")
    return replace(unchecked, likeness=round(lowest, 6), mean_likeness=round(mean, 6))


def _traceable() -> dict[str, str]:
    # The plain form of attention exports to fewer and faster operators than the fused one.
    return {"attn_implementation": "eager", "dtype": "float32"}


def _inputs(tokenizer: Callable[[list[str]], Mapping[str, object]]) -> tuple[str, ...]:
    given = tokenizer(["one"]).keys()
    return tuple(name for name in _KNOWN_INPUTS if name in given)


def _prompt(model: "SentenceTransformer", names: Sequence[str]) -> str:
    """The prompt that sentence-transformers puts before a text, as its ``encode_…`` choose it."""
    name = next((name for name in names if name in model.prompts), model.default_prompt_name)
    return (model.prompts.get(name) if name else None) or ""


def _plain(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def made_with() -> str:
    """The versions of all that has a part in an export."""
    versions = []
    for package in _MADE_WITH:
        with suppress(metadata.PackageNotFoundError):
            versions.append(f"{package} {metadata.version(package)}")
    return ", ".join(versions)


def _tried(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.failed.json")


def _remember(folder: Path, reason: str) -> None:
    """Note that it cannot be done, so that not every start tries it."""
    with suppress(OSError):
        note = {"format": FORMAT, "made_with": made_with(), "reason": reason}
        _tried(folder).write_text(json.dumps(note), encoding="utf-8")


def _refused(folder: Path) -> str | None:
    """Why it cannot be done, if the same libraries have found out before."""
    with suppress(OSError, ValueError, TypeError, KeyError):
        note = json.loads(_tried(folder).read_text(encoding="utf-8"))
        if note["made_with"] == made_with() and note["format"] == FORMAT:
            return str(note["reason"])
    return None


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the advice that torch and onnxruntime give to those who export by hand."""
    import torch.onnx  # noqa: F401 (sets log levels of its own when it is imported)

    root, exporter = logging.getLogger(), logging.getLogger("torch.onnx")
    level, silent, nowhere = exporter.level, lambda record: False, logging.NullHandler()
    root.addFilter(silent)  # only for what is logged to the root itself
    root.addHandler(nowhere)  # without any, logging would set one up for good
    exporter.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        root.removeFilter(silent)
        root.removeHandler(nowhere)
        exporter.setLevel(level)


if __name__ == "__main__":
    main(sys.argv[1:])
