"""What is remembered of addresses."""

import sqlite3
import stat
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.sources.web.errors import NotFound, ServerError
from retrieval.sources.web.page import Page, Version
from retrieval.sources.web.visits import Visits, VisitsUnusable
from tests.retrieval.sources.web.clocks import START, ManualClock

ONE, TWO, THREE = (f"https://example.org/{number}" for number in (1, 2, 3))
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def page(
    body: str = "fares", *, address: str = ONE, etag: str = "", unchanged: bool = False
) -> Page:
    return Page(
        asked=address,
        address=address,
        body=b"" if unchanged else body.encode(),
        media_type="text/html",
        charset="utf-8",
        headers={},
        version=Version(etag, "Mon, 02 Mar 2026 09:00:00 GMT"),
        unchanged=unchanged,
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "web" / "visits.sqlite"


@pytest.fixture
def visits(path: Path, clock: ManualClock) -> Iterator[Visits]:
    opened = Visits(path, clock.now)
    yield opened
    opened.close()


def addresses(visits: Visits, limit: int = 100) -> list[str]:
    return [visit.address for visit in visits.due(limit)]


def test_nothing_is_known_of_an_address_that_was_never_added(visits: Visits) -> None:
    assert visits.get(ONE) is None
    assert visits.due(10) == []


def test_a_new_address_is_due_at_once(visits: Visits) -> None:
    assert visits.add([ONE, TWO, ONE]) == 2
    assert addresses(visits) == [ONE, TWO]
    assert addresses(visits, limit=1) == [ONE]
    visit = visits.get(ONE)
    assert visit
    assert (visit.version, visit.fetched, visit.failures) == (Version(), None, 0)


def test_an_address_that_is_known_is_not_made_due_again(visits: Visits) -> None:
    visits.succeeded(page(), DAY)
    assert visits.add([ONE, TWO]) == 1
    assert addresses(visits) == [TWO]


def test_what_was_fetched_is_due_again_after_the_interval(
    visits: Visits, clock: ManualClock
) -> None:
    visits.succeeded(page(etag='"a"'), DAY)
    visit = visits.get(ONE)
    assert visit
    assert visit.version == Version('"a"', "Mon, 02 Mar 2026 09:00:00 GMT")
    assert visit.fetched == visit.changed == START
    assert visit.due == START + DAY
    clock.advance(DAY.total_seconds() - 1)
    assert addresses(visits) == []
    clock.advance(1)
    assert addresses(visits) == [ONE]


def test_who_has_waited_longest_is_first(visits: Visits, clock: ManualClock) -> None:
    visits.succeeded(page(address=ONE), timedelta(seconds=0.5))
    visits.succeeded(page(address=TWO), timedelta(seconds=0.25))
    visits.add([THREE])
    clock.advance(1)
    assert addresses(visits) == [THREE, TWO, ONE]


def test_the_content_decides_whether_a_page_changed(visits: Visits, clock: ManualClock) -> None:
    assert visits.succeeded(page("fares", etag='"a"'), DAY)
    clock.advance(60)
    assert not visits.succeeded(page("fares", etag='"b"'), DAY)
    visit = visits.get(ONE)
    assert visit
    assert visit.version.etag == '"b"'
    assert (visit.changed, visit.fetched) == (START, START + MINUTE)
    clock.advance(60)
    assert visits.succeeded(page("fares, corrected", etag='"b"'), DAY)
    visit = visits.get(ONE)
    assert visit
    assert visit.changed == START + 2 * MINUTE


def test_an_empty_page_is_content_too(visits: Visits) -> None:
    assert visits.succeeded(page(""), DAY)
    assert not visits.succeeded(page(""), DAY)


def test_a_page_that_the_server_calls_unchanged_keeps_its_content(
    visits: Visits, clock: ManualClock
) -> None:
    visits.succeeded(page("fares", etag='"a"'), DAY)
    clock.advance(60)
    assert not visits.succeeded(page(etag='"a"', unchanged=True), DAY)
    visit = visits.get(ONE)
    assert visit
    assert (visit.changed, visit.fetched, visit.due) == (
        START,
        START + MINUTE,
        START + MINUTE + DAY,
    )
    assert not visits.succeeded(page("fares", etag='"a"'), DAY)


def test_what_may_pass_is_tried_again_sooner_and_then_less_and_less_often(
    visits: Visits, clock: ManualClock
) -> None:
    visits.succeeded(page(etag='"a"'), HOUR)
    waits = [visits.failed(ServerError(ONE, 503), HOUR).due - clock.now() for _ in range(6)]
    assert waits == [5 * MINUTE, 10 * MINUTE, 20 * MINUTE, 40 * MINUTE, HOUR, HOUR]
    visit = visits.get(ONE)
    assert visit
    assert (visit.failures, visit.fetched, visit.version.etag) == (6, START, '"a"')


def test_what_will_not_pass_is_tried_again_after_the_interval(visits: Visits) -> None:
    assert visits.failed(NotFound(ONE, 404), DAY).due == START + DAY


def test_a_success_ends_the_failures(visits: Visits) -> None:
    visits.failed(ServerError(ONE, 503), HOUR)
    visits.succeeded(page(), HOUR)
    assert visits.failed(ServerError(ONE, 503), HOUR).failures == 1


def test_a_server_is_not_asked_again_before_it_asks_for(visits: Visits) -> None:
    error = ServerError(ONE, 503)
    error.retry_after = 7200.0
    assert visits.failed(error, HOUR).due == START + 2 * HOUR


def test_a_failure_after_a_redirect_counts_for_the_address_that_was_asked(visits: Visits) -> None:
    error = NotFound(TWO, 404)
    error.asked = ONE
    assert visits.failed(error, DAY).address == ONE
    assert visits.get(TWO) is None


def test_thousands_of_failures_do_not_overflow(visits: Visits) -> None:
    for _ in range(1_100):
        visit = visits.failed(ServerError(ONE, 503), HOUR)
    assert visit.due == START + HOUR


def test_everything_is_there_after_a_restart(path: Path, clock: ManualClock) -> None:
    first = Visits(path, clock.now)
    first.add([ONE, TWO, THREE])
    first.succeeded(page(etag='"a"'), DAY)
    # It is not closed, as if it were killed.
    second = Visits(path, clock.now)
    assert addresses(second) == [TWO, THREE]
    assert not second.succeeded(page(etag='"a"'), DAY)
    first.close()
    second.close()


def test_only_the_owner_may_read_it(path: Path, visits: Visits) -> None:
    visits.add([ONE])
    files = list(path.parent.iterdir())
    assert len(files) == 3  # with its journal
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_a_file_that_others_could_read_is_closed_to_them(path: Path, clock: ManualClock) -> None:
    path.parent.mkdir()
    path.touch(0o644)
    Visits(path, clock.now).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_that_is_no_database_is_told_and_stays(path: Path, clock: ManualClock) -> None:
    path.parent.mkdir()
    path.write_text("This is a shopping list, and a long one. " * 50)
    before = path.read_bytes()
    with pytest.raises(VisitsUnusable, match="move the file away"):
        Visits(path, clock.now)
    assert path.read_bytes() == before


def test_a_file_of_a_newer_version_is_told_and_stays(path: Path, clock: ManualClock) -> None:
    path.parent.mkdir()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(VisitsUnusable, match="a newer version"):
        Visits(path, clock.now)
    assert path.read_bytes() == before


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path, clock: ManualClock) -> None:
    (tmp_path / "web").touch()
    with pytest.raises(VisitsUnusable):
        Visits(tmp_path / "web" / "visits.sqlite", clock.now)


@pytest.mark.parametrize("time", ["soon", "2026-03-02T09:00:00", 7, b"\xff"])
def test_a_damaged_time_is_told(path: Path, visits: Visits, time: object) -> None:
    visits.add([ONE])
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE visit SET due = ?", [time])
    with pytest.raises(VisitsUnusable, match="one of its times is damaged"):
        visits.get(ONE)


def test_a_text_that_cannot_be_stored_is_told(visits: Visits) -> None:
    with pytest.raises(VisitsUnusable):
        visits.add([ONE, "https://example.org/\udc80"])
    assert visits.get(ONE) is None  # all of it, or nothing


@pytest.fixture(scope="module")
def shared_clock() -> ManualClock:
    return ManualClock()


@pytest.fixture(scope="module")
def shared_visits(
    tmp_path_factory: pytest.TempPathFactory, shared_clock: ManualClock
) -> Iterator[Visits]:
    opened = Visits(tmp_path_factory.mktemp("visits") / "visits.sqlite", shared_clock.now)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def numbers() -> Iterator[int]:
    """A number for the address of each example, none of which has been visited."""
    return count(4)


@given(steps=st.lists(st.tuples(st.integers(0, 3), st.booleans()), max_size=20))
def test_a_page_has_changed_exactly_if_its_content_is_not_the_last_one(
    shared_visits: Visits,
    shared_clock: ManualClock,
    numbers: Iterator[int],
    steps: list[tuple[int, bool]],
) -> None:
    address = f"https://example.org/{next(numbers)}"
    last = None
    for content, fails in steps:
        shared_clock.advance(60)
        if fails:
            shared_visits.failed(ServerError(address, 500), HOUR)
        else:
            fetched = page(str(content), address=address)
            assert shared_visits.succeeded(fetched, HOUR) == (content != last)
            last = content


def test_what_is_known_to_have_changed_is_due_at_once(visits: Visits, clock: ManualClock) -> None:
    visits.succeeded(page(etag='"a"'), DAY)
    clock.advance(60)
    visits.expire([ONE, TWO])
    assert addresses(visits) == [ONE]
    visit = visits.get(ONE)
    assert visit
    assert visit.version.etag == '"a"'
    assert visits.get(TWO) is None
