"""The real bot on the loopback Discord, and scenes made of what it said there."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.client import VerbatimBot, build_bot
from bot.settings import Settings, open_archive
from tests.conftest import SEEDS
from tests.loopback import Interaction, LoopbackDiscord, Message, Said

from .markdown import Names
from .newsroom import releases
from .page import shown_name
from .scene import Modal, Part, Post, Scene, Suggestions, Used

PATIENCE = 60.0
"""Seconds that an answer may take: the first one waits for the model."""

_SLASH = 1  # the type of a slash command
_MODAL = 9  # of a response that opens a dialog


@dataclass(frozen=True)
class Stage:
    """A bot that is online and answers from the sample release and those of an invented city."""

    discord: LoopbackDiscord
    bot: VerbatimBot
    releases: Path
    """The city's file, for scenes in which something new is published."""

    @property
    def names(self) -> Names:
        """What the loopback's ids read as, now."""
        world = self.discord.world
        return Names(
            users={id_: shown_name(person) for id_, person in world.people.items()},
            channels={id_: place.name for id_, place in world.channels.items()},
            now=datetime.now(UTC),
        )

    def scene(self, *parts: Part) -> Scene:
        """Parts as a scene, with the loopback's names."""
        return Scene(parts, self.names)

    def response(self, used: Interaction, message: Message | None = None) -> Scene:
        """What the bot responded to a command, under the line that says who used it.

        ``message`` is the state to show, such as a follow-up; by default the response as it is.
        """
        shown = message or used.message
        if shown is None:
            raise LookupError(f"{used!r} has no response to show")
        return self.scene(Post(shown, self._used(used)))

    def dialog(self, used: Interaction, typed: Mapping[str, str] | None = None) -> Scene:
        """The modal that the bot opened, with what was typed into it, by custom_id."""
        if used.response is None or used.response.type != _MODAL:
            raise LookupError(f"{used!r} has opened no modal")
        return self.scene(Modal(used.response.data, typed or {}))

    def conversation(self, *messages: Message | Said) -> Scene:
        """Messages of a channel, each reply under the line that says to what."""
        posts = []
        for each in messages:
            message = each.message if isinstance(each, Said) else each
            posts.append(Post(message, self.discord.world.find_message(message.reference)))
        return self.scene(*posts)

    async def suggestions(self, command: str, option: str, typed: str) -> Scene:
        """The bot's suggestions for what somebody types into an option."""
        choices = await self.discord.autocomplete(command, option, typed)
        return self.scene(Suggestions(command, option, typed, tuple(choices)))

    def _used(self, event: Interaction) -> Used | None:
        """None for a component: Discord shows no line above what a click causes."""
        first = event.name.partition(" ")[0]
        for command in self.discord.commands:
            if command["name"] in (event.name, first):
                sign = "/" if command.get("type", _SLASH) == _SLASH else ""
                return Used(event.user, sign + event.name)
        return None


@asynccontextmanager
async def stage() -> AsyncIterator[Stage]:
    """A stage in a folder of its own. What Discord would not have taken fails at the end."""
    with tempfile.TemporaryDirectory(prefix="stage-") as name:
        file = Path(name, "releases.jsonl")
        await asyncio.to_thread(_publish, file)
        settings = Settings(
            releases=(SEEDS, file), data=Path(name, "data"), questions_per_minute=1000
        )
        await asyncio.to_thread(open_archive(settings).reindex, settings.releases)
        async with LoopbackDiscord() as discord:
            bot = build_bot(settings, connector=discord.connector)
            running = asyncio.create_task(bot.start(discord.token))
            try:
                await discord.ready()
                await discord.commands_registered()
                yield Stage(discord, bot, file)
            finally:
                await bot.close()
                await running


def _publish(path: Path) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in releases()), encoding="utf-8")
