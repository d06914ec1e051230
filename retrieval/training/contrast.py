"""Contrast pairs: a paragraph that answers, and the same paragraph without what answers.

The subject stays and the fact is gone, which is what tells "about this" from "answers this"
(Gardner et al. 2020, "Evaluating models' local decision boundaries via contrast sets").
"""

import random
import re

from retrieval.text.sentences import sentence_spans
from retrieval.training.examples import Span

_WORDS_ONLY = 0.3  # share of the contrasts that lose the answering words and no whole sentence
_LEAST_LEFT, _LEAST_LEFT_OF_SENTENCES = 6, 8  # words


def without_answer(paragraph: str, answer: Span, rng: random.Random) -> str | None:
    """The paragraph without its answering sentence, or only the answering words.

    Returns None where too little would be left, or the same words stand elsewhere too.
    """
    start, end = answer
    inside = [each for each in sentence_spans(paragraph) if each[0] < end and start < each[1]]
    elsewhere = re.compile(rf"(?<!\w){re.escape(paragraph[start:end])}(?!\w)")
    choices = [(answer, _LEAST_LEFT)]
    if inside and rng.random() >= _WORDS_ONLY:
        sentences = (inside[0][0], inside[-1][1])
        choices.insert(0, (sentences, _LEAST_LEFT_OF_SENTENCES))
    for gone, least in choices:
        rest = _without(paragraph, gone)
        if len(rest.split()) >= least and not elsewhere.search(rest):
            return rest
    return None


def with_less(paragraph: str, answer: Span, rng: random.Random) -> tuple[str, Span] | None:
    """The paragraph without a sentence that does not answer, and where the answer is then.

    Positives are shortened like this now and then: a missing sentence must not give a contrast
    away. Returns None where no sentence can be spared.
    """
    start, end = answer
    others = [each for each in sentence_spans(paragraph) if each[1] <= start or end <= each[0]]
    if not others:
        return None
    gone = rng.choice(others)
    rest = _without(paragraph, gone)
    # What stands before a sentence keeps its place, what stands behind it its distance to the end.
    at = start if end <= gone[0] else len(rest) - (len(paragraph) - start)
    return rest, (at, at + end - start)


def _without(paragraph: str, gone: Span) -> str:
    """The text without a span, and with one space where it was."""
    before, after = paragraph[: gone[0]].rstrip(), paragraph[gone[1] :].lstrip()
    tight = not before or not after or after[0] in ",.;:"
    return before + ("" if tight else " ") + after
