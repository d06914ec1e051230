"""The reader: one encoder that ranks, says whether a text answers, and points at the words.

A cross-encoder (Nogueira and Cho 2019) with two scores from its pooled first token, ``rank`` and
``answers``, and two for each token, where the answer starts and where it ends (Devlin et al. 2019,
section 4.2). As in SQuAD 2.0 (Rajpurkar et al. 2018), a text that does not answer starts and ends
at the first token.
"""

from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from transformers import AutoConfig, BertModel

from embeddings.models import WEIGHTS

BASE_PREFIX = "bert."
"""Before the name of a tensor of the base model."""


class ReadingModel(torch.nn.Module):
    """A BERT encoder with the heads of the reader."""

    def __init__(self, encoder: BertModel) -> None:
        super().__init__()
        self.bert = encoder
        width = encoder.config.hidden_size
        self.classifier = torch.nn.Linear(width, 2)
        self.span = torch.nn.Linear(width, 2)

    def forward(self, **inputs: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return (n, 2) rank and answers, and (n, tokens, 2) start and end."""
        output = self.bert(**inputs)
        return self.classifier(output.pooler_output), self.span(output.last_hidden_state)


def load_reading_model(folder: Path) -> ReadingModel:
    """Load what `save_reading_model` wrote, or another BERT, whose missing heads are new.

    That is a sentence encoder, or a cross-encoder of one score, which both rank and answers begin
    with. Raises `ValueError` where the weights are not those of a BERT encoder.
    """
    weights = load_file(folder / WEIGHTS)
    if not any(name.startswith(BASE_PREFIX) for name in weights):
        weights = {BASE_PREFIX + name: value for name, value in weights.items()}
    for name in ("classifier.weight", "classifier.bias"):
        if name in weights and len(weights[name]) == 1:
            weights[name] = torch.cat([weights[name]] * 2)
    model = ReadingModel(_new_bert(folder))
    _load(model, weights)
    return model


def save_reading_model(model: ReadingModel, folder: Path) -> None:
    """Write the weights and the configuration into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    model.bert.config.save_pretrained(folder)
    weights = {name: value.contiguous() for name, value in model.state_dict().items()}
    save_file(weights, folder / WEIGHTS, metadata={"format": "pt"})


def load_bert(folder: Path) -> BertModel:
    """Load a BERT encoder without dropout; a pooler that the file lacks is new.

    Raises `ValueError` where the weights are not those of a BERT encoder.
    """
    model = _new_bert(folder)
    _load(model, load_file(folder / WEIGHTS))
    return model


def _new_bert(folder: Path) -> BertModel:
    """A BERT encoder without dropout of the size in a folder's configuration, untrained."""
    config = AutoConfig.from_pretrained(
        folder, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0
    )
    return BertModel(config)


def _load(model: torch.nn.Module, weights: Mapping[str, torch.Tensor]) -> None:
    """Give a model the weights of a file; a pooler and heads that it lacks stay as they are."""
    own = model.state_dict()
    missing = [name for name in own if "encoder." in name and name not in weights]
    if missing:
        raise ValueError(f"the weights have no {missing[0]}: they are not those of a BERT encoder")
    model.load_state_dict(own | {name: weights[name] for name in own if name in weights})
