"""A newsroom on loopback, and what visits it."""

from collections.abc import AsyncIterator

import pytest

from retrieval.sources.web.fetching import Fetcher
from retrieval.sources.web.ip_addresses import is_public_or_private
from retrieval.sources.web.user_agent import user_agent
from tests.retrieval.sources.web.clocks import ManualClock
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
