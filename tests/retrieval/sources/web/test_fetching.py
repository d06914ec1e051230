"""Fetching from a real server on loopback, with manners and safely."""

import asyncio
import socket
import ssl
import zlib
from collections.abc import Callable
from contextlib import suppress
from ipaddress import ip_address

import pytest
import trustme
from aiohttp.abc import ResolveResult
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.sources.web.backoff import Backoff
from retrieval.sources.web.errors import (
    BadAddress,
    BadResponse,
    Blocked,
    CutOff,
    FetchError,
    ForbiddenAddress,
    ForbiddenByRobots,
    LoginRequired,
    NotFound,
    NotText,
    Refused,
    RobotsUnavailable,
    ServerError,
    TooLarge,
    TooManyRedirects,
    TooManyRequests,
    TooSlow,
    Unreachable,
)
from retrieval.sources.web.fetching import Fetcher
from retrieval.sources.web.ip_addresses import IpAddress, is_public, is_public_or_private
from retrieval.sources.web.page import Version
from retrieval.sources.web.requesting import Limits
from tests.retrieval.sources.web.clocks import ManualClock
from tests.retrieval.sources.web.names import FixedNames
from tests.retrieval.sources.web.newsroom import (
    Handler,
    Newsroom,
    cut_off,
    endless_redirects,
    failing,
    gzip_bomb,
    huge,
    raw,
    streamed,
    without_length,
)

RELEASE = "<h1>Fares Frozen</h1><p>The Coast Authority will not raise ferry fares.</p>"
AGENT = "VerbatimBot/1 (press@newsroom.example)"


def visitor(
    clock: ManualClock,
    allowed: Callable[[IpAddress], bool] = is_public_or_private,
    limits: Limits | None = None,
    names: FixedNames | None = None,
    delay: float = 1.0,
) -> Fetcher:
    return Fetcher(
        AGENT,
        delay=delay,
        allowed=allowed,
        limits=limits,
        backoff=Backoff(tries=3, first=4.0, longest=60.0),
        clock=clock,
        resolver=names,
    )


async def failure(fetcher: Fetcher, address: str) -> FetchError:
    """The error of fetching an address."""
    with pytest.raises(FetchError) as caught:
        await fetcher.fetch(address)
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith(caught.value.address)
    return caught.value


# What a page is.


async def test_a_page_comes_with_its_type_headers_and_version(
    newsroom: Newsroom, fetcher: Fetcher
) -> None:
    newsroom.serve(
        "/1",
        RELEASE,
        content_type="Text/HTML; charset=ISO-8859-1",
        etag='"a"',
        modified="Mon, 02 Mar 2026 09:00:00 GMT",
        headers={"Link": "</feed>; rel=alternate"},
    )
    page = await fetcher.fetch(newsroom.address("/1"))
    assert page.asked == page.address == newsroom.address("/1")
    assert page.body == RELEASE.encode()
    assert (page.media_type, page.charset.lower()) == ("text/html", "iso-8859-1")
    assert page.headers["link"] == "</feed>; rel=alternate"
    assert page.version == Version('"a"', "Mon, 02 Mar 2026 09:00:00 GMT")
    assert not page.unchanged


async def test_a_page_without_a_type_has_none(newsroom: Newsroom, fetcher: Fetcher) -> None:
    newsroom.answer("/1", raw(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"))
    page = await fetcher.fetch(newsroom.address("/1"))
    assert (page.body, page.media_type, page.charset) == (b"hi", "", "")
    assert page.version == Version()


async def test_an_address_may_be_as_somebody_types_it(newsroom: Newsroom, fetcher: Fetcher) -> None:
    newsroom.serve("/a%20b", RELEASE)
    page = await fetcher.fetch(f"  {newsroom.address('/x/../a b')}#top ")
    assert page.asked == newsroom.address("/a%20b")


async def test_what_is_no_address_is_refused(fetcher: Fetcher) -> None:
    with pytest.raises(BadAddress, match="only http and https"):
        await fetcher.fetch("file:///etc/passwd")


async def test_a_document_is_fetched_as_well(newsroom: Newsroom, fetcher: Fetcher) -> None:
    newsroom.serve("/1.pdf", b"%PDF-1.7\n\xff", content_type="application/pdf")
    assert (await fetcher.fetch(newsroom.address("/1.pdf"))).body == b"%PDF-1.7\n\xff"


async def test_a_picture_is_not(newsroom: Newsroom, fetcher: Fetcher) -> None:
    newsroom.serve("/1.png", b"\x89PNG", content_type="image/png")
    error = await failure(fetcher, newsroom.address("/1.png"))
    assert isinstance(error, NotText)
    assert "it is not a web page but image/png" in str(error)


async def test_a_picture_that_is_not_there_is_not_there(
    newsroom: Newsroom, fetcher: Fetcher
) -> None:
    newsroom.serve("/1.png", b"\x89PNG", status=404, content_type="image/png")
    assert isinstance(await failure(fetcher, newsroom.address("/1.png")), NotFound)


async def test_headers_that_are_no_text_do_no_harm(newsroom: Newsroom, fetcher: Fetcher) -> None:
    head = b'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nETag: "\xff"\r\nX-Name: M\xfcnchen\r\n\r\nhi'
    newsroom.answer("/1", raw(head))
    page = await fetcher.fetch(newsroom.address("/1"))
    assert page.version == Version()
    assert page.headers["x-name"] == "M\ufffdnchen"


# Versions.


async def test_a_page_that_has_not_changed_is_not_sent_again(
    newsroom: Newsroom, fetcher: Fetcher
) -> None:
    newsroom.serve("/1", RELEASE, etag='"a"', modified="Mon, 02 Mar 2026 09:00:00 GMT")
    version = (await fetcher.fetch(newsroom.address("/1"))).version
    page = await fetcher.fetch(newsroom.address("/1"), version)
    assert page.unchanged
    assert page.body == b""
    assert page.version == version
    assert newsroom.last("/1").headers["If-None-Match"] == '"a"'
    assert newsroom.last("/1").headers["If-Modified-Since"] == "Mon, 02 Mar 2026 09:00:00 GMT"


async def test_a_server_that_says_only_unchanged_leaves_the_version_as_it_was(
    newsroom: Newsroom, fetcher: Fetcher
) -> None:
    newsroom.serve("/1", b"", status=304)
    page = await fetcher.fetch(newsroom.address("/1"), Version('"a"', "Mon, 02 Mar 2026"))
    assert page.unchanged
    assert page.version == Version('"a"', "Mon, 02 Mar 2026")


async def test_a_page_that_has_changed_is_sent(newsroom: Newsroom, fetcher: Fetcher) -> None:
    newsroom.serve("/1", RELEASE + "<p>Corrected.</p>", etag='"b"')
    page = await fetcher.fetch(newsroom.address("/1"), Version('"a"'))
    assert not page.unchanged
    assert page.body.endswith(b"<p>Corrected.</p>")
    assert page.version == Version('"b"')


async def test_a_version_cannot_smuggle_a_header(newsroom: Newsroom, fetcher: Fetcher) -> None:
    newsroom.serve("/1", RELEASE)
    await fetcher.fetch(newsroom.address("/1"), Version("a\r\nX-Evil: 1", "\udc80"))
    assert not {"X-Evil", "If-None-Match", "If-Modified-Since"} & set(newsroom.last("/1").headers)


async def test_not_modified_without_a_question_is_no_page(
    newsroom: Newsroom, fetcher: Fetcher
) -> None:
    newsroom.serve("/1", b"", status=304)
    assert isinstance(await failure(fetcher, newsroom.address("/1")), Refused)


# Manners.


async def test_the_bot_says_who_it_is(newsroom: Newsroom, fetcher: Fetcher) -> None:
    await failure(fetcher, newsroom.address("/1"))
    for path in ("/robots.txt", "/1"):
        assert "press@newsroom.example" in newsroom.last(path).headers["User-Agent"]
        assert "Cookie" not in newsroom.last(path).headers


async def test_robots_are_asked_first_and_obeyed(newsroom: Newsroom, fetcher: Fetcher) -> None:
    newsroom.serve("/robots.txt", "User-agent: *\nDisallow: /private/")
    newsroom.serve("/public/1", RELEASE)
    assert await fetcher.fetch(newsroom.address("/public/1"))
    error = await failure(fetcher, newsroom.address("/private/1"))
    assert isinstance(error, ForbiddenByRobots)
    assert not error.passing
    assert "save its pages into a folder" in str(error)
    assert newsroom.asked == ["/robots.txt", "/public/1"]


async def test_a_redirect_must_not_lead_around_the_robots(
    newsroom: Newsroom, fetcher: Fetcher
) -> None:
    newsroom.serve("/robots.txt", "User-agent: *\nDisallow: /private/")
    newsroom.move("/1", "/private/1")
    error = await failure(fetcher, newsroom.address("/1"))
    assert isinstance(error, ForbiddenByRobots)
    assert f"(redirected from {newsroom.address('/1')})" in str(error)
    assert newsroom.asked == ["/robots.txt", "/1"]


async def test_robots_may_be_redirected(newsroom: Newsroom, fetcher: Fetcher) -> None:
    newsroom.move("/robots.txt", "/other/robots.txt")
    newsroom.serve("/other/robots.txt", "User-agent: *\nDisallow: /\nSitemap: /map.xml")
    assert isinstance(await failure(fetcher, newsroom.address("/1")), ForbiddenByRobots)
    assert (await fetcher.robots(newsroom.address())).sitemaps == ("/map.xml",)


async def test_huge_robots_are_read_as_far_as_they_must_be(
    newsroom: Newsroom, fetcher: Fetcher
) -> None:
    newsroom.serve("/robots.txt", "User-agent: *\nDisallow: /private/\n" + "#" * 3_000_000)
    assert isinstance(await failure(fetcher, newsroom.address("/private/1")), ForbiddenByRobots)


async def test_while_robots_cannot_be_read_nothing_is_fetched(
    newsroom: Newsroom, fetcher: Fetcher
) -> None:
    newsroom.serve("/robots.txt", "", status=500)
    error = await failure(fetcher, newsroom.address("/1"))
    assert isinstance(error, RobotsUnavailable)
    assert error.passing
    assert set(newsroom.asked) == {"/robots.txt"}


async def test_a_host_gets_one_request_at_a_time_with_a_pause(
    newsroom: Newsroom, clock: ManualClock
) -> None:
    for number in range(4):
        newsroom.serve(f"/{number}", RELEASE)
    async with visitor(clock, delay=2.0) as fetcher:
        await asyncio.gather(*(fetcher.fetch(newsroom.address(f"/{n}")) for n in range(4)))
    assert newsroom.most_open_requests == 1
    assert clock.slept == [2.0] * 4  # robots.txt is the first of five


async def test_a_longer_pause_is_made_where_the_site_asks_for_it(
    newsroom: Newsroom, fetcher: Fetcher, clock: ManualClock
) -> None:
    newsroom.serve("/robots.txt", "User-agent: *\nCrawl-delay: 7")
    newsroom.serve("/1", RELEASE)
    for _ in range(3):
        await fetcher.fetch(newsroom.address("/1"))
    assert clock.slept == [1.0, 7.0, 7.0]


async def test_a_server_that_fails_is_asked_again_after_growing_pauses(
    newsroom: Newsroom, clock: ManualClock
) -> None:
    newsroom.answer("/1", failing(2))
    async with visitor(clock) as fetcher:
        page = await fetcher.fetch(newsroom.address("/1"))
    assert page.body == b"<p>At last.</p>"
    _, first, second = clock.slept
    assert 2 <= first <= 4 <= second <= 8


async def test_a_server_that_goes_on_failing_is_given_up(
    newsroom: Newsroom, clock: ManualClock
) -> None:
    newsroom.answer("/1", failing(99, status=502))
    async with visitor(clock) as fetcher:
        error = await failure(fetcher, newsroom.address("/1"))
    assert isinstance(error, ServerError)
    assert (error.status, error.passing) == (502, True)
    assert newsroom.asked.count("/1") == 3


async def test_a_server_is_left_alone_for_as_long_as_it_asks(
    newsroom: Newsroom, clock: ManualClock
) -> None:
    newsroom.answer("/1", failing(1, status=429, retry_after="45"))
    async with visitor(clock) as fetcher:
        assert await fetcher.fetch(newsroom.address("/1"))
    assert clock.slept == [1.0, 45.0]


async def test_a_server_that_asks_for_long_is_given_up_and_the_error_says_how_long(
    newsroom: Newsroom, clock: ManualClock
) -> None:
    newsroom.answer("/1", failing(99, retry_after="7200"))
    async with visitor(clock) as fetcher:
        error = await failure(fetcher, newsroom.address("/1"))
        assert isinstance(error, ServerError)
        assert error.retry_after == 7200
        assert newsroom.asked.count("/1") == 1
        newsroom.serve("/2", RELEASE)
        await fetcher.fetch(newsroom.address("/2"))
    assert clock.slept == [1.0, 60.0]


# Redirects.


async def test_redirects_are_followed(newsroom: Newsroom, fetcher: Fetcher) -> None:
    newsroom.move("/a", "b", status=301)
    newsroom.move("/b", newsroom.address("/c#top"), status=302)
    newsroom.move("/c", "//" + newsroom.address("/d").partition("//")[2], status=308)
    newsroom.serve("/d", RELEASE)
    page = await fetcher.fetch(newsroom.address("/a"))
    assert (page.asked, page.address) == (newsroom.address("/a"), newsroom.address("/d"))
    assert page.body == RELEASE.encode()


async def test_redirects_in_a_circle_are_told(newsroom: Newsroom, fetcher: Fetcher) -> None:
    newsroom.move("/a", "/b")
    newsroom.move("/b", "/a")
    error = await failure(fetcher, newsroom.address("/a"))
    assert isinstance(error, TooManyRedirects)
    assert error.loop
    assert "in a circle" in str(error)
    assert error.chain == tuple(newsroom.address(path) for path in ("/a", "/b", "/a"))


async def test_redirects_without_an_end_are_given_up(newsroom: Newsroom, fetcher: Fetcher) -> None:
    newsroom.answer("/a", endless_redirects("/a"))
    error = await failure(fetcher, newsroom.address("/a"))
    assert isinstance(error, TooManyRedirects)
    assert not error.loop
    assert len([path for path in newsroom.asked if path.startswith("/a")]) == 11


@pytest.mark.parametrize("to", ["file:///etc/passwd", "http://[", "http://a@b.example/", "data:,x"])
async def test_a_redirect_to_what_is_no_page_is_refused(
    newsroom: Newsroom, fetcher: Fetcher, to: str
) -> None:
    newsroom.move("/a", to)
    with pytest.raises(BadAddress):
        await fetcher.fetch(newsroom.address("/a"))


async def test_a_redirect_without_an_address_is_refused(
    newsroom: Newsroom, fetcher: Fetcher
) -> None:
    newsroom.serve("/a", "", status=302)
    assert isinstance(await failure(fetcher, newsroom.address("/a")), BadResponse)


async def test_the_text_of_a_redirect_is_of_no_interest(
    newsroom: Newsroom, fetcher: Fetcher
) -> None:
    header = b"HTTP/1.1 301 Moved\r\nLocation: /b\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8bbroken"
    newsroom.answer("/a", raw(header))
    newsroom.serve("/b", RELEASE)
    assert (await fetcher.fetch(newsroom.address("/a"))).body == RELEASE.encode()


# Private addresses.


@pytest.mark.parametrize("host", ["127.0.0.1", "0x7f.1", "2130706433", "[::1]", "localhost"])
async def test_nothing_private_is_connected_to(
    newsroom: Newsroom, clock: ManualClock, host: str
) -> None:
    async with visitor(clock, allowed=is_public) as fetcher:
        error = await failure(fetcher, newsroom.address("/1", host=host))
    assert isinstance(error, ForbiddenAddress)
    assert "VERBATIM_PRIVATE_ADDRESSES=yes" in str(error)
    assert newsroom.asked == []


async def test_the_metadata_of_a_cloud_are_never_asked_for(clock: ManualClock) -> None:
    async with visitor(clock, allowed=is_public_or_private) as fetcher:
        error = await failure(fetcher, "http://169.254.169.254/latest/meta-data")
    assert isinstance(error, ForbiddenAddress)
    assert error.address == "http://169.254.169.254/latest/meta-data"
    assert "VERBATIM_PRIVATE_ADDRESSES" not in str(error)


async def test_a_name_that_leads_into_a_private_network_is_not_connected_to(
    newsroom: Newsroom, clock: ManualClock
) -> None:
    names = FixedNames({"news.example": [["127.0.0.1"]]})
    async with visitor(clock, allowed=is_public, names=names) as fetcher:
        error = await failure(fetcher, newsroom.address("/1", host="news.example"))
    assert isinstance(error, ForbiddenAddress)
    assert error.ip == ip_address("127.0.0.1")
    assert newsroom.asked == []


def only_the_first_loopback(ip: IpAddress) -> bool:
    """Stands for "public" where the whole test is on loopback."""
    return ip == ip_address("127.0.0.1")


async def test_a_name_that_changes_its_answer_does_not_get_through(
    newsroom: Newsroom, clock: ManualClock
) -> None:
    names = FixedNames({"news.example": [["127.0.0.1"], ["127.0.0.2"]]})
    newsroom.serve("/robots.txt", "", headers={"Connection": "close"})
    newsroom.serve("/1", RELEASE)
    async with visitor(clock, allowed=only_the_first_loopback, names=names) as fetcher:
        error = await failure(fetcher, newsroom.address("/1", host="news.example"))
    assert isinstance(error, ForbiddenAddress)
    assert error.ip == ip_address("127.0.0.2")
    assert newsroom.asked == ["/robots.txt"]


async def test_what_was_checked_is_what_is_connected_to(
    newsroom: Newsroom, clock: ManualClock
) -> None:
    names = FixedNames({"news.example": [["127.0.0.2", "127.0.0.1"], ["127.0.0.2"]]})
    newsroom.serve("/1", RELEASE)
    async with visitor(clock, allowed=only_the_first_loopback, names=names) as fetcher:
        page = await fetcher.fetch(newsroom.address("/1", host="news.example"))
        assert page.body == RELEASE.encode()
    assert names.asked == ["news.example"]  # one connection, so one look at the name


@pytest.mark.parametrize(
    "to", ["http://127.0.0.2:{port}/x", "http://private.example:{port}/x", "http://0177.0.0.2/x"]
)
async def test_a_redirect_into_a_private_network_is_not_followed(
    newsroom: Newsroom, clock: ManualClock, to: str
) -> None:
    port = newsroom.address().rpartition(":")[2].strip("/")
    names = FixedNames({"private.example": [["127.0.0.2"]]})
    newsroom.move("/1", to.format(port=port))
    async with visitor(clock, allowed=only_the_first_loopback, names=names) as fetcher:
        error = await failure(fetcher, newsroom.address("/1"))
    assert isinstance(error, ForbiddenAddress)
    assert error.asked == newsroom.address("/1")
    assert newsroom.asked == ["/robots.txt", "/1"]


async def test_the_environment_names_no_proxy(
    newsroom: Newsroom, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    newsroom.serve("/1", RELEASE)
    assert await fetcher.fetch(newsroom.address("/1"))


# What servers refuse.


@pytest.mark.parametrize(
    ("status", "kind", "text"),
    [
        (400, Refused, "the server refused the request (HTTP 400)"),
        (401, LoginRequired, "asks for a log-in (HTTP 401)"),
        (403, Blocked, "the site blocks Verbatim (HTTP 403)"),
        (404, NotFound, "there is no such page (HTTP 404)"),
        (405, Refused, "the server refused the request (HTTP 405)"),
        (410, NotFound, "there is no such page (HTTP 410)"),
        (451, Blocked, "the site blocks Verbatim (HTTP 451)"),
    ],
)
async def test_a_refusal_is_told_and_not_repeated(
    newsroom: Newsroom, fetcher: Fetcher, status: int, kind: type[FetchError], text: str
) -> None:
    newsroom.serve("/1", "<h1>Sorry</h1>", status=status)
    error = await failure(fetcher, newsroom.address("/1"))
    assert type(error) is kind
    assert text in str(error)
    assert not error.passing
    assert newsroom.asked.count("/1") == 1


async def test_requests_that_stay_too_many_are_a_block_that_may_pass(
    newsroom: Newsroom, clock: ManualClock
) -> None:
    newsroom.serve("/1", "", status=429)
    async with visitor(clock) as fetcher:
        error = await failure(fetcher, newsroom.address("/1"))
    assert isinstance(error, TooManyRequests)
    assert error.passing
    assert newsroom.asked.count("/1") == 3


@pytest.mark.parametrize("status", [200, 403, 503])
async def test_a_challenge_is_a_block_and_says_what_one_can_do(
    newsroom: Newsroom, fetcher: Fetcher, status: int
) -> None:
    newsroom.serve("/1", "<script>window._cf_chl_opt={}</script>", status=status)
    error = await failure(fetcher, newsroom.address("/1"))
    assert isinstance(error, Blocked)
    assert error.wall == "Cloudflare"
    assert not error.passing
    assert "blocks Verbatim by Cloudflare" in str(error)
    for remedy in ("site's owner to allow", "feed", "into a folder"):
        assert remedy in str(error)
    assert newsroom.asked.count("/1") == 1


async def test_a_refusal_whose_text_is_damaged_is_told_by_its_status(
    newsroom: Newsroom, fetcher: Fetcher
) -> None:
    head = b"HTTP/1.1 404 Not Found\r\nContent-Encoding: gzip\r\nContent-Length: 900\r\n\r\n"
    newsroom.answer("/1", raw(head + b"\x1f\x8bbroken"))
    assert isinstance(await failure(fetcher, newsroom.address("/1")), NotFound)


# Servers that are not there.


async def test_a_name_that_does_not_exist_is_told(clock: ManualClock) -> None:
    async with visitor(clock, names=FixedNames({})) as fetcher:
        error = await failure(fetcher, "http://nowhere.example/1")
    assert isinstance(error, Unreachable)
    assert error.failure == "name"
    assert error.address == "http://nowhere.example/1"
    assert "no server has this name" in str(error)


async def test_a_port_where_nobody_listens_is_told(
    clock: ManualClock, unused_tcp_port: int
) -> None:
    async with visitor(clock) as fetcher:
        error = await failure(fetcher, f"http://127.0.0.1:{unused_tcp_port}/1")
    assert isinstance(error, Unreachable)
    assert error.failure == "connection"
    assert error.passing
    assert "cannot be reached" in str(error)


class SilentNames(FixedNames):
    """Never answers."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        self.asked.append(host)
        await asyncio.Event().wait()
        return []


async def test_a_connection_that_does_not_come_is_not_waited_for_again(clock: ManualClock) -> None:
    names = SilentNames({})
    async with visitor(clock, limits=Limits(connecting=0.05), names=names) as fetcher:
        error = await failure(fetcher, "http://news.example/1")
    assert isinstance(error, Unreachable)
    assert "no connection within 0.05 seconds" in str(error)
    assert names.asked == ["news.example"]


async def test_a_connection_that_is_not_secure_is_told(
    newsroom: Newsroom, clock: ManualClock
) -> None:
    async with visitor(clock) as fetcher:
        error = await failure(fetcher, newsroom.address("/1", scheme="https"))
    assert isinstance(error, Unreachable)
    assert error.failure == "certificate"
    assert not error.passing
    assert newsroom.asked == []


async def test_a_certificate_that_nobody_vouches_for_is_told(clock: ManualClock) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("news.example").configure_cert(context)
    names = FixedNames({"news.example": [["127.0.0.1"]]})
    async with Newsroom(context) as newsroom, visitor(clock, names=names) as fetcher:
        address = newsroom.address("/1", host="news.example", scheme="https")
        error = await failure(fetcher, address)
        assert newsroom.asked == []
    assert isinstance(error, Unreachable)
    assert error.failure == "certificate"
    assert "unable to get local issuer certificate" in str(error)
    assert names.asked == ["news.example"]


async def test_a_server_that_hangs_up_is_told(newsroom: Newsroom, clock: ManualClock) -> None:
    newsroom.answer("/1", raw(b""))
    async with visitor(clock) as fetcher:
        error = await failure(fetcher, newsroom.address("/1"))
    assert isinstance(error, Unreachable)
    assert "it closed the connection" in str(error)
    assert newsroom.asked.count("/1") >= 3  # aiohttp opens another connection each time


@pytest.mark.parametrize(
    "data",
    [
        b"220 mail.example ESMTP\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\nhi",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nhi",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi, there",
        b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 100_000 + b"\r\n\r\nhi",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: zstd\r\nContent-Length: 2\r\n\r\nhi",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\nContent-Length: 9\r\n\r\n<h1>Fares",
    ],
)
async def test_what_is_not_http_is_told(newsroom: Newsroom, fetcher: Fetcher, data: bytes) -> None:
    newsroom.answer("/1", raw(data))
    error = await failure(fetcher, newsroom.address("/1"))
    assert isinstance(error, BadResponse)
    assert len(error.reason) > 5
    assert len(str(error)) < 500


_HEADERS = st.sampled_from(
    [
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.0 200\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: ",
        b"HTTP/1.1 103 Early Hints\r\n\r\n",
        b"HTTP/1.1 999 Denied\r\n",
        b"Content-Type: ",
        b"Content-Type: text/html; charset=",
        b"Content-Encoding: gzip\r\n",
        b"Content-Encoding: br\r\n",
        b"Content-Length: 5\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"Retry-After: ",
        b"ETag: ",
        b"\r\n",
        b"\r\n\r\n",
    ]
)


@given(st.lists(_HEADERS | st.binary(max_size=20), max_size=10).map(b"".join))
@settings(max_examples=60)
def test_whatever_a_server_sends_is_a_page_or_an_error(data: bytes) -> None:
    async def fetched() -> None:
        async with Newsroom() as newsroom:
            newsroom.answer("/1", raw(data))
            # A redirect may name any host: none but the newsroom is there.
            fetcher = Fetcher(
                AGENT,
                allowed=only_the_first_loopback,
                backoff=Backoff(tries=1),
                clock=ManualClock(),
                resolver=FixedNames({}),
            )
            async with fetcher:
                with suppress(FetchError):
                    page = await fetcher.fetch(newsroom.address("/1"))
                    assert page.address == newsroom.address("/1")

    asyncio.run(fetched())


# Sizes and times.

SMALL = Limits(size=100_000)


@pytest.mark.parametrize(
    "handler",
    [
        huge(1_000_000_000),
        streamed([gzip_bomb(30_000_000)], "gzip"),
        streamed([zlib.compress(bytes(30_000_000))], "deflate"),
        without_length(b"x" * 200_000),
        raw(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\nhi"),
    ],
    ids=["huge", "gzip bomb", "deflate bomb", "without a length", "announced"],
)
async def test_a_page_that_is_too_large_is_not_read(
    newsroom: Newsroom, clock: ManualClock, handler: Handler
) -> None:
    newsroom.answer("/1", handler)
    async with visitor(clock, limits=SMALL) as fetcher:
        error = await failure(fetcher, newsroom.address("/1"))
        assert isinstance(error, TooLarge)
        assert "larger than 0.1 MB" in str(error)
        newsroom.serve("/2", RELEASE)
        assert (await fetcher.fetch(newsroom.address("/2"))).body == RELEASE.encode()
    assert newsroom.asked.count("/1") == 1


async def test_the_largest_page_that_is_allowed_is_read(
    newsroom: Newsroom, clock: ManualClock
) -> None:
    newsroom.serve("/1", b"x" * SMALL.size)
    async with visitor(clock, limits=SMALL) as fetcher:
        assert len((await fetcher.fetch(newsroom.address("/1"))).body) == SMALL.size


@pytest.mark.parametrize(
    "handler",
    [
        cut_off(RELEASE.encode()),
        without_length(zlib.compress(RELEASE.encode())[:-4], "deflate"),
        raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n<h1>Fares"),
    ],
    ids=["length", "deflate", "chunked"],
)
async def test_a_page_that_is_cut_off_is_no_page(
    newsroom: Newsroom, clock: ManualClock, handler: Handler
) -> None:
    newsroom.answer("/1", handler)
    async with visitor(clock) as fetcher:
        error = await failure(fetcher, newsroom.address("/1"))
    assert isinstance(error, CutOff)
    assert error.passing
    assert newsroom.asked.count("/1") == 3


async def test_a_page_that_ends_with_its_connection_is_read(
    newsroom: Newsroom, fetcher: Fetcher
) -> None:
    newsroom.answer("/1", without_length(RELEASE.encode()))
    assert (await fetcher.fetch(newsroom.address("/1"))).body == RELEASE.encode()


@pytest.mark.parametrize("beginning", [b"", b"<h1>Fares"])
async def test_a_server_that_falls_silent_is_left(
    newsroom: Newsroom, clock: ManualClock, beginning: bytes
) -> None:
    newsroom.serve("/robots.txt", "")
    newsroom.stall("/1", beginning)
    async with visitor(clock, limits=Limits(between_bytes=0.05)) as fetcher:
        error = await failure(fetcher, newsroom.address("/1"))
    assert isinstance(error, TooSlow)
    assert error.passing
    assert "longer than 0.05 seconds" in str(error)


async def test_a_server_that_sends_a_byte_at_a_time_is_left(
    newsroom: Newsroom, clock: ManualClock
) -> None:
    newsroom.serve("/robots.txt", "")
    newsroom.trickle("/1", pause=0.01)
    async with visitor(clock, limits=Limits(whole=0.3)) as fetcher:
        error = await failure(fetcher, newsroom.address("/1"))
    assert isinstance(error, TooSlow)
    assert error.seconds == 0.3


async def test_a_fetch_that_is_cancelled_leaves_the_host_free(
    newsroom: Newsroom, fetcher: Fetcher
) -> None:
    come = newsroom.stall("/1")
    newsroom.serve("/2", RELEASE)
    task = asyncio.create_task(fetcher.fetch(newsroom.address("/1")))
    await come.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await fetcher.fetch(newsroom.address("/2"))).body == RELEASE.encode()
