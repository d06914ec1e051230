from contextlib import closing

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.errors import IndexDamaged
from retrieval.index.phrases import PhraseIndex, SegmentedPhrases
from retrieval.indexing.phrase_writer import write_phrase_index
from retrieval.text.tokens import words

PARAGRAPHS = (
    "It is “a stain on our nation’s café”, he said.",
    "Rep. O’Neill introduced H.R. 1234, the Clean-Water Act, for $1,500,000.",
    "Senator Núñez of AT&T County paid 3.5 percent in São José.",
    "one two three",
    "two one AND three",
)


@pytest.fixture(scope="module")
def write(tmp_path_factory):
    """Write and open the phrase index of releases, each given by its paragraphs."""
    opened = []

    def write(*releases):
        path = tmp_path_factory.mktemp("phrases") / "phrases.sqlite"
        write_phrase_index(path, (dict(enumerate(map(folded, each), 1)) for each in releases))
        opened.append(PhraseIndex(path))
        return opened[-1]

    yield write
    for index in opened:
        index.close()


def folded(text):
    return " ".join(words(text))


@pytest.fixture(scope="module")
def index(write):
    return write(["Nothing of the kind."], PARAGRAPHS)


def matches(index, phrase):
    found = index.paragraphs_with(phrase)
    assert found.shape == (len(found), 2)
    return sorted(map(tuple, found.tolist()))


@pytest.mark.parametrize(
    ("phrase", "paragraph"),
    [
        ("A STAIN on our nation", 1),
        ("nation’s cafe", 1),
        ("nation's café", 1),
        ("NATION’S CAFE\u0301", 1),
        ("stain, on our", 1),
        ("“a stain”", 1),
        ("H.R. 1234", 2),
        ("hr 1234", 2),
        ("HR1234", 2),
        ("clean water act", 2),
        ("Clean-Water", 2),
        ("O'Neill introduced", 2),
        ("$1,500,000", 2),
        ("1500000", 2),
        ("senator nunez", 3),
        ("Nu\u0301n\u0303ez", 3),
        ("at&t county", 3),
        ("3.5 percent", 3),
        ("SAO JOSE", 3),
    ],
)
def test_case_accents_apostrophes_and_punctuation_do_not_matter(index, phrase, paragraph):
    assert matches(index, phrase) == [(1, paragraph)]


@pytest.mark.parametrize(
    "phrase",
    [
        "on a stain",
        "tain on our",
        "stain on our nations",
        "stain our",
        "H.R. 123",
        "H.R. 12345",
        "cafe he said Rep",
        "one two one",
    ],
)
def test_words_are_whole_in_order_and_of_one_paragraph(index, phrase):
    assert matches(index, phrase) == []


@pytest.mark.parametrize(
    ("phrase", "paragraphs"),
    [
        ("one AND three", [5]),
        ("one OR three", []),
        ("one NOT two", []),
        ("NEAR(one three)", []),
        ("one*", [4, 5]),
        ("^one", [4, 5]),
        ('one" OR "three', []),
        ('"one" two', [4]),
        ("words: one", []),
        ("{words} : one", []),
        ("-one + two", [4]),
        ("one\0two", [4]),
        ("'; DROP TABLE paragraph; --", []),
        ("half \ud83d", []),
        ("", []),
        ('"', []),
        ("…?! *", []),
        ("\U0001e900\U0001e901", []),
        ("one " * 1000, []),
    ],
)
def test_no_text_is_an_operator_of_the_query(index, phrase, paragraphs):
    assert [paragraph for _, paragraph in matches(index, phrase)] == paragraphs


@given(
    st.text() | st.lists(st.sampled_from(['"', "*", "NEAR(", "one", "AND", ")", "'"])).map(" ".join)
)
def test_any_text_can_be_looked_for(index, phrase):
    index.paragraphs_with(phrase)


WORD = st.sampled_from(["bridge", "Bridge’s", "José", "1,234", "H.R. 5", "of", "AT&T", "3.5"])


@given(st.lists(WORD, min_size=1, max_size=12), st.data())
def test_a_paragraph_holds_every_run_of_its_words(write, text, data):
    first = data.draw(st.integers(0, len(text) - 1))
    last = data.draw(st.integers(first + 1, len(text)))
    assert matches(write([" ".join(text)]), " ".join(text[first:last]).upper()) == [(0, 1)]


def test_releases_with_the_same_text_are_all_found(write):
    assert matches(write(["A bridge."], ["A ferry."], ["A bridge."]), "bridge") == [(0, 1), (2, 1)]


def test_a_paragraph_that_is_not_indexed_is_not_found_and_moves_no_other(tmp_path):
    path = tmp_path / "phrases.sqlite"
    texts = [{2: "the bridge"}, {}, {1: "a bridge", 3: "bridge"}]
    write_phrase_index(path, texts)
    with closing(PhraseIndex(path)) as index:
        assert matches(index, "bridge") == [(0, 2), (2, 1), (2, 3)]


def test_a_word_of_many_paragraphs_is_found_in_all(write):
    index = write(*([f"The paragraph {n}."] * 20 for n in range(500)))
    assert len(index.paragraphs_with("the")) == 10_000


def test_a_file_that_is_not_a_database_is_damaged(tmp_path):
    path = tmp_path / "phrases.sqlite"
    path.write_bytes(b"no database at all" * 100)
    with closing(PhraseIndex(path)) as index, pytest.raises(IndexDamaged, match="not a database"):
        index.paragraphs_with("bridge")
    with pytest.raises(IndexDamaged, match="unable to open"):
        PhraseIndex(tmp_path / "missing.sqlite").paragraphs_with("bridge")


def test_segments_are_searched_together_and_what_is_no_release_is_not_found(write):
    first, second = write(["A bridge."], ["The bridge.", "A ferry."]), write(["No.", "One bridge."])
    index = SegmentedPhrases([(first, np.int32([-1, 2])), (second, np.int32([0]))])
    assert matches(index, "bridge") == [(0, 2), (2, 1)]
    assert matches(index, "ferry") == [(2, 2)]
    assert matches(index, "harbor") == []
