"""Makes the ONNX graph of a model, in a process of its own (`embeddings.export.cache` starts it).

The graph is what ``torch.onnx.export`` makes of the whole sentence-transformers model, pooling and
normalisation included, so that nothing of it is written a second time here. It is used only if its
output is that of sentence-transformers. int8 is dynamic quantisation: weights with a scale per
output channel, activations with one per input (onnxruntime.quantization).
"""

import logging
import shutil
import sys
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from embeddings.export.attention import OPSET, one_operator
from embeddings.export.source import Source, encoder_source, reranker_source
from embeddings.models import Precision
from embeddings.onnx.exported import (
    GRAPH,
    TOKENIZER,
    ExportInfo,
    OnnxExport,
    Task,
    read_export,
    remember_refusal,
    write_info,
)
from embeddings.onnx.session import OnnxSession

if TYPE_CHECKING:
    import torch

_SAME = 0.9999  # likeness of a float32 export: what differs is the order of sums
_LEAST_INT8 = {"encoder": 0.98, "reranker": 0.95}
_PLAIN_OPSET = 20


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
        """It as the command line of this module."""
        return [self.task, str(self.path), str(self.folder), self.precision, str(self.whole)]


def main(arguments: Sequence[str]) -> None:
    """Make the export that `Job.arguments` name."""
    task, path, folder, precision, whole = arguments
    make(
        Job(
            task="encoder" if task == "encoder" else "reranker",
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
            source = (
                encoder_source(job.path) if job.task == "encoder" else reranker_source(job.path)
            )
            if whole := read_export(job.whole):
                shutil.copyfile(whole.graph, unfinished / GRAPH)
                shutil.copyfile(whole.tokenizer, unfinished / TOKENIZER)
            else:
                _write_whole(source, unfinished)
            info = _checked(source, unfinished, "float32", _SAME)
            if job.precision == "int8":
                info = _quantised(source, unfinished)
        write_info(unfinished, info)
        shutil.rmtree(folder, ignore_errors=True)
        unfinished.replace(folder)
    except OSError:  # a full disk says nothing of the model
        raise
    # What torch, onnx and models' own code raise over a model of another kind is not documented.
    except Exception as error:
        remember_refusal(folder, str(error).strip().partition("\n")[0] or type(error).__name__)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _write_whole(source: Source, folder: Path) -> None:
    """Write the float32 graph: for a reranker the reduced one, else the plain one."""
    from embeddings.export.rewriting import without_needless_work

    (folder / TOKENIZER).write_text(source.tokenizer, encoding="utf-8")
    if source.info.task == "reranker":
        # As in `make`, what may be raised is not documented; and the plain one may do.
        with suppress(Exception):
            with one_operator(source.traced):
                program = _traced(source, OPSET)
            without_needless_work(program.model)
            program.save(folder / GRAPH)
            _checked(source, folder, "float32", _SAME)
            return
    _traced(source, _PLAIN_OPSET).save(folder / GRAPH)


def _traced(source: Source, opset: int) -> "torch.onnx.ONNXProgram":
    import torch

    # A tensor of its own for each input: one that came twice would be taken for one input.
    together = source.info.task == "encoder"  # questions are, and a batch needs masks
    example = tuple(
        torch.ones((2 if together else 1, 16), dtype=torch.int64) for _ in source.info.inputs
    )
    sizes = {1: torch.export.Dim("pieces")}
    if together:
        sizes[0] = torch.export.Dim("texts")
    with torch.no_grad():
        program = torch.onnx.export(
            source.traced.eval(),
            example,
            dynamo=True,
            verbose=False,
            opset_version=opset,
            input_names=list(source.info.inputs),
            output_names=["rows"],
            # The forward takes them all as one sequence.
            dynamic_shapes=(tuple(sizes for _ in example),),
        )
    assert program is not None  # it is None only without dynamo
    return program


def _quantised(source: Source, folder: Path) -> ExportInfo:
    """Put the int8 graph in the place of the float32 one."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    whole = folder / f"whole-{GRAPH}"
    (folder / GRAPH).replace(whole)
    least = _LEAST_INT8[source.info.task]
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
            info = _checked(source, folder, "int8", least)
        except ValueError as error:
            failure = error
        else:
            whole.unlink()
            return info
    raise failure or ValueError("int8")


def _checked(source: Source, folder: Path, precision: Precision, least: float) -> ExportInfo:
    """What the graph in a folder is worth. Raises `ValueError` where that is too little."""
    unchecked = replace(source.info, precision=precision)
    lowest, mean = source.likeness(OnnxSession(OnnxExport(folder, unchecked)))
    judged = lowest if precision == "float32" else mean
    if not judged >= least:  # NaN is not, either
        raise ValueError(f"its {precision} output is not the model's: likeness {judged:.4f}")
    return replace(unchecked, likeness=round(lowest, 6), mean_likeness=round(mean, 6))


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
