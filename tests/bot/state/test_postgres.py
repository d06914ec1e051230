"""How the statements and the values of the stores are written for PostgreSQL."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import psycopg
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.state import open_postgres_state
from bot.state.answers import AnswerRecord, PassageRef
from bot.state.postgres import with_placeholders
from tests.bot.state.test_answers import NOON, record

_LITERALS = st.text(st.sampled_from("a?%'\" "), max_size=6)
_PIECES = st.one_of(
    st.just(("?", None)),
    _LITERALS.map(lambda text: ("'" + text.replace("'", "''") + "'", text)),
)


def test_marks_are_replaced_and_percent_signs_kept_whatever_they_are_in() -> None:
    query = "SELECT ?, '50 % ?', \"a?\" FROM t WHERE name LIKE '%x' AND n % 2 = ?"
    expected = "SELECT %s, '50 %% ?', \"a?\" FROM t WHERE name LIKE '%%x' AND n %% 2 = %s"
    assert with_placeholders(query) == expected.encode()


def test_the_server_reads_every_literal_as_it_was_written(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:

        @settings(max_examples=60)
        @given(st.lists(_PIECES, min_size=1, max_size=5))
        def check(pieces: Sequence[tuple[str, str | None]]) -> None:
            query = "SELECT " + ", ".join(f"{text}::text" for text, _ in pieces)
            values = [f"value {at}" for at, (_, known) in enumerate(pieces) if known is None]
            expected = [
                f"value {at}" if known is None else known for at, (_, known) in enumerate(pieces)
            ]
            row = connection.execute(with_placeholders(query), values).fetchone()
            assert row == tuple(expected)

        check()


def test_every_answer_is_stored_as_it_was_given(database_url: str) -> None:
    texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
    ids = st.none() | st.integers(-(2**63), 2**63 - 1)
    spans = st.tuples(st.integers(0, 10**6), st.integers(0, 10**6))
    passages = st.builds(
        PassageRef, st.text(), st.integers(1, 9), texts, spans, st.floats(0, 1), st.none() | spans
    )
    answers = st.builds(
        AnswerRecord,
        *(texts, texts, st.booleans(), st.floats(0, 1), texts),
        st.lists(passages, max_size=3).map(tuple),
        *(ids, ids, ids),
        st.sampled_from(["question", "source", "request"]),
    )
    state = open_postgres_state(database_url)

    @settings(max_examples=60)
    @given(answers)
    def check(answer: AnswerRecord) -> None:
        stored = state.answers.get(state.answers.add(answer, NOON))
        assert stored
        assert stored == AnswerRecord(
            **{name: getattr(answer, name) for name in answer.__slots__ if name != "id"},
            id=stored.id,
        )

    try:
        check()
    finally:
        state.close()


def test_a_text_with_a_zero_character_is_stored_with_a_mark_in_its_place(
    database_url: str,
) -> None:
    state = open_postgres_state(database_url)
    stored = state.answers.get(state.answers.add(record("Who\0?"), NOON))
    state.close()
    assert stored
    assert stored.question == "Who\ufffd?"


def test_the_driver_is_loaded_only_where_a_state_is_opened_with_it() -> None:
    script = (
        "import sys, bot.client, bot.state, bot.cli.main\n"
        "assert not [name for name in sys.modules if name.startswith('psycopg')]\n"
        "sys.modules['psycopg'] = None\n"
        "bot.state.open_postgres_state('postgresql://localhost/verbatim')"
    )
    run = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        cwd=Path(__file__).parents[3],
        text=True,
        check=False,
    )
    assert "DriverMissing" in run.stderr.splitlines()[-1]
    assert "pip install 'verbatim-bot[postgres]'" in run.stderr
