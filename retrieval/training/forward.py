"""Running the models in training: batches of similar length, in bfloat16, with fast attention."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from transformers import (
    AttentionInterface,
    AttentionMaskInterface,
    AutoTokenizer,
    BertModel,
    PreTrainedTokenizerBase,
)
from transformers.masking_utils import eager_mask

from embeddings.export.reading_model import ReadingModel
from retrieval.training.examples import Span

_ATTENTION = "two-products"
_MICROBATCH = 16  # texts of similar length that run together


@dataclass(frozen=True)
class Pair:
    """A question and a text, whether it answers, and where: in characters, None if not known."""

    question: str
    text: str
    answers: bool = False
    span: Span | None = None


@dataclass(frozen=True)
class Readings:
    """What the model says of n pairs, in their order.

    Attributes:
        rank: (n,) float32, what texts are ranked by.
        answers: (n,) float32, the logit of the probability that the text answers.
        starts: n float32 vectors, the logits of the tokens as the start of the answer.
        ends: the same for its end.
        spans: the (first, last) token of the answer of each pair; (0, 0) where it does not answer;
            None where it does and the place is not known, or was cut off.
    """

    rank: torch.Tensor
    answers: torch.Tensor
    starts: list[torch.Tensor]
    ends: list[torch.Tensor]
    spans: list[tuple[int, int] | None]


def attend_fast(model: BertModel) -> BertModel:
    """Make a model train with the attention below."""
    AttentionInterface.register(_ATTENTION, _attention)
    AttentionMaskInterface.register(_ATTENTION, eager_mask)
    model.set_attn_implementation(_ATTENTION)
    return model


def load_tokenizer(folder: Path) -> PreTrainedTokenizerBase:
    """Load the fast tokenizer of a model."""
    return AutoTokenizer.from_pretrained(folder, use_fast=True)


def read(
    model: ReadingModel, tokenizer: PreTrainedTokenizerBase, pairs: Sequence[Pair], length: int
) -> Readings:
    """Run the model on pairs, each cut to ``length`` word pieces."""
    encoded = tokenizer(
        [each.question for each in pairs],
        [each.text for each in pairs],
        truncation="longest_first",
        max_length=length,
    )
    order = sorted(range(len(pairs)), key=lambda at: len(encoded["input_ids"][at]))
    heads: list[torch.Tensor] = []
    starts: list[torch.Tensor] = []
    ends: list[torch.Tensor] = []
    with torch.autocast("cpu", dtype=torch.bfloat16):
        for first in range(0, len(order), _MICROBATCH):
            batch = order[first : first + _MICROBATCH]
            rows = {name: [values[at] for at in batch] for name, values in encoded.items()}
            padded = tokenizer.pad(rows, return_tensors="pt")
            scores, spans = model(**padded)
            heads.append(scores.float())
            for row, at in zip(spans.float(), batch, strict=True):
                size = len(encoded["input_ids"][at])
                starts.append(row[:size, 0])
                ends.append(row[:size, 1])
    back = torch.argsort(torch.tensor(order)).tolist()
    scores = torch.cat(heads)[back]
    return Readings(
        scores[:, 0],
        scores[:, 1],
        [starts[at] for at in back],
        [ends[at] for at in back],
        [_tokens_of(encoded.encodings[at], pair) for at, pair in enumerate(pairs)],
    )


def _tokens_of(encoding: object, pair: Pair) -> tuple[int, int] | None:
    if not pair.answers:
        return (0, 0)
    if pair.span is None:
        return None
    start = encoding.char_to_token(pair.span[0], 1)  # type: ignore[attr-defined]
    end = encoding.char_to_token(pair.span[1] - 1, 1)  # type: ignore[attr-defined]
    return None if start is None or end is None else (start, end)


def _attention(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    dropout: float = 0.0,
    scaling: float | None = None,
    **others: object,
) -> tuple[torch.Tensor, None]:
    """Attention as two batched products in bfloat16.

    Backwards it takes a third of the time of torch's fused attention on a processor. The tensors
    are (texts, heads, tokens, d).
    """
    texts, heads, tokens, width = query.shape
    flat = [each.reshape(texts * heads, tokens, width).bfloat16() for each in (query, key, value)]
    scores = torch.bmm(flat[0], flat[1].transpose(1, 2)) * (scaling or width**-0.5)
    if attention_mask is not None:
        scores = scores.view(texts, heads, tokens, tokens) + attention_mask.to(scores.dtype)
        scores = scores.view(texts * heads, tokens, tokens)
    output = torch.bmm(torch.softmax(scores, -1), flat[2])
    return output.view(texts, heads, tokens, width).transpose(1, 2), None
