"""What is asked of a generation that is open, wherever it is kept.

`retrieval.index.folder_index` has one in a folder, `retrieval.index.postgres` one in PostgreSQL.
``tests/retrieval/index/test_index.py`` describes both.
"""

from collections.abc import Mapping, Sequence, Set
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Vectors
from retrieval.index.manifest import Manifest
from retrieval.index.names import NameIndex
from retrieval.index.release_store import ReleaseStore
from retrieval.index.scored_passages import ScoredPassages, Selection
from retrieval.index.titles import TitleIndex
from retrieval.index.vectors import Rows
from retrieval.index.vocabulary import Vocabulary
from retrieval.passages import Passage


class PassageSearch(Protocol):
    """The passages of a selection, scored for one question."""

    def best(self, k: int) -> ScoredPassages:
        """The ``k`` nearest by cosine, and the ``k`` best by BM25 that share a term.

        Which these are may be approximate; the scores are not.
        """
        ...

    def of_releases(self, releases: Sequence[int]) -> ScoredPassages:
        """All of the releases with these numbers."""
        ...

    def best_of_releases(self, cosine: float) -> NDArray[np.float32]:
        """(releases,) float32: the best score of the passages of each release; -inf without one.

        They are in the order of the releases' numbers. A score is the mean of cosine and BM25 in
        which ``cosine``, 0 to 1, is the weight of the former.
        """
        ...

    def terms_in(self, rows: Rows) -> list[frozenset[str]]:
        """Which of the question's terms each of the passages in these rows has."""
        ...


class Index(Protocol):
    """A generation, open to be read. Safe to use from several threads.

    A row, (n,) intp in arrays, names a passage; rows are in the order of release, paragraph and
    start. Releases are numbered too. Neither numbers need be consecutive, nor mean the same in
    another generation.
    """

    @property
    def manifest(self) -> Manifest:
        """What the generation is."""
        ...

    @property
    def releases(self) -> ReleaseStore:
        """Its releases and their texts."""
        ...

    @property
    def vocabulary(self) -> Vocabulary:
        """Its words, by which questions are spelled."""
        ...

    @property
    def names(self) -> NameIndex:
        """The members and newsrooms that a question may name."""
        ...

    @property
    def release_keys(self) -> Mapping[str, int]:
        """The number of each release by its `release_key`."""
        ...

    @property
    def titles(self) -> TitleIndex:
        """The titles of all releases, searchable while they are typed."""
        ...

    def located(self, rows: Rows) -> list[tuple[int, Passage]]:
        """The release number and the passage of each of the rows with these numbers."""
        ...

    def passages_of(self, release: int) -> list[Passage]:
        """All passages of a release, in order."""
        ...

    def idf(self, terms: Sequence[str]) -> dict[str, float]:
        """How rare each term is: ``ln(1 + (N - n + .5) / (n + .5))`` for n of N passages."""
        ...

    def search(
        self, vector: Vectors, idf: Mapping[str, float], selection: Selection | None
    ) -> PassageSearch:
        """Search the passages of a selection; None for all, those that recur included.

        Args:
            vector: (d,) float32, the question's.
            idf: the question's terms with their inverse document frequencies.
            selection: what may be found.
        """
        ...

    def releases_with(self, selection: Selection) -> Set[int]:
        """The numbers of the releases that have a passage of a selection."""
        ...

    def releases_about(self, terms: Sequence[str], *, share: float, least: int) -> Set[int]:
        """The numbers of the releases that are about what all of some terms name.

        At least a ``share`` of the passages of each, and at least so many, have all of the terms;
        of a release with fewer than ``least``, all have.
        """
        ...

    def releases_having(self, terms: Sequence[str]) -> Set[int]:
        """The numbers of the releases that have all of some terms, each in any passage."""
        ...

    def releases_quoting(self, phrase: str) -> Set[int]:
        """The numbers of the releases of which a paragraph holds a phrase."""
        ...

    def releases_near(self, vector: Vectors, cosine: float) -> Set[int]:
        """The numbers of the releases with a passage whose cosine with a vector is so high."""
        ...
