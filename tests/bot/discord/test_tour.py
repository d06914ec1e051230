"""A tour of all commands, components and modals, checked by the loopback Discord."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.core.actions import ACTIONS, ExportUnanswered, SubmitReason, parse_action
from retrieval.index.earlier_wordings import Wording, WordingChange, record_changes
from retrieval.text.keys import release_key
from tests.bot.features.sources.steps import list_sources, offered
from tests.bot.online import BUILD, PATIENCE, Online, Run, many_releases, menu
from tests.conftest import NEWSROOMS
from tests.loopback import LoopbackDiscord, Totals
from tests.retrieval.sources.web.newsroom import Newsroom
from tests.retrieval.sources.web.sites import path, serve_feed, serve_releases

BRIDGE = "How much did the bridge cost?"


async def test_discord_accepts_every_command_component_and_modal(
    run: Run, tmp_path: Path, newsrooms_file: Path
) -> None:
    many = many_releases(tmp_path / "many.jsonl", 250)
    totals = Totals()
    async with (
        LoopbackDiscord(totals=totals) as discord,
        Newsroom() as newsroom,
        run(newsrooms_file, many, on=discord, private_addresses=True, fetch_delay=0.0) as it,
    ):
        await it.indexed()
        await ask_questions(it)
        await read_releases(it)
        await read_changes(it, tmp_path / "data")
        await manage(it, newsrooms_file)
        await manage_sources(it, newsroom)
        await manage_announcements(it)
        await subscribe(it)
        await it.click(await it.slash("forget me"), "Delete all of it")
        used = {each.name for each in discord.interactions}
        commands = {name.removesuffix(" me") for name in used}
        assert {command["name"] for command in discord.commands} <= commands
        assert {type(action) for name in used if (action := parse_action(name))} == set(ACTIONS)
    assert totals.report.violations == 0
    if not totals.report.schema_checked:
        pytest.skip(
            "passed, with bodies checked by rules alone. Discord's API description checks the rest:"
            " put it at discord/openapi.json in $SHARED_DATA, or name a copy in DISCORD_OPENAPI"
        )


async def ask_questions(it: Online) -> None:
    discord = it.discord
    answer = await it.slash("ask", {"question": BRIDGE, "private": True})
    shared = await (await discord.click(answer, label="Share")).followup(within=PATIENCE)
    further = await it.click(shared, "More passages")
    await it.click(further, "▶")
    context = await it.click(shared, "In context")
    await it.click(context, "Whole release")
    await it.click(shared, "Helpful")
    why = await discord.click(shared, label="Not helpful")
    await (await discord.submit_modal(why, {"reason": "Too old"})).answer(PATIENCE)
    assert parse_action(discord.interactions[-1].name) == SubmitReason(1)
    mention = await discord.mention(BRIDGE)
    reply = await mention.reply(PATIENCE)
    await (await discord.send("And who opened it?", reply_to=reply)).reply(PATIENCE)
    await (await discord.context_menu("Find the source", mention)).answer(PATIENCE)
    await it.ask("What is the capital of Mongolia?")
    for option in ("since", "until", "newsroom"):
        await discord.autocomplete("ask", option, "a")


async def read_releases(it: Online) -> None:
    listed = await it.slash("releases", {"search": "notice"})
    await it.click(listed, "▶")
    await it.choose(listed, "Read a whole release", release_key("bridge"), forged=True)
    suggested = await it.discord.autocomplete("release", "title", "habor brigde")
    assert suggested[0]["name"] == NEWSROOMS[0]["title"]
    await it.slash("release", {"title": suggested[0]["value"]})
    await it.slash("timeline", {"topic": "harbor office notice"})
    await it.slash("status")


async def read_changes(it: Online, data: Path) -> None:
    """A release that said so much more before that a button shows it."""
    id = NEWSROOMS[0]["id"]
    before = Wording("Another title", tuple(f"{n}: {'It said more. ' * 20}" for n in range(60)))
    change = WordingChange(id, before, is_kept=True)
    record_changes(data, [change], [id], datetime.now(UTC))
    suggested = await it.discord.autocomplete("release", "title", "habor brigde")
    shown = await it.slash("release", {"title": suggested[0]["value"]})
    await it.click(shown, "What changed")


async def manage(it: Online, file: Path) -> None:
    manager = it.discord.manager
    panel = await it.slash("settings", user=manager)
    await it.click(panel, "Answers: to the channel", user=manager)
    missing = await it.slash("unanswered", user=manager)
    clicked = await it.discord.click(missing, label="Export as CSV", user=manager)
    assert parse_action(clicked.name) == ExportUnanswered()
    await clicked.followup(within=PATIENCE)
    for number in range(11):
        await it.ask(f"Who is king number {number} of Mongolia?")
    missing = await it.slash("unanswered", user=manager)
    missing = await it.click(missing, "▶", user=manager)
    values = [
        option["value"]
        for row in missing.components
        for each in row.get("components", ())
        for option in each.get("options", ())
    ]
    missing = await it.choose(missing, "Delete a question", values[0], user=manager)
    await it.click(missing, "Delete all", user=manager)
    many_releases(file, 260, first=1000)
    started = await it.start_reindex(510)
    await it.click(started.message, "Cancel", user=manager)
    await started.wait_for(lambda each: "Stopped by" in each.text, BUILD)


async def manage_sources(it: Online, newsroom: Newsroom) -> None:
    manager = it.discord.manager
    serve_releases(newsroom, range(5))
    serve_feed(newsroom, range(5))
    await it.click(await offered(it, newsroom.address()), "Cancel", user=manager)
    offer = await offered(it, newsroom.address())
    come = newsroom.stall(path(4))
    keeping = await it.discord.click(offer, label="Keep", user=manager)
    await come.wait()
    reading = await keeping.wait_for(lambda each: "Fetching, 4 of 5" in each.text, PATIENCE)
    await it.click(reading, "Cancel", user=manager)
    await keeping.wait_for(lambda each: "Stopped by" in each.text, PATIENCE)
    listed = await list_sources(it)
    await it.click(listed, "Check", user=manager)
    await it.click(listed, "Last report", user=manager)
    asked = await it.click(listed, "Remove", user=manager)
    await it.click(asked, "Keep it", user=manager)


async def manage_announcements(it: Online) -> None:
    manager, options = it.discord.manager, {"question": "anything about ferries", "words": "ferry"}
    await it.click(await it.slash("announcements", options, user=manager), "Cancel", user=manager)
    offer = await it.slash("announcements", options, user=manager)
    listed = await it.click(offer, "Keep", user=manager)
    (option,) = menu(listed, "Remove an announcement")["options"]
    await it.choose(listed, "Remove an announcement", option["value"], user=manager)


async def subscribe(it: Online) -> None:
    await it.click(await it.slash("subscribe", {"words": "ferry"}), "Cancel")
    options = {"question": "anything about ferries", "words": "ferry", "newsroom": "coast"}
    await it.click(await it.slash("subscribe", options), "Keep")
    (confirmed,) = it.discord.world.messages_in(it.discord.dm(it.discord.member).id)
    await (await it.discord.click(confirmed, label="End this subscription")).answer(PATIENCE)
    for words in ("pier", "ferry"):
        await it.click(await it.slash("subscribe", {"words": words}, channel="dm"), "Keep")
    listed = await it.slash("subscriptions", channel="dm")
    first, _ = menu(listed, "End a subscription")["options"]
    listed = await it.choose(listed, "End a subscription", first["value"])
    await it.click(listed, "End all")
