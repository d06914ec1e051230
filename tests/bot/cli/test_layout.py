"""Text at the width of a terminal."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from bot.cli.layout import Wrapped, column_width, wrapped_lines

ADDRESS = "https://www.harbor.example/news/2024/march/mayor-opens-the-rebuilt-harbor-bridge"
WORDS = st.lists(
    st.text(st.characters(exclude_categories=["C", "Z", "M"], exclude_characters="/@\\")),
    max_size=40,
).map(" ".join)


def shown(view: Wrapped, width: int) -> list[str]:
    """The lines of a view in a terminal."""
    console = Console(file=io.StringIO(), width=width)
    console.print(view, crop=False)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


@given(WORDS, st.integers(4, 80), st.integers(0, 2))
def test_no_line_is_wider_than_the_terminal_and_nothing_is_lost(
    text: str, width: int, hanging: int
) -> None:
    lines = [line.plain for line in wrapped_lines(Text(text), width, hanging=hanging)]
    assert column_width(lines) <= width
    assert "".join("".join(lines).split()) == "".join(text.split())


@given(WORDS, WORDS, st.integers(1, 60))
def test_an_address_is_in_one_piece(before: str, after: str, width: int) -> None:
    lines = wrapped_lines(Text(f"{before} {ADDRESS} {after}"), width)
    assert [line for line in lines if ADDRESS in line.plain]
    if cell_len(ADDRESS) > width:
        assert ADDRESS in [line.plain.strip() for line in lines]


@pytest.mark.parametrize("kept", ["a.person@harbor.example", "/srv/releases/2024/march/bridge.txt"])
def test_so_are_email_addresses_and_paths(kept: str) -> None:
    assert shown(Wrapped(Text(f"see {kept} first")), 16) == ["see", kept, "first"]


def test_a_command_is_in_one_piece() -> None:
    text = Text("Rebuild it: verbatim index --rebuild --data archive")
    assert shown(Wrapped(text, indent=2, unbroken=12), 30) == [
        "  Rebuild it:",
        "  verbatim index --rebuild --data archive",
    ]


def test_lines_after_the_first_hang() -> None:
    text = Text("12  The bridge cost $48 million.\nIt was closed.")
    assert shown(Wrapped(text, hanging=4), 24) == [
        "12  The bridge cost $48",
        "    million.",
        "    It was closed.",
    ]


def test_a_very_narrow_terminal_has_no_indents() -> None:
    assert shown(Wrapped(Text("The bridge opened"), indent=4, hanging=4), 10) == [
        "The bridge",
        "opened",
    ]


def test_text_without_spaces_fills_its_lines() -> None:
    assert [line.plain for line in wrapped_lines(Text("1  大桥造价四千八百万美元"), 11)] == [
        "1  大桥造价",
        "四千八百万",
        "美元",
    ]


def test_styles_stay_where_they_are() -> None:
    text = Text("The bridge cost $48 million.")
    text.stylize("bold", 4, 15)
    bold = [
        line.plain[span.start : span.end] for line in wrapped_lines(text, 10) for span in line.spans
    ]
    assert " ".join(bold) == "bridge cost"
