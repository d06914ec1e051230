"""Write training examples from questions over press releases, mined by `retrieval.training.mine`.

    python -m retrieval.training.press_examples FOLDER… OUT.jsonl --share S --part P

A quarter of the questions that name a member come a second time, with a pronoun for the name. Half
of those with an answer in a longer paragraph come again with its sentences in place of passages:
the highlight is chosen among these. A
question that is answered comes with the passages that answer it, now and then short of a sentence
that does not matter, with what retrieval found instead, and with contrasts: the same passage
without the answer. One that nothing answers comes with what retrieval found.

The older questions were written to be answered deep in a release: the first paragraph answers 2 %
of them, not the 15 % to expect by chance. Six of seven negatives that are first paragraphs are
therefore left out, or the reader would learn that first paragraphs do not answer.

The split is by a hash of the newsroom: ``--share 0.2 --part validation`` takes a fifth of the
newsrooms, ``--part training`` the others.
"""

import argparse
import hashlib
import random
from dataclasses import replace
from pathlib import Path

from retrieval.text.sentences import sentence_spans
from retrieval.training.contrast import with_less, without_answer
from retrieval.training.examples import Example, Positive, write_examples
from retrieval.training.mined import MinedQuestion, read_mined
from retrieval.training.pronouns import with_pronoun

_FIRST_PARAGRAPHS = 1 / 7  # share of the negatives that are first paragraphs and kept
_NEGATIVES = 30
_SHORTER = 0.5  # share of the positives that have a shorter variant
_CONTRASTS = 2  # of a positive, if they differ
_SENTENCES = 0.5  # share of the answered questions that come again with sentences
_NEIGHBOURS = 4  # of the sentence that answers
_PRONOUNS = 0.25  # share of the questions that name a member and come again without the name


def is_held_out(newsroom: str, share: float) -> bool:
    """Return whether a newsroom belongs to the ``share`` that is held out for validation."""
    prefix = hashlib.sha256(newsroom.encode()).digest()[:4]
    return int.from_bytes(prefix) < share * 2**32


def press_example(mined: MinedQuestion, rng: random.Random) -> Example:
    """Return a question with its passages, without most of the first paragraphs."""
    negatives = [
        text
        for text, relevant, number in zip(
            mined.texts, mined.relevant, mined.paragraphs, strict=True
        )
        if not relevant and (number > 1 or rng.random() < _FIRST_PARAGRAPHS)
    ]
    positives: list[Positive] = []
    contrasts: list[str] = []
    for gold in mined.gold:
        assert gold.span is not None
        positives.append(gold)
        before, _, passage = gold.text.rpartition("\n")
        offset = len(before) + 1
        span = (gold.span[0] - offset, gold.span[1] - offset)
        if rng.random() < _SHORTER and (shorter := with_less(passage, span, rng)):
            text, (start, end) = shorter
            positives.append(Positive(f"{before}\n{text}", (start + offset, end + offset)))
        found = dict.fromkeys(without_answer(passage, span, rng) for _ in range(_CONTRASTS))
        contrasts += [f"{before}\n{text}" for text in found if text]
    return Example(
        mined.question,
        mined.newsroom,
        tuple(positives),
        tuple(negatives[:_NEGATIVES]),
        tuple(contrasts),
    )


def sentence_example(mined: MinedQuestion) -> Example | None:
    """Return a question with the sentence that answers, and those around it, nearest first.

    Returns None where the answer is longer than a sentence, or the paragraph no longer than one.
    """
    if not mined.gold:
        return None
    gold = mined.gold[0]
    assert gold.span is not None
    before, _, passage = gold.text.rpartition("\n")
    offset = len(before) + 1
    start, end = gold.span[0] - offset, gold.span[1] - offset
    spans = sentence_spans(passage)
    inside = [at for at, each in enumerate(spans) if each[0] <= start and end <= each[1]]
    if not inside or len(spans) == 1:
        return None
    (right,) = inside
    texts = [f"{before}\n{passage[slice(*each)]}" for each in spans]
    nearest = sorted(range(len(spans)), key=lambda at: abs(at - right))[1:]
    moved = offset - spans[right][0]
    return Example(
        mined.question,
        mined.newsroom,
        (Positive(texts[right], (start + moved, end + moved)),),
        tuple(texts[at] for at in nearest[:_NEIGHBOURS]),
    )


def main() -> None:
    """Write the examples of one part of the split."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--share", type=float, default=0.2)
    parser.add_argument("--part", choices=("training", "validation"), required=True)
    arguments = parser.parse_args()
    rng = random.Random(2)
    examples = []
    for mined in (each for folder in arguments.folders for each in read_mined(folder)):
        if is_held_out(mined.newsroom, arguments.share) is not (arguments.part == "validation"):
            continue
        examples.append(press_example(mined, rng))
        if mined.member and rng.random() < _PRONOUNS:
            unnamed = with_pronoun(mined.question, mined.member, rng)
            examples += [replace(examples[-1], question=unnamed)] if unnamed else []
        if rng.random() < _SENTENCES and (sentences := sentence_example(mined)):
            examples.append(sentences)
    write_examples(arguments.out, examples)


if __name__ == "__main__":
    main()
