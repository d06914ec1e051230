"""The releases that the bot has seen, so that it announces each of them once."""

from collections.abc import Collection

from bot.state.database import StateDatabase


class SeenReleases:
    """The ids of all releases that have ever been in the index. `Outbox.record` adds to them."""

    def __init__(self, database: StateDatabase) -> None:
        self._database = database

    def unseen(self, ids: Collection[str]) -> set[str]:
        """The ids that have not been seen; none for the first index, which is no news.

        Raises `StateUnusable`.
        """
        seen = {row[0] for row in self._database.read("SELECT release FROM seen")}
        return set(ids) - seen if seen else set()
