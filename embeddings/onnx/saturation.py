"""Whether onnxruntime's int8 products saturate on this processor.

x86 processors without VNNI instructions add pairs of products of unsigned activations and signed
weights in 16 bits, which saturates where both are large: scores change in the first digit.
onnxruntime can widen the weights instead, at about half the speed, also where there is no need.
"""

from pathlib import Path

import numpy as np

PROBE = Path(__file__).parents[1] / "model_data" / "int8-probe.onnx"
"""A graph of one MatMulInteger: ``a`` (m, n) uint8 by ``b`` (n, k) int8."""

_SIZE = 32


def int8_saturates() -> bool:
    """Multiply the largest numbers and compare with the exact result."""
    import onnxruntime

    session = onnxruntime.InferenceSession(PROBE, providers=["CPUExecutionProvider"])
    a = np.full((_SIZE, _SIZE), 255, dtype=np.uint8)
    b = np.full((_SIZE, _SIZE), 127, dtype=np.int8)
    (product,) = session.run(None, {"a": a, "b": b})
    return bool((product != 255 * 127 * _SIZE).any())
