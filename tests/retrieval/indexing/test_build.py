import json
import os
import resource
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from retrieval.archive import Archive
from retrieval.errors import (
    CannotWrite,
    IndexBusy,
    NoIndex,
    NoReleases,
    SourceMissing,
)
from retrieval.index.folder_index import open_index
from retrieval.index.generations import current_folder
from retrieval.index.remembered_sources import built_from
from retrieval.indexing.build import build_index
from retrieval.passages import passages
from retrieval.question import Question
from retrieval.release import RefusedDocument
from tests.conftest import NEWSROOMS, SEEDS
from tests.retrieval.conftest import RecordingEncoder, write_releases
from tests.retrieval.records import as_release

BRIDGE, LIBRARY, FERRY, UNDATED = NEWSROOMS
NEW = {
    "id": "park",
    "title": "Park Opens",
    "date": "2025-02-02",
    "text": "A park opened.\n\nIt is green.",
}


class Stop(Exception):
    """Raised to stop a build."""


def answer(data, encoder, question="How much did the bridge cost?"):
    answered = Archive(data, encoder).ask(Question(question))
    return answered.generation, [(each.text, each.score) for each in answered.passages]


def counts(report):
    return report.added, report.changed, report.removed, report.unchanged


def test_a_first_build_reports_what_it_read(tmp_path, encoder, newsrooms_file):
    seen = []
    report = build_index(tmp_path / "data", [newsrooms_file], encoder, on_progress=seen.append)
    assert (report.generation, report.releases, report.paragraphs) == ("g000001", 4, 8)
    assert counts(report) == (4, 0, 0, 0)
    assert report.refused == ()
    assert report.seconds > 0
    assert list(dict.fromkeys(each.stage for each in seen)) == ["reading", "embedding", "writing"]
    assert [each.done for each in seen if each.stage == "reading"] == [1, 2, 3, 4]
    assert all(each.done <= each.total == 4 for each in seen if each.stage != "reading")
    manifest = open_index(tmp_path / "data").manifest
    assert (manifest.releases, manifest.paragraphs, manifest.passages) == (4, 8, 8)
    assert (manifest.model, manifest.fingerprint) == (
        "verbatim",
        encoder.model.fingerprint,
    )


def test_what_was_added_changed_and_removed(data, source, tmp_path, recording):
    changed = BRIDGE | {"text": BRIDGE["text"].replace("$48 million", "$49 million")}
    file = write_releases(tmp_path / "releases.jsonl", [NEW, changed, FERRY, UNDATED])
    report = build_index(data, [file], recording)
    assert counts(report) == (1, 1, 1, 2)
    assert (report.generation, report.releases, report.paragraphs) == ("g000003", 4, 8)
    assert report.documents.added == ("Park Opens",)
    assert report.documents.changed == (BRIDGE["title"],)
    assert report.documents.removed == (LIBRARY["title"],)
    assert sorted(text.partition("\n")[2] for text in recording.passages) == [
        "A park opened.",
        "It is green.",
        "The bridge cost $49 million and carries 31,000 vehicles a day. It was closed for "
        "fourteen months after the flood of 2022.",
    ]


def test_where_nothing_changed_the_generation_stays(data, source, recording):
    before = sorted(data.rglob("*"))
    report = build_index(data, [source], recording)
    assert (report.generation, counts(report)) == ("g000002", (0, 0, 0, 4))
    assert recording.passages == []
    assert sorted(data.rglob("*")) == before


def test_a_release_that_only_moved_is_unchanged_and_found_where_it_is(data, tmp_path, recording):
    file = write_releases(tmp_path / "moved.jsonl", [UNDATED, FERRY, LIBRARY, BRIDGE])
    report = build_index(data, [file], recording)
    assert counts(report) == (0, 0, 0, 4)
    assert recording.passages == []
    assert open_index(data).releases.find("bridge").source == "moved.jsonl:4"


def test_the_same_words_are_embedded_once(tmp_path, recording):
    same = {"title": "Statement", "text": "The same words."}
    rows = [{"id": str(n), "date": f"2025-01-0{n}", **same} for n in range(1, 4)]
    rows += [{"id": "9", "title": "Statement", "text": "The same words.\n\nThe same words."}]
    build_index(tmp_path / "data", [write_releases(tmp_path / "r.jsonl", rows)], recording)
    assert recording.passages == ["Statement\nThe same words."]
    vectors = open_index(tmp_path / "data").vectors.vectors
    assert (vectors == vectors[0]).all()


def test_a_rebuild_embeds_everything_again(data, source, recording):
    before = answer(data, recording)[1]
    report = build_index(data, [source], recording, rebuild=True)
    assert (report.generation, counts(report)) == ("g000003", (0, 0, 0, 4))
    assert len(recording.passages) == 8
    assert answer(data, recording)[1] == before


def test_other_sources_with_the_same_releases_are_noted(data, source, tmp_path, recording):
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / source.name).write_bytes(source.read_bytes())
    report = build_index(data, [folder], recording)
    assert (report.generation, counts(report)) == ("g000003", (0, 0, 0, 4))
    assert built_from(data).paths == (folder,)
    assert (report.sources, report.dropped) == ((folder,), (source,))
    assert recording.passages == []


def test_copies_are_one_release_that_both_ids_find(tmp_path, encoder):
    long = " ".join(f"Word {n} of the joint statement." for n in range(20))
    rows = [
        {"id": "one", "title": "Joint", "text": long, "newsroom": "one"},
        {"id": "two", "title": "Joint!", "text": long, "newsroom": "two", "date": "2025-01-01"},
    ]
    report = build_index(tmp_path / "data", [write_releases(tmp_path / "r.jsonl", rows)], encoder)
    assert (report.releases, report.added) == (1, 1)
    assert [note.source for note in report.notes] == ["r.jsonl:2"]
    store = open_index(tmp_path / "data").releases
    assert store.find("one") == store.find("two")
    assert store.find("two").date.isoformat() == "2025-01-01"
    archive = Archive(tmp_path / "data", encoder)
    for newsroom in "one", "two":
        asked = archive.ask(Question("What is word 7 of the statement?", newsroom=newsroom))
        assert asked.passages[0].release.id == "one"


def test_what_cannot_be_read_is_reported_and_does_not_stop_the_build(tmp_path, encoder):
    file = write_releases(tmp_path / "r.jsonl", [BRIDGE])
    with file.open("a") as lines:
        lines.write("{broken\n" + json.dumps(FERRY) + "\n")
    report = build_index(tmp_path / "data", [file], encoder)
    assert (report.releases, counts(report)) == (2, (2, 0, 0, 0))
    (refused,) = report.refused
    assert isinstance(refused, RefusedDocument)
    assert refused.source == "r.jsonl:2"
    assert open_index(tmp_path / "data").manifest.refused == 1


@pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux lets a file name be any bytes: run it there"
)
def test_a_file_whose_name_is_not_unicode_is_read(tmp_path, encoder):
    folder = tmp_path / "releases"
    folder.mkdir()
    named = Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.txt"))
    named.write_text("Park Opens\n\nA park opened in the valley on Monday.\n")
    report = build_index(tmp_path / "data", [folder], encoder)
    assert (report.releases, report.refused) == (1, ())
    (heading,) = open_index(tmp_path / "data").releases.select()
    assert open_index(tmp_path / "data").releases.find(heading.id) == heading


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda path: None, SourceMissing),
        (lambda path: path.mkdir(), NoReleases),
        (lambda path: write_releases(path, []), NoReleases),
    ],
)
def test_without_a_readable_release_the_index_is_unchanged(data, tmp_path, encoder, make, error):
    before = answer(data, encoder)
    make(tmp_path / "sources.jsonl")
    with pytest.raises(error, match=r"sources\.jsonl") as caught:
        build_index(data, [tmp_path / "sources.jsonl"], encoder)
    assert "\n" not in str(caught.value)
    assert answer(data, encoder) == before


def test_each_new_source_must_have_a_release(data, source, tmp_path, encoder):
    before = answer(data, encoder)
    empty = tmp_path / "empty"
    empty.mkdir()
    (empty / "a.txt").write_bytes(b"\x00\x01")
    with pytest.raises(NoReleases, match="empty") as caught:
        build_index(data, [source, empty], encoder, new=[empty])
    assert caught.value.reasons == ("empty/a.txt: the file is binary, not text",)
    assert answer(data, encoder) == before
    assert built_from(data).paths == (source,)
    # One that is known may be empty for a while.
    assert build_index(data, [source, empty], encoder).releases == 4


@pytest.mark.parametrize("make", [lambda path: None, lambda path: path.mkdir()])
def test_no_data_folder_is_made_where_nothing_can_be_indexed(tmp_path, encoder, make):
    make(tmp_path / "sources")
    with pytest.raises((SourceMissing, NoReleases)):
        build_index(tmp_path / "new" / "data", [tmp_path / "sources"], encoder)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("stage", ["reading", "embedding", "writing"])
def test_a_build_that_is_stopped_leaves_the_index_unchanged(data, tmp_path, recording, stage):
    before = answer(data, recording)
    file = write_releases(tmp_path / "r.jsonl", [NEW, BRIDGE])

    def stop(progress):
        # The last word of a stage: in "embedding", when the new paragraphs have their vectors.
        if progress.stage == stage and (progress.done > 0 or stage == "writing"):
            raise Stop

    with pytest.raises(Stop):
        build_index(data, [file], recording, on_progress=stop)
    assert answer(data, recording) == before
    assert not (data / "building").exists()

    embedded = len(recording.passages)
    assert embedded == (0 if stage == "reading" else 2)
    report = build_index(data, [file], recording)
    assert counts(report) == (1, 0, 3, 1)
    assert len(recording.passages) == 2
    assert not (data / "pending").exists()
    assert answer(data, recording, "Is the park green?")[1][0][0] == "It is green."


def test_a_stopped_build_is_resumed_and_allocates_its_disk_space_first(tmp_path, encoder):
    data, first = tmp_path / "data", RecordingEncoder(encoder)
    rows = [{"id": str(n), "title": "", "text": f"Number {n}."} for n in range(260)]
    file = write_releases(tmp_path / "r.jsonl", rows)

    def stop(progress):
        if progress.stage == "embedding" and progress.done:
            room = (data / "building" / "segments" / "s000001" / "vectors.npy").stat()
            # What is written to a map without room behind it ends the process.
            assert room.st_blocks * 512 >= room.st_size >= 260 * 384 * 4
            raise Stop

    with pytest.raises(Stop):
        build_index(data, [file], first, on_progress=stop)
    with pytest.raises(NoIndex):
        open_index(data)
    second = RecordingEncoder(encoder)
    build_index(data, [file], second)
    assert 0 < len(first.passages) < 260
    assert sorted(first.passages + second.passages) == sorted(
        f"Number {n}.\nNumber {n}." for n in range(260)
    )
    index = open_index(data)
    for row in 0, 150, 259:
        text = index.releases.paragraphs(int(index.release_of[row]))[0]
        vector = encoder.encode_passages([f"{text}\n{text}"])[0]
        assert index.vectors.vectors[row] @ vector == pytest.approx(1, abs=1e-4)


def test_a_build_that_is_killed_does_no_harm(data, tmp_path, recording):
    """A process is killed in the middle; meanwhile nobody else may build."""
    before = answer(data, recording)
    file = write_releases(tmp_path / "r.jsonl", [NEW, BRIDGE])
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from embeddings.loading import load_encoder\n"
        "from embeddings.models import DEFAULT_MODEL\n"
        "from retrieval.indexing.build import build_index\n"
        "def wait(progress):\n"
        "    if progress.stage == 'writing':\n"
        "        print('writing', flush=True)\n"
        "        sys.stdin.read()\n"
        "data, source = map(Path, sys.argv[1:])\n"
        "build_index(data, [source], load_encoder(DEFAULT_MODEL, data), on_progress=wait)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(data), str(file)],
        cwd=SEEDS.parent,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as other:
        assert other.stdout.readline() == "writing\n"
        with pytest.raises(IndexBusy):
            build_index(data, [file], recording)
        assert answer(data, recording) == before
        other.kill()
    assert other.returncode == -signal.SIGKILL
    assert answer(data, recording) == before
    assert counts(build_index(data, [file], recording)) == (1, 0, 3, 1)
    assert recording.passages == []
    assert answer(data, recording, "Is the park green?")[1][0][0] == "It is green."


def test_a_second_build_at_the_same_time_is_refused(data, source, encoder):
    refused = []

    def build_too(progress):
        with pytest.raises(IndexBusy, match="Wait until that is finished") as caught:
            build_index(data, [source], encoder)
        refused.append(caught.value.data)

    build_index(data, [source], encoder, on_progress=build_too)
    assert set(refused) == {data}
    assert build_index(data, [source], encoder).unchanged == 4


@contextmanager
def files_of_at_most(size):
    """Simulate a full disk: no file may grow beyond ``size`` bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("size", [100, 4000, 14_000, 30_000])
def test_on_a_full_disk_the_old_generation_is_kept(data, tmp_path, encoder, size):
    before = answer(data, encoder)
    file = write_releases(tmp_path / "r.jsonl", [NEW, *NEWSROOMS])
    with pytest.raises(CannotWrite) as caught, files_of_at_most(size):
        build_index(data, [file], encoder)
    assert "\n" not in str(caught.value)
    assert "what was indexed before is kept" in str(caught.value)
    assert caught.value.path == data
    assert answer(data, encoder) == before
    assert not (data / "building").exists()
    assert build_index(data, [file], encoder).added == 1


def test_a_data_path_that_is_a_file(tmp_path, encoder, newsrooms_file):
    data = tmp_path / "data"
    data.write_text("a note")
    with pytest.raises(CannotWrite, match="file exists"):
        build_index(data, [newsrooms_file], encoder)
    with pytest.raises(CannotWrite, match="not a directory"):
        build_index(data / "below", [newsrooms_file], encoder)
    with pytest.raises(NoIndex):
        open_index(data)
    assert data.read_text() == "a note"


def test_a_folder_that_takes_no_files(encoder, newsrooms_file):
    nowhere = Path("/proc/self/verbatim")
    if not nowhere.parent.is_dir():
        pytest.skip("needs /proc, a folder that takes no files: run it on Linux")
    with pytest.raises(CannotWrite) as caught:
        build_index(nowhere, [newsrooms_file], encoder)
    assert "\n" not in str(caught.value)


def test_a_read_only_folder(data, tmp_path, encoder):
    file = write_releases(tmp_path / "r.jsonl", [NEW])
    before = answer(data, encoder)
    data.chmod(0o500)
    try:
        if os.access(data, os.W_OK):
            pytest.skip("root may write to every folder: run it as another user")
        with pytest.raises(CannotWrite, match="permission denied"):
            build_index(data, [file], encoder)
        assert answer(data, encoder) == before
    finally:
        data.chmod(0o700)


def test_another_model_makes_a_new_index_of_the_same_releases(data, source, other_encoder):
    recording = RecordingEncoder(other_encoder)
    report = build_index(data, [source], recording)
    assert (report.generation, counts(report)) == ("g000003", (0, 0, 0, 4))
    assert len(recording.passages) == 8
    assert open_index(data).manifest.fingerprint == other_encoder.model.fingerprint


def test_vectors_of_a_stopped_build_are_not_given_to_another_model(
    tmp_path, encoder, other_encoder, newsrooms_file
):
    def stop(progress):
        if progress.stage == "writing":
            raise Stop

    data = tmp_path / "data"
    with pytest.raises(Stop):
        build_index(data, [newsrooms_file], encoder, on_progress=stop)
    recording = RecordingEncoder(other_encoder)
    build_index(data, [newsrooms_file], recording)
    assert len(recording.passages) == 8


def test_two_generations_are_kept_and_a_deleted_one_that_is_open_still_answers(
    data, tmp_path, encoder
):
    index = open_index(data)
    aside = data / "generations" / "g000001 copy"
    aside.mkdir()
    (data / "generations" / "zzz").mkdir()
    (data / "generations" / "notes.txt").touch()
    for text in "One.", "Two.", "Three.":
        row = {"id": "x", "title": "Count", "text": text}
        build_index(data, [write_releases(tmp_path / "r.jsonl", [row])], encoder)
    kept = sorted(path.name for path in (data / "generations").iterdir())
    assert kept == ["g000001 copy", "g000004", "g000005", "notes.txt", "zzz"]
    assert current_folder(data).name == "g000005"
    assert not index.folder.exists()
    assert index.releases.find("bridge").title == BRIDGE["title"]
    assert len(index.vectors.top(encoder.encode_queries(["bridge"])[0], 8)[0]) == 8
    assert index.bm25.top(["bridg"], 1)[1] > 0


def test_each_row_has_the_text_and_the_vector_of_its_passage(encoder, tmp_path):
    long = " ".join(f"Sentence {n} is about item {n} of the plan." for n in range(60))
    rows = [{"id": "p", "title": "Plan", "text": f"First.\n\n{long}\n\nLast.", "author": "Roe"}]
    build_index(tmp_path / "data", [write_releases(tmp_path / "r.jsonl", [*rows, BRIDGE])], encoder)
    index = open_index(tmp_path / "data")
    assert len(index.vectors) == len(index.bm25) == len(index.passages)
    assert len(index.passages) == index.manifest.passages > index.manifest.paragraphs == 6
    row, texts = 0, list(index.texts())
    for number in range(index.manifest.releases):
        heading = index.releases.by_number([number])[number]
        release = as_release(heading, index.releases.paragraphs(number))
        for passage in passages(release):
            assert index.located(np.array([row])) == [(number, passage)]
            text = passage.text(release.paragraphs)
            expected = encoder.encode_passages([f"{release.title}\n{text}"])[0]
            assert index.vectors.vectors[row] @ expected == pytest.approx(1, abs=1e-4)
            assert texts[row] == text
            row += 1
    assert row == len(index.passages) == len(texts)
