"""What a build keeps of releases whose text has changed: their wording until now.

Only what a newsroom changes counts. What other readers make of the same documents is no change, nor
is another form of the same words, nor what recurs through the newsroom's releases.
"""

import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.errors import IndexDamaged, IndexVersion, NoIndex
from retrieval.index.earlier_wordings import Wording, WordingChange, record_changes
from retrieval.index.folder_index import open_generation
from retrieval.index.generations import current_folder, read_manifest
from retrieval.index.manifest import Manifest
from retrieval.index.release_store import StoredDigest
from retrieval.index.sqlite_releases import release_store
from retrieval.indexing.deduplication import DistinctRelease
from retrieval.release import ReleaseInfo, own_count
from retrieval.text.tokens import words
from retrieval.text.wording_changes import joined_key, said_by, wording_key

READERS = "readers.txt"
"""The file of a generation with the version of the readers that it was read by."""

log = logging.getLogger(__name__)


def is_read_by(folder: Path, readers: str) -> bool:
    """Whether the generation in a folder was read by the readers of a version."""
    try:
        return (folder / READERS).read_text(encoding="utf-8") == readers
    except (OSError, UnicodeDecodeError):
        return False


def keep_wordings(
    data: Path,
    before: Mapping[str, StoredDigest],
    releases: Sequence[DistinctRelease],
    recurring: NDArray[np.int32],
    readers: str,
    now: datetime,
) -> Path | None:
    """Keep what releases say in the current generation and no longer in the next one.

    Args:
        data: the data folder.
        before: what the current generation has.
        releases: those of the next one, in order.
        recurring: (m, 2) int32: the release and paragraph numbers that recur in the next one.
        readers: the version of the readers of the next one.
        now: when the changes were seen.

    Returns:
        Where a file of earlier wordings was put that cannot be read; None if there was none.

    Raises:
        HistoryNewer: if a newer version of Verbatim wrote them.
    """
    changes = list[WordingChange]()
    ids = {*before, *(copy.id for each in releases for copy in each.copies)}
    try:
        if before:
            folder = current_folder(data)
            generation = _Generation(folder, read_manifest(folder))
            ids |= generation.ids()
            if is_read_by(folder, readers):
                changes += _changes(generation, before, releases, recurring)
    except NoIndex:
        pass  # the first build: nothing has an earlier wording
    except (IndexDamaged, IndexVersion, OSError, ValueError) as error:
        log.warning("earlier wordings are not kept: %s", error)
    return record_changes(data, changes, ids, now)


class _Generation:
    """A published generation, as far as the wordings in it go."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self._folder = folder
        self._manifest = manifest
        self._store = release_store(folder, manifest)

    def ids(self) -> set[str]:
        """The ids of all releases, and of their copies."""
        return set[str]().union(*self._store.ids_with_copies().values())

    def find(self, id: str) -> ReleaseInfo | None:
        """The release with an id, or of which that is a copy."""
        return self._store.find(id)

    def wording(self, info: ReleaseInfo) -> Wording:
        """What a release says."""
        paragraphs = self._store.paragraphs(info.number)
        own = own_count(self._store.places(info.number), len(paragraphs))
        return Wording(info.title, paragraphs[:own])

    @cached_property
    def recurring(self) -> NDArray[np.int32]:
        """(m, 2) int32: the release and paragraph numbers that recur."""
        index = open_generation(self._folder, self._manifest)
        places: NDArray[np.int32] = index.passages[index.recurring][:, :2]
        return places


def _changes(
    generation: _Generation,
    before: Mapping[str, StoredDigest],
    releases: Sequence[DistinctRelease],
    recurring: NDArray[np.int32],
) -> Iterator[WordingChange]:
    for number, each in enumerate(releases):
        id = each.release.id
        if id in before and before[id].digest == each.digest:
            continue
        info = generation.find(id)
        if info is None:
            continue
        old, new = generation.wording(info), Wording.of(each.release)
        if old == new:
            continue
        is_shown = _shown(old) != _shown(new)
        if id in before:
            recurs = _recurring(old, info.number, generation.recurring)
            recurs |= _recurring(new, number, recurring)
            yield WordingChange(id, old, is_shown and _said(old, recurs) != _said(new, recurs))
        elif is_shown and _words(old) != _words(new):
            # A copy until now, which had the same words as the release that stood for it.
            yield WordingChange(id, old, is_kept=True)


def _recurring(wording: Wording, number: int, recurring: NDArray[np.int32]) -> set[str]:
    """The keys of those paragraphs of the release with a number that recur."""
    places = set(recurring[recurring[:, 0] == number, 1].tolist())
    paragraphs = enumerate(wording.paragraphs, start=1)
    return {wording_key(text) for at, text in paragraphs if at in places}


def _said(wording: Wording, recurring: Collection[str]) -> str:
    """What a release says, without the paragraphs that have some keys."""
    own = (text for text in wording.paragraphs if wording_key(text) not in recurring)
    return said_by([wording.title, *own])


def _shown(wording: Wording) -> tuple[str, str]:
    """Equal for two wordings if no change is shown between them."""
    return wording_key(wording.title), joined_key(wording.paragraphs)


def _words(wording: Wording) -> list[list[str]]:
    return [word for each in (wording.title, *wording.paragraphs) if (word := words(each))]
