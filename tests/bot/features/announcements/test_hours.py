"""When digests are due: at their hour, once a day, whatever the clocks do."""

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.features.announcements.hours import next_hour

MADRID, NEW_YORK = ZoneInfo("Europe/Madrid"), ZoneInfo("America/New_York")
ZONES = [UTC, MADRID, NEW_YORK, ZoneInfo("Australia/Lord_Howe"), timezone(timedelta(hours=14))]


def dues(hour: int, first: datetime, count: int, zone: tzinfo) -> list[str]:
    """When digests are due after a time, in UTC."""
    now, found = first.timestamp(), []
    for _ in range(count):
        now = next_hour(hour, now, zone)
        found.append(f"{datetime.fromtimestamp(now, UTC):%m-%d %H:%M}")
    return found


def test_the_hour_is_that_of_the_time_zone() -> None:
    morning = datetime(2026, 7, 1, 5, 59, tzinfo=UTC)
    assert dues(8, morning, 2, MADRID) == ["07-01 06:00", "07-02 06:00"]
    assert dues(8, morning, 1, UTC) == ["07-01 08:00"]


def test_at_the_hour_the_next_one_is_tomorrow() -> None:
    assert dues(8, datetime(2026, 7, 1, 8, tzinfo=UTC), 1, UTC) == ["07-02 08:00"]


@pytest.mark.parametrize(
    ("hour", "zone", "day", "expected"),
    [
        (8, MADRID, datetime(2026, 3, 28, tzinfo=UTC), ["03-28 07:00", "03-29 06:00"]),
        (2, MADRID, datetime(2026, 3, 28, 12, tzinfo=UTC), ["03-29 01:00", "03-30 00:00"]),
        (2, MADRID, datetime(2026, 10, 24, 12, tzinfo=UTC), ["10-25 00:00", "10-26 01:00"]),
        (1, NEW_YORK, datetime(2026, 10, 31, 12, tzinfo=UTC), ["11-01 05:00", "11-02 06:00"]),
    ],
    ids=["put forward", "no such hour", "twice that hour", "twice that hour, too"],
)
def test_a_digest_is_due_once_a_day_when_the_clocks_change(
    hour: int, zone: tzinfo, day: datetime, expected: list[str]
) -> None:
    assert dues(hour, day, 2, zone) == expected


@given(st.integers(0, 23), st.floats(0, 4e9), st.sampled_from(ZONES))
def test_the_next_hour_is_ahead_and_not_far(hour: int, now: float, zone: tzinfo) -> None:
    due = next_hour(hour, now, zone)
    assert now < due <= now + 26 * 3600
    assert next_hour(hour, due, zone) - due >= 22 * 3600
