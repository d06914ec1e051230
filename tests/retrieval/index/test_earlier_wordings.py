"""The earlier wordings of releases are kept, bounded, and neither lost nor doubled."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from retrieval.errors import HistoryNewer
from retrieval.index.earlier_wordings import (
    HISTORY,
    MAX_SIZE,
    MAX_WORDINGS,
    EarlierWording,
    Wording,
    WordingChange,
    earlier_wordings,
    record_changes,
)

SEEN = datetime(2026, 5, 3, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
A, B, C = (Wording("Title", (text, "Same.")) for text in ("One.", "Two.", "Three."))


def change(before, id="fares", *, is_kept=True):
    return WordingChange(id, before, is_kept)


def record(data, *changes, seen=SEEN, releases=("fares",)):
    return record_changes(data, changes, releases, seen)


def test_no_change_makes_no_file(tmp_path):
    assert record(tmp_path) is None
    assert record(tmp_path, change(A, is_kept=False)) is None
    assert not (tmp_path / HISTORY).exists()
    assert earlier_wordings(tmp_path, "fares", A) == ()
    assert not (tmp_path / HISTORY).exists()


def test_the_latest_wording_comes_first(tmp_path):
    record(tmp_path, change(A))
    record(tmp_path, change(B), seen=SEEN + HOUR)
    expected = (EarlierWording(B, SEEN + HOUR), EarlierWording(A, SEEN))
    assert earlier_wordings(tmp_path, "fares", C) == expected
    assert earlier_wordings(tmp_path, "other", C) == ()


def test_a_text_that_comes_back_has_said_something_else_meanwhile(tmp_path):
    record(tmp_path, change(A))
    record(tmp_path, change(B))
    assert [each.wording for each in earlier_wordings(tmp_path, "fares", A)] == [B, A]


def test_what_a_build_wrote_that_did_not_publish_is_no_earlier_wording(tmp_path):
    record(tmp_path, change(A))  # and the release still says so
    assert earlier_wordings(tmp_path, "fares", A) == ()


def test_the_next_build_neither_doubles_nor_believes_it(tmp_path):
    record(tmp_path, change(A))
    record(tmp_path, change(A), seen=SEEN + HOUR)
    assert earlier_wordings(tmp_path, "fares", B) == (EarlierWording(A, SEEN + HOUR),)
    record(tmp_path, change(B))
    record(tmp_path, change(B, is_kept=False))  # it was put right before anybody saw it
    assert earlier_wordings(tmp_path, "fares", C) == (EarlierWording(A, SEEN + HOUR),)


def test_the_wordings_of_releases_that_are_gone_are_deleted(tmp_path):
    record(tmp_path, change(A), change(A, "ferry"), releases=("fares", "ferry"))
    record(tmp_path, releases=("fares",))
    assert earlier_wordings(tmp_path, "ferry", B) == ()
    assert len(earlier_wordings(tmp_path, "fares", B)) == 1


def test_the_latest_twenty_are_kept(tmp_path):
    for number in range(MAX_WORDINGS + 5):
        record(tmp_path, change(Wording("Title", (str(number),))))
    found = earlier_wordings(tmp_path, "fares", A)
    assert [each.wording.paragraphs[0] for each in found] == [
        str(number) for number in reversed(range(5, MAX_WORDINGS + 5))
    ]


def test_they_have_a_size_that_they_may_have_together(tmp_path):
    third = MAX_SIZE // 3
    for letter in "abcd":
        record(tmp_path, change(Wording("", (letter * third,))))
    record(tmp_path, change(Wording("", ("x" * (MAX_SIZE + 1),))))  # alone too long
    found = earlier_wordings(tmp_path, "fares", A)
    assert [each.wording.paragraphs[0][0] for each in found] == ["d", "c", "b"]


def test_any_text_and_any_id_are_kept(tmp_path):
    odd = Wording("\udc80\0", ("\ud800", "“\U0001f600”\n"))
    record(tmp_path, change(odd, "\udcff"), releases=("\udcff",))
    record(tmp_path, releases=("\udcff",))
    assert earlier_wordings(tmp_path, "\udcff", A)[0].wording == odd


@pytest.mark.parametrize("content", [b"no database" * 999, b"SQLite format 3\0" + b"\xff" * 9000])
def test_a_damaged_file_is_put_aside_and_a_new_one_is_begun(tmp_path, content):
    (tmp_path / HISTORY).write_bytes(content)
    assert earlier_wordings(tmp_path, "fares", B) == ()
    aside = record(tmp_path, change(A))
    assert aside
    assert aside.read_bytes() == content
    assert [each.wording for each in earlier_wordings(tmp_path, "fares", B)] == [A]


def set_aside(data, *statements):
    """Record a change in a file in which statements were executed before; where the file is now."""
    with closing(sqlite3.connect(data / HISTORY)) as connection, connection:
        for statement in statements:
            connection.execute(statement)
    return record(data, change(A))


@pytest.mark.parametrize(
    "statements",
    [
        ["PRAGMA user_version = 1"],
        ["CREATE TABLE wording (number)"],
        ["CREATE TABLE wording (number)", "PRAGMA user_version = 1"],
        [
            "PRAGMA user_version = 1",
            "CREATE TABLE wording (number, release TEXT, replaced, size, text)",
            "INSERT INTO wording (release) VALUES (CAST(x'ff' AS TEXT))",
        ],
    ],
    ids=["no table", "a table before its time", "no column", "a text that is not UTF-8"],
)
def test_a_file_with_other_content_is_put_aside_too(tmp_path, statements):
    assert set_aside(tmp_path, *statements)
    assert [each.wording for each in earlier_wordings(tmp_path, "fares", B)] == [A]


def test_a_file_that_was_put_aside_before_stays(tmp_path):
    for number in (1, 2, 3):
        (tmp_path / HISTORY).write_bytes(b"no database %d" % number * 999)
        record(tmp_path, change(A))
    kept = sorted(path.name for path in tmp_path.glob("history.damaged*"))
    assert kept == ["history.damaged", "history.damaged-2", "history.damaged-3"]
    for number, name in enumerate(kept, start=1):
        assert (tmp_path / name).read_bytes() == b"no database %d" % number * 999


def test_a_file_that_is_locked_is_not_put_aside(tmp_path, monkeypatch):
    monkeypatch.setattr("retrieval.index.earlier_wordings._WAIT", 0.0)
    record(tmp_path, change(A))
    with closing(sqlite3.connect(tmp_path / HISTORY)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            record(tmp_path, change(B))
    assert [each.wording for each in earlier_wordings(tmp_path, "fares", B)] == [A]


def test_what_a_build_wrote_that_did_not_publish_stays_until_the_release_changes(tmp_path):
    def rows():
        with closing(sqlite3.connect(tmp_path / HISTORY)) as connection:
            return connection.execute("SELECT count(*) FROM wording").fetchone()[0]

    record(tmp_path, change(A))  # and the release still says so
    record(tmp_path, change(A, "ferry"), releases=("fares", "ferry"))
    assert rows() == 2
    record(tmp_path, change(A, is_kept=False), releases=("fares", "ferry"))
    assert rows() == 1


def test_a_wording_that_is_too_long_joins_two_changes(tmp_path):
    record(tmp_path, change(A))
    record(tmp_path, change(Wording("", ("x" * (MAX_SIZE + 1),))), seen=SEEN + HOUR)
    assert earlier_wordings(tmp_path, "fares", B) == (EarlierWording(A, SEEN),)


def test_a_damaged_row_is_put_aside_too(tmp_path):
    record(tmp_path, change(A))
    with closing(sqlite3.connect(tmp_path / HISTORY)) as connection, connection:
        connection.execute("UPDATE wording SET text = x'00'")
    assert earlier_wordings(tmp_path, "fares", B) == ()
    assert record(tmp_path, change(B))


def test_the_file_of_a_newer_version_is_left_alone(tmp_path):
    record(tmp_path, change(A))
    with closing(sqlite3.connect(tmp_path / HISTORY)) as connection:
        connection.execute("PRAGMA user_version = 2")
    before = (tmp_path / HISTORY).read_bytes()
    with pytest.raises(HistoryNewer, match="Use that version, or move the file away"):
        record(tmp_path, change(B))
    assert earlier_wordings(tmp_path, "fares", B) == ()
    assert (tmp_path / HISTORY).read_bytes() == before


def test_a_disk_that_cannot_be_written_is_an_error_and_changes_nothing(tmp_path):
    record(tmp_path, change(A))
    with closing(sqlite3.connect(tmp_path / HISTORY)) as other:
        other.execute("PRAGMA user_version")
        (tmp_path / f"{HISTORY}-journal").mkdir()  # where SQLite would write its journal
        with pytest.raises(sqlite3.OperationalError):
            record(tmp_path, change(B))
        (tmp_path / f"{HISTORY}-journal").rmdir()
    assert [each.wording for each in earlier_wordings(tmp_path, "fares", B)] == [A]


def test_what_can_be_read_of_a_damaged_file_is_kept(tmp_path):
    releases = [f"release-{number}" for number in range(200)]
    record(tmp_path, *(change(A, id) for id in releases), releases=releases)
    path = tmp_path / HISTORY
    content = bytearray(path.read_bytes())
    middle = content.index(b"release-1002026-05-03") // 4096 * 4096
    content[middle : middle + 4096] = b"\xff" * 4096
    path.write_bytes(content)
    assert record(tmp_path, change(B, "release-0"), releases=releases)
    kept = sum(bool(earlier_wordings(tmp_path, id, B)) for id in releases)
    assert 100 < kept < 200


@pytest.mark.parametrize("column", ["replaced = 'yesterday'", "replaced = x'ff'", "text = x'00'"])
def test_a_wording_that_cannot_be_read_hides_no_other_one(tmp_path, column, caplog):
    for number, wording in enumerate((A, B, C)):
        record(tmp_path, change(wording), seen=SEEN + number * HOUR)
    with closing(sqlite3.connect(tmp_path / HISTORY)) as connection, connection:
        connection.execute(f"UPDATE wording SET {column} WHERE number = 2")
    assert [
        each.wording for each in earlier_wordings(tmp_path, "fares", Wording("Title", ("Four.",)))
    ] == [C, A]
    assert "cannot be read" in caplog.text


@pytest.mark.parametrize("size", ["many", -1, MAX_SIZE + 1])
def test_a_damaged_size_is_put_aside(tmp_path, size):
    record(tmp_path, change(A))
    with closing(sqlite3.connect(tmp_path / HISTORY)) as connection, connection:
        connection.execute("UPDATE wording SET size = ?", [size])
    assert record(tmp_path, change(B))
    assert [each.wording for each in earlier_wordings(tmp_path, "fares", C)] == [B, A]


def test_a_header_that_would_forbid_to_write_is_damage(tmp_path):
    record(tmp_path, change(A))
    content = bytearray((tmp_path / HISTORY).read_bytes())
    content[18] ^= 0x40
    (tmp_path / HISTORY).write_bytes(content)
    assert record(tmp_path, change(B))
    assert [each.wording for each in earlier_wordings(tmp_path, "fares", C)] == [B, A]


def test_a_number_after_which_there_is_none_is_damage(tmp_path):
    record(tmp_path, change(A))
    record(tmp_path, change(B), seen=SEEN + HOUR)
    with closing(sqlite3.connect(tmp_path / HISTORY)) as connection, connection:
        connection.execute("UPDATE wording SET number = ? WHERE number = 1", [2**63 - 1])
    assert record(tmp_path, change(C), seen=SEEN + 2 * HOUR)
    now = Wording("Title", ("Four.",))
    assert [each.wording for each in earlier_wordings(tmp_path, "fares", now)] == [C, B, A]
