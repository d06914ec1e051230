"""Which sentence of a paragraph answers best."""

from collections.abc import Collection, Mapping

from retrieval.sentences import sentence_spans
from retrieval.terms import terms


def best_sentence(paragraph: str, weights: Mapping[str, float]) -> tuple[int, int]:
    """The (start, end) of the sentence that holds most of a question, the first of equals.

    ``weights`` are the question's terms with their inverse document frequencies; a sentence counts
    the sum of those that it holds.
    """
    spans = sentence_spans(paragraph) or [(0, len(paragraph))]
    return max(spans, key=lambda span: overlap(terms(paragraph[slice(*span)]), weights))


def overlap(held: Collection[str], weights: Mapping[str, float]) -> float:
    """The sum of the weights of the question's terms that are among ``held``."""
    among = set(held)
    return sum(weight for term, weight in weights.items() if term in among)
