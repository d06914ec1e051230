"""Removes work from a graph that does not change its output.

A model that uses the first token only (a cross-encoder, or a sentence encoder that pools by it)
computes its last layer for all tokens. There, the others matter as keys and values alone: the
queries, the output of attention and the whole feed-forward network are needed for one row. That is
a seventh of all products in a model of six layers.
"""

from collections.abc import Collection

import onnx_ir as ir

_TOKENS = 1  # the axis in (texts, tokens, d)
_ELEMENTWISE = frozenset({"Add", "Sub", "Mul", "Div", "Gelu", "Relu", "Erf", "Tanh", "Sigmoid"})
_FIRST_INPUT = frozenset({"MatMul", "LayerNormalization", "Attention"})


def without_needless_work(model: ir.Model) -> None:
    """Rewrite the graph of a model in place."""
    graph = model.graph
    for node in graph:
        if node.op_type == "Reshape":
            _skip_reshape(node)
    for node in reversed(graph):  # unused nodes would count as uses of their inputs
        if not any(value.uses() or value.is_graph_output() for value in node.outputs):
            graph.remove(node, safe=True)
    for node in list(graph):
        if _takes_first_token(node):
            _narrow(graph, node)


def _skip_reshape(node: ir.Node) -> None:
    """Bypass a reshape that changes nothing, or that undoes the one before it."""
    before, after = node.inputs[0], node.outputs[0]
    earlier = before.producer() if before is not None else None
    candidates = [before]
    if earlier is not None and earlier.op_type == "Reshape":
        candidates.append(earlier.inputs[0])
    for value in candidates:
        if value is not None and value.shape is not None and value.shape == after.shape:
            after.replace_all_uses_with(value, replace_graph_outputs=True)


def _takes_first_token(node: ir.Node) -> bool:
    if node.op_type != "Gather" or node.attributes.get_int("axis", 0) != _TOKENS:
        return False
    value = node.inputs[1]
    index = None if value is None else ir.convenience.get_const_tensor(value)
    return index is not None and index.numpy().ndim == 0 and int(index.numpy()) == 0


def _narrow(graph: ir.Graph, gather: ir.Node) -> None:
    """Compute for the first token alone what ``gather`` takes the first token of.

    Going backwards from ``gather``, a node joins if it treats each token by itself and all nodes
    that use it have joined. The inputs that joined nodes have from others are narrowed to the first
    token.
    """
    joined = {gather: None}  # an ordered set
    for node in reversed(graph):
        if _is_per_token(node) and _used_only_by(node, joined):
            joined[node] = None
    del joined[gather]
    narrowed: dict[ir.Value, ir.Value] = {}
    for node in joined:
        for at in _token_inputs(node):
            value = node.inputs[at]
            if value is None or value.producer() in joined:
                continue
            if value not in narrowed:
                narrowed[value] = _first_token_of(graph, value)
            node.replace_input_with(at, narrowed[value])
    for node in joined:
        node.outputs[0].shape = None  # it changed; onnxruntime infers it on loading


def _first_token_of(graph: ir.Graph, value: ir.Value) -> ir.Value:
    """(texts, 1, d) of (texts, tokens, d)."""
    index = ir.val(f"{value.name}_first_index", const_value=ir.tensor([0]))
    graph.register_initializer(index)
    taken = ir.node("Gather", [value, index], {"axis": _TOKENS})
    taken.outputs[0].name = f"{value.name}_first"
    taken.outputs[0].type = value.type
    if (producer := value.producer()) is None:
        graph.insert_before(graph[0], taken)
    else:
        graph.insert_after(producer, taken)
    return taken.outputs[0]


def _is_per_token(node: ir.Node) -> bool:
    """Whether a row of a node's output depends only on the same row of its token inputs.

    An attention depends on all rows of its keys and values, but on one of its queries.
    """
    if node.op_type in _ELEMENTWISE:
        return all(_rank(value) in (0, 1, 3) for value in node.inputs) and _token_inputs(node) != []
    if node.op_type not in _FIRST_INPUT or _rank(node.inputs[0]) != 3:
        return False
    match node.op_type:
        case "MatMul":
            return _rank(node.inputs[1]) == 2
        case "LayerNormalization":
            return node.attributes.get_int("axis", -1) in (-1, 2)
        case _:  # an attention without a mask, a cache or a direction
            others = [value for value in node.inputs[3:] if value is not None]
            return not others and not node.attributes.get_int("is_causal", 0)


def _used_only_by(node: ir.Node, joined: Collection[ir.Node]) -> bool:
    output, *others = node.outputs
    if output.is_graph_output() or any(value.uses() for value in others):
        return False
    return all(
        use.node in joined and (use.node.op_type == "Gather" or use.idx in _token_inputs(use.node))
        for use in output.uses()
    )


def _token_inputs(node: ir.Node) -> list[int]:
    """The inputs of a node of `_is_per_token` of which only the same row is needed."""
    if node.op_type in _FIRST_INPUT:
        return [0]
    return [at for at, value in enumerate(node.inputs) if _rank(value) == 3]


def _rank(value: ir.Value | None) -> int | None:
    return None if value is None or value.shape is None else len(value.shape)
