"""Which sentence of a paragraph answers best."""

from collections.abc import Mapping, Sequence, Set

from embeddings.reranker import Reranker
from retrieval.text.sentences import sentence_spans
from retrieval.text.tokens import terms

Span = tuple[int, int]
"""The (start, end) of a sentence in its paragraph, in characters."""


def best_sentence(paragraph: str, idf: Mapping[str, float]) -> Span:
    """The sentence with the largest sum of the question's ``idf``, the first of equals."""
    spans = _spans(paragraph)
    return max(spans, key=lambda span: overlap({*terms(paragraph[slice(*span)])}, idf))


def reranked_sentences(
    question: str, paragraphs: Sequence[tuple[str, str]], reranker: Reranker
) -> list[Span]:
    """The sentence of each paragraph that the reranker scores highest.

    Args:
        question: what the sentences are to answer.
        paragraphs: (source, text) of each; the reranker reads the source above each sentence.
        reranker: the model that scores.
    """
    sentences = [(at, span) for at, (_, text) in enumerate(paragraphs) for span in _spans(text)]
    texts = [f"{paragraphs[at][0]}\n{paragraphs[at][1][slice(*span)]}" for at, span in sentences]
    scores = reranker.scores(question, texts)
    best: dict[int, tuple[float, Span]] = {}
    for (at, span), score in zip(sentences, scores.tolist(), strict=True):
        if at not in best or score > best[at][0]:
            best[at] = (score, span)
    return [best[at][1] for at in range(len(paragraphs))]


def overlap(terms_present: Set[str], idf: Mapping[str, float]) -> float:
    """The sum of the idf of the question's terms that are present."""
    return sum(value for term, value in idf.items() if term in terms_present)


def _spans(paragraph: str) -> list[Span]:
    return sentence_spans(paragraph) or [(0, len(paragraph))]
