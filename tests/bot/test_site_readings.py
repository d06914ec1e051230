"""Sites are read in the background: none twice at once, until they are stopped, and when due."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.site_readings import ReadingStopped
from retrieval.sources.web.site_copy import CopyBusy
from tests.bot.sources_desk import SourcesDesk
from tests.retrieval.sources.web.newsroom import Newsroom
from tests.retrieval.sources.web.sites import serve_feed, serve_releases


@pytest.fixture
async def newsroom() -> AsyncIterator[Newsroom]:
    async with Newsroom() as server:
        serve_releases(server, range(5))
        serve_feed(server, range(5))
        yield server


async def test_a_site_is_not_read_twice_at_once_and_can_be_stopped(
    desk: SourcesDesk, newsroom: Newsroom
) -> None:
    await desk.add(newsroom.address())
    (source,) = await desk.service.sources()
    come = newsroom.stall("/feed")
    reading = asyncio.create_task(desk.readings.read(source.path))
    await come.wait()
    with pytest.raises(CopyBusy):
        await desk.readings.read(source.path)
    assert await desk.readings.stop(source.path, "Max")
    with pytest.raises(ReadingStopped) as stopped:
        await reading
    assert stopped.value.by == "Max"
    assert not await desk.readings.stop(source.path, "Max")
    known = desk.state.sources.get(source.path.name)
    assert known
    assert (known.reading, known.unbuilt, known.failing_since) == (False, True, None)


async def test_a_caller_who_is_cancelled_stops_the_reading(
    desk: SourcesDesk, newsroom: Newsroom
) -> None:
    await desk.add(newsroom.address())
    (source,) = await desk.service.sources()
    come = newsroom.stall("/feed")
    reading = asyncio.create_task(desk.readings.read(source.path))
    await come.wait()
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    known = desk.state.sources.get(source.path.name)
    assert known
    assert not known.reading


async def test_a_service_that_is_closed_begins_nothing(
    desk: SourcesDesk, newsroom: Newsroom
) -> None:
    await desk.readings.close()
    with pytest.raises(ReadingStopped):
        await desk.readings.look(newsroom.address(), lambda _: None)


async def test_pauses_grow_up_to_a_day_and_differ(desk: SourcesDesk) -> None:
    hours = [desk.readings.pause(failures) / timedelta(hours=1) for failures in range(9)]
    for hour, expected in zip(hours, [1, 1, 2, 4, 8, 16, 24, 24, 24], strict=True):
        assert 0.9 * expected <= hour <= 1.1 * expected
    assert hours[0] != hours[1]
    assert desk.readings.pause(10**9) <= timedelta(days=1.1)


async def test_an_interval_of_more_than_a_day_is_not_shortened_by_failures(tmp_path: Path) -> None:
    slow = SourcesDesk(tmp_path / "slow", timedelta(days=7))
    assert slow.readings.pause(5) >= timedelta(days=6.3)
    await slow.close()
