"""Where questions are allowed, and how many of them."""

import inspect
import time

import pytest

from bot.core.ask_context import AskContext
from bot.core.errors import ChannelNotAllowed, RateLimited
from bot.core.rate_limit import RateLimiter
from bot.i18n import ENGLISH
from bot.state.servers import ServerSettings

SERVER, OTHER_SERVER = 1, 2
MIA, TOM = 10, 11
GENERAL, THREAD, ELSEWHERE = 20, 21, 22
GENERAL_ONLY = ServerSettings(channels=(GENERAL,))


class Clock:
    """A clock that the test advances, in seconds."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def ask(
    user: int,
    server: int | None = SERVER,
    channel: int = ELSEWHERE,
    *,
    parent: int | None = None,
    settings: ServerSettings = ServerSettings(),  # noqa: B008 (it is immutable)
) -> AskContext:
    return AskContext(user, server, channel, parent, settings, ENGLISH)


def test_a_user_may_ask_so_many_questions_a_minute(clock: Clock) -> None:
    limiter = RateLimiter(2, 100, clock)
    for _ in range(2):
        limiter.admit(ask(MIA))
    clock.now += 20
    with pytest.raises(RateLimited) as refused:
        limiter.admit(ask(MIA))
    assert refused.value.retry_after == pytest.approx(40)
    assert not refused.value.whole_server
    # The limit holds in all servers and in direct messages together.
    with pytest.raises(RateLimited):
        limiter.admit(ask(MIA, server=None))
    limiter.admit(ask(TOM))
    clock.now += 40.1
    limiter.admit(ask(MIA))


def test_a_server_may_ask_so_many_questions_a_minute(clock: Clock) -> None:
    limiter = RateLimiter(100, 2, clock)
    limiter.admit(ask(MIA))
    limiter.admit(ask(TOM))
    with pytest.raises(RateLimited) as refused:
        limiter.admit(ask(MIA))
    assert refused.value.whole_server
    limiter.admit(ask(MIA, OTHER_SERVER))
    for _ in range(5):
        limiter.admit(ask(MIA, server=None))
    clock.now += 60.1
    limiter.admit(ask(MIA))


def test_a_clock_that_is_set_changes_no_limit() -> None:
    # Seconds since 1970 jump when a machine's clock is set; these do not.
    assert inspect.signature(RateLimiter).parameters["clock"].default is time.monotonic


def test_questions_are_allowed_in_the_chosen_channels_and_their_threads() -> None:
    limiter = RateLimiter(100, 100)
    limiter.admit(ask(MIA))
    limiter.admit(ask(MIA, channel=GENERAL, settings=GENERAL_ONLY))
    limiter.admit(ask(MIA, channel=THREAD, parent=GENERAL, settings=GENERAL_ONLY))
    with pytest.raises(ChannelNotAllowed) as refused:
        limiter.admit(ask(MIA, settings=GENERAL_ONLY))
    assert refused.value.channels == (GENERAL,)
    limiter.admit(ask(MIA, server=None))


def test_a_question_in_another_channel_is_not_counted() -> None:
    limiter = RateLimiter(1, 1)
    with pytest.raises(ChannelNotAllowed):
        limiter.admit(ask(MIA, settings=GENERAL_ONLY))
    limiter.admit(ask(MIA, channel=GENERAL, settings=GENERAL_ONLY))


def test_thousands_of_users_reset_nobodys_limit(clock: Clock) -> None:
    limiter = RateLimiter(1, 1_000_000, clock)
    for user in range(6000):
        limiter.admit(ask(user))
    with pytest.raises(RateLimited):
        limiter.admit(ask(0))
    clock.now += 61
    limiter.admit(ask(0))
