import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from onnx import TensorProto
from onnxruntime.quantization.quant_utils import quantize_data
from safetensors.numpy import save_file

from embeddings.quantization import SCALE, quantized, quantized_layers

WEIGHTS = arrays(np.float32, (3, 5), elements=st.floats(-4, 4, width=32))


@given(WEIGHTS)
def test_weights_are_quantized_as_onnxruntime_does_per_channel(weight):
    steps, scale = quantized(weight)
    assert (steps.shape, steps.dtype) == ((5, 3), np.int8)
    assert (scale.shape, scale.dtype) == ((3,), np.float32)
    for channel, row in enumerate(weight):
        zero_point, expected_scale, expected = quantize_data(row, TensorProto.INT8, symmetric=True)
        assert zero_point == 0
        assert scale[channel] == expected_scale
        np.testing.assert_array_equal(steps[:, channel], expected)


def test_of_a_checkpoint_the_layers_are_quantized_and_nothing_else(tmp_path):
    matrix, vector = np.ones((2, 2), np.float32), np.ones(2, np.float32)
    checkpoint = {
        "embeddings.word_embeddings.weight": matrix,
        "encoder.layer.0.dense.weight": matrix,
        "encoder.layer.0.dense.bias": vector,
        "pooler.dense.weight": matrix,
    }
    save_file(checkpoint, tmp_path / "model.safetensors")
    name = "encoder.layer.0.dense.weight"
    assert set(quantized_layers(tmp_path / "model.safetensors")) == {name, name + SCALE}
    assert quantized_layers(tmp_path / "model.safetensors", without={name}) == {}
