"""Write training examples from general reading comprehension questions (``qa/reading``).

    python -m retrieval.training.reading_examples SHARED/qa/reading OUT.jsonl

Negatives are the best passages by BM25 that do not answer, and others with the same title.
"""

import argparse
import gzip
import json
import random
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import bm25s
import numpy as np

from retrieval.training.examples import Example, write_examples

_BM25_NEGATIVES, _TITLE_NEGATIVES = 6, 4


def _rows(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def main() -> None:
    """Write the examples."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("reading", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--count", type=int, default=12_000)
    arguments = parser.parse_args()
    rng = random.Random(3)
    passages = {row["id"]: row for row in _rows(arguments.reading / "passages.jsonl.gz")}
    questions = _rows(arguments.reading / "questions.jsonl.gz")
    rng.shuffle(questions)
    ids = list(passages)
    index = bm25s.BM25(method="lucene")
    index.index([_words(passages[id]["text"]) for id in ids], show_progress=False)
    by_title: dict[str, list[str]] = defaultdict(list)
    for id, row in passages.items():
        by_title[row["title"]].append(id)
    examples = []
    for row in questions[: arguments.count]:
        positives = set(row["passages"])
        scores = index.get_scores([w for w in _words(row["question"]) if w in index.vocab_dict])
        best = np.argsort(-scores)[: _BM25_NEGATIVES + len(positives)]
        hard = [ids[i] for i in best if ids[i] not in positives][:_BM25_NEGATIVES]
        title = passages[row["passages"][0]]["title"]
        same_title = [id for id in by_title[title] if id not in positives and id not in hard]
        same_title = rng.sample(same_title, min(_TITLE_NEGATIVES, len(same_title)))
        texts = {
            id: f"{passages[id]['title']}\n{passages[id]['text']}"
            for id in (*positives, *hard, *same_title)
        }
        examples.append(
            Example(
                row["question"],
                "reading",
                tuple(texts[id] for id in row["passages"]),
                tuple(texts[id] for id in (*hard, *same_title)),
            )
        )
    write_examples(arguments.out, examples)


if __name__ == "__main__":
    main()
