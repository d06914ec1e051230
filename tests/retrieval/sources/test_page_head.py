"""Title and date above the text of a copied page."""

from datetime import date

import pytest

from retrieval.release import DateSource
from retrieval.sources.copied_page import read_copied_page

TITLE = "Harbour to Be Rebuilt"
TEXT = (
    "The harbour council of Lindow said on Tuesday that its berths will be rebuilt with new timber."
)
DAY = date(2024, 3, 5)


def read(*head: str, below: str = "Related News\nOld quay closed\nJanuary 9, 2023\n"):
    lines = "\n".join(head)
    return read_copied_page(f"Home\nNews\n{lines}\n{TEXT}\n{TEXT}\n{below}")


@pytest.mark.parametrize(
    "line",
    [
        "Published: March 5, 2024",
        "Posted on March 5, 2024 by Bob Poe",
        "Date: March 5, 2024",
        "Date\nMarch 5, 2024",
        "Date | March 5, 2024",
        "FOR IMMEDIATE RELEASE: March 5, 2024",
        "Press Release | March 5, 2024",
        "Press Release | 03/05/2024 | Jane Roe",
        "Released March 5, 2024",
        "Last updated: April 9, 2025\nPublished: March 5, 2024",
        "Published: March 5, 2024\nLast modified: April 9, 2025",
        "PUBLISHED: March 5, 2024 at 8:59 pm | UPDATED: November 19, 2024 at 10:16 pm",
    ],
)
@pytest.mark.parametrize("is_below_title", [True, False])
def test_a_date_beside_a_label_is_the_date_and_no_text(line, is_below_title):
    draft = read(TITLE, line) if is_below_title else read(line, TITLE)
    assert draft.title == TITLE
    assert draft.date == DAY
    assert draft.date_source in (DateSource.LABEL, DateSource.LINE)
    assert draft.paragraphs == (TEXT, TEXT)


def test_the_date_of_an_update_is_neither_the_date_nor_text():
    draft = read(TITLE, "Last modified: March 5, 2024")
    assert draft.date is None
    assert not any("modified" in paragraph for paragraph in draft.paragraphs)


def test_the_source_of_a_date_is_told():
    assert read(TITLE, "Published: March 5, 2024").date_source is DateSource.LABEL
    assert read(TITLE, "March 5, 2024").date_source is DateSource.LINE
    dateline = read_copied_page(f"{TITLE}\nLINDOW, N.Y. (March 5, 2024) – {TEXT}\n")
    assert (dateline.date, dateline.date_source) == (DAY, DateSource.DATELINE)
    mail = read_copied_page(f"From: a@b.example\nDate: March 5, 2024\nSubject: {TITLE}\n\n{TEXT}\n")
    assert (mail.date, mail.date_source) == (DAY, DateSource.MAIL_HEADER)


def test_a_published_date_is_preferred_to_one_without_a_label():
    draft = read("January 9, 2023", TITLE, "Published: March 5, 2024")
    assert draft.date == DAY


def test_the_date_of_an_update_counts_only_where_there_is_no_other():
    draft = read_copied_page(
        f"{TITLE}\nLast updated: April 9, 2025\nLINDOW, N.Y., March 5, 2024 – {TEXT}\n"
    )
    assert (draft.date, draft.date_source) == (DAY, DateSource.DATELINE)


def test_a_date_below_the_text_counts_only_beside_a_label():
    assert read(TITLE).date is None
    draft = read(TITLE, below="Posted: March 5, 2024\nShare\n")
    assert (draft.date, draft.date_source) == (DAY, DateSource.LABEL)
    assert draft.paragraphs == (TEXT, TEXT)


@pytest.mark.parametrize(
    "title",
    [
        "November 26, 2020: new harbour dues",
        "Statement on the Events of January 6, 2021",
        "Joint News Release with the Council of Zechlin",
    ],
)
def test_a_title_may_have_a_date_in_it_or_look_like_a_label(title):
    assert read("Published March 5, 2024", title).title == title


def test_the_title_is_found_below_a_menu_of_any_length():
    menu = [f"Department {number}" for number in range(300)]
    draft = read("Home", "Contact", "Search", *menu, TITLE, "March 5, 2024")
    assert draft.title == TITLE
    assert draft.paragraphs == (TEXT, TEXT)


def test_a_dateline_above_the_text_is_kept():
    draft = read(TITLE, "Washington, March 5, 2024")
    assert (draft.dateline, draft.date) == ("Washington", DAY)
    draft = read(TITLE, "DALLAS, TX -- March 5, 2024")
    assert draft.paragraphs == ("DALLAS, TX -- March 5, 2024", TEXT, TEXT)


def test_many_unknown_lines_above_the_title_are_left_out_with_a_note():
    menu = ["Palvelut", "Tietoa meistä", "Uutiset", "Yhteystiedot", "Haku", "Asiointi", "Kieli"]
    page = "\n".join([*menu, f"{TITLE} After the Long Winter of the Year", TEXT, TEXT])
    draft = read_copied_page(page)
    assert draft.title == f"{TITLE} After the Long Winter of the Year"
    assert draft.notes == ("7 lines above the title were left out",)
