"""``/announcements`` in Discord, and what comes of it when releases are published."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot.core.actions import DropAnnouncement, KeepAnnouncement, RemoveAnnouncement
from bot.state.announcements import MAX_ANNOUNCEMENTS
from tests.bot.features.announcements.publishing import CLINIC, FAIR, JUNE, publish, ready
from tests.bot.online import PATIENCE, Online, Run, labels
from tests.conftest import NEWSROOMS
from tests.loopback import LoopbackDiscord, Message
from tests.retrieval.sources.web.clocks import ManualClock

QUESTION = "anything about veterans' health"
ONLY_MANAGERS = "Only people who may manage this server can do that."


async def offer(it: Online, **options: Any) -> Message:
    return await it.slash("announcements", options, user=it.discord.manager)


async def add(it: Online, **options: Any) -> Message:
    """Add an announcement, and return the list."""
    offered = await offer(it, **options)
    return await it.click(offered, "Keep", user=it.discord.manager)


async def announce(it: Online, path: Path, *more: dict[str, Any]) -> list[Message]:
    """Publish releases, and return the announcements."""
    publish(path, *more)
    await it.reindex()
    await it.bot.announcements.announce()
    return announced(it)


def announced(it: Online) -> list[Message]:
    return [
        each
        for each in it.discord.messages
        if each.interaction_id is None and "ew release" in each.text
    ]


async def test_a_standing_question_shows_the_past_and_announces_what_matches(
    run: Run, newsrooms_file: Path
) -> None:
    old = {**CLINIC, "id": "old", "title": "Veterans' Health Fair", "date": "2025-05-30"}
    publish(newsrooms_file, old)
    async with run(newsrooms_file, clock=ManualClock(JUNE)) as it:
        await ready(it)
        news = await it.discord.new_channel("news")
        role = it.discord.world.role_manager
        offered = await offer(it, channel=news, question=QUESTION, role=role)
        assert f"{news.mention}: the question “{QUESTION}”, mentions <@&{role}>" in offered.text
        assert "I would have announced 1 release." in offered.text
        assert "**Veterans' Health Fair**" in offered.text
        assert "⚠ Nobody would be notified" in offered.text
        assert labels(offered) == ["Keep", "Cancel"]
        assert offered.ephemeral
        assert offered.pings == ()
        listed = await it.click(offered, "Keep", user=it.discord.manager)
        assert listed.text.startswith("### What I announce in this server")
        assert f"- {news.mention}: the question “{QUESTION}”" in listed.text
        changed = {**CLINIC, "text": CLINIC["text"] + " Parking is free."}
        (message,) = await announce(it, newsrooms_file, old, changed, FAIR)
        assert message.channel_id == news.id
        assert "New Clinic Opens" in message.text
        assert f"-# Matches the question “{QUESTION}”" in message.text
        assert message.pings == (f"<@&{role}>",)


async def test_a_correction_keeps_the_reason_and_notifies_nobody(
    run: Run, newsrooms_file: Path
) -> None:
    async with run(newsrooms_file, clock=ManualClock(JUNE)) as it:
        await ready(it)
        await add(it, words="ferry fair", role=it.discord.world.role_manager)
        await announce(it, newsrooms_file, FAIR)
        (message,) = await announce(it, newsrooms_file, {**FAIR, "text": "It is cancelled."})
        assert "It is cancelled." in message.text
        assert "-# Matches the words “ferry fair”" in message.text
        assert message.revision == 1
        assert message.pings == ()


async def test_a_channel_gets_a_release_once_whatever_announces_it(
    run: Run, newsrooms_file: Path
) -> None:
    async with run(newsrooms_file, clock=ManualClock(JUNE)) as it:
        await ready(it)
        panel = await it.slash("settings", user=it.discord.manager)
        await it.change_setting(panel, "announce", str(it.discord.channel.id))
        other = await it.discord.new_channel("ferries")
        await add(it, words="fair")
        await add(it, channel=other, words="FERRY")
        listed = await add(it, words="ferry")
        assert listed.text.count("\n- ") + listed.text.startswith("- ") == 4
        assert f"{it.discord.channel.mention}: all releases (from /settings)" in listed.text
        clinic, fair, elsewhere = sorted(
            await announce(it, newsrooms_file, CLINIC, FAIR),
            key=lambda each: (each.channel_id == other.id, "Fair" in each.text),
        )
        assert "Matches" not in clinic.text
        assert fair.channel_id == it.discord.channel.id
        assert fair.text.endswith("-# Matches the words “fair”\n-# Matches the words “ferry”")
        assert "Ferry Fair" in elsewhere.text
        assert await announce(it, newsrooms_file, CLINIC, FAIR) == announced(it)
        assert len(announced(it)) == 3


async def test_a_newsroom_is_named_in_part_and_kept_by_its_whole_name(
    run: Run, newsrooms_file: Path
) -> None:
    async with run(newsrooms_file, clock=ManualClock(JUNE)) as it:
        await ready(it)
        listed = await add(it, newsroom="coast")
        assert "the newsroom coast.example" in listed.text
        (message,) = await announce(
            it, newsrooms_file, CLINIC, {**FAIR, "newsroom": "coast.example"}
        )
        assert "Ferry Fair" in message.text


async def test_what_is_removed_or_not_kept_is_not_announced(run: Run, newsrooms_file: Path) -> None:
    async with run(newsrooms_file, clock=ManualClock(JUNE)) as it:
        await ready(it)
        manager = it.discord.manager
        listed = await add(it, words="ferry")
        value = next(
            option["value"]
            for row in listed.components
            for each in row.get("components", ())
            for option in each.get("options", ())
        )
        listed = await it.choose(listed, "Remove an announcement", value, user=manager)
        assert "Nothing yet." in listed.text
        offered = await offer(it, words="fair")
        dropped = await it.click(offered, "Cancel", user=manager)
        assert dropped.text == "I have not added it."
        keep = KeepAnnouncement(2)
        late = await it.discord.click(it.with_button(offered, keep), keep.custom_id, user=manager)
        assert "decided already" in (await late.followup(within=PATIENCE)).text
        assert await announce(it, newsrooms_file, CLINIC, FAIR) == []


async def test_an_offer_and_an_announcement_outlive_a_restart(
    run: Run, newsrooms_file: Path
) -> None:
    async with LoopbackDiscord() as discord:
        async with run(newsrooms_file, on=discord, clock=ManualClock(JUNE)) as it:
            await ready(it)
            offered = await offer(it, question=QUESTION)
        async with run(newsrooms_file, on=discord, clock=ManualClock(JUNE)) as it:
            await it.indexed()
            await it.click(offered, "Keep", user=discord.manager)
        async with run(newsrooms_file, on=discord, clock=ManualClock(JUNE)) as it:
            await it.indexed()
            (message,) = await announce(it, newsrooms_file, CLINIC, FAIR)
            assert "New Clinic Opens" in message.text


async def test_a_calibration_is_renewed_when_the_archive_has_grown(
    run: Run, newsrooms_file: Path
) -> None:
    async with run(newsrooms_file, clock=ManualClock(JUNE)) as it:
        await ready(it)
        await add(it, question=QUESTION)
        store = it.bot.services.state.announcements
        (before,) = await asyncio.to_thread(store.all)
        assert before.calibration
        assert before.calibration.releases == len(NEWSROOMS)
        await announce(it, newsrooms_file, CLINIC, FAIR)
        (after,) = await asyncio.to_thread(store.all)
        assert after.calibration
        assert after.calibration.releases == len(NEWSROOMS) + 2


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"question": "anything about"}, "names no subject"),
        ({"newsroom": "nobody"}, "No newsroom is called “nobody”."),
    ],
)
async def test_what_cannot_be_announced_is_explained_and_not_offered(
    run: Run, newsrooms_file: Path, options: dict[str, str], reason: str
) -> None:
    async with run(newsrooms_file, clock=ManualClock(JUNE)) as it:
        await it.indexed()
        refused = await offer(it, **options)
        assert reason in refused.text
        assert labels(refused) == []
        everyone = await offer(it, words="ferry", role=it.discord.world.guild_id)
        assert everyone.text == "I never mention everyone. Choose another role, or none."
        rows = it.bot.services.state.database.read("SELECT count(*) FROM announcement")
        assert rows == [(0,)]


async def test_there_is_a_limit(run: Run, newsrooms_file: Path) -> None:
    async with run(newsrooms_file, clock=ManualClock(JUNE)) as it:
        await it.indexed()
        waiting = await offer(it, words="ferry")
        for _ in range(MAX_ANNOUNCEMENTS):
            await add(it, words="ferry")
        full = f"This server has {MAX_ANNOUNCEMENTS} announcements already. Remove one first."
        assert (await offer(it, words="ferry")).text == full
        late = await it.discord.click(waiting, label="Keep", user=it.discord.manager)
        assert (await late.followup(within=PATIENCE)).text == full


async def test_only_managers_may_add_and_remove(run: Run, newsrooms_file: Path) -> None:
    async with run(newsrooms_file, clock=ManualClock(JUNE)) as it:
        await it.indexed()
        member = it.discord.member
        forged = await it.slash("announcements", {"words": "ferry"}, user=member, forged=True)
        assert forged.text == ONLY_MANAGERS
        offered = await offer(it, words="ferry")
        for action in (KeepAnnouncement(1), DropAnnouncement(1), RemoveAnnouncement()):
            clicked = await it.discord.click(offered, action.custom_id, user=member, forged=True)
            assert (await clicked.answer(PATIENCE)).text == ONLY_MANAGERS
        await it.click(offered, "Keep", user=it.discord.manager)
