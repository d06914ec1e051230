"""int8 weights, with the numbers that ``onnxruntime.quantization`` finds per channel."""

from collections.abc import Container
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Tensors: TypeAlias = dict[str, NDArray[np.generic]]
"""Tensors by name."""

SCALE = ".scale"
"""Follows the name of a quantised tensor in that of its scales."""


def quantized(weight: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Quantise the weight (out, in) of a linear layer, with one scale per output channel.

    Returns (in, out) int8, as ONNX multiplies by it, and the scales (out,) float32.
    """
    largest = np.abs(weight).max(axis=1).astype(np.float64)
    scale = (2 * largest / 254).astype(np.float32)
    scale[scale < np.finfo(np.float32).tiny] = 1
    steps = np.rint(weight / scale[:, None]).astype(np.int8)
    return np.ascontiguousarray(steps.T), scale


def quantized_layers(path: Path, without: Container[str] = ()) -> Tensors:
    """The weights of the transformer layers in a safetensors file, quantised, and their scales.

    ``without`` names those that are not wanted.
    """
    from safetensors import safe_open

    layers: Tensors = {}
    with safe_open(path, framework="numpy") as file:
        for name in file.keys():  # noqa: SIM118 (it is no mapping)
            if name in without or not name.startswith("encoder."):
                continue
            if len(file.get_slice(name).get_shape()) == 2:
                layers[name], layers[name + SCALE] = quantized(file.get_tensor(name))
    return layers
