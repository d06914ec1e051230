"""What people are told of by direct message.

Whoever has no subscription left has nothing left here, nor in the outbox.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from bot.state.calibrations import calibration_text, parse_calibration
from bot.state.database import StateConnection, StateDatabase
from bot.state.stored_values import parse_items
from retrieval.release import ReleaseInfo
from retrieval.scope import Scope
from retrieval.standing import Calibration

MAX_SUBSCRIPTIONS = 10
"""How many a person may have."""

_KEEP_OFFERS = 24 * 3600.0  # seconds
_SAME_SCOPE = " AND ".join(
    f"(kept.{each} = subscription.{each} OR (kept.{each} IS NULL AND subscription.{each} IS NULL))"
    for each in ("newsroom", "words", "question")
)
_HAS_THE_SAME = (
    "EXISTS (SELECT 1 FROM subscription AS kept WHERE kept.channel IS NOT NULL"
    f" AND kept.user = subscription.user AND {_SAME_SCOPE})"
)
_COLUMNS = (
    "id, subscription.user, channel, locale, newsroom, words, question, calibration, made,"
    " unannounced"
)


@dataclass(frozen=True, slots=True)
class Subscription:
    """Somebody is told of releases in a scope.

    Attributes:
        user: who.
        scope: which releases.
        locale: of the user, such as ``es-ES``.
        calibration: of the question of the scope, if it has been calibrated.
        id: None before it is stored.
        channel: the direct messages with the user; None until it is kept.
        since: when it was kept, in seconds since 1970.
        unannounced: the ids of releases that were in the index then, but were not announced yet.
    """

    user: int
    scope: Scope
    locale: str
    calibration: Calibration | None = None
    id: int | None = None
    channel: int | None = None
    since: float = 0.0
    unannounced: frozenset[str] = frozenset()

    def covers(self, release: ReleaseInfo, zone: tzinfo) -> bool:
        """Whether a new release was published after it was kept, as far as one can tell.

        A release that is dated before the day on which it was kept, in a time zone, was not.
        """
        first: date = datetime.fromtimestamp(self.since, zone).date()
        is_old = release.date is not None and release.date < first
        return not is_old and release.id not in self.unannounced


class SubscriptionStore:
    """The subscriptions, and those that people are offered. Raises `StateUnusable`."""

    def __init__(self, database: StateDatabase) -> None:
        self._database = database

    def all(self) -> list[Subscription]:
        """The subscriptions of everybody."""
        return self._kept("channel IS NOT NULL", [])

    def of_user(self, user: int) -> list[Subscription]:
        """The subscriptions of a person."""
        return self._kept("channel IS NOT NULL AND subscription.user = ?", [user])

    def of_channel(self, channel: int, ids: Collection[int]) -> list[Subscription]:
        """Those with some ids of the person with whom these direct messages are."""
        return [each for each in self._kept("channel = ?", [channel]) if each.id in ids]

    def offer(self, subscription: Subscription, now: float) -> int:
        """Store a subscription that its user has not decided about; return its id.

        After a day without a decision it is forgotten.
        """
        scope = subscription.scope
        with self._database.transaction() as connection:
            ((id,),) = connection.execute(
                "INSERT INTO subscription"
                ' ("user", locale, newsroom, words, question, calibration, made)'
                " VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
                [
                    *(subscription.user, subscription.locale),
                    *(scope.newsroom, scope.words, scope.question),
                    calibration_text(subscription.calibration),
                    now,
                ],
            ).fetchall()
            return int(id)

    def keep(
        self, user: int, id: int, channel: int, unannounced: Collection[str], now: float
    ) -> Subscription | None:
        """Make an offered subscription one of its user's.

        Args:
            user: who keeps it.
            id: of the subscription.
            channel: the direct messages with the user.
            unannounced: the ids of releases in the index that are not announced yet: they were
                published before.
            now: the time.

        Returns:
            The subscription. None, with nothing changed, if it is decided already, too old, or
            somebody else's, or if the user has such a one, or as many as one may have.
        """
        with self._database.transaction() as connection:
            kept = connection.execute(
                "UPDATE subscription SET channel = ?, unannounced = ?, made = ?"
                " WHERE id = ? AND subscription.user = ? AND channel IS NULL AND made >= ?"
                " AND (SELECT count(*) FROM subscription"
                " WHERE channel IS NOT NULL AND subscription.user = ?) < ?"
                f" AND NOT {_HAS_THE_SAME}",
                [
                    *(channel, json.dumps(sorted(unannounced)), now),
                    *(id, user, now - _KEEP_OFFERS, user, MAX_SUBSCRIPTIONS),
                ],
            ).rowcount
            found = _select(connection, "id = ?", [id]) if kept else []
        return found[0] if found else None

    def has_the_same(self, user: int, id: int) -> bool:
        """Whether a user has a subscription to what they are offered with this id."""
        condition = f"id = ? AND subscription.user = ? AND channel IS NULL AND {_HAS_THE_SAME}"
        return bool(
            self._database.read(f"SELECT 1 FROM subscription WHERE {condition}", [id, user])
        )

    def withhold(self, user: int, id: int) -> None:
        """Make a subscription one that is only offered again."""
        with self._database.transaction() as connection:
            found = _select(
                connection, "subscription.user = ? AND id = ? AND channel IS NOT NULL", [user, id]
            )
            connection.execute(
                "UPDATE subscription SET channel = NULL WHERE subscription.user = ? AND id = ?",
                [user, id],
            )
            _drop_messages(connection, found)

    def withdraw(self, user: int, id: int) -> bool:
        """Forget a subscription that a user is offered; return whether it was still offered."""
        return bool(self._end("subscription.user = ? AND id = ? AND channel IS NULL", [user, id]))

    def end(self, user: int, id: int) -> bool:
        """End a subscription of a user; return whether there was such a one."""
        return bool(
            self._end("subscription.user = ? AND id = ? AND channel IS NOT NULL", [user, id])
        )

    def end_all(self, user: int) -> int:
        """Delete all that is stored about the subscriptions of a user; return their number."""
        return self._end("subscription.user = ?", [user])

    def end_channel(self, channel: int) -> int:
        """End those of the person with whom these direct messages are; return their number."""
        return self._end("channel = ?", [channel])

    def forget_offers(self, now: float) -> None:
        """Delete what was offered more than a day ago."""
        self._database.write(
            "DELETE FROM subscription WHERE channel IS NULL AND made < ?", [now - _KEEP_OFFERS]
        )

    def calibrate(self, id: int, calibration: Calibration) -> None:
        """Store a new calibration of a subscription."""
        self._database.write(
            "UPDATE subscription SET calibration = ? WHERE id = ?",
            [calibration_text(calibration), id],
        )

    def _kept(self, condition: str, values: Sequence[object]) -> list[Subscription]:
        rows = self._database.read(
            f"SELECT {_COLUMNS} FROM subscription WHERE {condition} ORDER BY id", values
        )
        with self._database.parsing():
            return [_subscription(*row) for row in rows]

    def _end(self, condition: str, values: Sequence[object]) -> int:
        with self._database.transaction() as connection:
            found = _select(connection, condition, values)
            connection.execute(f"DELETE FROM subscription WHERE {condition}", values)
            _drop_offers(connection, found)
            _drop_messages(connection, found)
        return len(found)


def _select(
    connection: StateConnection, condition: str, values: Sequence[object]
) -> list[Subscription]:
    rows = connection.execute(f"SELECT {_COLUMNS} FROM subscription WHERE {condition}", values)
    return [_subscription(*row) for row in rows.fetchall()]


def _drop_offers(connection: StateConnection, ended: Sequence[Subscription]) -> None:
    """Delete what those of some people are offered who have no subscription left."""
    connection.executemany(
        "DELETE FROM subscription WHERE subscription.user = ? AND channel IS NULL AND NOT EXISTS"
        " (SELECT 1 FROM subscription AS kept"
        " WHERE kept.channel IS NOT NULL AND kept.user = subscription.user)",
        ([user] for user in {each.user for each in ended if each.channel is not None}),
    )


def _drop_messages(connection: StateConnection, ended: Sequence[Subscription]) -> None:
    """Delete the messages, sent or not, to those of some people who have no subscription left.

    What is queued for others that have ended is given up when it is to be sent.
    """
    connection.executemany(
        "DELETE FROM outbox WHERE channel = ?"
        " AND NOT EXISTS (SELECT 1 FROM subscription WHERE channel = outbox.channel)",
        ([channel] for channel in {each.channel for each in ended if each.channel is not None}),
    )


def _subscription(
    id: int,
    user: int,
    channel: int | None,
    locale: str,
    newsroom: str | None,
    words: str | None,
    question: str | None,
    calibration: str | None,
    made: float,
    unannounced: str,
) -> Subscription:
    return Subscription(
        user,
        Scope(newsroom, words, question),
        locale,
        parse_calibration(question, calibration),
        id,
        channel,
        made,
        frozenset(parse_items(unannounced, str)),
    )
