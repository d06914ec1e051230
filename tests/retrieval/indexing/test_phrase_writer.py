from contextlib import closing

import pytest

from retrieval.index.phrases import PhraseIndex
from retrieval.indexing.phrase_writer import write_phrase_index


@pytest.fixture
def write(tmp_path):
    """Write one file after the other, each from the one before; which releases were indexed."""
    paths = []

    def write(*texts, previous=True):
        indexed = []

        def paragraphs(number):
            indexed.append(texts[number])
            return {1: texts[number], 3: f"more of {texts[number]}"}

        path = tmp_path / f"{len(paths)}.sqlite"
        digests = [text.encode() for text in texts]
        write_phrase_index(path, digests, paragraphs, paths[-1] if paths and previous else None)
        paths.append(path)
        return path, indexed

    return write


def matches(path, phrase):
    with closing(PhraseIndex(path)) as index:
        return sorted(map(tuple, index.paragraphs_with(phrase).tolist()))


def test_only_what_is_new_is_indexed_and_numbers_are_those_of_the_generation(write):
    first, indexed = write("bridge", "ferry", "park")
    assert indexed == ["bridge", "ferry", "park"]
    assert matches(first, "ferry") == [(1, 1), (1, 3)]
    second, indexed = write("harbor", "bridge", "ferry", "park")
    assert indexed == ["harbor"]
    assert matches(second, "harbor") == [(0, 1), (0, 3)]
    assert matches(second, "more of ferry") == [(2, 3)]
    assert matches(first, "ferry") == [(1, 1), (1, 3)]


def test_what_is_gone_is_not_found_and_is_found_again_when_it_comes_back(write):
    texts = ["bridge", "ferry", "park", "harbor"]
    write(*texts)
    path, _ = write(*texts[1:])
    assert matches(path, "bridge") == []
    assert matches(path, "park") == [(1, 1), (1, 3)]
    path, indexed = write(*texts)
    assert indexed == []
    assert matches(path, "bridge") == [(0, 1), (0, 3)]


def test_if_too_much_is_gone_everything_is_indexed_again(write):
    write("bridge", "ferry", "park", "harbor")
    path, indexed = write("park", "harbor")
    assert indexed == ["park", "harbor"]
    assert matches(path, "harbor") == [(1, 1), (1, 3)]


def test_without_a_previous_file_everything_is_indexed(write):
    write("bridge")
    assert write("bridge", previous=False)[1] == ["bridge"]


def test_a_generation_without_releases_has_no_phrases(write):
    path, _ = write()
    assert matches(path, "bridge") == []
    path, indexed = write("bridge")
    assert (indexed, matches(path, "bridge")) == (["bridge"], [(0, 1), (0, 3)])
