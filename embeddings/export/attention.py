"""Attention as a single operator of the graph, for models of transformers.

Plain attention is a dozen operators, which write the weights of every token for every other to
memory in between. The single operator is for graphs that are run with one text at a time: there is
no padding, so there is no mask and nothing that computes one. Attention of another kind (windowed,
causal, biased by position) raises `ValueError` while it is traced: such models keep the plain one.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

OPSET = 23
"""The first version of ONNX that has the operator."""

PLAIN = "eager"
"""The name of plain attention in transformers."""

_NAME = "one-operator"
_OTHER_KINDS = ("position_bias", "sliding_window", "softcap", "s_aux")


@contextmanager
def one_operator(module: "torch.nn.Module") -> Iterator[None]:
    """Within the block, the models that a module consists of use the operator."""
    from transformers import AttentionInterface, AttentionMaskInterface, PreTrainedModel

    AttentionInterface.register(_NAME, _attention)
    AttentionMaskInterface.register(_NAME, _no_mask)
    models = [each for each in module.modules() if isinstance(each, PreTrainedModel)]
    try:
        for model in models:
            model.set_attn_implementation(_NAME)
        yield
    finally:
        for model in models:
            model.set_attn_implementation(PLAIN)


def _attention(
    module: "torch.nn.Module",
    query: "torch.Tensor",
    key: "torch.Tensor",
    value: "torch.Tensor",
    attention_mask: "torch.Tensor | None",
    dropout: float = 0.0,
    scaling: float | None = None,
    **others: object,
) -> "tuple[torch.Tensor, None]":
    """Attention with the signature that transformers calls.

    ``query``, ``key`` and ``value`` are (texts, heads, tokens, d) float32. Returns
    (texts, tokens, heads · d) float32, which models reshape to that same shape.
    """
    import torch

    if attention_mask is not None or getattr(module, "is_causal", False):
        raise ValueError("not every token attends to every other")
    if any(others.get(name) is not None for name in _OTHER_KINDS):
        raise ValueError("attention of another kind")
    heads = query.shape[1]
    output, *_ = torch.onnx.ops.attention(
        *(each.transpose(1, 2).flatten(2) for each in (query, key, value)),
        q_num_heads=heads,
        kv_num_heads=key.shape[1],
        scale=scaling,
    )
    return output, None


def _no_mask(*, mask_function: object, **_: object) -> None:
    from transformers.masking_utils import bidirectional_mask_function

    if mask_function is not bidirectional_mask_function:
        raise ValueError("not every token attends to every other")
