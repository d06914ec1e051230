"""Passages that may answer: found by meaning, by terms, and by the company that they keep.

Every row has a cosine and a BM25 score; their weighted mean is the first guess. A release whose
best row is good lifts its other rows, since the right release is often found before the right
paragraph.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Vectors
from retrieval.belonging import belongs_under
from retrieval.catalogue import Heading
from retrieval.index import Index
from retrieval.passages import Passage, parts
from retrieval.weights import COSINE, RELEASE

_DEPTH = 100  # rows taken from each of the two searches
_COMPANY = 8  # releases of which every row is looked at
CANDIDATES = 60  # rows that are looked at closely


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that may answer, with all that is known of it and of where it stands.

    ``bm25`` is over the question's sum of idf; ``release_best`` is the best mean of cosine and BM25
    in its release; ``repeats`` counts the releases that hold the very paragraph; ``held`` are the
    terms of the question that stand in it, in its title or in its author's name.
    """

    row: int
    release: Heading
    passage: Passage
    paragraphs: Sequence[str]
    cosine: float
    bm25: float
    release_best: float
    repeats: int
    held: frozenset[str]


@dataclass(frozen=True, slots=True)
class Found:
    """(n,) rows of the index, best first guess first, and for each its scores.

    ``cosine``, ``bm25`` (over the question's sum of idf) and ``release_best`` (the best mean of the
    two in the row's release) are (n,) float32; ``held`` are the question's terms that each holds.
    """

    rows: NDArray[np.intp]
    cosine: NDArray[np.float32]
    bm25: NDArray[np.float32]
    release_best: NDArray[np.float32]
    held: Sequence[frozenset[str]]


def find_candidates(
    index: Index,
    query: Vectors,
    weights: Mapping[str, float],
    allowed: NDArray[np.bool_] | None,
    company: Sequence[int] = (),
) -> Found:
    """The most promising rows for a question's vector (d,) and its terms with their idf.

    Every row of the releases in ``company`` is among those that are weighed.
    """
    terms, whole = [*weights], np.float32(sum(weights.values()) or 1.0)
    by_meaning, _ = index.vectors.top(query, _DEPTH, allowed)
    by_terms, _ = index.lexical.top(terms, _DEPTH, allowed)
    found = np.union1d(by_meaning, by_terms)
    means = _mean(
        index.vectors.scores_of(query, found), index.lexical.scores_of(terms, found) / whole
    )
    releases = dict.fromkeys(index.release_of[found[np.argsort(-means, kind="stable")]].tolist())
    near = [index.rows_of(release) for release in (*company, *[*releases][:_COMPANY])]
    rows = np.union1d(found, np.concatenate(near)) if near else found
    if allowed is not None:
        rows = rows[allowed[rows]]
    cosine = index.vectors.scores_of(query, rows)
    bm25 = index.lexical.scores_of(terms, rows) / whole
    means = _mean(cosine, bm25)
    owners, at = np.unique(index.release_of[rows], return_inverse=True)
    best = np.full(len(owners), -np.inf, dtype=np.float32)
    np.maximum.at(best, at, means)
    guess = means + np.float32(RELEASE) * best[at]
    order = np.lexsort((rows, -guess))[:CANDIDATES]
    chosen = rows[order]
    held = index.lexical.terms_in(terms, chosen)
    return Found(chosen, cosine[order], bm25[order], best[at][order], held)


def _mean(cosine: NDArray[np.float32], bm25: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.float32(COSINE) * cosine + np.float32(1 - COSINE) * bm25


def described(index: Index, found: Found) -> list[Candidate]:
    """The candidates with their texts, in the same order."""
    numbers = index.passages[found.rows]
    headings = index.catalogue.by_number(np.unique(numbers[:, 0]).tolist())
    texts = {number: index.catalogue.paragraphs(number) for number in headings}
    under = {number: belongs_under(paragraphs) for number, paragraphs in texts.items()}
    candidates = []
    for at, row in enumerate(found.rows.tolist()):
        release, number = numbers[at].tolist()
        first = index.rows_of(release)[0]
        part = int((index.passages[first:row] == numbers[at]).all(axis=1).sum())
        pieces = list(parts(texts[release][number - 1]))
        candidates.append(
            Candidate(
                row=row,
                release=headings[release],
                passage=Passage(number, pieces[part], under[release][number - 1]),
                paragraphs=texts[release],
                cosine=float(found.cosine[at]),
                bm25=float(found.bm25[at]),
                release_best=float(found.release_best[at]),
                repeats=int(index.repeats[row]),
                held=found.held[at],
            )
        )
    return candidates
