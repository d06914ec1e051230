from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.content import KeptParagraphs, KnownContent, encoded_paragraphs, exact_digest
from retrieval.release import AttachedDocument, Place, Release

FEW = st.lists(st.sampled_from(["", "a", "b", "ab", "\n", "1 ", "\ud800"]), max_size=3)
BY = st.sampled_from([None, "", "a"])
LETTER = Place(1, AttachedDocument("letter.pdf"))
BRIDGE = Release("1", "Bridge Opens", ("A bridge opened.", "It is long.", "Dear minister,"))


def kept(release):
    """A release as it comes from what is kept of it."""
    encoded = encoded_paragraphs(release.paragraphs).encode()
    return replace(release, paragraphs=KeptParagraphs(encoded, KnownContent.of(release)))


@given(FEW, FEW, BY, BY)
def test_digests_are_equal_only_if_title_author_and_paragraphs_are(one, other, by, whose):
    first = Release("1", "".join(one[:1]), tuple(one[1:]), author=by, source="here")
    second = Release("2", "".join(other[:1]), tuple(other[1:]), author=whose, url="https://x")
    alike = (first.title, first.paragraphs, by) == (second.title, second.paragraphs, whose)
    assert (exact_digest(first) == exact_digest(second)) == alike


@given(st.lists(st.text(st.characters(codec=None), max_size=9), max_size=4).map(tuple))
def test_paragraphs_are_kept_as_they_are(paragraphs):
    found = kept(replace(BRIDGE, paragraphs=paragraphs)).paragraphs
    assert len(found) == len(paragraphs)
    assert (tuple(found), found[1:], found[-1:]) == (paragraphs, paragraphs[1:], paragraphs[-1:])
    assert found == paragraphs
    assert paragraphs == found
    assert found != (*paragraphs, "")
    assert hash(found) == hash(paragraphs)


def test_the_digest_and_the_number_of_kept_paragraphs_are_known_without_their_text():
    paragraphs = KeptParagraphs(b"not a list", KnownContent.of(BRIDGE))
    release = replace(BRIDGE, id="2", paragraphs=paragraphs, source="elsewhere.txt")
    assert exact_digest(release) == exact_digest(BRIDGE)
    assert (len(paragraphs), release.own_count) == (3, 3)
    with pytest.raises(ValueError, match="Expecting value"):
        paragraphs[0]


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Bridge Closes"},
        {"author": "Ada Roe"},
        {"places": (Place(), Place(), LETTER)},
        {"paragraphs": BRIDGE.paragraphs[:2]},
    ],
)
def test_of_a_release_that_was_changed_the_digest_is_another(change):
    changed = replace(kept(BRIDGE), **change)
    assert exact_digest(changed) == exact_digest(replace(BRIDGE, **change))
    assert exact_digest(changed) != exact_digest(BRIDGE)
