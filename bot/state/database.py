"""What the stores need of a database, which is a file of SQLite's or a schema of PostgreSQL's.

Both take the same statements, with ``?`` for each value. What the two do not share is written so
that both take it: no ``INSERT OR REPLACE`` but ``ON CONFLICT``, no row id but ``RETURNING``,
truth as 0 and 1. ``user`` is a word of SQL: it stands with its table, or in quotes.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol

from embeddings.errors import VerbatimError

Row = tuple[Any, ...]

_OF_A_FILE = (
    "Fix that, or move the file away: "
    "the bot then starts without the settings of its servers and without feedback"
)


class StateUnusable(VerbatimError):
    """The state of the bot cannot be read or written.

    Args:
        place: the file, or the address of the database without its password.
        reason: what is wrong.
        advice: what to do.
    """

    def __init__(self, place: Path | str, reason: str, advice: str = _OF_A_FILE) -> None:
        super().__init__(f"cannot use {place}: {reason}. {advice}")
        self.place = place
        self.reason = reason


class StateCursor(Protocol):
    """What a statement did."""

    @property
    def rowcount(self) -> int:
        """How many rows it touched."""

    def fetchall(self) -> list[Row]:
        """Its rows."""


class StateConnection(Protocol):
    """Runs the statements of one transaction."""

    def execute(self, query: str, values: Sequence[object] = ..., /) -> StateCursor:
        """Run a statement."""

    def executemany(self, query: str, rows: Iterable[Sequence[object]], /) -> object:
        """Run a statement for each row."""


class StateLock(Protocol):
    """Something that one process does at a time, of all those that share a state."""

    def is_held(self) -> bool:
        """Whether it is still held: it is lost with the connection to the database."""

    def release(self) -> None:
        """Let others have it."""


class StateDatabase(Protocol):
    """Safe to use from several threads. Every method raises `StateUnusable`."""

    def read(self, query: str, values: Sequence[object] = ()) -> list[Row]:
        """The rows of a statement, which is a transaction of its own."""

    def write(self, query: str, values: Sequence[object] = ()) -> None:
        """Run a statement, which is a transaction of its own."""

    def write_many(self, query: str, rows: Iterable[Sequence[object]]) -> None:
        """Run a statement for each row, in one transaction."""

    def transaction(self) -> AbstractContextManager[StateConnection]:
        """Run several statements as one transaction, which is durable when the block ends.

        It is rolled back if the block raises. Of all processes that share the state, one at a time
        is in such a block: what it reads is what it changes.
        """

    def try_lock(self, name: str) -> StateLock | None:
        """Take a lock, which ends with this process at the latest; None if another one has it."""

    def watch(self, changed: Callable[[], None]) -> None:
        """Call back, in a thread, whenever another process may have changed settings of servers."""

    def parsing(self) -> AbstractContextManager[None]:
        """Raise `StateUnusable` for a stored value that cannot be read."""

    def compact(self) -> None:
        """Leave as little as can be of what was deleted."""

    def last_ids(self) -> Mapping[str, int]:
        """The highest ids that were given out, of the tables that give none out twice."""

    def count_from(self, ids: Mapping[str, int]) -> None:
        """Give out only ids above these, by table, and above all that there are."""

    def close(self) -> None:
        """Close it."""


@contextmanager
def parsing_errors(place: Path | str) -> Iterator[None]:
    """Raise `StateUnusable` for a stored value that cannot be read."""
    try:
        yield
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise StateUnusable(place, "one of its values cannot be read") from error
