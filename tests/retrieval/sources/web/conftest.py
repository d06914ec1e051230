"""A newsroom on loopback, and what visits it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from retrieval.sources.web.fetching import Fetcher
from retrieval.sources.web.ip_addresses import is_public_or_private
from retrieval.sources.web.requesting import Limits
from retrieval.sources.web.user_agent import user_agent
from tests.retrieval.sources.web.clocks import ManualClock
from tests.retrieval.sources.web.copied_site import CopiedSite
from tests.retrieval.sources.web.newsroom import Newsroom


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def newsroom() -> AsyncIterator[Newsroom]:
    async with Newsroom() as server:
        yield server


@pytest.fixture
async def fetcher(clock: ManualClock) -> AsyncIterator[Fetcher]:
    """One that may connect to loopback, and waits by the test's clock."""
    agent = user_agent("press@newsroom.example")
    async with Fetcher(agent, allowed=is_public_or_private, clock=clock) as each:
        yield each


@pytest.fixture
async def undelayed(clock: ManualClock) -> AsyncIterator[Fetcher]:
    """One that waits for nothing between requests, and takes pages of up to 100,000 bytes."""
    limits = Limits(size=100_000)
    async with Fetcher(
        "VerbatimBot", delay=0, allowed=is_public_or_private, clock=clock, limits=limits
    ) as each:
        yield each


@pytest.fixture
def site(newsroom: Newsroom, undelayed: Fetcher, clock: ManualClock, tmp_path: Path) -> CopiedSite:
    return CopiedSite(newsroom, undelayed, clock, tmp_path)
