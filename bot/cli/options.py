"""The options that several commands share."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TypeVar

import click

from bot.dates import InvalidDate, parse_iso_date

F = TypeVar("F", bound=Callable[..., object])


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
    return click.option(
        "--data", type=click.Path(path_type=Path), help="Data folder (default: VERBATIM_DATA)."
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
