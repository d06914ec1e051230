"""Train the encoder further on questions over press releases, mined by `retrieval.training.mine`.

    python -m retrieval.training.train_encoder FOLDER… --out DIR

A bi-encoder (Reimers and Gurevych 2019) with the softmax over the passages of a batch (Henderson et
al. 2017): for each question the one that answers, one of the same release and one of another that
retrieval found, all under their titles, and those of the other questions. The bottom layers and the
embeddings are frozen, so that only the top ones need to be shipped.
"""

import argparse
import itertools
import math
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import BertModel, PreTrainedTokenizerBase

from embeddings.export.reading_model import load_bert
from embeddings.models import BASE_MODEL, WEIGHTS, find_model
from retrieval.training.forward import attend_fast, load_tokenizer
from retrieval.training.mined import MinedQuestion, read_mined
from retrieval.training.optimization import Optimization
from retrieval.training.press_examples import is_held_out

_TEMPERATURE = 0.05
_NEAREST, _HARDEST = 6, 12  # of the negatives of the same release and of others
_MICROBATCH = 16


@dataclass(frozen=True, slots=True)
class EncoderExample:
    """A question with the passages that answer it, and negatives, hardest first.

    ``near`` are passages of the releases that answer, ``others`` of other releases.
    """

    question: str
    positives: tuple[str, ...]
    near: tuple[str, ...]
    others: tuple[str, ...]


def encoder_example(mined: MinedQuestion) -> EncoderExample:
    """The passages of a mined question as the encoder reads them: title, heading and text."""
    texts = [text[start:] for text, start in zip(mined.texts, mined.titles, strict=True)]
    own = {int(each) for each in mined.releases[mined.relevant]}
    negatives = [at for at in range(len(texts)) if not mined.relevant[at]]
    return EncoderExample(
        mined.question,
        tuple(each.text[start:] for each, start in zip(mined.gold, mined.gold_titles, strict=True)),
        tuple(texts[at] for at in negatives if int(mined.releases[at]) in own),
        tuple(texts[at] for at in negatives if int(mined.releases[at]) not in own),
    )


def batches(
    examples: Sequence[EncoderExample], size: int, rng: random.Random
) -> Iterator[tuple[list[str], list[str]]]:
    """Yield the questions and the passages of each batch, for ever; the positives come first.

    Args:
        examples: what to train on.
        size: the questions of a batch; all where there are not so many.
        rng: draws the batches, and what is in them.

    Raises:
        ValueError: if there are no examples.
    """
    if not examples:
        raise ValueError("there are no questions to train on")
    size = min(size, len(examples))
    while True:
        order = list(examples)
        rng.shuffle(order)
        for start in range(0, len(order) - size + 1, size):
            batch = order[start : start + size]
            passages = [rng.choice(each.positives) for each in batch]
            for each in batch:
                passages += rng.sample(each.near[:_NEAREST], min(1, len(each.near)))
                passages += rng.sample(each.others[:_HARDEST], min(1, len(each.others)))
            yield [each.question for each in batch], passages


def contrastive_loss(
    questions: torch.Tensor, passages: torch.Tensor, same: torch.Tensor
) -> torch.Tensor:
    """The mean cross-entropy of each question's positive among all passages.

    Args:
        questions: (q, d) float32 unit rows.
        passages: (p, d) float32 unit rows; the first q are the positives, in order.
        same: (q, p) bool, the passages with the words of a question's positive, itself aside.
    """
    scores = (questions @ passages.T / _TEMPERATURE).masked_fill(same, -torch.inf)
    return torch.nn.functional.cross_entropy(scores, torch.arange(len(questions)))


def repeated(passages: Sequence[str], questions: int) -> torch.Tensor:
    """(q, p) bool: for each of the first q passages, the others with the same words."""
    return torch.tensor(
        [
            [at != number and text == passages[number] for at, text in enumerate(passages)]
            for number in range(questions)
        ]
    )


def encode(
    model: BertModel, tokenizer: PreTrainedTokenizerBase, texts: Sequence[str], length: int
) -> torch.Tensor:
    """(n, d) float32 unit rows: the mean over the tokens of each text."""
    encoded = tokenizer(list(texts), truncation=True, max_length=length)
    order = sorted(range(len(texts)), key=lambda at: len(encoded["input_ids"][at]))
    parts = []
    with torch.autocast("cpu", dtype=torch.bfloat16):
        for start in range(0, len(order), _MICROBATCH):
            batch = order[start : start + _MICROBATCH]
            rows = {name: [values[at] for at in batch] for name, values in encoded.items()}
            padded = tokenizer.pad(rows, return_tensors="pt")
            tokens = model(**padded).last_hidden_state.float()
            mask = padded["attention_mask"].unsqueeze(-1).float()
            parts.append((tokens * mask).sum(1) / mask.sum(1))
    vectors = torch.cat(parts)[torch.argsort(torch.tensor(order))]
    return torch.nn.functional.normalize(vectors, dim=1)


def train(arguments: argparse.Namespace) -> None:
    """Train as the command line options say."""
    torch.manual_seed(arguments.seed)
    rng = random.Random(arguments.seed)
    start = arguments.start or find_model(BASE_MODEL).path
    tokenizer, model = load_tokenizer(start), attend_fast(load_bert(start))
    frozen = ("embeddings.", "pooler.", *(f"layer.{each}." for each in range(arguments.frozen)))
    for name, parameter in model.named_parameters():
        parameter.requires_grad = not any(part in name for part in frozen)
    examples = [
        encoder_example(mined)
        for folder in arguments.folders
        for mined in read_mined(folder)
        if mined.gold and not is_held_out(mined.newsroom, arguments.share)
    ]
    steps = math.ceil(arguments.epochs * len(examples) / arguments.batch)
    optimization = Optimization(model, rate=arguments.rate, steps=steps, decay=0.98)
    print(f"{len(examples)} questions, {steps} steps", flush=True)
    started, running = time.perf_counter(), 0.0
    model.train()
    stream = itertools.islice(batches(examples, arguments.batch, rng), steps)
    for step, (questions, passages) in enumerate(stream, start=1):
        vectors = encode(model, tokenizer, [*questions, *passages], arguments.length)
        loss = contrastive_loss(
            vectors[: len(questions)],
            vectors[len(questions) :],
            repeated(passages, len(questions)),
        )
        optimization.step(loss)
        running += 0.02 * (loss.item() - running) if running else loss.item()
        if step % arguments.every == 0 or step == steps:
            rate = step * arguments.batch / (time.perf_counter() - started)
            print(f"{step}: loss {running:.3f}, {rate:.1f} questions/s", flush=True)
            save(optimization.average, tokenizer, arguments.out)


def save(model: BertModel, tokenizer: PreTrainedTokenizerBase, folder: Path) -> None:
    """Write the weights under the names of the base model, its configuration and tokenizer."""
    folder.mkdir(parents=True, exist_ok=True)
    model.config.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    weights = {
        name: value.contiguous()
        for name, value in model.state_dict().items()
        if not name.startswith("pooler.")  # a sentence encoder pools by the mean
    }
    save_file(weights, folder / WEIGHTS, metadata={"format": "pt"})


def main() -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--start", type=Path, help="an encoder to continue from")
    parser.add_argument("--share", type=float, default=0.15, help="newsrooms held out")
    parser.add_argument("--epochs", type=float, default=1.5)
    parser.add_argument("--batch", type=int, default=24, help="questions per step")
    parser.add_argument("--rate", type=float, default=5e-5)
    parser.add_argument("--length", type=int, default=160, help="word pieces of a text")
    parser.add_argument("--frozen", type=int, default=3, help="layers from the bottom")
    parser.add_argument("--every", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    train(parser.parse_args())


if __name__ == "__main__":
    main()
