"""Write training examples from general reading comprehension questions (``qa/reading``).

    python -m retrieval.training.reading_examples SHARED/qa/reading OUT.jsonl

A question comes with the passage that answers it, where in it, and with a passage that does not:
another one of the same subject, or the same without what answers. The questions of SQuAD 2.0 that
their passage does not answer come with that passage alone.
"""

import argparse
import random
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from retrieval.training.contrast import without_answer
from retrieval.training.examples import Example, Positive, write_examples
from retrieval.training.rows import read_rows

_CONTRASTED = 0.5  # share of the questions with a contrast


def reading_examples(folder: Path, rng: random.Random) -> list[Example]:
    """All examples of a ``qa/reading`` folder, in random order."""
    passages = {row["id"]: row for row in read_rows(folder / "passages.jsonl.gz")}
    answers = {row["id"]: row["answers"] for row in read_rows(folder / "answers.jsonl.gz")}
    by_title: dict[str, list[str]] = defaultdict(list)
    for id, row in passages.items():
        by_title[row["title"]].append(id)
    examples = []
    for row in read_rows(folder / "questions.jsonl.gz"):
        passage = passages[row["passages"][0]]
        given = answers.get(row["id"], {}).get(passage["id"], [])
        at = passage["text"].find(given[0]) if given else -1
        span = (at, at + len(given[0])) if at >= 0 else None
        others = [id for id in by_title[passage["title"]] if id not in row["passages"]]
        contrast = None
        if span and rng.random() < _CONTRASTED:
            contrast = without_answer(passage["text"], span, rng)
        examples.append(
            Example(
                row["question"],
                "reading",
                (_positive(passage, span),),
                tuple(_text(passages[id]) for id in rng.sample(others, min(2, len(others)))),
                (f"{passage['title']}\n{contrast}",) if contrast else (),
            )
        )
    for row in read_rows(folder / "unanswerable.jsonl.gz"):
        texts = tuple(_text(passages[id]) for id in row["passages"])
        examples.append(Example(row["question"], "reading", (), texts))
    rng.shuffle(examples)
    return examples


def _text(passage: Mapping[str, str]) -> str:
    return f"{passage['title']}\n{passage['text']}"


def _positive(passage: Mapping[str, str], span: tuple[int, int] | None) -> Positive:
    before = len(passage["title"]) + 1
    return Positive(_text(passage), (span[0] + before, span[1] + before) if span else None)


def main() -> None:
    """Write the examples."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("reading", type=Path)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    write_examples(arguments.out, reading_examples(arguments.reading, random.Random(3)))


if __name__ == "__main__":
    main()
