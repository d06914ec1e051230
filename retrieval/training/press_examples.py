"""Write training examples from questions over press releases, mined by `retrieval.training.mine`.

    python -m retrieval.training.press_examples FOLDER… OUT.jsonl --share S --part P [--sentences]

The questions were written to be answered deep in a release: the first paragraph answers 2 % of
them, not the 15 % to expect by chance. Six of seven negatives that are first paragraphs are
therefore left out, or the reranker would learn that first paragraphs do not answer.

The split is by a hash of the newsroom: ``--share 0.2 --part validation`` takes a fifth of the
newsrooms, ``--part training`` the others. ``--sentences`` adds an example of each question whose
positive is the sentence that answers, and whose negatives are the others of its paragraph.
"""

import argparse
import hashlib
import random
from pathlib import Path

from retrieval.training.examples import Example, write_examples
from retrieval.training.mined import MinedQuestion, read_mined

_FIRST_PARAGRAPHS = 1 / 7  # share of the negatives that are first paragraphs and kept


def is_held_out(newsroom: str, share: float) -> bool:
    """Return whether a newsroom belongs to the ``share`` that is held out for validation."""
    prefix = hashlib.sha256(newsroom.encode()).digest()[:4]
    return int.from_bytes(prefix) < share * 2**32


def passage_example(mined: MinedQuestion, rng: random.Random) -> Example:
    """Return the candidates of a question as an example, without most first paragraphs."""
    negatives = [
        text
        for text, relevant, number in zip(
            mined.texts, mined.relevant, mined.paragraphs, strict=True
        )
        if not relevant and (number > 1 or rng.random() < _FIRST_PARAGRAPHS)
    ]
    positives = [
        text for text, relevant in zip(mined.texts, mined.relevant, strict=True) if relevant
    ]
    return Example(mined.question, mined.newsroom, tuple(positives), tuple(negatives))


def sentence_example(mined: MinedQuestion) -> Example:
    """Return the sentences of the paragraph that answers a question as an example."""
    return Example(
        mined.question,
        mined.newsroom,
        tuple(mined.sentences["positives"]),
        tuple(mined.sentences["negatives"]),
    )


def main() -> None:
    """Write the examples of one part of the split."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--share", type=float, default=0.2)
    parser.add_argument("--sentences", action="store_true", help="add examples of sentences")
    parser.add_argument("--part", choices=("training", "validation"), required=True)
    arguments = parser.parse_args()
    rng = random.Random(2)
    examples = []
    for mined in (each for folder in arguments.folders for each in read_mined(folder)):
        if is_held_out(mined.newsroom, arguments.share) is (arguments.part == "training"):
            continue
        examples.append(passage_example(mined, rng))
        if arguments.sentences:
            examples.append(sentence_example(mined))
    write_examples(arguments.out, examples)


if __name__ == "__main__":
    main()
