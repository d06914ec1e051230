"""Training examples: a question with the texts that answer it and those that do not.

A file has one JSON object a line: ``{"question", "newsroom", "positives": [{"text", "span"}, …],
"negatives": [text, …], "contrasts": [text, …]}``, with texts in the form that the reader reads and
spans in characters of them. Negatives are hardest first. Contrasts are positives without what
answers. The validation split is by ``newsroom``.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from retrieval.training.rows import read_rows, write_rows

Span: TypeAlias = tuple[int, int]
"""The (start, end) of some words in a text, in characters."""


@dataclass(frozen=True, slots=True)
class Positive:
    """A text that answers, and where: the (start, end) in characters, None where not known."""

    text: str
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """A question with texts that answer it, and texts that do not.

    Attributes:
        question: what is asked.
        newsroom: who published the answer; the validation split is by it.
        positives: texts that answer. Without any, nothing answers the question.
        negatives: texts that do not, hardest first.
        contrasts: texts of the positives without the words or the sentence that answers.
    """

    question: str
    newsroom: str
    positives: tuple[Positive, ...]
    negatives: tuple[str, ...]
    contrasts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QueryGroup:
    """A question and the texts to rank for it; the first is ``positive``, if there is one."""

    question: str
    positive: Positive | None
    negatives: tuple[str, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """All of them."""
        return (*((self.positive.text,) if self.positive else ()), *self.negatives)


def read_examples(path: Path) -> list[Example]:
    """Read the examples of a file that have anything to compare."""
    examples = [_example(row) for row in read_rows(path)]
    return [each for each in examples if each.negatives or each.contrasts]


def write_examples(path: Path, examples: Sequence[Example]) -> None:
    """Write the file that `read_examples` reads."""
    write_rows(
        path,
        (
            {
                "question": each.question,
                "newsroom": each.newsroom,
                "positives": [{"text": p.text, "span": p.span} for p in each.positives],
                "negatives": each.negatives,
                "contrasts": each.contrasts,
            }
            for each in examples
        ),
    )


def _example(row: Mapping[str, Any]) -> Example:
    return Example(
        row["question"],
        row["newsroom"],
        tuple(
            Positive(each["text"], tuple(each["span"]) if each["span"] else None)
            for each in row["positives"]
        ),
        tuple(row["negatives"]),
        tuple(row.get("contrasts", ())),
    )


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
        negatives: how many each question gets: half from its hardest, half from all others, and one
            of its contrasts beside them.
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
    if example.contrasts:
        sampled.append(rng.choice(example.contrasts))
    positive = rng.choice(example.positives) if answered and example.positives else None
    return QueryGroup(example.question, positive, tuple(sampled))
