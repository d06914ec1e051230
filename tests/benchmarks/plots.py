"""Plots as figures: both axes logarithmic, with the growth of each line, or both shares."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.parts import Plot

if TYPE_CHECKING:  # it is of the bench extra
    from matplotlib.figure import Figure

_MARKED = 20  # a line of more points is drawn without marks


def draw(plot: Plot) -> "Figure":
    """One line a series, marked where it was measured."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 6) if plot.shares else (8, 5), layout="constrained")
    axes = figure.subplots()
    for each in plot.series:
        growth = "" if plot.shares or each.growth is None else f" (n^{each.growth:.2f})"
        marker = "o" if len(each.points) <= _MARKED else None
        axes.plot(*zip(*each.points, strict=True), marker=marker, label=f"{each.label}{growth}")
    axes.set(xlabel=plot.across, ylabel=plot.up, title=plot.title)
    if plot.shares:
        axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
    else:
        axes.set(xscale="log", yscale="log")
    axes.grid(alpha=0.3)
    axes.legend(fontsize="small")
    return figure


def draw_into(folder: Path, plots: Sequence[Plot]) -> None:
    """Draw each plot as a PNG of its name."""
    folder.mkdir(parents=True, exist_ok=True)
    for plot in plots:
        draw(plot).savefig(folder / f"{plot.name}.png", dpi=100)
