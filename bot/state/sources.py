"""When each web site is read again, how its last readings went, and sites that were offered."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.state.database import StateDatabase, StateLock
from retrieval.timestamps import parse_timestamp

_KEEP_OFFERS = timedelta(days=1)
_COLUMNS = "site, due, failures, failing_since, reason, told, reading, unbuilt"


@dataclass(frozen=True, slots=True)
class SiteRefresh:
    """What is known of the readings of a site.

    Attributes:
        site: the name of the folder of its copy.
        due: when it is read next.
        failures: how many readings failed in a row.
        failing_since: when the first of them was; None if the last one succeeded.
        reason: why the last one failed; empty if it succeeded.
        told: when the managers were told; None if they were not, or that it works again.
        reading: whether a reading began and has not ended.
        unbuilt: whether the index lacks what was read.
    """

    site: str
    due: datetime
    failures: int = 0
    failing_since: datetime | None = None
    reason: str = ""
    told: datetime | None = None
    reading: bool = False
    unbuilt: bool = False


class SourceStore:
    """The readings of sites, and offers. Every method raises `StateUnusable`."""

    def __init__(self, database: StateDatabase) -> None:
        self._database = database

    # -- readings

    def all(self) -> dict[str, SiteRefresh]:
        """What is known of each site, by the name of the folder of its copy."""
        rows = self._database.read(f"SELECT {_COLUMNS} FROM refresh")
        with self._database.parsing():
            return {row[0]: _refresh(row) for row in rows}

    def get(self, site: str) -> SiteRefresh | None:
        """What is known of a site, if anything is."""
        rows = self._database.read(f"SELECT {_COLUMNS} FROM refresh WHERE site = ?", [site])
        with self._database.parsing():
            return _refresh(rows[0]) if rows else None

    def try_lock(self, site: str) -> StateLock | None:
        """Let no other process read or remove a site; None if one does just now."""
        return self._database.try_lock(f"site {site}")

    def schedule(self, site: str, due: datetime) -> None:
        """Note when a site is read next."""
        self._database.write(
            "INSERT INTO refresh (site, due) VALUES (?, ?) "
            "ON CONFLICT (site) DO UPDATE SET due = excluded.due",
            [site, _text(due)],
        )

    def begin(self, site: str, due: datetime) -> None:
        """Note that a reading begins; it is due again then, also if the bot is killed in it."""
        self._database.write(
            "INSERT INTO refresh (site, due, reading) VALUES (?, ?, 1) "
            "ON CONFLICT (site) DO UPDATE SET due = excluded.due, reading = 1",
            [site, _text(due)],
        )

    def end(self, site: str, *, changed: bool) -> None:
        """Note that a reading has ended, and whether the copy has changed."""
        self._database.write(
            "UPDATE refresh SET reading = 0, unbuilt = CASE WHEN ? = 1 THEN 1 ELSE unbuilt END"
            " WHERE site = ?",
            [int(changed), site],
        )

    def succeed(self, site: str, due: datetime) -> None:
        """Note that a site could be read."""
        self._database.write(
            "UPDATE refresh SET due = ?, failures = 0, failing_since = NULL, reason = '' "
            "WHERE site = ?",
            [_text(due), site],
        )

    def fail(self, site: str, now: datetime, due: datetime, reason: str) -> None:
        """Note that a site could not be read, and why."""
        self._database.write(
            "UPDATE refresh SET due = ?, failures = failures + 1, "
            "failing_since = coalesce(failing_since, ?), reason = ? WHERE site = ?",
            [_text(due), _text(now), reason, site],
        )

    def tell(self, site: str, when: datetime | None) -> None:
        """Note when the managers were told that a site fails; None when that it works again."""
        told = _text(when) if when else None
        self._database.write("UPDATE refresh SET told = ? WHERE site = ?", [told, site])

    def resume(self) -> None:
        """Take readings that a killed bot left for ended, and their copies for changed."""
        for (site,) in self._database.read("SELECT site FROM refresh WHERE reading = 1"):
            if (lock := self.try_lock(site)) is not None:  # or somebody is reading it
                try:
                    self._database.write(
                        "UPDATE refresh SET reading = 0, unbuilt = 1"
                        " WHERE site = ? AND reading = 1",
                        [site],
                    )
                finally:
                    lock.release()

    def build(self, sites: Iterable[str]) -> None:
        """Note that the index has what was read of these sites."""
        self._database.write_many(
            "UPDATE refresh SET unbuilt = 0 WHERE site = ?", ((site,) for site in sites)
        )

    def forget(self, site: str) -> None:
        """Forget a site."""
        self._database.write("DELETE FROM refresh WHERE site = ?", [site])

    # -- offers

    def add_offer(self, plan: str, now: datetime) -> int:
        """Keep how a site would be read until somebody decides, for a day; return its number."""
        self.forget_offers(now)
        rows = self._database.read(
            "INSERT INTO offer (made, plan) VALUES (?, ?) RETURNING id", [_text(now), plan]
        )
        return int(rows[0][0])

    def forget_offers(self, now: datetime) -> None:
        """Delete what was offered more than a day ago."""
        self._database.write("DELETE FROM offer WHERE made < ?", [_text(now - _KEEP_OFFERS)])

    def take_offer(self, number: int) -> str | None:
        """Return what was offered, once; None if it is gone."""
        rows = self._database.read("DELETE FROM offer WHERE id = ? RETURNING plan", [number])
        return str(rows[0][0]) if rows else None


def _refresh(row: tuple[Any, ...]) -> SiteRefresh:
    site, due, failures, failing_since, reason, told, reading, unbuilt = row
    return SiteRefresh(
        site,
        parse_timestamp(due),
        failures,
        parse_timestamp(failing_since) if failing_since else None,
        reason,
        parse_timestamp(told) if told else None,
        bool(reading),
        bool(unbuilt),
    )


def _text(time: datetime) -> str:
    # Always as many digits, so that texts are in the order of times.
    return time.astimezone(UTC).isoformat(timespec="microseconds")
