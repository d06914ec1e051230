"""When sites are read again, and what is offered, across restarts."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.state import State
from bot.state.sources import SiteRefresh, SourceStore

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def store(state: State) -> SourceStore:
    return state.sources


def test_a_reading_that_succeeds_sets_when_the_next_one_is(store: SourceStore) -> None:
    assert store.get("harbor") is None
    store.begin("harbor", NOW + HOUR)
    assert store.get("harbor") == SiteRefresh("harbor", NOW + HOUR, reading=True)
    store.end("harbor", changed=False)
    store.succeed("harbor", NOW + 2 * HOUR)
    assert store.all() == {"harbor": SiteRefresh("harbor", NOW + 2 * HOUR)}


def test_failures_are_counted_since_the_first_one(store: SourceStore) -> None:
    store.schedule("harbor", NOW)
    store.fail("harbor", NOW, NOW + HOUR, "it is closed")
    store.fail("harbor", NOW + HOUR, NOW + 3 * HOUR, "it is still closed")
    expected = SiteRefresh("harbor", NOW + 3 * HOUR, 2, NOW, "it is still closed")
    assert store.get("harbor") == expected
    store.tell("harbor", NOW + DAY)
    store.succeed("harbor", NOW + 2 * DAY)
    # That it works again is still to be told.
    assert store.get("harbor") == SiteRefresh("harbor", NOW + 2 * DAY, told=NOW + DAY)
    store.tell("harbor", None)
    assert store.get("harbor") == SiteRefresh("harbor", NOW + 2 * DAY)


def test_what_was_read_is_unbuilt_until_it_is_built(store: SourceStore) -> None:
    store.begin("harbor", NOW)
    store.end("harbor", changed=True)
    store.begin("harbor", NOW)
    store.end("harbor", changed=False)
    known = store.get("harbor")
    assert known
    assert known.unbuilt
    store.build(["harbor", "unknown"])
    assert store.get("harbor") == SiteRefresh("harbor", NOW)


def test_a_reading_in_which_the_bot_was_killed_is_taken_for_a_change(store: SourceStore) -> None:
    store.begin("harbor", NOW)
    store.schedule("pier", NOW)
    store.resume()
    assert store.get("harbor") == SiteRefresh("harbor", NOW, unbuilt=True)
    assert store.get("pier") == SiteRefresh("pier", NOW)


def test_a_site_is_forgotten(store: SourceStore) -> None:
    store.schedule("harbor", NOW)
    store.forget("harbor")
    assert store.all() == {}


def test_an_offer_is_taken_once(store: SourceStore) -> None:
    first, second = store.add_offer("one", NOW), store.add_offer("two", NOW)
    assert store.take_offer(second) == "two"
    assert store.take_offer(second) is None
    assert store.take_offer(first) == "one"
    assert store.add_offer("three", NOW) not in (first, second)  # which old messages name
    assert store.take_offer(2**62) is None


def test_an_offer_is_kept_for_a_day(store: SourceStore) -> None:
    old = store.add_offer("old", NOW)
    store.add_offer("new", NOW + DAY + HOUR)
    assert store.take_offer(old) is None
