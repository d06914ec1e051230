"""Newsrooms that are read again by themselves: over a month, over restarts, and while they fail."""

import asyncio
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from retrieval.sources.web.site_copy import SiteCopy, copy_folder
from tests.bot.features.sources.steps import add, archive_of, data_of, list_sources, releases
from tests.bot.online import Online, Run, until
from tests.loopback import LoopbackDiscord, Message
from tests.retrieval.sources.web.clocks import ManualClock
from tests.retrieval.sources.web.newsroom import Newsroom
from tests.retrieval.sources.web.sites import (
    day as date_of,
)
from tests.retrieval.sources.web.sites import (
    path,
    release_html,
    serve_feed,
    serve_listing,
    serve_releases,
    title,
)

HOUR = 3600.0
DAY = 24 * HOUR


def told(it: Online) -> list[Message]:
    """What the managers were told, oldest first."""
    return [each for each in it.discord.messages if "be read" in each.text]


async def choose_managers_channel(it: Online) -> None:
    panel = await it.slash("settings", user=it.discord.manager)
    await it.change_setting(panel, "managers", str(it.discord.channel.id))


async def pass_time(it: Online, clock: ManualClock, seconds: float, step: float = HOUR) -> int:
    """Let time pass, the bot looking for what is due; return how many indexes were built."""
    it.bot.refresh.loop.cancel()  # which would do some of it each minute of real time
    built = 0
    for _ in range(round(seconds / step)):
        clock.advance(step)
        built += (await it.bot.refresh.refresh()).index is not None
    return built


async def test_a_newsroom_is_read_again_at_its_interval_and_indexed_only_if_it_changed(
    run_for_sites: Run, newsroom: Newsroom, clock: ManualClock
) -> None:
    serve_releases(newsroom, range(9))
    serve_feed(newsroom, range(3, 9))
    async with run_for_sites(refresh=timedelta(minutes=30)) as it:
        await it.indexed()
        await add(it, newsroom)
        generation = await it.bot.services.archive.generation()
        newsroom.visits.clear()
        assert await pass_time(it, clock, 20 * 60, step=60) == 0
        assert newsroom.asked == []
        assert await pass_time(it, clock, 14 * 60, step=60) == 0
        assert newsroom.asked == ["/robots.txt", "/feed"]
        assert await it.bot.services.archive.generation() == generation
        serve_feed(newsroom, range(9))
        assert await pass_time(it, clock, 34 * 60, step=60) == 1
        assert set(releases(it)) == {"Zoo Adopts a Tapir", *map(title, range(9))}
        manager = it.discord.manager
        report = await it.click(await list_sources(it), "Last report", user=manager)
        assert "**Added: 3**" in report.text
        assert await pass_time(it, clock, 5 * HOUR, step=60) == 0


async def test_nothing_is_read_at_once_after_a_restart(
    run_for_sites: Run, newsroom: Newsroom, clock: ManualClock
) -> None:
    serve_releases(newsroom, range(3))
    serve_feed(newsroom, range(3))
    async with LoopbackDiscord() as discord:
        async with run_for_sites(on=discord) as it:
            await it.indexed()
            await add(it, newsroom)
        newsroom.visits.clear()
        for _ in range(5):
            clock.advance(600)
            async with run_for_sites(on=discord) as it:
                await it.bot.refresh.refresh()
        assert newsroom.asked == []
        clock.advance(1000)
        async with run_for_sites(on=discord) as it:
            await it.bot.refresh.refresh()
        assert newsroom.asked == ["/robots.txt", "/feed"]


async def test_nothing_is_read_by_itself_if_that_is_off(
    run_for_sites: Run, newsroom: Newsroom, clock: ManualClock
) -> None:
    serve_releases(newsroom, range(3))
    serve_feed(newsroom, range(3))
    async with run_for_sites(refresh=None) as it:
        await it.indexed()
        await add(it, newsroom)
        newsroom.visits.clear()
        await pass_time(it, clock, 10 * DAY, step=DAY)
        assert newsroom.asked == []


async def test_a_site_that_fails_is_left_alone_longer_and_longer_at_most_a_day(
    run_for_sites: Run, newsroom: Newsroom, clock: ManualClock
) -> None:
    serve_releases(newsroom, range(3))
    serve_feed(newsroom, range(3))
    async with run_for_sites() as it:
        await it.indexed()
        await add(it, newsroom)
        newsroom.serve("/robots.txt", "User-agent: *\nDisallow: /", content_type="text/plain")
        newsroom.visits.clear()
        tries = list[float]()
        for minute in range(0, 5 * 24 * 60, 15):
            seen = len(newsroom.visits)
            await pass_time(it, clock, 900, step=900)
            if len(newsroom.visits) > seen:
                tries.append(minute / 60)
        pauses = [later - sooner for sooner, later in pairwise(tries)]
        for pause, expected in zip(pauses, [1, 2, 4, 8, 16, 24, 24], strict=False):
            assert 0.85 * expected - 0.25 <= pause <= 1.15 * expected + 0.25
        assert len(pauses) >= 7
        assert len(releases(it)) == 4


async def test_managers_are_told_once_after_three_days_and_once_more_when_it_works(
    run_for_sites: Run, newsroom: Newsroom, clock: ManualClock
) -> None:
    serve_releases(newsroom, range(3))
    serve_feed(newsroom, range(3))
    async with LoopbackDiscord() as discord:
        async with run_for_sites(on=discord) as it:
            await it.indexed()
            await choose_managers_channel(it)
            await add(it, newsroom)
            newsroom.delete("/feed", status=403)
            await pass_time(it, clock, 2.8 * DAY)
            assert told(it) == []
            status = (await it.slash("status")).text
            assert "⚠ http\\://127.0.0.1" in status
            assert "cannot be read since <t:" in status
            listed = (await list_sources(it)).text
            assert "⚠ Cannot be read since <t:" in listed
            assert "the site blocks Verbatim (HTTP 403)" in listed
        async with run_for_sites(on=discord) as it:  # a restart changes nothing about that
            await pass_time(it, clock, 5 * DAY)
            (failing,) = told(it)
            assert "the site blocks Verbatim (HTTP 403)" in failing.text
            assert failing.pings == ()
            serve_feed(newsroom, range(3))
            await pass_time(it, clock, 3 * DAY)
            _, works = told(it)
            assert works.text.endswith("It can be read again.")
            assert "⚠" not in (await it.slash("status")).text
            newsroom.delete("/feed", status=403)
            await pass_time(it, clock, 5 * DAY)
            assert len(told(it)) == 3


async def test_managers_are_told_once_though_the_bot_is_killed_before_it_notes_it(
    run_for_sites: Run, newsroom: Newsroom, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    serve_releases(newsroom, range(3))
    serve_feed(newsroom, range(3))
    async with run_for_sites() as it:
        await it.indexed()
        await choose_managers_channel(it)
        await add(it, newsroom)
        newsroom.delete("/feed", status=403)
        await pass_time(it, clock, 2 * DAY)
        store = it.bot.services.state.sources
        with monkeypatch.context() as patch:
            patch.setattr(type(store), "tell", killed)
            for _ in range(2):
                with pytest.raises(KeyboardInterrupt):
                    await pass_time(it, clock, 2 * DAY)
        assert len(told(it)) == 1
        await pass_time(it, clock, 2 * DAY)
        assert len(told(it)) == 1


async def test_what_could_not_be_told_is_told_as_soon_as_it_can_be(
    run_for_sites: Run, newsroom: Newsroom, clock: ManualClock
) -> None:
    serve_releases(newsroom, range(3))
    serve_feed(newsroom, range(3))
    async with run_for_sites() as it:
        await it.indexed()
        await add(it, newsroom)
        newsroom.delete("/feed", status=403)
        await pass_time(it, clock, 5 * DAY)  # nobody has chosen a channel
        await choose_managers_channel(it)
        it.discord.forbid(it.discord.channel)
        await pass_time(it, clock, 2 * HOUR)
        assert told(it) == []
        it.discord.allow(it.discord.channel)
        await pass_time(it, clock, 2 * HOUR)
        assert len(told(it)) == 1


async def test_a_source_that_suddenly_yields_little_is_suspected_and_said(
    run_for_sites: Run, newsroom: Newsroom, clock: ManualClock
) -> None:
    serve_releases(newsroom, range(10))
    serve_feed(newsroom, range(10))
    async with run_for_sites() as it:
        await it.indexed()
        await add(it, newsroom)
        before = releases(it)
        serve_feed(newsroom, range(3))
        for number in range(10):
            newsroom.serve(path(number), "<h1>This domain is for sale</h1>")
        assert await pass_time(it, clock, 40 * DAY, step=6 * HOUR) == 0
        assert releases(it) == before
        text = (await list_sources(it)).text
        assert "suddenly names only 3 releases, and named 10 before" in text


async def test_a_copy_that_cannot_be_used_keeps_no_other_site_from_being_read(
    run_for_sites: Run, newsroom: Newsroom, clock: ManualClock
) -> None:
    async with Newsroom() as other, run_for_sites() as it:
        for site in (newsroom, other):
            serve_releases(site, range(4))
            serve_feed(site, range(1, 4))
        await it.indexed()
        await add(it, newsroom)
        await add(it, other)
        data = data_of(it)
        damaged = copy_folder(data, newsroom.address()) / "site.sqlite"
        damaged.write_bytes(b"This is no database. " * 100)
        serve_feed(other, range(4))
        await pass_time(it, clock, 3 * HOUR)
        with SiteCopy(copy_folder(data, other.address())) as copy:
            assert copy.status().copied == 4
        (failing,) = await it.bot.services.sources.failing()
        assert failing.refresh
        assert (
            failing.refresh.reason
            == "its copy on the host's machine cannot be used; the log says why"
        )


async def test_sites_added_on_the_command_line_are_read_after_an_interval(
    run_for_sites: Run, newsroom: Newsroom, clock: ManualClock
) -> None:
    serve_releases(newsroom, range(3))
    serve_feed(newsroom, range(3))
    async with run_for_sites() as it:
        await it.indexed()
        await add(it, newsroom)
        data = data_of(it)
        it.bot.services.state.sources.forget(copy_folder(data, newsroom.address()).name)
        newsroom.visits.clear()
        await pass_time(it, clock, 0.8 * HOUR, step=0.2 * HOUR)
        assert newsroom.asked == []
        await pass_time(it, clock, 0.6 * HOUR, step=0.2 * HOUR)
        assert newsroom.asked == ["/robots.txt", "/feed"]


async def test_what_was_read_is_indexed_later_if_the_build_fails(
    run_for_sites: Run, newsroom: Newsroom, clock: ManualClock, notes: Path
) -> None:
    serve_releases(newsroom, range(4))
    serve_feed(newsroom, range(1, 4))
    async with run_for_sites() as it:
        await it.indexed()
        await add(it, newsroom)
        serve_feed(newsroom, range(4))
        away = notes.rename(notes.with_name("away"))
        assert await pass_time(it, clock, 2 * HOUR) == 0
        assert title(0) not in releases(it)
        away.rename(notes)
        assert await pass_time(it, clock, 5 * HOUR) == 1
        assert title(0) in releases(it)


async def test_the_bot_closes_while_a_newsroom_keeps_it_waiting(
    run_for_sites: Run, newsroom: Newsroom, clock: ManualClock
) -> None:
    serve_releases(newsroom, range(3))
    serve_feed(newsroom, range(3))
    async with run_for_sites() as it:
        await it.indexed()
        await add(it, newsroom)
        clock.advance(2 * HOUR)
        come = newsroom.stall("/feed")
        refreshing = asyncio.create_task(it.bot.refresh.refresh())
        await come.wait()
    (stopped,) = await asyncio.gather(refreshing, return_exceptions=True)
    assert "was stopped" in str(stopped)


async def test_the_task_goes_on_after_an_unexpected_error(
    run_for_sites: Run, newsroom: Newsroom, caplog: pytest.LogCaptureFixture
) -> None:
    serve_releases(newsroom, range(3))
    serve_feed(newsroom, range(3))
    async with run_for_sites() as it:
        await it.indexed()
        await until(lambda: it.bot.refresh.loop.is_running())
        it.bot.services.state.sources._database.close()
        it.bot.refresh.loop.restart()
        await until(lambda: "cannot read web sites again" in caplog.text)
        assert it.bot.refresh.loop.is_running()
        it.bot.services.archive.build.stop(None)


async def test_a_month_of_a_newsroom_that_changes_moves_deletes_and_errs(
    run_for_sites: Run, newsroom: Newsroom, caplog: pytest.LogCaptureFixture
) -> None:
    """Each hour of thirty days; what is published comes, and nothing that was read is lost."""
    published = range(22, 42)
    clock = ManualClock(datetime.combine(date_of(21), time(9), UTC))
    serve_releases(newsroom, published)
    serve_listing(newsroom, published)
    async with run_for_sites(clock=clock) as it:
        await it.indexed()
        await choose_managers_channel(it)
        await add(it, newsroom)
        newsroom.visits.clear()
        built = 0
        for day in range(30):
            # A release a day, but on weekends.
            if day % 7 < 5:
                published = range(published.start - 1, published.stop)
                serve_releases(newsroom, [published.start])
            if day == 10:  # a server that fails for a day
                newsroom.delete("/news", status=500)
            elif day == 12:  # a redesign that goes wrong: an empty list
                newsroom.serve("/news", "<!doctype html><h1>News</h1><p>Nothing here.</p>")
            elif 16 <= day < 21:  # a wall
                newsroom.delete("/news", status=403)
            else:
                serve_listing(newsroom, published)
            if day == 4:  # a correction, which the next day's look at recent pages finds
                corrected = "<p>Correction: the vote was on Sunday.</p>"
                newsroom.serve(
                    path(published.start), release_html(published.start, extra=corrected)
                )
                corrected_title = title(published.start)
            if day == 6:  # deleted
                newsroom.delete(path(published.start + 1), status=410)
            if day == 8:  # moved
                newsroom.serve(f"/archive{path(25)}", release_html(25))
                newsroom.move(path(25), f"/archive{path(25)}")
            built += await pass_time(it, clock, DAY)
        found = releases(it)
        assert set(found) == {"Zoo Adopts a Tapir", *map(title, published)}
        data = data_of(it)
        with SiteCopy(copy_folder(data, newsroom.address())) as copy:
            assert copy.status().failure == ""
            assert copy.status().gone == 1
        text = archive_of(it).index.releases.paragraphs(found[corrected_title].number)
        assert text[-1] == "Correction: the vote was on Sunday."
        assert [each.text.splitlines()[-1][:12] for each in told(it)] == [
            "Nothing of i",
            "It can be re",
        ]
        # A build for each day with news, a correction or a deletion; never one for nothing.
        assert 15 <= built <= 25
        hours = 30 * 24
        lists = [each for each in newsroom.asked if each.startswith("/news?") or each == "/news"]
        assert len(lists) < 2 * hours
    assert "Traceback" not in caplog.text
