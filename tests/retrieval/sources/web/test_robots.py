"""What a robots.txt allows."""

import asyncio
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.sources.web.errors import (
    BadResponse,
    Blocked,
    CutOff,
    FetchError,
    ForbiddenAddress,
    LoginRequired,
    NotFound,
    NotText,
    Refused,
    RobotsUnavailable,
    ServerError,
    TooManyRedirects,
    TooManyRequests,
    TooSlow,
    Unreachable,
)
from retrieval.sources.web.robots import ROBOTS_SIZE, RobotsCache, RobotsRules
from tests.retrieval.sources.web.clocks import ManualClock

PAGE = "https://example.org/press/1"
ROBOTS = "https://example.org/robots.txt"
DAY = 24 * 3600


def rules(text: str) -> RobotsRules:
    return RobotsRules(text.encode())


class Site:
    """Serves a robots.txt, or an error, and counts how often it is asked for."""

    def __init__(self, result: bytes | FetchError = b"") -> None:
        self.result = result
        self.asked: list[str] = []

    async def get(self, address: str) -> bytes:
        self.asked.append(address)
        await asyncio.sleep(0)
        if isinstance(self.result, FetchError):
            raise self.result
        return self.result


def test_an_empty_file_allows_everything() -> None:
    assert RobotsRules().allow(PAGE)


def test_the_rules_for_all_programs_are_for_verbatim_too() -> None:
    found = rules("User-agent: *\nDisallow: /press/\nAllow: /press/releases/")
    assert not found.allow("https://example.org/press/1")
    assert found.allow("https://example.org/press/releases/1")
    assert found.allow("https://example.org/about")


def test_patterns_have_wildcards_and_ends() -> None:
    found = rules("User-agent: *\nDisallow: /*?page=\nDisallow: /*.pdf$")
    assert not found.allow("https://example.org/press?page=2")
    assert not found.allow("https://example.org/a.pdf")
    assert found.allow("https://example.org/a.pdf?download")


@pytest.mark.parametrize("name", ["VerbatimBot", "verbatimbot", "VerbatimBot/1.0", "verbatim*"])
def test_rules_for_verbatim_alone_take_precedence(name: str) -> None:
    found = rules(f"User-agent: *\nDisallow: /\n\nUser-agent: {name}\nDisallow: /private/")
    assert found.allow(PAGE)
    assert not found.allow("https://example.org/private/1")


def test_rules_for_others_do_not_matter() -> None:
    found = rules("User-agent: GPTBot\nUser-agent: OtherBot\nDisallow: /\nCrawl-delay: 60")
    assert found.allow(PAGE)
    assert found.crawl_delay is None


def test_a_group_that_names_verbatim_among_others_is_for_it() -> None:
    found = rules("User-agent: GPTBot\nUser-agent: VerbatimBot\nUser-agent: X\nDisallow: /")
    assert not found.allow(PAGE)


def test_the_delay_and_the_sitemaps_are_known() -> None:
    found = rules(
        "Sitemap: https://example.org/a.xml\nUser-agent: *\nCrawl-delay: 2.5\nSitemap: /b.xml"
    )
    assert found.crawl_delay == 2.5
    assert found.sitemaps == ("https://example.org/a.xml", "/b.xml")


@pytest.mark.parametrize("delay", ["-1", "nan", "inf", "soon", ""])
def test_a_delay_that_is_none_is_ignored(delay: str) -> None:
    assert rules(f"User-agent: *\nCrawl-delay: {delay}").crawl_delay is None


def test_a_byte_order_mark_does_not_hide_the_first_line() -> None:
    assert not rules("\ufeffUser-agent: *\nDisallow: /").allow(PAGE)


def test_a_page_in_place_of_the_file_allows_everything() -> None:
    assert rules("<!doctype html><title>Not found</title><p>Disallow: nothing").allow(PAGE)


def test_what_is_beyond_the_size_limit_is_not_read() -> None:
    padding = "#" * ROBOTS_SIZE
    assert rules(f"User-agent: *\n{padding}\nDisallow: /").allow(PAGE)


def test_a_file_that_names_thousands_of_programs_does_not_fill_the_memory() -> None:
    names = "".join(f"User-agent: bot{number}\n" for number in range(12_000))
    paths = "".join(f"Disallow: /{number}\n" for number in range(14_000))
    # Kept once a program, these would be 168 million rules.
    assert rules(f"{names}User-agent: *\n{paths}").allow("https://example.org/x")
    assert not rules(f"{names}User-agent: *\n{paths}").allow("https://example.org/13999")


def test_wildcards_cost_no_more_than_they_match() -> None:
    pattern = "*a" * 2000
    found = rules(f"User-agent: *\nDisallow: /{pattern}b")
    assert found.allow(f"https://example.org/{'a' * 3000}")


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_bytes_are_rules(body: bytes) -> None:
    found = RobotsRules(body)
    assert isinstance(found.allow(PAGE), bool)
    assert found.crawl_delay is None or found.crawl_delay >= 0
    assert isinstance(found.sitemaps, tuple)


async def test_a_site_is_asked_once_a_day(clock: ManualClock) -> None:
    site = Site(b"User-agent: *\nDisallow: /press/")
    cache = RobotsCache(site.get, clock)
    found = await asyncio.gather(*(cache.rules(PAGE) for _ in range(5)))
    assert not any(each.allow(PAGE) for each in found)
    assert site.asked == [ROBOTS]
    site.result = b""
    clock.advance(DAY - 1)
    assert not (await cache.rules(PAGE)).allow(PAGE)
    clock.advance(1)
    assert (await cache.rules(PAGE)).allow(PAGE)
    assert site.asked == [ROBOTS, ROBOTS]


async def test_every_site_has_its_own(clock: ManualClock) -> None:
    site = Site()
    cache = RobotsCache(site.get, clock)
    for address in ("http://example.org/a", "https://example.org/a", "https://example.org:8443/a"):
        await cache.rules(address)
    assert site.asked == [
        "http://example.org/robots.txt",
        "https://example.org/robots.txt",
        "https://example.org:8443/robots.txt",
    ]


async def test_only_so_many_sites_are_remembered(clock: ManualClock) -> None:
    site = Site()
    cache = RobotsCache(site.get, clock)
    await cache.rules("https://first.example/")
    for number in range(1_000):
        await cache.rules(f"https://site{number}.example/")
    await cache.rules("https://first.example/")
    assert site.asked.count("https://first.example/robots.txt") == 2
    assert len(site.asked) == 1_002


@pytest.mark.parametrize(
    "error",
    [
        NotFound(ROBOTS, 404),
        NotFound(ROBOTS, 410),
        Blocked(ROBOTS, 403, "", "agent"),
        LoginRequired(ROBOTS, 401),
        Refused(ROBOTS, 400),
        NotText(ROBOTS, "image/png"),
        TooManyRedirects(ROBOTS, [ROBOTS, ROBOTS], loop=True),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_a_file_that_does_not_exist_allows_everything(
    clock: ManualClock, error: FetchError
) -> None:
    assert (await RobotsCache(Site(error).get, clock).rules(PAGE)).allow(PAGE)


@pytest.mark.parametrize(
    "error",
    [
        ServerError(ROBOTS, 500),
        Blocked(ROBOTS, 503, "Cloudflare", "agent"),
        TooManyRequests(ROBOTS, 429, "", "agent"),
        TooSlow(ROBOTS, 30),
        CutOff(ROBOTS),
        BadResponse(ROBOTS, "no HTTP"),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_a_file_that_cannot_be_read_forbids_everything_for_now(
    clock: ManualClock, error: FetchError
) -> None:
    site = Site(error)
    cache = RobotsCache(site.get, clock)
    for _ in range(2):
        with pytest.raises(RobotsUnavailable, match=r"robots\.txt cannot be read") as caught:
            await cache.rules(PAGE)
        assert caught.value.address == PAGE
        assert caught.value.passing
    assert site.asked == [ROBOTS]
    site.result = b""
    clock.advance(300)
    assert (await cache.rules(PAGE)).allow(PAGE)


async def test_a_site_that_cannot_be_reached_is_said_to_be_that(clock: ManualClock) -> None:
    site = Site(Unreachable(ROBOTS, "name", "Name or service not known"))
    cache = RobotsCache(site.get, clock)
    for _ in range(2):
        with pytest.raises(Unreachable, match="no server has this name") as caught:
            await cache.rules(PAGE)
        assert caught.value.address == PAGE
    assert len(site.asked) == 1


async def test_an_address_that_must_not_be_connected_to_is_an_error_each_time(
    clock: ManualClock,
) -> None:
    site = Site(ForbiddenAddress(ROBOTS, ip_address("10.0.0.1")))
    cache = RobotsCache(site.get, clock)
    for _ in range(2):
        with pytest.raises(ForbiddenAddress) as caught:
            await cache.rules(PAGE)
        assert caught.value.address == PAGE


async def test_a_request_that_is_cancelled_leaves_nothing_behind(clock: ManualClock) -> None:
    site = Site()
    cache = RobotsCache(site.get, clock)
    task = asyncio.create_task(cache.rules(PAGE))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await cache.rules(PAGE)).allow(PAGE)
