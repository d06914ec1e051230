"""What is kept about a person is found in every table, and deleted from the disk."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.state import STATE, State
from bot.state.answers import AnswerRecord
from bot.state.outbox import NewItem
from bot.state.persons import KeptAboutPerson
from bot.state.repair import back_up_state, renew_copies
from bot.state.subscriptions import Subscription
from retrieval.scope import Scope
from tests.bot.state.conftest import Open
from tests.bot.state.schemas import columns_of_state

MIA, TOM = 1575071663106555939, 1575071663106555940
MIAS, TOMS, SERVER, CHANNEL = 30, 31, 1, 20
NOON = datetime(2026, 4, 11, 12, tzinfo=UTC)
NOW = NOON.timestamp()

# Every column of the state. What is about a person is what `PersonStore` finds the row by, or
# belongs to a row that it finds.
PERSONAL = {
    "answer": {"channel", "asker", "question", "searched", "folded", "message", "passages"},
    "verdict": {"voter", "helpful", "reason", "given"},
    "subscription": {
        *("user", "channel", "locale", "newsroom", "words", "question", "calibration", "made"),
        "unannounced",
    },
    "outbox": {"channel", "message", "subscriptions", "scopes"},
}
OTHER = {
    "answer": {"id", "asked", "server", "kind", "answered", "confidence", "generation"},
    "verdict": {"answer"},
    "subscription": {"id"},
    "outbox": {
        *("id", "server", "nonce", "total", "queued", "due", "attempts", "first_tried", "sent"),
        *("tried_revision", "publish", "revision", "shown", "roles", "digest", "post"),
    },
    "outbox_release": {"item", "release", "checksum", "changed"},
    "server": {"id", "settings"},
    "membership": {"server", "gone"},
    "note": {"name", "value"},
    "seen": {"release"},
    "refresh": {
        *("site", "due", "failures", "failing_since", "reason", "told", "reading", "unbuilt"),
    },
    "offer": {"id", "made", "plan"},
    "announcement": {
        *("id", "server", "channel", "role", "newsroom", "words", "question", "calibration"),
        *("made", "kept", "digest"),
    },
}


def fill(state: State, user: int, direct: int, text: str) -> None:
    """Keep something about somebody in every way that there is."""

    def ask(where: str, **fields: int | None) -> int:
        asked = f"{text} {where}?"
        answer = AnswerRecord(asked, asked, True, 0.5, "g1", (), **fields)  # type: ignore[arg-type]
        return state.answers.add(answer, NOON)

    ask("by message", server=None, channel=direct)
    ask("by name", server=SERVER, channel=CHANNEL, asker=user)
    id = ask("by nobody", server=SERVER, channel=CHANNEL)
    state.answers.rate(id, user, NOON, helpful=False, reason=f"{text} is wrong")
    number = state.subscriptions.offer(Subscription(user, Scope(words=text), "en-US"), NOW)
    state.subscriptions.keep(user, number, direct, (), NOW)
    state.subscriptions.offer(Subscription(user, Scope(words=f"{text}s"), "en-US"), NOW)
    scope = Scope(words=text)
    item = NewItem(0, direct, {text: "sum"}, 1, scopes=(scope,), subscriptions=(number,))
    state.outbox.record([text], [item], {}, NOW)


@pytest.fixture
def state(open_again: Open) -> State:
    state = open_again()
    fill_both(state)
    return state


def fill_both(state: State) -> None:
    fill(state, MIA, MIAS, "zebulon")
    fill(state, TOM, TOMS, "quixote")


def test_every_column_of_the_state_is_accounted_for(state: State) -> None:
    columns = {name: set(each) for name, each in columns_of_state(state).items()}
    assert columns == {name: OTHER[name] | PERSONAL.get(name, set()) for name in OTHER}


def test_all_of_it_is_found_and_only_that_person_s(state: State) -> None:
    assert state.persons.find(MIA, MIAS) == KeptAboutPerson(2, 1, 2, 1)
    assert state.persons.find(MIA, None) == KeptAboutPerson(2, 1, 2, 1), "by the subscriptions"
    assert not state.persons.find(1, 2)


def test_what_is_forgotten_is_in_no_table(state: State) -> None:
    assert state.persons.forget(MIA, MIAS) == KeptAboutPerson(2, 1, 2, 1)
    assert not state.persons.find(MIA, MIAS)
    assert state.persons.find(TOM, TOMS) == KeptAboutPerson(2, 1, 2, 1)
    rows = [
        row
        for table in columns_of_state(state)
        for row in state.database.read(f"SELECT * FROM {table}")
    ]
    # What was asked without a name stays, since nobody can tell whose it is.
    assert [row for row in rows if MIA in row or MIAS in row] == []
    assert [row for row in rows if TOM in row]


def test_what_is_forgotten_is_nowhere_on_the_disk(file_state: State, tmp_path: Path) -> None:
    state = file_state
    fill_both(state)
    back_up_state(tmp_path / STATE, NOW)
    (tmp_path / "state.damaged").write_text("zebulon was here")
    assert state.persons.forget(MIA, MIAS) == KeptAboutPerson(2, 1, 2, 1)
    renew_copies(tmp_path / STATE, NOW)
    assert not state.persons.find(MIA, MIAS)
    assert state.persons.find(TOM, TOMS) == KeptAboutPerson(2, 1, 2, 1)
    # What was asked without a name stays, since nobody can tell whose it is.
    state.database.write("DELETE FROM answer WHERE question = 'zebulon by nobody?'")
    state.database.write("DELETE FROM seen WHERE release = 'zebulon'")
    state.database.compact()
    renew_copies(tmp_path / STATE, NOW)
    written = b"".join(each.read_bytes() for each in tmp_path.iterdir())
    assert b"quixote" in written
    assert b"zebulon" not in written
    assert str(MIA).encode() not in written
    assert MIA.to_bytes(8, "big") not in written


def test_what_is_deleted_for_its_age_is_overwritten(file_state: State, tmp_path: Path) -> None:
    state = file_state
    fill_both(state)
    state.answers.delete_before(datetime(2027, 1, 1, tzinfo=UTC))
    state.close()
    assert b"by nobody" not in (tmp_path / STATE).read_bytes()
