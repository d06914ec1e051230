"""The sources as a service: added to nothing, removed, and undone."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.site_readings import ReadingStopped
from bot.sites import NothingCopied
from bot.source_list import LastSource, UnknownSource
from bot.source_service import AddedSite, OfferGone
from retrieval.errors import SourceGone
from retrieval.index.remembered_sources import RememberedSources, built_from, remember_sources
from retrieval.release import Filter
from retrieval.sources.web.import_report import ImportProgress
from retrieval.sources.web.site_copy import CopyBusy, CopyUnusable, copy_folder, is_site_copy
from tests.bot.sources_desk import SourcesDesk
from tests.retrieval.sources.web.newsroom import Newsroom
from tests.retrieval.sources.web.sites import path, serve_feed, serve_releases


@pytest.fixture
async def newsroom() -> AsyncIterator[Newsroom]:
    async with Newsroom() as server:
        serve_releases(server, range(5))
        serve_feed(server, range(5))
        yield server


async def test_the_first_source_of_all_may_be_a_site(desk: SourcesDesk, newsroom: Newsroom) -> None:
    added = await desk.add(newsroom.address())
    assert (added.is_new, added.copied, added.report.new) == (True, 5, 5)
    report = await desk.service.build("Mia")
    assert report.releases == 5
    (source,) = await desk.service.sources()
    assert (source.name, source.is_site) == (newsroom.address(), True)
    assert await desk.service.site(source.key) == source
    assert desk.service.key_of(newsroom.address()) == source.key
    with pytest.raises(LastSource):
        await desk.service.remove(source, "Mia")
    assert is_site_copy(source.path)


async def test_a_site_that_was_added_again_stays_if_nothing_can_be_read_now(
    desk: SourcesDesk, newsroom: Newsroom
) -> None:
    await desk.add(newsroom.address())
    again = await desk.add(newsroom.address())
    assert (again.is_new, again.copied) == (False, 5)
    await desk.service.undo(again)
    assert len(await desk.service.sources()) == 1


async def test_of_a_site_that_could_not_be_read_nothing_is_left(
    desk: SourcesDesk, newsroom: Newsroom
) -> None:
    for number in range(5):
        newsroom.delete(path(number))
    with pytest.raises(NothingCopied, match="there is no such page"):
        await desk.add(newsroom.address())
    assert await desk.service.sources() == []
    assert desk.state.sources.all() == {}
    assert not copy_folder(desk.data, newsroom.address()).exists()


async def test_where_another_source_is_gone_none_is_added(
    desk: SourcesDesk, newsroom: Newsroom, tmp_path: Path
) -> None:
    gone = RememberedSources(named=(tmp_path / "gone.txt",))
    remember_sources(desk.data, gone)
    with pytest.raises(SourceGone):
        await desk.add(newsroom.address())
    assert built_from(desk.data) == gone
    assert not copy_folder(desk.data, newsroom.address()).exists()


async def test_an_offer_counts_once(desk: SourcesDesk, newsroom: Newsroom) -> None:
    _, number = await desk.service.look(newsroom.address(), lambda _: None)
    await desk.service.take_offer(number)
    with pytest.raises(OfferGone):
        await desk.service.take_offer(number)


async def test_a_site_that_is_added_twice_at_once_is_added_once(
    desk: SourcesDesk, newsroom: Newsroom
) -> None:
    offers = [await desk.service.look(newsroom.address(), lambda _: None) for _ in range(2)]
    plans = [await desk.service.take_offer(number) for _, number in offers]
    added, busy = await asyncio.gather(
        *(desk.service.add(plan, lambda _: None) for plan in plans), return_exceptions=True
    )
    assert isinstance(added, AddedSite)
    assert isinstance(busy, CopyBusy)
    assert [each.name for each in await desk.service.sources()] == [newsroom.address()]


async def test_a_site_that_is_being_read_can_be_removed(
    desk: SourcesDesk, newsroom: Newsroom, tmp_path: Path
) -> None:
    note = tmp_path / "zoo.txt"
    note.write_text("Zoo Adopts a Tapir\n\nThe zoo of Harbor City has adopted a tapir.\n")
    remember_sources(desk.data, RememberedSources(named=(note,)))
    await desk.add(newsroom.address())
    source = (await desk.service.sources())[-1]
    come = newsroom.stall("/feed")
    reading = asyncio.create_task(desk.readings.read(source.path))
    await come.wait()
    await desk.service.remove(source, "Max")
    with pytest.raises(ReadingStopped):
        await reading
    assert not source.path.exists()


async def test_a_copy_that_is_gone_can_be_removed(
    desk: SourcesDesk, newsroom: Newsroom, tmp_path: Path
) -> None:
    note = tmp_path / "zoo.txt"
    note.write_text("Zoo Adopts a Tapir\n\nThe zoo of Harbor City has adopted a tapir.\n")
    remember_sources(desk.data, RememberedSources(named=(note,)))
    await desk.add(newsroom.address())
    shutil.rmtree(copy_folder(desk.data, newsroom.address()))
    gone = (await desk.service.sources())[-1]
    assert gone.is_site
    with pytest.raises(CopyUnusable):
        await desk.readings.check(gone.path)
    assert (await desk.service.remove(gone, "Max")).releases == 1


async def test_the_reading_of_a_new_site_reports_its_progress(
    desk: SourcesDesk, newsroom: Newsroom
) -> None:
    pages, seen = list[int](), list[ImportProgress]()
    _, number = await desk.service.look(newsroom.address(), pages.append)
    await desk.service.add(await desk.service.take_offer(number), seen.append)
    assert pages == list(range(1, len(pages) + 1))
    assert ImportProgress("fetching", 5, 5) in seen
    assert seen[-1] == ImportProgress("searching", 5, 5)


async def test_a_site_that_is_unknown_has_no_key(desk: SourcesDesk) -> None:
    with pytest.raises(UnknownSource):
        await desk.service.site("0000")


async def test_a_removed_site_is_forgotten(
    desk: SourcesDesk, newsroom: Newsroom, tmp_path: Path
) -> None:
    note = tmp_path / "zoo.txt"
    note.write_text("Zoo Adopts a Tapir\n\nThe zoo of Harbor City has adopted a tapir.\n")
    remember_sources(desk.data, RememberedSources(named=(note,)))
    await desk.add(newsroom.address())
    await desk.service.build("Mia")
    source = (await desk.service.sources())[-1]
    report = await desk.service.remove(source, "Mia")
    assert (report.removed, report.releases) == (5, 1)
    assert not source.path.exists()
    assert desk.state.sources.all() == {}
    assert built_from(desk.data).sites == ()
    assert desk.archive.index.releases.count(Filter()) == 1
