"""Progress, in a terminal and elsewhere."""

import io

import pytest
from rich.console import Console
from rich.text import Text

from bot.cli.progress_bar import ProgressBar


def printed(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize("width", [40, 59, 60, 100])
def test_a_bar_fits_and_says_how_far_it_is(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    monkeypatch.setenv("TERM", "xterm")
    console = Console(file=io.StringIO(), width=width, force_terminal=True, color_system=None)
    with ProgressBar(console, "releases") as bar:
        bar.show("writing", "writing, 25,601 of 25,601", 25_601, 25_601)
    drawn = [Text.from_ansi(line).plain for line in printed(console).split("\r")]
    assert any("25601/25601" in line for line in drawn)
    assert all(len(line.rstrip()) <= width for part in drawn for line in part.split("\n"))
    assert any("releases" in line for line in drawn) is (width >= 60)


def test_elsewhere_a_line_is_printed_for_each_tenth() -> None:
    console = Console(file=io.StringIO(), width=40)
    with ProgressBar(console, "pages") as bar:
        for done in range(1, 41):
            bar.show("fetching", f"fetching, {done} of 40", done, 40)
    lines = printed(console).splitlines()
    assert lines[:3] == ["fetching, 1 of 40", "fetching, 4 of 40", "fetching, 8 of 40"]
    assert lines[-1] == "fetching, 40 of 40"
    assert len(lines) == 11


def test_elsewhere_a_line_is_printed_for_each_thousand_while_the_end_is_unknown() -> None:
    console = Console(file=io.StringIO(), width=40)
    with ProgressBar(console, "releases") as bar:
        for done in range(0, 2500, 100):
            bar.show("reading", f"reading, {done} so far", done, None)
    assert printed(console).splitlines() == ["reading, 1000 so far", "reading, 2000 so far"]


def test_a_new_stage_prints_a_line_at_once() -> None:
    console = Console(file=io.StringIO(), width=40)
    with ProgressBar(console, "releases") as bar:
        bar.show("embedding", "embedding, 40 of 40", 40, 40)
        bar.show("writing", "writing, 40 of 40", 40, 40)
    assert printed(console).splitlines() == ["embedding, 40 of 40", "writing, 40 of 40"]
