import gc
import math
import weakref

import bm25s
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.index.bm25 import Bm25Index, frequency_of, idf_of
from retrieval.index.placement import SegmentRows
from retrieval.index.postings import Postings
from retrieval.index.vectors import top_k

DOCUMENTS = [
    "harbor bridge open harbor".split(),
    "ferri fare freez".split(),
    [],
    "bridg cost bridge open open open".split(),
    "harbor".split(),
]


def bm25(documents, query, k1=1.5, b=0.75):
    """BM25 as Lucene computes it, written down plainly."""
    mean = sum(map(len, documents)) / len(documents)
    scores = []
    for document in documents:
        score = 0.0
        for term in set(query):
            n = sum(term in other for other in documents)
            if n and term in document:
                idf = math.log(1 + (len(documents) - n + 0.5) / (n + 0.5))
                tf = document.count(term)
                score += idf * tf / (tf + k1 * (1 - b + b * len(document) / mean))
        scores.append(score)
    return scores


@pytest.mark.parametrize(
    "query",
    [
        ["harbor"],
        ["open", "bridge"],
        ["bridge", "bridge", "bridge"],
        ["harbor", "nowhere"],
        ["nowhere"],
        ["\0"],
        [],
    ],
)
def test_scores_are_bm25_each_term_counted_once(query):
    scores = Bm25Index.build(DOCUMENTS).scores(query)
    assert scores.dtype == np.float32
    np.testing.assert_allclose(scores, bm25(DOCUMENTS, query), atol=1e-5)


WORDS = st.lists(st.sampled_from("abcdefg"), max_size=8)


@settings(deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=12), WORDS)
def test_scores_are_bm25_over_any_documents(documents, query):
    if any(documents):
        scores = Bm25Index.build(documents).scores(query)
        np.testing.assert_allclose(scores, bm25(documents, query), atol=1e-4)


def test_documents_without_a_single_term_are_indexed_and_never_found():
    index = Bm25Index.build([[], [], []])
    assert len(index) == 3
    assert index.scores(["harbor"]).tolist() == [0, 0, 0]
    assert index.top(["harbor"], 2)[0].tolist() == []
    assert index.idf("harbor") > 0


def test_rarity():
    index = Bm25Index.build(DOCUMENTS)
    assert index.idf("harbor") == pytest.approx(math.log(1 + 3.5 / 2.5))
    assert index.idf("nowhere") == pytest.approx(math.log(1 + 5.5 / 0.5))
    assert index.idf("nowhere") > index.idf("cost") > index.idf("harbor") > 0


def test_an_index_is_opened_as_it_was_saved(tmp_path):
    built = Bm25Index.build(DOCUMENTS)
    opened = saved_and_opened(DOCUMENTS, tmp_path / "postings")
    assert len(opened) == len(built) == 5
    for query in ["harbor"], ["open", "bridge"], ["nowhere"], []:
        np.testing.assert_array_equal(opened.scores(query), built.scores(query))
    assert opened.idf("open") == built.idf("open")


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        (["harbor"], [0, 4]),
        (["open", "bridge"], [0, 3]),
        (["bridg", "bridge", "open", "open"], [3]),
        (["harbor", "nowhere"], []),
        (["nowhere"], []),
        ([], []),
    ],
)
def test_the_rows_that_hold_every_term_are_told(query, rows):
    held = Bm25Index.build(DOCUMENTS).holding(query)
    assert held.dtype == np.bool_
    assert np.flatnonzero(held).tolist() == rows


@pytest.mark.parametrize(
    "query", [[], ["nowhere"], ["open", "bridge", "open", "nowhere", "harbor"]]
)
def test_the_terms_that_each_row_holds_are_told(query):
    rows = np.array([4, 0, 3])
    held = Bm25Index.build(DOCUMENTS).terms_in(query, rows)
    assert held == [frozenset(query) & frozenset(DOCUMENTS[row]) for row in rows]
    assert Bm25Index.build(DOCUMENTS).terms_in(query, rows[:0]) == []


def many_documents(n, seed=0):
    """Term lists of common and rare terms, as texts have them, some empty."""
    chance = np.random.default_rng(seed)
    numbers = np.minimum(chance.zipf(1.3, (n, 12)), 3000)
    lengths = chance.integers(0, 13, n)
    return [[f"t{at}" for at in row[:length]] for row, length in zip(numbers, lengths, strict=True)]


@pytest.mark.parametrize("share", [None, 0, 0.001, 0.3, 1, "span"])
@pytest.mark.parametrize("k", [0, 1, 10, 100, 3000])
def test_the_best_with_any_term_are_those_of_bm25s_bit_for_bit_under_any_filter(share, k):
    documents = many_documents(2000)
    index = Bm25Index.build(documents)
    peer = bm25s.BM25(method="lucene", k1=1.5, b=0.75)
    peer.index(documents, show_progress=False)
    chance = np.random.default_rng(1)
    allowed = None if share is None else chance.random(2000) < (1 if share == "span" else share)
    if share == "span":
        allowed[:700] = allowed[900:] = False
    for seed in range(20):
        query = [f"t{at}" for at in np.random.default_rng(seed).zipf(1.3, 5)]
        known = [term for term in dict.fromkeys(query) if term in peer.vocab_dict]
        scores = peer.get_scores(known) if known else np.zeros(2000, dtype=np.float32)
        assert index.scores(query).tolist() == scores.tolist()
        found = scores > 0 if allowed is None else (scores > 0) & allowed
        rows, best = index.top(query, k, allowed)
        assert rows.tolist() == top_k(np.where(found, scores, np.float32(-np.inf)), k).tolist()
        assert best.tolist() == scores[rows].tolist()
        assert (rows.dtype, best.dtype) == (np.intp, np.float32)


def test_every_column_is_the_one_of_bm25s_bit_for_bit():
    documents = many_documents(3000, seed=3)
    index = Bm25Index.build(documents)
    peer = bm25s.BM25(method="lucene", k1=1.5, b=0.75)
    peer.index(documents, show_progress=False, create_empty_token=False)
    for term, at in peer.vocab_dict.items():
        column = slice(*peer.scores["indptr"][at : at + 2])
        rows = peer.scores["indices"][column]
        assert np.flatnonzero(index.holding([term])).tolist() == rows.tolist()
        assert index.scores([term])[rows].tolist() == peer.scores["data"][column].tolist()


def test_occurrences_come_in_blocks_and_a_term_may_have_none():
    terms, numbers, rows = ["b", "none", "a"], np.int32([0, 2, 0, 2, 2]), np.int32([0, 0, 0, 2, 2])
    blocks = [(numbers[:2], rows[:2]), (numbers[2:], rows[2:])]
    index = Bm25Index.of(Postings.from_occurrences(3, terms, blocks))
    whole = Bm25Index.build([["b", "a", "b"], [], ["a", "a"]])
    for term in [*terms, "nowhere"]:
        assert index.scores([term]).tolist() == whole.scores([term]).tolist()
        assert index.idf(term) == whole.idf(term)
    assert not index.holding(["none"]).any()


def test_a_term_is_found_by_its_whole_self():
    words = ["a", "ab", "abc", "b", "é", "ée", "z", "\ud800", "l'eau", "&c", "12", "1"]
    index = Bm25Index.build([[word] for word in words])
    for at, word in enumerate(words):
        assert np.flatnonzero(index.holding([word])).tolist() == [at]
    for word in "", "abcd", "aa", "è", "zz", "0", "\uffff":
        assert not index.holding([word]).any()


def test_an_index_that_nobody_uses_lets_its_files_go_at_once():
    index = Bm25Index.build(DOCUMENTS)
    assert index.holding(DOCUMENTS[0][:1]).any()
    gone = weakref.ref(index)
    gc.disable()  # a cycle would be there until it is collected
    try:
        del index
        assert gone() is None
    finally:
        gc.enable()


def test_terms_are_saved_whatever_their_letters(tmp_path):
    words = ["é", "\ud800", "l'eau", "12"]
    opened = saved_and_opened([[word] for word in words], tmp_path / "postings")
    assert [opened.holding([word]).tolist().index(True) for word in words] == [0, 1, 2, 3]


def test_an_index_without_rows_or_terms_is_saved_too(tmp_path):
    for size, documents in enumerate(([], [[]])):
        opened = saved_and_opened(documents, tmp_path / f"{size}")
        assert opened.scores(["harbor", ""]).tolist() == [0] * size


@pytest.mark.parametrize(
    "name", ["terms.txt", "offsets.npy", "rows.npy", "counts.npy", "lengths.npy"]
)
def test_a_damaged_file_is_refused(tmp_path, name):
    Postings.build(DOCUMENTS).save(tmp_path / "postings")
    (tmp_path / "postings" / name).write_bytes(b"\xff")
    with pytest.raises(ValueError, match=r"decode|magic"):
        Postings.open(tmp_path / "postings", len(DOCUMENTS))


def test_postings_of_another_number_of_rows_are_refused(tmp_path):
    Postings.build(DOCUMENTS).save(tmp_path / "postings")
    with pytest.raises(ValueError, match="6 rows"):
        Postings.open(tmp_path / "postings", len(DOCUMENTS) + 1)


def test_a_term_may_be_in_a_row_more_often_than_a_byte_counts():
    documents = [["a"] * 300, ["a", "b"], ["b"] * 70_000]
    for query in ["a"], ["b"]:
        np.testing.assert_allclose(
            Bm25Index.build(documents).scores(query), bm25(documents, query), atol=1e-5
        )


@settings(deadline=None)
@given(
    st.lists(st.tuples(WORDS, st.sampled_from([None, 0, 1, 2])), min_size=1, max_size=12),
    st.randoms(use_true_random=False),
    WORDS,
)
def test_rows_in_segments_have_the_scores_that_they_have_together(placed, chance, query):
    """Each row is in one of three segments, the others are of none and leave no trace."""
    segments: list[list[tuple[int, list[str]]]] = [[], [], []]
    documents = []
    for document, segment in placed:
        if segment is None:
            chance.choice(segments).append((-1, document))
        else:
            segments[segment].append((len(documents), document))
            documents.append(document)
    index = Bm25Index(
        len(documents),
        [
            (
                Postings.build([document for _, document in rows]),
                SegmentRows.numbered(np.array([number for number, _ in rows], dtype=np.int32)),
            )
            for rows in segments
        ],
    )
    whole = Bm25Index.build(documents)
    assert index.scores(query).tolist() == whole.scores(query).tolist()
    assert index.holding(query).tolist() == whole.holding(query).tolist()
    assert [index.idf(term) for term in query] == [whole.idf(term) for term in query]
    rows = np.arange(len(documents))
    assert index.terms_in(query, rows) == whole.terms_in(query, rows)


def saved_and_opened(documents, folder):
    """The index of documents whose postings were saved and opened again."""
    Postings.build(documents).save(folder)
    return Bm25Index.of(Postings.open(folder, len(documents)))


def test_how_many_rows_have_a_term_follows_from_how_rare_it_is():
    for count in (0, 1, 7, 999, 1000):
        assert frequency_of(idf_of(count, 1000), 1000) == pytest.approx(count)
