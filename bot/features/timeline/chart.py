"""A timeline as a picture: one bar for each month, quarter or year."""

import threading
from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from typing import TYPE_CHECKING

from retrieval.timeline import MONTHS, Bin, Timeline, TimelineStep

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.ft2font import FT2Font

_WIDTH, _HEIGHT, _DPI = 1000, 400, 100  # pixels
# Discord's dark panel, which stands on its light background as well.
_PANEL, _TEXT, _LINES, _BARS = "#2b2d31", "#dbdee1", "#4e5058", "#5b8def"
# Points: a phone shows the chart at little more than a third of its size.
_SMALL, _LARGE = 20, 23
_MARGIN = 0.2  # inches
_TITLE = 56  # characters of a title that fit
_LABELS = 56  # characters that fit side by side under the bars
_MOST_LABELS = 8
_WIDEST = 6  # a bar takes a sixth of the width at most
_STRIDES: Mapping[TimelineStep, Sequence[int]] = {
    "month": (1, 2, 3, 6, 12, 24, 60),
    "quarter": (1, 2, 4, 8, 20, 40),
    "year": (1, 2, 5, 10, 20, 50, 100),
}

# "Matplotlib is not thread-safe […] it is your responsibility to set up the proper locks" (its
# manual, Working with threads). What its threads would share is the process's, so this is too.
_drawing = threading.Lock()


def timeline_png(timeline: Timeline, *, label: Callable[[Bin], str], title: str | None) -> bytes:
    """A chart of 1000 × 400 pixels as PNG. Slow at first, and safe to call from several threads.

    ``label`` names a bin under its bar; some are left out where they would not fit. ``title`` may
    be any text: what its font lacks is left out, and what does not fit. Raises `ValueError` where
    the timeline has no bins.
    """
    with _drawing:
        buffer = BytesIO()
        timeline_figure(timeline, label=label, title=title).savefig(buffer, format="png", dpi=_DPI)
        return buffer.getvalue()


def timeline_figure(
    timeline: Timeline, *, label: Callable[[Bin], str], title: str | None
) -> "Figure":
    """What `timeline_png` saves; not for several threads."""
    # A quarter of a second that only a chart needs; and no pyplot, whose figures all threads share.
    from matplotlib import get_data_path
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties, get_font
    from matplotlib.layout_engine import ConstrainedLayoutEngine
    from matplotlib.ticker import MaxNLocator

    bins = timeline.bins
    if not bins:
        raise ValueError("a timeline without bins cannot be drawn")
    # The font that comes with matplotlib, whatever the machine has.
    font = f"{get_data_path()}/fonts/ttf/DejaVuSans.ttf"
    small, large = (FontProperties(fname=font, size=size) for size in (_SMALL, _LARGE))
    glyphs = get_font(font)
    figure = Figure(
        figsize=(_WIDTH / _DPI, _HEIGHT / _DPI),
        dpi=_DPI,
        facecolor=_PANEL,
        layout=ConstrainedLayoutEngine(w_pad=_MARGIN, h_pad=_MARGIN),
    )
    axes = figure.subplots()
    axes.set_facecolor(_PANEL)
    axes.bar(range(len(bins)), [each.count for each in bins], width=0.8, color=_BARS, zorder=2)
    middle, half = (len(bins) - 1) / 2, max(len(bins), _WIDEST) / 2
    axes.set_xlim(middle - half, middle + half)
    labels = [_drawable(label(each), glyphs) for each in bins]
    shown = _labelled(timeline, labels)
    axes.set_xticks(shown, [labels[at] for at in shown])
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
    axes.yaxis.set_major_formatter("{x:.0f}")
    axes.tick_params(length=0, colors=_TEXT, pad=10)
    axes.grid(axis="y", color=_LINES, linewidth=1)
    axes.spines[:].set_visible(False)
    for text in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        text.set(fontproperties=small, parse_math=False)
    if title and (line := _drawable(title, glyphs)):
        cut = line if len(line) <= _TITLE else f"{line[: _TITLE - 1].rstrip()}…"
        figure.suptitle(
            cut,
            x=_MARGIN * _DPI / _WIDTH,
            ha="left",
            color=_TEXT,
            fontproperties=large,
            parse_math=False,
        )
    return figure


def _labelled(timeline: Timeline, labels: Sequence[str]) -> list[int]:
    """The bins that are labelled: at round intervals, as many as have room."""
    size = MONTHS[timeline.step]
    first = timeline.bins[0].first
    start = (first.year * 12 + first.month - 1) // size
    shown = [0]
    for stride in _STRIDES[timeline.step]:
        shown = [at for at in range(len(labels)) if (start + at) % stride == 0] or [0]
        room = _LABELS * stride / max(len(labels), _WIDEST)
        if len(shown) <= _MOST_LABELS and max(len(labels[at]) for at in shown) < room:
            break
    return shown


def _drawable(text: str, font: "FT2Font") -> str:
    """A text on one line without what the font lacks: matplotlib warns of each such character."""
    kept = (
        each
        for each in text
        if each.isspace() or (each.isprintable() and font.get_char_index(ord(each)))
    )
    return " ".join("".join(kept).split())
