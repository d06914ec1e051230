from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from retrieval.index.bm25 import Bm25Index
from retrieval.indexing.analysis import WordIds, analyse
from retrieval.indexing.rows import CorpusTokens
from retrieval.passages import lexical_text, passages
from retrieval.release import Release
from retrieval.text.tokens import terms, words

TEXT = st.sampled_from(
    ["The bridge opened.", "Bridges, bridges and José’s bridge!", "…", "H.R. 12 passed in 2024."]
)
RELEASES = st.lists(
    st.builds(
        Release,
        st.just("x"),
        TEXT,
        st.lists(TEXT, min_size=1, max_size=4).map(tuple),
        author=st.none() | TEXT,
    ),
    max_size=4,
)


def wording_of(releases, numbers):
    return CorpusTokens([analyse(release, numbers)[1] for release in releases], numbers)


@given(RELEASES)
def test_words_are_sorted_and_counted(releases):
    numbers = WordIds({"unused": 0})
    wording = wording_of(releases, numbers)
    texts = [[each.title, each.author or "", *each.paragraphs] for each in releases]
    counts = Counter(word for each in texts for text in each for word in words(text))
    assert list(zip(wording.vocabulary, wording.counts, strict=True)) == sorted(counts.items())
    assert Counter(wording.vocabulary[number] for number in wording.words) == counts
    assert wording.lengths.sum() == len(wording.words)


@given(RELEASES)
def test_the_rows_hold_the_terms_of_title_author_and_passage(releases):
    found = wording_of(releases, WordIds()).lexical_index()
    rows = [terms(lexical_text(each, one)) for each in releases for one in passages(each)]
    expected = Bm25Index.build(rows)
    assert len(found) == len(expected)
    for term in {term for row in rows for term in row}:
        assert found.scores([term]).tolist() == expected.scores([term]).tolist()
