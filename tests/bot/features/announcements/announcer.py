"""Processes that announce the releases of a file until they are killed.

    python -m tests.bot.features.announcements.announcer

reads jobs from its standard input, each a line of JSON, forks a process for each, and writes the
id of the process. A fork starts at once, because all modules are loaded. It runs the real
`AnnouncementTask` over the real outbox, with the real HTTP client of discord.py. Only the index is
a file of texts by id, which needs no models.
"""

import asyncio
import json
import logging
import os
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

import aiohttp
import discord

from bot.archive_service import ReleaseSummary
from bot.core.deliveries import Deliveries
from bot.core.in_flight import InFlight
from bot.core.rate_limit import RateLimiter
from bot.core.services import Services
from bot.core.single_request import request_trace
from bot.features.announcements.task import AnnouncementTask
from bot.i18n import load_languages
from bot.state import State, open_postgres_state, open_state
from bot.state.database import StateUnusable
from retrieval.release import ReleaseInfo

_PAUSE = 0.01  # seconds between two looks for new releases


@dataclass(frozen=True, slots=True)
class Job:
    """What to announce, where, and by which clock (`fast_time`).

    ``data`` is the folder of the state, or the address of its PostgreSQL database.
    """

    socket: str
    token: str
    data: str
    releases: str
    started: float
    ahead: float
    speed: float

    def clock(self) -> Callable[[], float]:
        """The time in seconds since 1970."""
        return lambda: time.time() + seconds_ahead(self.started, self.speed) + self.ahead


def seconds_ahead(started: float, speed: float) -> float:
    """How far a clock of some speed has come ahead since ``started``, which is monotonic time."""
    return (time.monotonic() - started) * (speed - 1)


def publish(path: Path, texts: dict[str, str]) -> None:
    """Replace the releases in a file; the id of a release is also its title."""
    written = path.with_suffix(".new")
    written.write_text(json.dumps(texts), encoding="utf-8")
    written.replace(path)


class FileArchive:
    """The releases of a file, as `ArchiveService` serves them to `AnnouncementTask`."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def generation(self) -> str:
        status = self._path.stat()
        return f"{status.st_ino} {status.st_mtime_ns}"

    async def release_ids(self) -> dict[str, set[str]]:
        return {id: {id} for id in self._texts()}

    async def checksums(self, ids: Sequence[str]) -> dict[str, str]:
        texts = self._texts()
        return {id: texts[id] for id in ids if id in texts}

    async def find_releases(self, ids: Sequence[str]) -> list[ReleaseInfo]:
        return [each.info for each in await self.summaries(ids)]

    async def summaries(self, ids: Sequence[str]) -> list[ReleaseSummary]:
        texts = self._texts()
        return [
            ReleaseSummary(
                ReleaseInfo(at, id, id, date.today(), None, None, None, None, ""), texts[id]
            )
            for at, id in enumerate(ids)
            if id in texts
        ]

    def _texts(self) -> dict[str, str]:
        texts: dict[str, str] = json.loads(self._path.read_text(encoding="utf-8"))
        return texts


async def announce(job: Job) -> None:
    """Announce for ever."""
    client = discord.Client(
        intents=discord.Intents.none(),
        connector=aiohttp.UnixConnector(job.socket),
        max_ratelimit_timeout=30.0,
        http_trace=request_trace(),
    )
    archive: Any = FileArchive(Path(job.releases))
    no_sources: Any = None  # an announcement needs none
    services = Services(
        archive=archive,
        sources=no_sources,
        state=await opened_state(job.data),
        languages=load_languages(),
        rate_limiter=RateLimiter(1, 1),
        in_flight=InFlight(),
        deliveries=Deliveries(),
        keep_days=1,
        keep_names=False,
    )
    await client.login(job.token)
    task = AnnouncementTask(client, services, job.clock())
    while True:
        with suppress(StateUnusable):  # as the task's own loop does
            await task.announce()
        await asyncio.sleep(_PAUSE)


async def opened_state(data: str) -> State:
    """The state in a folder; or, as soon as it can be reached, that in a database."""
    if not data.startswith("postgresql:"):
        return open_state(Path(data))
    while True:
        with suppress(StateUnusable):
            return await asyncio.to_thread(open_postgres_state, data)
        await asyncio.sleep(_PAUSE)


def serve() -> None:
    """Fork a process for each job on the standard input.

    Nobody waits for them, so that none of their ids is given to another process in the meantime.
    """
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)  # which tells of every try
    import_module("bot.state.postgres")  # which is else loaded where a state is opened there
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
    for line in sys.stdin:
        if (child := os.fork()) == 0:
            asyncio.run(announce(Job(**json.loads(line))))
        print(child, flush=True)


if __name__ == "__main__":
    serve()
