"""What the bot remembers: in SQLite in the data folder, or in a PostgreSQL database."""

import logging
from dataclasses import dataclass
from pathlib import Path

from bot.state.announcements import AnnouncementStore
from bot.state.answers import AnswerStore
from bot.state.database import StateDatabase
from bot.state.memberships import MembershipStore
from bot.state.notes import Notes
from bot.state.outbox import Outbox
from bot.state.persons import PersonStore
from bot.state.repair import repair_state
from bot.state.seen import SeenReleases
from bot.state.servers import ServerStore
from bot.state.sources import SourceStore
from bot.state.sqlite import SqliteDatabase
from bot.state.subscriptions import SubscriptionStore
from retrieval.postgres.errors import DriverMissing

log = logging.getLogger(__name__)

STATE = "state.sqlite"


@dataclass(frozen=True)
class State:
    """The stores, over one database.

    Attributes:
        file: where it is, which Verbatim backs up and repairs; None in a PostgreSQL database,
            whose server sees to that.
    """

    database: StateDatabase
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
    file: Path | None = None

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
    path = data / STATE
    return _state(SqliteDatabase(path), path)


def open_postgres_state(url: str) -> State:
    """Open the state in a PostgreSQL database; create or migrate its schema if needed.

    Several processes may have it open. Raises `StateUnusable`, and `DriverMissing` where the driver
    is not installed.
    """
    try:
        from bot.state.postgres import PostgresStateDatabase
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0].startswith("psycopg"):
            raise DriverMissing from error
        raise
    return _state(PostgresStateDatabase(url))


def _state(database: StateDatabase, file: Path | None = None) -> State:
    try:
        servers = ServerStore(database)
    except BaseException:
        database.close()
        raise
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
        file,
    )
