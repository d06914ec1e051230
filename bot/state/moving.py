"""Copies a whole state from one database to another, of either kind."""

from collections.abc import Mapping, Sequence

from bot.state.database import Row, StateConnection, StateDatabase
from embeddings.errors import VerbatimError

# In an order in which each row follows those that it refers to. The first columns are the key.
COLUMNS: Mapping[str, Sequence[str]] = {
    "answer": (
        *("id", "asked", "server", "channel", "message", "asker", "kind", "question", "searched"),
        *("folded", "answered", "confidence", "generation", "passages"),
    ),
    "verdict": ("answer", "voter", "helpful", "reason", "given"),
    "server": ("id", "settings"),
    "membership": ("server", "gone"),
    "note": ("name", "value"),
    "seen": ("release",),
    "outbox": (
        *("id", "server", "channel", "nonce", "total", "queued", "due", "attempts"),
        *("first_tried", "tried_revision", "message", "sent", "publish", "revision", "shown"),
        *("roles", "scopes", "digest", "post", "subscriptions"),
    ),
    "outbox_release": ("item", "release", "checksum", "changed"),
    "refresh": (
        *("site", "due", "failures", "failing_since", "reason", "told", "reading", "unbuilt"),
    ),
    "offer": ("id", "made", "plan"),
    "announcement": (
        *("id", "server", "channel", "role", "newsroom", "words", "question", "calibration"),
        *("made", "kept", "digest"),
    ),
    "subscription": (
        *("id", '"user"', "channel", "locale", "newsroom", "words", "question", "calibration"),
        *("made", "unannounced"),
    ),
}


class StateNotEmpty(VerbatimError):
    """A state that another one would be copied to has something already."""

    def __init__(self, tables: Sequence[str]) -> None:
        super().__init__(
            f"the state to copy to is not empty: it has rows in {', '.join(tables)}. "
            "Name another one, or delete what it has"
        )
        self.tables = tables


class StateInUse(VerbatimError):
    """A state was changed while it was copied."""

    def __init__(self, tables: Sequence[str]) -> None:
        super().__init__(
            f"the state was changed while it was copied, in {', '.join(tables)}; nothing was "
            "written. Stop all bots that use it, and try again"
        )
        self.tables = tables


def copy_state(source: StateDatabase, target: StateDatabase) -> Mapping[str, int]:
    """Copy all tables, ids included; return the number of rows of each.

    The source stays as it is. All is written in one transaction, and the target goes on counting
    ids where the source would.

    Raises:
        StateNotEmpty: with the target as it was, if there is something in it.
        StateInUse: with the target as it was, if the source changed in the meantime.
        StateUnusable: if one of them cannot be used.
    """
    with source.transaction() as connection:
        rows = {table: _read(connection, table) for table in COLUMNS}
    ids = source.last_ids()
    with target.transaction() as connection:
        if filled := [table for table, count in _counts(connection).items() if count]:
            raise StateNotEmpty(filled)
        for table, columns in COLUMNS.items():
            marks = ", ".join("?" * len(columns))
            connection.executemany(
                f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows[table]
            )
        copied = _counts(connection)
        with source.transaction() as other:
            left = _counts(other)
        if changed := [table for table in COLUMNS if copied[table] != left[table]]:
            raise StateInUse(changed)
    target.count_from(ids)
    return copied


def _read(connection: StateConnection, table: str) -> list[Row]:
    columns = ", ".join(COLUMNS[table])
    return connection.execute(f"SELECT {columns} FROM {table}").fetchall()


def _counts(connection: StateConnection) -> dict[str, int]:
    return {
        table: int(connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0])
        for table in COLUMNS
    }
