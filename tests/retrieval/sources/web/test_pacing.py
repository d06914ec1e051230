"""When a host may be asked next."""

import asyncio

import pytest

from retrieval.sources.web.pacing import LONGEST_CRAWL_DELAY, Pacing
from tests.retrieval.sources.web.clocks import ManualClock


async def turns(pacing: Pacing, hosts: list[str], clock: ManualClock) -> list[tuple[str, float]]:
    """Take a turn at each host at the same time; return when each began."""
    begun: list[tuple[str, float]] = []

    async def take(host: str) -> None:
        async with pacing.turn(host):
            begun.append((host, clock.monotonic()))
            await asyncio.sleep(0)

    await asyncio.gather(*map(take, hosts))
    return begun


async def test_requests_to_one_host_keep_their_distance(clock: ManualClock) -> None:
    begun = await turns(Pacing(clock, 1.0), ["a.example"] * 3, clock)
    assert begun == [("a.example", 0.0), ("a.example", 1.0), ("a.example", 2.0)]


async def test_requests_to_other_hosts_do_not_wait(clock: ManualClock) -> None:
    await turns(Pacing(clock, 1.0), ["a.example", "b.example"], clock)
    assert clock.slept == []


async def test_one_host_gets_one_request_at_a_time(clock: ManualClock) -> None:
    pacing, within, most = Pacing(clock, 0.0), 0, 0

    async def take() -> None:
        nonlocal within, most
        async with pacing.turn("a.example"):
            within += 1
            most = max(most, within)
            await asyncio.sleep(0)
            within -= 1

    await asyncio.gather(*(take() for _ in range(5)))
    assert most == 1


async def test_the_pause_begins_at_the_end_of_a_request(clock: ManualClock) -> None:
    pacing = Pacing(clock, 1.0)
    async with pacing.turn("a.example"):
        clock.advance(10)
    async with pacing.turn("a.example"):
        assert clock.monotonic() == 11.0


async def test_time_that_passed_anyway_is_not_waited_again(clock: ManualClock) -> None:
    pacing = Pacing(clock, 1.0)
    async with pacing.turn("a.example"):
        pass
    clock.advance(5)
    async with pacing.turn("a.example"):
        assert clock.slept == []


@pytest.mark.parametrize(
    ("crawl_delay", "pause"), [(None, 1.0), (0.1, 1.0), (5.0, 5.0), (86_400.0, LONGEST_CRAWL_DELAY)]
)
async def test_the_longer_of_both_pauses_is_made_up_to_a_bound(
    clock: ManualClock, crawl_delay: float | None, pause: float
) -> None:
    pacing = Pacing(clock, 1.0)
    for _ in range(2):
        async with pacing.turn("a.example", crawl_delay):
            pass
    assert clock.slept == [pause]


async def test_a_host_that_asks_for_it_is_left_alone_by_all(clock: ManualClock) -> None:
    pacing = Pacing(clock, 1.0)
    pacing.postpone("a.example", 60)
    pacing.postpone("a.example", 5)  # an earlier end does not shorten it
    begun = await turns(pacing, ["a.example", "a.example"], clock)
    assert begun == [("a.example", 60.0), ("a.example", 61.0)]


async def test_after_an_error_the_pause_is_made_and_the_host_is_free(clock: ManualClock) -> None:
    pacing = Pacing(clock, 1.0)
    with pytest.raises(ZeroDivisionError):
        async with pacing.turn("a.example"):
            raise ZeroDivisionError
    assert await turns(pacing, ["a.example"], clock) == [("a.example", 1.0)]
