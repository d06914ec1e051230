"""Fetches pages as a polite visitor does.

    async with Fetcher(user_agent("press@example.org")) as fetcher:
        page = await fetcher.fetch("https://www.example.org/news")

Before a page is asked for, its site's robots.txt is read and obeyed. A host gets one request at a
time, with a pause after each, and longer pauses when it fails or asks for them. Redirects are
followed here, so that every address on the way passes the same checks.
"""

from collections.abc import Awaitable, Callable, Mapping
from random import Random
from typing import Self, TypeAlias

from aiohttp.abc import AbstractResolver

from retrieval.sources.web.addresses import host, linked_address, typed_address
from retrieval.sources.web.backoff import Backoff, parse_retry_after
from retrieval.sources.web.bot_walls import bot_wall
from retrieval.sources.web.clock import Clock, SystemClock
from retrieval.sources.web.errors import (
    BadResponse,
    Blocked,
    FetchError,
    ForbiddenByRobots,
    LoginRequired,
    NotFound,
    Refused,
    ServerError,
    TooManyRedirects,
    TooManyRequests,
)
from retrieval.sources.web.ip_addresses import Allowed, is_public
from retrieval.sources.web.pacing import Pacing
from retrieval.sources.web.page import Page, Version
from retrieval.sources.web.requesting import Limits, Requester, Response
from retrieval.sources.web.robots import ROBOTS_SIZE, RobotsCache, RobotsRules

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_UNCHANGED = 304

_Get: TypeAlias = Callable[[str, Mapping[str, str]], Awaitable[Response]]


class Fetcher:
    """Fetches pages with manners. Use it as an async context manager, one for the whole program.

    Args:
        agent: the ``User-Agent`` header, as of `user_agent`.
        delay: seconds from the end of a request to the beginning of the next one to the same host.
        allowed: which IP addresses may be connected to.
        limits: what a request may take.
        backoff: how often a request is tried, and after which pauses.
        clock: tells the time and waits.
        resolver: what resolves names; by default the operating system.
        random: the jitter of pauses.
    """

    def __init__(
        self,
        agent: str,
        *,
        delay: float = 1.0,
        allowed: Allowed = is_public,
        limits: Limits | None = None,
        backoff: Backoff | None = None,
        clock: Clock | None = None,
        resolver: AbstractResolver | None = None,
        random: Random | None = None,
    ) -> None:
        self._agent = agent
        self._limits = limits or Limits()
        self._backoff = backoff or Backoff()
        self._clock = clock or SystemClock()
        self._random = random or Random()
        self._requester = Requester(agent, allowed, self._limits, resolver)
        self._pacing = Pacing(self._clock, delay)
        self._robots = RobotsCache(self._fetch_robots, self._clock)

    async def __aenter__(self) -> Self:
        await self._requester.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._requester.__aexit__(*error)

    async def fetch(self, address: str, version: Version | None = None) -> Page:
        """Fetch a page.

        Args:
            address: as somebody typed it, or as a page linked it.
            version: the one that is known already: if the page has not changed since, the server
                may say so in place of sending it.

        Raises `FetchError`: its subclasses say what went wrong, and its attributes whether another
        try makes sense.
        """
        asked = typed_address(address)
        known = version or Version()
        response = await self._follow(asked, _conditions(known), self._get)
        etag = _sendable(response.headers.get("etag", ""))
        modified = _sendable(response.headers.get("last-modified", ""))
        unchanged = response.status == _UNCHANGED
        if unchanged:  # the server need not repeat them
            etag, modified = etag or known.etag, modified or known.modified
        return Page(
            asked=asked,
            address=response.address,
            body=b"" if unchanged else response.body,
            media_type=response.media_type,
            charset=response.charset,
            headers=dict(response.headers),
            version=Version(etag, modified),
            unchanged=unchanged,
        )

    async def robots(self, address: str) -> RobotsRules:
        """What the robots.txt of an address' site says, for example which sitemaps there are.

        Raises `FetchError` where it cannot be read now.
        """
        return await self._robots.rules(typed_address(address))

    async def _follow(self, asked: str, headers: Mapping[str, str], get: _Get) -> Response:
        """Ask for an address, and for the next one as long as the response is a redirect."""
        chain = [asked]
        try:
            while True:
                response = await get(chain[-1], headers)
                if response.status not in _REDIRECTS:
                    return response
                location = response.headers.get("location")
                if location is None:
                    raise BadResponse(chain[-1], "a redirect without an address")
                address = linked_address(location, chain[-1])
                is_loop = address in chain
                chain.append(address)
                if is_loop or len(chain) > self._limits.redirects + 1:
                    raise TooManyRedirects(asked, chain, loop=is_loop)
        except FetchError as error:
            error.asked = asked
            raise

    async def _get(self, address: str, headers: Mapping[str, str]) -> Response:
        rules = await self._robots.rules(address)
        if not rules.allow(address):
            raise ForbiddenByRobots(address, self._agent)
        return await self._request(address, headers, crawl_delay=rules.crawl_delay)

    async def _fetch_robots(self, address: str) -> bytes:
        response = await self._follow(address, {}, self._get_robots)
        return response.body

    async def _get_robots(self, address: str, headers: Mapping[str, str]) -> Response:
        return await self._request(address, headers, at_most=ROBOTS_SIZE)

    async def _request(
        self,
        address: str,
        headers: Mapping[str, str],
        *,
        crawl_delay: float | None = None,
        at_most: int | None = None,
    ) -> Response:
        """Make a request in its turn, and again while that may help.

        Returns a success, a redirect, or "not modified" where that was asked for.
        """
        server = host(address)
        failures = 0
        while True:
            async with self._pacing.turn(server, crawl_delay):
                try:
                    response = await self._requester.get(address, headers, at_most=at_most)
                    if error := self._error(response, is_conditional=bool(headers)):
                        raise error
                    return response
                except FetchError as error:
                    failures += 1
                    wait = self._backoff.wait(failures, error.retry_after, self._random)
                    if error.retry_after:
                        self._pacing.postpone(server, min(error.retry_after, self._backoff.longest))
                    if not error.retried or wait is None:
                        raise
                    self._pacing.postpone(server, wait)

    def _error(self, response: Response, *, is_conditional: bool) -> FetchError | None:
        """What a response means, if it is not what was asked for."""
        status, address = response.status, response.address
        wall = bot_wall(status, response.headers, response.body)
        error: FetchError
        if status in _REDIRECTS or (status == _UNCHANGED and is_conditional):
            return None
        if status == 429:
            error = TooManyRequests(address, status, wall, self._agent)
        elif wall or status in (403, 451):
            error = Blocked(address, status, wall, self._agent)
        elif 200 <= status < 300:
            return None
        elif status in (404, 410):
            error = NotFound(address, status)
        elif status in (401, 407):
            error = LoginRequired(address, status)
        elif status >= 500:
            error = ServerError(address, status)
        else:
            error = Refused(address, status)
        if header := response.headers.get("retry-after"):
            error.retry_after = parse_retry_after(header, self._clock.now())
        return error


def _conditions(version: Version) -> dict[str, str]:
    """The headers that ask for a page only if it is not at this version (RFC 9110, 13.1)."""
    headers = {}
    if etag := _sendable(version.etag):
        headers["If-None-Match"] = etag
    if modified := _sendable(version.modified):
        headers["If-Modified-Since"] = modified
    return headers


def _sendable(header: str) -> str:
    """The header, or "" if it could not be sent back as it came."""
    return header if header.isascii() and header.isprintable() else ""
