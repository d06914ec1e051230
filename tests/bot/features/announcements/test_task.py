"""Announcements of new releases in Discord."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.archive_service import ArchiveService
from bot.features.announcements.planning import MAX_SINGLE
from bot.features.announcements.task import AnnouncementTask
from retrieval.archive import Archive
from retrieval.text.keys import text_checksum
from tests.bot.features.announcements.publishing import JUNE, publish
from tests.bot.online import PATIENCE, Online, Run, menu, until
from tests.loopback import Channel, LoopbackDiscord, Message
from tests.retrieval.sources.web.clocks import ManualClock


def park(number: int = 1) -> dict[str, Any]:
    return {
        "id": f"park{number}",
        "title": f"Park {number} Opens on Pier 9",
        "date": f"2025-06-{number:02}",
        "url": f"https://www.harbor.example/news/park{number}",
        "text": f"Park number {number} opens to everybody in June.\n\nIt has {number} trees.",
    }


async def first_index(it: Online) -> None:
    """Wait for the first index, which is no news; from then on only the test looks for news."""
    await it.indexed()
    it.bot.announcements.loop.cancel()
    await it.bot.announcements.announce()


async def announce_in(it: Online, channel: Channel) -> None:
    panel = await it.slash("settings", user=it.discord.manager)
    await it.change_setting(panel, "announce", str(channel.id))


def announced(it: Online) -> list[Message]:
    return [
        each
        for each in it.discord.messages
        if each.text.startswith("### ") and "ew release" in each.text
    ]


async def test_a_new_release_is_announced_once_with_its_summary(
    run: Run, newsrooms_file: Path
) -> None:
    async with run(newsrooms_file, clock=ManualClock(JUNE)) as it:
        await first_index(it)
        await announce_in(it, it.discord.channel)
        publish(newsrooms_file, park())
        await it.reindex()
        assert await it.bot.announcements.announce() == 1
        (message,) = announced(it)
        assert message.text.splitlines() == [
            "### New release",
            "[Park 1 Opens on Pier 9](<https://www.harbor.example/news/park1>)",
            "-# June 1, 2025 · www.harbor.example",
            "Park number 1 opens to everybody in June.",
        ]
        assert message.pings == ()
        whole = await it.choose(message, "Read a whole release", key(message))
        assert "It has 1 trees." in whole.text
        assert await it.bot.announcements.announce() == 0
        assert len(announced(it)) == 1


async def test_a_few_new_releases_are_announced_one_by_one_the_newest_last(
    run: Run, newsrooms_file: Path
) -> None:
    async with run(newsrooms_file, clock=ManualClock(JUNE)) as it:
        await first_index(it)
        await announce_in(it, it.discord.channel)
        publish(newsrooms_file, *(park(number) for number in range(1, MAX_SINGLE + 1)))
        await it.reindex()
        assert await it.bot.announcements.announce() == MAX_SINGLE
        titles = [message.text.splitlines()[1] for message in announced(it)]
        assert [title[: len("[Park 1 ")] for title in titles] == [
            f"[Park {number} " for number in range(1, MAX_SINGLE + 1)
        ]


async def test_many_new_releases_are_announced_in_one_digest(
    run: Run, newsrooms_file: Path
) -> None:
    async with run(newsrooms_file, clock=ManualClock(JUNE)) as it:
        await first_index(it)
        await announce_in(it, it.discord.channel)
        publish(newsrooms_file, *(park(number) for number in range(1, 31)))
        await it.reindex()
        await it.bot.announcements.announce()
        (message,) = announced(it)
        lines = message.text.splitlines()
        assert lines[0] == "### 30 new releases"
        assert lines[1].startswith("- [Park 30 ")
        assert len(lines) == 27
        assert lines[-1] == "-# and 5 more: /releases"
        whole = await it.choose(message, "Read a whole release", key(message))
        assert "It has 30 trees." in whole.text


async def test_a_release_that_changes_changes_its_announcement(
    run: Run, newsrooms_file: Path
) -> None:
    async with run(newsrooms_file, clock=ManualClock(JUNE)) as it:
        await first_index(it)
        await announce_in(it, it.discord.channel)
        publish(newsrooms_file, park(1), park(2))
        await it.reindex()
        await it.bot.announcements.announce()
        for text in ("Park number 1 opens in July instead.", "Park number 1 opens in August."):
            corrected = {**park(1), "title": "Park 1 Opens Later", "text": text}
            publish(newsrooms_file, corrected, park(2))
            await it.reindex()
            assert await it.bot.announcements.announce() == 0
            first, second = announced(it)
            title, linked, _, summary, changed = first.text.splitlines()
            assert title == "### New release"
            assert linked == "[Park 1 Opens Later](<https://www.harbor.example/news/park1>)"
            assert summary == text
            assert changed.startswith("-# Changed <t:")
            assert second.revision == 0


async def test_the_same_release_at_another_address_is_not_announced_again(
    run: Run, newsrooms_file: Path
) -> None:
    async with run(newsrooms_file, clock=ManualClock(JUNE)) as it:
        await first_index(it)
        await announce_in(it, it.discord.channel)
        long = " ".join(f"Bench number {number} is made of oak." for number in range(20))
        plaza = {**park(1), "text": long}
        publish(newsrooms_file, plaza)
        await it.reindex()
        assert await it.bot.announcements.announce() == 1
        # The first one of two copies is kept.
        publish(newsrooms_file, {**plaza, "id": "copy"}, plaza)
        await it.reindex()
        assert await it.bot.announcements.announce() == 0
        assert len(announced(it)) == 1


async def test_releases_indexed_while_the_bot_was_offline_are_announced_at_its_start(
    run: Run, newsrooms_file: Path, newsrooms_archive: Archive
) -> None:
    async with LoopbackDiscord() as discord:
        async with run(
            newsrooms_file, archive=newsrooms_archive, on=discord, clock=ManualClock(JUNE)
        ) as it:
            await first_index(it)
            await announce_in(it, discord.channel)
        publish(newsrooms_file, park())
        newsrooms_archive.reindex([newsrooms_file])  # as `verbatim index` does
        async with run(
            newsrooms_file, archive=newsrooms_archive, on=discord, clock=ManualClock(JUNE)
        ) as it:
            await it.indexed()
            await it.bot.announcements.announce()
            await until(lambda: announced(it))  # the bot's own task may have begun before
            assert len(announced(it)) == 1


async def test_only_releases_of_the_servers_newsroom_are_announced(
    run: Run, newsrooms_file: Path
) -> None:
    async with run(newsrooms_file, clock=ManualClock(JUNE)) as it:
        await first_index(it)
        await announce_in(it, it.discord.channel)
        panel = await it.slash("settings", user=it.discord.manager)
        await it.change_setting(panel, "newsroom", text_checksum("coast.example"))
        publish(newsrooms_file, park(1), {**park(2), "newsroom": "coast.example"})
        await it.reindex()
        assert await it.bot.announcements.announce() == 2
        (message,) = announced(it)
        assert "Park 2 " in message.text
        assert "Park 1 " not in message.text


async def test_an_announcement_in_a_news_channel_is_published_to_followers(
    run: Run, newsrooms_file: Path
) -> None:
    async with run(newsrooms_file, clock=ManualClock(JUNE)) as it:
        await first_index(it)
        news = await it.discord.new_channel("news", "news")
        await announce_in(it, news)
        publish(newsrooms_file, park())
        await it.reindex()
        await it.bot.announcements.announce()
        (message,) = announced(it)
        assert message.channel_id == news.id
        assert it.discord.current(message).crossposted


async def test_a_missing_permission_to_announce_is_only_logged(
    run: Run, newsrooms_file: Path
) -> None:
    async with run(newsrooms_file, clock=ManualClock(JUNE)) as it:
        await first_index(it)
        await announce_in(it, it.discord.channel)
        it.discord.forbid(it.discord.channel)
        publish(newsrooms_file, park())
        await it.reindex()
        assert await it.bot.announcements.announce() == 1
        assert announced(it) == []
        answer = await it.discord.slash("ask", {"question": "How many trees has park 1?"})
        assert "1 trees" in (await answer.answer(PATIENCE)).text


class FailsOnce:
    """An archive service that fails at its first call."""

    def __init__(self, archive: ArchiveService) -> None:
        self._archive = archive
        self.calls = 0

    async def generation(self) -> str:
        self.calls += 1
        if self.calls == 1:
            raise ValueError("unexpected")
        return await self._archive.generation()

    async def release_ids(self) -> dict[str, set[str]]:
        return await self._archive.release_ids()

    async def checksums(self, ids: Sequence[str]) -> dict[str, str]:
        return await self._archive.checksums(ids)


async def test_an_unexpected_error_is_logged_and_the_task_goes_on(
    run: Run, newsrooms_archive: Archive, caplog: pytest.LogCaptureFixture
) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        archive = FailsOnce(it.bot.services.archive)
        task = AnnouncementTask(it.bot, replace(it.bot.services, archive=archive))
        task.loop.start()
        await until(lambda: archive.calls == 2)
        assert task.loop.is_running()
        task.loop.cancel()
        assert "ValueError: unexpected" in caplog.text


def key(message: Message) -> str:
    return str(menu(message, "Read a whole release")["options"][0]["value"])


async def test_of_an_archive_that_is_added_only_the_latest_releases_are_news(
    run: Run, newsrooms_file: Path, newsrooms_archive: Archive, tmp_path: Path
) -> None:
    added = tmp_path / "archive.jsonl"
    dates = ["2025-06-01", "2025-05-27", "2025-05-01", "2019-05-01", None]
    rows = [
        {
            "id": f"n{n}",
            "title": f"Notice {n} of {date}",
            "date": date,
            "text": f"Notice {n}.",
        }
        for n, date in enumerate(dates)
    ]
    added.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    undated = {**park(1), "id": "undated park", "title": "A Park Without a Day"}
    del undated["date"]
    async with LoopbackDiscord() as discord:
        async with run(
            newsrooms_file, archive=newsrooms_archive, on=discord, clock=ManualClock(JUNE)
        ) as it:
            await first_index(it)
            await announce_in(it, discord.channel)
        publish(newsrooms_file, undated)
        async with run(
            newsrooms_file, added, archive=newsrooms_archive, on=discord, clock=ManualClock(JUNE)
        ) as it:
            await it.indexed()
            it.bot.announcements.loop.cancel()
            await it.reindex()
            assert await it.bot.announcements.announce() == 3
            titles = [message.text.splitlines()[1] for message in announced(it)]
            assert [title.strip("*[").split("]")[0] for title in titles] == [
                "A Park Without a Day",
                "Notice 1 of 2025-05-27",
                "Notice 0 of 2025-06-01",
            ]
            assert await it.bot.announcements.announce() == 0
