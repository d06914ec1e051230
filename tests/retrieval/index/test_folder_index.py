"""What only an index in a folder has: its rows and their texts, for those that measure it."""

import numpy as np
import pytest

from retrieval.archive import Archive
from retrieval.index.folder_index import FolderIndex, open_index
from retrieval.index.scored_passages import Selection
from retrieval.release import Filter
from tests.benchmarks.building import HashingEncoder
from tests.retrieval.conftest import write_releases
from tests.retrieval.index.test_index import ROWS


@pytest.fixture(scope="module")
def index(tmp_path_factory) -> FolderIndex:
    folder = tmp_path_factory.mktemp("index")
    source = write_releases(folder / "r.jsonl", ROWS)
    Archive(folder / "data", HashingEncoder()).reindex([source])
    return open_index(folder / "data")


def test_texts_are_those_of_the_rows(index):
    located = index.located(np.arange(len(index.passages)))
    assert [release for release, _ in located] == index.release_of.tolist()
    for (release, passage), text in zip(located, index.texts(), strict=True):
        assert passage.text(index.releases.paragraphs(release)) == text


def test_rows_of_a_selection_are_a_mask(index):
    mask = index.rows_in(Selection(phrases=("12 wells",)))
    assert (mask.shape, mask.dtype) == ((len(index.passages),), np.bool_)
    assert mask.sum() == 2


def test_where_nothing_is_left_out_there_is_no_mask(tmp_path):
    source = write_releases(tmp_path / "r.jsonl", ROWS[:3])
    Archive(tmp_path / "data", HashingEncoder()).reindex([source])
    index = open_index(tmp_path / "data")
    assert index.rows_in(Selection()) is None
    assert index.rows_in(Selection(Filter(undated=True))) is None
