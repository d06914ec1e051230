"""Publishing the generation of a data folder in PostgreSQL: what differs from the one before.

New releases are written first, as rows of a generation that nobody reads (`postgres_releases`).
One transaction then ends what is no more, and makes that generation the current one. A process that
dies before leaves rows that the next publication deletes. Who reads the generation before goes on
with that one.
"""

import logging
import secrets
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import psycopg
from pgvector.psycopg import register_vector

from retrieval.errors import IndexBusy, IndexDamaged
from retrieval.index.earlier_wordings import stored_wordings
from retrieval.index.folder_index import FolderIndex
from retrieval.index.manifest import Manifest
from retrieval.index.postgres.schema import (
    SCHEMA,
    TABLES,
    Generation,
    create_indexes,
    drop_other_indexes,
)
from retrieval.index.postgres.stored_text import read_text, stored_text
from retrieval.index.remembered_sources import SOURCES
from retrieval.indexing.postgres_counts import change_terms, write_words
from retrieval.indexing.postgres_releases import NewReleases, ReleaseWriter, copy_into
from retrieval.indexing.report import OnProgress
from retrieval.indexing.wording_record import READERS
from retrieval.postgres.database import Connection
from retrieval.sqlite_damage import ERRORS

CHANNEL = "verbatim_generation"
"""Where the number of each new generation is notified."""

_LOCK = "verbatim build"
_KEPT = "10 minutes"  # for which a generation stays readable after the next one was published
_ANALYSED = 0.05  # of the releases: more than that, and what the planner knows is counted anew
_VERSIONED = ("release", "recurring", "term", "word")  # passages go with their releases

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Before:
    """The last generation of the database, and how far its numbers go.

    ``manifest`` is None where nothing can be kept of it.
    """

    generation: Generation = field(default_factory=lambda: Generation(0, 0))
    manifest: Manifest | None = None
    terms: int = 0
    releases: int = 0
    passages: int = 0


@dataclass(frozen=True, slots=True)
class _Difference:
    """The releases of a folder beside those of the last generation of the database.

    Attributes:
        kept: the numbers in the database of those that stay, by those in the folder.
        new: the digests of the others, by their numbers in the folder, in order.
        ended: the numbers in the database of those that are no more.
    """

    kept: Mapping[int, int]
    new: Mapping[int, bytes]
    ended: Sequence[int]


@dataclass(frozen=True, slots=True)
class _Ended:
    """The passages of releases that are no more: how many have each term, and all their terms."""

    having: Mapping[str, int]
    terms: int


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
    connection: Connection,
    index: FolderIndex,
    data: Path,
    on_progress: OnProgress = lambda _: None,
    *,
    anew: bool = False,
) -> str:
    """Make the generation of a data folder the current one of the database.

    Args:
        connection: to the schema, under `build_lock`, in no transaction.
        index: the generation.
        data: the data folder, for the earlier wordings of releases.
        on_progress: called at each step.
        anew: write everything, also what the database has already: that may be damaged.

    Returns:
        The token of the generation.

    Raises:
        IndexDamaged: if the database then has other numbers of releases and passages.
    """
    register_vector(connection)
    before = _before(connection)
    _delete_old_rows(connection, before)
    number = before.generation.number + 1
    generation = replace(before.generation, number=number)
    if anew or not _is_alike(before.manifest, index.manifest):
        generation = Generation(number, number)
    difference = _difference(connection, index, generation)
    if len(difference.ended) > len(difference.kept):
        # To end rows takes longer than to write them, since an index gets each row that changes.
        generation = Generation(number, number)
        difference = _difference(connection, index, generation)
    new = NewReleases(before.releases, before.passages)
    ReleaseWriter(connection, index, number, new).write(difference.new, on_progress)
    with connection.transaction():
        create_indexes(connection, index.manifest.dimensions)
    if len(difference.new) > _ANALYSED * index.manifest.releases:
        connection.execute(f"ANALYZE {', '.join(TABLES)}".encode())
    token = secrets.token_hex(16)
    with connection.transaction():
        ended = _end_releases(connection, number, difference.ended)
        new.having.subtract(ended.having)
        change_terms(connection, generation, new.having)
        write_words(connection, generation, index.vocabulary.counts)
        _write_wordings(connection, data)
        terms = new.terms
        if generation.epoch < number:
            terms += before.terms - ended.terms
        _make_current(connection, index, generation, token, terms, new)
        _write_recurring(connection, index, generation, {**difference.kept, **new.numbers})
        _check(connection, index.manifest, generation)
        connection.execute("SELECT pg_notify(%s, %s)", [CHANNEL, f"{SCHEMA} {number}"])
        # Last, because it may write into the index of pg_textsearch.
        connection.execute(
            "UPDATE passage SET died = %s WHERE release = ANY(%s)", [number, [*difference.ended]]
        )
    return token


def _before(connection: Connection) -> _Before:
    """The last generation of the database.

    Nothing of it can be kept if it is of another version, or not the current one any more.
    """
    rows = connection.execute(
        "SELECT number, epoch, manifest, EXISTS (SELECT FROM current WHERE generation = number),"
        " terms, releases, passages FROM generation ORDER BY number DESC LIMIT 1"
    ).fetchall()
    if not rows:
        return _Before()
    number, epoch, text, is_current, *counts = rows[0]
    manifest = None
    with suppress(ValueError, KeyError, TypeError, AttributeError, RecursionError):
        manifest = Manifest.from_json(text) if is_current else None
    return _Before(Generation(number, epoch), manifest, *counts)


def _is_alike(before: Manifest | None, now: Manifest) -> bool:
    """Whether equal releases have equal passages and vectors in two generations."""
    return before is not None and (before.format, before.fingerprint, before.analysis) == (
        now.format,
        now.fingerprint,
        now.analysis,
    )


def _delete_old_rows(connection: Connection, before: _Before) -> None:
    """Delete what a publication has left that was broken off, and what only old generations have.

    Those are the ones that were superseded some time ago.
    """
    with connection.transaction():
        connection.execute("DELETE FROM release WHERE born > %s", [before.generation.number])
        connection.execute(
            f"DELETE FROM generation WHERE superseded < now() - interval '{_KEPT}'".encode()
        )
        oldest = connection.execute(
            "SELECT number, epoch FROM generation ORDER BY number LIMIT 1"
        ).fetchone()
        for table in _VERSIONED if oldest else ():
            query = f"DELETE FROM {table} WHERE died <= %s OR born < %s"
            connection.execute(query.encode(), oldest)
        if before.manifest:
            drop_other_indexes(connection, before.manifest.dimensions)


def _difference(connection: Connection, index: FolderIndex, generation: Generation) -> _Difference:
    """What differs from the rows that a generation, not written yet, may keep."""
    known = _known(connection, generation)
    rows = index.releases.contents()
    sources = index.releases.copy_sources()
    kept, new = dict[int, int](), dict[int, bytes]()
    for id, number in index.releases.ids().items():
        held = known.get(id)
        if held and held[1:] == (rows[id].digest, rows[id].source, sources[number]):
            kept[number] = held[0]
            del known[id]
        else:
            new[number] = rows[id].digest
    ended = [number for number, *_ in known.values()]
    return _Difference(kept, dict(sorted(new.items())), ended)


def _known(
    connection: Connection, generation: Generation
) -> dict[str, tuple[int, bytes, str, tuple[str, ...]]]:
    """Number, digest, source and the sources of the copies of each release, by id."""
    sources: dict[int, list[str]] = {}
    copies = connection.execute(
        "SELECT copy.release, copy.source FROM copy JOIN release"
        f" ON release.number = copy.release WHERE {generation.holds('release')}"
        " ORDER BY copy.release, position".encode()
    )
    for release, source in copies:
        sources.setdefault(release, []).append(read_text(source))
    rows = connection.execute(
        "SELECT id, number, digest, source FROM release"
        f" WHERE {generation.holds('release')}".encode()
    )
    return {
        read_text(id): (number, digest, read_text(source), tuple(sources.get(number, ())))
        for id, number, digest, source in rows
    }


def _end_releases(connection: Connection, number: int, ended: Sequence[int]) -> _Ended:
    """End the releases with these numbers in the database; their passages follow."""
    rows = connection.execute("SELECT terms FROM passage WHERE release = ANY(%s)", [[*ended]])
    terms = [text.split(" ") for (text,) in rows if text]
    connection.execute("UPDATE release SET died = %s WHERE number = ANY(%s)", [number, [*ended]])
    having = Counter(term for each in terms for term in set(each))
    return _Ended(having, sum(map(len, terms)))


def _make_current(
    connection: Connection,
    index: FolderIndex,
    generation: Generation,
    token: str,
    terms: int,
    new: NewReleases,
) -> None:
    """Write what is said of a generation, and make it the current one.

    ``terms`` is how many its passages have, repeated ones included.
    """
    connection.execute(
        "INSERT INTO generation (number, epoch, manifest, token, sources, readers, terms,"
        " releases, passages) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [
            generation.number,
            generation.epoch,
            _manifest(index.manifest).to_json(),
            token,
            _text(index.folder / SOURCES),
            _text(index.folder / READERS),
            terms,
            new.next_release,
            new.next_passage,
        ],
    )
    connection.execute(
        "INSERT INTO current (generation) VALUES (%s)"
        " ON CONFLICT (is_only) DO UPDATE SET generation = excluded.generation",
        [generation.number],
    )
    connection.execute(
        "UPDATE generation SET superseded = now() WHERE superseded IS NULL AND number <> %s",
        [generation.number],
    )


def _write_recurring(
    connection: Connection, index: FolderIndex, generation: Generation, numbers: Mapping[int, int]
) -> None:
    """Write which passages begin and cease to recur.

    ``numbers`` are those of releases in the database, by those in the folder.
    """
    places = index.passages[index.recurring][:, [0, 1, 2]].tolist()
    recurring = {(numbers[release], paragraph, first) for release, paragraph, first in places}
    held = {
        tuple(place): passage
        for passage, *place in connection.execute(
            "SELECT passage.number, release, paragraph, first FROM recurring"
            " JOIN passage ON passage.number = recurring.passage"
            f" WHERE {generation.holds('recurring')}".encode()
        )
    }
    ended = [passage for place, passage in held.items() if place not in recurring]
    connection.execute(
        "UPDATE recurring SET died = %s WHERE passage = ANY(%s)"
        f" AND {generation.holds('recurring')}".encode(),
        [generation.number, ended],
    )
    new = [place for place in recurring if place not in held]
    connection.execute(
        "INSERT INTO recurring (passage, born) SELECT passage.number, %s FROM passage JOIN"
        " unnest(%s::bigint[], %s::integer[], %s::integer[]) AS place"
        " (release, paragraph, first) USING (release, paragraph, first)",
        [generation.number, *([place[at] for place in new] for at in range(3))],
    )


def _check(connection: Connection, manifest: Manifest, generation: Generation) -> None:
    """Compare what the database has with the manifest."""
    ((releases, passages),) = connection.execute(
        "SELECT count(*), coalesce(sum(passages), 0) FROM release"
        f" WHERE {generation.has('release')}".encode()
    ).fetchall()
    if (releases, passages) != (manifest.releases, manifest.passages):
        raise IndexDamaged(
            "the database",
            f"it has {releases:,} releases and {passages:,} passages, the data folder "
            f"{manifest.releases:,} and {manifest.passages:,}",
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
    with copy_into(connection, "wording (number, release, replaced, size, text)") as write:
        for each in now.values():
            if each.number not in same:
                write(each.number, stored_text(each.release), *each[2:])


def _text(path: Path) -> str | None:
    """A text file, if it is there."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
