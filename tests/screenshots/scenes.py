"""What is shown. A scene is a coroutine that lets people do something and gives what they see."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from tests.loopback import Interaction, Message

from .newsroom import releases as city_releases
from .scene import Scene
from .stage import PATIENCE, Stage

SceneMaker = Callable[[Stage], Awaitable[Scene]]

BRIDGE = "How much did the Harbor Bridge cost?"


async def ask(stage: Stage) -> Scene:
    return await _used(stage, "ask", {"question": BRIDGE})


async def sample(stage: Stage) -> Scene:
    question = "What did Rep. Takano say about the Constitution?"
    return await _used(stage, "ask", {"question": question, "private": True})


async def no_answer(stage: Stage) -> Scene:
    return await _used(stage, "ask", {"question": "When does the opera house open?"})


async def follow_up(stage: Stage) -> Scene:
    asked = await stage.discord.mention("Which libraries open on Sundays?")
    answer = await asked.reply(PATIENCE)
    onward = await stage.discord.say("And who asked for it?", reply_to=answer)
    return stage.conversation(asked, answer, onward, await onward.reply(PATIENCE))


async def context(stage: Stage) -> Scene:
    _, answer = await _answered(stage, "ask", {"question": BRIDGE})
    pressed = await stage.discord.click(answer, label="In context")
    return stage.response(pressed, await pressed.answer(PATIENCE))


async def not_helpful(stage: Stage) -> Scene:
    _, answer = await _answered(stage, "ask", {"question": BRIDGE})
    pressed = await stage.discord.click(answer, label="Not helpful")
    await pressed.acknowledged()
    return stage.dialog(pressed, {"reason": "I meant the old bridge."})


async def find_source(stage: Stage) -> Scene:
    said = await stage.discord.say("the price stays as it is, and commuters have carried enough!!")
    sought = await stage.discord.menu("Find the source", said)
    return stage.response(sought, await sought.answer(PATIENCE))


async def listed(stage: Stage) -> Scene:
    return await _used(stage, "releases", {"since": "2025-03-01"})


async def title(stage: Stage) -> Scene:
    return await stage.suggestions("release", "title", "harbr brigde")


async def timeline(stage: Stage) -> Scene:
    return await _used(stage, "timeline", {"topic": "night ferry"})


async def settings(stage: Stage) -> Scene:
    return await _used(stage, "settings", {}, manager=True)


async def unanswered(stage: Stage) -> Scene:
    for question in ("Is there a night bus?", "Is there a night bus?", "Who is the dog catcher?"):
        await _answered(stage, "ask", {"question": question})
    return await _used(stage, "unanswered", {}, manager=True)


async def spanish(stage: Stage) -> Scene:
    ana = stage.discord.new_person("ana", locale="es-ES")
    asked = await stage.discord.slash("ask", {"question": BRIDGE}, user=ana)
    return stage.response(asked, await asked.answer(PATIENCE))


async def reindex(stage: Stage) -> Scene:
    rows = [*city_releases()][:-1]
    rows.append(
        {
            "id": "park",
            "title": "New Park on Pier 9",
            "date": "2025-07-01",
            "newsroom": "City of Harbor",
            "url": "https://www.harbor.example/news/park",
            "text": "A park with sixty trees opens on Pier 9 on July 4.\n\nIt never closes.",
        }
    )
    lines = [json.dumps(row) for row in rows]
    stage.releases.write_text("\n".join([*lines, "{not json"]), encoding="utf-8")
    await stage.bot.announcements.announce()
    manager = stage.discord.manager
    started = await stage.discord.slash("reindex", user=manager)
    report = await started.wait_for(lambda each: each.text.startswith("### Reindexed"), PATIENCE)
    return stage.response(started, report)


async def announcement(stage: Stage) -> Scene:
    _, panel = await _answered(stage, "settings", {}, manager=True)
    channel = str(stage.discord.channel.id)
    pressed = await stage.discord.click(
        panel, "v1:set:announce", values=[channel], user=stage.discord.manager
    )
    await pressed.wait_for(lambda each: each.revision > panel.revision, PATIENCE)
    await stage.bot.announcements.announce()
    return stage.conversation(stage.discord.messages[-1])


SCENES: tuple[tuple[str, SceneMaker], ...] = (
    ("ask", ask),
    ("sample", sample),
    ("no-answer", no_answer),
    ("follow-up", follow_up),
    ("context", context),
    ("not-helpful", not_helpful),
    ("find-source", find_source),
    ("releases", listed),
    ("title", title),
    ("timeline", timeline),
    ("settings", settings),
    ("unanswered", unanswered),
    ("spanish", spanish),
    ("reindex", reindex),
    ("announcement", announcement),
)
"""File name and scene. They share one stage, in this order."""


async def _answered(
    stage: Stage, command: str, options: Mapping[str, Any], *, manager: bool = False
) -> tuple[Interaction, Message]:
    user = stage.discord.manager if manager else stage.discord.member
    asked = await stage.discord.slash(command, options, user=user)
    return asked, await asked.answer(PATIENCE)


async def _used(
    stage: Stage, command: str, options: Mapping[str, Any], *, manager: bool = False
) -> Scene:
    return stage.response(*await _answered(stage, command, options, manager=manager))
