"""What the bot remembers, in SQLite in the data folder: answers, verdicts, servers' settings."""

from dataclasses import dataclass
from pathlib import Path

from bot.state.answers import Answers
from bot.state.database import Database
from bot.state.notes import Notes
from bot.state.seen import Seen
from bot.state.servers import Servers

STATE = "state.sqlite"


@dataclass(frozen=True)
class State:
    """All of it, over one database."""

    database: Database
    answers: Answers
    servers: Servers
    seen: Seen
    notes: Notes

    def close(self) -> None:
        """Close the database."""
        self.database.close()


def open_state(data: Path) -> State:
    """The state of a data folder, made or brought up to date. Raises `StateUnusable`."""
    database = Database(data / STATE)
    return State(database, Answers(database), Servers(database), Seen(database), Notes(database))
