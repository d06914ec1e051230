import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.lexical import LexicalIndex

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
    scores = LexicalIndex.build(DOCUMENTS).scores(query)
    assert scores.dtype == np.float32
    np.testing.assert_allclose(scores, bm25(DOCUMENTS, query), atol=1e-5)


WORDS = st.lists(st.sampled_from("abcdefg"), max_size=8)


@settings(deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=12), WORDS)
def test_scores_are_bm25_over_any_documents(documents, query):
    if any(documents):
        scores = LexicalIndex.build(documents).scores(query)
        np.testing.assert_allclose(scores, bm25(documents, query), atol=1e-4)


def test_documents_without_a_single_term_are_indexed_and_never_found():
    index = LexicalIndex.build([[], [], []])
    assert len(index) == 3
    assert index.scores(["harbor"]).tolist() == [0, 0, 0]


def test_rarity():
    index = LexicalIndex.build(DOCUMENTS)
    assert index.idf("harbor") == pytest.approx(math.log(1 + 3.5 / 2.5))
    assert index.idf("nowhere") == pytest.approx(math.log(1 + 5.5 / 0.5))
    assert index.idf("nowhere") > index.idf("cost") > index.idf("harbor") > 0


def test_an_index_is_opened_as_it_was_saved(tmp_path):
    built = LexicalIndex.build(DOCUMENTS)
    built.save(tmp_path / "lexical")
    opened = LexicalIndex.open(tmp_path / "lexical")
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
    held = LexicalIndex.build(DOCUMENTS).holding(query)
    assert held.dtype == np.bool_
    assert np.flatnonzero(held).tolist() == rows
