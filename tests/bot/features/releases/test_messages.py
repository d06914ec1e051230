"""Lists of releases, and whole ones, are valid and show what was published."""

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.archive_service import FullRelease, ReleasePage, ReleaseQuery, ReleaseSummary
from bot.core.components import Message
from bot.features.releases.messages import (
    PAGE,
    context_message,
    linked_title,
    list_message,
    matches_message,
    release_lines,
    release_message,
)
from bot.i18n import ENGLISH, Language
from retrieval.release import ReleaseInfo
from tests.bot.features.hostile import (
    DATE,
    LANGUAGE,
    SHORT,
    TEXT,
    info,
    infos,
    several_infos,
    summaries,
)
from tests.bot.features.judge import Shown, assert_valid, items_of, places, seen, texts_of
from tests.loopback import pings

BUTTON, SELECT = 2, 3
PARAGRAPHS = st.lists(TEXT, max_size=6)
LISTING = st.builds(
    ReleaseQuery, st.one_of(st.none(), SHORT), DATE, DATE, st.one_of(st.none(), TEXT)
)


def pages(release: FullRelease, language: Language = ENGLISH) -> list[Message]:
    """All pages of a release, by its own buttons."""
    found = [release_message(release, 0, language)]
    while any(
        each["label"] == "▶" and not each.get("disabled") for each in items_of(found[-1], BUTTON)
    ):
        found.append(release_message(release, len(found), language))
    return found


@settings(deadline=None, max_examples=40)
@given(summaries(0, PAGE), LISTING, st.integers(0, 3000), LANGUAGE)
def test_any_list_is_valid(
    releases: list[ReleaseSummary], listing: ReleaseQuery, at: int, language: Language
) -> None:
    first = at * PAGE
    page = ReleasePage(listing, releases, first, first + len(releases) + at % 2)
    assert_valid(list_message(page, language))


@settings(deadline=None, max_examples=20)
@given(several_infos(1, 25), LANGUAGE)
def test_any_choice_of_releases_is_valid(found: list[ReleaseInfo], language: Language) -> None:
    message = matches_message(found, language)
    assert_valid(message)
    assert len(items_of(message, SELECT)[0]["options"]) == len(found)


def test_no_more_releases_than_a_menu_holds_are_to_choose_from() -> None:
    assert_valid(matches_message([info(number) for number in range(40)], ENGLISH))


@settings(deadline=None, max_examples=60)
@given(infos())
@example(info(title="\u3164"))
@example(info(title="**"))
@example(info(title="Bill [H.R. 1] passes", url="https://harbor.example"))
@example(info(title="One ] and [ two", url="https://harbor.example"))
@example(info(title="Over", url="https://harbor.example/a)](https://evil.example"))
@example(info(title="Over", url="https://harbor.example/@everyone"))
def test_a_title_is_a_link_to_its_page_alone_or_bold(release: ReleaseInfo) -> None:
    text = linked_title(release)
    shown = Shown(text)
    assert shown.tags in ({"a"}, {"b"})
    assert len(text) <= 150 + 180 + 10
    assert not pings(text, None)
    assert places(shown.text, release.title) or shown.text == "–" == (seen(release.title) or "–")


def test_a_page_whose_address_grows_too_long_by_escapes_is_not_linked() -> None:
    release = info(title="Title", url="https://harbor.example/" + ")" * 100)
    assert linked_title(release) == "**Title**"


@settings(deadline=None, max_examples=60)
@given(infos(), TEXT)
def test_a_release_in_a_list_keeps_to_its_room(release: ReleaseInfo, summary: str) -> None:
    assert len(release_lines(ReleaseSummary(release, summary), ENGLISH)) <= 520


@settings(deadline=None, max_examples=40)
@given(infos(), PARAGRAPHS, LANGUAGE)
def test_all_pages_of_any_release_are_valid_and_show_the_whole_text(
    release: ReleaseInfo, paragraphs: list[str], language: Language
) -> None:
    shown = []
    for page in pages(FullRelease(release, paragraphs), language):
        assert_valid(page)
        title, *texts, _ = texts_of(page)
        assert places(Shown(title).text, release.title) or Shown(title).text == "–"
        shown += [Shown(text) for text in texts]
    assert not set().union(*(each.tags for each in shown))
    # A word that has no room on a page is cut, and nothing else.
    assert "".join("".join(each.text.split()) for each in shown) == "".join(
        "".join(seen(each).split()) for each in paragraphs
    )


def test_paragraphs_stay_apart_and_words_whole_on_the_pages_of_a_release() -> None:
    text = ["First.", "- point - " * 900, "Last."]
    shown = [Shown(texts_of(each)[1]).text for each in pages(FullRelease(info(), text))]
    assert shown[:2] == ["First.", shown[1]]
    assert all(each.startswith(("- point", "point")) for each in shown[1:])
    assert shown[-1].endswith("\n\nLast.")
    assert " ".join(shown).split() == " ".join(text).split()


@settings(deadline=None, max_examples=20)
@given(infos(), PARAGRAPHS, st.integers(-5, 500))
def test_a_page_that_there_is_not_is_the_nearest(
    release: ReleaseInfo, paragraphs: list[str], page: int
) -> None:
    assert_valid(release_message(FullRelease(release, paragraphs), page, ENGLISH))


def test_the_page_number_is_shown_however_long_the_name_of_the_source() -> None:
    release = FullRelease(info(source="folder/" * 100, newsroom="x" * 999), ["y" * 9000])
    assert texts_of(release_message(release, 1, ENGLISH))[-1].endswith("page 2 of 3")


@pytest.mark.parametrize("title", ["C#", "Number #", "###"])
def test_a_title_keeps_its_last_number_sign(title: str) -> None:
    text = texts_of(release_message(FullRelease(info(title=title), []), 0, ENGLISH))[0]
    assert Shown(text).text == title


@settings(deadline=None, max_examples=40)
@given(infos(), st.lists(TEXT, min_size=1, max_size=6), LANGUAGE, st.data())
def test_any_paragraph_among_its_neighbours_is_valid_and_shows_them(
    release: ReleaseInfo, paragraphs: list[str], language: Language, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(paragraphs) - 1))
    message = context_message(FullRelease(release, paragraphs), at, language)
    assert_valid(message)
    _, *shown, _ = (Shown(text) for text in texts_of(message))
    near = paragraphs[max(0, at - 2) : at + 3]
    expected = [each for number, each in enumerate(near) if seen(each) or number == min(at, 2)]
    assert len(shown) == len(expected)
    for each, paragraph in zip(shown, expected, strict=True):
        assert each.tags <= {"div", "blockquote"}
        assert places(each.text, paragraph) or (each.text == "–" and not seen(paragraph))


@pytest.mark.parametrize("text", ["word " * 200_000, "x" * 1_000_000, "*" * 1_000_000])
def test_a_release_of_a_million_characters_takes_no_time(text: str) -> None:
    release = FullRelease(info(), [text])
    # Processor time, and much of it: work by the square of the length would take minutes.
    begun = time.process_time()
    last = release_message(release, 10_000, ENGLISH)
    context = context_message(release, 0, ENGLISH)
    assert time.process_time() - begun < 20
    assert_valid(last)
    assert_valid(context)
