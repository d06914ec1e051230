from datetime import date

import pytest

from retrieval.sources.dateline import dateline_date, dateline_of, first_dateline, is_dateline


@pytest.mark.parametrize(
    ("paragraph", "place"),
    [
        ("WASHINGTON – Today, Senator Roe", "WASHINGTON"),
        ("[CHICAGO, IL] – Today, Senator Roe", "CHICAGO, IL"),
        ("Miami, Fla. — Today", "Miami, Fla."),
        ("PORTLAND, Ore., Sept. 8, 2025 — Today", "PORTLAND, Ore."),
        ("ICYMI – Senator Roe spoke", None),
        ("Senator Roe – who voted for it – said so", None),
        ("WASHINGTON –", None),
        ("", None),
    ],
)
def test_a_dateline_is_the_place_that_a_paragraph_opens_with(paragraph, place):
    assert dateline_of(paragraph) == place


def test_a_headline_may_come_before_the_dateline():
    assert first_dateline(["Fares Fall", "WASHINGTON – Today, Senator Roe"]) == "WASHINGTON"
    assert first_dateline(["Fares Fall"] * 3 + ["WASHINGTON – Today, Senator Roe"]) is None


def test_a_dateline_may_have_a_date():
    assert dateline_date("PORTLAND, Ore., Sept. 8, 2025 — Today") == date(2025, 9, 8)
    assert dateline_date("PORTLAND, Ore. (September 8, 2025) – Today") == date(2025, 9, 8)
    assert dateline_date("PORTLAND, Ore., Sept. 31, 2025 — Today") is None
    assert dateline_date("PORTLAND, Ore. — Today") is None


def test_a_line_may_be_a_dateline_and_nothing_else():
    assert is_dateline("WASHINGTON, D.C. —")
    assert not is_dateline("WASHINGTON, D.C. — Today")
