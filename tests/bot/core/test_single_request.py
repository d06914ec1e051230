"""A request that is made once, and not again by the library that makes it."""

import aiohttp
import pytest
from aiohttp import web

from bot.core.single_request import RepeatedRequest, request_trace, single_request
from tests.loopback import LoopbackDiscord

URL = "https://discord.com/api/v10/users/@me"


async def test_a_second_request_is_refused_before_it_is_sent() -> None:
    async with (
        LoopbackDiscord() as server,
        aiohttp.ClientSession(
            connector=server.connector(), trace_configs=[request_trace()]
        ) as session,
    ):

        async def fail(request: object) -> web.Response:
            return web.Response(status=500)

        server.intercept = fail
        with single_request():
            async with session.get(URL) as answer:
                assert answer.status == 500
            with pytest.raises(RepeatedRequest):
                await session.get(URL)
        assert len(server.requests) == 1
        for _ in range(2):  # outside of the block nothing is counted
            async with session.get(URL) as answer:
                assert answer.status == 500
        with single_request():
            async with session.get(URL) as answer:
                assert answer.status == 500
