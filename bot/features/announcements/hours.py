"""When a digest is due."""

from datetime import UTC, datetime, time, timedelta, tzinfo


def next_hour(hour: int, now: float, zone: tzinfo) -> float:
    """When a full hour of the day comes next, once a day whatever becomes of summer time.

    An hour that a day has twice is meant the first time, and one that a day has not when the clocks
    have been put forward.

    Args:
        hour: 0 to 23.
        now: the time, in seconds since 1970, as is what is returned.
        zone: where the clocks are.
    """
    today = datetime.fromtimestamp(now, zone).date()
    for days in range(3):
        local = datetime.combine(today + timedelta(days), time(hour), zone)
        if (due := local.astimezone(UTC).timestamp()) > now:
            return due
    raise AssertionError("no day has 48 hours")
