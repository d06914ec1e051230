from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.release import DateSource
from retrieval.sources.fields import read_fields

TEXT = "LINDOW, N.Y. – The quay will be rebuilt."


@pytest.mark.parametrize("name", ["author", "Authors", "member", "creator", "dc:creator", "byline"])
@pytest.mark.parametrize(
    ("value", "author"),
    [
        ("Ann Roe", "Ann Roe"),
        ("By Ann Roe", "Ann Roe"),
        ({"bioguide_id": "X000001", "name": "Ann Roe", "party": "L"}, "Ann Roe"),
        ({"first_name": "Ann", "last_name": "Roe"}, "Ann Roe"),
        ({"name": {"first": "Ann", "last": "Roe"}}, "Ann Roe"),
        ({"@type": "Person", "familyName": "Roe", "givenName": "Ann"}, "Ann Roe"),
        (["Ann Roe", "Bob Poe"], "Ann Roe, Bob Poe"),
        ([{"name": "Ann Roe"}, {"name": "Bob Poe"}, "Ann Roe"], "Ann Roe, Bob Poe"),
        (17, None),
        ([], None),
        ({"party": "L"}, None),
        ({"name": {"name": {"name": {"name": {"name": "deep"}}}}}, None),
    ],
)
def test_who_has_written_is_a_name_an_object_or_a_list(name, value, author):
    assert read_fields({"text": TEXT, name: value}).author == author


@pytest.mark.parametrize(
    ("record", "title", "paragraphs"),
    [
        ({"headline": "A", "body": "B"}, "A", ("B",)),
        (
            {"title": {"rendered": "A &amp; b"}, "content": {"rendered": "<p>B</p><p>C</p>"}},
            "A & b",
            ("B", "C"),
        ),
        ({"title": "A", "text": ["B", "<p>C</p>", "D\n\nE"]}, "A", ("B", "C", "D", "E")),
        ({"title": "A", "content_text": "B", "content_html": "<p>B</p>"}, "A", ("B",)),
        ({"title": "A", "text": "", "articleBody": "B"}, "A", ("B",)),
        ({"title": "A", "description": "B"}, "A", ("B",)),
        ({"title": "A", "text": "B", "summary": "C"}, "A", ("B",)),
        ({"title": "A", "subtitle": "C", "text": "B"}, "A", ("C", "B")),
        ({"title": "A", "subtitle": "A", "text": "B"}, "A", ("B",)),
        ({"title": "A<br>b <i>c</i>", "text": "B"}, "A b c", ("B",)),
    ],
)
def test_title_and_text_go_by_many_names(record, title, paragraphs):
    draft = read_fields(record)
    assert (draft.title, draft.paragraphs) == (title, paragraphs)


@pytest.mark.parametrize(
    "name", ["date", "published", "pubDate", "publish_date", "date_published", "Publish Date"]
)
@pytest.mark.parametrize(
    "value",
    [
        "2024-03-05",
        "March 5, 2024",
        "2024-03-05T09:00:00Z",
        20240305,
        "20240305",
        1709629200,
        "1709629200",
        datetime(2024, 3, 5, 9),
        date(2024, 3, 5),
        {"$date": "2024-03-05T09:00:00Z"},
    ],
)
def test_dates_go_by_many_names_and_forms(name, value):
    draft = read_fields({"text": TEXT, name: value})
    assert (draft.date, draft.date_source) == (date(2024, 3, 5), DateSource.FIELD)


@pytest.mark.parametrize("name", ["modified", "updated_at", "scraped_at", "lastmod", "created"])
def test_a_day_on_which_nothing_was_published_is_no_date(name):
    draft = read_fields({"text": TEXT, name: "2024-03-05"})
    assert draft.date is None
    assert draft.unread == (name,)


@pytest.mark.parametrize(
    ("value", "url"),
    [
        ("https://roe.example/a", "https://roe.example/a"),
        ("www.roe.example/a", "https://www.roe.example/a"),
        ("https://roe.example/a b", "https://roe.example/a%20b"),
        (["https://roe.example/a"], "https://roe.example/a"),
        ("/news/a/", None),
        ("ftp://roe.example/a", None),
        ("http://[broken", None),
        (5, None),
    ],
)
@pytest.mark.parametrize("name", ["url", "link", "permalink", "canonical_url", "source"])
def test_an_address_is_one_that_a_browser_opens(name, value, url):
    assert read_fields({"text": TEXT, name: value}).url == url


@pytest.mark.parametrize(
    ("record", "newsroom"),
    [
        ({"organization": "Roe"}, "Roe"),
        ({"publisher": {"@type": "Organization", "name": "Roe"}}, "Roe"),
        ({"source": "Roe Wire"}, "Roe Wire"),
        ({"site": "https://www.roe.example/news"}, "www.roe.example"),
        ({"newsroom": "Roe", "domain": "roe.example"}, "Roe"),
    ],
)
def test_a_newsroom_goes_by_many_names(record, newsroom):
    assert read_fields({"text": TEXT, **record}).newsroom == newsroom


def test_fields_that_are_not_read_are_told_and_empty_ones_are_not():
    record = {
        "text": TEXT,
        "mood": "good",
        "party": "",
        "tags": [],
        "body": "Another.",
        "link": "/a",
    }
    assert read_fields(record).unread == ("mood", "body")


def test_the_date_of_the_dateline_counts_where_no_field_has_one():
    draft = read_fields({"text": "LINDOW, N.Y., March 5, 2024 – The quay will be rebuilt."})
    assert (draft.date, draft.date_source) == (date(2024, 3, 5), DateSource.DATELINE)


def test_a_date_in_figures_is_read_in_the_order_of_the_country():
    row = {"text": TEXT, "date": "01.11.2023"}
    german = read_fields({**row, "url": "https://www.lindow.de/a"})
    assert (german.date, german.notes) == (date(2023, 11, 1), ())
    assert read_fields({**row, "language": "de"}).date == date(2023, 11, 1)
    undecided = read_fields(row)
    assert undecided.date == date(2023, 1, 11)
    assert "may mean another day" in undecided.notes[0]


@pytest.mark.parametrize(("name", "value"), [("title", 3), ("text", 3.5), ("text", True)])
def test_a_title_or_text_of_another_type_is_refused(name, value):
    with pytest.raises(ValueError, match=f"'{name}' is"):
        read_fields({name: value})


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(("name", "first", "text", "$date")), inner, max_size=2)
    ),
    max_leaves=6,
)
NAMES = st.sampled_from(
    ("title", "text", "body", "date", "url", "source", "author", "subtitle", "x")
)


@given(st.dictionaries(NAMES, VALUES))
def test_any_record_is_read_or_refused(record):
    try:
        draft = read_fields(record)
    except ValueError:
        return
    assert all(draft.paragraphs)
    assert {*draft.unread} <= {*record}
