import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.text.date_lines import is_date_line


@pytest.mark.parametrize(
    "line",
    [
        "Tuesday, April 9, 2024",
        "April 9, 2024",
        "Apr. 9, 2024 at 10:30 a.m. EDT",
        "9 April 2024",
        "04/09/2024",
        "2024-04-09",
        "Published: April 9, 2024",
        "Press Release | April 9, 2024",
        "For Immediate Release: April 9, 2024",
        "WASHINGTON, D.C. – April 9, 2024",
        "BISMARCK, N.D. (April 9, 2024)",
        "Washington, D.C., April 9, 2024",
        "Martes, 9 de abril de 2024",
    ],
)
def test_a_date_with_its_place_or_label_is_a_date_line(line):
    assert is_date_line(line)


@pytest.mark.parametrize(
    "line",
    [
        "Town hall: Tuesday, April 9, 2024",
        "The bridge opened on April 9, 2024.",
        "Deadline to apply: April 9, 2024",
        "April 9, 2024: $42 million",
        "April 9, 2024: 1,200 permits",
        "May the best boat win",
        "WASHINGTON, D.C.",
        "2024",
        "",
    ],
)
def test_a_line_that_says_more_is_not(line):
    assert not is_date_line(line)


@given(st.text(max_size=200))
def test_any_line_can_be_tested(line):
    assert is_date_line(line) in (True, False)
