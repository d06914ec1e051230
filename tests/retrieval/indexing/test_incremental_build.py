"""After an incremental build all is found as after a full one."""

import sqlite3
import tempfile
from contextlib import closing
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.archive import Archive
from retrieval.index.folder_index import open_index
from retrieval.index.generations import current_folder, read_manifest
from retrieval.index.sqlite_releases import RELEASES
from retrieval.indexing.analysis import VERSION, analyse
from retrieval.indexing.build import build_index
from retrieval.indexing.segment_plan import MergePolicy
from retrieval.question import Question
from retrieval.text.tokens import stems
from tests.benchmarks.building import HashingEncoder
from tests.retrieval.conftest import RecordingEncoder, write_releases
from tests.retrieval.indexing.corpora import ABOUT, CORPORA, Corpus, SavedPage
from tests.retrieval.sources.pdf_files import Text, pdf

NEVER_MERGE = MergePolicy(documents=0, times=0, gone=1)
POLICIES = (NEVER_MERGE, MergePolicy(documents=1, times=1, gone=0.4), MergePolicy())
PHRASES = (
    "the mayor",
    "MONDAY, fourteen",
    "jose's island",
    "HR 7 of",
    "it does",
    "of",
    "quay since 1893",
)
QUESTIONS = (
    "Who opened the bridge?",
    "ferry fares of Jose",
    "what did Roe say of H.R. 7?",
    "Who has looked after the quay since 1893?",
    "Who signed the letter to the minister?",
)


def rows_of(folder):
    """All rows of a generation's database, without the locations of the releases."""
    with closing(sqlite3.connect(folder / RELEASES)) as connection:
        tables = connection.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()
        releases = connection.execute("SELECT * FROM release").fetchall()
        copies = connection.execute("SELECT * FROM copy ORDER BY release, rowid").fetchall()
        return tables, [row[:-2] for row in releases], copies


def contents_of(data):
    """All that can be found in an index, and in which order."""
    index, encoder = open_index(data), HashingEncoder()
    terms = dict.fromkeys(stems([*index.vocabulary.counts]))
    rows = np.arange(len(index.passages))
    queries = encoder.encode_queries(QUESTIONS)
    masks = (None, rows % 2 == 0, rows >= len(rows) // 2)
    archive = Archive(data, encoder, today=lambda: date(2025, 7, 1))
    return {
        "releases": rows_of(index.folder),
        "texts": [index.releases.paragraphs(number) for number in range(index.manifest.releases)],
        "places": [index.releases.places(number) for number in range(index.manifest.releases)],
        "passages": index.passages.tolist(),
        "recurring": index.recurring.tolist(),
        "texts of passages": list(index.texts()),
        "vectors": index.vectors.scores_of(queries, rows).tolist(),
        "nearest": [
            [each.tolist() for each in index.vectors.top(queries, k, mask)]
            for k in (1, 3, 100)
            for mask in masks
        ],
        "scores": {term: index.bm25.scores([term]).tolist() for term in terms},
        "best": [index.bm25.top(terms, k, mask)[0].tolist() for k in (1, 9) for mask in masks],
        "rarity": {term: index.bm25.idf(term) for term in [*terms, "nowhere"]},
        "terms": index.bm25.terms_in(terms, rows),
        "phrases": [sorted(index.phrases.paragraphs_with(each).tolist()) for each in PHRASES],
        "words": [*index.vocabulary.counts.items()],
        "titles": [each.id for each in index.titles.matching("fares")],
        "counts": (index.manifest.releases, index.manifest.paragraphs, index.manifest.passages),
        "answers": [
            [
                (each.release, each.paragraph, each.place, each.link, each.score)
                for each in archive.ask(asked).passages
            ]
            for asked in map(Question, QUESTIONS)
        ],
    }


@settings(max_examples=30, deadline=None)
@given(st.lists(CORPORA, min_size=2, max_size=5), st.booleans(), st.sampled_from(POLICIES))
def test_after_any_changes_everything_is_found_as_in_a_full_build(corpora, coded, policy):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for corpus in corpora:
            source = corpus.write(folder / "releases")
            full = folder / f"full {len(list(folder.iterdir()))}"
            how = {"coded_from": 1 if coded else 10**6, "merge_policy": policy}
            for data in folder / "data", full:
                build_index(data, [source], HashingEncoder(), **how)
            assert contents_of(folder / "data") == contents_of(full)


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
    monkeypatch.setattr("retrieval.indexing.previous_generation.VERSION", VERSION + 1)
    report, read, embedded = built(ROWS)
    assert (report.generation, report.unchanged, read) == ("g000002", 5, ["0", "1", "2", "3", "4"])
    assert embedded == []
    assert open_index(tmp_path / "data").manifest.analysis == VERSION + 1
    assert built(ROWS)[0].generation == "g000002"


@pytest.mark.parametrize(
    "name",
    [
        "digests.npy",
        "words.txt",
        "segments/s000002/analyses/documents.npy",
        "segments/s000002/analyses/words.npy",
        "segments/s000002/analyses/words.txt",
        "segments/s000002/analyses/lengths.npy",
    ],
)
def test_nothing_is_reused_of_a_damaged_generation(built, tmp_path, name):
    built(CHANGED)
    path = current_folder(tmp_path / "data") / name
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    _, read, embedded = built(ROWS)
    assert read[-5:] == ["0", "1", "2", "3", "4"]
    assert embedded == [f"{row['title']}\n{row['text']}" for row in ROWS]
    build_index(tmp_path / "full", [tmp_path / "releases.jsonl"], HashingEncoder())
    assert contents_of(tmp_path / "data") == contents_of(tmp_path / "full")


def files_of(data):
    """The inode of each file of the current generation, by path in it."""
    folder = current_folder(data)
    return {
        path.relative_to(folder).as_posix(): path.stat().st_ino
        for path in folder.rglob("*")
        if path.is_file()
    }


MANY = [
    {"id": str(n), "title": f"Number {n}", "text": f"The news of day {n}.", "date": "2024-01-01"}
    for n in range(100)
]


def test_what_is_unchanged_is_not_written_again(built, tmp_path):
    data = tmp_path / "data"
    built(MANY)
    before = files_of(data)
    report, _, embedded = built([*MANY[:50], MANY[50] | {"text": "Nothing new."}, *MANY[51:]])
    assert (report.changed, embedded) == (1, ["Number 50\nNothing new."])
    after = files_of(data)
    written = {name for name, inode in after.items() if before.get(name) != inode}
    (segment,) = (each.name for each in read_manifest(current_folder(data)).segments[1:])
    assert {name for name in written if not name.startswith(f"segments/{segment}/")} == {
        "manifest.json",
        "SOURCES",
        "releases.sqlite",
        "words.txt",
        "digests.npy",
        "recurring.npy",
        "readers.txt",
    }
    assert set(before) - set(after) == set()


def test_a_release_that_comes_back_is_found_where_it_was(built, tmp_path):
    data = tmp_path / "data"
    built(MANY)
    built(MANY[1:])
    before = files_of(data)
    assert built(MANY)[2] == []
    after = files_of(data)
    assert {name: after[name] for name in before if name.startswith("segments")} == {
        name: inode for name, inode in before.items() if name.startswith("segments")
    }
    build_index(tmp_path / "full", [tmp_path / "releases.jsonl"], HashingEncoder())
    assert contents_of(data) == contents_of(tmp_path / "full")


def test_where_links_are_not_possible_files_are_copied(built, tmp_path, monkeypatch):
    data = tmp_path / "data"
    built(MANY)
    before = files_of(data)

    def refuse(self, target):
        raise OSError("no links here")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    built(MANY[1:])
    assert not set(files_of(data).values()) & set(before.values())
    build_index(tmp_path / "full", [tmp_path / "releases.jsonl"], HashingEncoder())
    assert contents_of(data) == contents_of(tmp_path / "full")


def test_a_damaged_segment_that_two_generations_share_is_repaired(built, tmp_path):
    data = tmp_path / "data"
    built(MANY)
    built(MANY[1:])
    path = next(current_folder(data).glob("segments/*/vectors.npy"))
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    assert len(built(MANY[2:])[2]) == 98
    build_index(tmp_path / "full", [tmp_path / "releases.jsonl"], HashingEncoder())
    assert contents_of(data) == contents_of(tmp_path / "full")


def recurring_in(data):
    """The texts of the rows that recur."""
    index = open_index(data)
    return [text for text, recurs in zip(index.texts(), index.recurring, strict=True) if recurs]


def test_what_recurs_is_told_anew_of_releases_that_stay_where_they_are(tmp_path):
    data, folder = tmp_path / "data", tmp_path / "releases"

    def build(corpus, policy=NEVER_MERGE):
        source = corpus.write(folder)
        build_index(data, [source], HashingEncoder(), merge_policy=policy)
        return len(read_manifest(current_folder(data)).segments), recurring_in(data)

    assert build(Corpus(monthly=9, closing=9)) == (1, [])
    assert build(Corpus(monthly=10, closing=10)) == (2, [ABOUT] * 10)
    assert build(Corpus(monthly=9, closing=9)) == (1, [])
    more = {"text": "Nothing.", "date": "2021-01-01", "domain": "lindow.example"}
    assert build(Corpus({"a": more}, monthly=9, closing=9)) == (2, [ABOUT] * 9)
    assert build(Corpus({"a": more}, monthly=10, closing=4)) == (3, [])


LETTER = pdf([Text(72, 720, "The harbour board asks the minister for forty million crowns.")])
ADDRESS, MOVED = "https://roe.example/p.html", "https://roe.example/news/p.html"


@pytest.fixture
def changed_page(tmp_path):
    """Build from a page with a letter, then from another corpus; what that took."""

    def build(*corpora):
        for corpus in corpora:
            source, encoder = (
                corpus.write(tmp_path / "releases"),
                RecordingEncoder(HashingEncoder()),
            )
            report = build_index(tmp_path / "data", [source], encoder)
        build_index(tmp_path / "full", [source], HashingEncoder())
        assert contents_of(tmp_path / "data") == contents_of(tmp_path / "full")
        (release,) = open_index(tmp_path / "data").releases.select()
        places = open_index(tmp_path / "data").releases.places(release.number)
        attachments = {place.attachment for place in places if place.attachment}
        return report, encoder.passages, attachments

    page = SavedPage(6, ("letter.pdf",), ADDRESS)
    return lambda corpus: build(Corpus(pages={"p.html": page}, pdfs={"letter.pdf": LETTER}), corpus)


def test_an_attachment_that_moved_is_written_and_its_text_is_not(changed_page, tmp_path):
    page = SavedPage(6, ("letter.pdf",), MOVED)
    report, embedded, attachments = changed_page(
        Corpus(pages={"p.html": page}, pdfs={"letter.pdf": LETTER})
    )
    assert (report.changed, embedded) == (1, [])
    assert [each.url for each in attachments] == ["https://roe.example/news/letter.pdf"]
    (segment,) = read_manifest(current_folder(tmp_path / "data")).segments
    assert segment.name == "s000001"


def test_an_attachment_that_changed_or_went_makes_another_document(changed_page, tmp_path):
    text = "The mayor answers that there are none, and that none will be left over in June."
    page, other = SavedPage(6, ("letter.pdf",), ADDRESS), pdf([Text(72, 720, text)])
    report, embedded, attachments = changed_page(
        Corpus(pages={"p.html": page}, pdfs={"letter.pdf": other})
    )
    assert (report.changed, embedded) == (1, [f"Harbour to be rebuilt\n{text}"])
    assert [each.name for each in attachments] == ["letter.pdf"]
    report, embedded, attachments = changed_page(Corpus(pages={"p.html": page}))
    assert (report.changed, embedded, attachments) == (1, [], set())
