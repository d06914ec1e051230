"""A damaged state: what can be read stays, and the rest comes from the backup."""

import json
import random
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.state import STATE, State, open_repaired_state, open_state
from bot.state.answers import AnswerRecord
from bot.state.database import StateUnusable
from bot.state.outbox import NewItem
from bot.state.repair import (
    BACKUP,
    Repair,
    back_up_state,
    backed_up,
    find_damage,
    put_aside,
    repair_state,
)
from bot.state.servers import ServerSettings
from bot.state.sqlite import MIGRATIONS
from bot.state.subscriptions import Subscription
from retrieval.scope import Scope

SERVER, CHANNEL, USER = 1, 20, 1575071663106555939
NOON = datetime(2026, 4, 11, 12, tzinfo=UTC)
NOW = NOON.timestamp()
PRIVATE = ServerSettings(channels=(CHANNEL,), private=True)


def fill(state: State, answers: int = 300) -> None:
    state.servers.set(SERVER, PRIVATE)
    for number in range(answers):
        answer = AnswerRecord(f"Question {number}?", "", False, 0.5, "g1", (), SERVER, CHANNEL)
        state.answers.add(answer, NOON)
    state.answers.rate(1, USER, NOON, helpful=True)
    ids = [f"release-{number}" for number in range(500)]
    item = NewItem(SERVER, CHANNEL, {"new": "sum"}, 1, scopes=(Scope(words="fair"),))
    state.outbox.record([*ids, "new"], [item], {}, NOW)
    offered = state.subscriptions.offer(Subscription(USER, Scope(), "en-US"), NOW)
    state.subscriptions.keep(USER, offered, 30, (), NOW)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A state with a bit of everything, and its backup."""
    state = open_state(tmp_path)
    fill(state)
    state.close()
    back_up_state(tmp_path / STATE, NOW)
    return tmp_path / STATE


def rows(path: Path, table: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return sorted(connection.execute(f"SELECT * FROM {table}").fetchall(), key=repr)


def change(path: Path, statement: str, *values: object) -> None:
    """Write past the stores, as a flipped bit would."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement, values)


def page_of(path: Path, table: str) -> tuple[int, int]:
    """Where the first page of a table is in its file, and how long it is."""
    with closing(sqlite3.connect(path)) as connection:
        (size,) = connection.execute("PRAGMA page_size").fetchone()
        query = "SELECT rootpage FROM sqlite_master WHERE name = ?"
        (root,) = connection.execute(query, [table]).fetchone()
    return (root - 1) * size, size


def overwrite(path: Path, table: str) -> None:
    start, size = page_of(path, table)
    content = bytearray(path.read_bytes())
    content[start : start + size] = b"\xff" * size
    path.write_bytes(bytes(content))


def repaired(path: Path) -> Repair:
    repair = repair_state(path)
    assert repair
    assert find_damage(path) is None
    return repair


def test_a_whole_state_is_left_alone(path: Path) -> None:
    before = path.read_bytes()
    assert repair_state(path) is None
    assert path.read_bytes() == before
    assert put_aside(path) == []


def test_there_is_nothing_to_repair_before_the_first_start(tmp_path: Path) -> None:
    assert repair_state(tmp_path / "none" / STATE) is None


def test_settings_of_a_newer_version_are_ignored_and_kept(path: Path) -> None:
    newer = {"channels": [CHANNEL], "private": True, "theme": {"dark": True}, "passages": "many"}
    change(path, "UPDATE server SET settings = ?", json.dumps(newer))
    state = open_repaired_state(path.parent)
    assert state.servers.get(SERVER) == PRIVATE
    state.servers.set(SERVER, ServerSettings(passages=5))
    state.close()
    assert put_aside(path) == []
    ((_, text),) = rows(path, "server")
    assert json.loads(str(text))["theme"] == {"dark": True}
    assert json.loads(str(text))["passages"] == 5


@pytest.mark.parametrize("table", ["answer", "server", "subscription", "note"])
def test_a_table_that_cannot_be_read_comes_from_the_backup(path: Path, table: str) -> None:
    before = {each: rows(path, each) for each in ("answer", "server", "subscription", "note")}
    change(path, "INSERT INTO refresh (site, due) VALUES ('new', '2026-04-11T12:00:00+00:00')")
    overwrite(path, table)
    damaged = path.read_bytes()
    repair = repaired(path)
    assert table in repair.tables
    assert repair.backup == NOON
    assert {each: rows(path, each) for each in before} == before
    assert len(rows(path, "refresh")) == 1, "what is newer than the backup and readable stays"
    assert repair.aside.read_bytes() == damaged
    assert str(repair.aside) in str(repair)


def test_only_the_rows_that_cannot_be_read_come_from_the_backup(path: Path) -> None:
    change(path, "UPDATE answer SET passages = '[{' WHERE id = 7")
    change(path, "UPDATE answer SET question = 'Newer?' WHERE id = 8")
    change(path, "UPDATE server SET settings = '{\"channels\": [20' ")
    repair = repaired(path)
    assert set(repair.tables) == {"answer", "server"}
    state = open_state(path.parent)
    assert state.servers.get(SERVER) == PRIVATE
    seventh, eighth = state.answers.get(7), state.answers.get(8)
    assert seventh
    assert eighth
    assert (seventh.question, eighth.question) == ("Question 6?", "Newer?")
    assert state.answers.get(300)
    state.close()


def test_without_a_backup_what_can_be_read_stays(path: Path) -> None:
    path.with_name(BACKUP).unlink()
    overwrite(path, "answer")
    repair = repaired(path)
    assert repair.backup is None
    assert rows(path, "answer") == []
    state = open_state(path.parent)
    assert state.servers.get(SERVER) == PRIVATE
    assert state.subscriptions.of_user(USER)
    state.close()


def test_a_file_that_is_no_database_any_more_comes_from_the_backup(path: Path) -> None:
    before = rows(path, "answer")
    path.write_bytes(b"not a database, but long enough to look at" * 200)
    assert "file is not a database" in repaired(path).reason
    assert rows(path, "answer") == before


def test_a_damaged_backup_is_not_used(path: Path) -> None:
    path.with_name(BACKUP).write_bytes(b"neither is this a database" * 200)
    path.write_bytes(b"not a database, but long enough to look at" * 200)
    assert repaired(path).backup is None
    assert rows(path, "answer") == []


def test_a_damaged_state_replaces_no_backup(path: Path) -> None:
    before = path.with_name(BACKUP).read_bytes()
    change(path, "UPDATE answer SET asked = 'yesterday' WHERE id = 7")
    with pytest.raises(StateUnusable, match="unreadable rows of the table answer"):
        back_up_state(path, NOW + 1)
    assert path.with_name(BACKUP).read_bytes() == before
    assert backed_up(path) == NOW


def test_nothing_is_announced_twice_where_what_was_announced_is_lost(path: Path) -> None:
    overwrite(path, "seen")
    overwrite(path, "outbox")
    repaired(path)
    state = open_state(path.parent)
    assert state.seen.unseen(["release-1", "newer than the backup"]) == set()
    item = state.outbox.next_due(CHANNEL, NOW)
    assert item
    assert item.first_tried == NOW, "it is looked for in its channel before it is sent"
    assert item.scopes == (Scope(words="fair"),)
    state.close()


def test_ids_are_not_given_out_again(path: Path) -> None:
    change(path, "DELETE FROM outbox")
    change(path, "UPDATE sqlite_sequence SET seq = 41 WHERE name = 'outbox'")
    overwrite(path, "answer")
    repaired(path)
    change(
        path, "INSERT INTO outbox (server, channel, nonce, total, queued) VALUES (1, 2, 3, 4, 5)"
    )
    assert rows(path, "outbox")[0][0] == 42


def test_files_that_were_put_aside_stay(path: Path) -> None:
    for text in ("first", "second"):
        path.write_text(text * 5000)
        repaired(path)
    texts = [each.read_text()[:5] for each in put_aside(path)]
    assert [each for each in texts if each] == ["first", "secon"]


def test_a_state_of_a_newer_version_is_refused_and_not_repaired(path: Path) -> None:
    change(path, f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    with pytest.raises(StateUnusable, match="a newer version"):
        open_repaired_state(path.parent)
    assert put_aside(path) == []


def test_what_was_written_last_is_repaired_as_well(path: Path) -> None:
    """A process that was killed leaves its last writes in a log beside the file."""
    state = open_state(path.parent)
    state.servers.set(2, ServerSettings(passages=1))
    killed = path.parent / "killed"
    killed.mkdir()
    for each in path.parent.glob("state.*"):
        shutil.copy(each, killed)
    state.close()
    assert (killed / f"{STATE}-wal").stat().st_size
    overwrite(killed / STATE, "subscription")
    repaired(killed / STATE)
    opened = open_state(killed)
    assert opened.servers.get(2) == ServerSettings(passages=1)
    assert opened.subscriptions.of_user(USER)
    opened.close()


def test_no_flipped_bit_stops_the_start_or_an_answer(path: Path) -> None:
    chance, whole = random.Random(7), path.read_bytes()
    found = 0
    for _ in range(60):
        content = bytearray(whole)
        # The first hundred bytes have the version, which a newer one might have written.
        content[chance.randrange(100, len(content))] ^= 1 << chance.randrange(8)
        path.write_bytes(bytes(content))
        state = open_repaired_state(path.parent)
        found += bool(put_aside(path))
        assert state.servers.get(SERVER).passages in range(1, 6)
        state.answers.unanswered(SERVER)
        state.answers.latest_in(CHANNEL)
        state.outbox.next_due(CHANNEL, NOW)
        state.subscriptions.all()
        added = AnswerRecord("And then?", "", True, 0.5, "g1", (), SERVER, CHANNEL)
        assert state.answers.get(state.answers.add(added, NOON))
        state.close()
        for each in (*put_aside(path), *path.parent.glob(f"{STATE}-*")):
            each.unlink()
    assert found


def test_rows_before_and_after_a_damaged_page_stay(path: Path) -> None:
    before = rows(path, "answer")
    change(path, "UPDATE answer SET question = 'Newer?' WHERE id IN (1, 300)")
    path.with_name(BACKUP).unlink()
    with closing(sqlite3.connect(path)) as connection:
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    content = bytearray(path.read_bytes())
    middle = content.index(b"Question 150?") // size * size
    content[middle : middle + size] = b"\xff" * size
    path.write_bytes(content)
    assert repaired(path).tables == ("answer",)
    left = rows(path, "answer")
    assert len(before) - 60 < len(left) < len(before)
    assert [row[7] for row in left if row[0] in (1, 300)] == ["Newer?", "Newer?"]


def test_rows_of_a_damaged_page_come_from_the_backup(path: Path) -> None:
    before = rows(path, "answer")
    content = bytearray(path.read_bytes())
    middle = content.index(b"Question 150?") // 4096 * 4096
    content[middle : middle + 4096] = b"\xff" * 4096
    path.write_bytes(content)
    repaired(path)
    assert rows(path, "answer") == before


def test_a_version_that_is_not_that_of_the_tables_is_damage(path: Path) -> None:
    before = rows(path, "answer")
    for version in (0, 2, -1):
        change(path, f"PRAGMA user_version = {version}")
        assert f"not those of its version, {version}" in repaired(path).reason
        assert rows(path, "answer") == before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE answer SET passages = '" + "[" * 100_000 + "' WHERE id = 7",
        "UPDATE answer SET passages = '[5]' WHERE id = 7",
        "UPDATE answer SET passages = '[{\"release\": 5}]' WHERE id = 7",
        "UPDATE answer SET asked = '2026-04-11' WHERE id = 7",
        "UPDATE answer SET question = CAST(x'61ff' AS TEXT) WHERE id = 7",
        "UPDATE answer SET confidence = 9e999 WHERE id = 7",
        "UPDATE note SET value = 'no key' WHERE name = 'voters'",
        "UPDATE subscription SET made = 1e300",
        "UPDATE subscription SET unannounced = '[[]]'",
        "UPDATE sqlite_sequence SET seq = 9223372036854775807",
        "ALTER TABLE answer RENAME COLUMN question TO other",
        "DROP TABLE note",
    ],
)
def test_what_no_version_has_stored_is_found_and_comes_from_the_backup(
    path: Path, statement: str
) -> None:
    whole = ("answer", "note", "verdict", "subscription")
    before = {each: rows(path, each) for each in whole}
    change(path, statement)
    repaired(path)
    assert {each: rows(path, each) for each in whole} == before
    state = open_state(path.parent)
    assert state.answers.get(7)
    assert state.answers.rate(7, USER, NOON, helpful=True)
    offered = state.subscriptions.offer(Subscription(USER, Scope(), "en-US"), NOW)
    assert offered < 2**53
    state.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE verdict SET voter = CAST(x'61ff' AS TEXT)",
        "UPDATE subscription SET id = 9223372036854775807",
        "UPDATE answer SET id = 9223372036854775807 WHERE id = 300",
    ],
)
def test_a_row_whose_key_is_damaged_is_left_out(path: Path, statement: str) -> None:
    change(path, statement)
    assert repaired(path).tables == (statement.split()[1],)
    assert len(rows(path, "answer")) in (299, 300)
    state = open_state(path.parent)
    state.persons.find(USER, 30)
    assert state.subscriptions.offer(Subscription(USER, Scope(), "en-US"), NOW) < 2**53
    state.close()


def test_a_row_without_a_value_that_it_must_have_comes_from_the_backup(path: Path) -> None:
    """As a flipped bit makes it: SQLite itself would not store it."""
    before = rows(path, "answer")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "UPDATE sqlite_master SET sql = replace(sql, 'question TEXT NOT NULL', 'question TEXT')"
            " WHERE name = 'answer'"
        )
    change(path, "UPDATE answer SET question = NULL WHERE id = 7")
    assert "answer" in repaired(path).tables
    assert rows(path, "answer") == before


def test_what_a_repair_takes_from_the_backup_is_looked_for_before_it_is_sent(path: Path) -> None:
    change(path, "UPDATE outbox SET roles = '[\"a\"]'")
    repaired(path)
    state = open_state(path.parent)
    item = state.outbox.next_due(CHANNEL, NOW)
    assert item
    assert item.first_tried == NOW
    state.close()


def test_a_header_that_would_forbid_to_write_is_damage(path: Path) -> None:
    before = rows(path, "answer")
    content = bytearray(path.read_bytes())
    content[18] ^= 0x40
    path.write_bytes(content)
    assert repaired(path).reason == "its header is damaged"
    assert rows(path, "answer") == before
