"""Work that a graph need not do, taken out of it. What comes out is the same.

A model that reads the first piece only (a cross-encoder, or a sentence encoder that pools by it)
computes its last layer for all pieces. There, the other pieces matter as keys and values alone:
queries, what becomes of them, and the whole feed-forward are needed for one row. That is a seventh
of all products in a model of six layers.
"""

from collections.abc import Collection

import onnx_ir as ir

_PIECES = 1  # the axis: rows are (texts, pieces, d)
_OF_EACH = frozenset({"Add", "Sub", "Mul", "Div", "Gelu", "Relu", "Erf", "Tanh", "Sigmoid"})
_FIRST_INPUT = frozenset({"MatMul", "LayerNormalization", "Attention"})


def without_needless_work(model: ir.Model) -> None:
    """Rewrite the graph of a model in place."""
    graph = model.graph
    for node in graph:
        if node.op_type == "Reshape":
            _skip_reshape(node)
    for node in reversed(graph):  # before it is asked who uses what
        if not any(value.uses() or value.is_graph_output() for value in node.outputs):
            graph.remove(node, safe=True)
    for node in list(graph):
        if _takes_first_piece(node):
            _narrow(graph, node)


def _skip_reshape(node: ir.Node) -> None:
    """Use what there was before, where a reshape changes nothing or undoes the one before it."""
    before, after = node.inputs[0], node.outputs[0]
    earlier = before.producer() if before is not None else None
    candidates = [before]
    if earlier is not None and earlier.op_type == "Reshape":
        candidates.append(earlier.inputs[0])
    for value in candidates:
        if value is not None and value.shape is not None and value.shape == after.shape:
            after.replace_all_uses_with(value, replace_graph_outputs=True)


def _takes_first_piece(node: ir.Node) -> bool:
    if node.op_type != "Gather" or node.attributes.get_int("axis", 0) != _PIECES:
        return False
    index = node.inputs[1]
    place = None if index is None else ir.convenience.get_const_tensor(index)
    return place is not None and place.numpy().ndim == 0 and int(place.numpy()) == 0


def _narrow(graph: ir.Graph, gather: ir.Node) -> None:
    """Compute what ``gather`` takes the first piece of for that piece alone.

    From ``gather`` backwards, a node joins if it treats each piece by itself and if all that uses
    it has joined. What they take from others is narrowed to its first piece.
    """
    joined = {gather: None}  # in order, and quickly asked
    for node in reversed(graph):
        if _by_piece(node) and _used_only_by(node, joined):
            joined[node] = None
    del joined[gather]
    narrowed: dict[ir.Value, ir.Value] = {}
    for node in joined:
        for at in _piece_inputs(node):
            value = node.inputs[at]
            if value is None or value.producer() in joined:
                continue
            if value not in narrowed:
                narrowed[value] = _first_piece_of(graph, value)
            node.replace_input_with(at, narrowed[value])
    for node in joined:
        node.outputs[0].shape = None  # is another now, and is found out when the graph is loaded


def _first_piece_of(graph: ir.Graph, value: ir.Value) -> ir.Value:
    """(texts, 1, d) of (texts, pieces, d)."""
    place = ir.val(f"{value.name}_first_place", const_value=ir.tensor([0]))
    graph.register_initializer(place)
    taken = ir.node("Gather", [value, place], {"axis": _PIECES})
    taken.outputs[0].name = f"{value.name}_first"
    taken.outputs[0].type = value.type
    if (producer := value.producer()) is None:
        graph.insert_before(graph[0], taken)
    else:
        graph.insert_after(producer, taken)
    return taken.outputs[0]


def _by_piece(node: ir.Node) -> bool:
    """Whether a row of a node's output needs no more than the row of its inputs.

    The other inputs of an attention are for all rows.
    """
    if node.op_type in _OF_EACH:
        return all(_rank(value) in (0, 1, 3) for value in node.inputs) and _piece_inputs(node) != []
    if node.op_type not in _FIRST_INPUT or _rank(node.inputs[0]) != 3:
        return False
    match node.op_type:
        case "MatMul":
            return _rank(node.inputs[1]) == 2
        case "LayerNormalization":
            return node.attributes.get_int("axis", -1) in (-1, 2)
        case _:  # without a mask, a direction or what came before
            others = [value for value in node.inputs[3:] if value is not None]
            return not others and not node.attributes.get_int("is_causal", 0)


def _used_only_by(node: ir.Node, joined: Collection[ir.Node]) -> bool:
    found, *unused = node.outputs
    if found.is_graph_output() or any(value.uses() for value in unused):
        return False
    return all(
        use.node in joined and (use.node.op_type == "Gather" or use.idx in _piece_inputs(use.node))
        for use in found.uses()
    )


def _piece_inputs(node: ir.Node) -> list[int]:
    """Which inputs of a node of `_by_piece` have rows of which only the same row is needed."""
    if node.op_type in _FIRST_INPUT:
        return [0]
    return [at for at, value in enumerate(node.inputs) if _rank(value) == 3]


def _rank(value: ir.Value | None) -> int | None:
    return None if value is None or value.shape is None else len(value.shape)
