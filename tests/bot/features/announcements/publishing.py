"""Releases that a newsroom publishes while the bot runs, at times in the tests' hands."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.bot.online import Online
from tests.conftest import NEWSROOMS

JUNE = datetime(2025, 6, 1, 7, 30, tzinfo=UTC)  # when what is published here is news


def release(id: str, title: str, text: str, **values: Any) -> dict[str, Any]:
    return {"id": id, "title": title, "date": "2025-06-01", "text": text, **values}


CLINIC = release(
    "clinic",
    "New Clinic Opens in the Old Mill",
    "Veterans will get health care there without an appointment.",
)
FAIR = release("fair", "Ferry Fair on Sunday", "The ferries can be visited on Sunday.")


def publish(path: Path, *more: dict[str, Any]) -> None:
    """Write a file of the releases that were there from the start, and of more."""
    rows = [*NEWSROOMS, *more]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


async def ready(it: Online) -> None:
    """Wait for the first index, which is no news; from then on only the test looks for news."""
    await it.indexed()
    it.bot.announcements.loop.cancel()
    await it.bot.announcements.announce()
