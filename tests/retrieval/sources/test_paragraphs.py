import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.sources.paragraphs import recover_paragraphs, unwrap_lines
from retrieval.text.lines import clean, join_lines
from tests.benchmarks.layout import METHODS, Page, read_pairs, score
from tests.shared import shared

LONG = "The bill would help a great many families across the state with the cost of their fares."


def unspaced(texts):
    return "".join("".join(texts).split())


@pytest.mark.parametrize(
    "lines",
    [
        ["Today U.S. Senator Ann Roe (R-Mo.)", "sent a letter", "to the Secretary about fares."],
        ["In December, Senator Roe’s", "Rail Safety Act", "was", "signed into law", "at last."],
        ["“Fares are too high,”", "said Senator Roe.", "“This bill lowers them for everyone.”"],
        ["“Fares are too high,” said", "Ann Roe.", "“This bill lowers them for everyone.”"],
        ["He continued,", "“The fares are too high for most of the people who ride.”"],
        ["Read the full letter", "here", "or below."],
        ["Read the full text of the bill", "here", "."],
        ["WASHINGTON, D.C.", "—", "Rep. Ann Roe", "met with riders of the railroad."],
        ["It is the bipartisan", "Rail Act", "(RA), which would lower fares for all who ride."],
    ],
)
def test_a_line_break_at_a_link_or_bold_run_is_undone(lines):
    assert recover_paragraphs([LONG, *lines, LONG]) == (LONG, join_lines(lines), LONG)


@pytest.mark.parametrize(
    "lines",
    [
        [
            "The Honorable Ann Roe",
            "Secretary",
            "1500 Pennsylvania Avenue NW",
            "Dear Secretary Roe:",
        ],
        ["July 24, 2023", "Dear Mr. Roe:"],
        ["Thank you for your attention to this.", "Sincerely,", "Ann Roe", "United States Senator"],
        ["Background:", "Senator Roe has long worked for lower fares on all railroads."],
        ["BACKGROUND", "In December 2022, Senator Roe announced that fares would be lower."],
        ["The bill would:", "Cap fares at $5 a day;", "Fund new cars; and", "Require a report."],
        ["including but not limited to:", "written records of the group;", "minutes of meetings."],
        ["(1) congratulates the team;", "(2) thanks its fans; and", "(3) honors the city."],
        ["“Fares are high,” said Roe.", "“They are too high for us,” said Doe."],
        ["He voted for it.", "WASHINGTON – Today, Senator Roe voted for the bill."],
        ["- Lower fares", "- New cars"],
    ],
)
def test_separate_paragraphs_stay_separate(lines):
    assert recover_paragraphs(lines) == tuple(lines)


def test_a_blank_line_ends_a_paragraph():
    assert recover_paragraphs(["Cap the fares", "", "at five dollars"]) == (
        "Cap the fares",
        "at five dollars",
    )


def test_blank_lines_between_all_pieces_are_ignored():
    lines = ["Senator Roe", "introduced", "the", "Rail Act", ", which would", "lower", "fares."]
    spaced = [text for line in lines for text in (line, "")]
    assert recover_paragraphs(spaced) == (
        "Senator Roe introduced the Rail Act, which would lower fares.",
    )


def test_text_that_an_editor_wrapped_is_unwrapped():
    lines = [
        "DAYTON, OHIO -- Acme Corporation today reported results for its third",
        "quarter. Revenue rose 12 percent to $1.2 billion, and the company said",
        "it expects growth to continue.",
        "",
        '"We are pleased with the quarter," said Pat Jones, chief executive of',
        "Acme Corporation.",
        "",
        "- Revenue of $1.2 billion",
        "- Net income of $90 million",
    ]
    assert [line for line in unwrap_lines(lines) if line] == [
        join_lines(lines[:3]),
        join_lines(lines[4:6]),
        *lines[7:],
    ]


def test_the_lines_of_a_bill_within_a_page_stay_lines():
    bill = [
        "Whereas the team defeated its rival by a score of twenty",
        "to nineteen to win the championship in the final game",
        "of the season before a crowd of record size in the year",
        "of its centenary, and made an exceptional comeback after",
        "trailing by ten points with under four minutes remaining",
        "in the first half, the third such comeback in five years",
    ]
    page = [LONG * 3, *bill]
    assert recover_paragraphs(page) == tuple(page)


WORDS = st.sampled_from(
    'the Senator Roe said , . ; : “ ” " ( ) — - Act here U.S. th 112 • 2025 ### and’s I'.split()
)
LINES = st.lists(
    st.lists(WORDS | st.text(min_size=1, max_size=8), max_size=8).map(" ".join).map(clean)
)


@given(LINES)
def test_no_character_is_lost_added_or_moved(lines):
    assert unspaced(recover_paragraphs(lines)) == unspaced(lines)


@given(LINES)
def test_recovered_paragraphs_are_clean_and_not_empty(lines):
    for paragraph in recover_paragraphs(lines):
        assert paragraph
        assert clean(paragraph) == paragraph


def test_the_score_counts_boundaries_between_first_and_last_paragraph():
    page = Page(("Menu", "One", "two.", "Three.", "Foot"), ("One two.", "Three."))
    result = score(METHODS["one paragraph per line"], [page])
    assert (result.right, result.wrong, result.missed) == (2, 1, 0)


def test_the_paragraphs_of_real_copied_pages_are_recovered():
    pages = read_pairs(shared("layout/pairs.jsonl"))
    assert score(recover_paragraphs, pages).f1 >= 0.95
    assert score(recover_paragraphs, pages, whole_page=True).f1 >= 0.9
