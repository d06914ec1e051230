"""From a question to ranked, cited passages: dense and lexical search, fused.

Candidates are the best rows of each search. Their score is a weighted mean of the cosine and of
BM25 divided by the sum of the question's inverse document frequencies, which puts BM25 on a scale
of its own question without any statistic over the corpus' scores.
"""

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Encoder
from retrieval.answer import Answer, CitedPassage, Reason
from retrieval.catalogue import Filter
from retrieval.confidence import THRESHOLD, confidence
from retrieval.highlight import best_sentence, overlap
from retrieval.index import Index
from retrieval.links import is_web_address, passage_link
from retrieval.question import Question
from retrieval.terms import terms
from retrieval.vectors import top_k

CANDIDATES = 50  # rows taken from each of the two searches
DENSE_WEIGHT = 0.6  # .6 and .7 are the best of .5 to 1: tests.benchmarks.fit_confidence


@dataclass(frozen=True, slots=True)
class Hit:
    """A paragraph by release number and paragraph number, with its scores."""

    release: int
    paragraph: int
    score: float
    cosine: float


def ask(
    index: Index, encoder: Encoder, question: Question, *, threshold: float = THRESHOLD
) -> Answer:
    """Answer a question from an index. Raises `UnknownNewsroom`."""
    started = time.perf_counter()
    weights = {term: index.lexical.idf(term) for term in terms(question.searched_text)}
    hits = search(index, encoder, question)
    headings = index.catalogue.by_number([hit.release for hit in hits])
    texts = index.catalogue.paragraph_texts((hit.release, hit.paragraph) for hit in hits)
    passages = []
    for rank, hit in enumerate(hits, start=1):
        heading, text = headings[hit.release], texts[hit.release, hit.paragraph]
        passages.append(
            CitedPassage(
                rank=rank,
                score=round(hit.score, 4),
                text=text,
                highlight=best_sentence(text, weights),
                paragraph=hit.paragraph,
                link=_link(heading.url, text),
                release=heading,
            )
        )
    certainty = 0.0
    if hits:
        coverage = _coverage(passages[0], weights)
        certainty = confidence(hits[0].cosine, coverage, len(index.vectors))
    answered = certainty >= threshold
    reason = Reason.NOTHING_ANSWERS if passages else Reason.NOTHING_IN_RANGE
    return Answer(
        question=question,
        answered=answered,
        reason=None if answered else reason,
        confidence=round(certainty, 4),
        passages=tuple(passages),
        generation=index.manifest.generation,
        milliseconds=round((time.perf_counter() - started) * 1000, 1),
    )


def search(index: Index, encoder: Encoder, question: Question) -> list[Hit]:
    """The best ``question.limit`` paragraphs, best first. Raises `UnknownNewsroom`."""
    newsroom = index.catalogue.newsroom(question.newsroom)
    allowed = index.rows(Filter(question.since, question.until, newsroom))
    if allowed is not None and not allowed.any():
        return []
    dense = index.vectors.scores(encoder.encode_queries([question.searched_text])[0], allowed)
    query = terms(question.searched_text)
    lexical = index.lexical.scores(query)
    if allowed is not None:
        lexical = np.where(allowed, lexical, -np.inf).astype(np.float32)
    rows = np.union1d(top_k(dense, CANDIDATES), top_k(lexical, CANDIDATES))
    scores = fused(dense[rows], lexical[rows], sum(index.lexical.idf(term) for term in set(query)))
    hits: dict[tuple[int, int], Hit] = {}
    for at in np.lexsort((rows, -scores)):
        release, paragraph = (int(number) for number in index.passages[rows[at]])
        hit = Hit(release, paragraph, float(scores[at]), float(dense[rows[at]]))
        # Of a long paragraph in several passages the best one stands for it.
        hits.setdefault((release, paragraph), hit)
        if len(hits) == question.limit:
            break
    return list(hits.values())


def fused(
    dense: NDArray[np.float32], lexical: NDArray[np.float32], total_idf: float
) -> NDArray[np.float32]:
    """One score of two, in about 0..1: cosines, BM25 scores and the sum of the question's idf."""
    return DENSE_WEIGHT * dense + (1 - DENSE_WEIGHT) * lexical / (total_idf or 1.0)


def _link(url: str | None, text: str) -> str | None:
    return passage_link(url, text) if url and is_web_address(url) else None


def _coverage(passage: CitedPassage, weights: dict[str, float]) -> float:
    held = terms(f"{passage.release.title} {passage.release.author or ''} {passage.text}")
    return overlap(held, weights) / (sum(weights.values()) or 1.0)
