"""Makes the files of the models that ship with Verbatim.

    python -m embeddings.export [--encoder CHECKPOINT] [--reranker CHECKPOINT]

Writes the graphs and their descriptions to ``embeddings/model_data``. With ``--encoder`` or
``--reranker`` it packs the weights of a newly trained model there first, and makes the graphs of
that model only. A checkpoint is a folder with ``model.safetensors``, its tensors named as in the
base model, those of a reranker with ``bert.`` before. Needs the ``export`` extra. The same versions
of the libraries, which the descriptions name, give the same files.
"""

import argparse
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import get_args

import onnx_ir as ir
from safetensors.numpy import load_file

from embeddings.bundled import (
    MODEL_DATA,
    TRAINED_LAYERS,
    Bundled,
    bundled_files,
    bundled_initializers,
)
from embeddings.export.detaching import (
    Weights,
    detach_weights,
    match_weights,
    stored_tensors,
    strip_metadata,
)
from embeddings.export.graph import check, export_warnings_off, write_float32, write_int8
from embeddings.export.source import load_source
from embeddings.export.trained_weights import PREFIX, save_packed, write_checkpoint
from embeddings.models import BASE_MODEL, PRECISIONS, TOKENIZER, WEIGHTS, find_model
from embeddings.onnx.exports import write_info
from embeddings.onnx.saturation import PROBE


def main() -> None:
    """Make the files of all models, or of those that are given."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--encoder", type=Path, help="a trained encoder to pack")
    parser.add_argument("--reranker", type=Path, help="a trained reranker to pack")
    arguments = parser.parse_args()
    trained: dict[Bundled, Path | None] = {
        "encoder": arguments.encoder,
        "reranker": arguments.reranker,
    }
    given = {bundled: checkpoint for bundled, checkpoint in trained.items() if checkpoint}
    for bundled, checkpoint in given.items():
        save_packed(bundled, checkpoint)
    write_probe()
    for bundled in given or get_args(Bundled):
        with tempfile.TemporaryDirectory() as folder:
            write_checkpoint(bundled, Path(folder))
            export_bundled(bundled, Path(folder))


def export_bundled(bundled: Bundled, checkpoint: Path) -> None:
    """Write the graphs of a model in both precisions, and check each against the model."""
    base = find_model(BASE_MODEL).path
    stored = stored_tensors(base / WEIGHTS, PREFIX[bundled])
    with export_warnings_off(), tempfile.TemporaryDirectory() as folder:
        source = load_source("reranker" if bundled == "reranker" else "encoder", checkpoint)
        whole = {precision: Path(folder) / f"{precision}.onnx" for precision in PRECISIONS}
        write_float32(source, whole["float32"], base / TOKENIZER)
        write_int8(whole["float32"], whole["int8"])
        matches = match_weights(ir.load(whole["float32"]), load_file(checkpoint / WEIGHTS))
        for precision in PRECISIONS:
            model = ir.load(whole[precision])
            weights = Weights(stored, bundled_initializers(bundled, precision))
            detach_weights(model, matches, weights)
            strip_metadata(model)
            export = bundled_files(bundled, replace(source.info, precision=precision))
            export.graph.write_bytes(ir.to_proto(model).SerializeToString(deterministic=True))
            info = check(source, export, precision)
            files = [export.graph, *([PROBE] if precision == "int8" else [])]
            if layers := TRAINED_LAYERS.get(bundled):
                files.append(MODEL_DATA / layers)
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
