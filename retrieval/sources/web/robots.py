"""What a site's robots.txt allows (RFC 9309), remembered for each site.

A file that does not exist allows everything. One that cannot be read forbids everything for now.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TypeAlias

from protego import Protego

from retrieval.sources.web.addresses import origin
from retrieval.sources.web.clock import Clock
from retrieval.sources.web.errors import (
    BadAddress,
    Blocked,
    FetchError,
    ForbiddenAddress,
    LoginRequired,
    NotFound,
    NotText,
    Refused,
    RobotsUnavailable,
    TooManyRedirects,
    TooManyRequests,
    Unreachable,
)
from retrieval.sources.web.user_agent import PRODUCT

ROBOTS_SIZE = 500 * 1024  # bytes that are read, as RFC 9309 asks for at least

_KEPT = 24 * 3600.0  # seconds, as RFC 9309 asks for at most
_KEPT_FAILURE = 300.0
_MOST_SITES = 1_000
_USER_AGENT = re.compile(r"\s*user[\s-]*agent\b[\s:]*([^#]*)", re.IGNORECASE)

GetText: TypeAlias = Callable[[str], Awaitable[bytes]]
"""Fetches the beginning of a file, redirects followed, or raises `FetchError`."""


class RobotsRules:
    """The rules of one robots.txt for Verbatim. Any bytes are rules: what is none is ignored."""

    def __init__(self, body: bytes = b"") -> None:
        text = body[:ROBOTS_SIZE].decode("utf-8-sig", "replace")
        self._rules = Protego.parse(_with_one_group_for_others(text))

    def allow(self, address: str) -> bool:
        """Whether an address may be fetched."""
        return bool(self._rules.can_fetch(address, PRODUCT))

    @property
    def crawl_delay(self) -> float | None:
        """The seconds between two requests that the site asks for, if it does."""
        return self._rules.crawl_delay(PRODUCT)

    @property
    def sitemaps(self) -> tuple[str, ...]:
        """The sitemaps that it names, as they are written there."""
        return tuple(self._rules.sitemaps)


@dataclass(slots=True)
class _Site:
    """What is known of one site: its rules, or how they failed, until some moment."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    rules: RobotsRules | None = None
    failure: Callable[[str], FetchError] | None = None
    until: float = float("-inf")


class RobotsCache:
    """The rules of sites, each fetched when it is first needed and again when it is a day old.

    Args:
        get: fetches a robots.txt, and at most `ROBOTS_SIZE` bytes of it.
        clock: tells the time.
    """

    def __init__(self, get: GetText, clock: Clock) -> None:
        self._get = get
        self._clock = clock
        self._sites: dict[str, _Site] = {}

    async def rules(self, address: str) -> RobotsRules:
        """The rules for a canonical address.

        Raises:
            RobotsUnavailable: If they cannot be read now.
            Unreachable: If the site cannot be reached at all.
            ForbiddenAddress: If it must not be connected to.
        """
        site = self._site(origin(address))
        async with site.lock:
            if self._clock.monotonic() >= site.until:
                try:
                    await self._read(site, f"{origin(address)}/robots.txt")
                except ForbiddenAddress as error:
                    raise ForbiddenAddress(address, error.ip) from error
            if site.rules:
                return site.rules
            failure = site.failure or partial(RobotsUnavailable, reason="it was not read")
            raise failure(address)

    async def _read(self, site: _Site, address: str) -> None:
        site.rules = site.failure = None
        kept = _KEPT
        try:
            site.rules = RobotsRules(await self._get(address))
        except ForbiddenAddress:
            raise
        except Unreachable as error:
            site.failure = partial(Unreachable, failure=error.failure, reason=error.reason)
            kept = _KEPT_FAILURE
        except FetchError as error:
            if _means_that_there_is_none(error):
                site.rules = RobotsRules()
            else:
                site.failure = partial(RobotsUnavailable, reason=error.text)
                kept = _KEPT_FAILURE
        site.until = self._clock.monotonic() + kept

    def _site(self, key: str) -> _Site:
        site = self._sites.pop(key, None) or _Site()
        self._sites[key] = site  # at the end: the first one is the one used longest ago
        if len(self._sites) > _MOST_SITES:
            del self._sites[next(iter(self._sites))]
        return site


def _means_that_there_is_none(error: FetchError) -> bool:
    """Whether an error is a status of 400 to 499, or what RFC 9309 treats as one.

    429 is an exception: it says "not now".
    """
    if isinstance(error, TooManyRequests):
        return False
    if isinstance(error, Blocked):
        return error.status < 500
    return isinstance(
        error, NotFound | LoginRequired | Refused | NotText | TooManyRedirects | BadAddress
    )


def _with_one_group_for_others(text: str) -> str:
    """The text, with one name for all programs that are not Verbatim.

    The parser keeps the rules of a group once for each program that it names: a hostile file of ten
    thousand programs and ten thousand rules would fill the memory.
    """
    return "\n".join(
        f"User-agent: {_group(found[1])}" if (found := _USER_AGENT.match(line)) else line
        for line in text.splitlines()
    )


def _group(name: str) -> str:
    """Whom the name of a program stands for: Verbatim, everybody, or somebody else."""
    name = name.strip().lower()
    if name == "*":
        return name
    token = name.partition("/")[0].replace("*", "")  # of "verbatimbot/1.0" or "verbatim*"
    return PRODUCT if token and PRODUCT.lower().startswith(token) else "another"
