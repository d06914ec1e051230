"""The settings that the managers of each server have chosen."""

import json
import threading
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, TypeVar

from bot.state.database import StateDatabase
from bot.state.stored_values import parse_object

T = TypeVar("T")

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

    def __init__(self, database: StateDatabase) -> None:
        self._database = database
        self._changing = threading.Lock()  # the cache: whoever changes it replaces it
        self._settings: Mapping[int, ServerSettings] = {}
        self._unknown: Mapping[int, Mapping[str, Any]] = {}  # a newer version stored it: it stays
        self.refresh()
        database.watch(self.refresh)

    def refresh(self) -> None:
        """Read all settings again, which another process may have changed."""
        with self._changing:
            rows = self._database.read("SELECT id, settings FROM server")
            stored = {int(id): _stored(text) for id, text in rows}
            self._settings = {id: _settings(values) for id, values in stored.items()}
            self._unknown = {
                id: {name: values[name] for name in values.keys() - _NAMES}
                for id, values in stored.items()
            }

    def get(self, server: int | None) -> ServerSettings:
        """The settings of a server; the defaults in direct messages, where it is None."""
        return self._settings.get(server or 0, ServerSettings())

    def set(self, server: int, settings: ServerSettings) -> None:
        """Store the settings of a server. Raises `StateUnusable`."""
        with self._changing:
            self._database.write(
                "INSERT INTO server (id, settings) VALUES (?, ?)"
                " ON CONFLICT (id) DO UPDATE SET settings = excluded.settings",
                [server, json.dumps({**self._unknown.get(server, {}), **asdict(settings)})],
            )
            self._settings = {**self._settings, server: settings}

    def drop(self, servers: Collection[int]) -> None:
        """Take the settings of servers for deleted, once they are."""
        with self._changing:
            self._settings = _without(self._settings, servers)
            self._unknown = _without(self._unknown, servers)

    def announcing(self) -> dict[int, ServerSettings]:
        """The settings of the servers in which new releases are announced, by server id."""
        return {id: settings for id, settings in self._settings.items() if settings.announce}

    def with_managers(self) -> dict[int, ServerSettings]:
        """The settings of the servers with a channel for managers, by server id."""
        return {id: settings for id, settings in self._settings.items() if settings.managers}


_NAMES = frozenset(field.name for field in fields(ServerSettings))


def _without(stored: Mapping[int, T], servers: Collection[int]) -> dict[int, T]:
    return {id: each for id, each in stored.items() if id not in servers}


def _stored(text: str) -> dict[str, Any]:
    """The settings as they are stored; none if they cannot be read."""
    try:
        return parse_object(text)
    except (ValueError, TypeError):
        return {}


def _settings(values: Mapping[str, Any]) -> ServerSettings:
    """The settings that this version knows; the default of each that is no such value."""
    types: Mapping[str, type] = {
        "channels": list,
        "newsroom": str,
        "private": bool,
        "passages": int,
        "announce": int,
        "managers": int,
    }
    known = {name: values[name] for name in types if type(values.get(name)) is types[name]}
    if "channels" in known:
        known["channels"] = tuple(each for each in known["channels"] if type(each) is int)
    if "passages" in known:
        known["passages"] = min(max(known["passages"], 1), MAX_PASSAGES)
    return ServerSettings(**known)
