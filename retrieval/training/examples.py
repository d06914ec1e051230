"""Training examples for the reranker: a question, passages that answer it, passages that do not.

A line of JSON each: ``{"question", "newsroom", "right": [text, …], "wrong": [text, …]}``, texts as
the reranker reads them, the wrong ones hardest first. ``newsroom`` is what the validation split
goes by.
"""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Example:
    """A question with texts that answer it and texts that do not."""

    question: str
    newsroom: str
    right: tuple[str, ...]
    wrong: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """A question and the texts to tell apart; where ``answered``, the first is the right one."""

    question: str
    texts: tuple[str, ...]
    answered: bool


def read_examples(path: Path) -> list[Example]:
    """The examples of a file that have both right and wrong texts."""
    rows = map(json.loads, path.read_text("utf-8").splitlines())
    return [
        Example(row["question"], row["newsroom"], tuple(row["right"]), tuple(row["wrong"]))
        for row in rows
        if row["right"] and row["wrong"]
    ]


def write_examples(path: Path, examples: Sequence[Example]) -> None:
    """Write what `read_examples` reads."""
    with path.open("w", encoding="utf-8") as file:
        for each in examples:
            row = {
                "question": each.question,
                "newsroom": each.newsroom,
                "right": each.right,
                "wrong": each.wrong,
            }
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def epoch(
    examples: Sequence[Example],
    negatives: int,
    batch: int,
    absent: float,
    chance: random.Random,
) -> Iterator[list[Listing]]:
    """Every example once, in batches of a random order, each with fresh negatives.

    Half of the negatives are the hardest ones that it has, half any. A share ``absent`` of the
    examples comes without its right text, so that "none of these" is learned too.
    """
    order = list(examples)
    chance.shuffle(order)
    for start in range(0, len(order), batch):
        yield [
            _listing(each, negatives, chance.random() >= absent, chance)
            for each in order[start : start + batch]
        ]


def _listing(example: Example, negatives: int, answered: bool, chance: random.Random) -> Listing:
    hardest = list(example.wrong[: 2 * negatives])
    chosen = chance.sample(hardest, min((negatives + 1) // 2, len(hardest)))
    others = [text for text in example.wrong if text not in chosen]
    chosen += chance.sample(others, min(negatives - len(chosen), len(others)))
    right = (chance.choice(example.right),) if answered else ()
    return Listing(example.question, (*right, *chosen), answered)
