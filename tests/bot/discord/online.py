"""A bot that is online, and what a test wants of it."""

import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.client import VerbatimBot
from tests.loopback import Interaction, LoopbackDiscord, Message

BUILD = 60.0  # seconds that a first index may take on a busy machine
PATIENCE = 20.0  # seconds for an answer, there

Run = Callable[..., AbstractAsyncContextManager["Online"]]


@dataclass
class Online:
    """A bot that is online, and the Discord that it is in."""

    discord: LoopbackDiscord
    bot: VerbatimBot

    async def indexed(self) -> None:
        """Wait until the commands are there, the archive answers, and no build is under way."""
        await self.discord.commands_registered()
        async with asyncio.timeout(BUILD):
            while True:
                status = await (await self.discord.slash("status")).answer(PATIENCE)
                if status.text.startswith("### What I have read") and "Now:" not in status.text:
                    return
                await asyncio.sleep(0.05)

    async def slash(
        self, name: str, options: Mapping[str, Any] | None = None, **how: Any
    ) -> Message:
        """The reply to a command."""
        return await (await self.discord.slash(name, options, **how)).answer(PATIENCE)

    async def ask(self, question: str, **how: Any) -> Message:
        """The answer to a question in the channel."""
        return await self.slash("ask", {"question": question}, **how)

    async def click(self, message: Message, label: str, **how: Any) -> Message:
        """The reply to a button, or the message that it changed."""
        return await self.changed(message, await self.discord.click(message, label=label, **how))

    async def choose(self, message: Message, placeholder: str, *values: str, **how: Any) -> Message:
        """The reply to a choice in a menu, which is named by its placeholder."""
        custom_id = menu(message, placeholder)["custom_id"]
        clicked = await self.discord.click(message, custom_id, values=list(values), **how)
        return await self.changed(message, clicked)

    async def changed(self, message: Message, clicked: Interaction) -> Message:
        """What is new after a click: another message, or another state of the same."""
        before = self.discord.current(message).revision
        return await clicked.wait_for(
            lambda each: not each.empty and (each.id != message.id or each.revision > before),
            PATIENCE,
        )

    async def in_the_midst_of_a_reindex(self, total: int) -> Interaction:
        """Let a manager start one, and wait until it shows that it embeds ``total`` releases."""
        started = await self.discord.slash("reindex", user=self.discord.manager)
        await started.wait_for(lambda message: f"of {total} releases" in message.text, BUILD)
        return started


async def until(holds: Callable[[], object]) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(PATIENCE):
        while True:
            if holds():
                return
            await asyncio.sleep(0.01)


def menu(message: Message, placeholder: str) -> dict[str, Any]:
    """The menu of a message with that placeholder."""
    for item in walk(list(message.components)):
        if item.get("placeholder") == placeholder:
            return item
    raise LookupError(f"no menu {placeholder!r}")


def walk(components: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """All components, the inner ones too."""
    return [
        each for item in components for each in (item, *walk(list(item.get("components") or ())))
    ]


def labels(message: Message) -> list[str | None]:
    """What stands on the buttons of a message."""
    return [button.label for button in message.buttons]


def many_releases(path: Path, count: int, first: int = 0) -> Path:
    """A file of ``count`` different releases, enough to catch the bot while it reads them.

    They are numbered from ``first`` on.
    """
    rows = (
        {
            "title": f"Notice {number} of the Harbor Office",
            "date": "2024-01-01",
            "text": "\n\n".join(
                f"Notice {number}, part {part}: pier {number * 7 + part} is closed for repairs "
                "until the crane has been inspected, the deck relaid and the lamps replaced."
                for part in range(4)
            ),
        }
        for number in range(first, first + count)
    )
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path
