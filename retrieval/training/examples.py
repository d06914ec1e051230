"""Training examples for the reranker: questions with positive and negative passages.

A file has one JSON object a line: ``{"question", "newsroom", "positives": [text, …], "negatives":
[text, …]}``, with texts in the form that the reranker reads, the hardest negatives first. The
validation split is by ``newsroom``.
"""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Example:
    """A question with texts that answer it, and texts that do not, hardest first."""

    question: str
    newsroom: str
    positives: tuple[str, ...]
    negatives: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QueryGroup:
    """A question and the texts to rank for it; if ``answered``, the first text is the positive."""

    question: str
    texts: tuple[str, ...]
    answered: bool


def read_examples(path: Path) -> list[Example]:
    """Read the examples of a file that have both positives and negatives."""
    rows = map(json.loads, path.read_text("utf-8").splitlines())
    return [
        Example(row["question"], row["newsroom"], tuple(row["positives"]), tuple(row["negatives"]))
        for row in rows
        if row["positives"] and row["negatives"]
    ]


def write_examples(path: Path, examples: Sequence[Example]) -> None:
    """Write the file that `read_examples` reads."""
    with path.open("w", encoding="utf-8") as file:
        for each in examples:
            row = {
                "question": each.question,
                "newsroom": each.newsroom,
                "positives": each.positives,
                "negatives": each.negatives,
            }
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def epoch(
    examples: Sequence[Example],
    negatives: int,
    batch: int,
    absent: float,
    rng: random.Random,
) -> Iterator[list[QueryGroup]]:
    """Yield every example once, in batches in random order, with newly sampled negatives.

    Args:
        examples: what to train on.
        negatives: how many each question gets: half from its hardest, half from all others.
        batch: how many questions a batch has.
        absent: the share of questions that come without a positive, to learn "none of these".
        rng: draws all of it.
    """
    order = list(examples)
    rng.shuffle(order)
    for start in range(0, len(order), batch):
        yield [
            _query_group(each, negatives, rng.random() >= absent, rng)
            for each in order[start : start + batch]
        ]


def _query_group(
    example: Example, negatives: int, answered: bool, rng: random.Random
) -> QueryGroup:
    hardest = list(example.negatives[: 2 * negatives])
    sampled = rng.sample(hardest, min((negatives + 1) // 2, len(hardest)))
    others = [text for text in example.negatives if text not in sampled]
    sampled += rng.sample(others, min(negatives - len(sampled), len(others)))
    positive = (rng.choice(example.positives),) if answered else ()
    return QueryGroup(example.question, (*positive, *sampled), answered)
