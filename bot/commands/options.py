"""Options that several commands take."""

from datetime import date

from bot.days import read_day

SINCE = "Only releases from this day on, like 2025-09-08"
UNTIL = "Only releases up to this day, like 2025-12-31"
NEWSROOM = "Only releases by this newsroom"


def optional_day(text: str | None) -> date | None:
    """The date that an option holds, if any. Raises `BadDay` where it is not one."""
    return read_day(text) if text else None
