import io
import zipfile
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.sources.docx import is_docx, read_docx
from tests.retrieval.sources.docx_files import docx, paragraph, run

PROSE = (
    "LINDOW, N.Y. – Mayor Ann Roe announced today that the quay of the harbour of Lindow will be "
    "rebuilt with oak timber before the winter."
)


def read(*blocks, **options):
    return read_docx(docx(*blocks, **options))


def test_a_release_is_read_with_title_date_and_dateline():
    draft = read(
        paragraph("FOR IMMEDIATE RELEASE"),
        paragraph("March 5, 2024"),
        paragraph("Harbour to Be Rebuilt", style="Title"),
        paragraph(PROSE),
        paragraph("Background", style="Heading1"),
        paragraph("“It is rotten,” said Mayor Roe. “We have waited for too long.”"),
    )
    assert draft.title == "Harbour to Be Rebuilt"
    assert draft.date == date(2024, 3, 5)
    assert draft.dateline == "LINDOW, N.Y."
    assert draft.paragraphs == (
        PROSE,
        "Background",
        "“It is rotten,” said Mayor Roe. “We have waited for too long.”",
    )


def test_without_a_title_style_the_headline_above_the_text_is_the_title():
    draft = read(paragraph("Harbour of Lindow to Be Rebuilt"), paragraph(PROSE))
    assert draft.title == "Harbour of Lindow to Be Rebuilt"
    assert draft.paragraphs == (PROSE,)


@pytest.mark.parametrize(
    ("block", "text"),
    [
        (paragraph('<w:ins w:id="1">', run("New"), "</w:ins>", " text."), "New text."),
        (
            paragraph('<w:del w:id="1"><w:r><w:delText>Old </w:delText></w:r></w:del>', "Text."),
            "Text.",
        ),
        (paragraph("Shown.", run(" Hidden.", "<w:vanish/>")), "Shown."),
        (paragraph("Shown.", run(" Too.", '<w:vanish w:val="0"/>')), "Shown. Too."),
        (
            paragraph("See ", '<w:hyperlink r:id="rId3">', run("the act"), "</w:hyperlink>", "."),
            "See the act.",
        ),
        (paragraph("<w:r><w:t>One</w:t><w:br/><w:t>line</w:t></w:r>"), "One line"),
        (
            paragraph("$42", run("1", '<w:vertAlign w:val="superscript"/>'), " million"),
            "$42¹ million",
        ),
        (
            paragraph("<w:sdt><w:sdtContent>", run("In a control"), "</w:sdtContent></w:sdt>"),
            "In a control",
        ),
    ],
)
def test_what_a_reader_of_the_document_sees_is_its_text(block, text):
    assert read(paragraph(PROSE), block).paragraphs == (PROSE, text)


def test_lists_tables_boxes_and_footnotes_are_kept():
    box = paragraph("Seen in a box.")
    draft = read(
        paragraph(PROSE, '<w:r><w:footnoteReference w:id="3"/></w:r>'),
        "<w:tbl>",
        *(
            f"<w:tr><w:tc>{paragraph(year)}</w:tc><w:tc>{paragraph(crowns)}</w:tc></w:tr>"
            for year, crowns in (("Year", "Crowns"), ("2024", "42"))
        ),
        "</w:tbl>",
        paragraph(
            "<w:r><w:pict><v:shape><v:textbox><w:txbxContent>"
            f"{box}</w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
        ),
        footnotes=f'<w:footnote w:id="3">{paragraph("As of March.")}</w:footnote>',
    )
    assert draft.paragraphs == (
        f"{PROSE}¹",
        "Year Crowns",
        "2024 42",
        "Seen in a box.",
        "As of March.",
    )


def test_paragraphs_that_begin_with_small_letters_stay_apart():
    items = ("a longer quay,", "a better ferry,", "more fish and", "oak timber")
    assert read(paragraph(PROSE), *map(paragraph, items)).paragraphs == (PROSE, *items)


def zipped(**members):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"PK\x03\x04 no archive", "damaged"),
        (docx(paragraph(PROSE))[:900], "damaged"),
        (zipped(x="y"), "not a Word document"),
        (docx(), "no text"),
        (docx(paragraph("<w:r><w:t>"), more={}), "damaged"),
        (docx(more={"word/document.xml": b"<a>" * 100_000}), "damaged"),
        (docx(more={"word/document.xml": b" " * 13_000_000}), "larger than"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), r"encrypted.*\.docx"),
    ],
)
def test_a_document_that_cannot_be_read_is_refused_with_the_reason(data, reason):
    with pytest.raises(ValueError, match=reason):
        read_docx(data)


def test_a_document_that_declares_entities_is_refused():
    whole = docx(paragraph("&b;" * 50), paragraph(PROSE))
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        document = archive.read("word/document.xml").decode()
    document = document.replace("?>", f"?>{ENTITIES}", 1)
    with pytest.raises(ValueError, match="declares entities"):
        read_docx(docx(more={"word/document.xml": document.encode()}))


@pytest.mark.parametrize(
    ("data", "expected"), [(docx(), True), (zipped(x="y"), False), (b"PK\x03\x04", False)]
)
def test_a_word_document_is_known_by_its_content(data, expected):
    assert is_docx(data) is expected


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 3000), st.binary(min_size=1, max_size=8))
def test_a_damaged_document_is_read_or_refused(place, junk):
    whole = docx(paragraph("Harbour", style="Title"), paragraph(PROSE))
    with suppress(ValueError):
        read_docx(whole[:place] + junk + whole[place + len(junk) :])
