"""Which releases the bot has seen, so that it announces each of them once."""

from collections.abc import Collection

from bot.state.database import Database


class SeenReleases:
    """The ids of all releases that were in the index at some time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def new(self, ids: Collection[str]) -> set[str]:
        """Those of ``ids`` that were never seen; none of the very first: they are no news."""
        before = {row[0] for row in self._database.read("SELECT release FROM seen")}
        return set(ids) - before if before else set()

    def add(self, ids: Collection[str]) -> None:
        """They have been seen now."""
        self._database.write_many(
            "INSERT OR IGNORE INTO seen (release) VALUES (?)", ((id,) for id in ids)
        )
