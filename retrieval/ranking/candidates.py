"""Passages that may answer: near in meaning, sharing terms, or of a release that matches well.

Every row has a cosine and a BM25 score; their weighted mean is the first guess. The rows of a
release whose best row scores high are candidates too, since the right release is often found
before the right paragraph.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray

from embeddings.reranker import SourcedText
from retrieval.errors import IndexDamaged
from retrieval.index.index import Index, PassageSearch
from retrieval.passages import Passage
from retrieval.ranking.weights import COSINE, RELEASE
from retrieval.release import Place, ReleaseInfo

_DEPTH = 100  # rows taken from each of the two searches
_WHOLE_RELEASES = 8  # the best releases, every row of which is scored
CANDIDATES = 60  # rows that features are computed for, besides those of the best releases
_COMPLETE = 2  # the best releases, of which every row is a candidate
_MAX_ROWS = 40  # of one release


class ReleaseText:
    """The paragraphs of a release, read when they are first asked for: few candidates need them."""

    def __init__(
        self,
        read: Callable[[], Sequence[str]],
        read_places: Callable[[], Sequence[Place]] = tuple,
    ) -> None:
        self._read, self._read_places = read, read_places

    @cached_property
    def paragraphs(self) -> Sequence[str]:
        """All of them, in order."""
        return self._read()

    @cached_property
    def places(self) -> Sequence[Place]:
        """The place of each; none if the release has neither pages nor attachments."""
        return self._read_places()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that may answer, with its scores and its place.

    Attributes:
        release: the release that it is from.
        passage: its place in the release.
        paragraph: the whole paragraph that it is from.
        body: the paragraphs of the release.
        cosine: of the question's vector and its own.
        bm25: its BM25 score over the sum of the question's idf.
        release_best: the best mean of cosine and BM25 in its release.
        terms: the terms of the question in passage, title or author.
    """

    release: ReleaseInfo
    passage: Passage
    paragraph: str
    body: ReleaseText
    cosine: float
    bm25: float
    release_best: float
    terms: frozenset[str]

    @property
    def number(self) -> int:
        """The number of its paragraph in the release, from 1."""
        return self.passage.paragraph

    @property
    def text(self) -> str:
        """The passage: all of the paragraph, or a part of a very long one."""
        return self.paragraph[self.passage.start : self.passage.end]

    @property
    def under(self) -> str:
        """The heading or the lead-in above its paragraph, or an empty text."""
        return self.passage.heading(self.body.paragraphs)


@dataclass(frozen=True, slots=True)
class CandidateRows:
    """(n,) rows of the index, best first guess first, and the scores of each.

    ``guess`` (that first guess), ``cosine``, ``bm25`` (over the sum of the question's idf) and
    ``release_best`` (the best mean of the two in the row's release) are (n,) float32; ``terms`` are
    the question's terms in each.
    """

    rows: NDArray[np.intp]
    guess: NDArray[np.float32]
    cosine: NDArray[np.float32]
    bm25: NDArray[np.float32]
    release_best: NDArray[np.float32]
    terms: Sequence[frozenset[str]]


def find_candidates(index: Index, search: PassageSearch) -> list[Candidate]:
    """The most promising passages of a search, best first guess first, with their texts."""
    rows = candidate_rows(search)
    return load_candidates(index, rows) if len(rows.rows) else []


def candidate_rows(search: PassageSearch) -> CandidateRows:
    """The most promising rows of a search."""
    found = search.best(_DEPTH)
    best_first = found.releases[np.argsort(-found.mean(COSINE), kind="stable")]
    releases = dict.fromkeys(best_first.tolist())
    found = found.joined(search.of_releases([*releases][:_WHOLE_RELEASES]))
    means = found.mean(COSINE)
    owners, position = np.unique(found.releases, return_inverse=True)
    best = np.full(len(owners), -np.inf, dtype=np.float32)
    np.maximum.at(best, position, means)
    guess = means + np.float32(RELEASE) * best[position]
    order = np.lexsort((found.rows, -guess))
    rank = np.empty(len(order), dtype=np.intp)
    rank[order] = np.arange(len(order))
    kept = rank < CANDIDATES
    for release in np.argsort(-best, kind="stable")[:_COMPLETE]:
        own = order[position[order] == release][:_MAX_ROWS]
        kept[own] = True
    order = order[kept[order]]
    chosen = found.rows[order]
    return CandidateRows(
        chosen,
        guess[order],
        found.cosine[order],
        found.bm25[order],
        best[position][order],
        search.terms_in(chosen),
    )


def load_candidates(index: Index, found: CandidateRows) -> list[Candidate]:
    """The candidates of some rows with their texts, in the same order; equal ones oldest first.

    Raises `IndexDamaged` where a release or a paragraph is missing.
    """
    located = index.located(found.rows)
    places = [(release, passage.paragraph) for release, passage in located]
    numbers = [*{number for number, _ in places}]
    releases = index.releases.by_number(numbers)
    store = index.releases
    bodies = {
        each: ReleaseText(partial(store.paragraphs, each), partial(store.places, each))
        for each in numbers
    }
    texts = index.releases.paragraphs_at([*dict.fromkeys(places)])
    scores = zip(
        found.cosine.tolist(), found.bm25.tolist(), found.release_best.tolist(), strict=True
    )
    try:
        candidates = [
            Candidate(
                release=releases[number],
                passage=passage,
                paragraph=texts[number, passage.paragraph],
                body=bodies[number],
                cosine=cosine,
                bm25=bm25,
                release_best=release_best,
                terms=terms,
            )
            for (number, passage), (cosine, bm25, release_best), terms in zip(
                located, scores, found.terms, strict=True
            )
        ]
    except KeyError as error:
        name = f"generation {index.manifest.generation}"
        raise IndexDamaged(name, f"a passage belongs to {error}, which is missing") from error
    # The order of rows may be that in which releases were added.
    guesses = zip(found.guess.tolist(), candidates, strict=True)
    return [each for _, each in sorted(guesses, key=lambda pair: (-pair[0], *_order(pair[1])))]


def _order(candidate: Candidate) -> tuple[bool, date, str, int, int]:
    """Sorts passages from the oldest release on."""
    release, passage = candidate.release, candidate.passage
    day = release.date
    return day is None, day or date.min, release.id, passage.paragraph, passage.start


def reranker_text(candidate: Candidate) -> SourcedText:
    """What the reranker reads of a candidate: a passage under author, date, title and heading."""
    source = "\n".join(filter(None, (source_line(candidate.release), candidate.under)))
    return SourcedText(source, candidate.text)


def source_line(release: ReleaseInfo) -> str:
    """Whose a release is, when it was published, and its title: "Ann Roe, May 2024: Fares"."""
    when = f"{release.date:%B %Y}" if release.date else ""
    source = ", ".join(filter(None, (release.author, when)))
    return f"{source}: {release.title}" if source else release.title
