"""Which sentence of a paragraph answers best."""

from collections.abc import Mapping, Sequence, Set

from embeddings.reranker import Reranker
from retrieval.text.sentences import sentence_spans
from retrieval.text.tokens import terms

Span = tuple[int, int]
"""The (start, end) of a sentence in its paragraph."""


def best_sentence(paragraph: str, weights: Mapping[str, float]) -> Span:
    """The sentence that holds most of a question, the first of equals.

    ``weights`` are the question's terms with their inverse document frequencies; a sentence counts
    the sum of those that it holds.
    """
    spans = _spans(paragraph)
    return max(spans, key=lambda span: overlap({*terms(paragraph[slice(*span)])}, weights))


def read_sentences(
    question: str, paragraphs: Sequence[tuple[str, str]], reranker: Reranker
) -> list[Span]:
    """The sentence of each paragraph that the reranker finds to answer best.

    ``paragraphs`` are (source, text): what the reranker reads above a sentence, and the paragraph.
    """
    sentences = [(at, span) for at, (_, text) in enumerate(paragraphs) for span in _spans(text)]
    texts = [f"{paragraphs[at][0]}\n{paragraphs[at][1][slice(*span)]}" for at, span in sentences]
    scores = reranker.scores(question, texts)
    best: dict[int, tuple[float, Span]] = {}
    for (at, span), score in zip(sentences, scores.tolist(), strict=True):
        if at not in best or score > best[at][0]:
            best[at] = (score, span)
    return [best[at][1] for at in range(len(paragraphs))]


def overlap(held: Set[str], weights: Mapping[str, float]) -> float:
    """The sum of the weights of the question's terms that are among ``held``."""
    return sum(weight for term, weight in weights.items() if term in held)


def _spans(paragraph: str) -> list[Span]:
    return sentence_spans(paragraph) or [(0, len(paragraph))]
