"""What a build reuses of a generation, of the current format, of an older one, or damaged."""

import json
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from retrieval.errors import IndexFormatOutdated
from retrieval.index.folder_index import open_index
from retrieval.index.generations import current_folder, read_manifest
from retrieval.index.manifest import FORMAT
from retrieval.indexing.build import build_index
from retrieval.indexing.previous_generation import open_previous as open_in_threads
from retrieval.indexing.segment_plan import MergePolicy
from tests.conftest import NEWSROOMS
from tests.retrieval.conftest import write_releases
from tests.retrieval.older_format import write_in_format_4, write_manifest


def open_previous(data, fingerprint, *, rebuild):
    """What a build has before it reads, once all was verified."""
    with ThreadPoolExecutor(1) as threads:
        return open_in_threads(data, fingerprint, threads, rebuild=rebuild).verified()


@pytest.fixture
def old(data):
    """A data folder whose current generation is in an older format."""
    write_in_format_4(data)
    with pytest.raises(IndexFormatOutdated):
        open_index(data)
    return data


def test_an_index_of_an_older_format_is_rebuilt_with_its_vectors(old, source, recording):
    report = build_index(old, [source], recording)
    assert (report.generation, report.unchanged, report.added) == ("g000003", 4, 0)
    assert recording.passages == []
    index = open_index(old)
    assert index.manifest.format == FORMAT
    before = np.load(old / "generations" / "g000002" / "vectors.npy")
    np.testing.assert_array_equal(index.vectors.vectors, before)


def test_only_what_is_new_is_embedded_beside_the_vectors_of_an_older_format(
    old, tmp_path, recording
):
    new = {"id": "park", "title": "Park Opens", "text": "A park opened today."}
    file = write_releases(tmp_path / "r.jsonl", [*NEWSROOMS, new])
    report = build_index(old, [file], recording)
    assert (report.added, report.unchanged) == (1, 4)
    assert recording.passages == ["Park Opens\nA park opened today."]


def test_with_rebuild_an_older_format_is_embedded_anew(old, source, recording):
    build_index(old, [source], recording, rebuild=True)
    assert len(recording.passages) == 8


def test_the_vectors_of_all_segments_of_another_format_are_reused(data, tmp_path, recording):
    new = {"id": "park", "title": "Park Opens", "text": "A park opened today."}
    file = write_releases(tmp_path / "r.jsonl", [*NEWSROOMS, new])
    build_index(data, [file], recording, merge_policy=MergePolicy(documents=0, times=0))
    folder = current_folder(data)
    assert len(read_manifest(folder).segments) == 2
    write_manifest(folder, format=FORMAT - 1)
    recording.passages.clear()
    build_index(data, [file], recording)
    assert recording.passages == []


@pytest.mark.parametrize("name", ["vectors.npy", "keys.npy"])
def test_damaged_vectors_of_an_older_format_are_not_reused(old, source, recording, name):
    path = current_folder(old) / name
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    build_index(old, [source], recording)
    assert len(recording.passages) == 8


@pytest.mark.parametrize(
    "changes",
    [
        {"fingerprint": "of another model"},
        {"fingerprint": None},
        {"files": {}},
        {"files": None},
        {"files": {"keys.npy": {}, "vectors.npy": {}}},
    ],
)
def test_vectors_that_may_be_of_another_model_or_damaged_are_not_reused(
    old, source, recording, changes
):
    path = current_folder(old) / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))
    assert build_index(old, [source], recording).generation == "g000003"
    assert len(recording.passages) == 8


def test_keys_of_another_kind_are_not_reused(old, source, recording):
    folder = current_folder(old)
    np.save(folder / "keys.npy", np.zeros((8, 32), dtype=np.uint8))
    write_manifest(folder)
    build_index(old, [source], recording)
    assert len(recording.passages) == 8


def test_releases_that_cannot_be_read_in_an_older_format_count_as_added(old, source, encoder):
    (current_folder(old) / "releases.sqlite").unlink()
    report = build_index(old, [source], encoder)
    assert (report.added, report.unchanged) == (4, 0)


def test_of_the_current_format_all_is_reused(data, encoder):
    previous = open_previous(data, encoder.model.fingerprint, rebuild=False)
    assert len(previous.contents) == 4
    assert previous.reused.manifest == read_manifest(current_folder(data))
    assert previous.reused.locations == [(0, document) for document in range(4)]
    assert [len(each.documents) for each in previous.reused.analyses] == [4]
    ((keys, vectors),) = previous.vectors
    assert (keys.shape, vectors.shape) == ((8, 16), (8, 384))


def test_of_another_model_or_for_a_rebuild_only_the_contents_are_known(data, encoder):
    for previous in (
        open_previous(data, "another", rebuild=False),
        open_previous(data, encoder.model.fingerprint, rebuild=True),
    ):
        assert len(previous.contents) == 4
        assert (previous.vectors, previous.reused) == ((), None)


def test_of_no_generation_nothing_is_known(tmp_path):
    assert open_previous(tmp_path, "any", rebuild=False).contents == {}
