"""Builds keep what releases said before they changed, through whatever becomes of the index."""

import shutil
import sqlite3
from contextlib import closing
from datetime import date

import pytest

from retrieval.errors import CannotWrite
from retrieval.index.earlier_wordings import HISTORY
from retrieval.index.generations import current_folder
from retrieval.index.sqlite_releases import open_release_store
from retrieval.indexing import build as build_module
from retrieval.indexing.build import build_index
from retrieval.ranking.full_release import full_release
from retrieval.release_history import release_history
from retrieval.store import FolderStore
from tests.benchmarks.building import HashingEncoder
from tests.retrieval.conftest import write_releases
from tests.retrieval.older_format import write_in_format_4

BRIDGE = {
    "id": "bridge",
    "title": "Bridge Opens",
    "date": "2024-03-18",
    "newsroom": "harbor.example",
    "text": "The bridge cost $48 million.\n\nMayor Quill opened it on Monday.",
}
FERRY = {"id": "ferry", "title": "Ferry", "text": "The ferry runs again.", "date": "2025-01-09"}
CHANGED = BRIDGE | {"text": BRIDGE["text"].replace("$48", "$49")}


@pytest.fixture
def index(tmp_path):
    """Build the index of some rows."""

    def build(*rows, **how):
        source = write_releases(tmp_path / "releases.jsonl", rows)
        return build_index(tmp_path / "data", [source], how.pop("encoder", HashingEncoder()), **how)

    return build


@pytest.fixture
def said_before(tmp_path):
    """The first paragraphs of the earlier wordings of a release, the latest first."""

    def read(id="bridge"):
        _, store = open_release_store(tmp_path / "data")
        with closing(store):
            history = release_history(
                FolderStore(tmp_path / "data"), full_release(store, store.find(id))
            )
        return [each.wording.paragraphs[0] for each in history.earlier]

    return read


FIRST = "The bridge cost $48 million."


def test_a_change_is_kept(index, said_before):
    index(BRIDGE, FERRY)
    assert said_before() == []
    index(CHANGED, FERRY)
    assert said_before() == [FIRST]
    assert said_before("ferry") == []
    index(CHANGED, FERRY)
    assert said_before() == [FIRST]


def test_a_new_title_is_a_change_and_a_new_date_is_none(index, said_before):
    index(BRIDGE)
    index(BRIDGE | {"date": "2024-03-19"})
    assert said_before() == []
    index(BRIDGE | {"title": "Bridge Closes"})
    assert said_before() == [FIRST]


@pytest.mark.parametrize(
    "text",
    [
        "The  bridge cost $48 million.\n\n\n\nMayor Quill opened it on\u00a0Monday.",
        "The bridge cost $48 million. Mayor Quill opened it on Monday.",
        f"{BRIDGE['text']}\n\nContact: Ann Roe, 202-555-0100",
    ],
    ids=["white space", "the ends of paragraphs", "a contact"],
)
def test_another_form_of_the_same_words_is_no_change(index, said_before, text):
    index(BRIDGE)
    assert index(BRIDGE | {"text": text}).documents
    assert said_before() == []


def test_what_recurs_through_a_newsroom_is_no_change(index, said_before):
    def rows(about):
        return [
            BRIDGE
            | {
                "id": f"r{number}",
                "date": date(2024, number, 1).isoformat(),
                "text": f"The news of month {number} is that quay {number} is dry.\n\n{about}",
            }
            for number in range(1, 13)
        ]

    index(*rows("About Harbor City: it has looked after its nine quays since 1893."))
    now = rows("About Harbor City: it has looked after its ten quays since 1893.")
    assert index(*now).changed == 12
    assert said_before("r3") == []
    now[3]["text"] = now[3]["text"].replace("dry", "wet")
    index(*now)
    assert said_before("r4") == ["The news of month 4 is that quay 4 is dry."]
    assert said_before("r3") == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('The mayor calls it "good".', "The mayor calls it “good”."),
        ("Contact: Ann Roe, 202-555-0100", "Contact: Bob Poe, 202-555-0101"),
    ],
    ids=["another form of the same words", "a contact"],
)
def test_what_begins_to_recur_is_no_change(index, said_before, before, after):
    about = "About Harbor City: it has looked after its nine quays since 1893."

    def rows(line, recurs):
        return [
            BRIDGE
            | {
                "id": f"r{number}",
                "date": date(2024, number, 1).isoformat(),
                "text": f"The news of month {number} is that quay {number} is dry."
                + (f"\n\n{line}" if number == 3 else "")
                + (f"\n\n{about}" if recurs or number == 3 else ""),
            }
            for number in range(1, 13)
        ]

    index(*rows(before, recurs=False))
    assert index(*rows(after, recurs=True)).changed == 12
    assert said_before("r3") == []
    index(*rows(before, recurs=False))
    assert said_before("r3") == []


def test_it_survives_a_rebuild_another_encoder_and_another_format(
    index, said_before, tmp_path, encoder
):
    data = tmp_path / "data"
    index(BRIDGE, FERRY)
    index(CHANGED, FERRY)
    index(CHANGED, FERRY, rebuild=True)
    assert said_before() == [FIRST]
    write_in_format_4(data)
    index(CHANGED, FERRY)
    assert said_before() == [FIRST]
    index(CHANGED, FERRY, encoder=encoder)
    assert said_before() == [FIRST]
    shutil.rmtree(data / "generations")
    index(CHANGED, FERRY)
    assert said_before() == [FIRST]


def test_a_change_that_a_rebuild_sees_is_kept(index, said_before, encoder):
    index(BRIDGE)
    index(CHANGED, rebuild=True)
    assert said_before() == [FIRST]
    index(BRIDGE, encoder=encoder)
    assert said_before() == ["The bridge cost $49 million.", FIRST]


def test_what_other_readers_read_is_no_change(index, said_before, monkeypatch):
    monkeypatch.setattr(build_module, "readers_version", lambda: "older")
    index(BRIDGE)
    monkeypatch.setattr(build_module, "readers_version", lambda: "newer")
    index(CHANGED)
    assert said_before() == []
    index(BRIDGE)
    assert said_before() == ["The bridge cost $49 million."]


def test_a_change_after_other_readers_read_the_same_is_kept(index, said_before, monkeypatch):
    monkeypatch.setattr(build_module, "readers_version", lambda: "older")
    index(BRIDGE)
    monkeypatch.setattr(build_module, "readers_version", lambda: "newer")
    assert index(BRIDGE).unchanged == 1
    index(CHANGED)
    assert said_before() == [FIRST]


class Stopped(BaseException):
    """A build was killed."""


def test_a_build_that_is_killed_before_it_publishes_changes_nothing(
    index, said_before, tmp_path, monkeypatch
):
    def killed(*_):
        raise Stopped

    index(BRIDGE)
    with monkeypatch.context() as patch:
        patch.setattr(build_module.generations, "publish", killed)
        for _ in range(2):
            with pytest.raises(Stopped):
                index(CHANGED)
    assert (tmp_path / "data" / HISTORY).exists()
    assert said_before() == []
    index(CHANGED)
    assert said_before() == [FIRST]


def test_a_change_that_was_taken_back_before_it_was_published_is_none(
    index, said_before, monkeypatch
):
    def killed(*_):
        raise Stopped

    index(BRIDGE)
    with monkeypatch.context() as patch:
        patch.setattr(build_module.generations, "publish", killed)
        with pytest.raises(Stopped):
            index(CHANGED)
    index(BRIDGE, FERRY)
    assert said_before() == []
    index(CHANGED, FERRY)
    assert said_before() == [FIRST]


def test_a_copy_that_is_corrected_alone_keeps_what_it_said(index, said_before):
    text = "Both governors signed the compact on the water of the river Lind. " * 8
    first = {"id": "a", "title": "Compact", "date": "2024-03-18", "text": text}
    other = first | {"id": "b", "newsroom": "coast.example"}
    assert index(first, other).releases == 1
    assert index(first, other | {"text": f"Corrected. {text}"}).releases == 2
    assert said_before("b") == [text.strip()]
    assert said_before("a") == []


def test_a_copy_that_stays_when_the_first_one_goes_has_not_changed(index, said_before):
    text = "Both governors signed the compact on the water of the river Lind. " * 8
    first = {"id": "a", "title": "Compact", "date": "2024-03-18", "text": text}
    index(first, first | {"id": "b", "text": text.replace(".", "!")})
    index(first | {"id": "b", "text": text.replace(".", "!")})
    assert said_before("b") == []


def test_a_release_that_is_gone_for_one_build_has_its_earlier_wordings_when_it_is_back(
    index, said_before, tmp_path
):
    index(BRIDGE, FERRY)
    index(CHANGED, FERRY)
    index(FERRY)
    index(CHANGED, FERRY)
    assert said_before() == [FIRST]
    index(FERRY)
    index(FERRY | {"text": "The ferry is late."})
    index(CHANGED, FERRY)
    assert said_before() == []


COMPACT = {
    "id": "compact",
    "title": "Compact",
    "date": "2024-03-18",
    "text": "Both governors signed the compact on the water of the river Lind. " * 8,
}
FORMER = COMPACT | {"text": f"Nobody signed. {COMPACT['text']}"}
TWIN = COMPACT | {"id": "twin", "newsroom": "coast.example"}


def test_a_release_that_was_a_copy_for_a_while_still_has_its_earlier_wordings(index, said_before):
    index(FORMER)
    index(COMPACT)
    before = said_before("compact")
    assert before == [FORMER["text"].strip()]
    for rows in ([TWIN, COMPACT], [TWIN, COMPACT, FERRY], [TWIN, COMPACT]):
        index(*rows)
        assert said_before("compact") == []  # it is shown as its twin, which has not changed
    index(COMPACT)
    assert said_before("compact") == before


def test_a_copy_that_is_gone_for_one_build_has_its_earlier_wordings_when_it_is_back(
    index, said_before
):
    index(FORMER)
    index(COMPACT)
    before = said_before("compact")
    index(TWIN, COMPACT)
    index(TWIN)
    index(COMPACT)
    assert said_before("compact") == before
    index(TWIN)
    index(TWIN, FERRY)
    index(COMPACT)
    assert said_before("compact") == []


def test_a_file_of_earlier_wordings_without_a_table_is_put_aside_and_reported(
    index, said_before, tmp_path
):
    index(BRIDGE)
    with closing(sqlite3.connect(tmp_path / "data" / HISTORY)) as connection:
        connection.execute("PRAGMA user_version = 1")
    (note,) = index(CHANGED).notes
    assert "history.damaged" in note.text
    assert said_before() == [FIRST]


def test_a_damaged_file_of_earlier_wordings_is_put_aside_and_reported(index, said_before, tmp_path):
    index(BRIDGE)
    (tmp_path / "data" / HISTORY).write_bytes(b"no database" * 999)
    (note,) = index(CHANGED).notes
    assert note.source == HISTORY
    assert "history.damaged" in note.text
    assert said_before() == [FIRST]


def test_a_damaged_text_of_the_index_does_not_stop_a_build(index, said_before, tmp_path):
    index(BRIDGE, FERRY)
    for path in current_folder(tmp_path / "data").rglob("text.sqlite"):
        path.write_bytes(path.read_bytes()[:-200] + bytes(200))
    index(CHANGED, FERRY)
    assert said_before() == []


def test_a_disk_that_cannot_be_written_leaves_the_index_as_it_was(
    index, said_before, tmp_path, monkeypatch
):
    def full(*_):
        raise sqlite3.OperationalError("database or disk is full")

    index(BRIDGE)
    before = current_folder(tmp_path / "data")
    monkeypatch.setattr("retrieval.indexing.wording_record.record_changes", full)
    with pytest.raises(CannotWrite, match="full"):
        index(CHANGED)
    assert current_folder(tmp_path / "data") == before
