"""Printing: views and JSON on stdout."""

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.console import Console, RenderableType


def console(*, stderr: bool = False) -> "Console":
    """A console for stdout or stderr that wraps lines only in a terminal."""
    from rich.console import Console

    created = Console(stderr=stderr, highlight=False)
    if not created.is_terminal:
        # A file or a pipe has no width: nothing is to be wrapped or cut.
        created.width = 10_000
    return created


def print_view(view: "RenderableType") -> None:
    """Print a view on stdout: with styles in a terminal, as plain lines elsewhere."""
    stdout = console()
    if stdout.is_terminal:
        stdout.print(view)
        return
    with stdout.capture() as captured:
        stdout.print(view)
    for line in captured.get().splitlines():
        click.echo(line.rstrip())


def print_json(value: object) -> None:
    """Print a value as JSON on stdout."""
    from bot.cli.json_output import json_text

    click.echo(json_text(value, indent=1))
