"""Which sentence of a paragraph answers best, and which words of it."""

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import TypeAlias

from embeddings.reranker import AnswerSpan, Reranker, SourcedText
from retrieval.text.sentences import sentence_spans
from retrieval.text.tokens import terms

Span: TypeAlias = tuple[int, int]
"""The (start, end) of a sentence, or of words, in its paragraph, in characters."""

SURE_WORDS = 0.15
"""The probability from which the words that answer are named (docs/retrieval.md)."""

_GAP = re.compile(r"\s+|[—–]")
_AROUND = " \t\n\r,;:.!?…\"'“”‘’«»()[]"  # no part of an answer at its ends


def likeliest_sentence(paragraph: str, where: Iterable[tuple[int, float]]) -> tuple[Span, float]:
    """The sentence that most likely has the answer, the first of equals, and its probability.

    ``where`` are characters of the paragraph, each with the probability that the answer is there.
    """
    spans = _spans(paragraph)
    shares = dict.fromkeys(spans, 0.0)
    for character, share in where:
        for start, end in spans:
            if start <= character < end:
                shares[start, end] += share
    best = max(spans, key=shares.__getitem__)
    return best, shares[best]


def best_sentence(paragraph: str, idf: Mapping[str, float]) -> Span:
    """The sentence with the largest sum of the question's ``idf``, the first of equals."""
    spans = _spans(paragraph)
    return max(spans, key=lambda span: overlap({*terms(paragraph[slice(*span)])}, idf))


def reranked_sentence(question: str, source: str, paragraph: str, reranker: Reranker) -> Span:
    """The sentence that a reranker scores highest, read one by one.

    Args:
        question: what the sentence is to answer.
        source: what the reranker reads above each sentence.
        paragraph: where the sentences are.
        reranker: the model that scores.
    """
    spans = _spans(paragraph)
    texts = [SourcedText(source, paragraph[slice(*span)]) for span in spans]
    readings = reranker.read(question, texts)
    return max(zip(spans, readings, strict=True), key=lambda each: each[1].score)[0]


def answering_words(paragraph: str, span: AnswerSpan, sentence: Span) -> Span | None:
    """The words that answer, whole and without punctuation around them.

    Args:
        paragraph: the text that ``span`` and ``sentence`` are in.
        span: the likeliest answer.
        sentence: the sentence that is highlighted.

    Returns:
        The words; None if the reader is not sure of them, or means another sentence.
    """
    first, last = sentence
    if span.probability < SURE_WORDS or not first <= span.start < span.end <= last:
        return None
    start = max([first, *(gap.end() for gap in _GAP.finditer(paragraph, first, span.start + 1))])
    gap = _GAP.search(paragraph, span.end - 1, last)
    end = gap.start() if gap else last
    words = paragraph[start:end]
    start += len(words) - len(words.lstrip(_AROUND))
    end -= len(words) - len(words.rstrip(_AROUND))
    return (start, end) if start < end else None


def overlap(terms_present: Set[str], idf: Mapping[str, float]) -> float:
    """The sum of the idf of the question's terms that are present."""
    return sum(value for term, value in idf.items() if term in terms_present)


def _spans(paragraph: str) -> Sequence[Span]:
    return sentence_spans(paragraph) or [(0, len(paragraph))]
