"""An open generation: its releases, vectors and terms, read only."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.errors import IndexDamaged
from retrieval.index.bm25 import Bm25Index
from retrieval.index.generations import current_folder, read_manifest, verify
from retrieval.index.manifest import Manifest
from retrieval.index.names import NameIndex
from retrieval.index.release_store import RELEASES, ReleaseStore
from retrieval.index.sign_codes import SignCodeVectors
from retrieval.index.titles import TitleIndex
from retrieval.index.vectors import ExactVectors, VectorStore
from retrieval.index.vocabulary import Vocabulary
from retrieval.release import Filter
from retrieval.text.keys import release_key

VECTORS = "vectors.npy"
CODES = "codes.npy"
PASSAGES = "passages.npy"
KEYS = "keys.npy"
REPEATS = "repeats.npy"
WORDS = "words.txt"
LEXICAL = "lexical"
ANALYSES = "analyses"


@dataclass(frozen=True)
class Index:
    """One generation, opened.

    ``passages`` is (n, 2) int32, release number and paragraph number of each row of ``vectors`` and
    ``lexical``; ``keys`` is (n, 16) uint8, what each row's embedded text is known by; ``repeats``
    is (n,) int32, how many releases hold the very paragraph of a row.
    """

    folder: Path
    manifest: Manifest
    releases: ReleaseStore
    vectors: VectorStore
    bm25: Bm25Index
    passages: NDArray[np.int32]
    keys: NDArray[np.uint8]
    repeats: NDArray[np.int32]
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
        """The titles, to be found while they are typed."""
        return TitleIndex(self.releases.select())

    @cached_property
    def release_of(self) -> NDArray[np.int32]:
        """(n,) int32: the release number of each row."""
        return np.ascontiguousarray(self.passages[:, 0])

    def rows_of(self, release: int) -> NDArray[np.intp]:
        """The rows of a release, which lie side by side."""
        first, stop = np.searchsorted(self.release_of, [release, release + 1])
        return np.arange(first, stop)

    def parts_before(self, rows: NDArray[np.intp]) -> list[int]:
        """For each row, how many parts of its paragraph come before it: 0 for a whole one."""
        places = self.passages
        before = np.zeros(len(rows), dtype=np.intp)
        while True:
            earlier = rows - before - 1
            further = (earlier >= 0) & (places[earlier] == places[rows]).all(axis=1)
            if not further.any():
                counts: list[int] = before.tolist()
                return counts
            before += further

    def rows(self, allowed: Filter) -> NDArray[np.bool_] | None:
        """(n,) bool: the rows whose release a filter lets through; None where it lets all."""
        if not allowed:
            return None
        releases = np.zeros(self.manifest.releases, dtype=np.bool_)
        releases[self.releases.numbers(allowed)] = True
        return releases[self.release_of]


def open_index(data: Path) -> Index:
    """The current generation, every file held against its checksum.

    Raises `NoIndex`, `IndexDamaged` or `IndexVersion`.
    """
    folder = current_folder(data)
    manifest = read_manifest(folder)
    verify(folder, manifest)
    try:
        return Index(
            folder=folder,
            manifest=manifest,
            releases=ReleaseStore(folder / RELEASES),
            vectors=_store(folder, manifest),
            bm25=Bm25Index.open(folder / LEXICAL, manifest.passages),
            passages=np.load(folder / PASSAGES, mmap_mode="r", allow_pickle=False),
            keys=np.load(folder / KEYS, mmap_mode="r", allow_pickle=False),
            repeats=np.load(folder / REPEATS, mmap_mode="r", allow_pickle=False),
            vocabulary=Vocabulary.open(folder / WORDS),
        )
    except (OSError, ValueError, KeyError) as error:
        raise IndexDamaged(folder, str(error)) from error


def _store(folder: Path, manifest: Manifest) -> VectorStore:
    if manifest.coded:
        return SignCodeVectors.open(folder / VECTORS, folder / CODES)
    return ExactVectors.open(folder / VECTORS)
