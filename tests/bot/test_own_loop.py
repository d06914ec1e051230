"""Work in an event loop of its own: its thread, its result, and how it is cancelled."""

import asyncio
import threading

import pytest

from bot.own_loop import run_in_own_loop


async def test_it_runs_in_another_thread_and_loop_and_gives_its_result() -> None:
    async def work() -> tuple[int, int]:
        await asyncio.sleep(0)
        return threading.get_ident(), id(asyncio.get_running_loop())

    thread, loop = await run_in_own_loop(work)
    assert thread != threading.get_ident()
    assert loop != id(asyncio.get_running_loop())


async def test_it_does_not_hold_up_the_loop_of_the_caller() -> None:
    held = threading.Event()

    async def work() -> str:
        return "released" if held.wait(20) else "not released"

    running = asyncio.create_task(run_in_own_loop(work))
    await asyncio.sleep(0)
    held.set()
    assert await running == "released"


async def test_an_error_is_raised_to_the_caller() -> None:
    async def work() -> None:
        raise KeyError("pier")

    with pytest.raises(KeyError, match="pier"):
        await run_in_own_loop(work)


async def test_it_is_cancelled_with_its_caller_who_waits_until_it_has_ended() -> None:
    begun, steps = threading.Event(), list[str]()

    async def work() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            steps.append("noted how far it is")

    running = asyncio.create_task(run_in_own_loop(work))
    await asyncio.to_thread(begun.wait, 20)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert steps == ["noted how far it is"]


async def test_it_may_be_cancelled_before_it_begins() -> None:
    begun = list[bool]()

    async def work() -> None:
        await asyncio.sleep(0)
        begun.append(True)

    running = asyncio.create_task(run_in_own_loop(work))
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert begun == []
