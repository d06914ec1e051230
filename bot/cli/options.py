"""The options that several commands share."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

import click

from bot.dates import InvalidDate, parse_iso_date

F = TypeVar("F", bound=Callable[..., object])


@dataclass
class Given:
    """The options of the running command that errors and hints repeat."""

    data: Path | None = None


class NamedPath(click.ParamType[Path]):
    """A path. An empty one is wrong usage: it would mean the current folder."""

    name = "path"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Path:
        """Return the path; fail as wrong usage if it is empty."""
        if not str(value).strip():
            self.fail("the path is empty.", param, ctx)
        return Path(str(value))


class Day(click.ParamType[date]):
    """An option that is an ISO date."""

    name = "date"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        """Parse a date; fail as wrong usage if it is not one."""
        try:
            return parse_iso_date(str(value))
        except InvalidDate as error:
            self.fail(str(error), param, ctx)


def data_option(command: F) -> F:
    """Add ``--data DIR``."""

    def remember(ctx: click.Context, _: click.Parameter, data: Path | None) -> Path | None:
        ctx.ensure_object(Given).data = data
        return data

    return click.option(
        "--data",
        type=NamedPath(),
        callback=remember,
        metavar="DIR",
        help="Data folder (default: VERBATIM_DATA).",
    )(command)


def json_option(command: F) -> F:
    """Add ``--json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print only JSON.")(command)


def filter_options(command: F) -> F:
    """Add ``--since``, ``--until`` and ``--newsroom``."""
    for option in (
        click.option("--newsroom", help="Only releases by this newsroom."),
        click.option("--until", type=Day(), help="Only releases up to this day."),
        click.option("--since", type=Day(), help="Only releases from this day on."),
    ):
        command = option(command)
    return command
