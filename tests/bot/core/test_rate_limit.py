"""Who may ask where, and how often."""

from pathlib import Path

import pytest

from bot.core.errors import ChannelNotAllowed, RateLimited
from bot.core.rate_limit import RateLimiter
from bot.state import State, open_state
from bot.state.servers import ServerSettings

SERVER, OTHER_SERVER = 1, 2
MIA, TOM = 10, 11
GENERAL, THREAD, ELSEWHERE = 20, 21, 22


class Time:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def state(tmp_path: Path) -> State:
    return open_state(tmp_path)


@pytest.fixture
def time() -> Time:
    return Time()


def test_so_many_a_minute_of_each_person(state: State, time: Time) -> None:
    rate_limiter = RateLimiter(state.servers, 2, 100, time)
    for _ in range(2):
        rate_limiter.admit(MIA, SERVER, GENERAL)
    time.now += 20
    with pytest.raises(RateLimited) as refused:
        rate_limiter.admit(MIA, SERVER, GENERAL)
    assert refused.value.seconds == pytest.approx(40)
    assert not refused.value.together
    # It is of the person, wherever they ask.
    with pytest.raises(RateLimited):
        rate_limiter.admit(MIA, None, ELSEWHERE)
    rate_limiter.admit(TOM, SERVER, GENERAL)
    time.now += 40.1
    rate_limiter.admit(MIA, SERVER, GENERAL)


def test_so_many_a_minute_of_each_server(state: State, time: Time) -> None:
    rate_limiter = RateLimiter(state.servers, 100, 2, time)
    rate_limiter.admit(MIA, SERVER, GENERAL)
    rate_limiter.admit(TOM, SERVER, GENERAL)
    with pytest.raises(RateLimited) as refused:
        rate_limiter.admit(MIA, SERVER, GENERAL)
    assert refused.value.together
    rate_limiter.admit(MIA, OTHER_SERVER, GENERAL)
    for _ in range(5):
        rate_limiter.admit(MIA, None, ELSEWHERE)
    time.now += 60.1
    rate_limiter.admit(MIA, SERVER, GENERAL)


def test_where_channels_are_set_asking_is_allowed_there_alone(state: State) -> None:
    rate_limiter = RateLimiter(state.servers, 100, 100)
    rate_limiter.admit(MIA, SERVER, ELSEWHERE)
    state.servers.set(SERVER, ServerSettings(channels=(GENERAL,)))
    rate_limiter.admit(MIA, SERVER, GENERAL, None)
    rate_limiter.admit(MIA, SERVER, THREAD, GENERAL)
    with pytest.raises(ChannelNotAllowed) as refused:
        rate_limiter.admit(MIA, SERVER, ELSEWHERE, None)
    assert refused.value.channels == (GENERAL,)
    rate_limiter.admit(MIA, OTHER_SERVER, ELSEWHERE)
    rate_limiter.admit(MIA, None, ELSEWHERE)


def test_what_is_refused_elsewhere_is_not_counted(state: State) -> None:
    state.servers.set(SERVER, ServerSettings(channels=(GENERAL,)))
    rate_limiter = RateLimiter(state.servers, 1, 1)
    with pytest.raises(ChannelNotAllowed):
        rate_limiter.admit(MIA, SERVER, ELSEWHERE)
    rate_limiter.admit(MIA, SERVER, GENERAL)


def test_nobody_is_let_in_sooner_because_thousands_ask(state: State, time: Time) -> None:
    rate_limiter = RateLimiter(state.servers, 1, 1_000_000, time)
    for person in range(6000):
        rate_limiter.admit(person, SERVER, GENERAL)
    with pytest.raises(RateLimited):
        rate_limiter.admit(0, SERVER, GENERAL)
    time.now += 61
    rate_limiter.admit(0, SERVER, GENERAL)
