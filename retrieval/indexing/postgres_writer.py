"""Publishing the generation of a data folder in PostgreSQL: what differs, in one transaction.

Until the transaction ends, nobody sees anything of it, and who reads the generation before goes on
with that one afterwards. A process that dies leaves everything as it was.

From the first passage that a transaction writes to its end, the index of ``pg_textsearch`` is
locked: searches wait, and can neither be cancelled nor time out. So passages are written last, from
a temporary table, by statements that wait for nothing from here.
"""

import logging
import secrets
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
from pgvector import HalfVector
from pgvector.psycopg import register_vector

from retrieval.errors import IndexBusy, IndexDamaged
from retrieval.index.earlier_wordings import stored_wordings
from retrieval.index.folder_index import FolderIndex
from retrieval.index.manifest import Manifest
from retrieval.index.postgres.schema import FOREVER, SCHEMA, TABLES, alive, create_indexes
from retrieval.index.postgres.stored_text import (
    read_text,
    stored_text,
    stored_word,
    stored_words,
)
from retrieval.index.remembered_sources import SOURCES
from retrieval.indexing.release_words import ReleaseWords
from retrieval.indexing.wording_record import READERS
from retrieval.places import places_text
from retrieval.postgres.database import Connection
from retrieval.sqlite_damage import ERRORS
from retrieval.text.tokens import folded

CHANNEL = "verbatim_generation"
"""Where the number of each new generation is notified."""

_LOCK = "verbatim build"
_KEPT = "10 minutes"  # for which a generation stays readable after the next one was published
_ANALYSED = 0.05  # of the releases: more than that, and what the planner knows is counted anew
_LOOKED_UP = 10_000  # releases at a time
_COUNTED = "verbatim_change"
_VERSIONED = ("release", "recurring", "term", "word")
_WRITTEN = "verbatim_passage"
_HELD = f"died = {FOREVER}"  # of the generation before, and not ended yet

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Before:
    """The last generation of the database, and how far its numbers go.

    ``manifest`` is None where nothing can be kept of it.
    """

    number: int = 0
    manifest: Manifest | None = None
    terms: int = 0
    releases: int = 0
    passages: int = 0


@contextmanager
def build_lock(connection: Connection, address: str) -> Iterator[None]:
    """Nobody else publishes while the block runs; the lock dies with the connection.

    Raises `IndexBusy` if somebody does.
    """
    query = "SELECT pg_try_advisory_lock(hashtext(%s), hashtext(current_schema()))"
    ((is_mine,),) = connection.execute(query, [_LOCK]).fetchall()
    if not is_mine:
        raise IndexBusy(address)
    try:
        yield
    finally:
        with suppress(psycopg.Error):  # a lost connection has lost the lock
            connection.execute(
                "SELECT pg_advisory_unlock(hashtext(%s), hashtext(current_schema()))", [_LOCK]
            )


def publish_generation(
    connection: Connection, index: FolderIndex, data: Path, *, anew: bool = False
) -> str:
    """Make the generation of a data folder the current one of the database.

    Args:
        connection: to the schema, under `build_lock`.
        index: the generation.
        data: the data folder, for the earlier wordings of releases.
        anew: write everything, also what the database has already: that may be damaged.

    Returns:
        The token of the generation.

    Raises:
        IndexDamaged: if the database then has other numbers of releases and passages.
    """
    register_vector(connection)
    token = secrets.token_hex(16)
    with connection.transaction():
        before = _before(connection)
        number = before.number + 1
        anew = anew or not _is_alike(before.manifest, index.manifest)
        publisher = _Publisher(connection, index, before, number, anew=anew)
        publisher.write_releases()
        publisher.write_terms()
        publisher.write_words()
        _write_wordings(connection, data)
        connection.execute(
            "INSERT INTO generation (number, manifest, token, sources, readers, terms, releases,"
            " passages) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
            [
                number,
                _manifest(index.manifest).to_json(),
                token,
                _text(index.folder / SOURCES),
                _text(index.folder / READERS),
                publisher.terms,
                publisher.last_release,
                publisher.last_passage,
            ],
        )
        connection.execute(
            "INSERT INTO current (generation) VALUES (%s)"
            " ON CONFLICT (is_only) DO UPDATE SET generation = excluded.generation",
            [number],
        )
        connection.execute(
            "UPDATE generation SET superseded = now() WHERE superseded IS NULL AND number <> %s",
            [number],
        )
        publisher.check()
        _purge(connection, number)
        publisher.write_passages()
        create_indexes(connection, index.manifest.dimensions)
        if len(publisher.written) > _ANALYSED * index.manifest.releases:
            connection.execute(f"ANALYZE {', '.join(TABLES)}".encode())
        connection.execute("SELECT pg_notify(%s, %s)", [CHANNEL, f"{SCHEMA} {number}"])
    return token


class _Publisher:
    """One generation that is being published as ``number``."""

    def __init__(
        self,
        connection: Connection,
        index: FolderIndex,
        before: _Before,
        number: int,
        *,
        anew: bool,
    ) -> None:
        self._connection = connection
        self._index = index
        self._number = number
        self._numbers: dict[int, int] = {}  # in the database, by those in the folder
        self.written: Sequence[int] = ()  # the releases that are new in it
        self._anew = anew
        self._ended = list[int]()  # releases, by their numbers in the database
        self._changes = Counter[str]()  # how many more passages have each term, as it is stored
        self.terms = 0 if anew else before.terms
        self.last_release = before.releases
        self.last_passage = before.passages
        if anew:
            for table in _VERSIONED:
                connection.execute(f"UPDATE {table} SET died = {number} WHERE {_HELD}".encode())

    def write_releases(self) -> None:
        """Write the releases that differ, and end those that are no more."""
        index, connection = self._index, self._connection
        known = self._known()
        rows = index.releases.contents()
        ids = index.releases.ids()
        sources = index.releases.copy_sources()
        new = list[int]()
        for id, number in ids.items():
            held = known.get(id)
            stored = rows[id]
            if held and held[1:] == (stored.digest, stored.source, sources[number]):
                self._numbers[number] = held[0]
                del known[id]
            else:
                new.append(number)
        self._end([number for number, *_ in known.values()])
        new.sort()
        self.written = new
        for number in new:
            self._numbers[number] = self.last_release
            self.last_release += 1
        infos = {
            number: info
            for start in range(0, len(new), _LOOKED_UP)
            for number, info in index.releases.by_number(new[start : start + _LOOKED_UP]).items()
        }
        digest = {ids[id]: stored.digest for id, stored in rows.items()}
        counts = np.bincount(index.release_of, minlength=index.manifest.releases)
        with _copy(
            connection,
            "release (number, born, id, title, folded_title, date, url, newsroom, author, dateline,"
            " source, date_source, gone, digest, places, passages)",
        ) as write:
            for number in new:
                info = infos[number]
                write(
                    self._numbers[number],
                    self._number,
                    *_stored(info.id, info.title, folded(info.title)),
                    info.date,
                    *_stored(info.url, info.newsroom, info.author, info.dateline, info.source),
                    info.date_source and info.date_source.value,
                    info.gone,
                    digest[number],
                    places_text(index.releases.places(number)),
                    int(counts[number]),
                )
        with _copy(connection, "copy (release, position, id, url, newsroom, source)") as write:
            for number in new:
                for position, copy in enumerate(index.releases.copies(number)):
                    write(
                        self._numbers[number],
                        position,
                        *_stored(copy.id, copy.url, copy.newsroom, copy.source),
                    )
        self._write_texts(new)

    def _write_texts(self, new: Sequence[int]) -> None:
        """Write the paragraphs and the passages of releases with these numbers in the folder."""
        index, connection = self._index, self._connection
        words = ReleaseWords(index)
        with _copy(connection, "paragraph (release, number, text, words)") as write:
            for number in new:
                of_paragraph = words.of_paragraphs(number)
                for at, text in enumerate(index.releases.paragraphs(number), start=1):
                    write(self._numbers[number], at, stored_text(text), of_paragraph.get(at))
        columns = "(number, release, born, paragraph, first, stop, under, key, terms, vector)"
        types = "int8 int8 int8 int4 int4 int4 int4 bytea text halfvec".split()
        connection.execute(
            f"CREATE TEMPORARY TABLE {_WRITTEN} (LIKE passage INCLUDING DEFAULTS)"
            " ON COMMIT DROP".encode()
        )
        with _copy(connection, f"{_WRITTEN} {columns}", types) as write:
            for number in new:
                for row in words.rows(number):
                    self._changes.update(set(map(stored_word, row.terms)))
                    self.terms += len(row.terms)
                    write(
                        self.last_passage,
                        self._numbers[number],
                        self._number,
                        row.passage.paragraph,
                        row.passage.start,
                        row.passage.end,
                        row.passage.under,
                        row.key,
                        stored_words(row.terms),
                        HalfVector(row.vector),
                    )
                    self.last_passage += 1

    def _known(self) -> dict[str, tuple[int, bytes, str, tuple[str, ...]]]:
        """Number, digest, source and the sources of the copies of each release, by id."""
        sources: dict[int, list[str]] = {}
        copies = self._connection.execute(
            "SELECT copy.release, copy.source FROM copy JOIN release"
            f" ON release.number = copy.release WHERE release.{_HELD}"
            " ORDER BY copy.release, position".encode()
        )
        for release, source in copies:
            sources.setdefault(release, []).append(read_text(source))
        rows = self._connection.execute(
            f"SELECT id, number, digest, source FROM release WHERE {_HELD}".encode()
        )
        return {
            read_text(id): (number, digest, read_text(source), tuple(sources.get(number, ())))
            for id, number, digest, source in rows
        }

    def _end(self, numbers: Sequence[int]) -> None:
        """End the releases with these numbers in the database."""
        connection, number = self._connection, self._number
        if not numbers:
            return
        held = connection.execute(
            "SELECT terms FROM passage WHERE release = ANY(%s)", [[*numbers]]
        ).fetchall()
        for (terms,) in held:
            each = terms.split(" ") if terms else []
            self.terms -= len(each)
            self._changes.subtract(set(each))
        connection.execute(
            "UPDATE release SET died = %s WHERE number = ANY(%s)", [number, [*numbers]]
        )
        self._ended += numbers

    def write_terms(self) -> None:
        """Write how many passages have each term of which that has changed."""
        changes = {term: change for term, change in self._changes.items() if change}
        self._change_counts("term", "passages", changes)

    def write_words(self) -> None:
        """Write how often each word occurs of which that has changed."""
        rows = self._connection.execute(f"SELECT word, count FROM word WHERE {_HELD}".encode())
        before = {read_text(word): count for word, count in rows}
        now = self._index.vocabulary.counts
        changes = {
            stored_text(word): change
            for word in (*now, *(word for word in before if word not in now))
            if (change := now.get(word, 0) - before.get(word, 0))
        }
        self._change_counts("word", "count", changes)

    def _change_counts(self, name: str, count: str, changes: Mapping[str, int]) -> None:
        """Write changed counts into a table of counts, as rows of this generation.

        ``changes`` are by what is counted, as it is stored.
        """
        connection, number = self._connection, self._number
        connection.execute(
            f"CREATE TEMPORARY TABLE {_COUNTED} (name text, change bigint) ON COMMIT DROP".encode()
        )
        with _copy(connection, f"{_COUNTED} (name, change)") as write:
            for each, change in changes.items():
                write(each, change)
        connection.execute(f"ANALYZE {_COUNTED}".encode())
        connection.execute(
            f"INSERT INTO {name} ({name}, {count}, born)"
            f" SELECT changed.name, coalesce(held.{count}, 0) + changed.change, {number}"
            f" FROM {_COUNTED} AS changed LEFT JOIN {name} AS held ON held.{name} = changed.name"
            f" AND held.{_HELD}"
            f" WHERE coalesce(held.{count}, 0) + changed.change > 0".encode()
        )
        connection.execute(
            f"UPDATE {name} SET died = {number} FROM {_COUNTED} AS changed"
            f" WHERE {name}.{name} = changed.name AND {name}.born < {number}"
            f" AND {name}.{_HELD}".encode()
        )
        connection.execute(f"DROP TABLE {_COUNTED}".encode())

    def write_passages(self) -> None:
        """Write the new passages, end those of releases that are no more, and tell which recur."""
        ended = _HELD if self._anew else "release = ANY(%s)"
        self._connection.execute(
            f"UPDATE passage SET died = {self._number} WHERE {ended}".encode(),
            None if self._anew else [self._ended],
        )
        self._connection.execute(f"INSERT INTO passage SELECT * FROM {_WRITTEN}".encode())
        self._write_recurring()

    def _write_recurring(self) -> None:
        """Write which passages begin and cease to recur."""
        connection, number, index = self._connection, self._number, self._index
        places = index.passages[index.recurring][:, [0, 1, 2]].tolist()
        recurring = {
            (self._numbers[release], paragraph, first) for release, paragraph, first in places
        }
        held = {
            tuple(place): passage
            for passage, *place in connection.execute(
                "SELECT passage.number, release, paragraph, first FROM recurring"
                " JOIN passage ON passage.number = recurring.passage"
                f" WHERE recurring.{_HELD}".encode()
            )
        }
        ended = [passage for place, passage in held.items() if place not in recurring]
        connection.execute(
            f"UPDATE recurring SET died = %s WHERE passage = ANY(%s) AND {_HELD}".encode(),
            [number, ended],
        )
        new = [place for place in recurring if place not in held]
        connection.execute(
            "INSERT INTO recurring (passage, born) SELECT passage.number, %s FROM passage JOIN"
            " unnest(%s::bigint[], %s::integer[], %s::integer[]) AS place"
            " (release, paragraph, first) USING (release, paragraph, first)",
            [number, *([place[at] for place in new] for at in range(3))],
        )

    def check(self) -> None:
        """Compare what the database has with the manifest."""
        manifest = self._index.manifest
        ((releases, passages),) = self._connection.execute(
            "SELECT count(*), coalesce(sum(passages), 0) FROM release"
            f" WHERE {alive('release', self._number)}".encode()
        ).fetchall()
        if (releases, passages) != (manifest.releases, manifest.passages):
            raise IndexDamaged(
                "the database",
                f"it has {releases:,} releases and {passages:,} passages, the data folder "
                f"{manifest.releases:,} and {manifest.passages:,}",
            )


@contextmanager
def _copy(connection: Connection, into: str, types: Sequence[str] | None = None) -> Iterator[Any]:
    """A function that writes a row into a table; with the types of all columns, in binary."""
    form = " (FORMAT BINARY)" if types else ""
    with connection.cursor().copy(f"COPY {into} FROM STDIN{form}".encode()) as copy:
        if types:
            copy.set_types(types)
        yield lambda *row: copy.write_row(row)


def _before(connection: Connection) -> _Before:
    """The last generation of the database.

    Nothing of it can be kept if it is of another version, or not the current one any more.
    """
    rows = connection.execute(
        "SELECT number, manifest, EXISTS (SELECT FROM current WHERE generation = number), terms,"
        " releases, passages FROM generation ORDER BY number DESC LIMIT 1"
    ).fetchall()
    if not rows:
        return _Before()
    number, text, is_current, *counts = rows[0]
    manifest = None
    with suppress(ValueError, KeyError, TypeError, AttributeError, RecursionError):
        manifest = Manifest.from_json(text) if is_current else None
    return _Before(number, manifest, *counts)


def _is_alike(before: Manifest | None, now: Manifest) -> bool:
    """Whether equal releases have equal passages and vectors in two generations."""
    return before is not None and (before.format, before.fingerprint, before.analysis) == (
        now.format,
        now.fingerprint,
        now.analysis,
    )


def _manifest(manifest: Manifest) -> Manifest:
    """A manifest without what there is only in a folder."""
    return replace(manifest, files={}, segments=(), coded=False, recall=None)


def _write_wordings(connection: Connection, data: Path) -> None:
    """Make the earlier wordings of the database those of a data folder."""
    try:
        now = {each.number: each for each in stored_wordings(data)}
    except ERRORS as error:
        log.error("the earlier wordings in %s cannot be read: %s", data, error)
        return  # the database keeps those that it has
    held = {
        number: (read_text(release), replaced)
        for number, release, replaced in connection.execute(
            "SELECT number, release, replaced FROM wording"
        )
    }
    same = {
        number for number, each in now.items() if held.get(number) == (each.release, each.replaced)
    }
    connection.execute(
        "DELETE FROM wording WHERE number = ANY(%s)", [[each for each in held if each not in same]]
    )
    with _copy(connection, "wording (number, release, replaced, size, text)") as write:
        for each in now.values():
            if each.number not in same:
                write(each.number, stored_text(each.release), *each[2:])


def _purge(connection: Connection, number: int) -> None:
    """Delete what only generations have that were superseded some time ago."""
    connection.execute(
        f"DELETE FROM generation WHERE superseded < now() - interval '{_KEPT}'".encode()
    )
    ((oldest,),) = connection.execute("SELECT min(number) FROM generation").fetchall()
    for table in ("release", "recurring", "term", "word"):
        connection.execute(f"DELETE FROM {table} WHERE died <= %s".encode(), [oldest])


def _stored(*texts: str | None) -> list[str | None]:
    return [None if each is None else stored_text(each) for each in texts]


def _text(path: Path) -> str | None:
    """A text file, if it is there."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
