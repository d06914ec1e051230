"""Passages that may answer: found by meaning, by terms, and by the company that they keep.

Every row has a cosine and a BM25 score; their weighted mean is the first guess. A release whose
best row is good lifts its other rows, since the right release is often found before the right
paragraph.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Vectors
from retrieval.index.index import Index
from retrieval.passages import Passage
from retrieval.ranking.weights import COSINE, RELEASE
from retrieval.release import ReleaseInfo

_DEPTH = 100  # rows taken from each of the two searches
_COMPANY = 8  # releases of which every row is looked at
CANDIDATES = 60  # rows that are looked at closely


class ReleaseText:
    """The paragraphs of a release, read when they are first asked for: few candidates need them."""

    def __init__(self, read: Callable[[], Sequence[str]]) -> None:
        self._read = read

    @cached_property
    def paragraphs(self) -> Sequence[str]:
        """All of them, in order."""
        return self._read()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that may answer, with all that is known of it and of where it stands.

    ``paragraph`` is the whole paragraph, the one of ``number`` (from 1) in its release, and
    ``text`` the passage: all of it, or a part of a very long one. ``bm25`` is over the question's
    sum of idf; ``release_best`` is the best mean of cosine and BM25 in its release; ``repeats``
    counts the releases that hold the very paragraph; ``held`` are the terms of the question that
    stand in it, in its title or in its author's name.
    """

    row: int
    release: ReleaseInfo
    number: int
    paragraph: str
    text: str
    body: ReleaseText
    cosine: float
    bm25: float
    release_best: float
    repeats: int
    held: frozenset[str]
    passage: Passage

    @property
    def under(self) -> str:
        """The heading or the lead-in that its paragraph belongs to, or an empty text."""
        return self.passage.heading(self.body.paragraphs)


@dataclass(frozen=True, slots=True)
class CandidateRows:
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
) -> CandidateRows:
    """The most promising rows for a question's vector (d,) and its terms with their idf.

    Every row of the releases in ``company`` is among those that are weighed.
    """
    terms, whole = [*weights], np.float32(sum(weights.values()) or 1.0)
    by_meaning, _ = index.vectors.top(query, _DEPTH, allowed)
    by_terms, _ = index.bm25.top(terms, _DEPTH, allowed)
    found = np.union1d(by_meaning, by_terms)
    means = _mean(index.vectors.scores_of(query, found), index.bm25.scores_of(terms, found) / whole)
    releases = dict.fromkeys(index.release_of[found[np.argsort(-means, kind="stable")]].tolist())
    near = [index.rows_of(release) for release in (*company, *[*releases][:_COMPANY])]
    rows = np.union1d(found, np.concatenate(near)) if near else found
    if allowed is not None:
        rows = rows[allowed[rows]]
    cosine = index.vectors.scores_of(query, rows)
    bm25 = index.bm25.scores_of(terms, rows) / whole
    means = _mean(cosine, bm25)
    owners, at = np.unique(index.release_of[rows], return_inverse=True)
    best = np.full(len(owners), -np.inf, dtype=np.float32)
    np.maximum.at(best, at, means)
    guess = means + np.float32(RELEASE) * best[at]
    order = np.lexsort((rows, -guess))[:CANDIDATES]
    chosen = rows[order]
    held = index.bm25.terms_in(terms, chosen)
    return CandidateRows(chosen, cosine[order], bm25[order], best[at][order], held)


def _mean(cosine: NDArray[np.float32], bm25: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.float32(COSINE) * cosine + np.float32(1 - COSINE) * bm25


def described(index: Index, found: CandidateRows) -> list[Candidate]:
    """The candidates with their texts, in the same order."""
    located = index.located(found.rows)
    places = [(release, passage.paragraph) for release, passage in located]
    releases = [*{release for release, _ in places}]
    headings = index.releases.by_number(releases)
    bodies = {
        release: ReleaseText(partial(index.releases.paragraphs, release)) for release in releases
    }
    texts = index.releases.paragraphs_at([*dict.fromkeys(places)])
    repeats = index.repeats[found.rows].tolist()
    scores = zip(
        found.cosine.tolist(), found.bm25.tolist(), found.release_best.tolist(), strict=True
    )
    return [
        Candidate(
            row=row,
            release=headings[place[0]],
            number=place[1],
            paragraph=texts[place],
            text=texts[place][passage.start : passage.end],
            body=bodies[place[0]],
            cosine=cosine,
            bm25=bm25,
            release_best=release_best,
            repeats=repeated,
            held=held,
            passage=passage,
        )
        for row, place, (_, passage), (cosine, bm25, release_best), repeated, held in zip(
            found.rows.tolist(), places, located, scores, repeats, found.held, strict=True
        )
    ]
