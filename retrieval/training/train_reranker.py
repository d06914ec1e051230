"""Train the reader: a question and a passage in; rank, "does it answer" and "where" out.

    python -m retrieval.training.train_reranker EXAMPLES.jsonl… --out DIR [--start DIR]
        [--teachers DIR…]

The loss is the sum of three (`reading_loss`), half of it against the labels and half against the
mean of the teachers where there are any. Word and position embeddings are frozen, so that only
the other layers need to be shipped. Every ``--every`` steps the quality over the validation file is
printed, and the moving average of the weights is saved.
"""

import argparse
import itertools
import math
import random
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch.nn.functional import binary_cross_entropy_with_logits
from transformers import PreTrainedTokenizerBase

from embeddings.export.reading_model import (
    ReadingModel,
    load_reading_model,
    save_reading_model,
)
from embeddings.models import BASE_MODEL, find_model
from retrieval.evaluation.metrics import auroc
from retrieval.training.distillation import Ensemble, distillation_loss
from retrieval.training.examples import Example, QueryGroup, epoch, read_examples
from retrieval.training.forward import Pair, Readings, attend_fast, load_tokenizer, read
from retrieval.training.optimization import Optimization

_FROZEN = ("word_embeddings", "position_embeddings")
_VALIDATION_NEGATIVES = 9  # per positive
_ANSWERS_WEIGHT, _SPAN_WEIGHT = 0.5, 0.25  # of the losses; that of the rank has 1
_TAUGHT = 0.5  # the weight of what teachers say; the labels have the rest


def pairs_of(batch: Sequence[QueryGroup]) -> list[Pair]:
    """The pairs of all groups, one group after the other, the positive first in each."""
    pairs = []
    for group in batch:
        if group.positive:
            pairs.append(Pair(group.question, group.positive.text, True, group.positive.span))
        pairs += [Pair(group.question, text) for text in group.negatives]
    return pairs


def reading_loss(readings: Readings, batch: Sequence[QueryGroup]) -> torch.Tensor:
    """The weighted sum of the losses of the three heads, each a mean.

    - Of the rank: the cross-entropy of the positive within its group. Each group has one choice
      more, "none of these", with a score fixed at 0, which makes scores comparable between
      questions.
    - Of the answers: the binary cross-entropy, with positives and negatives of equal weight.
    - Of the spans: the cross-entropies of start and end, where the place is known, balanced alike.
    """
    sizes = [len(group.texts) for group in batch]
    answered = [group.positive is not None for group in batch]
    none = torch.zeros(1)
    rank = torch.stack(
        [
            -torch.log_softmax(torch.cat([each, none]), dim=0)[0 if has else -1]
            for each, has in zip(torch.split(readings.rank, sizes), answered, strict=True)
        ]
    ).mean()
    first = np.cumsum([0, *sizes[:-1]])
    labels = torch.zeros(len(readings.answers))
    labels[[at for at, has in zip(first.tolist(), answered, strict=True) if has]] = 1.0
    losses = binary_cross_entropy_with_logits(readings.answers, labels, reduction="none")
    answers = _balanced(losses, labels)
    placed = [at for at, span in enumerate(readings.spans) if span is not None]
    losses = torch.stack([*map(partial(_place_loss, readings), placed)]) if placed else labels[:0]
    place = _balanced(losses, labels[placed])
    return weighted(rank, answers, place)


def weighted(rank: torch.Tensor, answers: torch.Tensor, place: torch.Tensor) -> torch.Tensor:
    """The losses of the three heads as one."""
    return rank + _ANSWERS_WEIGHT * answers + _SPAN_WEIGHT * place


def _balanced(losses: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """The mean of the losses labelled 1 and that of those labelled 0, added."""
    return sum(
        ((losses * each).sum() / each.sum().clamp(min=1) for each in (labels, 1 - labels)),
        torch.zeros(()),
    )


def _place_loss(readings: Readings, at: int) -> torch.Tensor:
    """The cross-entropies of the start and the end of the answer in a text."""
    span = readings.spans[at]
    assert span is not None
    first, last = span
    start, end = readings.starts[at], readings.ends[at]
    return -torch.log_softmax(start, 0)[first] - torch.log_softmax(end, 0)[last]


def validate(
    model: ReadingModel,
    tokenizer: PreTrainedTokenizerBase,
    examples: Sequence[Example],
    length: int,
) -> dict[str, float]:
    """Quality over examples, by name.

    - ``MRR``: of the positive among its negatives, by rank.
    - ``near``: AUROC of "answers", of positives against the best text for what nothing answers.
    - ``contrast``: the same against the contrasts of the positives.
    - ``span``: the share of the positives whose likeliest start and end, the first token aside,
      overlap the answer.
    """
    model.train(False)
    ranks: list[float] = []
    known: list[float] = []
    unknown: list[float] = []
    contrasts: list[float] = []
    placed: list[bool] = []
    with torch.inference_mode():
        for each in examples:
            negatives = each.negatives[:_VALIDATION_NEGATIVES]
            positive = each.positives[0] if each.positives else None
            group = QueryGroup(each.question, positive, (*negatives, *each.contrasts[:1]))
            readings = read(model, tokenizer, pairs_of([group]), length)
            answers, rank = readings.answers.tolist(), readings.rank
            if not positive:
                unknown.append(answers[int(rank.argmax())])
                continue
            others = rank[1 : 1 + len(negatives)]
            ranks.append(1 / (1 + int((others >= rank[0]).sum())))
            known.append(answers[0])
            if each.contrasts:
                contrasts.append(answers[-1])
            if (span := readings.spans[0]) is not None:
                start, end = (
                    1 + int(each[0][1:].argmax()) for each in (readings.starts, readings.ends)
                )
                placed.append(start <= span[1] and span[0] <= end)
    model.train()
    return {
        "MRR": float(np.mean(ranks)) if ranks else 0.0,
        "near": _area(known, unknown),
        "contrast": _area(known, contrasts),
        "span": float(np.mean(placed)) if placed else 0.0,
    }


def _area(known: Sequence[float], unknown: Sequence[float]) -> float:
    area = auroc(known, unknown)
    return 0.5 if area is None else area


def train(arguments: argparse.Namespace) -> None:
    """Train as the command line options say."""
    torch.manual_seed(arguments.seed)
    rng = random.Random(arguments.seed)
    start = arguments.start or find_model(BASE_MODEL).path
    tokenizer = load_tokenizer(start)
    model = load_reading_model(start)
    attend_fast(model.bert)
    teachers = Ensemble(arguments.teachers) if arguments.teachers else None
    frozen = (*_FROZEN, *(f"layer.{number}." for number in range(arguments.frozen_layers)))
    for name, parameter in model.named_parameters():
        parameter.requires_grad = not any(part in name for part in frozen)
    examples = [each for path in arguments.examples for each in read_examples(path)]
    if arguments.sample:
        rng.shuffle(examples)
        examples = examples[: arguments.sample]
    held_out = read_examples(arguments.validate)[: arguments.held_out] if arguments.validate else []
    per_epoch = math.ceil(len(examples) / arguments.batch)
    steps = max(1, round(arguments.epochs * per_epoch))
    optimization = Optimization(model, rate=arguments.rate, steps=steps, decay=0.99)
    batches = itertools.chain.from_iterable(
        epoch(examples, arguments.negatives, arguments.batch, arguments.absent, rng)
        for _ in itertools.count()
    )
    print(f"{len(examples)} examples, {steps} steps, {optimization.weights:,} weights")
    started, seen, running = time.perf_counter(), 0, 0.0
    model.train()
    for step, batch in zip(range(1, steps + 1), batches, strict=False):
        pairs = pairs_of(batch)
        readings = read(model, tokenizer, pairs, arguments.length)
        loss = reading_loss(readings, batch)
        if teachers:
            taught = teachers.read(tokenizer, pairs, arguments.length)
            soft = weighted(*distillation_loss(readings, taught, batch))
            loss = (1 - _TAUGHT) * loss + _TAUGHT * soft
        optimization.step(loss)
        seen += len(pairs)
        running += 0.02 * (loss.item() - running) if running else loss.item()
        if step % arguments.every == 0 or step == steps:
            rate = seen / (time.perf_counter() - started)
            average = optimization.average
            quality = validate(average, tokenizer, held_out, arguments.length) if held_out else {}
            shown = "".join(f", {name} {value:.3f}" for name, value in quality.items())
            print(f"{step}: loss {running:.3f}, {rate:.1f} texts/s{shown}", flush=True)
            save_reading_model(average, arguments.out)
            tokenizer.save_pretrained(arguments.out)


def main() -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("examples", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--start", type=Path, help="a reader to continue from")
    parser.add_argument("--teachers", nargs="*", type=Path, help="readers to learn from as well")
    parser.add_argument("--validate", type=Path, help="examples of other newsrooms")
    parser.add_argument("--held-out", type=int, default=300, help="how many of these")
    parser.add_argument(
        "--sample", type=int, default=0, help="train on a random sample of this size"
    )
    parser.add_argument("--epochs", type=float, default=2.0)
    parser.add_argument("--negatives", type=int, default=4)
    parser.add_argument("--batch", type=int, default=8, help="questions per step")
    parser.add_argument("--absent", type=float, default=0.1, help="share without a positive")
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--length", type=int, default=160, help="word pieces of question and text")
    parser.add_argument("--frozen-layers", type=int, default=0)
    parser.add_argument("--every", type=int, default=250)
    parser.add_argument("--seed", type=int, default=1)
    train(parser.parse_args())


if __name__ == "__main__":
    main()
