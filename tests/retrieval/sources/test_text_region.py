"""Which lines of a copied page are its text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.sources.copied_page import read_copied_page
from retrieval.sources.text_region import find_text

FIRST = "The harbour council of Lindow said on Tuesday that its berths will be rebuilt soon."
SECOND = (
    "“We will spend $42 million on them before the winter,” said Ann Roe, who leads the council."
)
TEASER = (
    "The council named Bob Poe its new harbour master, the first from Zechlin in a hundred years."
)
FOOTER = ["Share", "Privacy Policy", "Terms of Use", "© 2024 Lindow Harbour Board"]


def text_of(lines: list[str]) -> tuple[str, ...]:
    return read_copied_page("\n".join(["Berths to Be Rebuilt", "March 5, 2024", *lines])).paragraphs


@pytest.mark.parametrize(
    "below",
    [
        ["Related", "Harbour Master Named", TEASER, "Read more", *FOOTER],
        ["Recent Press Releases", "Harbour Master Named", "January 9, 2023", *FOOTER],
        ["Harbour Master Named", "January 9, 2023", "Old Quay Closed", "May 1, 2022", *FOOTER],
        ["Most Read", "1", "Harbour Master Named", "2", "Old Quay Closed", *FOOTER],
        ["Attachment(s):", "Download Plan", "Press Release Number:", "17-1400", *FOOTER],
        ["Media contact", "Bob Poe", "Communications", "867-393-7478", "bob@lindow.example"],
        ["Previous", "Harbour Master Named", "Next", "Old Quay Closed", *FOOTER],
        ["Updated March 9, 2024", *FOOTER],
        ["3 Comments", "Ann says:", TEASER, TEASER, TEASER, TEASER, *FOOTER],
        ["###", "Related", "Harbour Master Named", TEASER, *FOOTER],
    ],
)
def test_what_is_below_the_text_is_left_out(below):
    assert text_of([FIRST, SECOND, *below]) == (FIRST, SECOND)


@pytest.mark.parametrize(
    "end",
    [
        ["Sincerely,", "Ann Roe", "Member of Congress", "Bob Poe", "Member of Congress"],
        ["The council also voted for:", "New lamps", "New timber", "Resources", "A longer quay"],
        ["Berth", "2023", "2024", "North", "$0", "$3,750,000", "South", "$0", "$1,250,000"],
        ["The council will be at these offices:", "Lindow District Office", "1 Quay Street"],
        ["About the Board", "It runs the harbours."],
    ],
)
@pytest.mark.parametrize("footer", [[], FOOTER])
def test_the_last_short_lines_of_the_text_are_kept(end, footer):
    assert text_of([FIRST, SECOND, *end, *footer]) == (FIRST, SECOND, *end)


def test_text_after_an_end_mark_is_kept_unless_boilerplate_is_between():
    about = "Lindow Harbour Board runs the harbours of Lindow and Zechlin."
    assert text_of([FIRST, SECOND, "###", about]) == (FIRST, SECOND, about)
    assert text_of([FIRST, SECOND, "###", "Share", "About the Board", about]) == (
        FIRST,
        SECOND,
        "About the Board",
        about,
    )


def test_a_contact_within_the_text_is_left_out():
    lines = [FIRST, "Media Contact:", "Ann Lee", "ann@lindow.example", "503-555-0100"]
    assert text_of([*lines, "About the Board", SECOND, *FOOTER]) == (
        FIRST,
        "About the Board",
        SECOND,
    )


def test_prose_that_a_menu_separates_from_the_text_is_outside():
    menu = ["Home", "Newsroom", "Contact Us", "Careers", "Search", "Departments", "Log in"]
    draft = read_copied_page(
        "\n".join([TEASER, *menu, "Berths to Be Rebuilt", "March 5, 2024", FIRST, SECOND])
    )
    assert draft.title == "Berths to Be Rebuilt"
    assert draft.paragraphs == (FIRST, SECOND)


def test_prose_that_is_left_out_below_the_text_is_noted():
    lines = [FIRST, SECOND, "Related News", "Harbour Master Named", TEASER, "Read more", *FOOTER]
    draft = read_copied_page("\n".join(["Berths to Be Rebuilt", "March 5, 2024", *lines]))
    assert draft.notes == ("8 lines below the text were left out, from “Related News” on",)
    lines.remove(TEASER)
    assert not read_copied_page("\n".join(["Berths to Be Rebuilt", *lines])).notes


def test_a_menu_in_a_language_that_is_not_known_is_left_out_with_a_note():
    menu = "Palvelut Uutiset Yhteystiedot Haku Asiointi Kieli Kartta Sää Tietoa Palaute".split()
    draft = read_copied_page("\n".join(["Berths to Be Rebuilt", FIRST, SECOND, *menu, *FOOTER]))
    assert draft.paragraphs == (FIRST, SECOND)
    assert draft.notes == ("14 lines below the text were left out, from “Palvelut” on",)


def test_a_page_without_prose_has_no_region():
    assert find_text(["Home", "", "News"]) is None
    assert find_text([]) is None


LINES = st.lists(st.sampled_from([FIRST, SECOND, TEASER, *FOOTER, "###", "", "Ann Roe", "Related"]))


@given(LINES)
def test_a_region_is_within_the_page(lines):
    region = find_text(lines)
    if region:
        assert 0 <= region.head_start <= region.start < region.first_end <= region.end
        assert region.end <= len(lines)
        assert region.paragraphs
        text = "".join(lines[region.start : region.end])
        assert all(paragraph.split()[0] in text for paragraph in region.paragraphs)
