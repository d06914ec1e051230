"""The settings that the managers of each server have chosen."""

import json
from dataclasses import asdict, dataclass
from typing import Any

from bot.state.database import Database

MAX_PASSAGES = 5


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """How the bot behaves in one server.

    Questions are allowed in ``channels``, or everywhere if there are none. New releases are
    announced in the channel ``announce``, and managers are told in the channel ``managers`` what
    they should know. ``newsroom`` is searched by questions that name none.
    """

    channels: tuple[int, ...] = ()
    newsroom: str | None = None
    private: bool = False
    passages: int = 3
    announce: int | None = None
    managers: int | None = None

    def allows(self, *channels: int | None) -> bool:
        """Whether questions are allowed in a channel, given its id and that of its parent."""
        return not self.channels or any(channel in self.channels for channel in channels)


class ServerStore:
    """The settings by server. Reading them costs nothing, because they are cached in memory."""

    def __init__(self, database: Database) -> None:
        self._database = database
        rows = database.read("SELECT id, settings FROM server")
        self._settings = {id: _settings(json.loads(text)) for id, text in rows}

    def get(self, server: int | None) -> ServerSettings:
        """The settings of a server; the defaults in direct messages, where it is None."""
        return self._settings.get(server or 0, ServerSettings())

    def set(self, server: int, settings: ServerSettings) -> None:
        """Store the settings of a server. Raises `StateUnusable`."""
        self._database.write(
            "INSERT OR REPLACE INTO server (id, settings) VALUES (?, ?)",
            [server, json.dumps(asdict(settings))],
        )
        self._settings = {**self._settings, server: settings}

    def announcing(self) -> dict[int, ServerSettings]:
        """The settings of the servers in which new releases are announced, by server id."""
        return {id: settings for id, settings in self._settings.items() if settings.announce}

    def with_managers(self) -> dict[int, ServerSettings]:
        """The settings of the servers with a channel for managers, by server id."""
        return {id: settings for id, settings in self._settings.items() if settings.managers}


def _settings(values: dict[str, Any]) -> ServerSettings:
    return ServerSettings(**{**values, "channels": tuple(values["channels"])})
