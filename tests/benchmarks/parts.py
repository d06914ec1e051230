"""The results of a benchmark, as tables, plots and targets, and their Markdown."""

import argparse
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

SHARED = Path(__file__).parents[3] / "shared"
DATA = Path(".cache/benchmarks/newsrooms")


@dataclass(frozen=True, slots=True)
class Options:
    """What every part is measured on. ``quick`` only tries a part out: its figures mean little.

    ``data`` has an index over `tests.benchmarks.retrieval.NEWSROOMS`; ``shared`` the questions and
    the releases.
    """

    data: Path = DATA
    shared: Path = SHARED
    quick: bool = False

    @property
    def questions(self) -> Path:
        return self.shared / "qa/questions.jsonl"

    @property
    def more_questions(self) -> Path:
        return self.shared / "qa/training_questions.jsonl"

    @property
    def releases(self) -> Path:
        return self.shared / "releases/congress.jsonl.gz"

    @property
    def company_releases(self) -> Path:
        return self.shared / "releases/companies.jsonl.gz"

    def times(self, count: int) -> int:
        """Return how often something is measured: ``count``, or a tenth if ``quick``."""
        return max(2, count // 10) if self.quick else count


@dataclass(frozen=True, slots=True)
class Table:
    """A table of formatted cells; the first column names the row."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """A line of a plot, as (x, y) points."""

    label: str
    points: tuple[tuple[float, float], ...]

    @property
    def growth(self) -> float | None:
        """Return the exponent of growth, by least squares over the logarithms; 1 is linear."""
        good = [(x, y) for x, y in self.points if x > 0 and y > 0]
        if len(good) < 2:
            return None
        x, y = np.log(np.array(good)).T
        return float(np.polyfit(x, y, 1)[0])


@dataclass(frozen=True, slots=True)
class Plot:
    """A figure; ``name`` is that of its file.

    Its axes are logarithmic, or both from 0 to 1 if it shows ``shares``.
    """

    name: str
    title: str
    across: str
    up: str
    series: tuple[Series, ...]
    shares: bool = False

    def growths(self) -> Table:
        """Tabulate the growth of each line."""
        rows = [
            (
                each.label,
                *(f"{y:,.3g}" for _, y in each.points),
                f"{each.growth:.2f}" if each.growth is not None else "",
            )
            for each in self.series
            if len(each.points) == len(self.series[0].points)
        ]
        sizes = [f"{x:,.0f}" for x, _ in self.series[0].points]
        return Table(
            f"{self.title}: growth",
            (f"{self.up}, by {self.across}", *sizes, "exponent"),
            tuple(rows),
            "The exponent is the slope of the line fitted to the logarithms: 1 is linear.",
        )


@dataclass(frozen=True, slots=True)
class Target:
    """A target and the value reached, which is to be at most ``bound``, or at least.

    ``reached`` is None if it was not measured. ``binds`` says what prevents reaching it.
    """

    what: str
    bound: float
    unit: str
    reached: float | None
    binds: str = ""
    at_least: bool = False

    @property
    def met(self) -> bool | None:
        if self.reached is None:
            return None
        return self.reached >= self.bound if self.at_least else self.reached <= self.bound


@dataclass(frozen=True, slots=True)
class Part:
    """The report of one benchmark."""

    title: str
    about: str
    tables: tuple[Table, ...]
    plots: tuple[Plot, ...] = ()
    targets: tuple[Target, ...] = ()


def markdown(table: Table, level: int = 3) -> str:
    """Format a table as Markdown, below its title."""
    lines = [
        f"{'#' * level} {table.title}",
        "",
        f"| {' | '.join(table.columns)} |",
        "| --- " + "| ---: " * (len(table.columns) - 1) + "|",
        *(f"| {' | '.join(_cell(each) for each in row)} |" for row in table.rows),
    ]
    return "\n".join([*lines, *(["", table.note] if table.note else [])])


def target_table(targets: Sequence[Target]) -> Table:
    """Tabulate the targets with the values reached."""
    words = {True: "yes", False: "**no**", None: "not measured"}
    return Table(
        "Targets",
        ("target", "bound", "reached", "met", "what binds"),
        tuple(
            (
                each.what,
                f"{'≥' if each.at_least else '≤'} {_number(each.bound)} {each.unit}",
                "" if each.reached is None else f"{_number(each.reached)} {each.unit}",
                words[each.met],
                "" if each.met else each.binds,
            )
            for each in targets
        ),
    )


def run_alone(measure: Callable[[Options], Part], about: str) -> None:
    """Run the command line of one part: measure it, print it, and draw its plots if asked to."""
    parser = argparse.ArgumentParser(description=about.partition("\n")[0])
    add_options(parser)
    add_plots(parser)
    arguments = parser.parse_args()
    show(measure(options_of(arguments)), arguments.plots)


def add_plots(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--plots", type=Path, help="a folder for the plots, if there are any")


def show(part: Part, plots: Path | None) -> None:
    """Print a part, and draw its plots into a folder if one is given."""
    print("\n".join(lines_of(part)))
    if plots and part.plots:
        from tests.benchmarks.plots import draw_into  # matplotlib

        draw_into(plots, part.plots)


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, default=DATA, help="the index of the newsrooms")
    shared = Path(os.environ.get("SHARED_DATA") or SHARED)
    parser.add_argument("--shared", type=Path, default=shared, help="questions and releases")
    parser.add_argument("--quick", action="store_true", help="only try it out")


def options_of(arguments: argparse.Namespace) -> Options:
    return Options(arguments.data, arguments.shared, arguments.quick)


def lines_of(part: Part) -> Iterator[str]:
    """Yield the lines of a part as Markdown, without its plots."""
    yield from (f"## {part.title}", "", part.about, "")
    for table in part.tables:
        yield from (markdown(table), "")
    if part.targets:
        yield from (markdown(target_table(part.targets)), "")


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
