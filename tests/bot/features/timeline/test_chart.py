import struct
import warnings
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import pairwise

import pytest

from bot.features.timeline.chart import timeline_figure, timeline_png
from retrieval.index.vocabulary import SpellingCorrection
from retrieval.question import Question
from retrieval.ranking.searcher import ParsedQuery
from retrieval.timeline import Timeline, binned

HOSTILE = [
    "$\\frac{",
    "$x^2$ and \\$5 and {braces}",
    "🏛️🧑‍⚖️",
    "农业法案",
    "مشروع قانون المزرعة",
    "\u202eחוק החווה\u202c",
    "x" * 4000,
    "W i d e " * 500,
    "two\nlines\tand\0nothing",
    "\ud800",
    "   ",
    "",
]


def counted(*counts):
    """A timeline of so many releases a month, from November 2023 on."""
    months = [(2023 * 12 + 10 + at, count) for at, count in enumerate(counts)]
    return of([date(at // 12, at % 12 + 1, 9) for at, count in months for _ in range(count)])


def of(dates):
    step, bins = binned(dates)
    query = ParsedQuery(Question("x"), "x", SpellingCorrection("x"), {})
    return Timeline("x", "g000001", query, (), bins, step, 0)


def month(each):
    return f"{each.first:%b %y}"


def figure(timeline, title="Ferry fares", label=month):
    return timeline_figure(timeline, label=label, title=title)


def heights(drawn):
    return [bar.get_height() for bar in drawn.axes[0].patches]


def labels(drawn):
    return [text.get_text() for text in drawn.axes[0].get_xticklabels()]


TIMELINES = {
    "one bin": counted(1),
    "five bins": counted(2, 0, 0, 7, 1),
    "36 bins": counted(*range(1, 37)),
    "many in one": counted(3, 25_000, 1),
    "quarters": of([date(2017 + at // 3, at % 12 + 1, 3) for at in range(24)]),
    "years": of([date(1998 + at, 6, 1) for at in range(29)]),
    "two centuries": of([date(1900, 1, 1), date(2100, 12, 31)]),
}


@pytest.mark.parametrize("name", TIMELINES)
def test_it_is_a_png_of_the_size_that_discord_is_given(name):
    png = timeline_png(TIMELINES[name], label=month, title="Ferry fares")
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", png[16:24]) == (1000, 400)


@pytest.mark.parametrize("name", TIMELINES)
def test_every_bin_has_its_bar(name):
    timeline = TIMELINES[name]
    assert heights(figure(timeline)) == [each.count for each in timeline.bins]


@pytest.mark.parametrize("name", TIMELINES)
def test_few_labels_stand_under_the_bars_that_they_name(name):
    timeline = TIMELINES[name]
    drawn = figure(timeline)
    shown = [int(at) for at in drawn.axes[0].get_xticks()]
    assert 1 <= len(shown) <= 8
    assert labels(drawn) == [month(timeline.bins[at]) for at in shown]
    assert len({b - a for a, b in pairwise(shown)}) <= 1


def test_labels_stand_at_round_dates_and_fewer_where_they_are_long():
    short = figure(TIMELINES["36 bins"])
    assert labels(short) == ["Jan 24", "Jul 24", "Jan 25", "Jul 25", "Jan 26", "Jul 26"]
    long = figure(TIMELINES["36 bins"], label=lambda each: f"{each.first:%B of the year %Y}")
    assert labels(long) == ["January of the year 2024", "January of the year 2026"]
    years = figure(TIMELINES["years"], label=lambda each: str(each.first.year))
    assert labels(years) == ["2000", "2005", "2010", "2015", "2020", "2025"]


@pytest.mark.parametrize("name", TIMELINES)
def test_releases_are_counted_in_whole_numbers(name):
    drawn = figure(TIMELINES[name])
    drawn.canvas.draw()
    ticks = drawn.axes[0].get_yticks()
    assert all(tick == int(tick) for tick in ticks)
    assert 2 <= len(ticks) <= 6
    assert [text.get_text() for text in drawn.axes[0].get_yticklabels()] == [
        str(int(tick)) for tick in ticks
    ]


@pytest.mark.parametrize("title", HOSTILE)
def test_any_title_is_drawn_without_a_warning_as_it_is_and_on_one_line(title):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        timeline_png(TIMELINES["five bins"], label=lambda _: title[:12], title=title)
    drawn = figure(TIMELINES["five bins"], title)
    said = drawn.get_suptitle()
    assert len(said) <= 56
    assert said.isprintable()


def test_what_can_be_drawn_of_a_title_is():
    timeline = TIMELINES["five bins"]
    assert figure(timeline, "Peñón $5$ 🚀 año").get_suptitle() == "Peñón $5$ año"
    assert figure(timeline, "x" * 57).get_suptitle() == "x" * 55 + "…"
    assert figure(timeline, None).get_suptitle() == ""


def test_two_threads_draw_what_one_draws():
    def draw(name):
        return timeline_png(TIMELINES[name], label=month, title=f"Peñón, {name}")

    names = [*TIMELINES] * 4
    alone = {name: draw(name) for name in TIMELINES}
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(draw, names)) == [alone[name] for name in names]


def test_a_timeline_without_bins_is_not_drawn():
    with pytest.raises(ValueError, match="without bins"):
        timeline_png(of([]), label=month, title=None)
