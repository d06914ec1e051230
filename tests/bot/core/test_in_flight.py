"""Waiting for the requests in flight."""

import asyncio

import pytest

from bot.core.in_flight import InFlight


async def test_finish_returns_at_once_if_nothing_is_in_flight() -> None:
    in_flight = InFlight()
    assert await asyncio.wait_for(in_flight.finish(60), 5) == 0
    assert in_flight.closing


async def test_finish_waits_for_everything_in_flight() -> None:
    in_flight = InFlight()
    in_flight.begin("a question")
    in_flight.begin("a button")
    finishing = asyncio.create_task(in_flight.finish(60))
    await asyncio.sleep(0)
    assert in_flight.closing
    in_flight.end("a question")
    await asyncio.sleep(0)
    assert not finishing.done()
    in_flight.end("a button")
    assert await asyncio.wait_for(finishing, 5) == 0


async def test_finish_counts_what_is_unfinished_in_the_end() -> None:
    in_flight = InFlight()
    for key in (1, 2, 3):
        in_flight.begin(key)
    in_flight.end(2)
    assert await in_flight.finish(0.01) == 2


@pytest.mark.parametrize("ends", [["x"], ["x", "x"], ["y", "x"]])
async def test_unknown_and_finished_keys_are_ignored(ends: list[str]) -> None:
    in_flight = InFlight()
    in_flight.begin("x")
    for key in ends:
        in_flight.end(key)
    assert await asyncio.wait_for(in_flight.finish(60), 5) == 0
