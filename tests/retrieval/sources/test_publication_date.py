from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.release import DateSource
from retrieval.sources.publication_date import (
    DateOrder,
    date_in_address,
    date_on_line,
    is_update,
)

DAY = date(2024, 3, 5)
AMERICAN = DateOrder(False)


@pytest.mark.parametrize(
    ("line", "source"),
    [
        ("March 5, 2024", DateSource.LINE),
        ("Tuesday, March 5, 2024", DateSource.LINE),
        ("Press Release | March 5, 2024", DateSource.LINE),
        ("LINDOW – March 5, 2024", DateSource.LINE),
        ("5 de marzo de 2024", DateSource.LINE),
        ("Published: March 5, 2024", DateSource.LABEL),
        ("Posted on March 5, 2024 by Bob Poe", DateSource.LABEL),
        ("Date: March 5, 2024", DateSource.LABEL),
        ("Date March 5, 2024", DateSource.LABEL),
        ("FOR IMMEDIATE RELEASE: March 5, 2024", DateSource.LABEL),
        ("FOR RELEASE 03/05/2024", DateSource.LABEL),
        ("Published March 5, 2024 | Updated April 1, 2024", DateSource.LABEL),
        ("Updated: April 1, 2024 Published: March 5, 2024", DateSource.LABEL),
        ("Last updated April 1, 2024 · Published March 5, 2024", DateSource.LABEL),
        ("Veröffentlicht am 5. März 2024", DateSource.LABEL),
        ("Publicado el 5 de marzo de 2024", DateSource.LABEL),
        ("Publié le 5 mars 2024", DateSource.LABEL),
        ("Fecha: 5 de marzo de 2024", DateSource.LABEL),
    ],
)
def test_a_line_tells_the_date_of_publication(line, source):
    found = date_on_line(line, AMERICAN)
    assert found is not None
    assert (found.date, found.source) == (DAY, source)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "Last updated March 5, 2024",
        "Page last modified: 5 March 2024",
        "Stand: 05.03.2024",
        "Zuletzt aktualisiert: 5. März 2024",
        "Actualizado el 5 de marzo de 2024",
        "© 2024 Lindow, March 5, 2024",
        "Event: March 5, 2024",
        "Deadline: March 5, 2024",
        "The hearing is on March 5, 2024.",
        "It was on March 5, 2024, that the council met for the first time in the new hall at"
        " the quay and decided",
        "March 2024",
        "March 35, 2024",
    ],
)
def test_a_line_without_the_date_of_publication_tells_none(line):
    assert date_on_line(line, AMERICAN) is None


@pytest.mark.parametrize(
    ("language", "url", "day_first"),
    [
        ("en-US", None, False),
        ("en-us", "https://lindow.de/", False),
        ("de", None, True),
        ("de-AT", None, True),
        ("en-GB", None, True),
        ("en-AU", None, True),
        ("es-US", None, False),
        ("en", "https://lindow.gov/", False),
        ("en", "https://www.lindow.gov.uk/", True),
        ("", "https://lindow.fr/", True),
        ("", "https://lindow.state.ny.us/", False),
        ("en", "https://lindow.com/", None),
        ("en-CA", None, None),
        ("", None, None),
        ("", "https://[broken", None),
        ("", "file:///tmp/page.html", None),
    ],
)
def test_language_and_country_tell_the_order_of_figures(language, url, day_first):
    assert DateOrder.of(language=language, url=url).day_first is day_first


def test_another_date_tells_the_order_if_it_has_one_reading_only():
    unknown = DateOrder()
    assert unknown.decided_by(["01.11.2023", "Am 25.03.2023 in Lindow"]).day_first is True
    assert unknown.decided_by(["11/01/2023", "on 03/25/2023"]).day_first is False
    assert unknown.decided_by(["01.11.2023", "2023-11-25"]).day_first is None
    assert AMERICAN.decided_by(["25.03.2023"]).day_first is False


def test_two_readings_are_both_told_if_nothing_decides():
    found = date_on_line("01.11.2023", DateOrder())
    assert found is not None
    assert (found.date, found.other) == (date(2023, 1, 11), date(2023, 11, 1))
    assert len(found.notes) == 1
    same = date_on_line("11.11.2023", DateOrder())
    assert same is not None
    assert same.notes == ()


def test_an_address_has_a_date_in_its_path():
    found = date_in_address("https://lindow.example/2024/03/05/quay")
    assert found is not None
    assert (found.date, found.source) == (DAY, DateSource.ADDRESS)
    assert date_in_address("https://lindow.example/2024-03-05-quay").date == DAY
    assert date_in_address("https://lindow.example/2024/13/05/quay") is None
    assert date_in_address("https://[broken/2024/03/05/") is None
    assert date_in_address(None) is None


def test_a_line_about_an_update_alone_is_one():
    assert is_update("Last updated March 5, 2024")
    assert not is_update("Published March 5, 2024, updated March 6, 2024")


@given(st.text(max_size=120), st.sampled_from([None, True, False]))
def test_any_line_has_a_date_or_none(line, day_first):
    found = date_on_line(line, DateOrder(day_first))
    assert found is None or 1900 <= found.date.year <= 2100
