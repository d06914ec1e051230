"""Stored answers, their verdicts, and the unanswered questions."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from bot.state import STATE, State, open_state
from bot.state.answers import AnswerRecord, PassageRef, UnansweredQuestion

SERVER, OTHER_SERVER, CHANNEL = 1, 2, 20
MIA, TOM = 1575071663106555939, 1575071663106555940
NOON = datetime(2026, 4, 11, 12, tzinfo=UTC)


def record(question: str = "Who opened the bridge?", **fields: Any) -> AnswerRecord:
    passage = PassageRef("bridge", 2, "a1b2", (0, 40), 0.75)
    answer = AnswerRecord(question, question, True, 0.75, "g1", (passage,), SERVER, CHANNEL)
    return replace(answer, **fields)


def ask(state: State, question: str, minutes: int = 0, **fields: Any) -> int:
    """Store a question without an answer; return its id."""
    fields = {"answered": False, **fields}
    return state.answers.add(record(question, **fields), NOON + timedelta(minutes=minutes))


def unanswered(state: State, server: int = SERVER) -> list[tuple[str, int]]:
    return [(each.question, each.times) for each in state.answers.unanswered(server)]


def test_an_answer_is_found_by_id_by_message_and_as_the_latest_in_its_channel(
    state: State,
) -> None:
    answers = state.answers
    first = answers.add(record(), NOON)
    second = answers.add(record("And when?"), NOON)
    answers.set_message(first, 100)
    assert answers.get(first) == record(id=first)
    assert answers.by_message(100) == record(id=first)
    # An answer that was not sent cannot be followed up.
    assert answers.latest_in(CHANNEL) == record(id=first)
    answers.set_message(second, 101)
    assert answers.latest_in(CHANNEL) == record("And when?", id=second)
    assert answers.get(999) is answers.by_message(999) is answers.latest_in(999) is None


def test_the_words_that_answered_are_kept(state: State) -> None:
    passage = PassageRef("bridge", 2, "a1b2", (0, 40), 0.75, (16, 27))
    stored = state.answers.get(state.answers.add(record(passages=(passage,)), NOON))
    assert stored is not None
    assert stored.passages == (passage,)


def test_an_answer_of_an_older_version_names_no_words(state: State) -> None:
    id = state.answers.add(record(), NOON)
    ((text,),) = state.database.read("SELECT passages FROM answer")
    (passage,) = json.loads(text)
    del passage["words"]
    state.database.write("UPDATE answer SET passages = ?", [json.dumps([passage])])
    stored = state.answers.get(id)
    assert stored is not None
    assert stored.passages[0] == PassageRef("bridge", 2, "a1b2", (0, 40), 0.75)


def test_equal_questions_are_counted_together_most_frequent_first(state: State) -> None:
    ask(state, "Where is the ferry?", 0)
    ask(state, "Who built the dam?", 1)
    last = ask(state, "where IS the Ferry", 2)
    ask(state, "How tall is the crane?", 3)
    assert state.answers.unanswered(SERVER)[0] == UnansweredQuestion(
        "where IS the Ferry", 2, NOON + timedelta(minutes=2), last
    )
    assert unanswered(state) == [
        ("where IS the Ferry", 2),
        ("How tall is the crane?", 1),
        ("Who built the dam?", 1),
    ]


def test_only_unanswered_questions_of_the_server_are_listed(state: State) -> None:
    ask(state, "Where is the ferry?")
    ask(state, "Who opened the bridge?", answered=True)
    ask(state, "They say the bridge is closed", kind="source")
    ask(state, "Who built the dam?", server=OTHER_SERVER)
    ask(state, "Who asks?", server=None)
    assert unanswered(state) == [("Where is the ferry?", 1)]
    assert unanswered(state, OTHER_SERVER) == [("Who built the dam?", 1)]
    assert unanswered(state, 0) == []


def test_a_question_is_deleted_in_all_its_wordings_in_its_server_only(state: State) -> None:
    ask(state, "Where is the ferry?")
    id = ask(state, "where is the ferry")
    ask(state, "Who built the dam?")
    ask(state, "Where is the ferry?", server=OTHER_SERVER)
    answered = ask(state, "Where is the ferry?", answered=True)
    state.answers.delete_question(OTHER_SERVER, 999)
    state.answers.delete_question(SERVER, id)
    assert unanswered(state) == [("Who built the dam?", 1)]
    assert unanswered(state, OTHER_SERVER) == [("Where is the ferry?", 1)]
    assert state.answers.get(answered)
    state.answers.delete_unanswered(SERVER)
    assert unanswered(state) == []
    assert unanswered(state, OTHER_SERVER) == [("Where is the ferry?", 1)]
    assert state.answers.get(answered)


def test_old_answers_are_deleted_with_their_verdicts(state: State) -> None:
    old = ask(state, "Old?", -1)
    new = ask(state, "New?", 0)
    for id in (old, new):
        assert state.answers.rate(id, MIA, NOON, helpful=True)
    # The moment may be in any time zone.
    state.answers.delete_before(NOON.astimezone(timezone(timedelta(hours=9))))
    assert state.answers.get(old) is None
    assert state.answers.get(new)
    assert state.database.read("SELECT answer FROM verdict") == [(new,)]
    assert not state.answers.rate(old, MIA, NOON, helpful=True)


def test_a_user_replaces_only_their_own_verdict(state: State) -> None:
    id = state.answers.add(record(), NOON)
    state.answers.rate(id, MIA, NOON, helpful=False, reason="the old bridge")
    state.answers.rate(id, TOM, NOON, helpful=False)
    state.answers.rate(id, MIA, NOON, helpful=True)
    assert sorted(state.database.read("SELECT helpful, reason FROM verdict")) == [
        (0, None),
        (1, None),
    ]


def test_a_verdict_does_not_reveal_its_user(file_state: State, tmp_path: Path) -> None:
    state = file_state
    ids = [state.answers.add(record(), NOON) for _ in range(2)]
    for id in ids:
        state.answers.rate(id, MIA, NOON, helpful=True)
    one, two = (row[0] for row in state.database.read("SELECT voter FROM verdict"))
    assert one != two  # two verdicts of one user differ
    # Knowing all user ids does not help without the secret in this file.
    another = open_state(tmp_path / "other")
    another.answers.rate(another.answers.add(record(), NOON), MIA, NOON, helpful=True)
    assert another.database.read("SELECT voter FROM verdict") != [(one,)]
    another.close()
    state.close()
    stored = (tmp_path / STATE).read_bytes()
    assert str(MIA).encode() not in stored
    assert MIA.to_bytes(8, "big") not in stored


def test_answers_are_stored_from_many_threads(state: State) -> None:
    def work(number: int) -> int:
        id = ask(state, f"Question {number % 10}?")
        state.answers.set_message(id, 1000 + number)
        state.answers.rate(id, number, NOON, helpful=bool(number % 2))
        assert state.answers.get(id)
        return id

    with ThreadPoolExecutor(8) as threads:
        ids = list(threads.map(work, range(100)))
    assert len({*ids}) == 100
    assert {times for _, times in unanswered(state)} == {10}
    assert state.database.read("SELECT count(*) FROM verdict") == [(100,)]
