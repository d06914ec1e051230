"""What is announced in which channel."""

from dataclasses import dataclass

from bot.state.calibrations import calibration_text, parse_calibration
from bot.state.database import StateDatabase
from bot.state.outbox import revise_digests
from bot.state.servers import ServerSettings, ServerStore
from retrieval.scope import Scope
from retrieval.standing import Calibration

MAX_ANNOUNCEMENTS = 10
"""How many a server may have beside that of its settings."""

_KEEP_OFFERS = 24 * 3600.0  # seconds
_COLUMNS = "id, server, channel, role, newsroom, words, question, calibration, digest"


@dataclass(frozen=True, slots=True)
class Announcement:
    """Releases in a scope are announced in a channel.

    Attributes:
        server, channel: where.
        scope: which releases.
        role: the id of the role to mention; None for nobody.
        calibration: of the question of the scope, if it has been calibrated.
        id: None for that of the server's settings.
        digest: the hour at which what is new is announced in one message, 0 to 23; None for at
            once.
    """

    server: int
    channel: int
    scope: Scope
    role: int | None = None
    calibration: Calibration | None = None
    id: int | None = None
    digest: int | None = None


class AnnouncementStore:
    """The announcements, and those that managers are offered. Raises `StateUnusable`."""

    def __init__(self, database: StateDatabase, servers: ServerStore) -> None:
        self._database = database
        self._servers = servers

    def all(self) -> list[Announcement]:
        """The announcements of all servers, those of their settings first."""
        rows = self._database.read(
            f"SELECT {_COLUMNS} FROM announcement WHERE kept <> 0 ORDER BY id"
        )
        settings = self._servers.announcing().items()
        return [
            *(_of_settings(server, each) for server, each in settings),
            *(_announcement(*row) for row in rows),
        ]

    def of_server(self, server: int) -> list[Announcement]:
        """The announcements of a server, that of its settings first."""
        return [each for each in self.all() if each.server == server]

    def offer(self, announcement: Announcement, now: float) -> int:
        """Store an announcement that a manager has not decided about; return its id.

        After a day without a decision it is forgotten.
        """
        scope, calibration = announcement.scope, announcement.calibration
        with self._database.transaction() as connection:
            ((id,),) = connection.execute(
                "INSERT INTO announcement"
                " (server, channel, role, newsroom, words, question, calibration, digest, made)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
                [
                    *(announcement.server, announcement.channel, announcement.role),
                    *(scope.newsroom, scope.words, scope.question),
                    calibration_text(calibration),
                    *(announcement.digest, now),
                ],
            ).fetchall()
            return int(id)

    def keep(self, server: int, id: int, now: float) -> bool:
        """Make an offered announcement one of the server's.

        Returns:
            False, with nothing changed, if it is decided already, too old, or another server's, or
            if the server has as many as it may.
        """
        with self._database.transaction() as connection:
            return bool(
                connection.execute(
                    "UPDATE announcement SET kept = 1"
                    " WHERE id = ? AND server = ? AND kept = 0 AND made >= ? AND"
                    " (SELECT count(*) FROM announcement WHERE kept <> 0 AND server = ?) < ?",
                    [id, server, now - _KEEP_OFFERS, server, MAX_ANNOUNCEMENTS],
                ).rowcount
            )

    def remove(self, server: int, id: int) -> bool:
        """Remove an announcement of a server; return whether it was there.

        A digest that waits for its hour is sent only if it has a release for another announcement,
        and then says nothing of this one, nor mentions its role.
        """
        with self._database.transaction() as connection:
            found = connection.execute(
                "DELETE FROM announcement WHERE id = ? AND server = ? AND kept <> 0"
                " RETURNING channel, digest",
                [id, server],
            ).fetchall()
            for channel, digest in found:
                if digest is not None:
                    left = connection.execute(
                        "SELECT role, newsroom, words, question FROM announcement"
                        " WHERE server = ? AND channel = ? AND digest IS NOT NULL AND kept <> 0",
                        [server, channel],
                    ).fetchall()
                    reasons = [(Scope(*conditions), role) for role, *conditions in left]
                    revise_digests(connection, server, channel, reasons)
        return bool(found)

    def withdraw(self, server: int, id: int) -> bool:
        """Forget an announcement that a server is offered; return whether it was still offered."""
        with self._database.transaction() as connection:
            return bool(
                connection.execute(
                    "DELETE FROM announcement WHERE id = ? AND server = ? AND kept = 0",
                    [id, server],
                ).rowcount
            )

    def forget_offers(self, now: float) -> None:
        """Delete what was offered more than a day ago."""
        self._database.write(
            "DELETE FROM announcement WHERE kept = 0 AND made < ?", [now - _KEEP_OFFERS]
        )

    def calibrate(self, id: int, calibration: Calibration) -> None:
        """Store a new calibration of an announcement."""
        self._database.write(
            "UPDATE announcement SET calibration = ? WHERE id = ?",
            [calibration_text(calibration), id],
        )


def _of_settings(server: int, settings: ServerSettings) -> Announcement:
    return Announcement(server, settings.announce or 0, Scope(newsroom=settings.newsroom))


def _announcement(
    id: int,
    server: int,
    channel: int,
    role: int | None,
    newsroom: str | None,
    words: str | None,
    question: str | None,
    calibration: str | None,
    digest: int | None,
) -> Announcement:
    scope, known = Scope(newsroom, words, question), parse_calibration(question, calibration)
    return Announcement(server, channel, scope, role, known, id, digest)
