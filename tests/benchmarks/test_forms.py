"""What is found on sites of known forms, and how that is counted."""

import pytest

from retrieval.sources.web.offers import AddressKind, OfferKind
from tests.benchmarks.form_cases import Case, cases
from tests.benchmarks.forms import (
    Declared,
    Outcome,
    SavedPage,
    look,
    look_at_page,
    look_for_distributor,
    read_labels,
    read_pages,
)
from tests.retrieval.sources.html.pages import BERTHS, article
from tests.shared import shared

PAGE = "https://roe.example/news/harbour-to-be-rebuilt-in-the-spring"
FEED = "https://roe.example/rss.xml"


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
async def test_every_form_is_found_and_nothing_else(case: Case) -> None:
    assert await look(case) == Outcome(len(case.there), (), ())


async def test_the_feed_at_the_distributor_is_found() -> None:
    assert await look_for_distributor() == Outcome(2, (), ())


async def test_what_is_found_wrongly_and_what_is_missed_are_told() -> None:
    (site,) = (each for each in cases() if each.name == "rss at a usual path")
    there = frozenset([(OfferKind.SITEMAP, "/sitemap.xml")])
    outcome = await look(Case("a sitemap", site.serve, there))
    assert outcome == Outcome(0, ("feed at /rss.xml",), ("sitemap at /sitemap.xml",))
    outcome = await look(Case("another release", site.serve, site.there, latest="Another"))
    assert (outcome.right, len(outcome.wrong), len(outcome.missed)) == (0, 1, 1)


async def test_a_saved_page_is_a_site_with_what_it_declares() -> None:
    head = f'<link rel="alternate" type="application/rss+xml" href="{FEED}">'
    page = SavedPage(PAGE, article(BERTHS, head=head).encode())
    outcome = await look_at_page(page, Declared("", (FEED,), ()))
    assert (outcome.kind, outcome.feed) == (AddressKind.RELEASE, Outcome(1, (), ()))
    outcome = await look_at_page(page, Declared("", (), (FEED,)))
    assert outcome.feed == Outcome(0, (FEED,), ())
    bare = SavedPage(PAGE, article(BERTHS).encode())
    outcome = await look_at_page(bare, Declared("", ("https://roe.example/hidden",), ()))
    assert outcome.feed == Outcome(0, (), ("https://roe.example/hidden",))


def test_every_saved_page_is_of_a_host_that_was_read() -> None:
    labels = read_labels()
    pages = list(read_pages(shared("pages/newsrooms").parents[1]))
    assert {page.host for page in pages} == set(labels)
