"""An index whose vectors are searched by sign codes: built, opened, damaged, with low recall."""

import logging

import pytest

from retrieval.archive import Archive
from retrieval.errors import IndexDamaged
from retrieval.index.folder_index import open_index
from retrieval.index.generations import current_folder
from retrieval.index.sign_codes import SignCodeVectors
from retrieval.index.vectors import ExactVectors
from retrieval.indexing import segment_writer as indexing
from retrieval.indexing.build import build_index
from retrieval.question import Question
from tests.conftest import NEWSROOMS
from tests.retrieval.conftest import write_releases


@pytest.fixture
def coded(tmp_path, source, encoder):
    build_index(tmp_path / "coded", [source], encoder, coded_from=8)
    return tmp_path / "coded"


def test_an_index_of_many_passages_has_codes(coded, data):
    index = open_index(coded)
    assert isinstance(index.vectors, SignCodeVectors)
    assert (index.manifest.coded, index.manifest.recall) == (True, 1.0)
    assert "segments/s000001/codes.npy" in index.manifest.files
    few = open_index(data)
    assert isinstance(few.vectors, ExactVectors)
    assert (few.manifest.coded, few.manifest.recall) == (False, None)
    assert not any("codes.npy" in name for name in few.manifest.files)


def test_answers_are_the_same(coded, data, encoder):
    question = Question("How much did the bridge cost?")
    passages = [Archive(each, encoder).ask(question).passages for each in (coded, data)]
    assert passages[0] == passages[1]


def test_the_next_build_reuses_its_vectors(coded, tmp_path, recording):
    file = write_releases(tmp_path / "r.jsonl", NEWSROOMS[1:])
    report = build_index(coded, [file], recording, coded_from=5)
    assert (report.removed, report.unchanged) == (1, 3)
    assert recording.passages == []
    assert open_index(coded).manifest.coded


@pytest.mark.parametrize("content", [b"", b"codes"])
def test_damaged_codes_are_noticed(coded, content):
    (current_folder(coded) / "segments" / "s000001" / "codes.npy").write_bytes(content)
    with pytest.raises(IndexDamaged, match=r"codes\.npy"):
        open_index(coded)


def test_a_recall_that_is_just_high_enough_once_rounded_keeps_the_codes(
    tmp_path, source, encoder, monkeypatch
):
    monkeypatch.setattr(indexing, "recall", lambda *_: 0.98999999999)
    build_index(tmp_path / "data", [source], encoder, coded_from=1)
    index = open_index(tmp_path / "data")
    assert (index.manifest.coded, index.manifest.recall) == (True, 0.99)
    assert isinstance(index.vectors, SignCodeVectors)


def test_codes_with_too_low_a_recall_are_deleted_with_a_warning(
    tmp_path, source, encoder, monkeypatch, caplog
):
    monkeypatch.setattr(indexing, "recall", lambda *_: 0.98765)
    with caplog.at_level(logging.WARNING):
        build_index(tmp_path / "data", [source], encoder, coded_from=1)
    assert "sign codes find 0.988 of the nearest passages" in caplog.text
    index = open_index(tmp_path / "data")
    assert (index.manifest.coded, index.manifest.recall) == (False, 0.9877)
    assert isinstance(index.vectors, ExactVectors)
    assert not any("codes.npy" in name for name in index.manifest.files)
