"""A running loopback, and a client that is less careful than discord.py."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from .. import LoopbackDiscord


@pytest.fixture
async def server() -> AsyncIterator[LoopbackDiscord]:
    """A loopback Discord."""
    async with LoopbackDiscord() as loopback:
        yield loopback


@pytest.fixture
async def session(server: LoopbackDiscord) -> AsyncIterator[aiohttp.ClientSession]:
    """An HTTP client with the bot's token that limits no rates."""
    async with aiohttp.ClientSession(
        "https://discord.com/api/v10/",
        connector=server.connector(),
        headers={"Authorization": f"Bot {server.token}"},
    ) as opened:
        yield opened
