"""Sites that are due are read again. What happens over weeks is in features/sources."""

import asyncio

import pytest

from bot.refreshing import Refresher
from bot.site_readings import ReadingStopped
from retrieval.sources.web.site_copy import copy_folder
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
