import json
import re
import sqlite3

import pytest

from retrieval.release import RefusedDocument, Release
from retrieval.sources.draft import ReleaseDraft
from retrieval.sources.reading import read_sources
from retrieval.sources.refusing import guarded, reason_of, refused


def raising(error):
    def read():
        raise error

    return read


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ValueError("no text"), "no text"),
        (RecursionError("maximum recursion depth exceeded"), "it nests too deeply to be read"),
        (MemoryError(), "it needs more memory than there is"),
        (TypeError("not a\n text"), "its reader failed (TypeError: not a text)"),
        (IndexError(), "its reader failed (IndexError: )"),
    ],
)
def test_whatever_a_reader_raises_is_a_reason(error, reason):
    with pytest.raises(ValueError, match=f"^{re.escape(reason)}$"):
        guarded(raising(error))()
    assert reason_of(error) == reason


def test_an_error_of_the_disk_stays_one():
    with pytest.raises(OSError, match="Input"):
        guarded(raising(OSError(5, "Input/output error")))()


def test_a_draft_within_the_limits_is_returned():
    draft = ReleaseDraft("Title", ("Text.",))
    assert guarded(lambda: draft)() is draft


def test_a_reason_is_one_short_line():
    document = refused("a.txt", ValueError("x\n" * 1000))
    assert "\n" not in document.reason
    assert len(document.reason) < 310


def test_a_row_that_breaks_its_parser_is_refused_and_the_next_is_read(tmp_path):
    rows = tmp_path / "rows.jsonl"
    good = json.dumps({"title": "Roe", "text": "Roe lowers fares."})
    digits = '{"title": "Roe", "date": ' + "1" * 5000 + "}"
    nested = '{"title": "Roe", "text": ' + "[" * 3000 + "]" * 3000 + "}"
    rows.write_text("\n".join([digits, nested, good]))
    first, second, release = read_sources([rows])
    assert isinstance(first, RefusedDocument)
    assert isinstance(second, RefusedDocument)
    assert isinstance(release, Release)


def test_an_error_of_the_kept_drafts_is_no_refusal(tmp_path):
    (tmp_path / "a.txt").write_text("Roe lowers fares.")

    def full(key, read):
        raise sqlite3.OperationalError("database or disk is full")

    with pytest.raises(sqlite3.OperationalError):
        list(read_sources([tmp_path], drafts=full))
