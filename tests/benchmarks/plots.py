"""Plots as figures: both axes logarithmic, with the growth of each line."""

from matplotlib.figure import Figure

from tests.benchmarks.parts import Plot


def draw(plot: Plot) -> Figure:
    """One line a series, marked where it was measured."""
    figure = Figure(figsize=(8, 5), layout="constrained")
    axes = figure.subplots()
    for each in plot.series:
        growth = f" (n^{each.growth:.2f})" if each.growth is not None else ""
        axes.plot(*zip(*each.points, strict=True), marker="o", label=f"{each.label}{growth}")
    axes.set(xscale="log", yscale="log", xlabel=plot.across, ylabel=plot.up, title=plot.title)
    axes.grid(alpha=0.3)
    axes.legend(fontsize="small")
    return figure
