"""An open generation: its releases, passages, vectors and terms, read only."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.errors import IndexDamaged
from retrieval.index.arrays import mapped_array
from retrieval.index.bm25 import Bm25Index
from retrieval.index.generations import current_folder, read_manifest, verify
from retrieval.index.manifest import Manifest
from retrieval.index.names import NameIndex
from retrieval.index.phrases import PhraseIndex, SegmentedPhrases
from retrieval.index.placement import Placement, placement
from retrieval.index.release_store import ReleaseStore, release_store
from retrieval.index.segmented_vectors import SegmentedVectors
from retrieval.index.segments import PHRASES, Segment, open_segment
from retrieval.index.titles import TitleIndex
from retrieval.index.vectors import Mask, Rows, VectorStore
from retrieval.index.vocabulary import Vocabulary
from retrieval.passages import Passage
from retrieval.release import Filter
from retrieval.text.keys import release_key

RECURRING = "recurring.npy"
WORDS = "words.txt"


@dataclass(frozen=True)
class Index:
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
    releases: ReleaseStore
    vectors: VectorStore
    bm25: Bm25Index
    phrases: SegmentedPhrases
    passages: NDArray[np.int32]
    recurring: Mask
    vocabulary: Vocabulary

    @cached_property
    def names(self) -> NameIndex:
        """The members and newsrooms that a question may name."""
        return NameIndex(self.releases.authors())

    @cached_property
    def release_keys(self) -> Mapping[str, int]:
        """The number of each release by its `release_key`."""
        return {release_key(id): number for id, number in self.releases.ids().items()}

    @cached_property
    def titles(self) -> TitleIndex:
        """The titles of all releases, searchable while they are typed."""
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
        """The release number and the passage of each of the rows with these numbers."""
        return [(release, Passage(*fields)) for release, *fields in self.passages[rows].tolist()]

    def texts(self) -> Iterator[str]:
        """The text of the passage of each row, in order."""
        for release in range(self.manifest.releases):
            paragraphs = self.releases.paragraphs(release)
            for _, passage in self.located(self.rows_of(release)):
                yield passage.text(paragraphs)

    def allowed_rows(self, allowed: Filter, phrases: Sequence[str] = ()) -> Mask | None:
        """(n,) bool: the rows whose release passes a filter and whose paragraph holds each phrase.

        None where all are allowed. `PhraseIndex.paragraphs_with` says how phrases are compared.
        Recurring rows are allowed only if they hold a phrase: whoever quotes them means them.
        """
        mask = self._filtered(allowed) if allowed else None
        if not phrases and self._has_recurring:
            mask = ~self.recurring if mask is None else mask & ~self.recurring
        for phrase in phrases:
            places = self.phrases.paragraphs_with(phrase)
            holding = np.isin(_place_numbers(self.passages), _place_numbers(places))
            mask = holding if mask is None else mask & holding
        return mask

    @cached_property
    def _has_recurring(self) -> bool:
        return bool(self.recurring.any())

    def _filtered(self, allowed: Filter) -> Mask:
        releases = np.zeros(self.manifest.releases, dtype=np.bool_)
        releases[self.releases.numbers(allowed)] = True
        return releases[self.release_of]


def open_index(data: Path) -> Index:
    """Open the current generation, once every file has its checksum.

    Raises `NoIndex`, `IndexDamaged` or `IndexVersion`.
    """
    folder = current_folder(data)
    manifest = read_manifest(folder)
    verify(folder, manifest)
    return open_generation(folder, manifest)


def open_generation(folder: Path, manifest: Manifest) -> Index:
    """Open the generation in a folder, whose files need not have their checksums.

    Raises `IndexDamaged` where a file cannot be what it is to be.
    """
    try:
        return _opened(folder, manifest)
    except (OSError, ValueError, KeyError, IndexError, TypeError, OverflowError) as error:
        raise IndexDamaged(folder, str(error)) from error


def _opened(folder: Path, manifest: Manifest) -> Index:
    segments = tuple(open_segment(folder, each) for each in manifest.segments)
    releases = release_store(folder, manifest)
    placed = placement(
        np.array(releases.locations(), dtype=np.int32).reshape(-1, 2),
        [each.info.documents for each in segments],
        [each.passages for each in segments],
    )
    size = len(placed.passages)
    phrases = [PhraseIndex(each.folder / PHRASES) for each in segments]
    return Index(
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
