"""What is shown: the real bot on the loopback Discord, and what users do there."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.client import build_bot
from bot.settings import Settings
from tests.loopback import Interaction, LoopbackDiscord
from tests.shared import name_api_description

from .newsroom import FARES, PARK, releases
from .page import Post

ROOT = Path(__file__).parents[2]
PATIENCE = 300.0
"""Seconds that an answer may take: the first one loads the models."""
DESKTOP, PHONE = 720, 390
"""Widths in CSS pixels."""


@dataclass(frozen=True)
class Session:
    """A bot that is online and answers from the sample release and those of an invented city."""

    discord: LoopbackDiscord
    releases: Path
    """The city's releases as JSON Lines, for scenes in which they change."""

    async def used(self, command: str, options: Mapping[str, Any] | None = None) -> Post:
        """Use a slash command as a member."""
        return await answered(await self.discord.slash(command, options), f"/{command}")

    async def managed(self, command: str) -> Post:
        """Use a slash command as a manager."""
        used = await self.discord.slash(command, user=self.discord.manager)
        return await answered(used, f"/{command}")


async def answered(used: Interaction, command: str) -> Post:
    """Wait for the answer to a command."""
    return Post(await used.answer(PATIENCE), used.user, command)


async def ask(session: Session) -> Post:
    """A question with an answer."""
    return await session.used("ask", {"question": "How much did the Harbor Bridge cost?"})


async def no_answer(session: Session) -> Post:
    """A question that no release answers."""
    return await session.used("ask", {"question": "When does the opera house open?"})


async def find_source(session: Session) -> Post:
    """The message command that finds where something was published."""
    quote = await session.discord.send(
        "the price stays as it is, and commuters have carried enough!!"
    )
    name = "Find the source"
    return await answered(await session.discord.context_menu(name, quote), name)


async def timeline(session: Session) -> Post:
    """What was published on a topic over time."""
    return await session.used("timeline", {"topic": "night ferry"})


async def settings(session: Session) -> Post:
    """The panel with a server's settings."""
    return await session.managed("settings")


async def reindex(session: Session) -> Post:
    """The report of a reindex in which one release is new, one is gone, and a line is broken."""
    rows = [*(row for row in releases() if row != FARES), PARK]
    lines = [*map(json.dumps, rows), "{not json"]
    await asyncio.to_thread(write_lines, session.releases, lines)
    used = await session.discord.slash("reindex", user=session.discord.manager)
    report = await used.wait_for(lambda each: each.text.startswith("### Reindexed"), PATIENCE)
    return Post(report, used.user, "/reindex")


@dataclass(frozen=True)
class Scene:
    """What a user does, and the pictures of the reply: their names, and widths in CSS pixels."""

    run: Callable[[Session], Awaitable[Post]]
    pictures: Mapping[str, int]


SCENES = (
    Scene(ask, {"ask": DESKTOP, "ask-phone": PHONE}),
    Scene(no_answer, {"no-answer": DESKTOP}),
    Scene(find_source, {"find-source": DESKTOP}),
    Scene(timeline, {"timeline": DESKTOP}),
    Scene(settings, {"settings": DESKTOP}),
    Scene(reindex, {"reindex": DESKTOP}),
)
"""All scenes. They share one session, in this order."""


@asynccontextmanager
async def running_bot() -> AsyncIterator[Session]:
    """Index the releases and bring the bot online.

    Raises at the end if the bot did what Discord would have refused.
    """
    name_api_description()
    with tempfile.TemporaryDirectory(prefix="shots-") as name:
        file, data = Path(name, "releases.jsonl"), Path(name, "data")
        write_lines(file, map(json.dumps, releases()))
        command = ("-m", "bot", "index", str(ROOT / "seeds"), str(file), "--data", str(data))
        process = await asyncio.create_subprocess_exec(sys.executable, *command, cwd=ROOT)
        if await process.wait():
            raise RuntimeError(f"the index was not built: {' '.join(command)}")
        chosen = Settings(releases=(ROOT / "seeds", file), data=data)
        async with LoopbackDiscord(bot_name="verbatim") as discord:
            bot = build_bot(chosen, connector=discord.connector)
            async with discord.running(bot):
                await discord.commands_registered()
                yield Session(discord, file)


def write_lines(path: Path, lines: Iterable[str]) -> None:
    """Write a text file."""
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
