import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.sources.paragraphs import recovered, unwrapped
from retrieval.text.lines import blocks, clean, joined
from tests.benchmarks.layout import METHODS, Page, read_pairs, score
from tests.shared import shared

LONG = "The bill would help a great many families across the state with the cost of their fares."


def unspaced(texts):
    return "".join("".join(texts).split())


@pytest.mark.parametrize(
    ("lines", "whole"),
    [
        (["not a crime", "."], "not a crime."),
        (["Rep. Roe (CA-39)", "met with her"], "Rep. Roe (CA-39) met with her"),
        (["WASHINGTON, D.C.", "—", "Rep. Roe"], "WASHINGTON, D.C. — Rep. Roe"),
        (["WASHINGTON", "— Senator Roe"], "WASHINGTON — Senator Roe"),
        (["in Missouri", "—and across the nation"], "in Missouri—and across the nation"),
        (["the program—", "which ends"], "the program—which ends"),
        (["the 112", "th", "Congress"], "the 112th Congress"),
        (["a speech", "r", "iddled with gaffes"], "a speech riddled with gaffes"),
        (["“", "Rail Act", "”"], "“Rail Act”"),
        (['he called it "', "good", '" today'], 'he called it "good" today'),
        (['"It helps,"', "she said"], '"It helps," she said'),
        (["Roe", "’s bill"], "Roe’s bill"),
        (["You said", ". . . that"], "You said . . . that"),
        (["the (", "first", ") one"], "the (first) one"),
    ],
)
def test_pieces_are_spaced_as_the_page_showed_them(lines, whole):
    assert joined(lines) == whole


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
def test_a_break_at_a_link_or_bold_run_is_undone(lines):
    assert recovered([LONG, *lines, LONG]) == (LONG, joined(lines), LONG)


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
def test_what_was_apart_stays_apart(lines):
    assert recovered(lines) == tuple(lines)


def test_a_blank_line_ends_a_paragraph():
    assert recovered(["Cap the fares", "", "at five dollars"]) == (
        "Cap the fares",
        "at five dollars",
    )


def test_blank_lines_between_all_pieces_mean_nothing():
    lines = ["Senator Roe", "introduced", "the", "Rail Act", ", which would", "lower", "fares."]
    spaced = [text for line in lines for text in (line, "")]
    assert recovered(spaced) == ("Senator Roe introduced the Rail Act, which would lower fares.",)


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
    assert [line for line in unwrapped(lines) if line] == [
        joined(lines[:3]),
        joined(lines[4:6]),
        *lines[7:],
    ]


def test_lines_of_a_bill_within_a_page_stay_lines():
    bill = [
        "Whereas the team defeated its rival by a score of twenty",
        "to nineteen to win the championship in the final game",
        "of the season before a crowd of record size in the year",
        "of its centenary, and made an exceptional comeback after",
        "trailing by ten points with under four minutes remaining",
        "in the first half, the third such comeback in five years",
    ]
    page = [LONG * 3, *bill]
    assert recovered(page) == tuple(page)


def test_white_space_is_single_and_the_invisible_gone():
    assert clean(" a\u00a0\u2003b\u200bc\u00add\ufeff\x07 ") == "a bcd"
    assert clean("👩\u200d🚀 می\u200cخواهم") == "👩\u200d🚀 می\u200cخواهم"


def test_blocks_are_what_blank_lines_part():
    assert blocks("One\nline.\n \nTwo.\r\n\r\n\n\n") == ("One line.", "Two.")


WORDS = st.sampled_from(
    'the Senator Roe said , . ; : “ ” " ( ) — - Act here U.S. th 112 • 2025 ### and’s I'.split()
)
LINES = st.lists(
    st.lists(WORDS | st.text(min_size=1, max_size=8), max_size=8).map(" ".join).map(clean)
)


@given(LINES)
def test_nothing_is_lost_added_or_moved(lines):
    assert unspaced(recovered(lines)) == unspaced(lines)


@given(LINES)
def test_recovered_paragraphs_are_clean_and_not_empty(lines):
    for paragraph in recovered(lines):
        assert paragraph
        assert clean(paragraph) == paragraph


@given(st.text())
def test_cleaning_twice_changes_nothing(text):
    assert clean(clean(text)) == clean(text)


def test_the_score_counts_boundaries_between_first_and_last_paragraph():
    page = Page(("Menu", "One", "two.", "Three.", "Foot"), ("One two.", "Three."))
    result = score(METHODS["one line, one paragraph"], [page])
    assert (result.right, result.wrong, result.missed) == (2, 1, 0)


def test_real_copied_pages_get_their_paragraphs_back():
    pages = read_pairs(shared("layout/pairs.jsonl"))
    assert score(recovered, pages).f1 >= 0.95
    assert score(recovered, pages, whole_page=True).f1 >= 0.9
