"""Examples from questions over press releases, as `retrieval.training.mine` wrote them.

    python -m retrieval.training.press_examples MINED/questions.jsonl… OUT.jsonl --share S --part P

The questions were written to be answered deep in a release: a first paragraph answers 2 % of them,
not the 15 % that it would by chance. So that the reranker does not learn that opening paragraphs
are wrong, six of seven wrong ones are left out.

The split is by newsroom, by a hash of its name: ``--share 0.2 --part validation`` takes a fifth of
the newsrooms, ``--part training`` the others.
"""

import argparse
import hashlib
import json
import random
from pathlib import Path

from retrieval.training.examples import Example, write_examples

_OPENINGS = 1 / 7  # of the wrong opening paragraphs, those that are kept


def is_held_out(newsroom: str, share: float) -> bool:
    """Whether a newsroom is among the ``share`` that is kept for validation."""
    first = hashlib.sha256(newsroom.encode()).digest()[:4]
    return int.from_bytes(first) < share * 2**32


def main() -> None:
    """Write the examples of one part."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("mined", nargs="+", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--share", type=float, default=0.2)
    parser.add_argument("--sentences", action="store_true", help="tell sentences apart as well")
    parser.add_argument("--part", choices=("training", "validation"), required=True)
    arguments = parser.parse_args()
    chance = random.Random(2)
    examples = []
    for path in arguments.mined:
        for row in map(json.loads, path.read_text("utf-8").splitlines()):
            if is_held_out(row["newsroom"], arguments.share) is (arguments.part == "training"):
                continue
            right = set(row["right"])
            wrong = [
                text
                for at, (text, number) in enumerate(
                    zip(row["texts"], row["paragraphs"], strict=True)
                )
                if at not in right and (number > 1 or chance.random() < _OPENINGS)
            ]
            examples.append(
                Example(
                    row["question"],
                    row["newsroom"],
                    tuple(row["texts"][at] for at in row["right"]),
                    tuple(wrong),
                )
            )
            if arguments.sentences:
                told = row["sentences"]
                examples.append(
                    Example(
                        row["question"], row["newsroom"], tuple(told["right"]), tuple(told["wrong"])
                    )
                )
    write_examples(arguments.out, examples)


if __name__ == "__main__":
    main()
