"""Options that several commands take."""

from datetime import date

from discord import app_commands

from bot.days import read_day

Day = app_commands.Range[str, 1, 40]
Name = app_commands.Range[str, 1, 200]

SINCE = "Only releases from this day on, like 2025-09-08"
UNTIL = "Only releases up to this day, like 2025-12-31"
NEWSROOM = "Only releases by this newsroom"


def optional_day(text: str | None) -> date | None:
    """The date that an option holds, if any. Raises `BadDay` where it is not one."""
    return read_day(text) if text else None
