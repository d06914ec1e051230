"""What the managers of each server have set."""

import json
from dataclasses import asdict, dataclass
from typing import Any

from bot.state.database import Database

MOST_PASSAGES = 5


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """How the bot behaves in one server.

    ``channels`` are those where asking is allowed, none for all; ``announce`` is the channel in
    which new releases are announced. ``newsroom`` is searched where a question names none.
    """

    channels: tuple[int, ...] = ()
    newsroom: str | None = None
    private: bool = False
    passages: int = 3
    announce: int | None = None

    def allows(self, *places: int | None) -> bool:
        """Whether asking is allowed in a channel, given by its id and its parent's."""
        return not self.channels or any(place in self.channels for place in places)


class ServerStore:
    """The settings by server. Reading them costs nothing: they are kept in memory as well."""

    def __init__(self, database: Database) -> None:
        self._database = database
        rows = database.read("SELECT id, settings FROM server")
        self._settings = {id: _settings(json.loads(text)) for id, text in rows}

    def of(self, server: int | None) -> ServerSettings:
        """The settings of a server; those of nowhere (a direct message) are the defaults."""
        return self._settings.get(server or 0, ServerSettings())

    def set(self, server: int, settings: ServerSettings) -> None:
        """Make these the settings of a server."""
        self._database.write(
            "INSERT OR REPLACE INTO server (id, settings) VALUES (?, ?)",
            [server, json.dumps(asdict(settings))],
        )
        self._settings = {**self._settings, server: settings}

    def announcing(self) -> dict[int, ServerSettings]:
        """The servers, by id, in which new releases are announced."""
        return {id: each for id, each in self._settings.items() if each.announce}


def _settings(values: dict[str, Any]) -> ServerSettings:
    return ServerSettings(**{**values, "channels": tuple(values["channels"])})
