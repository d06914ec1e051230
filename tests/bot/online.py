"""A bot that is online on a loopback Discord, and what tests do with it."""

import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bot.client import VerbatimBot
from bot.core.actions import Action
from tests.loopback import Interaction, LoopbackDiscord, Message

BUILD = 60.0  # seconds that a build may take on a busy machine
PATIENCE = 20.0  # seconds that an answer may take there

Run = Callable[..., AbstractAsyncContextManager["Online"]]


@dataclass
class Online:
    """A bot that is online, and its Discord."""

    discord: LoopbackDiscord
    bot: VerbatimBot

    async def indexed(self) -> None:
        """Wait until the commands are registered, the index is open, and no build is running."""
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
        """Use a command and return the reply."""
        return await (await self.discord.slash(name, options, **how)).answer(PATIENCE)

    async def ask(self, question: str, **how: Any) -> Message:
        """Ask a question in the channel and return the answer."""
        return await self.slash("ask", {"question": question}, **how)

    async def click(self, message: Message, label: str, **how: Any) -> Message:
        """Click a button and return the reply, or the message that it changed."""
        return await self.changed(message, await self.discord.click(message, label=label, **how))

    async def choose(self, message: Message, placeholder: str, *values: str, **how: Any) -> Message:
        """Select values in the menu with a placeholder and return the reply."""
        custom_id = menu(message, placeholder)["custom_id"]
        clicked = await self.discord.click(message, custom_id, values=list(values), **how)
        return await self.changed(message, clicked)

    async def change_setting(self, panel: Message, setting: str, *values: str) -> None:
        """Select values for a setting of the server, as a manager."""
        clicked = await self.discord.click(
            panel, f"v1:set:{setting}", values=list(values), user=self.discord.manager
        )
        await self.changed(panel, clicked)

    async def changed(self, message: Message, clicked: Interaction) -> Message:
        """The message that a click sent, or the clicked message once it has been edited."""
        before = self.discord.current(message).revision
        return await clicked.wait_for(
            lambda each: not each.empty and (each.id != message.id or each.revision > before),
            PATIENCE,
        )

    def with_button(self, message: Message, action: Action) -> Message:
        """A message of the bot with one more button, whatever Discord would say to that."""
        current = self.discord.current(message)
        number = 900 + 2 * current.revision
        button = {"type": 2, "style": 2, "id": number, "label": "!", "custom_id": action.custom_id}
        row = {"type": 1, "id": number + 1, "components": [button]}
        components = (*message.components, row)
        changed = replace(current, components=components, revision=current.revision + 1)
        return self.discord.world.record(changed)

    def kept(self) -> dict[str, list[tuple[Any, ...]]]:
        """All that the bot keeps in its state, by table."""
        read = self.bot.services.state.database.read
        tables = read("SELECT name FROM sqlite_schema WHERE type = 'table'")
        return {name: read(f"SELECT * FROM {name}") for (name,) in tables}

    async def reindex(self) -> Message:
        """Reindex as a manager and return the report."""
        started = await self.discord.slash("reindex", user=self.discord.manager)
        return await started.wait_for(is_report, BUILD)

    async def start_reindex(self, total: int) -> Interaction:
        """Reindex as a manager, and wait until the progress says "of ``total`` releases"."""
        started = await self.discord.slash("reindex", user=self.discord.manager)
        await started.wait_for(lambda message: f"of {total} releases" in message.text, BUILD)
        return started


def is_report(message: Message) -> bool:
    """Whether a message is the report of a build."""
    return message.text.startswith("### Reindexed")


async def until(condition: Callable[[], object]) -> None:
    """Wait until a condition holds."""
    async with asyncio.timeout(PATIENCE):
        while True:
            if condition():
                return
            await asyncio.sleep(0.01)


def menu(message: Message, placeholder: str) -> dict[str, Any]:
    """The menu of a message with a placeholder."""
    for component in walk(list(message.components)):
        if component.get("placeholder") == placeholder:
            return component
    raise LookupError(f"no menu {placeholder!r}")


def walk(components: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """All components, including nested ones."""
    return [
        each for item in components for each in (item, *walk(list(item.get("components") or ())))
    ]


def labels(message: Message) -> list[str | None]:
    """The labels of the buttons of a message."""
    return [button.label for button in message.buttons]


def many_releases(path: Path, count: int, first: int = 0) -> Path:
    """Write ``count`` different releases, so that a build takes long enough to be watched.

    They are numbered from ``first``.
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
