import zlib
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.sources.pdf import read_pdf
from tests.retrieval.sources.pdf_files import Text, assembled, drawn, pdf, stream

LEADING = 14
TITLE = "Harbour of Lindow to be rebuilt with oak"


def block(y, *lines, size=12.0, bold=False, x=72.0, leading=LEADING):
    return [Text(x, y - n * leading, line, size, bold) for n, line in enumerate(lines)]


FIRST_PAGE = [
    Text(72, 760, "Lindow Harbour Board", 9),
    *block(720, "FOR IMMEDIATE RELEASE", "March 5, 2024"),
    *block(670, "Harbour of Lindow to be", "rebuilt with oak", size=20, bold=True, leading=24),
    *block(
        610,
        "LINDOW, N.Y. – Mayor Ann Roe announced today that the quay of the harbour of Lindow",
        "will be rebuilt with oak timber before the winter, at a cost of forty million crowns, and",
        "that the ferry goes on.",
    ),
    *block(
        550,
        "“It is rotten,” said Mayor Roe. “The fishermen of this town have waited for our well-",
        "known inaction to end, and for a bet-",
        "ter quay.”",
    ),
    *block(490, "Background", bold=True),
    *block(
        460,
        "• A longer quay, which is to reach from the market to the old customs house on the",
        x=90,
    ),
    *block(446, "other side of the river;", x=100),
    *block(432, "• A better ferry.", x=90),
    *block(
        90, "The board was founded in 1893, when the quay was a better one than any other on the"
    ),
    Text(300, 30, "Page 1 of 2", 9),
]
SECOND_PAGE = [
    Text(72, 760, "Lindow Harbour Board", 9),
    *block(720, "coast, as a well known book says."),
    *block(
        690, "It has had forty-two members since then, and most of them were fishermen who knew it."
    ),
    Text(300, 30, "Page 2 of 2", 9),
]


def test_the_lines_of_the_pages_become_the_paragraphs_that_they_were():
    draft = read_pdf(pdf(FIRST_PAGE, SECOND_PAGE, title="Microsoft Word - fares.docx"))
    assert draft.title == TITLE
    assert draft.date == date(2024, 3, 5)
    assert draft.dateline == "LINDOW, N.Y."
    assert draft.paragraphs == (
        "LINDOW, N.Y. – Mayor Ann Roe announced today that the quay of the harbour of Lindow will "
        "be rebuilt with oak timber before the winter, at a cost of forty million crowns, and "
        "that the ferry goes on.",
        "“It is rotten,” said Mayor Roe. “The fishermen of this town have waited for our "
        "well-known inaction to end, and for a better quay.”",
        "Background",
        "• A longer quay, which is to reach from the market to the old customs house on the other "
        "side of the river;",
        "• A better ferry.",
        "The board was founded in 1893, when the quay was a better one than any other on the "
        "coast, as a well known book says.",
        "It has had forty-two members since then, and most of them were fishermen who knew it.",
    )


def test_a_paragraph_is_on_the_page_on_which_it_begins():
    draft = read_pdf(pdf(FIRST_PAGE, SECOND_PAGE))
    assert [place.page for place in draft.places] == [1, 1, 1, 1, 1, 1, 2]


def test_paragraphs_are_told_by_the_indentation_of_their_first_lines_too():
    lines = []
    for number, y in enumerate((700, 658, 616)):
        lines += block(
            y, f"Paragraph {number} begins at some distance from the left margin of the page,", x=96
        )
        lines += block(
            y - 14,
            "so that nobody needs a blank line to see where a paragraph begins; its last line is",
        )
        lines += block(
            y - 28,
            "nearly as long as the others are, which does not tell where it ends, or does it.",
        )
    paragraphs = read_pdf(pdf(lines)).paragraphs
    assert [paragraph.split()[1] for paragraph in paragraphs] == ["0", "1", "2"]


def test_a_raised_number_is_no_digit_of_the_number_before_it():
    lines = block(700, "The quay will cost forty million crowns, of which $42")
    lines += [Text(360, 705, "1", 7), Text(366, 700, " million are for oak timber.")]
    (paragraph,) = read_pdf(pdf(lines)).paragraphs
    assert "$42¹ million" in paragraph


def test_the_date_is_one_that_the_text_gives_and_never_that_of_the_file():
    lines = block(
        700, "The quay of Lindow will be rebuilt with oak timber before the winter comes."
    )
    assert read_pdf(pdf(lines)).date is None


@pytest.mark.parametrize(
    "junk", ["", "untitled", "Microsoft Word - fares.docx", "Document1", "a.pdf"]
)
def test_a_title_of_the_file_that_is_none_is_not_used(junk):
    lines = block(
        700, "The quay of Lindow will be rebuilt with oak timber before the winter comes, says Roe."
    )
    assert read_pdf(pdf(lines, title=junk)).title == ""
    assert read_pdf(pdf(lines, title="Harbour to be rebuilt")).title == "Harbour to be rebuilt"


def test_a_scanned_document_is_refused_with_advice():
    with pytest.raises(ValueError, match="OCR"):
        read_pdf(drawn(b"0 0 100 100 re f"))


def test_a_page_that_is_an_image_is_named():
    text = block(700, "The quay of Lindow will be rebuilt with oak timber before the winter comes.")
    image = "/XObject << /I 6 0 R >>"
    draft = read_pdf(pdf(text, [], forms=image))
    assert draft.notes == ("pages that are images, whose text was not read: 2",)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"%PDF-1.7 ...", "damaged"),
        (b"%PDF-1.7\n%%EOF", "damaged"),
        (pdf(FIRST_PAGE)[:800], "damaged"),
        (pdf(*[[]] * 201), "201 pages"),
        (
            pdf(
                FIRST_PAGE,
                trailer="/Encrypt << /Filter /Standard /V 4 /R 4 /O (x) /U (y) /P -4 "
                "/CF << /StdCF << /CFM /AESV2 /Length 16 >> >> /StmF /StdCF /StrF /StdCF >> "
                "/ID [(a) (a)]",
            ),
            "damaged|encrypted",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_the_reason(data, reason, caplog, capfd):
    with pytest.raises(ValueError, match=reason):
        read_pdf(data)
    assert not caplog.records
    assert capfd.readouterr().err == ""


def test_a_small_file_with_a_huge_page_is_refused():
    bomb = zlib.compress(b"(a) Tj\n" * 3_000_000)
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Kids [10 0 R] /Count 1 >>",
        5: b"<< >>",
        10: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 11 0 R >>",
        11: stream(bomb, "/Filter /FlateDecode"),
    }
    with pytest.raises(ValueError, match=r"more instructions|damaged"):
        read_pdf(assembled(objects))


def test_forms_that_draw_each_other_without_end_are_refused():
    forms = {}
    for number in range(20, 30):
        inner = f"/Resources << /XObject << /X {number + 1} 0 R >> >>" if number < 29 else ""
        forms[number] = stream(
            b"/X Do " * 12, f"/Type /XObject /Subtype /Form /BBox [0 0 9 9] {inner}"
        )
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Kids [10 0 R] /Count 1 >>",
        5: b"<< >>",
        10: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 11 0 R "
        b"/Resources << /XObject << /X 20 0 R >> >> >>",
        11: stream(b"/X Do"),
        **forms,
    }
    with pytest.raises(ValueError, match=r"instructions|OCR|damaged"):
        read_pdf(assembled(objects))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 3000), st.binary(min_size=1, max_size=8))
def test_a_damaged_file_is_read_or_refused(place, junk):
    whole = pdf(FIRST_PAGE, SECOND_PAGE)
    with suppress(ValueError):
        read_pdf(whole[:place] + junk + whole[place + len(junk) :])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text("ab cd-.•(", min_size=1, max_size=60), min_size=1, max_size=20))
def test_no_letter_is_invented_or_lost(texts):
    lines = [
        *block(760, "The quay will be rebuilt with oak timber before the winter, says Roe."),
        *block(700, *texts),
    ]
    with suppress(ValueError):
        draft = read_pdf(pdf(lines))
        letters = sorted(
            each for text in (draft.title, *draft.paragraphs) for each in text if each.isalpha()
        )
        given_letters = sorted(each for line in lines for each in line.text if each.isalpha())
        assert letters == given_letters
