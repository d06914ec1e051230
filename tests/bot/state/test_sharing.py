"""Several processes over one state in PostgreSQL: what they do at the same time is done once."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Barrier
from typing import TypeVar
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
import pytest

from bot.state import State, open_postgres_state
from bot.state.announcements import MAX_ANNOUNCEMENTS, Announcement
from bot.state.answers import AnswerRecord
from bot.state.database import StateUnusable
from bot.state.outbox import NewItem
from bot.state.servers import ServerSettings
from bot.state.subscriptions import Subscription
from retrieval.scope import Scope
from tests.bot.state.test_answers import NOON, record
from tests.fuzz.state import fill_state
from tests.postgres import PostgresServer

T = TypeVar("T")

NOW = 1_700_000_000.0
SERVER, CHANNEL, USER = 1, 10, 7
PROCESSES = 4

States = list[State]


@pytest.fixture
def states(database_url: str) -> Iterator[States]:
    """Several processes' states, with what each knows of it."""
    with ExitStack() as opened:
        yield [_opened(opened, database_url) for _ in range(PROCESSES)]


def _opened(opened: ExitStack, url: str) -> State:
    state = open_postgres_state(url)
    opened.callback(state.close)
    return state


def at_once(states: States, do: Callable[[State], T]) -> list[T]:
    """What something returns for each state, done in all of them at the same time."""
    ready = Barrier(len(states))

    def wait_and_do(state: State) -> T:
        ready.wait()
        return do(state)

    with ThreadPoolExecutor(len(states)) as threads:
        return list(threads.map(wait_and_do, states))


def record_items(ids: Sequence[str], items: Sequence[NewItem], state: State) -> bool:
    return state.outbox.record(ids, items, {}, NOW)


def until(condition: Callable[[], bool]) -> None:
    """Wait for something that happens soon. Only a test that fails waits long."""
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_release_that_all_find_new_is_queued_once(states: States) -> None:
    states[0].outbox.record(["old"], [], {}, NOW)
    for number in range(20):
        ids = ["old", *(f"release {each}" for each in range(number + 1))]
        new = ids[-1]
        assert all(each.seen.unseen(ids) == {new} for each in states)
        item = NewItem(SERVER, CHANNEL, {new: "sum"}, 1)
        assert sum(at_once(states, partial(record_items, ids, [item]))) == 1
    rows = states[0].database.read("SELECT release FROM outbox_release ORDER BY item")
    assert rows == [(f"release {each}",) for each in range(20)]


def test_a_digest_that_all_add_to_has_everything(states: States) -> None:
    def add(number: int) -> None:
        state = states[number % len(states)]
        item = NewItem(SERVER, CHANNEL, {f"r{number}": "sum"}, 1, (number,), (), 8, NOW + 1)
        assert state.outbox.record([f"r{number}"], [item], {}, NOW)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(add, range(40)))
    item = states[0].outbox.next_due(CHANNEL, NOW + 1)
    assert item
    assert (item.total, item.revision) == (40, 40)
    assert set(item.releases) == {f"r{number}" for number in range(40)}
    assert set(item.roles) == set(range(40))
    assert states[0].outbox.waiting() == 1


@pytest.mark.parametrize("number", range(5))
def test_a_digest_that_is_begun_while_another_adds_to_it_loses_nothing(
    states: States, number: int
) -> None:
    one, two = states[:2]
    first = NewItem(SERVER, CHANNEL, {"first": "sum"}, 1, (), (), 8, NOW)
    later = replace(first, checksums={"later": "sum"})
    one.outbox.record(["first"], [first], {}, NOW)
    item = one.outbox.next_due(CHANNEL, NOW)
    assert item

    def begin_or_add(state: State) -> None:
        if state is one:
            state.outbox.begin(item, NOW)
        else:
            state.outbox.record(["later"], [later], {}, NOW)

    at_once([one, two], begin_or_add)
    one.outbox.sent(item, 99, NOW, publish=False)
    left = one.outbox.next_due(CHANNEL, NOW)
    assert left, "either the message is edited, or another one is sent"
    assert "later" in left.releases


def test_a_post_that_all_would_open_is_opened_by_one(states: States) -> None:
    states[0].outbox.record(["a"], [NewItem(SERVER, CHANNEL, {"a": "sum"}, 1)], {}, NOW)
    items = [each.outbox.next_due(CHANNEL, NOW) for each in states]
    item = items[0]
    assert item
    claimed = at_once(states, lambda state: state.outbox.claim(item, NOW, NOW + 90))
    assert sum(claimed) == 1


def test_one_process_at_a_time_delivers_in_a_channel(states: States) -> None:
    for _ in range(10):
        locks = at_once(states, lambda state: state.outbox.try_lock(CHANNEL))
        held = [each for each in locks if each]
        assert len(held) == 1
        assert all(each.outbox.try_lock(CHANNEL) is None for each in states)
        other = states[0].outbox.try_lock(CHANNEL + 1)
        assert other
        held[0].release()
        assert not held[0].is_held()
        assert other.is_held()
        other.release()


def test_a_lock_is_lost_with_its_connection_and_is_anybody_s_then(
    states: States, database_url: str
) -> None:
    one, two = states[:2]
    lock = one.outbox.try_lock(CHANNEL)
    assert lock
    assert lock.is_held()
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_locks WHERE locktype = 'advisory'"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
    taken = two.outbox.try_lock(CHANNEL)
    assert taken
    assert not lock.is_held()
    assert one.outbox.try_lock(CHANNEL) is None
    lock.release()
    assert taken.is_held(), "who has lost a lock releases nobody else's"
    taken.release()
    again = one.outbox.try_lock(CHANNEL)
    assert again
    assert again.is_held()


_HOLDER = """
import sys
from bot.state import open_postgres_state
state = open_postgres_state(sys.argv[1])
assert state.sources.try_lock("harbor")
with state.database.transaction() as connection:
    connection.execute("INSERT INTO seen (release) VALUES ('half done')")
    print("holds", flush=True)
    sys.stdin.read()
"""


def test_what_a_killed_process_held_others_take(states: States, database_url: str) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLDER, database_url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[3],
    )
    try:
        assert holder.stdout
        assert holder.stdout.readline() == b"holds\n"
        assert states[0].sources.try_lock("harbor") is None
    finally:
        holder.kill()
        holder.communicate()
    until(lambda: states[0].sources.try_lock("harbor") is not None)
    assert states[1].outbox.record(["half done"], [], {}, NOW), "its transaction is undone"


def test_a_reading_is_taken_for_ended_only_where_nobody_reads(states: States) -> None:
    reader, other = states[:2]
    lock = reader.sources.try_lock("harbor")
    assert lock
    reader.sources.begin("harbor", NOON)
    other.sources.resume()
    known = other.sources.get("harbor")
    assert known
    assert (known.reading, known.unbuilt) == (True, False)
    lock.release()
    other.sources.resume()
    known = reader.sources.get("harbor")
    assert known
    assert (known.reading, known.unbuilt) == (False, True)


def test_a_server_has_no_more_than_it_may_however_many_are_kept_at_once(states: States) -> None:
    store = states[0].announcements
    offered = Announcement(SERVER, CHANNEL, Scope(words="fair"))
    ids = [store.offer(offered, NOW) for _ in range(3 * MAX_ANNOUNCEMENTS)]

    def keep(number: int) -> bool:
        return states[number % len(states)].announcements.keep(SERVER, ids[number], NOW)

    with ThreadPoolExecutor(8) as threads:
        kept = list(threads.map(keep, range(len(ids))))
    assert sum(kept) == MAX_ANNOUNCEMENTS
    assert len(store.of_server(SERVER)) == MAX_ANNOUNCEMENTS


def test_the_same_is_subscribed_to_once_however_often_it_is_kept_at_once(states: States) -> None:
    for number in range(5):
        offered = Subscription(USER, Scope(words=f"fair {number}"), "en-US")
        ids = {id(each): each.subscriptions.offer(offered, NOW) for each in states}

        def keep(state: State, ids: dict[int, int] = ids) -> bool:
            return bool(state.subscriptions.keep(USER, ids[id(state)], CHANNEL, [], NOW))

        assert sum(at_once(states, keep)) == 1


def test_an_offer_is_taken_once(states: States) -> None:
    number = states[0].sources.add_offer("plan", NOON)
    taken = at_once(states, lambda state: state.sources.take_offer(number))
    assert sorted(taken, key=str) == [None] * (PROCESSES - 1) + ["plan"]


def test_all_raters_are_told_apart_by_one_secret(states: States) -> None:
    id = states[0].answers.add(record(), NOON)
    at_once(states, lambda state: state.answers.rate(id, USER, NOON, helpful=True))
    assert len(states[0].database.read("SELECT voter FROM verdict")) == 1


def test_an_answer_of_one_process_is_known_to_all(states: States) -> None:
    id = states[0].answers.add(record(), NOON)
    expected: AnswerRecord = record(id=id)
    assert [each.answers.get(id) for each in states] == [expected] * PROCESSES
    assert states[1].answers.rate(id, USER, NOON, helpful=False)


def test_what_one_process_sets_the_others_learn(states: States, database_url: str) -> None:
    settings = ServerSettings(announce=CHANNEL, passages=5)
    states[0].servers.set(SERVER, settings)
    until(lambda: all(each.servers.get(SERVER) == settings for each in states))
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        connection.execute("DELETE FROM verbatim_bot.server")
    until(lambda: all(not each.servers.announcing() for each in states))


def test_who_sees_only_some_servers_misses_no_others(states: States) -> None:
    one, two = states[:2]
    for server in (1, 2, 3):
        one.servers.set(server, ServerSettings(announce=CHANNEL))
    one.memberships.note({1}, NOW, lambda server: server % 2 == 1)
    two.memberships.note({2}, NOW, lambda server: server % 2 == 0)
    gone = dict(one.database.read("SELECT server, gone FROM membership"))
    assert gone == {1: None, 2: None, 3: NOW}
    assert two.memberships.forget(NOW + 1) == 1
    until(lambda: set(one.servers.announcing()) == {1, 2})


def test_a_database_that_goes_away_is_told_of_and_used_again_when_it_is_back(
    states: States, postgres: PostgresServer, database_url: str
) -> None:
    if postgres.pgdata is None:
        pytest.skip("a server of one's own is not killed")
    state, other = states[:2]
    id = state.answers.add(record(), NOON)
    lock = state.outbox.try_lock(CHANNEL)
    assert lock
    postgres.kill()
    try:
        for do in (
            partial(state.answers.get, id),
            partial(state.outbox.record, ["a"], [], {}, NOW),
            partial(state.outbox.try_lock, CHANNEL + 1),
        ):
            with pytest.raises(StateUnusable, match="runs and can be reached"):
                do()
        assert not lock.is_held()
        lock.release()
    finally:
        postgres.start()
    assert state.answers.get(id)
    assert other.outbox.record(["a"], [], {}, NOW)
    assert state.seen.unseen(["a", "b"]) == {"b"}
    assert state.outbox.try_lock(CHANNEL)
    state.servers.set(SERVER, ServerSettings(passages=1))
    until(lambda: other.servers.get(SERVER).passages == 1)


def test_an_address_is_named_without_its_password() -> None:
    url = f"postgresql://verbatim:{quote('secret')}@127.0.0.1:1/archive"
    with pytest.raises(StateUnusable, match=r"archive on 127\.0\.0\.1:1") as unusable:
        open_postgres_state(url)
    assert "secret" not in str(unusable.value)


def test_a_closed_state_cannot_be_used(database_url: str) -> None:
    state = open_postgres_state(database_url)
    state.close()
    with pytest.raises(StateUnusable):
        state.notes.get("commands")


def test_a_state_of_a_newer_version_is_refused(states: States, database_url: str) -> None:
    states[0].database.write("INSERT INTO migration (number) VALUES (99)")
    with pytest.raises(StateUnusable, match="newer version"):
        open_postgres_state(database_url)


def test_a_role_that_answers_needs_no_more_than_to_read_and_write_rows(
    database_url: str,
) -> None:
    role = f"{urlsplit(database_url).path.strip('/')}_bot"
    parts = urlsplit(database_url)
    host = parts.netloc.rpartition("@")[2]
    url = urlunsplit(parts._replace(netloc=f"{role}:x@{host}"))
    with psycopg.connect(database_url, autocommit=True) as owner:
        owner.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'x'")
        try:
            with pytest.raises(StateUnusable, match="role that may change its tables"):
                open_postgres_state(url)
            open_postgres_state(database_url).close()
            owner.execute(f"GRANT USAGE ON SCHEMA verbatim_bot TO {role}")
            owner.execute(
                "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA verbatim_bot"
                f" TO {role}"
            )
            state = open_postgres_state(url)
            fill_state(state, 1)
            assert state.persons.forget(1575071663106555939, None)
            assert state.outbox.try_lock(CHANNEL)
            with pytest.raises(StateUnusable, match="rights"):
                state.database.write("DROP TABLE seen")
            state.close()
        finally:
            owner.execute(f"DROP OWNED BY {role}")
            owner.execute(f"DROP ROLE {role}")
