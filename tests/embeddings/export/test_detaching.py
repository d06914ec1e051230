import numpy as np
import onnx_ir as ir
import pytest
from safetensors.numpy import load_file

from embeddings.export.detaching import (
    Weights,
    detach_weights,
    match_weights,
    stored_tensors,
    strip_metadata,
)
from embeddings.export.graph import export_warnings_off, write_float32, write_int8
from embeddings.export.samples import sample_texts
from embeddings.export.source import load_source
from embeddings.onnx.encoder import OnnxEncoder
from embeddings.onnx.exports import OnnxExport
from embeddings.quantization import quantized_layers


@pytest.fixture(scope="module")
def whole(tiny, tmp_path_factory):
    """The export of a small model in each precision, with its weights in the graph."""
    folder = tmp_path_factory.mktemp("whole")
    with export_warnings_off():
        source = load_source("encoder", tiny.path)
        (folder / "tokenizer.json").write_text(source.tokenizer)
        write_float32(source, folder / "float32.onnx", folder / "tokenizer.json")
        write_int8(folder / "float32.onnx", folder / "int8.onnx")
    return {
        each: OnnxExport(source.info, folder / f"{each}.onnx", folder / "tokenizer.json")
        for each in ("float32", "int8")
    }


@pytest.mark.parametrize("precision", ["float32", "int8"])
def test_a_graph_without_weights_gives_the_vectors_of_the_one_with(
    tiny, whole, precision, tmp_path
):
    weights = tiny.path / "model.safetensors"
    given = quantized_layers(weights) if precision == "int8" else {}
    matches = match_weights(ir.load(whole["float32"].graph), load_file(weights))
    model = ir.load(whole[precision].graph)
    detach_weights(model, matches, Weights(stored_tensors(weights), given))
    strip_metadata(model)
    graph = tmp_path / "detached.onnx"
    graph.write_bytes(ir.to_proto(model).SerializeToString())
    assert graph.stat().st_size < whole[precision].graph.stat().st_size / 20
    detached = OnnxExport(
        whole[precision].info, graph, whole[precision].tokenizer, weights, lambda: given
    )
    np.testing.assert_array_equal(
        OnnxEncoder(tiny, detached).encode_queries(sample_texts()),
        OnnxEncoder(tiny, whole[precision]).encode_queries(sample_texts()),
    )


def test_tensors_are_found_in_their_file(tiny):
    weights = tiny.path / "model.safetensors"
    stored, content = stored_tensors(weights, "some."), weights.read_bytes()
    for name, expected in load_file(weights).items():
        if expected.dtype == np.float32:
            tensor = stored[f"some.{name}"]
            raw = content[tensor.offset : tensor.offset + tensor.length]
            assert tensor.location == "model.safetensors"
            np.testing.assert_array_equal(
                np.frombuffer(raw, np.float32).reshape(expected.shape), expected
            )
