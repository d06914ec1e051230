"""A site that is read by commands that are killed, and the figures of that."""

from datetime import date
from functools import partial
from pathlib import Path

import pytest

from retrieval.sources.web.discovery import discover
from retrieval.sources.web.fetching import Fetcher
from retrieval.sources.web.ip_addresses import is_public_or_private
from retrieval.sources.web.offers import Reach
from retrieval.sources.web.release_page import read_release_page
from tests.benchmarks.release_site import (
    PageTemplate,
    TemplateUnusable,
    read_releases,
    read_template,
    serve_site,
)
from tests.benchmarks.site_import import KilledImport, Life, said_progress
from tests.retrieval.sources.web.newsroom import Newsroom
from tests.retrieval.sources.web.sites import (
    paragraphs,
    path,
    serve_listing,
    serve_releases,
    title,
)
from tests.shared import shared

PAGE = (
    '<html><head><title>Old Title | Justice</title><link rel="canonical" href="/old"></head><body>'
    '<h1 id="node-title">Old Title</h1><span class="date-display-single" content="2018">Old day'
    '</span><div class="field--name-field-pr-body"><div><p>Old text.</p></div></div>'
    '<div class="pr-fields">Topic</div></body></html>'
)


async def test_a_site_whose_reading_is_killed_is_whole_in_the_end(tmp_path: Path) -> None:
    count = 100
    async with Newsroom() as newsroom:
        serve_releases(newsroom, range(count))
        serve_listing(newsroom, range(count))
        killed = KilledImport(newsroom, [path(each) for each in range(count)], tmp_path / "data")
        for requests in (25, 30, 40):  # while it looks, or reads lists, or fetches pages
            life = await killed.run(partial(newsroom.come, len(newsroom.visits) + requests))
            assert life.killed
        assert not (await killed.run(None)).killed
        result = killed.result()
    assert {address: (name, text) for address, (name, _, text) in result.releases.items()} == {
        newsroom.address(path(each)): (title(each), tuple(paragraphs(each)))
        for each in range(count)
    }
    assert len(result.fetched) == count
    assert result.again <= result.at_most
    assert result.says_right


@pytest.mark.parametrize(
    ("killed", "missing", "said", "right"),
    [
        (False, 4, ((0, 4), (2, 4), (4, 4)), True),
        (False, 0, (), True),
        (False, 4, ((0, 4), (2, 4)), False),  # it does not say that it has ended
        (False, 4, (), False),
        (True, 4, (), True),
        (True, 4, ((0, 4), (2, 4)), True),
        (True, 4, ((0, 9),), False),
        (True, 4, ((1, 4),), False),
        (True, 4, ((0, 4), (3, 4), (2, 4)), False),
    ],
)
def test_when_a_command_says_rightly_how_far_it_is(killed, missing, said, right):
    assert Life(killed, looked=True, missing=missing, left=0, said=said).says_right is right


def test_progress_is_read_from_what_is_printed() -> None:
    lines = (
        "http://a/: reading lists, 1,000 releases so far\nhttp://a/: fetching, 300 of 3,000 pages\n"
    )
    assert said_progress(lines) == ((300, 3000),)


def test_a_saved_page_is_filled_with_another_release() -> None:
    filled = PageTemplate.of(PAGE).filled("Fares & Fees", date(2024, 5, 6), ["One <1>.", "Two."])
    assert "<title>Fares &amp; Fees | Justice</title>" in filled
    assert '<h1 id="node-title">Fares &amp; Fees</h1>' in filled
    assert ">Monday, May 6, 2024</span>" in filled
    assert "<p>One &lt;1&gt;.</p>\n<p>Two.</p>" in filled
    assert "ld text" not in filled.lower()
    assert "canonical" not in filled
    with pytest.raises(TemplateUnusable):
        PageTemplate.of("<html><title>Another page | Yukon</title></html>")


async def test_a_site_of_real_releases_names_all_of_them() -> None:
    releases = read_releases(shared("releases/congress.jsonl.gz"), 25)
    template = read_template(shared("pages/newsrooms").parents[1])
    async with Newsroom() as newsroom:
        serve_site(newsroom, releases, template)
        async with Fetcher("VerbatimBot", delay=0, allowed=is_public_or_private) as fetcher:
            found = await discover(newsroom.address(), fetcher.fetch)
            (listing,) = found.offers
            first = await fetcher.fetch(listing.samples[0].address or "")
    assert (listing.reach, listing.total) == (Reach.PAGED, 30)  # by three pages of ten
    draft = read_release_page(first, listing.samples[0])
    assert (draft.title, draft.date) == (releases[0].item.title, releases[0].item.day)
    assert draft.paragraphs[-1] == releases[0].paragraphs[-1]
