from dataclasses import replace

import numpy as np
import pytest

from retrieval.indexing.analysis import WordIds, analyse
from retrieval.indexing.analysis_cache import AnalysisCache, StoredAnalyses
from retrieval.indexing.deduplication import digests_of, editions
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
    """An analysis in words instead of numbers."""
    said = [list(words)[number] for number in analysis.words]
    return analysis.paragraphs.tolist(), analysis.keys.tolist(), said, analysis.lengths.tolist()


@pytest.fixture
def kept(tmp_path):
    """What a generation of `RELEASES` keeps: the first and the last of them are copies."""
    analyses = AnalysisCache(None)
    new = editions(RELEASES, analyses.identify)
    analysed = analyses.take(new)
    cut = PassageRows([edition.release for edition in new], analysed)
    wording = CorpusTokens(analysed, analyses.numbers)
    analyses.save(tmp_path / "analyses", new, wording.words, wording.lengths)
    places = np.ascontiguousarray(cut.places.T)
    return StoredAnalyses(tmp_path / "analyses", wording.vocabulary, *places, cut.keys)


def test_what_was_kept_is_what_was_made(kept):
    for release in RELEASES[:2]:
        numbers = WordIds()
        identity, made = analyse(release, numbers)
        assert meaning(kept.get(identity.said), kept.words) == meaning(made, numbers)
        assert kept.text(identity.said) == identity.text


def test_of_a_copy_only_the_identity_is_kept(kept):
    identity = digests_of(RELEASES[2])
    assert kept.text(identity.said) == identity.text
    assert kept.get(identity.said) is None
    assert kept.text(digests_of(NEW).said) is None


def test_what_is_kept_is_not_made_again_and_what_is_not_is_made(kept):
    releases = [replace(RELEASES[1], id="moved"), RELEASES[2], NEW]
    analyses = AnalysisCache(kept)
    new = editions(releases, analyses.identify)
    assert [edition.release.id for edition in new] == ["c", "d", "moved"]
    found = analyses.take(new)
    assert found[2].words.base is not None  # a part of the file
    for edition, analysis in zip(new, found, strict=True):
        numbers = WordIds()
        _, made = analyse(edition.release, numbers)
        assert meaning(analysis, analyses.numbers) == meaning(made, numbers)
    assert set(analyses.numbers) > set(kept.words)
