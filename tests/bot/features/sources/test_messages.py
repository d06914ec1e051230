"""Sources, offers and notices are valid messages that ping nobody, whatever a site says."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.features.sources.messages import (
    PAGE,
    added_message,
    check_message,
    confirm_message,
    failing_message,
    looking_line,
    looking_message,
    offer_message,
    reading_line,
    reading_message,
    sources_message,
    working_message,
)
from bot.i18n import ENGLISH, Language
from bot.sites import Sample, SiteNews, SiteOffer
from bot.source_list import SourceState
from bot.source_service import AddedSite, KnownSource
from bot.state.sources import SiteRefresh
from retrieval.indexing.report import ChangedReleases, IndexReport
from retrieval.release import DocumentNote, RefusedDocument
from retrieval.sources.web.entries import Entry
from retrieval.sources.web.import_report import FailedPage, ImportProgress, ImportReport
from retrieval.sources.web.offers import AddressKind, Discovery, Offer, OfferKind, Reach
from retrieval.sources.web.site_copy import CopyStatus
from retrieval.sources.web.site_plan import SitePlan
from retrieval.sources.web.suspicion import SourceSuspected
from tests.bot.features.rendering import assert_valid, texts_of
from tests.bot.features.strategies import DATE, LANGUAGE, MOMENT, TEXT

COUNT = st.integers(0, 10**7)
MAYBE = st.one_of(st.none(), st.just(MOMENT))
STATUS = st.builds(CopyStatus, COUNT, COUNT, COUNT, COUNT, st.just(MOMENT), MAYBE, TEXT)
REFRESH = st.builds(SiteRefresh, TEXT, st.just(MOMENT), COUNT, MAYBE, TEXT, MAYBE)
NAMES = st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=60)
SOURCE = st.builds(
    KnownSource,
    NAMES.map(lambda name: Path("data") / name),
    st.one_of(
        st.none(),
        st.builds(SourceState, st.just("site"), TEXT, st.just(Path("web")), STATUS, st.booleans()),
        st.builds(
            SourceState, st.sampled_from(["folder", "file", "missing"]), TEXT, st.just(Path("x"))
        ),
    ),
    st.booleans(),
    st.one_of(st.none(), REFRESH),
)
ENTRY = st.builds(Entry, st.one_of(st.none(), TEXT), TEXT, DATE)
OFFER = st.builds(
    Offer,
    kind=st.sampled_from(OfferKind),
    address=TEXT,
    form=TEXT,
    title=TEXT,
    reach=st.sampled_from(Reach),
    shown=COUNT,
    total=st.one_of(st.none(), COUNT),
    is_estimate=st.booleans(),
    first=DATE,
    last=DATE,
    samples=st.just(()),
)
SAMPLE = st.builds(Sample, TEXT, TEXT, DATE, TEXT, st.one_of(st.just(""), TEXT))
PLAN: Any = SitePlan.__new__(SitePlan)


def discovery(address: str, offers: list[Offer]) -> Discovery:
    return Discovery(address, address, AddressKind.PAGE, tuple(offers), (), 1)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(SOURCE, max_size=9, unique_by=lambda each: each.key),
    st.integers(-2, 5),
    LANGUAGE,
)
def test_any_list_of_sources_is_valid(
    sources: list[KnownSource], page: int, language: Language
) -> None:
    files = {each.key: 7 for each in sources}
    assert_valid(sources_message(sources, files, page, language, has_report=True))


@settings(deadline=None, max_examples=60)
@given(TEXT, st.lists(OFFER, min_size=1, max_size=8), st.lists(SAMPLE, max_size=3), LANGUAGE)
def test_any_offer_is_valid(
    address: str, offers: list[Offer], samples: list[Sample], language: Language
) -> None:
    offer = SiteOffer(discovery(address, offers), PLAN, tuple(samples))
    assert_valid(offer_message(offer, 2**60, language, refreshes=True))


@settings(deadline=None, max_examples=60)
@given(SOURCE, st.lists(ENTRY, max_size=14), st.one_of(st.just(""), TEXT), REFRESH, LANGUAGE)
def test_whatever_a_site_says_is_valid(
    source: KnownSource, entries: list[Entry], error: str, refresh: SiteRefresh, language: Language
) -> None:
    assert_valid(check_message(source, SiteNews(tuple(entries), error), language))
    assert_valid(confirm_message(source, language))
    assert_valid(failing_message(source.name, refresh, language))
    assert_valid(working_message(source.name, language))
    assert_valid(looking_message(looking_line(source.name, 3, language)))
    assert_valid(reading_message(source.name, source.key, "Reading", language))


def test_a_report_of_long_titles_and_addresses_fits() -> None:
    long = "https://harbor.example/" + "x" * 3000
    titles = ("x" * 500,) * 9
    index = IndexReport(
        "g000002",
        25_000,
        268_000,
        9,
        9,
        9,
        4,
        (RefusedDocument(long, long),) * 9,
        12.5,
        ChangedReleases(titles, titles, titles),
        notes=tuple(DocumentNote(long, f"{number} {long}") for number in range(9)),
    )
    report = ImportReport(new=9, failed=[FailedPage(long, long)] * 9)
    report.stopped = SourceSuspected(long, 1, 10)
    added = AddedSite(long, Path("web"), True, 9, report)
    assert_valid(added_message(added, index, ENGLISH))


@pytest.mark.parametrize(
    ("values", "line"),
    [
        (
            {"kind": OfferKind.FEED, "reach": Reach.LATEST, "shown": 10},
            "a feed with the latest releases: 10 releases, May 1, 2024 to May 9, 2024",
        ),
        (
            {"kind": OfferKind.SITEMAP, "reach": Reach.WHOLE, "total": 1240},
            "a sitemap with all releases: 1,240 releases",
        ),
        (
            {"kind": OfferKind.LISTING, "total": 900, "is_estimate": True},
            "a list of several pages: about 900 releases, May 1, 2024 to May 9, 2024",
        ),
    ],
)
def test_what_there_is_is_said_in_words(values: dict[str, Any], line: str) -> None:
    defaults: dict[str, Any] = {
        "address": "https://harbor.example/news",
        "form": "",
        "title": "",
        "reach": Reach.PAGED,
        "shown": 1,
        "total": None,
        "is_estimate": False,
        "first": date(2024, 5, 1),
        "last": date(2024, 5, 9),
        "samples": (),
    }
    found = discovery("https://harbor.example/", [Offer(**{**defaults, **values})])
    message = offer_message(SiteOffer(found, PLAN, ()), 1, ENGLISH, refreshes=False)
    assert f"- {line}" in texts_of(message)[0].splitlines()


def test_how_far_a_reading_is() -> None:
    assert reading_line(None, ENGLISH) == "Beginning to read"
    listing = ImportProgress("listing", 1200)
    assert reading_line(listing, ENGLISH) == "Reading lists, 1,200 releases so far"
    fetching = ImportProgress("fetching", 40, 1200)
    assert reading_line(fetching, ENGLISH) == "Fetching, 40 of 1,200 pages"
    searching = ImportProgress("searching", 40, 1200)
    assert reading_line(searching, ENGLISH) == "Looking for PDFs, 40 of 1,200 pages"
    attaching = ImportProgress("attaching", 4, 12)
    assert reading_line(attaching, ENGLISH) == "Fetching, 4 of 12 PDFs"


def test_many_sources_are_listed_in_pages() -> None:
    sources = [
        KnownSource(Path(f"site-{number}"), SourceState("file", "", Path()), False)
        for number in range(14)
    ]
    texts = "\n".join(texts_of(sources_message(sources, {}, 1, ENGLISH, has_report=False)))
    assert [f"site-{number}" in texts for number in (PAGE - 1, PAGE, 2 * PAGE)] == [
        False,
        True,
        False,
    ]
