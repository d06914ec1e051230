"""A timeline as a picture: one bar for each month, quarter or year.

What goes where is worked out first (`timeline_layout`), then drawn.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise
from math import ceil
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from retrieval.timeline import MONTHS, Bin, Timeline, TimelineStep

WIDTH, HEIGHT = 1000, 400  # pixels
# Discord's dark panel, which stands out on its light background as well.
PANEL, TEXT, GRID, BARS = "#2b2d31", "#dbdee1", "#4e5058", "#5b8def"
_FONT = Path(__file__).parent / "fonts" / "DejaVuSans.ttf"
_SIZE = 28  # pixels: a phone shows the chart at little more than a third of its size
_MARGIN, _GAP = 20, 14
_HEADROOM = 1.06  # the height of the plot over that of the highest bar
_FEWEST_SLOTS = 6  # a bar takes a sixth of the width at most
_BAR = 0.8  # of its slot
_MOST_TICKS, _MOST_LABELS = 4, 8
_STRIDES: Mapping[TimelineStep, Sequence[int]] = {
    "month": (1, 2, 3, 6, 12, 24, 60),
    "quarter": (1, 2, 4, 8, 20, 40),
    "year": (1, 2, 5, 10, 20, 50, 100),
}

Box = tuple[int, int, int, int]
"""Left, top, right and bottom in pixels; the last two are outside."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text in its box."""

    text: str
    box: Box


@dataclass(frozen=True, slots=True)
class Layout:
    """What a chart shows and where.

    ``bars`` has the box of each bin, None for an empty one; ``ticks`` are counts beside the grid
    lines at the heights ``grid``; ``labels`` name some bins. Texts overlap nothing else.
    """

    plot: Box
    bars: tuple[Box | None, ...]
    grid: tuple[int, ...]
    ticks: tuple[Line, ...]
    labels: tuple[Line, ...]


def timeline_png(timeline: Timeline, label: Callable[[Bin], str]) -> bytes:
    """A chart of 1000 × 400 pixels as PNG. Safe to call from several threads.

    ``label`` names a bin under its bar; some are left out where they would not fit. Raises
    `ValueError` for a timeline without bins.
    """
    layout = timeline_layout(timeline, label)
    picture = Image.new("RGB", (WIDTH, HEIGHT), PANEL)
    draw = ImageDraw.Draw(picture)
    left, _, right, _ = layout.plot
    for height in layout.grid:
        draw.line((left, height, right - 1, height), fill=GRID)
    for bar in filter(None, layout.bars):
        draw.rectangle((bar[0], bar[1], bar[2] - 1, bar[3] - 1), fill=BARS)
    font = _font()
    for line in (*layout.ticks, *layout.labels):
        draw.text(line.box[:2], line.text, fill=TEXT, font=font, anchor="la")
    buffer = BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def timeline_layout(timeline: Timeline, label: Callable[[Bin], str]) -> Layout:
    """The layout that `timeline_png` draws."""
    bins = timeline.bins
    if not bins:
        raise ValueError("a timeline without bins cannot be drawn")
    font = _font()
    highest = max(each.count for each in bins)
    counts = [*range(0, highest + 1, _tick_step(highest))]
    top = _MARGIN
    below = HEIGHT - _MARGIN - _height(font)
    bottom = below - _height(font) // 2 - 2  # half of the lowest count is below the plot
    left = _MARGIN + max(_width(font, str(count)) for count in counts) + _GAP
    right = WIDTH - _MARGIN

    def level(count: int) -> int:
        """The row of pixels at which a count is."""
        return bottom - 1 - round((bottom - top) * count / (highest * _HEADROOM))

    slot = (right - left) / max(len(bins), _FEWEST_SLOTS)
    start = (left + right - slot * len(bins)) / 2
    middles = [start + slot * (at + 0.5) for at in range(len(bins))]
    bars = [
        # However small a count is beside the others, its bar is seen.
        (x - half, min(level(each.count) + 1, bottom - 2), x + half, bottom) if each.count else None
        for each, middle in zip(bins, middles, strict=True)
        for x, half in [(round(middle), max(1, round(slot * _BAR / 2)))]
    ]
    ticks = [
        _line(str(count), font, right=left - _GAP, top=level(count) - _height(font) // 2)
        for count in counts
    ]
    return Layout(
        plot=(left, top, right, bottom),
        bars=tuple(bars),
        grid=tuple(map(level, counts)),
        ticks=tuple(ticks),
        labels=_labels(timeline, label, middles, below, font),
    )


def _tick_step(highest: int) -> int:
    """The smallest of 1, 2, 5, 10, 20, … by which a few ticks reach the highest count."""
    steps: Iterator[int] = (factor * 10**power for power in range(20) for factor in (1, 2, 5))
    return next(step for step in steps if step * _MOST_TICKS >= highest)


def _labels(
    timeline: Timeline,
    label: Callable[[Bin], str],
    middles: Sequence[float],
    top: int,
    font: ImageFont.FreeTypeFont,
) -> tuple[Line, ...]:
    """Labels at round dates, as many as fit side by side; or that of the first bin alone."""
    size = MONTHS[timeline.step]
    first = timeline.bins[0].first
    start = (first.year * 12 + first.month - 1) // size

    def lines(stride: int) -> Iterator[Line]:
        for at, each in enumerate(timeline.bins):
            if (start + at) % stride == 0:
                text = label(each)
                width = _width(font, text)
                # Under the middle of its bar, unless it would leave the picture there.
                left = min(max(round(middles[at] - width / 2), _MARGIN), WIDTH - _MARGIN - width)
                yield _line(text, font, right=left + width, top=top)

    for stride in _STRIDES[timeline.step]:
        found = tuple(lines(stride))
        apart = all(one.box[2] + _GAP <= other.box[0] for one, other in pairwise(found))
        if found and apart and len(found) <= _MOST_LABELS:
            return found
    return tuple(lines(1))[:1]


def _font() -> ImageFont.FreeTypeFont:
    """A font of its own for each chart: threads must not share one.

    The basic layout is the same on every machine; the other one depends on what is installed.
    """
    return ImageFont.truetype(_FONT, _SIZE, layout_engine=ImageFont.Layout.BASIC)


def _width(font: ImageFont.FreeTypeFont, text: str) -> int:
    return ceil(font.getlength(text))


def _height(font: ImageFont.FreeTypeFont) -> int:
    """From the top of the highest letter to the bottom of the lowest."""
    return sum(font.getmetrics())


def _line(text: str, font: ImageFont.FreeTypeFont, *, right: int, top: int) -> Line:
    return Line(text, (right - _width(font, text), top, right, top + _height(font)))
