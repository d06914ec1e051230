"""One line that says what a release is about: its first sentence."""

from collections.abc import Sequence

from retrieval.sentences import sentence_spans
from retrieval.terms import words

_SHORTEST = 6  # words: less is a line above the text, such as "For immediate release"


def first_sentence(paragraphs: Sequence[str]) -> str:
    """The first sentence of the first paragraph that says something; empty where none does."""
    for paragraph in paragraphs:
        if len(words(paragraph)) >= _SHORTEST:
            start, end = sentence_spans(paragraph)[0]
            return paragraph[start:end]
    return next(iter(paragraphs), "")
