"""In which servers the bot is, and what is kept of those that have removed it."""

from collections.abc import Callable, Collection

from bot.state.answers import UNANSWERED
from bot.state.database import StateConnection, StateDatabase
from bot.state.servers import ServerStore

# What the managers of a server have set, what is to be sent there, and what they would see.
_OF_SERVER = (
    "server WHERE id = ?",
    "announcement WHERE server = ?",
    "outbox WHERE server = ?",
    f"answer WHERE {UNANSWERED}",
    "membership WHERE server = ?",
)
_NOTE = (
    "INSERT INTO membership (server, gone) VALUES (?, ?)"
    " ON CONFLICT (server) DO UPDATE SET gone = excluded.gone"
)


class MembershipStore:
    """The servers that the bot is or was in. Every method raises `StateUnusable`."""

    def __init__(self, database: StateDatabase, servers: ServerStore) -> None:
        self._database = database
        self._servers = servers

    def note(
        self,
        present: Collection[int],
        now: float,
        sees: Callable[[int], bool] = lambda _: True,
    ) -> None:
        """Note in which servers the bot is; it has left all others that are known, now or before.

        Known are those that were noted, and those with settings or announcements. Of these only
        what this process ``sees`` if the bot is in it can have been left: others have other shards.
        """
        with self._database.transaction() as connection:
            rows = connection.execute("SELECT server, gone FROM membership").fetchall()
            noted: dict[int, float | None] = dict(rows)
            connection.executemany(
                _NOTE, ([id, None] for id in present if noted.get(id, now) is not None)
            )
            missing = {*noted, *_with_settings(connection)} - set(present)
            connection.executemany(
                _NOTE, ([id, now] for id in missing if noted.get(id) is None and sees(id))
            )

    def forget(self, before: float) -> int:
        """Delete what is kept of servers that the bot has left before a time; return how many."""
        with self._database.transaction() as connection:
            rows = connection.execute("SELECT server FROM membership WHERE gone < ?", [before])
            left = [int(id) for (id,) in rows.fetchall()]
            for each in _OF_SERVER:
                connection.executemany(f"DELETE FROM {each}", ([id] for id in left))
        self._servers.drop(left)
        return len(left)


def _with_settings(connection: StateConnection) -> set[int]:
    """The servers with settings or announcements. 0 is none: direct messages have it elsewhere."""
    rows = connection.execute("SELECT id FROM server UNION SELECT server FROM announcement")
    return {int(id) for (id,) in rows.fetchall()} - {0}
