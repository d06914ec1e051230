"""Announcements that come once a day, in one message."""

import asyncio
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.features.announcements.task import AnnouncementTask
from tests.bot.features.announcements.publishing import JUNE, publish, ready
from tests.bot.online import Online, Run
from tests.loopback import LoopbackDiscord, Message
from tests.retrieval.sources.web.clocks import ManualClock

MINUTE, HOUR, DAY = 60.0, 3600.0, 24 * 3600.0


def park(number: int, text: str = "It opens to everybody.") -> dict[str, Any]:
    id, title = f"park{number}", f"Park {number} Opens"
    more = f"Its number is {number}."  # the same text twice would be one release
    return {"id": id, "title": title, "date": "2025-06-01", "text": f"{text}\n\n{more}"}


async def add(it: Online, **options: Any) -> Message:
    """Add an announcement, and return the list."""
    manager = it.discord.manager
    offered = await it.slash("announcements", options, user=manager)
    return await it.click(offered, "Keep", user=manager)


async def look(it: Online, path: Path, *more: dict[str, Any]) -> list[Message]:
    """Publish releases, look for news, and return the announcements."""
    publish(path, *more)
    await it.reindex()
    return await announced(it)


async def announced(it: Online) -> list[Message]:
    await it.bot.announcements.announce()
    return [each for each in it.discord.messages if each.interaction_id is None]


async def test_a_digest_has_what_is_new_since_the_last_one(run: Run, newsrooms_file: Path) -> None:
    clock = ManualClock(JUNE)
    async with run(newsrooms_file, clock=clock) as it:
        await ready(it)
        listed = await add(it, digest=8)
        channel = it.discord.channel.mention
        assert f"{channel}: all releases, once a day at 8:00 (UTC)" in listed.text
        assert await look(it, newsrooms_file, park(1)) == []
        clock.advance(10 * MINUTE)
        assert await look(it, newsrooms_file, park(1), park(2)) == []
        clock.advance(20 * MINUTE)
        (first,) = await announced(it)
        assert first.text.splitlines() == [
            "### 2 new releases",
            "- **Park 2 Opens**",
            "- **Park 1 Opens**",
        ]
        clock.advance(DAY)
        assert await announced(it) == [first]  # nothing is new
        three = [park(number) for number in (1, 2, 3)]
        assert await look(it, newsrooms_file, *three) == [first]
        clock.advance(DAY)
        _, second = await announced(it)
        assert second.text.splitlines()[:2] == ["### New release", "**Park 3 Opens**"]


async def test_the_hour_is_that_of_the_time_zone_of_the_settings(
    run: Run, newsrooms_file: Path
) -> None:
    clock, zone = ManualClock(JUNE), ZoneInfo("Europe/Madrid")
    async with run(newsrooms_file, clock=clock, timezone=zone) as it:
        await ready(it)
        listed = await add(it, digest=10)
        assert "once a day at 10:00 (Europe/Madrid)" in listed.text
        assert await look(it, newsrooms_file, park(1)) == []
        clock.advance(30 * MINUTE)
        assert len(await announced(it)) == 1


async def test_a_digest_shows_releases_as_they_are_at_its_hour(
    run: Run, newsrooms_file: Path
) -> None:
    clock = ManualClock(JUNE)
    async with run(newsrooms_file, clock=clock) as it:
        await ready(it)
        await add(it, digest=8)
        await look(it, newsrooms_file, park(1), park(2))
        await look(it, newsrooms_file, park(2, "It opens in July."))
        clock.advance(HOUR)
        (message,) = await announced(it)
        assert message.text.splitlines() == [
            "### New release",
            "**Park 2 Opens**",
            "-# June 1, 2025",
            "It opens in July.",
        ]


async def test_a_digest_of_releases_that_are_all_gone_is_not_sent(
    run: Run, newsrooms_file: Path
) -> None:
    clock = ManualClock(JUNE)
    async with run(newsrooms_file, clock=clock) as it:
        await ready(it)
        await add(it, digest=8)
        await look(it, newsrooms_file, park(1))
        await look(it, newsrooms_file)
        clock.advance(HOUR)
        assert await announced(it) == []


async def test_a_release_that_changes_after_a_digest_changes_it(
    run: Run, newsrooms_file: Path
) -> None:
    clock = ManualClock(JUNE)
    async with run(newsrooms_file, clock=clock) as it:
        await ready(it)
        await add(it, digest=8)
        await look(it, newsrooms_file, park(1), park(2))
        clock.advance(HOUR)
        await announced(it)
        (message,) = await look(it, newsrooms_file, park(1, "It stays closed."), park(2))
        assert message.text.splitlines()[1:] == [
            "- **Park 2 Opens**",
            "- **Park 1 Opens** (changed)",
        ]


async def test_a_digest_whose_hour_passed_while_the_bot_was_off_is_sent_once(
    run: Run, newsrooms_file: Path
) -> None:
    clock = ManualClock(JUNE)
    async with LoopbackDiscord() as discord:
        async with run(newsrooms_file, on=discord, clock=clock) as it:
            await ready(it)
            await add(it, digest=8)
            assert await look(it, newsrooms_file, park(1)) == []
        clock.advance(2 * DAY)
        for _ in range(2):
            async with run(newsrooms_file, on=discord, clock=clock) as it:
                await ready(it)
                assert len(await announced(it)) == 1
            clock.advance(DAY)


async def test_two_processes_send_a_digest_once(run: Run, newsrooms_file: Path) -> None:
    clock = ManualClock(JUNE)
    async with run(newsrooms_file, clock=clock) as it:
        await ready(it)
        await add(it, digest=8)
        other = AnnouncementTask(it.bot, it.bot.services, lambda: clock.now().timestamp())
        await other.announce()
        publish(newsrooms_file, park(1))
        await it.reindex()
        await asyncio.gather(it.bot.announcements.announce(), other.announce())
        assert await announced(it) == []
        clock.advance(HOUR)
        await asyncio.gather(it.bot.announcements.announce(), other.announce())
        assert len(await announced(it)) == 1


async def test_a_digest_that_nobody_wants_any_more_is_not_sent(
    run: Run, newsrooms_file: Path
) -> None:
    clock = ManualClock(JUNE)
    async with run(newsrooms_file, clock=clock) as it:
        await ready(it)
        listed = await add(it, digest=8)
        await look(it, newsrooms_file, park(1))
        await it.choose(listed, "Remove an announcement", "1", user=it.discord.manager)
        clock.advance(HOUR)
        assert await announced(it) == []
