from dataclasses import replace

import pytest

from retrieval.indexing.analysis import WordIds, analyse
from retrieval.indexing.analysis_cache import AnalysisCache, StoredAnalyses
from retrieval.indexing.deduplication import content_digests, distinct_releases
from retrieval.indexing.rows import CorpusTokens, PassageRows
from retrieval.release import Release

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
def stored(tmp_path):
    """What a generation of `RELEASES` stores: the first and the last of them are copies."""
    cache = AnalysisCache(None)
    releases = distinct_releases(RELEASES, cache.digests)
    analyses = cache.take(releases)
    rows = PassageRows([each.release for each in releases], analyses)
    tokens = CorpusTokens(analyses, cache.word_ids)
    cache.save(tmp_path / "analyses", releases, tokens.words, tokens.lengths)
    return StoredAnalyses(tmp_path / "analyses", tokens.vocabulary, rows.passages, rows.keys)


def test_an_analysis_is_read_as_it_was_made(stored):
    for release in RELEASES[:2]:
        word_ids = WordIds()
        digests, made = analyse(release, word_ids)
        assert meaning(stored.get(digests.exact), stored.words) == meaning(made, word_ids)
        assert stored.normalized(digests.exact) == digests.normalized


def test_of_a_copy_only_the_digests_are_stored(stored):
    digests = content_digests(RELEASES[2])
    assert stored.normalized(digests.exact) == digests.normalized
    assert stored.get(digests.exact) is None
    assert stored.normalized(content_digests(NEW).exact) is None


def test_what_is_stored_is_not_made_again_and_what_is_not_is_made(stored):
    cache = AnalysisCache(stored)
    moved = [replace(RELEASES[1], id="moved"), RELEASES[2], NEW]
    releases = distinct_releases(moved, cache.digests)
    assert [each.release.id for each in releases] == ["c", "d", "moved"]
    analyses = cache.take(releases)
    assert analyses[2].words.base is not None  # a part of the file
    for distinct, analysis in zip(releases, analyses, strict=True):
        word_ids = WordIds()
        _, made = analyse(distinct.release, word_ids)
        assert meaning(analysis, cache.word_ids) == meaning(made, word_ids)
    assert set(cache.word_ids) > set(stored.words)
