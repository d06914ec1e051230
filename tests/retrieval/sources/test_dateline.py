from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.sources.dateline import (
    dateline_of,
    dateline_readings,
    first_dateline,
    is_dateline,
    parse_dateline,
)


@pytest.mark.parametrize(
    ("paragraph", "place"),
    [
        ("WASHINGTON – Today, Senator Roe", "WASHINGTON"),
        ("[CHICAGO, IL] – Today, Senator Roe", "CHICAGO, IL"),
        ("Miami, Fla. — Today", "Miami, Fla."),
        ("PORTLAND, Ore., Sept. 8, 2025 — Today", "PORTLAND, Ore."),
        ("(LINDOW, N.Y.) – The quay", "LINDOW, N.Y."),
        ("LINDOW, NY. – The quay", "LINDOW, NY."),
        ("ÉVRY, France – The quay", "ÉVRY, France"),
        ("DALLAS, TX -- MAY 13, 2026", "DALLAS, TX"),
        ("IBM (NYSE: IBM) – The quay", None),
        ("Press Release | March 5, 2024 | The quay", None),
        ("On March 5, 2024 – the day of the vote –", None),
        ("On March 5, 2024, the quay", None),
        ("ICYMI – Senator Roe spoke", None),
        ("Senator Roe – who voted for it – said so", None),
        ("WASHINGTON –", None),
        ("", None),
    ],
)
def test_a_dateline_is_the_place_that_a_paragraph_opens_with(paragraph, place):
    assert dateline_of(paragraph) == place


@pytest.mark.parametrize(
    ("dateline", "place"),
    [
        ("LINDOW, N.Y., March 5, 2024 /PRNewswire/ -- ", "LINDOW, N.Y."),
        ("LINDOW, March 5, 2024 /PRNewswire-USNewswire/ -- ", "LINDOW"),
        ("LONDON and NEW YORK, March 5, 2024 /PRNewswire/ — ", "LONDON and NEW YORK"),
        ("LINDOW, NY, March 05, 2024 /24-7PressRelease/ -- ", "LINDOW, NY"),
        (
            "LINDOW, NY, UNITED STATES, March 5, 2024 /EINPresswire.com/ -- ",
            "LINDOW, NY, UNITED STATES",
        ),
        ("Lindow, ON, Mar 05, 2024 /CNW/ - ", "Lindow, ON"),
        ("LINDOW, NY / ACCESSWIRE / March 5, 2024 / ", "LINDOW, NY"),
        ("LINDOW, Fla, March 05, 2024 (GLOBE NEWSWIRE) -- ", "LINDOW, Fla"),
        ("LINDOW, N.Y.--(BUSINESS WIRE)--March 5, 2024--", "LINDOW, N.Y."),
        ("LINDOW, NY--(Marketwired - Mar 5, 2024) - ", "LINDOW, NY"),
        ("Lindow, New York--(Newsfile Corp. - March 5, 2024) - ", "Lindow, New York"),
        ("LINDOW, N.Y. (PRWEB) March 05, 2024 -- ", "LINDOW, N.Y."),
        ("Lindow, NY (Newsworthy.ai) Tuesday Mar 5, 2024 @ 4:45 PM Eastern — ", "Lindow, NY"),
        ("WASHINGTON, D.C. (March 5, 2024) – ", "WASHINGTON, D.C."),
        ("Washington, DC – March 5, 2024 – ", "Washington, DC"),
        ("LINDOW, NY, Tuesday, March 5, 2024 – ", "LINDOW, NY"),
        ("LINDOW, N.Y. | March 5, 2024 | ", "LINDOW, N.Y."),
        ("DALLAS, TX -- March 5th, 2024 -- ", "DALLAS, TX"),
        ("March 5, 2024 – LINDOW, N.Y. – ", "LINDOW, N.Y."),
        ("Mumbai, 5 March 2024: ", "Mumbai"),
    ],
)
def test_the_datelines_of_the_wires_have_a_place_and_a_date(dateline, place):
    text = f"{dateline}The quay will be rebuilt."
    parsed = parse_dateline(text)
    assert parsed
    assert (parsed.place, parsed.readings[0]) == (place, date(2024, 3, 5))
    assert text[parsed.end :] == "The quay will be rebuilt."
    assert is_dateline(dateline.strip()) or dateline.endswith(("| ", ": ", "/ "))


def test_a_wire_may_stand_without_a_date():
    assert dateline_of("LINDOW, N.Y.--(BUSINESS WIRE)--The quay") == "LINDOW, N.Y."
    assert dateline_of("MENLO PARK, Calif. & NEW YORK–(BUSINESS WIRE)–The quay") == (
        "MENLO PARK, Calif. & NEW YORK"
    )


@pytest.mark.parametrize(
    ("paragraph", "place"),
    [
        ("MADRID, 5 de marzo de 2024 /PRNewswire/ -- El muelle", "MADRID"),
        ("Madrid, 5 de marzo de 2024.- El muelle", "Madrid"),
        ("São Paulo, 5 de março de 2024 – O cais", "São Paulo"),
        ("Berlin, 5. März 2024 – Der Kai", "Berlin"),
        ("Paris, le mardi 5 mars 2024 – Le quai", "Paris"),
    ],
)
def test_datelines_in_other_languages_have_a_place(paragraph, place):
    assert dateline_of(paragraph) == place


@given(st.text(st.sampled_from("Aa .,-–/()|&5é") | st.sampled_from("MN’'"), max_size=300))
def test_any_paragraph_has_a_dateline_or_none(paragraph):
    dateline = parse_dateline(paragraph)
    assert dateline is None or paragraph[: dateline.end].count(dateline.place)


def test_a_headline_may_come_before_the_dateline():
    assert first_dateline(["Fares Fall", "WASHINGTON – Today, Senator Roe"]) == "WASHINGTON"
    assert first_dateline(["Fares Fall"] * 3 + ["WASHINGTON – Today, Senator Roe"]) is None


def test_a_dateline_may_have_a_date():
    assert dateline_readings("PORTLAND, Ore., Sept. 8, 2025 — Today") == (date(2025, 9, 8),)
    assert dateline_readings("PORTLAND, Ore. (September 8, 2025) – Today") == (date(2025, 9, 8),)
    assert dateline_readings("PORTLAND, Ore., Sept. 31, 2025 — Today") == ()
    assert dateline_readings("PORTLAND, Ore. — Today") == ()


def test_a_line_may_be_a_dateline_and_nothing_else():
    assert is_dateline("WASHINGTON, D.C. —")
    assert not is_dateline("WASHINGTON, D.C. — Today")
