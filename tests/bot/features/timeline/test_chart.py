from concurrent.futures import ThreadPoolExecutor
from datetime import date
from io import BytesIO
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.features.timeline.chart import (
    BARS,
    HEIGHT,
    PANEL,
    TEXT,
    WIDTH,
    timeline_layout,
    timeline_png,
)
from bot.i18n import load_languages
from retrieval.index.vocabulary import SpellingCorrection
from retrieval.question import Question
from retrieval.ranking.searcher import ParsedQuery
from retrieval.timeline import Timeline, binned


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


def picture_of(timeline, label=month):
    return Image.open(BytesIO(timeline_png(timeline, label))).convert("RGB")


def texts(lines):
    return [line.text for line in lines]


def overlap(one, other):
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def colours_in(picture, box):
    return {"#{:02x}{:02x}{:02x}".format(*rgb) for _, rgb in picture.crop(box).getcolors(2**20)}


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
    png = timeline_png(TIMELINES[name], month)
    picture = Image.open(BytesIO(png))
    assert (picture.format, picture.size) == ("PNG", (1000, 400))


@pytest.mark.parametrize("name", TIMELINES)
def test_every_bin_with_releases_has_its_bar_as_high_as_they_are_many(name):
    timeline, layout = TIMELINES[name], timeline_layout(TIMELINES[name], month)
    picture = picture_of(timeline)
    bottom = layout.plot[3]
    highest = max(each.count for each in timeline.bins)
    tallest = max(bottom - bar[1] for bar in layout.bars if bar)
    for each, bar in zip(timeline.bins, layout.bars, strict=True):
        assert (bar is None) == (each.count == 0)
        if bar:
            assert bottom - bar[1] == pytest.approx(max(2, tallest * each.count / highest), abs=1)
            assert colours_in(picture, bar) == {BARS}


@pytest.mark.parametrize("name", TIMELINES)
def test_few_labels_stand_under_the_middle_of_the_bars_that_they_name(name):
    timeline = TIMELINES[name]
    layout = timeline_layout(timeline, lambda each: f"{each.first:%b %Y}")
    names = [f"{each.first:%b %Y}" for each in timeline.bins]
    shown = [names.index(line.text) for line in layout.labels]
    assert 1 <= len(shown) <= 8
    assert len({b - a for a, b in pairwise(shown)}) <= 1
    for at, line in zip(shown, layout.labels, strict=True):
        left, _, right, _ = line.box
        inside = left > 20 and right < WIDTH - 20
        if inside and (bar := layout.bars[at]):
            assert (left + right) / 2 == pytest.approx((bar[0] + bar[2]) / 2, abs=2)


def test_labels_stand_at_round_dates_and_fewer_where_they_are_long():
    short = timeline_layout(TIMELINES["36 bins"], month)
    assert texts(short.labels) == ["Jan 24", "Jul 24", "Jan 25", "Jul 25", "Jan 26", "Jul 26"]
    long = timeline_layout(TIMELINES["36 bins"], lambda each: f"{each.first:%B of the year %Y}")
    assert texts(long.labels) == ["January of the year 2024", "January of the year 2026"]
    years = timeline_layout(TIMELINES["years"], lambda each: str(each.first.year))
    assert texts(years.labels) == ["2000", "2005", "2010", "2015", "2020", "2025"]


@pytest.mark.parametrize("name", TIMELINES)
def test_releases_are_counted_in_whole_round_numbers(name):
    layout = timeline_layout(TIMELINES[name], month)
    counts = [int(line.text) for line in layout.ticks]
    highest = max(each.count for each in TIMELINES[name].bins)
    assert counts[0] == 0
    assert 2 <= len(counts) <= 5
    assert counts[-1] <= highest < counts[-1] + counts[1]
    assert str(counts[1]).rstrip("0") in {"1", "2", "5"}


COUNTS = st.lists(st.sampled_from([0, 1, 2, 9, 150]), min_size=1, max_size=50).filter(any)


@settings(deadline=None, max_examples=60)
@given(COUNTS, st.integers(1, 30))
def test_no_text_overlaps_another_or_a_bar_or_leaves_the_picture(counts, length):
    def label(each):
        return month(each).ljust(length, "m")

    timeline = counted(*counts)
    layout = timeline_layout(timeline, label)
    lines = [*layout.ticks, *layout.labels]
    boxes = [line.box for line in lines]
    assert not any(overlap(one, other) for one, other in combinations(boxes, 2))
    assert not any(overlap(box, bar) for box in boxes for bar in layout.bars if bar)
    assert not any(overlap(*pair) for pair in pairwise(filter(None, layout.bars)))
    for left, top, right, bottom in boxes:
        assert 0 <= left <= right <= WIDTH
        assert 0 <= top <= bottom <= HEIGHT
    # What the boxes say is what is drawn, but for a pixel at the edge of a letter.
    picture = picture_of(timeline, label)
    for line in lines:
        assert TEXT in colours_in(picture, line.box)
    for left, top, right, bottom in [layout.plot, *boxes]:
        picture.paste(PANEL, (left - 1, top - 1, right + 1, bottom + 1))
    assert colours_in(picture, (0, 0, WIDTH, HEIGHT)) == {PANEL}


@pytest.mark.parametrize("language", load_languages().by_code.values(), ids=lambda each: each.code)
def test_the_font_has_the_months_of_every_language(language):
    missing = ink("\ue000")
    letters = {each for at in range(1, 13) for each in language.month(date(2024, at, 1))}
    assert not [each for each in letters if not each.isspace() and ink(each) == missing]


def ink(character):
    picture = picture_of(counted(1), lambda _: character)
    return picture.tobytes()


def test_two_threads_draw_what_one_draws():
    def draw(name):
        return timeline_png(TIMELINES[name], month)

    names = [*TIMELINES] * 4
    alone = {name: draw(name) for name in TIMELINES}
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(draw, names)) == [alone[name] for name in names]


def test_a_timeline_without_bins_is_not_drawn():
    with pytest.raises(ValueError, match="without bins"):
        timeline_png(of([]), month)
