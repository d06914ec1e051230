"""Saved pages with the PDFs that they link to beside them."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retrieval.release import (
    AttachedDocument,
    DocumentNote,
    Place,
    RefusedDocument,
    Release,
)
from retrieval.sources.reading import read_sources
from tests.retrieval.sources.html.pages import BERTHS, article
from tests.retrieval.sources.pdf_files import Text, pdf

ADDRESS = "https://roe.example/news/berths.html"
FIRST = "The harbour board asks the minister for forty million crowns to rebuild the quay in oak."
SECOND = "Its members have signed this letter in the presence of the mayor and of two fishermen."
LETTER = pdf([Text(72, 720, FIRST)], [Text(72, 720, SECOND)])


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "news"
    root.mkdir()
    return root


def save(folder, name="berths.html", *, links=("letter.pdf",), address="", title="New Berths"):
    """A saved page that links to PDFs in its text."""
    anchors = " ".join(f'<a href="{link}">the letter</a>' for link in links)
    html = article(BERTHS.replace("</p>", f" See {anchors}.</p>", 1)).replace(
        "<head>", f'<head><link rel="canonical" href="{address}">' if address else "<head>"
    )
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(html.replace("</h1>", f" {title}</h1>"))


def write(folder, name, data=LETTER):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def read(*paths):
    return list(read_sources(paths))


def releases(*paths):
    return {each.source: each for each in read(*paths) if isinstance(each, Release)}


def test_a_pdf_beside_the_page_that_links_to_it_ends_its_release(folder):
    save(folder)
    write(folder, "letter.pdf")
    (release,) = read(folder)
    letter = AttachedDocument("letter.pdf")
    assert release.source == "news/berths.html"
    assert release.paragraphs[-2:] == (FIRST, SECOND)
    assert release.places[-3:] == (Place(), Place(1, letter), Place(2, letter))
    assert len(release.places) == len(release.paragraphs)


def test_it_has_the_address_that_the_page_links_to_if_that_is_known(folder):
    save(folder, address=ADDRESS, links=["https://roe.example/news/files/a%20letter.pdf#page=2"])
    write(folder, "files/a letter.pdf")
    (release,) = read(folder)
    expected = AttachedDocument("a letter.pdf", "https://roe.example/news/files/a%20letter.pdf")
    assert release.places[-1] == Place(2, expected)


@pytest.mark.parametrize(
    ("page", "address", "link", "file"),
    [
        ("berths.html", "", "files/letter.pdf", "files/letter.pdf"),
        ("2024/berths.html", "", "../files/letter.pdf", "files/letter.pdf"),
        ("2024/berths.html", "", "/files/letter.pdf", "files/letter.pdf"),
        ("2024/berths.html", "https://roe.example/2024/berths", "/f/letter.pdf", "f/letter.pdf"),
        ("berths.html", "https://roe.example/news/berths/", "letter.pdf", "letter.pdf"),
    ],
)
def test_it_is_at_the_same_place_relative_to_the_page(folder, page, address, link, file):
    save(folder, page, links=[link], address=address)
    write(folder, file)
    (release,) = read(folder)
    assert release.paragraphs[-1] == SECOND


@pytest.mark.parametrize(
    "link",
    [
        "https://other.example/letter.pdf",
        "files/letter.pdf",
        "letter.PDF.exe",
        "letter%00.pdf",
        "x" * 300 + ".pdf",
        "mailto:letter.pdf",
    ],
)
def test_another_pdf_stays_a_release_of_its_own(folder, link):
    save(folder, links=[link], address=ADDRESS)
    write(folder, "letter.pdf")
    assert set(releases(folder)) == {"news/berths.html", "news/letter.pdf"}


def test_no_link_leads_out_of_the_folder(folder):
    save(folder, links=["../letter.pdf", "../../letter.pdf", "inner.pdf"])
    write(folder.parent, "letter.pdf")
    (folder / "inner.pdf").symlink_to(folder.parent / "letter.pdf")
    assert all(SECOND not in each.paragraphs for each in [releases(folder)["news/berths.html"]])


def test_a_pdf_that_several_pages_link_to_belongs_to_none_and_stays_a_release(folder):
    for number in range(3):
        save(folder, f"{number}.html", title=f"Part {number}")
    write(folder, "letter.pdf")
    found = releases(folder)
    assert set(found) == {"news/0.html", "news/1.html", "news/2.html", "news/letter.pdf"}
    assert not any(each.places for source, each in found.items() if source.endswith(".html"))


def test_a_link_in_a_menu_makes_no_claim_on_a_pdf(folder):
    menu = '<nav><a href="letter.pdf">The letter</a></nav>'
    write(folder, "all.html", article(menu, BERTHS, headline="<h1>All</h1>").encode())
    save(folder)
    write(folder, "letter.pdf")
    found = releases(folder)
    assert set(found) == {"news/all.html", "news/berths.html"}
    assert SECOND in found["news/berths.html"].paragraphs


def test_a_pdf_that_the_whole_site_links_to_is_the_sites(folder):
    menu = '<nav><a href="letter.pdf">The letter</a></nav>'
    for number in range(30):
        html = article(menu, BERTHS, headline=f"<h1>Part {number}</h1>")
        write(folder, f"{number}.html", html.encode())
    save(folder)
    write(folder, "letter.pdf")
    found = releases(folder)
    assert "news/letter.pdf" in found
    assert found["news/berths.html"].places == ()


def test_only_the_first_pdfs_of_a_page_are_attached_and_the_others_stay_releases(folder):
    names = [f"{number:02}.pdf" for number in range(12)]
    save(folder, links=names)
    for number, name in enumerate(names):
        write(folder, name, pdf([Text(72, 720, f"Number {number}: {SECOND[number:]}")]))
    assert set(releases(folder)) == {"news/berths.html", "news/10.pdf", "news/11.pdf"}


def test_a_page_that_is_named_alone_has_its_pdf_too(folder):
    save(folder)
    write(folder, "letter.pdf")
    (release,) = read(folder / "berths.html")
    assert release.paragraphs[-1] == SECOND


def test_a_pdf_that_was_named_itself_before_is_a_release(folder):
    save(folder)
    write(folder, "letter.pdf")
    assert set(releases(folder / "letter.pdf", folder)) == {"letter.pdf", "news/berths.html"}


def test_a_pdf_that_cannot_be_read_is_refused_by_name_and_the_release_is_read(folder):
    save(folder, links=["broken.pdf", "letter.pdf"])
    write(folder, "broken.pdf", b"%PDF-1.7 broken")
    write(folder, "letter.pdf")
    refused, release = read(folder)
    assert isinstance(refused, RefusedDocument)
    assert refused.source == "news/broken.pdf"
    assert release.paragraphs[-1] == SECOND


def test_the_pdf_of_a_page_that_cannot_be_read_is_a_release(folder):
    write(folder, "letter.pdf")
    write(folder, "page.html", b"<html><body><a href='letter.pdf'>pdf</a></body></html>")
    found = read(folder)
    assert [each.source for each in found if isinstance(each, Release)] == ["news/letter.pdf"]


def test_a_release_as_pdf_adds_nothing_but_a_note(folder):
    save(folder)
    (release,) = read(folder)
    lines = [line for each in release.paragraphs for line in _wrapped(each)]
    page = [Text(72, 760 - 14 * number, line) for number, line in enumerate(lines)]
    write(folder, "letter.pdf", pdf([Text(72, 780, "Board of the Harbour", 9), *page]))
    same, note = read(folder)
    assert same == release
    assert isinstance(note, DocumentNote)
    assert "repeats its text" in note.text


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.one_of(st.text(), st.from_regex(r"(\.\./|%2[ef]|/|letter|\.pdf|[?#&;\"'<>]){1,8}")),
    st.sampled_from(["", ADDRESS, "https://roe.example/", "x"]),
)
def test_no_pdf_is_lost_wherever_a_link_leads(link, address):
    with TemporaryDirectory() as name:
        folder = Path(name) / "news"
        folder.mkdir()
        save(folder, links=[link.encode("utf-8", "replace").decode()], address=address)
        write(folder, "letter.pdf")
        assert sum(SECOND in each.paragraphs for each in releases(folder).values()) == 1


def _wrapped(text, width=90):
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
