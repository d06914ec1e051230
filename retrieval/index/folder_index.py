"""An open generation in a folder: its releases, passages, vectors and terms, read only."""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Vectors
from retrieval.errors import IndexDamaged
from retrieval.index.arrays import mapped_array
from retrieval.index.bm25 import Bm25Index, best_matching
from retrieval.index.generations import current_folder, read_manifest, verify
from retrieval.index.manifest import Manifest
from retrieval.index.names import NameIndex
from retrieval.index.phrases import PhraseIndex, SegmentedPhrases
from retrieval.index.placement import Placement, placement
from retrieval.index.scored_passages import ScoredPassages, Selection
from retrieval.index.segmented_vectors import SegmentedVectors
from retrieval.index.segments import PHRASES, Segment, open_segment
from retrieval.index.sqlite_releases import SqliteReleases, release_store
from retrieval.index.titles import TitleIndex
from retrieval.index.vectors import Mask, Rows, VectorStore
from retrieval.index.vocabulary import Vocabulary
from retrieval.passages import Passage
from retrieval.release import Filter
from retrieval.text.keys import release_key

RECURRING = "recurring.npy"
WORDS = "words.txt"


@dataclass(frozen=True)
class FolderIndex:
    """One generation, opened: n passages, each a row of ``vectors``, ``bm25`` and these arrays.

    Rows are in the order of release, paragraph and start.

    Attributes:
        segments: what its rows are in. Nothing but ``indexing`` need know of them.
        passages: (n, 5) int32: release number, paragraph, start, end and under (see `Passage`).
        recurring: (n,) bool: those that recur through their newsrooms' releases and answer nothing.
    """

    folder: Path
    manifest: Manifest
    segments: tuple[Segment, ...]
    releases: SqliteReleases
    vectors: VectorStore
    bm25: Bm25Index
    phrases: SegmentedPhrases
    passages: NDArray[np.int32]
    recurring: Mask
    vocabulary: Vocabulary

    @cached_property
    def names(self) -> NameIndex:
        """As `Index.names`."""
        return NameIndex(self.releases.authors())

    @cached_property
    def release_keys(self) -> Mapping[str, int]:
        """As `Index.release_keys`."""
        return {release_key(id): number for id, number in self.releases.ids().items()}

    @cached_property
    def titles(self) -> TitleIndex:
        """As `Index.titles`."""
        return TitleIndex(self.releases.select())

    @cached_property
    def release_of(self) -> NDArray[np.int32]:
        """(n,) int32: the release number of each row."""
        return np.ascontiguousarray(self.passages[:, 0])

    def rows_of(self, release: int) -> Rows:
        """The rows of a release, ascending and without gaps."""
        first, stop = np.searchsorted(self.release_of, [release, release + 1])
        return np.arange(first, stop)

    def located(self, rows: Rows) -> list[tuple[int, Passage]]:
        """As `Index.located`."""
        return [(release, Passage(*fields)) for release, *fields in self.passages[rows].tolist()]

    def passages_of(self, release: int) -> list[Passage]:
        """As `Index.passages_of`."""
        return [passage for _, passage in self.located(self.rows_of(release))]

    def texts(self) -> Iterator[str]:
        """The text of the passage of each row, in order."""
        for release in range(self.manifest.releases):
            paragraphs = self.releases.paragraphs(release)
            for passage in self.passages_of(release):
                yield passage.text(paragraphs)

    def idf(self, terms: Sequence[str]) -> dict[str, float]:
        """As `Index.idf`."""
        return {term: self.bm25.idf(term) for term in terms}

    def search(
        self, vector: Vectors, idf: Mapping[str, float], selection: Selection | None
    ) -> "FolderSearch":
        """As `Index.search`."""
        return FolderSearch(self, vector, idf, self.rows_in(selection) if selection else None)

    def rows_in(self, selection: Selection) -> Mask | None:
        """(n,) bool: the rows of a selection; None where that is all."""
        mask = self._filtered(selection.filter) if selection.filter else None
        if not selection.phrases and self._has_recurring:
            mask = ~self.recurring if mask is None else mask & ~self.recurring
        if selection.phrases:
            places = self.phrases.paragraphs_with(*selection.phrases)
            holding = np.isin(_place_numbers(self.passages), _place_numbers(places))
            mask = holding if mask is None else mask & holding
        return mask

    def releases_with(self, selection: Selection) -> Set[int]:
        """As `Index.releases_with`."""
        rows = self.rows_in(selection)
        return _numbers(self.release_of if rows is None else self.release_of[rows])

    def releases_about(self, terms: Sequence[str], *, share: float, least: int) -> Set[int]:
        """As `Index.releases_about`."""
        size = self.manifest.releases
        passages = np.bincount(self.release_of, minlength=size)
        holding = np.bincount(self.release_of[self.bm25.holding(terms)], minlength=size)
        enough = holding >= np.maximum(np.clip(passages, 1, least), share * passages)
        return _numbers(np.flatnonzero(enough))

    def releases_having(self, terms: Sequence[str]) -> Set[int]:
        """As `Index.releases_having`."""
        having = [_numbers(self.release_of[self.bm25.holding([term])]) for term in terms]
        return frozenset.intersection(*having) if having else frozenset()

    def releases_quoting(self, phrase: str) -> Set[int]:
        """As `Index.releases_quoting`."""
        return _numbers(self.phrases.paragraphs_with(phrase)[:, 0])

    def releases_near(self, vector: Vectors, cosine: float) -> Set[int]:
        """The numbers of the releases with a passage whose cosine with a vector is so high.

        Takes as long as an exact search, however few there are.
        """
        # Any number of passages may be near, so there is no k to ask the vector store for.
        cosines = self.vectors.scores_of(vector, np.arange(len(self.vectors)))
        return _numbers(self.release_of[cosines >= cosine])

    @cached_property
    def _has_recurring(self) -> bool:
        return bool(self.recurring.any())

    def _filtered(self, allowed: Filter) -> Mask:
        releases = np.zeros(self.manifest.releases, dtype=np.bool_)
        releases[self.releases.numbers(allowed)] = True
        return releases[self.release_of]


class FolderSearch:
    """The passages of a selection, scored for one question."""

    def __init__(
        self, index: FolderIndex, vector: Vectors, idf: Mapping[str, float], allowed: Mask | None
    ) -> None:
        self._index = index
        self._vector = vector
        self._terms = [*idf]
        self._allowed = allowed
        self._total_idf = np.float32(sum(idf.values()) or 1.0)
        self._bm25 = index.bm25.scores(self._terms)

    def best(self, k: int) -> ScoredPassages:
        """As `PassageSearch.best`."""
        nearest, _ = self._index.vectors.top(self._vector, k, self._allowed)
        matching, _ = best_matching(self._bm25, k, self._allowed)
        return self._scored(np.union1d(nearest, matching))

    def of_releases(self, releases: Sequence[int]) -> ScoredPassages:
        """As `PassageSearch.of_releases`."""
        rows = np.concatenate(
            [np.empty(0, dtype=np.intp), *(self._index.rows_of(each) for each in sorted(releases))]
        )
        return self._scored(rows if self._allowed is None else rows[self._allowed[rows]])

    def best_of_releases(self, cosine: float) -> NDArray[np.float32]:
        """As `PassageSearch.best_of_releases`."""
        size = len(self._index.vectors)
        rows = np.arange(size) if self._allowed is None else np.flatnonzero(self._allowed)
        found = self._scored(rows)
        best = np.full(self._index.manifest.releases, -np.inf, dtype=np.float32)
        np.maximum.at(best, found.releases, found.mean(cosine))
        return best

    def terms_in(self, rows: Rows) -> list[frozenset[str]]:
        """As `PassageSearch.terms_in`."""
        return self._index.bm25.terms_in(self._terms, rows)

    def _scored(self, rows: Rows) -> ScoredPassages:
        return ScoredPassages(
            rows,
            self._index.release_of[rows],
            self._index.vectors.scores_of(self._vector, rows),
            self._bm25[rows] / self._total_idf,
        )


def open_index(data: Path) -> FolderIndex:
    """Open the current generation, once every file has its checksum.

    Raises `NoIndex`, `IndexDamaged` or `IndexVersion`.
    """
    folder = current_folder(data)
    manifest = read_manifest(folder)
    verify(folder, manifest)
    return open_generation(folder, manifest)


def open_generation(folder: Path, manifest: Manifest) -> FolderIndex:
    """Open the generation in a folder, whose files need not have their checksums.

    Raises `IndexDamaged` where a file cannot be what it is to be.
    """
    try:
        return _opened(folder, manifest)
    except (OSError, ValueError, KeyError, IndexError, TypeError, OverflowError) as error:
        raise IndexDamaged(folder, str(error)) from error


def _opened(folder: Path, manifest: Manifest) -> FolderIndex:
    segments = tuple(open_segment(folder, each) for each in manifest.segments)
    releases = release_store(folder, manifest)
    placed = placement(
        np.array(releases.locations(), dtype=np.int32).reshape(-1, 2),
        [each.info.documents for each in segments],
        [each.passages for each in segments],
    )
    size = len(placed.passages)
    phrases = [PhraseIndex(each.folder / PHRASES) for each in segments]
    return FolderIndex(
        folder=folder,
        manifest=manifest,
        segments=segments,
        releases=releases,
        vectors=_vectors(segments, placed),
        bm25=Bm25Index(
            size, [(each.postings, rows) for each, rows in zip(segments, placed.rows, strict=True)]
        ),
        phrases=SegmentedPhrases(list(zip(phrases, placed.releases, strict=True))),
        passages=placed.passages,
        recurring=mapped_array(folder / RECURRING),
        vocabulary=Vocabulary.open(folder / WORDS),
    )


def _vectors(segments: Sequence[Segment], placed: Placement) -> VectorStore:
    if len(segments) == 1 and placed.rows[0].numbers is None:
        return segments[0].vectors
    stores = [(each.vectors, rows) for each, rows in zip(segments, placed.rows, strict=True)]
    return SegmentedVectors(len(placed.passages), stores)


def _place_numbers(places: NDArray[np.int32]) -> NDArray[np.int64]:
    """(m,) int64: one number for the release and the paragraph that begin each row of (m, 2+)."""
    numbers: NDArray[np.int64] = (places[:, 0].astype(np.int64) << 32) | places[:, 1]
    return numbers


def _numbers(numbers: NDArray[np.integer]) -> frozenset[int]:
    """Each of some numbers, (m,), once."""
    return frozenset(np.unique(numbers).tolist())
