"""Generations in PostgreSQL: what many processes read, and one of them builds at a time.

A build is made in the data folder of the process that builds, as without a database, and what
differs is published. The folder remembers with which generation of the database it began
(``STORE``). Where that is not the current one, since another host has built in between, the folder
first gets that one.
"""

import logging
from collections.abc import Callable, Hashable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from embeddings.encoder import Encoder
from retrieval.errors import NoIndex, Where
from retrieval.index.earlier_wordings import (
    EarlierWording,
    StoredWording,
    Wording,
    without_unpublished,
)
from retrieval.index.folder_index import open_index
from retrieval.index.generations import CURRENT
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
from retrieval.indexing.postgres_restore import restore_generation
from retrieval.indexing.postgres_writer import CHANNEL, build_lock, publish_generation
from retrieval.indexing.report import OnProgress
from retrieval.postgres.database import Connection, PostgresDatabase
from retrieval.postgres.migrations import migrate
from retrieval.postgres.notifications import Listener
from retrieval.store import Publish

STORE = "STORE"
"""The file of a data folder with the token of the generation that it shares with the database."""

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
        number, manifest = current_manifest(self._migrated())
        return manifest, PostgresReleases(self._database, number)

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
            except (ValueError, ArithmeticError) as error:
                log.error("an earlier wording of %s cannot be read: %s", id, error)
        return without_unpublished(found, now)

    @contextmanager
    def building(self, encoder: Encoder, on_progress: OnProgress) -> Iterator[Publish]:
        """As `Store.building`."""
        database = self._migrated()
        with (
            database.own_connection() as connection,
            build_lock(connection, database.address),
        ):
            self._catch_up(connection, encoder, on_progress)
            yield lambda: self._publish(connection)

    @contextmanager
    def listen(self, on_change: Callable[[], None]) -> Iterator[None]:
        """As `Store.listen`."""
        with closing(Listener(self._database, CHANNEL, on_change)):
            yield

    def is_shared(self) -> bool:
        """Whether the data folder has the current generation, or one that was built on it."""
        with self._migrated().connection() as connection:
            token = _current_token(connection)
        return token is not None and token == self._token()

    def close(self) -> None:
        """Close the connections."""
        self._database.close()

    def _migrated(self) -> PostgresDatabase:
        """The database, once its tables are those of this version."""
        if not self._is_migrated:
            migrate(self._database, MIGRATIONS)
            self._is_migrated = True
        return self._database

    def _catch_up(self, connection: Connection, encoder: Encoder, on_progress: OnProgress) -> None:
        """Give the data folder the current generation of the database, if it has another."""
        token = _current_token(connection)
        if token is None or token == self._token():
            return
        try:
            index = open_postgres_index(self._database)
        except NoIndex:
            return
        if index.manifest.fingerprint != encoder.model.fingerprint:
            return  # of another model, nothing can be kept
        number, _ = current_manifest(self._database)
        log.info("the data folder gets the index of the database, which has been built elsewhere")
        restore_generation(connection, index, number, self._data, encoder, on_progress)
        _write(self._data / STORE, token)

    def _token(self) -> str | None:
        """The token of the generation that the data folder began with; None if it has none."""
        return _read(self._data / STORE) if (self._data / CURRENT).exists() else None

    def _publish(self, connection: Connection) -> None:
        index = open_index(self._data)
        token = _current_token(connection)
        if token is not None and token == self._token():
            _, manifest = current_manifest(self._database)
            if manifest.generation == index.manifest.generation:
                return
        with self._database.errors():
            token = publish_generation(connection, index, self._data)
        _write(self._data / STORE, token)


def _current_token(connection: Connection) -> str | None:
    rows = connection.execute(
        "SELECT token FROM generation JOIN current ON generation = number"
    ).fetchall()
    return str(rows[0][0]) if rows else None


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None


def _write(path: Path, text: str) -> None:
    new = path.with_suffix(".new")
    new.write_text(text + "\n", encoding="utf-8")
    new.replace(path)
