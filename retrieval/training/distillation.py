"""Several readers as the teacher of one: it learns what they say on average.

An ensemble says more about a text than its label: how near it is to answering (Hinton, Vinyals and
Dean, "Distilling the Knowledge in a Neural Network", 2015). Here the readings of all readers are
averaged, which is an ensemble of their logits.
"""

from collections.abc import Sequence
from pathlib import Path

import torch
from torch.nn.functional import binary_cross_entropy_with_logits
from transformers import PreTrainedTokenizerBase

from embeddings.export.reading_model import ReadingModel, load_reading_model
from retrieval.training.examples import QueryGroup
from retrieval.training.forward import Pair, Readings, attend_fast, read


class Ensemble:
    """Some trained readers that share a tokenizer. They are not trained further."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._models = [_load(folder) for folder in folders]

    def read(
        self, tokenizer: PreTrainedTokenizerBase, pairs: Sequence[Pair], length: int
    ) -> Readings:
        """The mean of what the readers say of pairs, each cut to ``length`` word pieces."""
        with torch.no_grad():
            all_readings = [read(model, tokenizer, pairs, length) for model in self._models]
        return Readings(
            torch.stack([each.rank for each in all_readings]).mean(0),
            torch.stack([each.answers for each in all_readings]).mean(0),
            _means([each.starts for each in all_readings]),
            _means([each.ends for each in all_readings]),
            all_readings[0].spans,
        )


def distillation_loss(
    own: Readings, teacher: Readings, batch: Sequence[QueryGroup]
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """The cross-entropies of a reader's rank, answers and places with those of its teacher.

    They have the scale of the three losses of the labels: the mean over groups, whose texts share
    one distribution with "none of these"; twice the mean over texts; and twice that of start and
    end.
    """
    sizes = [len(group.texts) for group in batch]
    none = torch.zeros(1)
    rank = torch.stack(
        [
            _cross_entropy(torch.cat([each, none]), torch.cat([taught, none]))
            for each, taught in zip(
                torch.split(own.rank, sizes), torch.split(teacher.rank, sizes), strict=True
            )
        ]
    ).mean()
    answers = binary_cross_entropy_with_logits(own.answers, torch.sigmoid(teacher.answers))
    places = [
        _cross_entropy(each, taught)
        for ours, theirs in ((own.starts, teacher.starts), (own.ends, teacher.ends))
        for each, taught in zip(ours, theirs, strict=True)
    ]
    return rank, 2 * answers, 4 * torch.stack(places).mean()


def _cross_entropy(logits: torch.Tensor, taught: torch.Tensor) -> torch.Tensor:
    return -(torch.softmax(taught, 0) * torch.log_softmax(logits, 0)).sum()


def _means(vectors: Sequence[Sequence[torch.Tensor]]) -> list[torch.Tensor]:
    """The mean of the vectors of each text, over the readers."""
    return [torch.stack(each).mean(0) for each in zip(*vectors, strict=True)]


def _load(folder: Path) -> ReadingModel:
    model = load_reading_model(folder)
    attend_fast(model.bert)
    model.requires_grad_(False)
    model.train(False)
    return model
