"""The subscriptions of people: offered, kept, ended, and nothing left behind."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

from bot.state import State, open_state
from bot.state.outbox import NewItem
from bot.state.sqlite import MIGRATIONS, SqliteDatabase
from bot.state.subscriptions import MAX_SUBSCRIPTIONS, Subscription
from retrieval.scope import Scope
from retrieval.standing import Calibration, StandingQuestion
from tests.bot.features.strategies import info
from tests.bot.state.conftest import Open

NOW = datetime(2025, 6, 1, 15, tzinfo=UTC).timestamp()
HOUR = 3600.0
USER, OTHER, CHANNEL, ELSEWHERE = 1, 2, 10, 20
SCOPE = Scope("harbor.example", "ferry fares", "anything about veterans' health")
CALIBRATION = Calibration(StandingQuestion("anything about veterans' health"), 0.25, 100, "f")
OFFERED = Subscription(USER, SCOPE, "es-ES", CALIBRATION)


def add(state: State, user: int = USER, channel: int = CHANNEL) -> int:
    """Keep a subscription of some user to something that nothing else is about."""
    scope = Scope("harbor.example", f"ferry {rows(state)[0]}")
    id = state.subscriptions.offer(Subscription(user, scope, "en-US"), NOW)
    assert state.subscriptions.keep(user, id, channel, [], NOW)
    return id


def queue(state: State, release: str, *subscriptions: int, channel: int = CHANNEL) -> None:
    item = NewItem(0, channel, {release: "first"}, 1, subscriptions=subscriptions)
    assert state.outbox.record(["old", release], [item], {}, NOW)


def rows(state: State) -> list[int]:
    """How many subscriptions, messages and releases of messages are stored."""
    tables = ("subscription", "outbox", "outbox_release")
    return [state.database.read(f"SELECT count(*) FROM {each}")[0][0] for each in tables]


def test_a_subscription_is_one_only_once_it_is_kept_and_survives_a_restart(
    state: State, open_again: Open
) -> None:
    store = state.subscriptions
    id = store.offer(OFFERED, NOW)
    assert store.all() == store.of_user(USER) == []
    kept = store.keep(USER, id, CHANNEL, ["b", "a"], NOW + HOUR)
    again = open_again()
    assert again.subscriptions.of_user(USER) == again.subscriptions.all() == [kept]
    unannounced = frozenset({"a", "b"})
    assert kept == Subscription(
        USER, SCOPE, "es-ES", CALIBRATION, id, CHANNEL, NOW + HOUR, unannounced
    )
    assert store.of_user(OTHER) == []


def test_only_what_is_still_offered_can_be_kept_or_withdrawn(state: State) -> None:
    store, id = state.subscriptions, add(state)
    assert not store.keep(USER, id, CHANNEL, [], NOW)
    assert not store.withdraw(USER, id)
    late = store.offer(OFFERED, NOW)
    assert not store.keep(USER, late, CHANNEL, [], NOW + 25 * HOUR)
    withdrawn = store.offer(OFFERED, NOW)
    assert not store.end(USER, withdrawn)
    assert store.withdraw(USER, withdrawn)
    assert not store.keep(USER, withdrawn, CHANNEL, [], NOW)
    assert [each.id for each in store.all()] == [id]


def test_a_person_decides_only_about_their_own(state: State) -> None:
    store = state.subscriptions
    offered, kept = store.offer(OFFERED, NOW), add(state)
    assert not store.keep(OTHER, offered, ELSEWHERE, [], NOW)
    assert not store.withdraw(OTHER, offered)
    assert not store.end(OTHER, kept)
    assert store.end_all(OTHER) == 0
    store.withhold(OTHER, kept)
    assert store.of_channel(ELSEWHERE, [kept]) == []
    assert [each.id for each in store.of_channel(CHANNEL, [kept, offered])] == [kept]
    assert store.keep(USER, offered, CHANNEL, [], NOW)
    assert store.end(USER, kept)
    assert not store.end(USER, kept)


def test_the_same_is_kept_once_also_if_it_was_offered_twice(state: State) -> None:
    store = state.subscriptions
    first, second = store.offer(OFFERED, NOW), store.offer(OFFERED, NOW)
    everything = [store.offer(Subscription(USER, Scope(), "en-US"), NOW) for _ in range(2)]
    kept = [store.keep(USER, id, CHANNEL, [], NOW) for id in (first, second, *everything)]
    assert [each is not None for each in kept] == [True, False, True, False]
    assert [store.has_the_same(USER, id) for id in (first, second)] == [False, True]
    assert not store.has_the_same(OTHER, second)
    assert store.keep(OTHER, store.offer(Subscription(OTHER, SCOPE, "en"), NOW), ELSEWHERE, [], NOW)


def test_a_person_has_so_many_and_no_more(state: State) -> None:
    ids = [add(state) for _ in range(MAX_SUBSCRIPTIONS)]
    add(state, OTHER, ELSEWHERE)
    further = state.subscriptions.offer(OFFERED, NOW)
    assert not state.subscriptions.keep(USER, further, CHANNEL, [], NOW)
    state.subscriptions.end(USER, ids[0])
    assert state.subscriptions.keep(USER, further, CHANNEL, [], NOW)


def test_what_is_not_decided_in_a_day_is_forgotten(state: State) -> None:
    state.subscriptions.offer(OFFERED, NOW)
    kept = add(state)
    latest = state.subscriptions.offer(OFFERED, NOW + 25 * HOUR)
    state.subscriptions.forget_offers(NOW + 25 * HOUR)
    found = state.database.read("SELECT id FROM subscription ORDER BY id")
    assert found == [(kept,), (latest,)]


def test_what_cannot_be_confirmed_is_only_offered_again(state: State) -> None:
    store, id = state.subscriptions, add(state)
    queue(state, "a", id)
    store.withhold(USER, id)
    assert store.all() == []
    assert rows(state) == [1, 0, 0]
    assert store.keep(USER, id, CHANNEL, [], NOW)


def test_whoever_ends_the_last_one_has_nothing_left_not_even_in_the_outbox(state: State) -> None:
    first, second, others = add(state), add(state), add(state, OTHER, ELSEWHERE)
    queue(state, "a", first, second)
    queue(state, "b", others, channel=ELSEWHERE)
    assert state.subscriptions.end(USER, first)
    assert rows(state) == [2, 2, 2]
    assert state.subscriptions.end(USER, second)
    assert rows(state) == [1, 1, 1]
    assert state.outbox.due_channels(NOW) == [ELSEWHERE]


def test_whoever_ends_the_last_one_is_offered_nothing_any_more(state: State) -> None:
    first, second = add(state), add(state)
    state.subscriptions.offer(OFFERED, NOW)
    others = state.subscriptions.offer(replace(OFFERED, user=OTHER), NOW)
    assert state.subscriptions.end(USER, first)
    assert rows(state)[0] == 3
    assert state.subscriptions.end(USER, second)
    assert state.database.read("SELECT id FROM subscription") == [(others,)]
    another = state.subscriptions.offer(replace(OFFERED, user=OTHER), NOW)
    assert state.subscriptions.withdraw(OTHER, another)
    assert state.database.read("SELECT id FROM subscription") == [(others,)]


def test_ending_all_deletes_offers_and_messages_that_were_sent_as_well(state: State) -> None:
    first = add(state)
    add(state, OTHER, ELSEWHERE)
    state.subscriptions.offer(OFFERED, NOW)
    queue(state, "a", first)
    item = state.outbox.next_due(CHANNEL, NOW)
    assert item
    state.outbox.begin(item, NOW)
    state.outbox.sent(item, 99, NOW, publish=False)
    assert state.subscriptions.end_all(USER) == 2
    assert rows(state) == [1, 0, 0]
    assert state.subscriptions.end_all(USER) == 0


def test_those_of_somebody_who_is_gone_are_ended(state: State) -> None:
    first, kept = add(state), add(state, OTHER, ELSEWHERE)
    add(state)
    queue(state, "a", first)
    assert state.subscriptions.end_channel(CHANNEL) == 2
    assert [each.id for each in state.subscriptions.all()] == [kept]
    assert rows(state) == [1, 0, 0]


def test_a_calibration_is_replaced(state: State) -> None:
    id = state.subscriptions.offer(replace(OFFERED, calibration=None), NOW)
    assert state.subscriptions.keep(USER, id, CHANNEL, [], NOW)
    state.subscriptions.calibrate(id, CALIBRATION)
    (kept,) = state.subscriptions.all()
    assert kept.calibration == CALIBRATION


def test_only_what_was_published_since_is_covered(state: State) -> None:
    id = state.subscriptions.offer(OFFERED, NOW)
    old = info(7)
    kept = state.subscriptions.keep(USER, id, CHANNEL, [old.id], NOW)
    assert kept
    before, day = date(2025, 5, 31), date(2025, 6, 1)
    assert kept.covers(info(1, date=day), UTC)
    assert kept.covers(info(1, date=None), UTC)
    assert not kept.covers(info(1, date=before), UTC)
    assert not kept.covers(info(7, date=day), UTC)
    far_west = timezone(timedelta(hours=-16))
    assert kept.covers(info(1, date=before), far_west)


def test_a_file_of_an_earlier_version_is_opened_with_what_it_has(tmp_path: Path) -> None:
    before = SqliteDatabase(tmp_path / "state.sqlite", MIGRATIONS[:4])
    before.write(
        "INSERT INTO announcement (server, channel, words, made, kept) VALUES (1,2,'x',3,1)"
    )
    before.write(
        "INSERT INTO outbox (server, channel, nonce, total, queued, due) VALUES (1, 2, 3, 1, 5, 5)"
    )
    before.close()
    state = open_state(tmp_path)
    assert state.subscriptions.all() == []
    assert [each.scope.words for each in state.announcements.all()] == ["x"]
    item = state.outbox.next_due(2, NOW)
    assert item
    assert item.subscriptions == ()
    add(state)
    state.close()
