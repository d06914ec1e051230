"""What is kept about a person, in all tables, and its deletion.

    answer         what they asked: in direct messages, whose channel tells who, and everywhere if
                   askers are kept (``VERBATIM_KEEP_NAMES``)
    verdict        their ratings, under a key that is computed of answer and user
    subscription   what they are told of, or were offered
    outbox         the direct messages to them, sent or not

Nothing else in the state is about a person; a test goes through its columns.
"""

import sqlite3
from dataclasses import dataclass

from bot.state.answers import voter_key, voter_secret
from bot.state.database import Database


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

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, user: int, direct: int | None) -> KeptAboutPerson:
        """What is kept about a user; ``direct`` is the channel of the direct messages with them."""
        with self._database.transaction() as connection:
            _select(connection, user, direct)
            return _counted(connection)

    def forget(self, user: int, direct: int | None) -> KeptAboutPerson:
        """Delete what is kept about a user; return what that was."""
        with self._database.transaction() as connection:
            _select(connection, user, direct)
            found = _counted(connection)
            for table in ("verdict", "answer", "subscription", "outbox"):
                connection.execute(f"DELETE FROM {table} WHERE {_IS_SELECTED[table]}")
        self._database.compact()
        return found


_IS_SELECTED = {
    "answer": "id IN (SELECT id FROM temp.person_answer)",
    "verdict": "(answer, voter) IN (SELECT answer, voter FROM temp.person_verdict)",
    "subscription": "user IN (SELECT user FROM temp.person)",
    "outbox": "channel IN (SELECT channel FROM temp.person_channel)",
}


def _select(connection: sqlite3.Connection, user: int, direct: int | None) -> None:
    """Fill temporary tables, which are in memory alone, with what is about somebody."""
    for table, columns in (
        ("person", "user"),
        ("person_channel", "channel"),
        ("person_answer", "id"),
        ("person_verdict", "answer, voter"),
    ):
        connection.execute(f"CREATE TEMP TABLE IF NOT EXISTS {table} ({columns})")
        connection.execute(f"DELETE FROM temp.{table}")
    connection.execute("INSERT INTO temp.person VALUES (?)", [user])
    connection.execute(
        "INSERT INTO temp.person_channel SELECT channel FROM subscription"
        " WHERE user = ? AND channel IS NOT NULL UNION SELECT ? WHERE ? IS NOT NULL",
        [user, direct, direct],
    )
    connection.execute(
        "INSERT INTO temp.person_answer SELECT id FROM answer WHERE asker = ?"
        " OR (server IS NULL AND channel IN (SELECT channel FROM temp.person_channel))",
        [user],
    )
    if (secret := voter_secret(connection)) is None:
        return  # nobody has rated anything
    rated = connection.execute("SELECT answer, voter FROM verdict").fetchall()
    connection.executemany(
        "INSERT INTO temp.person_verdict VALUES (?, ?)",
        (row for row in rated if row[1] == voter_key(secret, row[0], user)),
    )


def _counted(connection: sqlite3.Connection) -> KeptAboutPerson:
    answers, ratings, subscriptions, messages = (
        connection.execute(f"SELECT count(*) FROM {table} WHERE {condition}").fetchone()[0]
        for table, condition in _IS_SELECTED.items()
    )
    return KeptAboutPerson(answers, ratings, subscriptions, messages)
