from datetime import date

import pytest

from retrieval.sources.web.offers import (
    AddressKind,
    Discovery,
    Offer,
    OfferKind,
    Reach,
)

TODAY = date(2025, 11, 20)


def offer(
    kind: OfferKind,
    shown: int = 10,
    total: int | None = None,
    *,
    reach: Reach = Reach.LATEST,
    form: str = "",
    last: date | None = TODAY,
    is_estimate: bool = False,
) -> Offer:
    first = date(2025, 9, 1) if last else None
    address = f"https://roe.example/{kind}"
    return Offer(kind, address, form, "", reach, shown, total, is_estimate, first, last, ())


FEED = offer(OfferKind.FEED, form="RSS 2.0")
PAGED_FEED = offer(OfferKind.FEED, 20, reach=Reach.PAGED, form="RSS 2.0")
SITEMAP = offer(OfferKind.SITEMAP, 1240, 1240, reach=Reach.WHOLE, last=None)
LISTING = offer(OfferKind.LISTING, 20, 1200, reach=Reach.PAGED, is_estimate=True)
UNCOUNTED = offer(OfferKind.LISTING, 20, reach=Reach.PAGED)
WORDPRESS = offer(OfferKind.WORDPRESS, 100, 1238, reach=Reach.WHOLE, form="press")
FEW_POSTS = offer(OfferKind.WORDPRESS, 12, 12, reach=Reach.WHOLE, form="post")


@pytest.mark.parametrize(
    ("offers", "archive", "news"),
    [
        ((), None, None),
        ((FEED,), FEED, FEED),
        ((FEED, SITEMAP), SITEMAP, FEED),
        ((FEED, LISTING, SITEMAP), LISTING, FEED),
        ((FEED, UNCOUNTED), UNCOUNTED, FEED),
        ((FEED, UNCOUNTED, SITEMAP), SITEMAP, FEED),
        ((PAGED_FEED, SITEMAP), PAGED_FEED, PAGED_FEED),
        ((FEED, WORDPRESS, LISTING, SITEMAP), WORDPRESS, FEED),
        ((FEW_POSTS, LISTING), LISTING, FEW_POSTS),
        ((LISTING, SITEMAP), LISTING, LISTING),
        ((SITEMAP,), SITEMAP, SITEMAP),
    ],
)
def test_the_plan_takes_the_fullest_for_the_archive_and_the_quickest_for_news(
    offers, archive, news
):
    plan = Discovery("a", "a", AddressKind.PAGE, offers, (), 1).plan
    assert (plan.archive, plan.news) == (archive, news)


def test_a_feed_that_nobody_fills_any_more_brings_no_news():
    stale = offer(OfferKind.FEED, last=date(2021, 1, 1))
    assert Discovery("a", "a", AddressKind.PAGE, (stale, LISTING), (), 1).plan.news is LISTING


def test_a_plan_is_complete_if_it_goes_beyond_the_latest():
    assert not Discovery("a", "a", AddressKind.FEED, (FEED,), (), 1).plan.is_complete
    assert Discovery("a", "a", AddressKind.FEED, (FEED, SITEMAP), (), 1).plan.is_complete
    assert not Discovery("a", "a", AddressKind.PAGE, (), (), 1).plan.is_complete


@pytest.mark.parametrize(
    ("made", "summary"),
    [
        (FEED, "a feed (RSS 2.0) with the latest 10 releases, 2025-09-01 to 2025-11-20"),
        (
            PAGED_FEED,
            "a feed (RSS 2.0) of several pages, the first two with 20 releases,"
            " 2025-09-01 to 2025-11-20",
        ),
        (SITEMAP, "a sitemap with all 1,240 releases"),
        (LISTING, "a list of several pages with about 1,200 releases"),
        (WORDPRESS, "an interface of WordPress (press) with all 1,238 releases"),
        (offer(OfferKind.LISTING, 1, last=None), "a list with the latest 1 release"),
    ],
)
def test_an_offer_says_what_it_has(made, summary):
    assert made.summary == summary
