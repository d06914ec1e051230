"""Sources that cannot be believed, beside what they named before."""

import pytest

from retrieval.sources.web.site_copy import SiteCopy
from retrieval.sources.web.suspicion import SourceSuspected, is_suspicious
from retrieval.sources.web.unreadable import Unreadable
from tests.retrieval.sources.web.clocks import ManualClock
from tests.retrieval.sources.web.copied_site import CopiedSite
from tests.retrieval.sources.web.sites import (
    FORMS,
    path,
    serve_feed,
    serve_listing,
    serve_releases,
    serve_sitemap,
)

DAY = 86_400.0


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("left", [0, 4])
async def test_a_source_that_suddenly_names_far_fewer_changes_nothing(
    form: str, left: int, site: CopiedSite, clock: ManualClock
) -> None:
    serve_releases(site.newsroom, range(1, 11))
    FORMS[form](site.newsroom, range(1, 11))
    await site.add()
    assert (await site.read()).stopped is None
    before = site.releases
    site.newsroom.serve("/news", "<!doctype html><h1>News</h1><p>There are none.</p>")
    FORMS[form](site.newsroom, range(left))
    for number in range(11):
        site.newsroom.serve(path(number), "<h1>This domain is for sale</h1><p>Make an offer.</p>")
    clock.advance(40 * DAY)
    report = await site.read()
    assert isinstance(report.stopped, SourceSuspected | Unreadable)
    assert (report.new, report.changed, report.gone) == (0, 0, [])
    assert site.releases == before
    with SiteCopy(site.folder) as copy:
        assert copy.status().failure == str(report.stopped)


async def test_a_page_in_place_of_a_feed_changes_nothing(
    site: CopiedSite, clock: ManualClock
) -> None:
    serve_releases(site.newsroom, range(5))
    serve_feed(site.newsroom, range(5))
    await site.add()
    before = site.releases
    for each in ("/feed", *map(path, range(5))):
        site.newsroom.serve(each, "<h1>This domain is for sale</h1><p>Make an offer.</p>")
    clock.advance(40 * DAY)
    assert isinstance((await site.read()).stopped, Unreadable)
    assert site.releases == before


async def test_a_suspected_source_is_read_again_once_it_is_as_it_was_or_looked_at_anew(
    site: CopiedSite,
) -> None:
    serve_releases(site.newsroom, range(12))
    serve_feed(site.newsroom, range(1, 11))
    await site.add()
    serve_feed(site.newsroom, range(3))
    stopped = (await site.read()).stopped
    assert isinstance(stopped, SourceSuspected)
    assert (stopped.named, stopped.before) == (3, 10)
    serve_feed(site.newsroom, range(10))
    assert (await site.read()).new == 1
    serve_feed(site.newsroom, range(3))
    assert (await site.read()).stopped
    assert (await site.add()).stopped is None


async def test_a_suspected_archive_keeps_no_news_from_being_read(
    site: CopiedSite, clock: ManualClock
) -> None:
    def serve(first: int, listed: int) -> None:
        serve_listing(site.newsroom, range(first, listed))
        serve_feed(site.newsroom, range(first, first + 5))  # this replaces the home page
        site.newsroom.serve(
            "/",
            "<html><head><link rel='alternate' type='application/rss+xml' href='/feed'></head>"
            "<body><a href='/news'>Press Releases</a></body></html>",
        )

    serve_releases(site.newsroom, range(23))
    serve(1, 23)
    assert (await site.add()).new == 22
    serve(0, 4)
    clock.advance(8 * DAY)
    report = await site.read()
    assert (report.new, report.stopped) == (1, None)
    assert [each.address for each in report.failed] == [site.newsroom.address("/news")]
    assert len(site.releases) == 23
    with SiteCopy(site.folder) as copy:
        assert "suddenly names only 4 releases, and named 10 before" in copy.status().failure


async def test_a_feed_that_is_empty_at_its_first_refresh_is_suspected(site: CopiedSite) -> None:
    serve_releases(site.newsroom, range(20))
    serve_listing(site.newsroom, range(20))
    serve_feed(site.newsroom, range(5))
    site.newsroom.serve(
        "/",
        "<html><head><link rel='alternate' type='application/rss+xml' href='/feed'></head>"
        "<body><a href='/news'>Press Releases</a></body></html>",
    )
    await site.add()
    serve_feed(site.newsroom, [])
    stopped = (await site.read()).stopped
    assert isinstance(stopped, SourceSuspected)
    assert (stopped.named, stopped.before) == (0, None)


async def test_a_sitemap_of_which_a_part_fails_is_not_suspected(site: CopiedSite) -> None:
    serve_releases(site.newsroom, range(9))
    serve_sitemap(site.newsroom, range(9))
    whole = site.newsroom.address("/sitemap.xml")
    index = "".join(
        f"<sitemap><loc>{each}</loc></sitemap>"
        for each in (whole, site.newsroom.address("/more.xml"))
    )
    site.newsroom.serve(
        "/index.xml",
        f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{index}</sitemapindex>',
        content_type="application/xml",
    )
    robots = f"Sitemap: {site.newsroom.address('/index.xml')}"
    site.newsroom.serve("/robots.txt", robots, content_type="text/plain")
    assert (await site.add()).new == 9
    site.newsroom.delete("/sitemap.xml", status=402)
    report = await site.read()
    assert report.stopped is None
    assert {each.address for each in report.failed} >= {whole}


@pytest.mark.parametrize(
    ("named", "before", "suspected"),
    [(0, None, False), (0, 0, False), (0, 3, True), (1, 3, False), (1, 4, True), (2, 4, False)],
)
def test_what_is_suspicious(named: int, before: int | None, suspected: bool) -> None:
    assert is_suspicious(named, before) is suspected
