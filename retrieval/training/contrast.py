"""Contrast pairs: a paragraph that answers, and the same paragraph without what answers.

The subject stays and the fact is gone, which is what tells "about this" from "answers this"
(Gardner et al. 2020, "Evaluating models' local decision boundaries via contrast sets").
"""

import random

from retrieval.text.sentences import sentence_spans

Span = tuple[int, int]
_WORDS_ONLY = 0.3  # share of the contrasts that lose the answering words and no whole sentence


def without_answer(paragraph: str, answer: Span, rng: random.Random) -> str | None:
    """The paragraph without its answering sentence, or only the answering words.

    Returns None where too little would be left.
    """
    start, end = answer
    inside = [each for each in sentence_spans(paragraph) if each[0] < end and start < each[1]]
    if inside and rng.random() >= _WORDS_ONLY:
        rest = _without(paragraph, (inside[0][0], inside[-1][1]))
        if len(rest.split()) >= 8:
            return rest
    rest = _without(paragraph, answer)
    return rest if len(rest.split()) >= 6 else None


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
    at = rest.find(paragraph[start:end], max(0, start - (gone[1] - gone[0]) - 2))
    return (rest, (at, at + end - start)) if at >= 0 else None


def _without(paragraph: str, span: Span) -> str:
    before, after = paragraph[: span[0]].rstrip(), paragraph[span[1] :].lstrip()
    joint = "" if after[:1] in (",", ".", ";", ":", "") else " "
    return f"{before}{joint}{after}".strip()
