import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.places import places_of, places_text
from retrieval.release import AttachedDocument, Place

DOCUMENTS = st.builds(AttachedDocument, st.text(), st.none() | st.text())
PLACES = st.builds(Place, st.none() | st.integers(1, 200), st.none() | DOCUMENTS)


@given(st.lists(PLACES, max_size=8))
def test_any_places_come_back_as_they_were_written(places):
    text = places_text(places)
    expected = () if all(place == Place() for place in places) else tuple(places)
    assert places_of(text) == expected
    assert text is None or text.isascii()


def test_a_release_without_pages_and_attachments_has_nothing_to_tell():
    assert places_text([]) is None
    assert places_text([Place(), Place()]) is None
    assert places_of(None) == ()


def test_the_places_of_one_document_are_written_together():
    letter = AttachedDocument("a.pdf", "https://roe.example/a.pdf")
    assert places_text([Place(), Place(1, letter), Place(1, letter), Place(2, letter)]) == (
        '[[null, null, [null]], ["a.pdf", "https://roe.example/a.pdf", [1, 1, 2]]]'
    )


@pytest.mark.parametrize("text", ["{", "[1]", '[["a"]]', '"a"'])
def test_another_text_is_an_error(text):
    with pytest.raises((ValueError, TypeError)):
        places_of(text)
