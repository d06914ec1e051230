"""The announcements of servers: offered, kept, removed, calibrated."""

from dataclasses import replace

import pytest

from bot.state import State
from bot.state.announcements import MAX_ANNOUNCEMENTS, Announcement
from bot.state.outbox import NewItem
from bot.state.servers import ServerSettings
from retrieval.scope import Scope
from retrieval.standing import Calibration, StandingQuestion
from tests.bot.state.conftest import Open

NOW = 1_700_000_000.0
HOUR = 3600.0
SERVER, OTHER, CHANNEL, ROLE = 1, 2, 10, 7
SCOPE = Scope("harbor.example", "ferry fares", "anything about veterans' health")
CALIBRATION = Calibration(StandingQuestion("anything about veterans' health"), 0.25, 100, "f")
OFFERED = Announcement(SERVER, CHANNEL, SCOPE, ROLE, CALIBRATION)


def add(state: State, announcement: Announcement = OFFERED) -> int:
    id = state.announcements.offer(announcement, NOW)
    assert state.announcements.keep(announcement.server, id, NOW)
    return id


def test_an_announcement_is_one_only_once_it_is_kept_and_survives_a_restart(
    state: State, open_again: Open
) -> None:
    id = state.announcements.offer(OFFERED, NOW)
    assert state.announcements.all() == []
    assert state.announcements.keep(SERVER, id, NOW + HOUR)
    (kept,) = open_again().announcements.of_server(SERVER)
    assert kept == Announcement(SERVER, CHANNEL, SCOPE, ROLE, CALIBRATION, id)
    assert state.announcements.of_server(OTHER) == []


def test_only_what_is_still_offered_can_be_kept_or_withdrawn(state: State) -> None:
    store = state.announcements
    id = add(state)
    assert not store.keep(SERVER, id, NOW)
    assert not store.withdraw(SERVER, id)
    late = store.offer(OFFERED, NOW)
    assert not store.keep(SERVER, late, NOW + 25 * HOUR)
    withdrawn = store.offer(OFFERED, NOW)
    assert store.withdraw(SERVER, withdrawn)
    assert not store.keep(SERVER, withdrawn, NOW)
    assert [each.id for each in store.all()] == [id]


def test_a_server_decides_only_about_its_own(state: State) -> None:
    store = state.announcements
    offered, kept = store.offer(OFFERED, NOW), add(state)
    assert not store.keep(OTHER, offered, NOW)
    assert not store.withdraw(OTHER, offered)
    assert not store.remove(OTHER, kept)
    assert store.remove(SERVER, kept)
    assert not store.remove(SERVER, kept)
    assert store.keep(SERVER, offered, NOW)


def test_a_server_has_so_many_and_no_more(state: State) -> None:
    ids = [add(state) for _ in range(MAX_ANNOUNCEMENTS)]
    further = state.announcements.offer(OFFERED, NOW)
    assert not state.announcements.keep(SERVER, further, NOW)
    state.announcements.remove(SERVER, ids[0])
    assert state.announcements.keep(SERVER, further, NOW)


def test_what_is_not_decided_in_a_day_is_forgotten(state: State) -> None:
    state.announcements.offer(OFFERED, NOW)
    kept = add(state)
    latest = state.announcements.offer(OFFERED, NOW + 25 * HOUR)
    state.announcements.forget_offers(NOW + 25 * HOUR)
    rows = state.database.read("SELECT id FROM announcement ORDER BY id")
    assert rows == [(kept,), (latest,)]


def test_the_channel_of_the_settings_is_one_of_a_servers_announcements(state: State) -> None:
    state.servers.set(SERVER, ServerSettings(announce=CHANNEL, newsroom="harbor.example"))
    id = add(state)
    first, second = state.announcements.of_server(SERVER)
    assert first == Announcement(SERVER, CHANNEL, Scope("harbor.example"))
    assert (first.id, second.id) == (None, id)


def test_a_calibration_is_replaced(state: State) -> None:
    id = add(state)
    new = Calibration(CALIBRATION.question, 0.28, 120, "g")
    state.announcements.calibrate(id, new)
    (kept,) = state.announcements.all()
    assert kept.calibration == new


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"threshold": 1, "else": 2}', "null"])
def test_a_calibration_that_cannot_be_read_is_none(state: State, text: str) -> None:
    add(state)
    state.database.write("UPDATE announcement SET calibration = ?", [text])
    (kept,) = state.announcements.all()
    assert kept.calibration is None
    assert kept.scope == SCOPE


def test_a_question_that_is_none_to_this_version_keeps_no_other_from_being_read(
    state: State,
) -> None:
    first, second = add(state), add(state)
    state.database.write("UPDATE announcement SET question = ? WHERE id = ?", ["x" * 9999, first])
    assert [each.id for each in state.announcements.all()] == [first, second]


def test_an_announcement_keeps_its_hour(state: State) -> None:
    add(state, replace(OFFERED, digest=0))
    (kept,) = state.announcements.all()
    assert kept.digest == 0


def collected(state: State, release: str, *scopes: Scope, roles: tuple[int, ...] = ()) -> None:
    """Add a release to the digest of eight o'clock."""
    item = NewItem(SERVER, CHANNEL, {release: "first"}, 1, roles, scopes, 8, NOW + HOUR)
    assert state.outbox.record([release], [item], {}, NOW)


def test_a_digest_of_an_announcement_that_was_removed_is_not_sent(state: State) -> None:
    first, second = (add(state, replace(OFFERED, digest=8)) for _ in range(2))
    collected(state, "a", SCOPE)
    assert state.announcements.remove(SERVER, first)
    assert state.outbox.next_due(CHANNEL, NOW + HOUR)  # the other one has it
    assert not state.announcements.remove(OTHER, second)
    assert state.outbox.next_due(CHANNEL, NOW + HOUR)
    assert state.announcements.remove(SERVER, second)
    assert state.outbox.next_due(CHANNEL, NOW + HOUR) is None


def test_a_digest_says_nothing_of_an_announcement_that_was_removed(state: State) -> None:
    ferries, clinics = Scope(words="ferry"), Scope(words="clinic")
    removed = add(state, Announcement(SERVER, CHANNEL, ferries, ROLE, digest=8))
    add(state, Announcement(SERVER, CHANNEL, clinics, ROLE + 1, digest=8))
    add(state, Announcement(SERVER, CHANNEL, Scope(words="park"), ROLE, digest=8))
    collected(state, "a", ferries, roles=(ROLE,))
    collected(state, "b", clinics, roles=(ROLE + 1,))
    before = state.outbox.next_due(CHANNEL, NOW + HOUR)
    assert state.announcements.remove(SERVER, removed)
    item = state.outbox.next_due(CHANNEL, NOW + HOUR)
    assert before
    assert item
    assert (item.scopes, item.roles) == ((clinics,), (ROLE + 1,))
    assert set(item.releases) == {"a", "b"}
    assert item.revision > before.revision  # what is being sent just now is edited


def test_a_digest_of_all_releases_survives_the_removal_of_another_announcement(
    state: State,
) -> None:
    removed = add(state, replace(OFFERED, digest=8))
    everything = add(state, Announcement(SERVER, CHANNEL, Scope(), digest=9))
    collected(state, "a", SCOPE, roles=(ROLE,))
    assert state.announcements.remove(SERVER, removed)
    item = state.outbox.next_due(CHANNEL, NOW + HOUR)
    assert item
    assert (item.scopes, item.roles) == ((), ())
    assert state.announcements.remove(SERVER, everything)
    assert state.outbox.next_due(CHANNEL, NOW + HOUR) is None


def test_a_digest_of_another_announcement_alone_is_not_kept_by_one_that_has_nothing_in_it(
    state: State,
) -> None:
    removed = add(state, replace(OFFERED, digest=8))
    add(state, Announcement(SERVER, CHANNEL, Scope(words="park"), digest=8))
    collected(state, "a", SCOPE)
    assert state.announcements.remove(SERVER, removed)
    assert state.outbox.next_due(CHANNEL, NOW + HOUR) is None
