from hypothesis import given
from hypothesis import strategies as st

from retrieval.text.keys import release_key, text_checksum


@given(st.text())
def test_keys_of_any_text_are_short_and_hexadecimal(text: str) -> None:
    assert len(release_key(text)) == 12
    assert len(text_checksum(text)) == 8
    assert not set(release_key(text) + text_checksum(text)) - set("0123456789abcdef")


@given(st.text(), st.text())
def test_different_ids_have_different_keys(one: str, other: str) -> None:
    assert (release_key(one) == release_key(other)) == (one == other)


def test_a_key_is_the_same_in_every_run() -> None:
    assert release_key("bridge") == "4e17daf8b8c7"
    assert text_checksum("The bridge cost $48 million.") == "455756e0"


def test_an_index_finds_its_releases_by_key(newsrooms_archive) -> None:
    index = newsrooms_archive.index
    for release in index.releases.select():
        assert index.release_keys[release_key(release.id)] == release.number
    assert len(index.release_keys) == 4
