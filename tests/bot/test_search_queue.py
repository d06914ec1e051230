"""The queue of searches, and how long one waits in it."""

import asyncio
import threading

import pytest

from bot.core.errors import error_text
from bot.i18n import load_languages
from bot.search_queue import MAX_QUEUED, QueueFull, SearchQueue


class Clock:
    """A clock that searches advance."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Search:
    """A search that takes some seconds of the clock, and waits to be let go."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self._seconds = seconds
        self.begun = threading.Event()
        self.go = threading.Event()

    def __call__(self) -> None:
        self.begun.set()
        assert self.go.wait(60)
        self._clock.now += self._seconds


async def run(queue: SearchQueue, clock: Clock, seconds: float, times: int) -> None:
    for _ in range(times):
        search = Search(clock, seconds)
        search.go.set()
        await queue.run(search)


async def full(queue: SearchQueue, search: Search) -> list[asyncio.Task[None]]:
    tasks = [asyncio.create_task(queue.run(search)) for _ in range(MAX_QUEUED)]
    assert await asyncio.to_thread(search.begun.wait, 60)
    return tasks


@pytest.mark.parametrize(("seconds", "wait"), [(0.5, 50.0), (0.2, 20.0), (3.0, 300.0)])
async def test_the_wait_is_that_of_the_queue_at_the_rate_of_the_last_searches(
    seconds: float, wait: float
) -> None:
    clock = Clock()
    queue = SearchQueue(1, clock)
    await run(queue, clock, 7.0, 50)  # which were slower, and do not count any more
    await run(queue, clock, seconds, 50)
    search = Search(clock, seconds)
    tasks = await full(queue, search)
    with pytest.raises(QueueFull) as refused:
        await queue.run(search)
    assert refused.value.waiting == MAX_QUEUED
    assert refused.value.seconds == pytest.approx(wait)
    assert str(refused.value).endswith(f"Try again in {wait:.0f} s")
    before = clock.now
    search.go.set()
    await asyncio.gather(*tasks)
    assert clock.now - before == pytest.approx(wait)  # that is what it took
    queue.close()


async def test_several_threads_share_the_work() -> None:
    clock = Clock()
    queue = SearchQueue(4, clock)
    await run(queue, clock, 0.4, 50)
    search = Search(clock, 0.0)
    tasks = await full(queue, search)
    assert queue.wait() == pytest.approx(10.0)
    search.go.set()
    await asyncio.gather(*tasks)
    queue.close()


async def test_before_the_first_search_has_ended_those_that_run_tell() -> None:
    clock = Clock()
    queue = SearchQueue(1, clock)
    search = Search(clock, 0.0)
    tasks = await full(queue, search)
    clock.now += 2.0
    assert queue.wait() == pytest.approx(200.0)
    search.go.set()
    await asyncio.gather(*tasks)
    queue.close()


@pytest.mark.parametrize("code", ["en", "es"])
def test_the_wait_is_told(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    monkeypatch.setattr("bot.core.errors.time.time", lambda: 1_000_000.25)
    text = error_text(QueueFull(100, 22.0), load_languages().by_code[code])
    assert "<t:1000023:R>" in text
