"""Sites that are due are read again. What happens over weeks is in features/sources."""

import asyncio
from pathlib import Path

import pytest

from bot.refreshing import Refresher
from bot.site_readings import ReadingStopped
from bot.state import open_postgres_state
from retrieval.sources.web.site_copy import CopyBusy, copy_folder
from tests.bot.online import until
from tests.bot.sources_desk import SourcesDesk
from tests.retrieval.sources.web.newsroom import Newsroom
from tests.retrieval.sources.web.sites import serve_feed, serve_releases


async def test_a_site_that_keeps_waiting_holds_up_no_other(desk: SourcesDesk) -> None:
    async with Newsroom() as slow, Newsroom() as other:
        for newsroom in (slow, other):
            serve_releases(newsroom, range(4))
            serve_feed(newsroom, range(1, 4))
            await desk.add(newsroom.address())
        waiting, quick = (
            copy_folder(desk.data.absolute(), each.address()) for each in (slow, other)
        )
        serve_feed(other, range(4))
        come = slow.stall("/feed")
        desk.clock.advance(2 * 3600)
        refreshing = asyncio.create_task(Refresher(desk.service, desk.state.sources).refresh())
        await come.wait()
        await until(lambda: desk.state.sources.all()[quick.name].due > desk.clock.now())
        await until(lambda: not desk.state.sources.all()[quick.name].reading)
        assert not refreshing.done()
        await desk.readings.stop(waiting, "Max")
        refreshed = await refreshing
        assert set(refreshed.read) == {quick.name}
        assert refreshed.read[quick.name].new == 1
        assert refreshed.index is not None


async def test_what_is_closed_refreshes_nothing_more(desk: SourcesDesk) -> None:
    async with Newsroom() as newsroom:
        serve_releases(newsroom, range(3))
        serve_feed(newsroom, range(3))
        await desk.add(newsroom.address())
        desk.clock.advance(2 * 3600)
        await desk.readings.close()
        with pytest.raises(ReadingStopped):
            await Refresher(desk.service, desk.state.sources).refresh()


async def test_of_several_processes_one_reads_a_site_and_it_is_due_for_none_then(
    tmp_path: Path, database_url: str
) -> None:
    desks = [SourcesDesk(tmp_path / name, state=open_postgres_state(database_url)) for name in "ab"]
    one, other = desks
    async with Newsroom() as newsroom:
        serve_releases(newsroom, range(4))
        serve_feed(newsroom, range(3))
        for desk in desks:
            await desk.add(newsroom.address())
        serve_feed(newsroom, range(4))
        come = newsroom.stall("/feed")
        for desk in desks:
            desk.clock.advance(2 * 3600)
        site = copy_folder(one.data.absolute(), newsroom.address())
        reading = asyncio.create_task(one.readings.read_due(site))
        await come.wait()
        # What was due when somebody looked is due no longer: the reading has moved it.
        waiting = copy_folder(other.data.absolute(), newsroom.address())
        with pytest.raises(CopyBusy):
            await other.readings.read_due(waiting)
        await one.readings.stop(site, "Max")
        with pytest.raises(ReadingStopped):
            await reading
        assert await other.readings.read_due(waiting) is None
        assert (await Refresher(other.service, other.state.sources).refresh()).read == {}
    for desk in desks:
        await desk.close()
