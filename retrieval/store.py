"""Where generations are published and read: the data folder, or PostgreSQL.

`retrieval.postgres_store` has the latter.
"""

from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeAlias

from retrieval.errors import Where
from retrieval.index.earlier_wordings import EarlierWording, Wording, earlier_wordings
from retrieval.index.generations import current_stamp
from retrieval.index.manifest import Manifest
from retrieval.index.release_store import ReleaseStore
from retrieval.index.sqlite_releases import open_release_store
from retrieval.indexing.report import OnProgress

if TYPE_CHECKING:  # importing these takes longer than a list of releases may
    from embeddings.encoder import Encoder
    from retrieval.index.index import Index

Publish: TypeAlias = Callable[[], None]
"""Makes the current generation of the data folder that of the store."""


class Store(Protocol):
    """Where generations are published and read. Safe to use from several threads.

    A store in a database raises `DatabaseError` beside what is named here.
    """

    @property
    def where(self) -> Where:
        """Where it is, for messages."""
        ...

    def stamp(self) -> Hashable:
        """A value that differs once another generation is published; None if there is none."""
        ...

    def open(self) -> "Index":
        """Open the current generation. Raises `NoIndex`, `IndexDamaged` or `IndexVersion`."""
        ...

    def releases(self) -> tuple[Manifest, ReleaseStore]:
        """The current generation's releases alone, which need neither model nor vectors.

        Raises `NoIndex`, `IndexDamaged` or `IndexVersion`.
        """
        ...

    def earlier_wordings(self, id: str, now: Wording) -> tuple[EarlierWording, ...]:
        """The earlier wordings of a release, the latest first; ``now`` is what it says."""
        ...

    def building(
        self,
        encoder: "Encoder",
        sources: Sequence[Path] | None,
        on_progress: OnProgress,
        *,
        rebuild: bool = False,
    ) -> AbstractContextManager[Publish]:
        """The data folder made ready to build on the current generation, while nobody else builds.

        Args:
            encoder: the model of the build.
            sources: what it reads; None if nothing is built.
            on_progress: called at each step.
            rebuild: publish everything anew: what is stored may be damaged.

        Raises:
            IndexBusy: somebody builds.
            BuiltElsewhere: another host has built in between, from more sources than these.
        """
        ...

    def listen(self, on_change: Callable[[], None]) -> AbstractContextManager[None]:
        """Call a function, in any thread, whenever another process may have published.

        It is called until the context is left. A store that is asked at each question anyway, and
        that nothing is heard of, never calls it.
        """
        ...

    def close(self) -> None:
        """Close what is open."""
        ...


class FolderStore:
    """A `Store` in a data folder: what is built there is published by the build itself."""

    def __init__(self, data: Path) -> None:
        self._data = data

    @property
    def where(self) -> Where:
        """The data folder."""
        return self._data

    def stamp(self) -> Hashable:
        """As `Store.stamp`."""
        return current_stamp(self._data)

    def open(self) -> "Index":
        """As `Store.open`."""
        from retrieval.index.folder_index import open_index

        return open_index(self._data)

    def releases(self) -> tuple[Manifest, ReleaseStore]:
        """As `Store.releases`."""
        return open_release_store(self._data)

    def earlier_wordings(self, id: str, now: Wording) -> tuple[EarlierWording, ...]:
        """As `Store.earlier_wordings`."""
        return earlier_wordings(self._data, id, now)

    @contextmanager
    def building(
        self,
        encoder: "Encoder",
        sources: Sequence[Path] | None,
        on_progress: OnProgress,
        *,
        rebuild: bool = False,
    ) -> Iterator[Publish]:
        """Nothing is to be made ready, and the build itself lets nobody else build."""
        yield lambda: None

    def listen(self, on_change: Callable[[], None]) -> AbstractContextManager[None]:
        """Nothing is heard of a folder."""
        return nullcontext()

    def close(self) -> None:
        """Nothing is open."""
