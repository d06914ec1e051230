"""Printing: views and JSON on stdout."""

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import click

from bot.cli.hints import printable

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.segment import Segment

_WEB_ADDRESS = re.compile(r"https?://[!-~]+")  # printable ASCII


def console(*, stderr: bool = False) -> "Console":
    """A console for stdout or stderr that wraps lines only in a terminal."""
    from rich.console import Console

    created = Console(stderr=stderr, highlight=False)
    if not created.is_terminal:
        # A file or a pipe has no width: nothing is to be wrapped or cut.
        created.width = 1_000_000
    return created


def print_view(view: "RenderableType") -> None:
    """Print a view on stdout: with styles in a terminal, as plain lines elsewhere.

    Control characters of a release never reach the terminal. A line that is longer than the
    terminal is wide, such as an address, is left in one piece, for the terminal to wrap.
    """
    from rich.segment import Segments

    stdout = console()
    links = stdout.is_terminal and not stdout.is_dumb_terminal and not stdout.no_color
    safe = Segments(_safe(stdout.render(view), links=links))
    if stdout.is_terminal:
        stdout.print(safe, crop=False)
        return
    with stdout.capture() as captured:
        stdout.print(safe, crop=False)
    if not captured.get():
        return
    for line in captured.get().removesuffix("\n").split("\n"):
        click.echo(line.rstrip())


def print_json(value: object) -> None:
    """Print a value as JSON on stdout."""
    from bot.cli.json_output import json_text

    click.echo(json_text(value, indent=1))


def print_note(text: str) -> None:
    """Print a remark on stderr."""
    click.echo(f"verbatim: {printable(text)}", err=True)


def _safe(segments: "Iterable[Segment]", *, links: bool) -> "Iterator[Segment]":
    """The segments without control characters, and with the links that a terminal can take.

    An address goes into the sequence that makes a link (OSC 8) as it is, so one that is not plain
    ASCII makes none; nor does one that a browser would not open.
    """
    from rich.segment import Segment

    for text, style, control in segments:
        if control:
            continue  # the views have none
        if style and style.link and not (links and _WEB_ADDRESS.fullmatch(style.link)):
            style = style.update_link(None)
        yield Segment(printable(text), style)
