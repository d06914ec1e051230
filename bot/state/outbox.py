"""What is to be announced, in which channel, and how far that has come.

An item of the outbox becomes one message, or a digest of what came until its hour, to which
releases are added until then. It goes through steps, each of which is one request to
Discord and one record of its result here: the message is sent, published to followers if its
channel has any, and edited when a release in it was corrected. Of several processes, one at a
time takes the steps in a channel. A process that dies between the request and the record makes the
same request again, or another one does; `bot.core.delivery` sees to it that this does
no harm.
"""

import json
import secrets
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

from bot.state.database import StateConnection, StateDatabase, StateLock
from bot.state.stored_values import known_values, parse_items
from retrieval.scope import Scope

CORRECTED_WITHIN = 24 * 3600.0
"""Seconds after its announcement in which a correction of a release changes the announcement."""

# The nonce is also the id of a component of the message, a positive 32-bit integer. Small ids are
# those that Discord gives to other components.
_FIRST_NONCE, _LAST_NONCE = 1 << 16, (1 << 31) - 1

_COLUMNS = (
    "id, server, channel, nonce, total, queued, attempts, first_tried, message, publish,"
    " revision, shown, roles, scopes, digest, post, subscriptions"
)
_CORRECTABLE = "(sent IS NULL OR sent >= ?)"
_BEGIN = (
    "attempts = attempts + 1, first_tried = coalesce(first_tried, ?),"
    " tried_revision = coalesce(tried_revision, ?)"
)


@dataclass(frozen=True, slots=True)
class NewItem:
    """A message to send: the releases that it lists, each with its checksum, of ``total``.

    It mentions the ``roles`` with these ids, and is sent because of the ``scopes``: at once, or,
    with what else is new until then, when the ``digest`` of that hour is ``due``. A direct message
    has no ``server`` (0), and is sent because of the ``subscriptions`` with these ids.
    """

    server: int
    channel: int
    checksums: Mapping[str, str]
    total: int
    roles: tuple[int, ...] = ()
    scopes: tuple[Scope, ...] = ()
    digest: int | None = None
    due: float | None = None
    subscriptions: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class OutboxItem:
    """A message that is to be sent, published or edited. Times are seconds since 1970.

    Attributes:
        nonce: what Discord and the bot recognize the message by.
        releases: the ids of the listed releases, and when each was seen to have changed since it
            was sent, if it has.
        total: how many releases are announced, those that are not listed included.
        attempts: how often its next step has been tried.
        first_tried: when sending it was first tried; None if never.
        message: the id of the message, once it is known to be sent.
        publish: whether the message is still to be published to the followers of the channel.
        revision, shown: how often the message has been written, and which of these it shows.
        roles: the ids of the roles that it mentions.
        scopes: why it is sent: what its releases were announced for.
        digest: the hour of the digest that it is; None for what is sent at once.
        post: whether the message is the first of a post in a forum, which has the same id.
        subscriptions: the ids of the subscriptions because of which a direct message is sent;
            empty in servers.
    """

    id: int
    server: int
    channel: int
    nonce: int
    total: int
    queued: float
    attempts: int
    first_tried: float | None
    message: int | None
    publish: bool
    revision: int
    shown: int
    releases: Mapping[str, float | None]
    roles: tuple[int, ...] = ()
    scopes: tuple[Scope, ...] = ()
    digest: int | None = None
    post: bool = False
    subscriptions: tuple[int, ...] = ()


class Outbox:
    """The messages to send. Every method raises `StateUnusable`."""

    def __init__(self, database: StateDatabase) -> None:
        self._database = database

    def record(
        self,
        ids: Collection[str],
        items: Sequence[NewItem],
        checksums: Mapping[str, str],
        now: float,
        *,
        unseen: Collection[str] | None = None,
    ) -> bool:
        """Mark releases as seen, queue what is to be sent about them, and queue corrections.

        All of it is one transaction: a release is seen if, and only if, its announcement is queued.

        Args:
            ids: the ids of all releases in the index.
            items: what is to be sent about those that are new.
            checksums: the checksums of releases that were announced before, as they are now.
            now: the time.
            unseen: which of the ids were found to be unseen, by which the items were chosen.

        Returns:
            False, with nothing recorded, if another process has queued one of the releases since it
            was found to be new, or if others than these are unseen.
        """
        new = {id for item in items for id in item.checksums}
        with self._database.transaction() as connection:
            seen = {id for (id,) in connection.execute("SELECT release FROM seen").fetchall()}
            if not new.isdisjoint(seen):
                return False
            if seen and unseen is not None and set(ids) - seen != set(unseen):
                return False
            connection.executemany(
                "INSERT INTO seen (release) VALUES (?) ON CONFLICT (release) DO NOTHING",
                [(id,) for id in ids if id not in seen],
            )
            for item in items:
                if not _add_to_digest(connection, item):
                    _insert(connection, item, now)
            _correct(connection, checksums, now)
            _forget_sent(connection, now)
        return True

    def forget_sent(self, now: float) -> None:
        """Delete what was sent and can no longer be corrected."""
        with self._database.transaction() as connection:
            _forget_sent(connection, now)

    def correctable(self, now: float) -> set[str]:
        """The ids of the releases whose announcements a correction would still change."""
        rows = self._database.read(
            f"SELECT release FROM outbox_release JOIN outbox ON item = id WHERE {_CORRECTABLE}",
            [now - CORRECTED_WITHIN],
        )
        return {str(release) for (release,) in rows}

    def waiting(self) -> int:
        """How many messages are still to be sent, corrected or published."""
        return int(self._database.read("SELECT count(*) FROM outbox WHERE due IS NOT NULL")[0][0])

    def due_channels(self, now: float, serves: Callable[[int], bool] = lambda _: True) -> list[int]:
        """The channels with an item that is due, in the servers that somebody ``serves``."""
        rows = self._database.read(
            "SELECT DISTINCT channel, server FROM outbox WHERE due <= ? ORDER BY channel", [now]
        )
        return list(dict.fromkeys(int(channel) for channel, server in rows if serves(server)))

    def try_lock(self, channel: int) -> StateLock | None:
        """Let no other process deliver in a channel; None if one does just now."""
        return self._database.try_lock(f"channel {channel}")

    def next_due(self, channel: int, now: float) -> OutboxItem | None:
        """The oldest item of a channel that is due."""
        rows = self._database.read(
            f"SELECT {_COLUMNS} FROM outbox WHERE channel = ? AND due <= ? ORDER BY id LIMIT 1",
            [channel, now],
        )
        if not rows:
            return None
        values = dict(zip(_COLUMNS.split(", "), rows[0], strict=True))
        listed = self._database.read(
            "SELECT release, changed FROM outbox_release WHERE item = ?", [values["id"]]
        )
        with self._database.parsing():
            parsed = {
                "publish": bool(values["publish"]),
                "post": bool(values["post"]),
                "roles": tuple(parse_items(values["roles"], int)),
                "scopes": tuple(parse_scopes(values["scopes"])),
                "subscriptions": tuple(parse_items(values["subscriptions"], int)),
            }
        return OutboxItem(**{**values, **parsed}, releases=dict(listed))

    # -- the steps of an item -----------------------------------------------------------------

    def begin(self, item: OutboxItem, now: float) -> bool:
        """Record that the next step of an item is about to be tried, before the request is made.

        Returns:
            False, with nothing recorded, if another process has begun it since.
        """
        with self._database.transaction() as connection:
            return bool(
                connection.execute(
                    f"UPDATE outbox SET {_BEGIN} WHERE id = ? AND attempts = ?",
                    [now, item.revision, item.id, item.attempts],
                ).rowcount
            )

    def claim(self, item: OutboxItem, now: float, until: float) -> bool:
        """Begin a step that must not be taken twice, and let nobody try it again until then.

        Returns:
            False, with nothing recorded, if another process has begun it or changed the item since.
        """
        with self._database.transaction() as connection:
            return bool(
                connection.execute(
                    f"UPDATE outbox SET {_BEGIN}, due = ?"
                    " WHERE id = ? AND attempts = ? AND revision = ? AND due <= ?",
                    [now, item.revision, until, item.id, item.attempts, item.revision, now],
                ).rowcount
            )

    def sent(
        self, item: OutboxItem, message: int, now: float, *, publish: bool, post: bool = False
    ) -> None:
        """Record that an item was sent, whether it is to be published, and if it opened a post.

        The message shows what was sent when it was first tried, which a correction may have
        overtaken: Discord does not change a message that it has already.
        """
        self._update(
            item,
            "message = ?, sent = ?, publish = ?, post = ?, attempts = 0, shown = tried_revision,"
            " due = CASE WHEN ? = 1 OR revision > tried_revision THEN ? END",
            [message, now, int(publish), int(post), int(publish), now],
        )

    def published(self, item: OutboxItem, now: float) -> None:
        """Record that a message was published, or cannot be."""
        self._update(
            item,
            "publish = 0, attempts = 0, due = CASE WHEN revision > shown THEN ? END",
            [now],
        )

    def edited(self, item: OutboxItem, now: float) -> None:
        """Record that a message shows the revision of ``item``, which may not be the latest."""
        self._update(
            item,
            "shown = ?, attempts = 0, due = CASE WHEN publish <> 0 OR revision > ? THEN ? END",
            [item.revision, item.revision, now],
        )

    def postpone(self, item: OutboxItem, due: float) -> None:
        """Record when the next step of an item is tried again; not before a claim on it ends."""
        self._update(item, "due = CASE WHEN due < ? THEN ? ELSE due END", [due, due])

    def end(self, item: OutboxItem) -> None:
        """Give an item up."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM outbox WHERE id = ?", [item.id])

    def end_channel(self, channel: int) -> int:
        """Give up all items of a channel that are not sent; return their number."""
        with self._database.transaction() as connection:
            return connection.execute(
                "DELETE FROM outbox WHERE channel = ? AND message IS NULL", [channel]
            ).rowcount

    def _update(self, item: OutboxItem, changes: str, values: Sequence[object]) -> None:
        with self._database.transaction() as connection:
            connection.execute(f"UPDATE outbox SET {changes} WHERE id = ?", [*values, item.id])


def revise_digests(
    connection: StateConnection,
    server: int,
    channel: int,
    reasons: Sequence[tuple[Scope, int | None]],
) -> None:
    """Leave the digests of a channel that wait for their hour only these reasons to be sent.

    Each reason is a scope, and the role to mention for it. A digest for which none is left is given
    up. The others keep all of their releases: nothing records which of them was in which scope.
    """
    waiting = connection.execute(
        "SELECT id, roles, scopes FROM outbox WHERE server = ? AND channel = ?"
        " AND digest IS NOT NULL AND first_tried IS NULL",
        [server, channel],
    ).fetchall()
    for row, roles, scopes in waiting:
        known = parse_scopes(scopes)
        # Everything is a reason that a digest does not state.
        left = [each for each in reasons if each[0] in known or each[0].is_everything]
        if not left:
            connection.execute("DELETE FROM outbox WHERE id = ?", [row])
            continue
        left_scopes, left_roles = {scope for scope, _ in left}, {role for _, role in left}
        connection.execute(
            "UPDATE outbox SET revision = revision + 1, roles = ?, scopes = ? WHERE id = ?",
            [
                json.dumps([each for each in parse_items(roles, int) if each in left_roles]),
                _scopes_text(each for each in known if each in left_scopes),
                row,
            ],
        )


def _forget_sent(connection: StateConnection, now: float) -> None:
    connection.execute(
        "DELETE FROM outbox WHERE due IS NULL AND sent < ?", [now - CORRECTED_WITHIN]
    )


def _insert(connection: StateConnection, item: NewItem, now: float) -> None:
    nonce = _FIRST_NONCE + secrets.randbelow(_LAST_NONCE - _FIRST_NONCE)
    ((row,),) = connection.execute(
        "INSERT INTO outbox (server, channel, nonce, total, queued, due, digest, roles, scopes,"
        " subscriptions) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        [
            *(item.server, item.channel, nonce, item.total, now),
            *(now if item.due is None else item.due, item.digest),
            json.dumps(item.roles),
            _scopes_text(item.scopes),
            json.dumps(item.subscriptions),
        ],
    ).fetchall()
    _list(connection, row, item)


def _add_to_digest(connection: StateConnection, item: NewItem) -> bool:
    """Add releases to the digest that waits for its hour; return whether there is one.

    What somebody is sending just now is edited afterwards: its revision is no longer the latest.
    """
    waiting = connection.execute(
        "SELECT id, roles, scopes FROM outbox"
        " WHERE server = ? AND channel = ? AND digest = ? AND first_tried IS NULL",
        [item.server, item.channel, item.digest],
    ).fetchall()
    if not waiting:
        return False
    row, roles, scopes = waiting[0]
    known = parse_scopes(scopes)
    connection.execute(
        "UPDATE outbox SET total = total + ?, revision = revision + 1, roles = ?, scopes = ?"
        " WHERE id = ?",
        [
            item.total,
            json.dumps(list(dict.fromkeys([*parse_items(roles, int), *item.roles]))),
            _scopes_text(dict.fromkeys([*known, *item.scopes])),
            row,
        ],
    )
    _list(connection, row, item)
    return True


def _list(connection: StateConnection, row: int, item: NewItem) -> None:
    """List the releases of an item."""
    listed: Iterable[tuple[object, ...]] = (
        (row, id, checksum) for id, checksum in item.checksums.items()
    )
    connection.executemany(
        "INSERT INTO outbox_release (item, release, checksum) VALUES (?, ?, ?)", listed
    )


def parse_scopes(text: str) -> list[Scope]:
    """The scopes for which an item is sent, as they are stored. Raises `ValueError`."""
    scopes = [Scope(**known_values(Scope, each)) for each in parse_items(text, dict)]
    values = (value for each in scopes for value in (each.newsroom, each.words, each.question))
    if not all(value is None or isinstance(value, str) for value in values):
        raise ValueError("a condition of a scope is no text")
    return scopes


def _scopes_text(scopes: Iterable[Scope]) -> str:
    return json.dumps([asdict(scope) for scope in scopes])


def _correct(connection: StateConnection, checksums: Mapping[str, str], now: float) -> None:
    """Queue an edit of each message that lists a release whose checksum has changed."""
    for id, checksum in checksums.items():
        rows = connection.execute(
            "SELECT id, first_tried FROM outbox JOIN outbox_release ON item = id"
            f" WHERE release = ? AND checksum <> ? AND {_CORRECTABLE}",
            [id, checksum, now - CORRECTED_WITHIN],
        ).fetchall()
        for item, first_tried in rows:
            # What nobody can have seen yet is only sent as it is now, and edited if somebody is
            # sending it just now.
            changed = now if first_tried is not None else None
            connection.execute(
                "UPDATE outbox_release SET checksum = ?, changed = ?"
                " WHERE item = ? AND release = ?",
                [checksum, changed, item, id],
            )
            connection.execute(
                "UPDATE outbox SET revision = revision + 1,"
                " due = CASE WHEN message IS NULL THEN due ELSE ? END WHERE id = ?",
                [now, item],
            )
