"""Generations in PostgreSQL: what many processes read, and one of them builds at a time.

A build is made in the data folder of the process that builds, as without a database, and what
differs is published. The folder remembers which generation it shares with the database
(``STORE``). Where that is not the current one of the database, since another host has built in
between, the folder first gets that one.
"""

import logging
import sqlite3
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from embeddings.encoder import Encoder
from retrieval.disk import flush
from retrieval.errors import (
    BuiltElsewhere,
    IndexDamaged,
    IndexVersion,
    NoIndex,
    SourcesUnknown,
    Where,
)
from retrieval.index.earlier_wordings import (
    HISTORY,
    EarlierWording,
    StoredWording,
    Wording,
    stored_wordings,
    without_unpublished,
)
from retrieval.index.folder_index import open_index
from retrieval.index.generations import current_name
from retrieval.index.index import Index
from retrieval.index.manifest import Manifest
from retrieval.index.postgres.postgres_index import (
    current_generation,
    current_manifest,
    open_postgres_index,
)
from retrieval.index.postgres.releases import PostgresReleases
from retrieval.index.postgres.schema import MIGRATIONS, SCHEMA
from retrieval.index.postgres.stored_text import stored_text
from retrieval.index.release_store import ReleaseStore
from retrieval.index.remembered_sources import (
    RememberedSources,
    built_from,
    read_sources,
    remember_sources,
)
from retrieval.indexing.postgres_restore import (
    NotStored,
    restore_generation,
    restore_wordings,
)
from retrieval.indexing.postgres_writer import CHANNEL, build_lock, publish_generation
from retrieval.indexing.report import OnProgress
from retrieval.postgres.database import Connection, PostgresDatabase
from retrieval.postgres.migrations import migrate
from retrieval.postgres.notifications import Listener
from retrieval.sqlite_damage import ERRORS
from retrieval.store import Publish

STORE = "STORE"
"""The file of a data folder that tells which generation it shares with the database.

It has the token of that in the database, and its name in the folder. A folder whose current
generation has another name is ahead: it was not published.
"""

log = logging.getLogger(__name__)


class PostgresStore:
    """A `Store` in PostgreSQL.

    Args:
        url: the address of the database.
        data: the data folder in which this process builds.
    """

    def __init__(self, url: str, data: Path) -> None:
        self._database = PostgresDatabase(url, SCHEMA)
        self._data = data
        self._is_migrated = False

    @property
    def where(self) -> Where:
        """The address of the database, without its password."""
        return self._database.address

    def stamp(self) -> Hashable:
        """As `Store.stamp`."""
        return current_generation(self._migrated())

    def open(self) -> Index:
        """As `Store.open`."""
        return open_postgres_index(self._migrated())

    def releases(self) -> tuple[Manifest, ReleaseStore]:
        """As `Store.releases`."""
        generation, manifest = current_manifest(self._migrated())
        return manifest, PostgresReleases(self._database, generation)

    def earlier_wordings(self, id: str, now: Wording) -> tuple[EarlierWording, ...]:
        """As `Store.earlier_wordings`."""
        rows = self._migrated().select(
            "SELECT number, release, replaced, size, text FROM wording WHERE release = %s"
            " ORDER BY number DESC",
            [stored_text(id)],
        )
        found = []
        for row in rows:
            try:
                found.append(StoredWording(*row).read())
            except (ValueError, ArithmeticError, sqlite3.Error) as error:
                log.error("an earlier wording of %s cannot be read: %s", id, error)
        return without_unpublished(found, now)

    @contextmanager
    def building(
        self,
        encoder: Encoder,
        sources: Sequence[Path] | None,
        on_progress: OnProgress,
        *,
        rebuild: bool = False,
    ) -> Iterator[Publish]:
        """As `Store.building`."""
        database = self._migrated()
        with (
            database.own_connection() as connection,
            build_lock(connection, database.address),
        ):
            token = _current_token(connection)
            if token is not None and not self._has(token):
                before = self._recorded()
                self._catch_up(connection, token, encoder, on_progress, rebuild=rebuild)
                if sources is not None:
                    self._check_sources(connection, before, sources)
            elif token is not None and not _has_wordings(self._data):
                restore_wordings(connection, self._data)  # or a build would delete them
            yield lambda: self._publish(connection, on_progress, anew=rebuild)

    @contextmanager
    def listen(self, on_change: Callable[[], None]) -> Iterator[None]:
        """As `Store.listen`."""
        with closing(Listener(self._database, CHANNEL, on_change)):
            yield

    def is_shared(self) -> bool:
        """Whether the data folder has the current generation, or one that was built on it."""
        with self._migrated().connection() as connection:
            token = _current_token(connection)
        return token is not None and self._has(token)

    def close(self) -> None:
        """Close the connections."""
        self._database.close()

    def _migrated(self) -> PostgresDatabase:
        """The database, once its tables are those of this version."""
        if not self._is_migrated:
            migrate(self._database, MIGRATIONS)
            self._is_migrated = True
        return self._database

    def _catch_up(
        self,
        connection: Connection,
        token: str,
        encoder: Encoder,
        on_progress: OnProgress,
        *,
        rebuild: bool,
    ) -> None:
        """Give the data folder the current generation of the database, which has a token."""
        log.info("the data folder gets the index of the database, which was built elsewhere")
        try:
            index = open_postgres_index(self._database)
            restored = restore_generation(connection, index, self._data, encoder, on_progress)
        except (NoIndex, IndexVersion, IndexDamaged, NotStored) as error:
            if isinstance(error, IndexDamaged) and not rebuild:
                raise
            log.warning("only the earlier wordings can be had from the database: %s", error)
            restore_wordings(connection, self._data)
            return
        # What this version makes of the same texts may differ: then it is to be published.
        is_same = restored.analysis == index.manifest.analysis
        self._share(token, restored.generation if is_same else "")

    def _recorded(self) -> RememberedSources | None:
        """The sources that the data folder knows of."""
        try:
            return built_from(self._data)
        except SourcesUnknown:
            return None

    def _check_sources(
        self, connection: Connection, before: RememberedSources | None, sources: Sequence[Path]
    ) -> None:
        """Raise `BuiltElsewhere` where a build leaves out sources of the index unawares.

        ``before`` is what the data folder knew: it knows them all from then on.
        """
        ((text,),) = connection.execute(
            "SELECT sources FROM generation JOIN current ON generation = number"
        ).fetchall()
        recorded = read_sources(self._data, text or "")
        known = {each.absolute() for each in sources}
        missing = [each for each in recorded.paths if each not in known] if recorded else []
        if recorded and missing and before != recorded:
            remember_sources(self._data, recorded)
            raise BuiltElsewhere(self._database.address, missing)

    def _publish(self, connection: Connection, on_progress: OnProgress, *, anew: bool) -> None:
        index = open_index(self._data)
        name = index.manifest.generation
        if not anew and self._shared() == [_current_token(connection), name]:
            return
        with self._database.errors():
            token = publish_generation(connection, index, self._data, on_progress, anew=anew)
        self._share(token, name)

    def _has(self, token: str) -> bool:
        """Whether the data folder has the generation with a token, or one that was built on it."""
        return current_name(self._data) is not None and self._shared()[:1] == [token]

    def _shared(self) -> list[str]:
        """The token and the name of the generation that the folder shares with the database."""
        try:
            return (self._data / STORE).read_text(encoding="utf-8").split()
        except (OSError, UnicodeDecodeError):
            return []

    def _share(self, token: str, name: str) -> None:
        new = self._data / f"{STORE}.new"
        new.write_text(f"{token} {name}\n", encoding="utf-8")
        flush(new)
        new.replace(self._data / STORE)


def _has_wordings(data: Path) -> bool:
    """Whether the earlier wordings of a data folder are there, and can be read."""
    try:
        stored_wordings(data)
    except ERRORS:
        return False
    return (data / HISTORY).exists()


def _current_token(connection: Connection) -> str | None:
    rows = connection.execute(
        "SELECT token FROM generation JOIN current ON generation = number"
    ).fetchall()
    return str(rows[0][0]) if rows else None
