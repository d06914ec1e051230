"""What is kept about a person, in all tables, and its deletion.

    answer         what they asked: in direct messages, whose channel tells who, and everywhere if
                   askers are kept (``VERBATIM_KEEP_NAMES``)
    verdict        their ratings, under a key that is computed of answer and user
    subscription   what they are told of, or were offered
    outbox         the direct messages to them, sent or not

Nothing else in the state is about a person; a test goes through its columns.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.state.answers import voter_key, voter_secret
from bot.state.database import Row, StateConnection, StateDatabase


@dataclass(frozen=True, slots=True)
class KeptAboutPerson:
    """How much is kept about somebody."""

    answers: int
    ratings: int
    subscriptions: int
    messages: int

    def __bool__(self) -> bool:
        return any((self.answers, self.ratings, self.subscriptions, self.messages))


class PersonStore:
    """Finds and deletes what is kept about somebody. Every method raises `StateUnusable`."""

    def __init__(self, database: StateDatabase) -> None:
        self._database = database

    def find(self, user: int, direct: int | None) -> KeptAboutPerson:
        """What is kept about a user; ``direct`` is the channel of the direct messages with them."""
        with self._database.transaction() as connection:
            return _Person(connection, user, direct).counted()

    def forget(self, user: int, direct: int | None) -> KeptAboutPerson:
        """Delete what is kept about a user; return what that was."""
        with self._database.transaction() as connection:
            person = _Person(connection, user, direct)
            found = person.counted()
            person.delete()
        self._database.compact()
        return found


class _Person:
    """What finds all that is about somebody, by table: a condition and its values."""

    def __init__(self, connection: StateConnection, user: int, direct: int | None) -> None:
        self._connection = connection
        self._ratings = _ratings(connection, user)
        rows = connection.execute(
            "SELECT channel FROM subscription WHERE subscription.user = ? AND channel IS NOT NULL",
            [user],
        )
        channels = {int(channel) for (channel,) in rows.fetchall()}
        known = sorted(channels | ({direct} if direct is not None else set()))
        theirs = f"channel IN ({', '.join('?' * len(known))})" if known else "1 = 0"
        self._conditions: Mapping[str, tuple[str, Sequence[object]]] = {
            "answer": (f"asker = ? OR (server IS NULL AND {theirs})", [user, *known]),
            "subscription": ("subscription.user = ?", [user]),
            "outbox": (theirs, known),
        }

    def counted(self) -> KeptAboutPerson:
        """How much it is."""
        answers, subscriptions, messages = (
            self._connection.execute(
                f"SELECT count(*) FROM {table} WHERE {condition}", values
            ).fetchall()[0][0]
            for table, (condition, values) in self._conditions.items()
        )
        return KeptAboutPerson(answers, len(self._ratings), subscriptions, messages)

    def delete(self) -> None:
        """Delete it."""
        self._connection.executemany(
            "DELETE FROM verdict WHERE answer = ? AND voter = ?", self._ratings
        )
        for table, (condition, values) in self._conditions.items():
            self._connection.execute(f"DELETE FROM {table} WHERE {condition}", values)


def _ratings(connection: StateConnection, user: int) -> list[Row]:
    """The keys of somebody's ratings, which only their computation tells."""
    if (secret := voter_secret(connection)) is None:
        return []  # nobody has rated anything
    rated = connection.execute("SELECT answer, voter FROM verdict").fetchall()
    return [row for row in rated if row[1] == voter_key(secret, row[0], user)]
