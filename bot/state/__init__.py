"""What the bot remembers, in SQLite in the data folder."""

import logging
from dataclasses import dataclass
from pathlib import Path

from bot.state.announcements import AnnouncementStore
from bot.state.answers import AnswerStore
from bot.state.database import Database
from bot.state.memberships import MembershipStore
from bot.state.notes import Notes
from bot.state.outbox import Outbox
from bot.state.persons import PersonStore
from bot.state.repair import repair_state
from bot.state.seen import SeenReleases
from bot.state.servers import ServerStore
from bot.state.sources import SourceStore
from bot.state.subscriptions import SubscriptionStore

log = logging.getLogger(__name__)

STATE = "state.sqlite"


@dataclass(frozen=True)
class State:
    """The stores, over one database."""

    database: Database
    answers: AnswerStore
    servers: ServerStore
    memberships: MembershipStore
    seen: SeenReleases
    outbox: Outbox
    notes: Notes
    sources: SourceStore
    announcements: AnnouncementStore
    subscriptions: SubscriptionStore
    persons: PersonStore

    def close(self) -> None:
        """Close the database."""
        self.database.close()


def open_repaired_state(data: Path) -> State:
    """Open the state in a data folder once it has been checked and, if need be, repaired.

    A repair is told in the log. Raises `StateUnusable`.
    """
    if repair := repair_state(data / STATE):
        log.error("%s", repair)
    return open_state(data)


def open_state(data: Path) -> State:
    """Open the state in a data folder; create or migrate it if needed. Raises `StateUnusable`."""
    database = Database(data / STATE)
    servers = ServerStore(database)
    return State(
        database,
        AnswerStore(database),
        servers,
        MembershipStore(database, servers),
        SeenReleases(database),
        Outbox(database),
        Notes(database),
        SourceStore(database),
        AnnouncementStore(database, servers),
        SubscriptionStore(database),
        PersonStore(database),
    )
