"""What is under way is waited for, as long as it may take."""

import asyncio

import pytest

from bot.duty import Duty


async def test_where_nothing_is_under_way_nothing_is_waited_for() -> None:
    duty = Duty()
    assert await asyncio.wait_for(duty.finish(60), 5) == 0
    assert duty.leaving


async def test_all_that_is_under_way_is_waited_for() -> None:
    duty = Duty()
    duty.begin("a question")
    duty.begin("a button")
    finishing = asyncio.create_task(duty.finish(60))
    await asyncio.sleep(0)
    assert duty.leaving
    duty.end("a question")
    await asyncio.sleep(0)
    assert not finishing.done()
    duty.end("a button")
    assert await asyncio.wait_for(finishing, 5) == 0


async def test_what_takes_longer_than_it_may_is_counted() -> None:
    duty = Duty()
    for key in (1, 2, 3):
        duty.begin(key)
    duty.end(2)
    assert await duty.finish(0.01) == 2


@pytest.mark.parametrize("ends", [["x"], ["x", "x"], ["y", "x"]])
async def test_what_never_began_or_ended_before_may_end(ends: list[str]) -> None:
    duty = Duty()
    duty.begin("x")
    for key in ends:
        duty.end(key)
    assert await asyncio.wait_for(duty.finish(60), 5) == 0
