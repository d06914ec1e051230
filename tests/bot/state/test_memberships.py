"""What is kept of a server that has removed the bot is deleted in the end, and nothing else is."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.state import State
from bot.state.announcements import Announcement
from bot.state.answers import AnswerRecord
from bot.state.outbox import NewItem
from bot.state.servers import ServerSettings
from retrieval.scope import Scope
from tests.bot.state.conftest import Open

HERE, THERE = 1575071663106555939, 1575071663106555940
NOON = datetime(2026, 4, 11, 12, tzinfo=UTC)
NOW = NOON.timestamp()
DAY = 24 * 3600.0
TABLES = ("server", "announcement", "outbox", "outbox_release", "answer", "membership")


@pytest.fixture
def state(open_again: Open) -> State:
    """Two servers, and somebody who subscribed by direct message."""
    state = open_again()
    for server in (HERE, THERE):
        state.servers.set(server, ServerSettings(announce=20))
        for _ in range(2):
            id = state.announcements.offer(Announcement(server, 20, Scope(words="fair")), NOW)
        state.announcements.keep(server, id, NOW)
        ask(state, server, answered=True)
        ask(state, server, answered=False)
    ask(state, None, answered=False)
    direct = NewItem(0, 30, {"c": "sum"}, 1, subscriptions=(1,))
    items = [NewItem(HERE, 20, {"a": "sum"}, 1), NewItem(THERE, 21, {"b": "sum"}, 1), direct]
    state.outbox.record(["a", "b", "c"], items, {}, NOW)
    return state


def ask(state: State, server: int | None, *, answered: bool) -> None:
    answer = AnswerRecord("Who?", "Who?", answered, 0.5, "g1", (), server, 20)
    state.answers.add(answer, NOON)


def kept(state: State) -> dict[str, list[tuple[Any, ...]]]:
    return {each: state.database.read(f"SELECT * FROM {each}") for each in TABLES}


def gone(state: State) -> dict[int, float | None]:
    return dict(state.database.read("SELECT server, gone FROM membership"))


def test_all_of_a_server_is_deleted_but_what_was_answered_and_nothing_of_another(
    state: State,
) -> None:
    state.memberships.note({HERE}, NOW)
    before = kept(state)
    assert state.memberships.forget(NOW) == 0
    assert kept(state) == before
    assert state.memberships.forget(NOW + 1) == 1
    after = kept(state)
    assert [row[0] for row in after["server"]] == [HERE]
    assert [row[1] for row in after["announcement"]] == [HERE, HERE]
    assert [row[1] for row in after["outbox"]] == [HERE, 0]
    assert [row[1] for row in after["outbox_release"]] == ["a", "c"]
    answers = state.database.read("SELECT server, answered FROM answer ORDER BY id")
    assert answers == [(HERE, 1), (HERE, 0), (THERE, 1), (None, 0)]
    assert gone(state) == {HERE: None}
    assert state.servers.get(THERE) == ServerSettings()
    assert set(state.servers.announcing()) == {HERE}
    assert state.memberships.forget(NOW + 1) == 0


def test_the_time_counts_from_when_it_was_first_missed_and_ends_when_the_bot_is_back(
    state: State,
) -> None:
    state.memberships.note({HERE, THERE}, NOW)
    assert gone(state) == {HERE: None, THERE: None}
    for days in (1, 2):
        state.memberships.note({HERE}, NOW + days * DAY)
    assert gone(state) == {HERE: None, THERE: NOW + DAY}
    state.memberships.note({HERE, THERE}, NOW + 3 * DAY)
    assert gone(state) == {HERE: None, THERE: None}
    state.memberships.note({HERE}, NOW + 4 * DAY)
    assert gone(state) == {HERE: None, THERE: NOW + 4 * DAY}


def test_a_server_with_settings_is_missed_though_it_was_never_noted(state: State) -> None:
    """As after an upgrade, or where the table came from an older backup."""
    state.memberships.note(set(), NOW)
    assert gone(state) == {HERE: NOW, THERE: NOW}


def test_a_server_with_questions_alone_is_missed_too(state: State) -> None:
    ask(state, 77, answered=False)
    state.memberships.note({77}, NOW)
    state.memberships.note({HERE, THERE}, NOW + 1)
    state.memberships.forget(NOW + 2)
    assert state.database.read("SELECT count(*) FROM answer WHERE server = 77") == [(0,)]


def test_direct_messages_are_no_server(state: State) -> None:
    """A row for the server 0, as a flipped bit may make it, deletes no direct message."""
    state.database.write("UPDATE announcement SET server = 0")
    state.memberships.note({HERE, THERE}, NOW)
    state.memberships.forget(NOW + 1)
    assert state.database.read("SELECT count(*) FROM outbox WHERE server = 0") == [(1,)]


def test_what_is_noted_survives_a_restart(state: State, open_again: Open) -> None:
    state.memberships.note({HERE}, NOW)
    again = open_again()
    assert again.memberships.forget(NOW + 1) == 1
    assert again.servers.get(THERE) == ServerSettings()
