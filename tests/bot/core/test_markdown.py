"""Quotations show exactly what was published, whatever markup is in it."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.core.markdown import escaped, parts, quotation, shortened, visible
from tests.bot.features.hostile import TEXT, highlights
from tests.bot.features.judge import Shown, assert_quotes, seen
from tests.loopback import pings


@pytest.mark.parametrize(
    "text",
    [
        "a *star* and an _underline_",
        "`code` and ```block```",
        "||spoiler|| ~~gone~~",
        "<@123> <#1> <@&2> <t:0:R> </ask:1> <:a:1>",
        "@everyone @here",
        "https://example.com/a_b_c",
        "[label](https://example.com)",
        "# heading",
        "> quote",
        "- item",
        "1. item",
        "2) item",
        "a \\ backslash",
    ],
)
def test_markup_is_shown_as_text(text: str) -> None:
    assert escaped(text) != text
    assert Shown(escaped(text)).text == text
    assert not Shown(escaped(text)).tags


@pytest.mark.parametrize(
    ("text", "written"),
    [
        # Discord's client makes an emoji of a name between colons, and not behind a backslash.
        ("odds of 1:100:1", r"odds of 1\:100:1"),
        ("at 10:30", "at 10:30"),
        (" - item", r"\- item"),
        (" 12. item", r"12\. item"),
        ("a - b", "a - b"),
        ("-1", "-1"),
        ("a\u200b\u202eb\u061c\0c", "abc"),
        ("two\n\n lines\u2028three", "two lines three"),
        ("\u3164 \u00ad", ""),
    ],
)
def test_no_more_is_escaped_than_what_could_be_markup(text: str, written: str) -> None:
    assert escaped(text) == written


@settings(deadline=None, max_examples=200)
@given(TEXT)
def test_every_text_is_shown_as_it_is(text: str) -> None:
    shown = Shown(escaped(text))
    assert visible(text) == shown.text == seen(text)
    assert not shown.tags
    assert not pings(escaped(text), None)


@settings(deadline=None, max_examples=200)
@given(TEXT, st.integers(3, 400))
@example("- a " * 100, 20)
def test_the_parts_of_a_text_are_all_of_it(text: str, limit: int) -> None:
    written = list(parts(text, limit))
    assert all(len(part) <= limit for part in written)
    shown = [Shown(part) for part in written]
    assert not any(part.tags for part in shown)
    together = "".join(part.text for part in shown)
    assert together.replace(" ", "") == seen(text).replace(" ", "")


@settings(deadline=None, max_examples=300)
@given(TEXT, st.integers(-3, 2500), st.data())
def test_a_quotation_is_a_piece_of_the_text_with_the_highlight_in_bold(
    text: str, limit: int, data: st.DataObject
) -> None:
    highlight = data.draw(highlights(text))
    quoted = quotation(text, highlight, limit)
    assert len(quoted) <= max(0, limit)
    assert not pings(quoted, None)
    if limit >= 20:
        assert_quotes(quoted, text, highlight)


@settings(deadline=None, max_examples=100)
@given(TEXT)
def test_a_quotation_is_whole_where_it_has_room(text: str) -> None:
    whole = quotation(text, None, 10**6)
    assert quotation(text, None, len(whole)) == whole
    assert Shown(whole).text == seen(text)


@pytest.mark.parametrize(
    ("text", "highlight", "quoted"),
    [
        ("- foo bar", (1, 5), r"> \- **foo** bar"),
        ("1. foo bar", (2, 6), r"> 1\. **foo** bar"),
        ("http://a.example", (5, 5), r"> http\://a.example"),
        ("@everyone here", (0, 5), "> **\\@\u200bever**yone here"),
        ("a \u200b b", (2, 3), "> a b"),
        ("a  b  c", (1, 5), "> a **b** c"),
        ("so * so", (3, 4), r"> so **\*** so"),
        ("One. Two.", (5, 99), "> One. **Two.**"),
        ("One. Two.", (50, 99), "> One. Two."),
        ("One. Two.", (-9, 4), "> **One.** Two."),
        ("One. Two.", (6, 2), "> One. Two."),
    ],
)
def test_the_highlight_may_be_anywhere(text: str, highlight: tuple[int, int], quoted: str) -> None:
    assert quotation(text, highlight, 100) == quoted


@pytest.mark.parametrize("limit", [-1, 0, 1, 2, 5])
def test_nothing_is_quoted_where_nothing_has_room(limit: int) -> None:
    assert quotation("several words", (0, 7), limit) == ""


def test_a_quotation_of_marks_is_cut_no_more_than_it_must_be() -> None:
    assert quotation("*" * 1000, None, 120).count("*") > 50
    assert shortened("*" * 1000, 120).count("*") > 50


def test_a_cut_quotation_holds_the_highlight_and_marks_what_is_left_out() -> None:
    text = "word " * 200 + "The answer is here. " + "word " * 200
    start = text.index("The answer")
    quoted = quotation(text, (start, start + len("The answer is here.")), 300)
    assert "**The answer is here.**" in quoted
    assert quoted.startswith("> … word")
    assert quoted.endswith("word …")
    assert len(quoted) <= 300


def test_a_text_that_is_all_highlight_is_not_bold() -> None:
    assert quotation("One sentence.", (0, 13), 100) == "> One sentence."


def test_a_word_of_ten_thousand_letters_is_cut() -> None:
    assert 490 < len(quotation("x" * 10_000, (0, 10_000), 500)) <= 500
