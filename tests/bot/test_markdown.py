"""Quotations show exactly what was published, whatever markup is in it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.markdown import escaped, quotation

ALL_MARKS = re.compile(r"(?<!\\)(?:\\\\)*[*_~`|<>@\[\]#]")
HOSTILE = st.text(
    st.one_of(
        st.sampled_from("\\*_~`|<>@[]()#-+1. :/\u200b\u202e…“”é😀\t"),
        st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]),
    ),
    max_size=300,
)


def shown(markdown: str) -> str:
    """What Discord shows of escaped text: a backslash gives way to the mark behind it."""
    return re.sub(r"\\([^0-9A-Za-z\s])", r"\1", markdown)


def visible(text: str) -> str:
    """Text without what has no shape, white space as spaces."""
    return re.sub(
        "[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]", "", re.sub(r"\s", " ", text)
    )


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
    assert shown(escaped(text)) == text


@given(HOSTILE)
def test_every_text_is_shown_as_it_is(text: str) -> None:
    assert shown(escaped(text)) == visible(text)
    assert not ALL_MARKS.search(escaped(text).replace("\\\\", ""))


@given(HOSTILE, st.data())
def test_a_quotation_is_the_text_with_a_part_in_bold(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    quoted = quotation(text, (start, end), 2000)
    assert quoted.startswith("> ")
    assert "\n" not in quoted
    unstressed = re.sub(r"(?<!\\)((?:\\\\)*)\*\*", r"\1", quoted.removeprefix("> "))
    assert shown(unstressed).split() == visible(text).split()


@given(st.text(min_size=1, max_size=3000), st.integers(60, 400), st.data())
def test_a_long_quotation_is_cut_to_its_limit(text: str, limit: int, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    quoted = quotation(text, (start, end), limit)
    assert len(quoted) <= limit


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
    assert len(quotation("x" * 10_000, (0, 10_000), 500)) <= 500
