"""The newsroom on loopback that other tests visit."""

from retrieval.sources.web.fetching import Fetcher
from tests.retrieval.sources.web.newsroom import Newsroom, calendar


async def test_its_calendar_has_no_end(newsroom: Newsroom, fetcher: Fetcher) -> None:
    newsroom.answer("/calendar", calendar("/calendar"))
    for month in ("0", "-1", "240"):
        page = await fetcher.fetch(newsroom.address(f"/calendar?month={month}"))
        assert f'href="/calendar?month={int(month) + 1}"' in page.body.decode()


async def test_its_pages_change_move_and_vanish(newsroom: Newsroom, fetcher: Fetcher) -> None:
    newsroom.serve("/1", "<p>Fares</p>", etag='"a"')
    first = await fetcher.fetch(newsroom.address("/1"))
    newsroom.serve("/1", "<p>Fares, corrected</p>", etag='"b"')
    second = await fetcher.fetch(newsroom.address("/1"), first.version)
    assert (first.body, second.body) == (b"<p>Fares</p>", b"<p>Fares, corrected</p>")
    newsroom.serve("/2", second.body)
    newsroom.move("/1", "/2")
    assert (await fetcher.fetch(newsroom.address("/1"))).address == newsroom.address("/2")
    newsroom.delete("/2", status=410)
    assert newsroom.last("/1").headers["Host"] in newsroom.address()
