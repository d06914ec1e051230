"""What a backup has, and how its file says so.

The file is a ZIP archive with what cannot be made again: the current generation, its sources, the
copies of web sites, the earlier wordings, and the state of the bot. Models and caches are left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.state import STATE
from retrieval.index.earlier_wordings import HISTORY
from retrieval.index.generations import CURRENT, GENERATIONS
from retrieval.index.remembered_sources import SOURCES
from retrieval.sources.web.site_copy import SITES
from retrieval.timestamps import parse_timestamp

FORMAT = 1
CONTENTS = "verbatim-backup.json"

PARTS = (STATE, HISTORY, SITES, SOURCES, GENERATIONS, CURRENT)
"""In the order in which they are put in place: with the last one, the index is there."""


@dataclass(frozen=True, slots=True)
class BackupContents:
    """What is in a backup.

    Attributes:
        taken: when it was taken.
        generation: the name of the generation; None if there was no index.
        sites: the names of the folders of the copies of web sites.
        history: whether it has earlier wordings.
        state: whether it has the state of a bot.
    """

    taken: datetime
    generation: str | None
    sites: tuple[str, ...]
    history: bool
    state: bool

    def to_json(self, files: int) -> dict[str, Any]:
        """As it is written into a backup of so many other files."""
        return {
            "format": FORMAT,
            "taken": self.taken.isoformat(timespec="seconds"),
            "generation": self.generation,
            "sites": self.sites,
            "history": self.history,
            "state": self.state,
            "files": files,
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "BackupContents":
        """What `to_json` gave. Raises `KeyError`, `TypeError` or `ValueError` if it is not that."""
        generation, sites = values["generation"], tuple(values["sites"])
        if not all(isinstance(each, str) for each in (generation or "", *sites)):
            raise TypeError("a name in it is not a text")
        return cls(
            parse_timestamp(values["taken"]),
            generation,
            sites,
            bool(values["history"]),
            bool(values["state"]),
        )
