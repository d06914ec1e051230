"""An incremental build makes the same generation as a full one."""

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.index.generations import current_folder, read_manifest
from retrieval.index.index import ANALYSES, PHRASES, open_index
from retrieval.index.release_store import RELEASES
from retrieval.indexing.analysis import VERSION, analyse
from retrieval.indexing.build import build_index
from tests.benchmarks.building import HashingEncoder
from tests.retrieval.conftest import RecordingEncoder, write_releases

LONG = " ".join(f"Sentence {n} is about H.R. {n} of the plan." for n in range(60))
PARAGRAPHS = st.sampled_from(
    [
        "The mayor opened the bridge on Monday, fourteen months after the flood.",
        "THE MAYOR opened the bridge on Monday — fourteen months after the flood!",
        "Ferry fares are frozen for José’s island.",
        "What it does:",
        "###",
        LONG,
        LONG.upper(),
    ]
)
ROW = st.fixed_dictionaries(
    {
        "title": st.sampled_from(["Bridge Opens", "Ferry Fares", "Ferry fares!"]),
        "text": st.lists(PARAGRAPHS, min_size=1, max_size=3).map("\n\n".join),
        "date": st.sampled_from([None, "2024-01-01", "2024-01-02", "2025-06-01"]),
        "member": st.sampled_from([None, "Ada Roe"]),
        "domain": st.sampled_from([None, "roe.example"]),
    }
)
CORPUS = st.dictionaries(st.sampled_from("abcdef"), ROW, min_size=1)


def rows_of(folder):
    """All rows of a generation's database."""
    with closing(sqlite3.connect(folder / RELEASES)) as connection:
        tables = connection.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()
        return tables, [
            connection.execute(f"SELECT * FROM {name}").fetchall()
            for name, sql in tables
            if sql and sql.startswith("CREATE TABLE")
        ]


PHRASES_OF_THEM = ("the mayor", "MONDAY, fourteen", "jose's island", "HR 7 of", "it does", "of")


def matches_in(data):
    """Which paragraphs hold which phrases."""
    phrases = open_index(data).phrases
    return [sorted(phrases.paragraphs_with(each).tolist()) for each in PHRASES_OF_THEM]


@settings(max_examples=30, deadline=None)
@given(st.lists(CORPUS, min_size=2, max_size=4), st.booleans())
def test_a_build_after_others_equals_a_full_one_file_by_file(corpora, coded):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for corpus in corpora:
            rows = [{"id": id, **row} for id, row in corpus.items()]
            source = write_releases(folder / "releases.jsonl", rows)
            full = folder / f"full {len(list(folder.iterdir()))}"
            for data in folder / "data", full:
                build_index(data, [source], HashingEncoder(), coded_from=coded or 10**6)
            found, expected = current_folder(folder / "data"), current_folder(full)
            assert rows_of(found) == rows_of(expected)
            assert matches_in(folder / "data") == matches_in(full)
            sums, expected_sums = read_manifest(found).files, read_manifest(expected).files
            # A copy's text may change while its words stay the same: that makes no new generation.
            for aside in RELEASES, PHRASES, f"{ANALYSES}/digests.npy":
                assert sums.pop(aside)
                assert expected_sums.pop(aside)
            assert sums == expected_sums


ROWS = [
    {"id": str(n), "title": f"Number {n}", "text": f"The news of day {n}.", "date": "2024-01-01"}
    for n in range(5)
]
CHANGED = [*ROWS[:2], ROWS[2] | {"text": "Nothing new."}, *ROWS[3:]]


@pytest.fixture
def read(monkeypatch):
    """The ids of the releases that were analysed."""
    ids = []

    def reading(release, numbers, analyse=analyse):
        ids.append(release.id)
        return analyse(release, numbers)

    monkeypatch.setattr("retrieval.indexing.analysis_cache.analyse", reading)
    return ids


@pytest.fixture
def built(tmp_path, read):
    """Build the data folder from some rows; which are read, and which passages embedded."""

    def build(rows, **how):
        encoder = RecordingEncoder(HashingEncoder())
        source = write_releases(tmp_path / "releases.jsonl", rows)
        read.clear()
        report = build_index(tmp_path / "data", [source], encoder, **how)
        return report, [*read], encoder.passages

    build(ROWS)
    return build


def test_only_what_is_new_is_read_word_for_word_and_embedded(built):
    assert built(CHANGED)[1:] == (["2"], ["Number 2\nNothing new."])
    redated = [row | {"date": "2023-01-01"} for row in CHANGED]
    report, *rest = built(redated)
    assert (report.changed, rest) == (5, [[], []])
    moved = built(redated[::-1])
    assert (moved[0].unchanged, moved[1:]) == (5, ([], []))
    assert built(redated, rebuild=True)[1:] == (
        ["0", "1", "2", "3", "4"],
        [f"{row['title']}\n{row['text']}" for row in CHANGED],
    )


def test_analyses_of_another_version_are_made_anew_though_nothing_changed(
    built, tmp_path, monkeypatch
):
    monkeypatch.setattr("retrieval.indexing.build.VERSION", VERSION + 1)
    monkeypatch.setattr("retrieval.indexing.previous.VERSION", VERSION + 1)
    report, read, embedded = built(ROWS)
    assert (report.generation, report.unchanged, read) == ("g000002", 5, ["0", "1", "2", "3", "4"])
    assert embedded == []
    assert open_index(tmp_path / "data").manifest.analysis == VERSION + 1
    assert built(ROWS)[0].generation == "g000002"


@pytest.mark.parametrize("name", ["digests", "releases", "words", "lengths"])
def test_nothing_is_reused_of_a_damaged_generation(built, tmp_path, name):
    built(CHANGED)
    path = current_folder(tmp_path / "data") / ANALYSES / f"{name}.npy"
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    assert built(ROWS)[1:] == (
        ["0", "1", "2", "3", "4"],
        [f"{row['title']}\n{row['text']}" for row in ROWS],
    )
    found = read_manifest(current_folder(tmp_path / "data")).files
    build_index(tmp_path / "full", [tmp_path / "releases.jsonl"], HashingEncoder())
    assert found == read_manifest(current_folder(tmp_path / "full")).files
