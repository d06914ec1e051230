"""The options that several commands share."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

import click

from bot.dates import InvalidDate, parse_date_bound

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
    """An option that is a date, or a time in words ("last month"), of which it is one end.

    Args:
        end: whether it is the last day of the time, not the first.
    """

    name = "date"

    def __init__(self, *, end: bool) -> None:
        self._end = end

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        """Parse a date; fail as wrong usage if it is not one."""
        try:
            return parse_date_bound(str(value), date.today(), end=self._end)
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
        click.option(
            "--until",
            type=Day(end=True),
            callback=_in_order,
            help="Only releases up to this day: 2025-12-31, last month, May 2024.",
        ),
        click.option(
            "--since",
            type=Day(end=False),
            callback=_in_order,
            help="Only releases from this day on: 2025-09-08, last month, May 2024.",
        ),
    ):
        command = option(command)
    return command


def _in_order(ctx: click.Context, param: click.Parameter, value: date | None) -> date | None:
    """Fail as wrong usage where the two dates are swapped; the second one parsed notices."""
    days = {**ctx.params, param.name: value}
    since, until = days.get("since"), days.get("until")
    if since and until and since > until:
        raise click.UsageError(
            f"nothing is both since {since} and until {until}. Swap the two dates", ctx
        )
    return value
