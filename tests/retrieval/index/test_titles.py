import gzip
import json
import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.index.titles import TitleIndex
from retrieval.release import ReleaseInfo
from retrieval.text.tokens import words
from tests.shared import shared

TITLES = [
    ("Mayor Opens Rebuilt Harbor Bridge", 2021),
    ("Harbor Bridge Closed for Repairs", 2020),
    ("Harbor Bridge Closed for Repairs", 2022),
    ("Bridging the Harbor: A Plan for Boats", 2023),
    ("Ridge Trail Opens to Riders", 2018),
    ("García Introduces H.R. 1234, the Clean Water Act", 2019),
    ("Statement on the Clean Water Act", 2024),
    ("$1,250,000 for Fire Departments", 2017),
    ("Fire at Harbor Seal Centre", None),
    ("火災について", 2016),
]


def info(number, title, year):
    published = year and date(year, 1, 1)
    return ReleaseInfo(number, str(number), title, published, None, None, None, None, "source")


HEADINGS = [info(number, *row) for number, row in enumerate(TITLES)]
SOUGHT = TitleIndex(HEADINGS)


def found(typed, limit=25):
    return [each.title for each in SOUGHT.matching(typed, limit)]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("Ridge", "Ridge Trail Opens to Riders"),
        ("idge har plan", "Bridging the Harbor: A Plan for Boats"),
        ("bridge mayor", "Mayor Opens Rebuilt Harbor Bridge"),
        ("rebuilt harbr brigde", "Mayor Opens Rebuilt Harbor Bridge"),
        ("rebiult", "Mayor Opens Rebuilt Harbor Bridge"),
        ("rebiul", "Mayor Opens Rebuilt Harbor Bridge"),  # still being typed
        ("GARCIA", "García Introduces H.R. 1234, the Clean Water Act"),
        ("hr 123", "García Introduces H.R. 1234, the Clean Water Act"),
        ("1,25", "$1,250,000 for Fire Departments"),
        ("depratmnets", "$1,250,000 for Fire Departments"),
        ("seal fire", "Fire at Harbor Seal Centre"),
        ("火災", "火災について"),
    ],
)
def test_a_title_is_found_by_parts_of_it_in_any_order_despite_typing_errors(typed, first):
    assert found(typed)[0] == first


@pytest.mark.parametrize("typed", ["", "  ", "?!", "🚲", "_"])
def test_without_a_word_the_newest_come_first_and_the_undated_last(typed):
    years = [each.date and each.date.year for each in SOUGHT.matching(typed)]
    assert years == [2024, 2023, 2022, 2021, 2020, 2019, 2018, 2017, 2016, None]
    assert len(SOUGHT.matching(typed, limit=3)) == 3


def test_a_text_like_no_title_finds_nothing():
    assert found("xylophone") == []
    assert found("2025") == []  # a figure is no slip of another


def test_a_title_that_begins_so_precedes_whole_words_parts_and_typing_errors():
    assert found("bridg") == [
        "Bridging the Harbor: A Plan for Boats",
        "Harbor Bridge Closed for Repairs",
        "Mayor Opens Rebuilt Harbor Bridge",
        "Harbor Bridge Closed for Repairs",
    ]
    assert found("ridge")[0] == "Ridge Trail Opens to Riders"  # before what has it within
    assert found("bridge")[-1] == "Ridge Trail Opens to Riders"  # by a slip


def test_adjacent_words_rank_above_the_same_words_apart():
    assert found("water act")[:2] == [
        "Statement on the Clean Water Act",
        "García Introduces H.R. 1234, the Clean Water Act",
    ]
    assert found("fire departments harbor")[0] == "$1,250,000 for Fire Departments"


def test_among_equals_the_newer_comes_first():
    closed = SOUGHT.matching("harbor bridge closed for repairs")
    assert [each.number for each in closed[:2]] == [2, 1]


def test_a_title_that_lacks_a_word_is_found_where_none_has_them_all():
    assert found("rebuilt bridge tunnel")[0] == "Mayor Opens Rebuilt Harbor Bridge"


def test_of_no_titles_none_is_found():
    assert TitleIndex([]).matching("harbor") == []
    assert TitleIndex([]).matching("") == []


def test_titles_without_words_are_found_by_none():
    nameless = TitleIndex([info(0, "—", 2020)])
    assert nameless.matching("harbor") == []
    assert len(nameless.matching("")) == 1


def test_an_open_index_has_its_titles(newsrooms_archive):
    index = newsrooms_archive.index
    assert [each.id for each in index.titles.matching("harbor brid")][:1] == ["bridge"]
    assert index.titles is index.titles


@given(st.text(max_size=80), st.integers(min_value=1, max_value=25))
def test_any_text_can_be_typed(typed, limit):
    matching = SOUGHT.matching(typed, limit)
    assert len(matching) <= limit
    assert len(set(matching)) == len(matching)


@given(st.lists(st.text(max_size=30), max_size=6), st.text(max_size=10))
def test_any_titles_can_be_searched(texts, typed):
    titles = TitleIndex([info(number, text, 2020) for number, text in enumerate(texts)])
    assert len(titles.matching(typed)) <= len(texts)
    for text in texts:
        assert text in [each.title for each in titles.matching(text)]


@pytest.fixture(scope="module")
def congress():
    """The titles of 25,000 releases, and the infos of a few thousand to look for."""
    with gzip.open(shared("releases/congress.jsonl.gz"), "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    infos = [
        ReleaseInfo(
            at, row["id"], row["title"], date.fromisoformat(row["date"]), *[None] * 4, "source"
        )
        for at, row in enumerate(rows)
    ]
    return TitleIndex(infos), [each.title for each in infos[::10]]


@given(st.data())
def test_of_thousands_one_typed_in_full_comes_first(congress, data):
    titles, some = congress
    title = data.draw(st.sampled_from(some))
    assert words(titles.matching(title.swapcase())[0].title) == words(title)


@given(st.data())
def test_of_thousands_one_with_a_letter_dropped_or_swapped_is_among_the_first(congress, data):
    titles, some = congress
    title = data.draw(st.sampled_from(some))
    at = data.draw(st.sampled_from([m.start() for m in re.finditer(r"(?=[^\W\d_]{2})", title)]))
    swapped = data.draw(st.booleans())
    slipped = title[:at] + swapped * (title[at + 1] + title[at]) + title[at + 1 + swapped :]
    assert title in [each.title for each in titles.matching(slipped, limit=5)]
