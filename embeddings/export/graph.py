"""ONNX graphs of sentence-transformers models.

A graph is what ``torch.onnx.export`` makes of the whole model, pooling and normalisation included,
so that none of it is written a second time here. It takes one text at a time, and is used only if
its output is that of sentence-transformers. int8 is dynamic quantisation: weights have a scale per
output channel, activations one per pass (onnxruntime.quantization).
"""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from embeddings.export.attention import OPSET, one_operator
from embeddings.export.source import Source
from embeddings.models import Precision
from embeddings.onnx.exports import ExportInfo, OnnxExport

if TYPE_CHECKING:
    import torch

_LEAST_FLOAT32 = 0.9999  # similarity: what differs is the order of sums
_LEAST_INT8 = {"encoder": 0.98, "reranker": 0.95}
_PLAIN_OPSET = 20


def write_float32(source: Source, graph: Path, tokenizer: Path) -> None:
    """Write the float32 graph: with less work to do where the model allows it, else the plain one.

    ``tokenizer`` is the file to check it with. Raises whatever torch raises for what it cannot
    export.
    """
    from embeddings.export.rewriting import without_needless_work

    # What may be raised is not documented, and the plain graph may do.
    with suppress(Exception):
        with one_operator(source.traced):
            program = _traced(source, OPSET)
        without_needless_work(program.model)
        program.save(graph)
        check(source, OnnxExport(source.info, graph, tokenizer))
        return
    _traced(source, _PLAIN_OPSET).save(graph)


def write_int8(float32: Path, graph: Path) -> None:
    """Write the int8 graph of a float32 one."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(
        float32,
        graph,
        op_types_to_quantize=["MatMul", "Gather"],
        per_channel=True,
        weight_type=QuantType.QInt8,
    )


def check(source: Source, export: OnnxExport, precision: Precision = "float32") -> ExportInfo:
    """Compare an export with the original; returns its description.

    Raises `ValueError` where its output is not the model's.
    """
    info = replace(source.info, precision=precision)
    lowest, mean = source.similarity(replace(export, info=info))
    similarity = lowest if precision == "float32" else mean
    least = _LEAST_FLOAT32 if precision == "float32" else _LEAST_INT8[info.task]
    if not similarity >= least:  # NaN is not, either
        raise ValueError(f"its {precision} output is not the model's (similarity {similarity:.4f})")
    return replace(info, similarity=round(lowest, 6), mean_similarity=round(mean, 6))


@contextmanager
def export_warnings_off() -> Iterator[None]:
    """Suppress the advice that torch and onnxruntime give to those who export by hand."""
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


def _traced(source: Source, opset: int) -> "torch.onnx.ONNXProgram":
    import torch

    # A tensor of its own for each input: one given twice would be taken for a single input.
    example = tuple(torch.ones((1, 16), dtype=torch.int64) for _ in source.info.inputs)
    sizes = {1: torch.export.Dim("tokens")}
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
