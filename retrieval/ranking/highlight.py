"""Which sentence of a paragraph answers best."""

from collections.abc import Mapping, Sequence, Set

from embeddings.reranker import Reranker, SourcedText, Span
from retrieval.text.sentences import sentence_spans
from retrieval.text.tokens import terms


def sentence_around(paragraph: str, words: Span) -> Span:
    """The sentence that has these words, or the sentences that they extend over.

    Where there are no words, it is the sentence that they would be in, or the next one.
    """
    start, end = words
    spans = _spans(paragraph)
    around = [each for each in spans if each[0] < end and start < each[1]]
    if not around:
        return next((each for each in spans if start < each[1]), spans[-1])
    return around[0][0], around[-1][1]


def best_sentence(paragraph: str, idf: Mapping[str, float]) -> Span:
    """The sentence with the largest sum of the question's ``idf``, the first of equals."""
    spans = _spans(paragraph)
    return max(spans, key=lambda span: overlap({*terms(paragraph[slice(*span)])}, idf))


def reranked_sentence(question: str, source: str, paragraph: str, reranker: Reranker) -> Span:
    """The sentence that a reranker scores highest, for one that does not point at words.

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


def overlap(terms_present: Set[str], idf: Mapping[str, float]) -> float:
    """The sum of the idf of the question's terms that are present."""
    return sum(value for term, value in idf.items() if term in terms_present)


def _spans(paragraph: str) -> Sequence[Span]:
    return sentence_spans(paragraph) or [(0, len(paragraph))]
