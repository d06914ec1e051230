"""Lists of releases and whole releases are valid messages and show what was published."""

import time
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.archive_service import ReleasePage, ReleaseQuery, ReleaseSummary
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
from retrieval.ranking.full_release import FullRelease
from retrieval.release import AttachedDocument, Place, ReleaseCopy, ReleaseInfo
from retrieval.release_history import ReleaseHistory
from tests.bot.features.rendering import (
    Rendered,
    assert_valid,
    items_of,
    possible_spans,
    texts_of,
    visible_text,
)
from tests.bot.features.strategies import (
    DATE,
    LANGUAGE,
    SHORT,
    TEXT,
    URL,
    info,
    infos,
    several_infos,
    summaries,
)
from tests.loopback import pings

BUTTON, SELECT = 2, 3
PARAGRAPHS = st.lists(TEXT, max_size=6)
LISTING = st.builds(
    ReleaseQuery, st.one_of(st.none(), SHORT), DATE, DATE, st.one_of(st.none(), TEXT)
)


def pages(release: FullRelease, language: Language = ENGLISH) -> list[Message]:
    """All pages of a release, as its button turns them."""
    history = ReleaseHistory(release)
    found = [release_message(history, 0, language)]
    while any(
        each["label"] == "▶" and not each.get("disabled") for each in items_of(found[-1], BUTTON)
    ):
        found.append(release_message(history, len(found), language))
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
def test_any_menu_of_matches_is_valid(found: list[ReleaseInfo], language: Language) -> None:
    message = matches_message(found, language)
    assert_valid(message)
    assert len(items_of(message, SELECT)[0]["options"]) == len(found)


def test_a_menu_has_no_more_releases_than_fit() -> None:
    assert_valid(matches_message([info(number) for number in range(40)], ENGLISH))


@settings(deadline=None, max_examples=60)
@given(infos())
@example(info(title="\u3164"))
@example(info(title="**"))
@example(info(title="Bill [H.R. 1] passes", url="https://harbor.example"))
@example(info(title="One ] and [ two", url="https://harbor.example"))
@example(info(title="Over", url="https://harbor.example/a)](https://evil.example"))
@example(info(title="Over", url="https://harbor.example/@everyone"))
def test_a_title_links_only_to_its_page_or_is_bold(release: ReleaseInfo) -> None:
    text = linked_title(release)
    shown = Rendered(text)
    assert shown.tags in ({"a"}, {"b"})
    assert len(text) <= 150 + 180 + 10
    assert not pings(text, None)
    dash = shown.text == "–" == (visible_text(release.title) or "–")
    assert dash or possible_spans(shown.text, release.title)


def test_a_page_is_not_linked_if_its_encoded_address_is_too_long() -> None:
    release = info(title="Title", url="https://harbor.example/" + ")" * 100)
    assert linked_title(release) == "**Title**"


@settings(deadline=None, max_examples=60)
@given(infos(), TEXT)
def test_a_release_in_a_list_has_a_limited_length(release: ReleaseInfo, summary: str) -> None:
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
        assert possible_spans(Rendered(title).text, release.title) or Rendered(title).text == "–"
        shown += [Rendered(text) for text in texts]
    assert not set().union(*(each.tags for each in shown))
    # Only words that do not fit on a page are cut.
    assert "".join("".join(each.text.split()) for each in shown) == "".join(
        "".join(visible_text(each).split()) for each in paragraphs
    )


LETTER = AttachedDocument("letter_1.pdf", "https://roe.example/letter_1.pdf")
FORM = AttachedDocument("form.pdf")
WITH_ATTACHMENTS = FullRelease(
    info(url="https://roe.example/fares"),
    ["Fares fall.", "The letter follows.", "Dear Poe,", "Lower the fares.", "Sign here."],
    [Place(), Place(), Place(1, LETTER), Place(2, LETTER), Place(1, FORM)],
)


def test_each_attachment_has_its_name_above_it() -> None:
    (message,) = pages(WITH_ATTACHMENTS)
    assert_valid(message)
    assert texts_of(message)[1].split("\n\n") == [
        "Fares fall.",
        "The letter follows.",
        f"[letter\\_1.pdf](<{LETTER.url}>)",
        "Dear Poe,",
        "Lower the fares.",
        "**form.pdf**",
        "Sign here.",
    ]


@pytest.mark.parametrize(
    ("at", "shown", "where", "opened"),
    [
        (
            1,
            ["Fares fall.", "The letter follows."],
            "paragraph 2 of 2",
            "https://roe.example/fares#",
        ),
        (2, ["Dear Poe,", "Lower the fares."], "letter\\_1.pdf, page 1", f"{LETTER.url}#page=1"),
        (3, ["Dear Poe,", "Lower the fares."], "letter\\_1.pdf, page 2", f"{LETTER.url}#page=2"),
        (4, ["Sign here."], "form.pdf, page 1", "https://roe.example/fares"),
    ],
)
def test_a_paragraph_is_shown_among_those_of_its_own_document(
    at: int, shown: list[str], where: str, opened: str
) -> None:
    message = context_message(WITH_ATTACHMENTS, at, ENGLISH)
    _, *texts, source = texts_of(message)
    assert [text.removeprefix("> ") for text in texts] == shown
    assert source.endswith(where)
    assert items_of(message, BUTTON)[0]["url"].startswith(opened)


def test_pages_keep_paragraphs_apart_and_words_whole() -> None:
    text = ["First.", "- point - " * 900, "Last."]
    shown = [Rendered(texts_of(each)[1]).text for each in pages(FullRelease(info(), text))]
    assert shown[:2] == ["First.", shown[1]]
    assert all(each.startswith(("- point", "point")) for each in shown[1:])
    assert shown[-1].endswith("\n\nLast.")
    assert " ".join(shown).split() == " ".join(text).split()


@settings(deadline=None, max_examples=20)
@given(infos(), PARAGRAPHS, st.integers(-5, 500))
def test_an_invalid_page_number_shows_the_nearest_page(
    release: ReleaseInfo, paragraphs: list[str], page: int
) -> None:
    assert_valid(release_message(ReleaseHistory(FullRelease(release, paragraphs)), page, ENGLISH))


def test_the_page_number_is_shown_if_the_name_of_the_source_is_long() -> None:
    release = FullRelease(info(source="folder/" * 100, newsroom="x" * 999), ["y" * 9000])
    assert texts_of(release_message(ReleaseHistory(release), 1, ENGLISH))[-1].endswith(
        "page 2 of 3"
    )


@pytest.mark.parametrize("title", ["C#", "Number #", "###"])
def test_a_title_keeps_its_last_number_sign(title: str) -> None:
    release = FullRelease(info(title=title), [])
    text = texts_of(release_message(ReleaseHistory(release), 0, ENGLISH))[0]
    assert Rendered(text).text == title


@settings(deadline=None, max_examples=40)
@given(infos(), st.lists(TEXT, min_size=1, max_size=6), LANGUAGE, st.data())
def test_any_paragraph_in_context_is_valid(
    release: ReleaseInfo, paragraphs: list[str], language: Language, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(paragraphs) - 1))
    message = context_message(FullRelease(release, paragraphs), at, language)
    assert_valid(message)
    _, *shown, _ = (Rendered(text) for text in texts_of(message))
    near = paragraphs[max(0, at - 2) : at + 3]
    expected = [
        each for number, each in enumerate(near) if visible_text(each) or number == min(at, 2)
    ]
    assert len(shown) == len(expected)
    for each, paragraph in zip(shown, expected, strict=True):
        assert each.tags <= {"div", "blockquote"}
        assert possible_spans(each.text, paragraph) or (
            each.text == "–" and not visible_text(paragraph)
        )


@pytest.mark.parametrize("text", ["word " * 200_000, "x" * 1_000_000, "*" * 1_000_000])
def test_rendering_a_release_takes_linear_time(text: str) -> None:
    release = FullRelease(info(), [text])
    # Processor time, and a generous limit: quadratic work would exceed it.
    begun = time.process_time()
    last = release_message(ReleaseHistory(release), 10_000, ENGLISH)
    context = context_message(release, 0, ENGLISH)
    assert time.process_time() - begun < 20
    assert_valid(last)
    assert_valid(context)


COPIES = st.lists(
    st.builds(ReleaseCopy, SHORT, st.one_of(st.none(), URL), st.one_of(st.none(), TEXT), TEXT),
    max_size=6,
)


@settings(deadline=None, max_examples=30)
@given(infos(), st.lists(TEXT, min_size=1, max_size=3), COPIES, DATE, LANGUAGE)
def test_any_release_that_is_gone_or_elsewhere_too_is_valid(
    release: ReleaseInfo,
    paragraphs: list[str],
    copies: list[ReleaseCopy],
    gone: date | None,
    language: Language,
) -> None:
    whole = FullRelease(replace(release, gone=gone), paragraphs, also=copies)
    for message in pages(whole, language):
        assert_valid(message)


def test_a_release_says_where_else_it_is_and_that_it_is_gone() -> None:
    copies = [
        ReleaseCopy("a", "https://coast.example/a", "coast.example", "a"),
        ReleaseCopy("b", None, None, "saved/b.txt"),
    ]
    release = FullRelease(
        info(url="https://roe.example/a", gone=date(2026, 5, 3)), ["x"], also=copies
    )
    *_, source, also = texts_of(release_message(ReleaseHistory(release), 0, ENGLISH))
    assert source == "-# May 2, 2024 · no longer on the site since May 3, 2026"
    assert also == "-# also at [coast.example](<https://coast.example/a>), saved/b.txt"
