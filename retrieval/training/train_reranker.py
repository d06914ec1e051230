"""Train a reranker from the base model: a question and a passage in, one score out.

    python -m retrieval.training.train_reranker EXAMPLES.jsonl… --out DIR [--start DIR]

A cross-encoder (Nogueira and Cho 2019) with a listwise loss: the softmax over one positive and
several negatives. Word and position embeddings are frozen, so that only the other layers need to be
shipped. Every ``--every`` steps the MRR over the validation file is printed, and the moving average
of the weights is saved if it is the best so far.
"""

import argparse
import copy
import itertools
import math
import random
import time
from collections.abc import Sequence
from pathlib import Path

import torch
from transformers import (
    AutoModelForSequenceClassification,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from embeddings.models import BASE_MODEL, find_model
from retrieval.training.examples import Example, QueryGroup, epoch, read_examples

_FROZEN = ("word_embeddings", "position_embeddings")
_VALIDATION_NEGATIVES = 19  # per positive
_MICROBATCH = 16  # texts of similar length that run together


def scores(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    pairs: Sequence[tuple[str, str]],
    length: int,
) -> torch.Tensor:
    """Return the (n,) float32 scores of n (question, text) pairs, cut to ``length`` word pieces."""
    encoded = tokenizer(
        [question for question, _ in pairs],
        [text for _, text in pairs],
        truncation="longest_first",
        max_length=length,
    )["input_ids"]
    order = sorted(range(len(pairs)), key=lambda i: len(encoded[i]))
    parts = []
    for start in range(0, len(order), _MICROBATCH):
        batch = order[start : start + _MICROBATCH]
        padded = tokenizer(
            [pairs[i][0] for i in batch],
            [pairs[i][1] for i in batch],
            truncation="longest_first",
            max_length=length,
            padding=True,
            return_tensors="pt",
        )
        with torch.autocast("cpu", dtype=torch.bfloat16):
            parts.append(model(**padded).logits[:, 0].float())
    result = torch.cat(parts)
    return result[torch.argsort(torch.tensor(order))]


def listwise_loss(scores: torch.Tensor, batch: Sequence[QueryGroup]) -> torch.Tensor:
    """Return the mean over questions of the cross-entropy of the positive within its group.

    Each group has one choice more, "none of these", with a score fixed at 0. This makes scores
    comparable between questions, and positive for texts that answer.

    Args:
        scores: (t,) float32, those of the texts of all groups, one after the other.
        batch: the groups.
    """
    none = torch.zeros(1)
    losses = [
        -torch.log_softmax(torch.cat([each, none]), dim=0)[0 if group.answered else -1]
        for each, group in zip(
            torch.split(scores, [len(group.texts) for group in batch]), batch, strict=True
        )
    ]
    return torch.stack(losses).mean()


def validate(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    examples: Sequence[Example],
    length: int,
) -> float:
    """Return the MRR of the first positive of each example among its hardest negatives."""
    model.train(False)
    total = 0.0
    with torch.inference_mode():
        for each in examples:
            pairs = [
                (each.question, text)
                for text in (*each.positives[:1], *each.negatives[:_VALIDATION_NEGATIVES])
            ]
            result = scores(model, tokenizer, pairs, length)
            total += 1 / (1 + int((result[1:] >= result[0]).sum()))
    model.train()
    return total / len(examples)


def train(arguments: argparse.Namespace) -> None:
    """Train as the command line options say."""
    torch.manual_seed(arguments.seed)
    rng = random.Random(arguments.seed)
    start = arguments.start or find_model(BASE_MODEL).path
    tokenizer = AutoTokenizer.from_pretrained(start)
    model = AutoModelForSequenceClassification.from_pretrained(
        start, num_labels=1, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0
    )
    frozen = (*_FROZEN, *(f"layer.{number}." for number in range(arguments.frozen_layers)))
    for name, parameter in model.named_parameters():
        parameter.requires_grad = not any(part in name for part in frozen)
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=arguments.rate, weight_decay=0.01)
    examples = [each for path in arguments.examples for each in read_examples(path)]
    if arguments.sample:
        rng.shuffle(examples)
        examples = examples[: arguments.sample]
    held_out = read_examples(arguments.validate)[: arguments.held_out] if arguments.validate else []
    per_epoch = math.ceil(len(examples) / arguments.batch)
    steps = max(1, round(arguments.epochs * per_epoch))
    warm_up = max(1, steps // 10)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer,
        lambda step: min((step + 1) / warm_up, max(0.0, (steps - step) / max(1, steps - warm_up))),
    )
    average = copy.deepcopy(model)
    best = -1.0
    batches = itertools.chain.from_iterable(
        epoch(examples, arguments.negatives, arguments.batch, arguments.absent, rng)
        for _ in itertools.count()
    )
    print(f"{len(examples)} examples, {steps} steps, {sum(p.numel() for p in trained):,} weights")
    started, seen, running = time.perf_counter(), 0, 0.0
    model.train()
    for step, batch in zip(range(1, steps + 1), batches, strict=False):
        pairs = [(each.question, text) for each in batch for text in each.texts]
        loss = listwise_loss(scores(model, tokenizer, pairs, arguments.length), batch)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        schedule.step()
        decay = min(0.99, step / (step + 10))
        with torch.no_grad():
            for mean, current in zip(average.parameters(), model.parameters(), strict=True):
                mean.lerp_(current, 1 - decay)
        seen += len(pairs)
        running += 0.02 * (loss.item() - running) if running else loss.item()
        if step % arguments.every == 0 or step == steps:
            rate = seen / (time.perf_counter() - started)
            quality = validate(average, tokenizer, held_out, arguments.length) if held_out else 0.0
            print(f"{step}: loss {running:.3f}, {rate:.1f} texts/s, MRR {quality:.4f}", flush=True)
            if quality >= best:
                best = quality
                average.save_pretrained(arguments.out)
                tokenizer.save_pretrained(arguments.out)


def main() -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("examples", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--start", type=Path, help="a reranker to continue from")
    parser.add_argument("--validate", type=Path, help="examples of other newsrooms")
    parser.add_argument("--held-out", type=int, default=300, help="how many of these")
    parser.add_argument(
        "--sample", type=int, default=0, help="train on a random sample of this size"
    )
    parser.add_argument("--epochs", type=float, default=2.0)
    parser.add_argument("--negatives", type=int, default=5)
    parser.add_argument("--batch", type=int, default=8, help="questions per step")
    parser.add_argument("--absent", type=float, default=0.2, help="share without a positive")
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--length", type=int, default=160, help="word pieces of question and text")
    parser.add_argument("--frozen-layers", type=int, default=0)
    parser.add_argument("--every", type=int, default=250)
    parser.add_argument("--seed", type=int, default=1)
    train(parser.parse_args())


if __name__ == "__main__":
    main()
