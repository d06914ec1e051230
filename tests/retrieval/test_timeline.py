from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.archive import Archive
from retrieval.errors import BadQuestion, UnknownNewsroom
from retrieval.release import Filter
from retrieval.timeline import MONTHS, MOST_BINS, binned
from tests.retrieval.conftest import write_releases

ALL = Filter()
FILLER = (
    "The council met on Tuesday and heard from nine residents.",
    "The minutes are open to everyone at the town hall.",
    "Refreshments were served by the volunteers of the fire brigade.",
    "The next meeting is planned for the second week of the month.",
    "Mayor Quill thanked everybody who had come.",
    "Parking is free in the evening.",
    "The agenda is sent to subscribers on Mondays.",
    "Questions go to the clerk.",
    "A sign language interpreter was there.",
)


def release(id, title, day, *paragraphs, newsroom="harbor.example"):
    text = "\n\n".join(paragraphs)
    return {"id": id, "title": title, "date": day, "newsroom": newsroom, "text": text}


RELEASES = (
    release("title", "Rent Freeze Passed", "2023-01-10", "It takes effect in May.", *FILLER[:2]),
    release(
        "told",
        "Council Notes",
        "2024-05-02",
        "A rent freeze was asked for by tenants.",
        "Owners said that freezing the rents would cost them dearly.",
        *FILLER[:6],
    ),
    release("passing", "Council Notes for June", "2024-06-03", "The rent freeze stays.", *FILLER),
    release("short", "Tenants", "2024-05-20", "The rent freeze stays.", newsroom="coast.example"),
    release("apart", "Fares", "2024-07-01", "Rents rise.", "The price freeze ends.", *FILLER[:3]),
    release("undated", "Rent Freeze Explained", None, *FILLER[2:4]),
    release("clinic", "Clinic Opens", "2025-02-03", "Physicians will treat the sick at no charge."),
)


@pytest.fixture(scope="module")
def archive(encoder, tmp_path_factory):
    folder = tmp_path_factory.mktemp("timeline")
    source = write_releases(folder / "releases.jsonl", RELEASES)
    archive = Archive(folder / "data", encoder, today=lambda: date(2025, 6, 1))
    archive.reindex([source])
    return archive


def about(archive, topic, allowed=ALL):
    return [each.id for each in archive.timeline(topic, allowed).releases]


def test_what_says_it_in_its_title_or_twice_is_about_it_newest_first_undated_last(archive):
    assert about(archive, "rent freeze") == ["short", "told", "title", "undated"]


def test_a_mention_in_passing_and_words_far_apart_are_not_about_it(archive):
    assert not {"passing", "apart"} & {*about(archive, "rent freeze")}


def test_where_nothing_has_the_words_what_means_them_is_about_it(archive):
    assert about(archive, "free medical care by doctors") == ["clinic"]


@pytest.mark.parametrize("topic", ["sourdough pizza", "the moons of Jupiter", "asdf qwerty", "it"])
def test_nothing_is_about_what_was_never_published(archive, topic):
    timeline = archive.timeline(topic, ALL)
    assert timeline.releases == ()
    assert (timeline.bins, timeline.undated) == ((), 0)


def test_it_says_when_and_of_which_generation(archive):
    timeline = archive.timeline("rent freeze", ALL)
    assert (timeline.topic, timeline.generation) == ("rent freeze", "g000001")
    assert (timeline.step, timeline.undated) == ("month", 1)
    counts = {each.first: each.count for each in timeline.bins if each.count}
    assert counts == {date(2023, 1, 1): 1, date(2024, 5, 1): 2}
    assert len(timeline.bins) == 17


@pytest.mark.parametrize(
    ("allowed", "ids"),
    [
        (Filter(since=date(2024, 1, 1)), ["short", "told"]),
        (Filter(until=date(2024, 5, 2)), ["told", "title"]),
        (Filter(newsroom="coast.example"), ["short"]),
        (Filter(newsroom="harbor"), ["told", "title", "undated"]),
        (Filter(since=date(2030, 1, 1)), []),
    ],
)
def test_only_what_a_filter_lets_through_is_counted(archive, allowed, ids):
    assert about(archive, "rent freeze", allowed) == ids


def test_a_filter_changes_which_count_and_not_what_they_are_about(archive):
    assert about(archive, "rent freeze", Filter(since=date(2024, 6, 1))) == []


def test_a_time_in_the_topic_is_a_filter_and_no_word_of_it(archive):
    assert about(archive, "rent freeze since  2024") == ["short", "told", "undated"]
    assert about(archive, "rent freeze since 2024", Filter(until=date(2023, 12, 31))) == ["title"]


def test_slips_are_mended_and_that_is_said(archive):
    timeline = archive.timeline("rent freezze", ALL)
    assert [each.id for each in timeline.releases] == about(archive, "rent freeze")
    assert timeline.topic == "rent freezze"
    assert timeline.query.spelling.changes == (("freezze", "freeze"),)


def test_a_phrase_in_quotation_marks_must_stand_in_a_paragraph(archive):
    assert about(archive, '"freezing the rents"') == ["told"]


@pytest.mark.parametrize("topic", ["", "  ", "?!", "since 2023", "x" * 4001])
def test_what_is_no_topic_is_refused(archive, topic):
    with pytest.raises(BadQuestion):
        archive.timeline(topic, ALL)


def test_an_unknown_newsroom_is_refused(archive):
    with pytest.raises(UnknownNewsroom):
        archive.timeline("rent", Filter(newsroom="nowhere"))


DATES = st.dates(date(1900, 1, 1), date(2100, 12, 31))
NEAR_EACH_OTHER = st.builds(
    lambda first, days: [first + timedelta(days=day) for day in days],
    st.dates(date(1990, 1, 1), date(2030, 1, 1)),
    st.lists(st.integers(0, 5000), min_size=1, max_size=40),
)
SOME = st.one_of(st.lists(DATES, min_size=1, max_size=30), NEAR_EACH_OTHER)


@given(SOME)
def test_bins_follow_each_other_from_the_first_date_to_the_last(dates):
    step, bins = binned(dates)
    for one, following in pairwise(bins):
        assert following.first == one.last + timedelta(days=1)
    assert bins[0].first <= min(dates) <= bins[0].last
    assert bins[-1].first <= max(dates) <= bins[-1].last
    for each in bins:
        assert each.first.day == 1
        assert (each.first.month - 1) % MONTHS[step] == 0
        months = (each.last.year - each.first.year) * 12 + each.last.month - each.first.month + 1
        assert months == MONTHS[step]


@given(SOME)
def test_every_date_is_counted_once_in_its_bin(dates):
    _, bins = binned(dates)
    assert sum(each.count for each in bins) == len(dates)
    for each in bins:
        assert each.count == sum(each.first <= day <= each.last for day in dates)
    assert bins[0].count
    assert bins[-1].count


@given(SOME)
def test_the_step_is_the_shortest_that_needs_few_bins(dates):
    step, bins = binned(dates)
    months = (max(dates).year - min(dates).year) * 12 + max(dates).month - min(dates).month + 1
    if step != "year":
        assert len(bins) <= MOST_BINS
    if step != "month":
        assert months > MOST_BINS
    if step == "year":
        assert months > 3 * (MOST_BINS - 1)


@pytest.mark.parametrize(
    ("first", "last", "step", "number"),
    [
        (date(2024, 2, 29), date(2024, 2, 29), "month", 1),
        (date(2021, 1, 31), date(2023, 12, 1), "month", 36),
        (date(2021, 1, 31), date(2024, 1, 1), "quarter", 13),
        (date(2017, 1, 1), date(2025, 12, 31), "quarter", 36),
        (date(2017, 1, 1), date(2026, 1, 1), "year", 10),
        (date(1900, 1, 1), date(2100, 12, 31), "year", 201),
    ],
)
def test_months_become_quarters_and_quarters_years(first, last, step, number):
    found, bins = binned([last, first])
    assert (found, len(bins)) == (step, number)


def test_without_dates_there_are_no_bins():
    assert binned([]) == ("month", ())
