"""Counts of a generation in PostgreSQL: of which only those are written that have changed."""

from collections.abc import Mapping

from retrieval.index.postgres.schema import Generation
from retrieval.index.postgres.stored_text import read_text, stored_text
from retrieval.indexing.postgres_releases import copy_into
from retrieval.postgres.database import Connection

_CHANGED = "verbatim_change"


def change_terms(
    connection: Connection, generation: Generation, changes: Mapping[str, int]
) -> None:
    """Change how many passages have each term, by how many more have it; terms are as stored."""
    changed = {term: change for term, change in changes.items() if change}
    _change(connection, generation, "term", "passages", changed)


def write_words(connection: Connection, generation: Generation, counts: Mapping[str, int]) -> None:
    """Write how often each word occurs."""
    query = f"SELECT word, count FROM word WHERE {generation.holds('word')}"
    before = {read_text(word): count for word, count in connection.execute(query.encode())}
    changes = {
        stored_text(word): change
        for word in (*counts, *(word for word in before if word not in counts))
        if (change := counts.get(word, 0) - before.get(word, 0))
    }
    _change(connection, generation, "word", "count", changes)


def _change(
    connection: Connection,
    generation: Generation,
    name: str,
    count: str,
    changes: Mapping[str, int],
) -> None:
    """Write what has changed in a table of counts, as rows of a generation.

    ``changes`` are by what is counted, as it is stored.
    """
    connection.execute(
        f"CREATE TEMPORARY TABLE {_CHANGED} (name text, change bigint) ON COMMIT DROP".encode()
    )
    with copy_into(connection, f"{_CHANGED} (name, change)") as write:
        for each, change in changes.items():
            write(each, change)
    connection.execute(f"ANALYZE {_CHANGED}".encode())
    number = generation.number
    connection.execute(
        f"INSERT INTO {name} ({name}, {count}, born)"
        f" SELECT changed.name, coalesce(held.{count}, 0) + changed.change, {number}"
        f" FROM {_CHANGED} AS changed LEFT JOIN {name} AS held ON held.{name} = changed.name"
        f" AND {generation.holds('held')}"
        f" WHERE coalesce(held.{count}, 0) + changed.change > 0".encode()
    )
    connection.execute(
        f"UPDATE {name} SET died = {number} FROM {_CHANGED} AS changed"
        f" WHERE {name}.{name} = changed.name AND {name}.born < {number}"
        f" AND {generation.holds(name)}".encode()
    )
    connection.execute(f"DROP TABLE {_CHANGED}".encode())
