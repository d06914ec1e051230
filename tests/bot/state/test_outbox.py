"""The outbox: what is queued, what is due, and what a correction changes."""

import pytest

from bot.state import State
from bot.state.database import StateUnusable
from bot.state.outbox import CORRECTED_WITHIN, NewItem, OutboxItem
from retrieval.scope import Scope
from tests.bot.state.conftest import Open

NOW = 1_700_000_000.0
SERVER, CHANNEL, OTHER = 1, 10, 11
MESSAGE = 99


@pytest.fixture
def state(open_again: Open) -> State:
    state = open_again()
    state.outbox.record(["old"], [], {}, NOW)
    return state


def queue(state: State, *ids: str, channel: int = CHANNEL) -> OutboxItem:
    """Queue an item that lists some releases, and return it."""
    item = NewItem(SERVER, channel, dict.fromkeys(ids, "first"), len(ids))
    assert state.outbox.record(["old", *ids], [item], {}, NOW)
    return due(state, channel)


def due(state: State, channel: int = CHANNEL, now: float = NOW) -> OutboxItem:
    item = state.outbox.next_due(channel, now)
    assert item
    return item


def send(state: State, item: OutboxItem) -> None:
    state.outbox.begin(item, NOW)
    state.outbox.sent(item, MESSAGE, NOW, publish=False)


def correct(state: State, id: str, checksum: str, now: float = NOW) -> None:
    assert state.outbox.record(["old", id], [], {id: checksum}, now)


def test_a_queued_item_is_due_until_it_is_sent_and_survives_a_restart(
    state: State, open_again: Open
) -> None:
    item = queue(state, "a", "b")
    assert due(open_again()) == item
    assert (item.server, item.channel, item.total) == (SERVER, CHANNEL, 2)
    assert item.releases == {"a": None, "b": None}
    assert state.outbox.due_channels(NOW) == [CHANNEL]
    send(state, item)
    assert state.outbox.next_due(CHANNEL, NOW) is None
    assert state.outbox.due_channels(NOW) == []


def test_an_item_keeps_whom_it_mentions_and_why_it_is_sent(state: State) -> None:
    scopes = (Scope("Harbor", "ferry", "anything about “ferries”"), Scope(words="fares"))
    item = NewItem(SERVER, CHANNEL, {"a": "first"}, 1, roles=(7, 8), scopes=scopes)
    assert state.outbox.record(["old", "a"], [item], {}, NOW)
    queued = due(state)
    assert (queued.roles, queued.scopes) == ((7, 8), scopes)


def test_a_direct_message_keeps_for_which_subscriptions_it_is_sent(state: State) -> None:
    item = NewItem(0, CHANNEL, {"a": "first"}, 1, subscriptions=(3, 8))
    assert state.outbox.record(["old", "a"], [item], {}, NOW)
    assert due(state).subscriptions == (3, 8)
    assert due(state).scopes == ()


def test_releases_are_not_seen_if_what_is_to_be_sent_cannot_be_queued(state: State) -> None:
    state.database.write("ALTER TABLE outbox_release RENAME TO hidden")
    with pytest.raises(StateUnusable, match="outbox_release"):
        queue(state, "a")
    assert state.seen.unseen(["a"]) == {"a"}
    assert state.outbox.due_channels(NOW) == []
    state.database.write("ALTER TABLE hidden RENAME TO outbox_release")
    assert queue(state, "a").releases == {"a": None}


def test_a_release_that_another_process_has_queued_is_not_queued_again(
    state: State, open_again: Open
) -> None:
    other = open_again()
    assert state.seen.unseen(["a"]) == other.seen.unseen(["a"]) == {"a"}
    item = NewItem(SERVER, CHANNEL, {"a": "first"}, 1)
    assert state.outbox.record(["a"], [item], {}, NOW)
    assert not other.outbox.record(["a", "b"], [item], {}, NOW)
    assert other.seen.unseen(["b"]) == {"b"}
    assert state.database.read("SELECT count(*) FROM outbox") == [(1,)]


def test_the_items_of_a_channel_come_in_their_order_and_a_postponed_one_later(
    state: State,
) -> None:
    first = queue(state, "a")
    queue(state, "b")
    queue(state, "c", channel=OTHER)
    assert state.outbox.due_channels(NOW) == [CHANNEL, OTHER]
    state.outbox.begin(first, NOW)
    state.outbox.postpone(first, NOW + 30)
    assert list(due(state).releases) == ["b"]
    later = due(state, now=NOW + 30)
    assert (later.id, later.attempts, later.first_tried) == (first.id, 1, NOW)
    assert later.nonce == first.nonce


def test_a_release_that_changed_is_edited_once_for_each_change(state: State) -> None:
    send(state, queue(state, "a"))
    assert state.outbox.correctable(NOW) == {"a"}
    correct(state, "a", "first")
    assert state.outbox.next_due(CHANNEL, NOW) is None
    for checksum, now in (("second", NOW + 60), ("third", NOW + 120)):
        correct(state, "a", checksum, now)
        item = due(state, now=now)
        assert item.message == MESSAGE
        assert item.releases == {"a": now}
        state.outbox.edited(item, now)
        assert state.outbox.next_due(CHANNEL, now) is None


def test_a_change_during_an_edit_is_edited_after_it(state: State) -> None:
    send(state, queue(state, "a"))
    correct(state, "a", "second")
    item = due(state)
    correct(state, "a", "third")
    state.outbox.edited(item, NOW)
    assert due(state).revision == item.revision + 1


def test_a_change_while_it_is_sent_is_edited_after_it(state: State) -> None:
    item = queue(state, "a")
    state.outbox.begin(item, NOW)
    correct(state, "a", "second")  # after a kill, and Discord may have the first text
    state.outbox.begin(due(state), NOW)
    state.outbox.sent(due(state), MESSAGE, NOW, publish=False)
    item = due(state)
    assert (item.message, item.releases) == (MESSAGE, {"a": NOW})
    assert item.shown < item.revision


def test_what_changed_before_it_was_sent_is_not_called_changed(state: State) -> None:
    queue(state, "a")
    correct(state, "a", "second")
    item = due(state)
    assert item.releases == {"a": None}
    send(state, item)
    assert state.outbox.next_due(CHANNEL, NOW) is None


def test_a_change_a_day_after_the_announcement_edits_nothing(state: State) -> None:
    send(state, queue(state, "a"))
    late = NOW + CORRECTED_WITHIN + 1
    assert state.outbox.correctable(late) == set()
    correct(state, "a", "second", late)
    assert state.outbox.next_due(CHANNEL, late) is None
    assert state.database.read("SELECT * FROM outbox") == []
    assert state.database.read("SELECT * FROM outbox_release") == []


def test_a_message_is_published_once_and_edited_before_that(state: State) -> None:
    item = queue(state, "a")
    state.outbox.begin(item, NOW)
    state.outbox.sent(item, MESSAGE, NOW, publish=True)
    correct(state, "a", "second")
    item = due(state)
    assert item.publish
    assert item.shown < item.revision
    state.outbox.edited(item, NOW)
    item = due(state)
    assert (item.publish, item.shown) == (True, item.revision)
    state.outbox.published(item, NOW)
    assert state.outbox.next_due(CHANNEL, NOW) is None


def test_a_channel_that_is_given_up_loses_what_was_not_sent(state: State) -> None:
    send(state, queue(state, "a"))
    queue(state, "b")
    queue(state, "c", channel=OTHER)
    assert state.outbox.end_channel(CHANNEL) == 1
    assert state.outbox.due_channels(NOW) == [OTHER]
    correct(state, "a", "second")
    assert due(state).message == MESSAGE


def test_what_is_queued_is_on_disk_before_it_is_sent(file_state: State) -> None:
    durable, state = [], file_state
    with state.database.transaction() as connection:
        durable.append(connection.execute("PRAGMA synchronous").fetchall()[0][0])
    durable.append(state.database.read("PRAGMA synchronous")[0][0])
    assert durable == [2, 1]  # FULL, and NORMAL again


def test_a_transaction_that_raises_is_rolled_back(state: State) -> None:
    def run(*statements: str) -> None:
        with state.database.transaction() as connection:
            for statement in statements:
                connection.execute(statement)

    with pytest.raises(StateUnusable, match="absent"):
        run("INSERT INTO seen VALUES ('a')", "DELETE FROM absent")
    assert state.seen.unseen(["a"]) == {"a"}
    run("INSERT INTO seen VALUES ('a')")
    assert state.seen.unseen(["a"]) == set()


# -- digests ----------------------------------------------------------------------------------

HOUR = 3600.0
AT = NOW + 5 * HOUR


def collect(
    state: State, *ids: str, digest: int = 8, due: float = AT, role: int = 7, now: float = NOW
) -> None:
    """Add releases to the digest of an hour."""
    scopes = (Scope(words="ferry"),)
    checksums = dict.fromkeys(ids, "first")
    item = NewItem(SERVER, CHANNEL, checksums, len(ids), (role,), scopes, digest, due)
    assert state.outbox.record(["old", *ids], [item], {}, now)


def test_a_digest_grows_until_its_hour(state: State) -> None:
    collect(state, "a")
    collect(state, "b", "c", due=AT + 24 * HOUR, role=8)
    assert state.outbox.due_channels(AT - 1) == []
    item = due(state, now=AT)
    assert (item.digest, item.total, sorted(item.releases)) == (8, 3, ["a", "b", "c"])
    assert (item.roles, item.scopes) == ((7, 8), (Scope(words="ferry"),))
    send(state, item)
    assert state.outbox.due_channels(float("inf")) == []


def test_every_hour_has_a_digest_of_its_own(state: State) -> None:
    collect(state, "a")
    collect(state, "b", digest=20, due=AT + 12 * HOUR)
    queue(state, "c")
    assert list(due(state).releases) == ["c"]
    send(state, due(state))
    assert list(due(state, now=AT).releases) == ["a"]
    send(state, due(state, now=AT))
    assert list(due(state, now=AT + 12 * HOUR).releases) == ["b"]


def test_a_digest_that_was_tried_grows_no_more(state: State) -> None:
    collect(state, "a")
    state.outbox.begin(due(state, now=AT), AT)
    collect(state, "b", due=AT + 24 * HOUR, now=AT)
    assert list(due(state, now=AT).releases) == ["a"]
    send(state, due(state, now=AT))
    assert list(due(state, now=AT + 24 * HOUR).releases) == ["b"]


def test_what_is_added_while_another_process_sends_a_digest_is_edited_into_it(
    state: State,
) -> None:
    collect(state, "a")
    read = due(state, now=AT)
    collect(state, "b", now=AT)
    state.outbox.begin(read, AT)
    state.outbox.sent(read, MESSAGE, AT, publish=False)
    item = due(state, now=AT)
    assert (item.message, item.releases) == (MESSAGE, {"a": None, "b": None})
    assert item.shown < item.revision


def test_a_correction_while_another_process_sends_is_edited_in(state: State) -> None:
    read = queue(state, "a")
    correct(state, "a", "second")
    state.outbox.begin(read, NOW)
    state.outbox.sent(read, MESSAGE, NOW, publish=False)
    assert due(state).message == MESSAGE


# -- steps that must not be taken twice -------------------------------------------------------


def test_what_is_claimed_is_tried_again_only_when_the_claim_ends(
    state: State, open_again: Open
) -> None:
    item = queue(state, "a")
    other = open_again()
    same = due(other)
    assert state.outbox.claim(item, NOW, NOW + 90)
    assert not other.outbox.claim(same, NOW, NOW + 90)
    state.outbox.postpone(item, NOW + 30)
    assert state.outbox.due_channels(NOW + 89) == []
    again = due(state, now=NOW + 90)
    assert (again.attempts, again.first_tried) == (1, NOW)
    assert state.outbox.claim(again, NOW + 90, NOW + 180)


def test_what_has_changed_since_it_was_read_is_not_claimed(state: State) -> None:
    item = queue(state, "a")
    correct(state, "a", "second")
    assert not state.outbox.claim(item, NOW, NOW + 90)
    assert state.outbox.claim(due(state), NOW, NOW + 90)


def test_a_message_that_opened_a_post_is_known_to(state: State) -> None:
    item = queue(state, "a")
    assert state.outbox.claim(item, NOW, NOW + 90)
    state.outbox.sent(item, MESSAGE, NOW, publish=False, post=True)
    correct(state, "a", "second")
    edited = due(state)
    assert (edited.post, edited.message) == (True, MESSAGE)
