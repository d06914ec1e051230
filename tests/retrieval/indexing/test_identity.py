from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from retrieval.indexing.deduplication import digests_of, said
from retrieval.release import Release

FEW = st.lists(st.sampled_from(["", "a", "b", "ab", "\n", "1 ", "\ud800"]), max_size=3)


@given(FEW, FEW, st.sampled_from([None, "", "a"]), st.sampled_from([None, "", "a"]))
def test_what_is_said_is_the_same_only_if_title_author_and_paragraphs_are(one, other, by, whose):
    first = Release("1", "".join(one[:1]), tuple(one[1:]), author=by, source="here")
    second = Release("2", "".join(other[:1]), tuple(other[1:]), author=whose, url="https://x")
    alike = (first.title, first.paragraphs, by) == (second.title, second.paragraphs, whose)
    assert (said(first) == said(second)) == alike


def test_copies_have_a_text_in_common_though_they_say_it_otherwise():
    release = Release("1", "Bridge Opens", ("The bridge opened on Monday. " * 10, "It is open."))
    shown = replace(release, title="News", paragraphs=tuple(map(str.upper, release.paragraphs)))
    assert digests_of(release).text == digests_of(shown).text
    assert digests_of(release).said != digests_of(shown).said
    other = replace(release, paragraphs=release.paragraphs[:1])
    assert digests_of(other).text != digests_of(release).text


def test_a_short_text_has_its_title_in_common_too():
    release = Release("1", "Bridge Opens", ("Watch it here.",))
    assert digests_of(release).text == digests_of(replace(release, title="BRIDGE opens!")).text
    assert digests_of(release).text != digests_of(replace(release, title="Ferry Opens")).text
