"""Texts and quotations show exactly what was published, whatever markup they contain."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.core.markdown import escaped, parts, quotation, shortened, visible
from tests.bot.features.rendering import Rendered, assert_quotes, visible_text
from tests.bot.features.strategies import TEXT, highlights, words_of
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
    assert Rendered(escaped(text)).text == text
    assert not Rendered(escaped(text)).tags


@pytest.mark.parametrize(
    ("text", "written"),
    [
        # Discord's client turns a name between colons into an emoji, unless a backslash precedes.
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
def test_only_possible_markup_is_escaped(text: str, written: str) -> None:
    assert escaped(text) == written


@settings(deadline=None, max_examples=200)
@given(TEXT)
def test_any_text_is_shown_as_it_is(text: str) -> None:
    shown = Rendered(escaped(text))
    assert visible(text) == shown.text == visible_text(text)
    assert not shown.tags
    assert not pings(escaped(text), None)


@settings(deadline=None, max_examples=200)
@given(TEXT, st.integers(3, 400))
@example("- a " * 100, 20)
def test_the_parts_of_a_text_are_the_whole_text(text: str, limit: int) -> None:
    written = list(parts(text, limit))
    assert all(len(part) <= limit for part in written)
    shown = [Rendered(part) for part in written]
    assert not any(part.tags for part in shown)
    together = "".join(part.text for part in shown)
    assert together.replace(" ", "") == visible_text(text).replace(" ", "")


@settings(deadline=None, max_examples=300)
@given(TEXT, st.integers(-3, 2500), st.data())
def test_a_quotation_is_part_of_the_text_with_the_highlight_in_bold_and_its_words_underlined(
    text: str, limit: int, data: st.DataObject
) -> None:
    highlight = data.draw(highlights(text))
    words = data.draw(words_of(highlight))
    quoted = quotation(text, highlight, limit, words)
    assert len(quoted) <= max(0, limit)
    assert not pings(quoted, None)
    if limit >= 20:
        assert_quotes(quoted, text, highlight, words)


@settings(deadline=None, max_examples=100)
@given(TEXT)
def test_a_quotation_is_complete_if_it_fits(text: str) -> None:
    whole = quotation(text, None, 10**6)
    assert quotation(text, None, len(whole)) == whole
    assert Rendered(whole).text == visible_text(text)


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


@pytest.mark.parametrize(
    ("highlight", "words", "quoted"),
    [
        ((5, 18), (9, 16), "> One. **For __$48\\_000__.** So."),
        ((5, 18), (5, 12), "> One. **__For $48__\\_000.** So."),
        ((5, 18), (13, 18), "> One. **For $48\\___000.__** So."),
        ((5, 18), (5, 18), "> One. **__For $48\\_000.__** So."),
        ((0, 22), (9, 16), "> One. For __$48\\_000__. So."),
        ((0, 22), (0, 22), "> One. For $48\\_000. So."),
        ((5, 18), (18, 18), "> One. **For $48\\_000.** So."),
        ((5, 18), None, "> One. **For $48\\_000.** So."),
        ((5, 18), (0, 99), "> One. **__For $48\\_000.__** So."),
    ],
)
def test_words_of_the_highlight_are_underlined(
    highlight: tuple[int, int], words: tuple[int, int] | None, quoted: str
) -> None:
    assert quotation("One. For $48_000. So.", highlight, 100, words) == quoted


@pytest.mark.parametrize("limit", [-1, 0, 1, 2, 5])
def test_a_quotation_is_empty_if_nothing_fits(limit: int) -> None:
    assert quotation("several words", (0, 7), limit) == ""


def test_a_quotation_of_markup_uses_the_whole_limit() -> None:
    assert quotation("*" * 1000, None, 120).count("*") > 50
    assert shortened("*" * 1000, 120).count("*") > 50


def test_a_cut_quotation_contains_the_highlight_between_ellipses() -> None:
    text = "word " * 200 + "The answer is here. " + "word " * 200
    start = text.index("The answer")
    quoted = quotation(text, (start, start + len("The answer is here.")), 300)
    assert "**The answer is here.**" in quoted
    assert quoted.startswith("> … word")
    assert quoted.endswith("word …")
    assert len(quoted) <= 300


def test_a_text_that_is_one_highlight_is_not_bold() -> None:
    assert quotation("One sentence.", (0, 13), 100) == "> One sentence."


def test_a_word_of_ten_thousand_letters_is_cut() -> None:
    assert 490 < len(quotation("x" * 10_000, (0, 10_000), 500)) <= 500
