from dataclasses import replace

import pytest

from retrieval.index.folder_index import open_index
from retrieval.indexing.analysis import WordIds, analyse
from retrieval.indexing.analysis_cache import AnalysisCache, load_normalized
from retrieval.indexing.build import build_index
from retrieval.indexing.deduplication import content_digests, distinct_releases
from retrieval.indexing.stored_analyses import StoredAnalyses
from retrieval.release import Release
from tests.benchmarks.building import HashingEncoder
from tests.retrieval.conftest import write_releases

LONG = " ".join(f"Sentence {n} is about item {n} of the plan." for n in range(60))
RELEASES = [
    Release("a", "Plan", ("The first paragraph here.", LONG, "###"), author="Roe"),
    Release("b", "Other", ("Nobody else has this one.",)),
    Release("c", "Plan!", ("The first paragraph here!", LONG, "###"), author="Poe"),
]
NEW = Release("d", "New", ("A word that was unheard of.",))


def meaning(analysis, words):
    """An analysis with words instead of their numbers."""
    meant = [list(words)[number] for number in analysis.words]
    return analysis.passages.tolist(), analysis.keys.tolist(), meant, analysis.lengths.tolist()


@pytest.fixture
def index(tmp_path):
    """A generation of `RELEASES`: the first and the last of them are copies."""
    rows = [
        {"id": of.id, "title": of.title, "text": "\n\n".join(of.paragraphs), "author": of.author}
        for of in RELEASES
    ]
    source = write_releases(tmp_path / "releases.jsonl", rows)
    build_index(tmp_path / "data", [source], HashingEncoder())
    return open_index(tmp_path / "data")


@pytest.fixture
def stored(index):
    return StoredAnalyses(index.segments[0])


@pytest.fixture
def normalized(index):
    return load_normalized(index.folder / "digests.npy")


def test_an_analysis_is_read_as_it_was_made(stored, normalized):
    for release in RELEASES[:2]:
        word_ids, own_ids = WordIds({"other": 0}), WordIds()
        digests, made = analyse(release, own_ids)
        found = stored.get(stored.find(digests.exact), word_ids)
        assert meaning(found, word_ids) == meaning(made, own_ids)
        assert normalized[digests.exact] == digests.normalized


def test_the_words_of_some_documents_are_counted(stored):
    of_both, of_none = stored.word_counts([0, 1]), stored.word_counts([])
    assert (of_both["first"], of_both["nobody"], of_both["roe"], of_none) == (1, 1, 1, {})
    of_other = stored.word_counts([stored.find(content_digests(RELEASES[1]).exact)])
    assert sorted(of_other) == ["else", "has", "nobody", "one", "other", "this"]


def test_of_a_copy_only_the_digests_are_stored(stored, normalized):
    digests = content_digests(RELEASES[2])
    assert normalized[digests.exact] == digests.normalized
    assert stored.find(digests.exact) is None
    assert content_digests(NEW).exact not in normalized


def test_what_is_stored_is_not_made_again_and_what_is_not_is_made(stored, normalized, monkeypatch):
    made = []

    def making(release, word_ids, analyse=analyse):
        made.append(release.id)
        return analyse(release, word_ids)

    monkeypatch.setattr("retrieval.indexing.analysis_cache.analyse", making)
    cache = AnalysisCache(normalized, [stored])
    moved = [replace(RELEASES[1], id="moved"), RELEASES[2], NEW]
    releases = distinct_releases(moved, cache.digests)
    assert [each.release.id for each in releases] == ["c", "d", "moved"]
    analyses = cache.take(releases)
    assert made == ["d", "c"]
    for distinct, analysis in zip(releases, analyses, strict=True):
        word_ids = WordIds()
        _, expected = analyse(distinct.release, word_ids)
        assert meaning(analysis, cache.word_ids) == meaning(expected, word_ids)
