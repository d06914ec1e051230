"""Makes the files of the default models that ship with Verbatim.

    python -m embeddings.export [--reranker CHECKPOINT]

Writes the graphs and their descriptions to ``embeddings/model_data``. With ``--reranker`` the
weights of a newly trained reranker go there first. Needs the ``export`` extra. The same versions of
the libraries, which the descriptions name, give the same files.
"""

import argparse
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import onnx_ir as ir
from safetensors.numpy import load_file

from embeddings.bundled import MODEL_DATA, RERANKER_LAYERS, bundled_files, bundled_initializers
from embeddings.export.detaching import (
    Weights,
    detach_weights,
    match_weights,
    stored_tensors,
    strip_metadata,
)
from embeddings.export.graph import check, export_warnings_off, write_float32, write_int8
from embeddings.export.reranker_weights import BASE_PREFIX, save_packed, write_checkpoint
from embeddings.export.source import load_source
from embeddings.models import DEFAULT_WEIGHTS, PRECISIONS, TOKENIZER, find_model
from embeddings.onnx.exports import Task, write_info
from embeddings.onnx.saturation import PROBE


def main() -> None:
    """Make all files."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--reranker", type=Path, help="a trained reranker to pack")
    arguments = parser.parse_args()
    if arguments.reranker:
        save_packed(arguments.reranker)
    write_probe()
    base = find_model().path
    export_bundled("encoder", base, stored_tensors(base / DEFAULT_WEIGHTS))
    with tempfile.TemporaryDirectory() as folder:
        write_checkpoint(Path(folder))
        stored = stored_tensors(base / DEFAULT_WEIGHTS, BASE_PREFIX)
        export_bundled("reranker", Path(folder), stored)


def export_bundled(task: Task, checkpoint: Path, stored: Mapping[str, ir.ExternalTensor]) -> None:
    """Write the graphs of a model in both precisions, and check each against the model."""
    with export_warnings_off(), tempfile.TemporaryDirectory() as folder:
        source = load_source(task, checkpoint)
        whole = {precision: Path(folder) / f"{precision}.onnx" for precision in PRECISIONS}
        write_float32(source, whole["float32"], find_model().path / TOKENIZER)
        write_int8(whole["float32"], whole["int8"])
        matches = match_weights(ir.load(whole["float32"]), load_file(checkpoint / DEFAULT_WEIGHTS))
        for precision in PRECISIONS:
            model = ir.load(whole[precision])
            weights = Weights(stored, bundled_initializers(task, precision))
            detach_weights(model, matches, weights)
            strip_metadata(model)
            export = bundled_files(replace(source.info, precision=precision))
            export.graph.write_bytes(ir.to_proto(model).SerializeToString(deterministic=True))
            info = check(source, export, precision)
            files = [export.graph, *([PROBE] if precision == "int8" else [])]
            if task == "reranker":
                files.append(MODEL_DATA / RERANKER_LAYERS)
            write_info(export.graph.with_suffix(".json"), info, files)
            size = export.graph.stat().st_size / 2**10
            print(f"{export.graph.name}: {size:.0f} KiB, similarity {info.similarity:.6f}")


def write_probe() -> None:
    """Write the graph of `embeddings.onnx.saturation`."""
    rows, inner, columns = ir.SymbolicDim("m"), ir.SymbolicDim("n"), ir.SymbolicDim("k")
    a = ir.Value(name="a", shape=ir.Shape([rows, inner]), type=ir.TensorType(ir.DataType.UINT8))
    b = ir.Value(name="b", shape=ir.Shape([inner, columns]), type=ir.TensorType(ir.DataType.INT8))
    product = ir.node("MatMulInteger", [a, b])
    product.outputs[0].name = "product"
    product.outputs[0].type = ir.TensorType(ir.DataType.INT32)
    graph = ir.Graph([a, b], product.outputs, nodes=[product], opset_imports={"": 20}, name="probe")
    proto = ir.to_proto(ir.Model(graph, ir_version=9))
    PROBE.write_bytes(proto.SerializeToString(deterministic=True))


if __name__ == "__main__":
    main()
