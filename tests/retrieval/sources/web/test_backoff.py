"""How long to wait before a request is tried again."""

from datetime import timedelta
from email.utils import format_datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.sources.web.backoff import Backoff, parse_retry_after
from tests.retrieval.sources.web.clocks import START

BACKOFF = Backoff(tries=6, first=2.0, longest=20.0)


def test_the_wait_doubles_up_to_a_bound_and_is_never_the_same_for_all() -> None:
    for failures, longest in ((1, 2), (2, 4), (3, 8), (4, 16), (5, 20)):
        waits = {BACKOFF.wait(failures, None, Random(seed)) for seed in range(20)}
        assert len(waits) > 10
        assert all(wait is not None and longest / 2 <= wait <= longest for wait in waits)


def test_after_the_last_try_there_is_no_wait() -> None:
    assert BACKOFF.wait(6, None, Random(1)) is None


def test_a_server_is_left_alone_for_as_long_as_it_asks() -> None:
    assert BACKOFF.wait(1, 15.0, Random(1)) == 15.0
    wait = BACKOFF.wait(4, 1.0, Random(1))
    assert wait is not None
    assert wait >= 8


def test_a_server_that_asks_for_too_long_is_given_up() -> None:
    assert BACKOFF.wait(1, 21.0, Random(1)) is None


def test_many_failures_do_not_overflow() -> None:
    wait = Backoff(tries=10_000, longest=60.0).wait(1_000, None, Random(1))
    assert wait is not None
    assert wait <= 60


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("99999999999999999999", 7 * 86_400.0),
        (format_datetime(START + timedelta(seconds=90), usegmt=True), 90.0),
        (format_datetime(START - timedelta(days=1), usegmt=True), 0.0),
        ("Mon, 02 Mar 2026 09:01:30", 90.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 7 * 86_400.0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("²", None),
        ("9" * 5_000, None),
        ("Mon, 99 Mar 2026 09:01:30 GMT", None),
    ],
)
def test_retry_after_is_a_number_or_a_date(header: str, seconds: float | None) -> None:
    assert parse_retry_after(header, START) == seconds


@given(st.text(max_size=80))
def test_any_header_is_a_time_or_nothing(header: str) -> None:
    seconds = parse_retry_after(header, START)
    assert seconds is None or 0 <= seconds <= 7 * 86_400
