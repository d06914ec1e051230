"""Takes the weights out of a graph.

A bundled graph is a hundred kilobytes that way. For a tensor as it is in the publisher's file it
refers to the bytes there; the others are named only, and onnxruntime is given them on loading. What
stands between a tensor and the initializer that it replaces (a transposition, a scale) becomes
operators on constants, which onnxruntime computes once.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx_ir as ir

from embeddings.quantization import SCALE, Tensors

Matches = Mapping[str, tuple[str, bool]]
"""By initializer: the name of the tensor that it is, and whether it is that transposed."""

_QUANTIZED, _SCALE = "_quantized", "_scale"  # after names, by onnxruntime.quantization


@dataclass(frozen=True, slots=True)
class Weights:
    """Where the weights of a graph come from: ``stored`` as they are in a file, or ``given``.

    A linear layer is stored as float32 (out, in), or given as `embeddings.quantization` has it.
    """

    stored: Mapping[str, ir.ExternalTensor]
    given: Tensors

    def tensor(self, name: str) -> ir.ExternalTensor:
        """What a graph says of a tensor instead of its content."""
        if name not in self.given:
            return self.stored[name]
        value = self.given[name]
        dtype = ir.DataType.from_numpy(value.dtype)
        shape = ir.Shape(value.shape)
        return ir.ExternalTensor("given on loading", 0, value.nbytes, dtype, shape=shape, name=name)

    def is_quantized(self, name: str) -> bool:
        """Whether it is int8 with a scale per output channel."""
        return name + SCALE in self.given


def stored_tensors(path: Path, prefix: str = "") -> dict[str, ir.ExternalTensor]:
    """The float32 tensors of a safetensors file, by ``prefix`` and name.

    The format is the length of a JSON header in 8 bytes, the header, and the data
    (https://huggingface.co/docs/safetensors).
    """
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(length))
    tensors = {}
    for name, each in header.items():
        if each.get("dtype") == "F32":
            start, end = (8 + length + offset for offset in each["data_offsets"])
            tensors[prefix + name] = ir.ExternalTensor(
                path.name,
                start,
                end - start,
                ir.DataType.FLOAT,
                shape=ir.Shape(each["shape"]),
                name=prefix + name,
            )
    return tensors


def match_weights(model: ir.Model, checkpoint: Tensors) -> Matches:
    """Find the float32 tensors of a checkpoint among the initializers of the graph made of it.

    They have the same name, but for a prefix, or, where the export transposed them, the same
    content.
    """
    matches = {}
    for initializer, value in model.graph.initializers.items():
        assert value.const_value is not None
        array = value.const_value.numpy()
        for name, tensor in checkpoint.items():
            if tensor.dtype != np.float32:
                continue
            if initializer.endswith(name) and np.array_equal(array, tensor):
                matches[initializer] = (name, False)
            elif array.ndim == 2 and np.array_equal(array, tensor.T):
                matches[initializer] = (name, True)
    return matches


def detach_weights(model: ir.Model, matches: Matches, weights: Weights) -> None:
    """Take the weights out of a graph in float32, or quantised by ``quantize_dynamic``.

    ``matches`` are of the float32 graph.
    """
    detaching = _Detaching(model.graph, weights)
    for initializer, (name, transposed) in matches.items():
        for full in (initializer, f"{initializer}_Transposed"):
            if full + _QUANTIZED in model.graph.initializers:
                detaching.replace_quantized(full, name)
        if initializer in model.graph.initializers:
            detaching.replace(initializer, detaching.float32(name, transposed))


def strip_metadata(model: ir.Model) -> None:
    """Remove what the exporter notes about itself, stack traces with paths among it."""
    values = [*model.graph.inputs, *model.graph.initializers.values()]
    for node in model.graph:
        node.metadata_props.clear()
        node.doc_string = None
        values += node.outputs
    for props in (model.metadata_props, model.graph.metadata_props):
        props.clear()
    for value in values:
        value.metadata_props.clear()


class _Detaching:
    """The rewriting of one graph. Operators on constants are put before all others."""

    def __init__(self, graph: ir.Graph, weights: Weights) -> None:
        self._graph = graph
        self._weights = weights
        self._first = graph[0]

    def replace(self, initializer: str, value: ir.Value) -> None:
        """Use a value instead of an initializer, and drop that."""
        self._graph.initializers[initializer].replace_all_uses_with(value)
        if value.name != initializer:
            del self._graph.initializers[initializer]

    def replace_quantized(self, full: str, name: str) -> None:
        """Replace a quantised weight, ``full`` being its name before it was quantised."""
        value = self._graph.initializers[full + _QUANTIZED]
        (use, *_) = value.uses()
        if use.node.op_type == "Gather":
            self._round_rows(use.node, self._graph.initializers[full + _SCALE], name)
            del self._graph.initializers[full + _QUANTIZED]
        else:
            self.replace(full + _QUANTIZED, self._reference(name))
            self.replace(full + _SCALE, self._reference(name + SCALE))

    def float32(self, name: str, transposed: bool) -> ir.Value:
        """A weight as float32, (in, out) if it is transposed."""
        value = self._reference(name)
        if self._weights.is_quantized(name):
            value = self._add("Cast", value, to=int(ir.DataType.FLOAT))
            value = self._add("Mul", value, self._reference(name + SCALE))
            transposed = not transposed
        return self._add("Transpose", value) if transposed else value

    def _round_rows(self, gather: ir.Node, scale: ir.Value, name: str) -> None:
        """Look rows up in the float32 table, and round them as the quantised table would be.

        So no process needs a second table of embeddings in its memory.
        """
        (dequantize,) = gather.outputs[0].consumers()
        zero_point = dequantize.inputs[2]
        assert dequantize.op_type == "DequantizeLinear"
        assert zero_point is not None
        zero = ir.convenience.get_const_tensor(zero_point)
        assert zero is not None
        lowest = np.float32(-float(zero.numpy()))  # of 256 steps
        bounds = [
            self._register(ir.tensor(bound, name=f"{name}.{number}"))
            for number, bound in enumerate((lowest, lowest + np.float32(255)))
        ]
        gather.replace_input_with(0, self._reference(name))
        value = gather.outputs[0]
        value.type = ir.TensorType(ir.DataType.FLOAT)
        steps: list[tuple[str, list[ir.Value]]] = [
            ("Div", [scale]),
            ("Round", []),
            ("Clip", bounds),
            ("Mul", [scale]),
        ]
        for operator, others in steps:
            node = self._node(operator, [value, *others])
            self._graph.insert_before(dequantize, node)
            value = node.outputs[0]
        dequantize.outputs[0].replace_all_uses_with(value)
        self._graph.remove(dequantize, safe=True)

    def _reference(self, name: str) -> ir.Value:
        """The initializer that stands for a tensor."""
        value = self._graph.initializers.get(name)
        if value is None or not isinstance(value.const_value, ir.ExternalTensor):
            value = self._register(self._weights.tensor(name))
        return value

    def _register(self, tensor: ir.TensorProtocol) -> ir.Value:
        value = ir.Value(
            name=tensor.name,
            shape=ir.Shape(tensor.shape.numpy()),
            type=ir.TensorType(tensor.dtype),
            const_value=tensor,
        )
        self._graph.register_initializer(value)
        return value

    def _add(self, operator: str, *inputs: ir.Value, **attributes: int) -> ir.Value:
        node = self._node(operator, inputs, attributes)
        self._graph.insert_before(self._first, node)
        return node.outputs[0]

    def _node(
        self, operator: str, inputs: Sequence[ir.Value], attributes: Mapping[str, int] | None = None
    ) -> ir.Node:
        node = ir.node(operator, inputs, attributes)
        node.outputs[0].name = f"{inputs[0].name}.{operator.lower()}"
        return node
