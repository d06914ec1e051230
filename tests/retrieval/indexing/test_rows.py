from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from retrieval.index.bm25 import Bm25Index
from retrieval.indexing.analysis import WordIds, analyse
from retrieval.indexing.rows import CorpusTokens, PassageRows
from retrieval.passages import embedded_text, passage_key, passages
from retrieval.release import Release
from retrieval.text.tokens import terms, words

LONG = " ".join(f"Sentence {n} is about item {n} of the plan." for n in range(60))
STATED = "The same words stand here and there."
RELEASES = [
    Release("a", "Plan", ("The Plan", "The first paragraph here.", LONG, STATED), author="Roe"),
    Release("b", "Other", (STATED, "Nobody else has this one.", STATED)),
    Release("c", "Third", (STATED,)),
]
TEXT = st.sampled_from(
    ["The bridge opened.", "Bridges, bridges and José’s bridge!", "…", "H.R. 12 passed in 2024."]
)
CORPORA = st.lists(
    st.builds(
        Release,
        st.just("x"),
        TEXT,
        st.lists(TEXT, min_size=1, max_size=4).map(tuple),
        author=st.none() | TEXT,
    ),
    max_size=4,
)


def rows_of(releases):
    return PassageRows(releases, [analyse(release, WordIds())[1] for release in releases])


def tokens_of(releases, word_ids=None):
    word_ids = WordIds() if word_ids is None else word_ids
    return CorpusTokens([analyse(release, word_ids)[1] for release in releases], word_ids)


def test_rows_are_the_passages_of_one_release_after_the_other():
    rows = rows_of(RELEASES)
    expected = [
        (n, release, each) for n, release in enumerate(RELEASES) for each in passages(release)
    ]
    texts = [
        embedded_text(of.title, each.heading(of.paragraphs), each.text(of.paragraphs))
        for _, of, each in expected
    ]
    assert rows.passages.tolist() == [
        [n, each.paragraph, each.start, each.end, each.under] for n, _, each in expected
    ]
    numbers = range(len(expected))
    assert [rows.release_of(row) for row in numbers] == [n for n, _, _ in expected]
    assert rows.embedded_texts(numbers) == texts
    assert rows.embedded_texts([1, 4]) == [texts[1], texts[4]]
    assert [key.tobytes() for key in rows.keys] == [passage_key(text) for text in texts]
    assert (rows.passages.dtype, rows.keys.dtype) == (np.int32, np.uint8)


def test_no_releases_are_no_rows():
    rows = rows_of([])
    assert (rows.passages.shape, rows.keys.shape) == ((0, 5), (0, 16))


@given(CORPORA)
def test_words_are_sorted_and_counted(releases):
    tokens = tokens_of(releases, WordIds({"unused": 0}))
    texts = [[each.title, each.author or "", *each.paragraphs] for each in releases]
    counts = Counter(word for each in texts for text in each for word in words(text))
    assert list(zip(tokens.vocabulary, tokens.counts, strict=True)) == sorted(counts.items())
    assert Counter(tokens.vocabulary[number] for number in tokens.words) == counts
    assert tokens.lengths.sum() == len(tokens.words)


@given(CORPORA)
def test_the_words_of_a_searched_paragraph_are_those_of_all_its_passages(releases):
    releases = [*releases, *RELEASES]
    tokens = tokens_of(releases)
    for number, release in enumerate(releases):
        assert tokens.paragraph_words(number) == {
            each.paragraph: " ".join(words(release.paragraphs[each.paragraph - 1]))
            for each in passages(release)
        }


@given(CORPORA)
def test_the_rows_hold_the_terms_of_title_author_and_passage(releases):
    rows = [
        terms(f"{of.title}\n{of.author or ''}\n{each.text(of.paragraphs)}")
        for of in releases
        for each in passages(of)
    ]
    built, expected = Bm25Index.of(tokens_of(releases).postings()), Bm25Index.build(rows)
    assert len(built) == len(expected)
    for term in {term for row in rows for term in row}:
        assert built.scores([term]).tolist() == expected.scores([term]).tolist()


def hashes_of(releases, word_ids=None):
    """The hash of each row, by the words of its passage."""
    rows = [each.text(of.paragraphs) for of in releases for each in passages(of)]
    found = tokens_of(releases, word_ids).row_hashes().tolist()
    return list(zip((" ".join(words(row)) for row in rows), found, strict=True))


@given(CORPORA, st.lists(st.sampled_from(["oak", "bridge", "the", "12"])))
def test_rows_have_equal_hashes_if_their_words_are_in_whichever_build(releases, before):
    known = WordIds()
    for word in before:
        known[word]  # which numbers the others differently
    found = hashes_of([*releases, *RELEASES], known) + hashes_of(RELEASES)
    assert len({text for text, _ in found}) == len(set(found)) == len({each for _, each in found})


def test_the_order_of_words_makes_another_hash():
    texts = ("The bridge is long.", "Long is the bridge.", "The bridge is long, is long.")
    (_, one), (_, other), (_, longer) = hashes_of([Release("a", "Plan", texts)])
    assert len({one, other, longer}) == 3


def test_no_rows_have_no_hashes():
    assert tokens_of([]).row_hashes().tolist() == []
