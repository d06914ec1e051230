"""The PDFs that the releases of a site link to: fetched, kept, and read with them, over time."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from retrieval.release import AttachedDocument, DocumentNote, Place, RefusedDocument, Release
from retrieval.sources.attachments import ELSEWHERE, SHARED
from retrieval.sources.web import pdf_import
from retrieval.sources.web.fetching import Fetcher
from retrieval.sources.web.import_report import ImportProgress
from retrieval.sources.web.importing import import_site
from retrieval.sources.web.page_files import CopyUnusable
from retrieval.sources.web.page_links import PdfLink
from retrieval.sources.web.pdf_copy import PdfCopy
from retrieval.sources.web.site_copy import SiteCopy
from retrieval.sources.web.web_document import WebDocument
from tests.retrieval.sources.pdf_files import Text, pdf
from tests.retrieval.sources.web.clocks import ManualClock
from tests.retrieval.sources.web.copied_site import CopiedSite
from tests.retrieval.sources.web.newsroom import Newsroom, huge
from tests.retrieval.sources.web.sites import (
    path,
    release_html,
    serve_feed,
    serve_releases,
    title,
)

DAY = 86_400.0
FIRST = "The harbour board asks the minister for forty million crowns to rebuild the quay in oak."
SECOND = "Its members have signed this letter in the presence of the mayor and of two fishermen."
LETTER = pdf([Text(72, 720, FIRST)], [Text(72, 720, SECOND)])
OTHER = pdf(
    [Text(72, 720, "The night buses of the city go once an hour from the pier to the market.")]
)


class SiteWithPdfs(CopiedSite):
    """A newsroom's site whose releases link to PDFs."""

    def serve(self, links: dict[int, list[str]], count: int = 4) -> None:
        """Serve releases, and what each of them links to."""
        serve_releases(self.newsroom, range(count))
        serve_feed(self.newsroom, range(count))
        for number, addresses in links.items():
            anchors = "".join(
                f"<p><a href='{each}'>Read the letter (PDF)</a></p>" for each in addresses
            )
            self.newsroom.serve(path(number), release_html(number, extra=anchors))

    def serve_pdf(self, at: str, data: bytes = LETTER, **options: str) -> None:
        self.newsroom.serve(at, data, content_type="application/pdf", **options)

    @property
    def notes(self) -> list[DocumentNote]:
        return [each for each in self.documents if isinstance(each, DocumentNote)]

    @property
    def refused(self) -> list[RefusedDocument]:
        return [each for each in self.documents if isinstance(each, RefusedDocument)]

    def release(self, number: int) -> Release:
        return self.releases[title(number)]

    @property
    def asked_pdfs(self) -> list[str]:
        return [each for each in self.newsroom.asked if ".pdf" in each or "/media/" in each]


@pytest.fixture
def site(
    newsroom: Newsroom, undelayed: Fetcher, clock: ManualClock, tmp_path: Path
) -> SiteWithPdfs:
    return SiteWithPdfs(newsroom, undelayed, clock, tmp_path)


async def test_a_linked_pdf_ends_its_release_with_address_and_pages(site: SiteWithPdfs) -> None:
    site.serve({1: ["/files/letter.pdf"]})
    site.serve_pdf("/files/letter.pdf")
    report = await site.add()
    assert (report.new, report.pdfs, report.failed) == (4, 1, [])
    release = site.release(1)
    letter = AttachedDocument("letter.pdf", site.newsroom.address("/files/letter.pdf"))
    assert release.paragraphs[-2:] == (FIRST, SECOND)
    assert release.places[-3:] == (Place(), Place(1, letter), Place(2, letter))
    assert release.url == site.newsroom.address(path(1))
    assert site.release(2).places == ()


async def test_a_pdf_behind_another_address_is_linked_as_the_release_links_it(
    site: SiteWithPdfs,
) -> None:
    site.serve({1: ["/media/7/dl"], 2: ["/media/8/dl"], 3: ["/media/9/dl"]})
    site.newsroom.move("/media/7/dl", "/files/letter%20to%20Poe.pdf")
    site.serve_pdf("/files/letter%20to%20Poe.pdf")
    named = {"Content-Disposition": "inline; filename*=UTF-8''buses%20%C3%A9.pdf"}
    site.newsroom.serve("/media/8/dl", OTHER, content_type="application/pdf", headers=named)
    site.serve_pdf("/media/9/dl", pdf([Text(72, 720, f"Not so. {SECOND}")]))
    await site.add()
    names = [
        (site.release(number).places[-1].attachment or AttachedDocument("")).name
        for number in (1, 2, 3)
    ]
    assert names == ["letter to Poe.pdf", "buses é.pdf", "Read the letter (PDF)"]
    attachment = site.release(1).places[-1].attachment
    assert attachment
    assert attachment.url == site.newsroom.address("/media/7/dl")


async def test_a_pdf_that_several_releases_link_to_belongs_to_none(site: SiteWithPdfs) -> None:
    site.serve({0: ["/kit.pdf"], 1: ["/kit.pdf", "/letter.pdf"], 2: ["/a.pdf"], 3: ["/b.pdf"]})
    for same in ("/a.pdf", "/b.pdf"):
        site.serve_pdf(same, OTHER)
    site.serve_pdf("/letter.pdf")
    site.serve_pdf("/kit.pdf")
    report = await site.add()
    assert (report.pdfs, "/kit.pdf" in site.asked_pdfs) == (3, False)
    assert [len(site.release(number).places) > 0 for number in range(4)] == [
        False,
        True,
        False,
        False,
    ]
    shared = ["/kit.pdf", "/a.pdf", "/b.pdf"]
    assert site.notes == [DocumentNote(site.newsroom.address(each), SHARED) for each in shared]


async def test_a_pdf_that_the_list_names_is_a_release_and_no_attachment(site: SiteWithPdfs) -> None:
    site.serve({2: [path(1)]})
    site.newsroom.serve(
        path(2), release_html(2, extra=f"<p><a type='application/pdf' href='{path(1)}'>PDF</a></p>")
    )
    site.serve_pdf(path(1))
    await site.add()
    assert site.release(2).places == ()
    assert [
        each for each in site.documents if isinstance(each, Release) and SECOND in each.paragraphs
    ]


@pytest.mark.parametrize("hosts", [(), ("localhost",)])
async def test_other_sites_are_read_only_if_the_plan_names_them(
    hosts: tuple[str, ...], site: SiteWithPdfs
) -> None:
    elsewhere = site.newsroom.address("/letter.pdf", host="localhost")
    site.serve({1: [elsewhere]})
    site.serve_pdf("/letter.pdf")
    report = await site.add(pdf_hosts=hosts)
    assert report.pdfs == len(hosts)
    assert (SECOND in site.release(1).paragraphs) is bool(hosts)
    assert site.notes == ([] if hosts else [DocumentNote(elsewhere, ELSEWHERE)])


async def test_a_pdf_that_fails_is_noted_by_its_address_and_stops_nothing(
    site: SiteWithPdfs, clock: ManualClock
) -> None:
    site.serve(
        {0: ["/huge.pdf"], 1: ["/gone.pdf", "/letter.pdf"], 2: ["/page.pdf"], 3: ["/scan.pdf"]}
    )
    site.newsroom.answer("/huge.pdf", huge(200_000))
    site.newsroom.serve("/page.pdf", "<p>Log in, please.</p>")
    site.serve_pdf("/scan.pdf", pdf([]))
    site.serve_pdf("/letter.pdf")
    report = await site.add()
    assert (report.new, report.pdfs, report.stopped) == (4, 2, None)
    failed = {each.address.rpartition("/")[2]: each.reason for each in report.failed}
    assert set(failed) == {"huge.pdf", "gone.pdf", "page.pdf"}
    assert failed["page.pdf"].startswith("it is not a PDF but text/html")
    refused = {each.source.rpartition("/")[2]: each.reason for each in site.refused}
    assert refused == failed | {"scan.pdf": refused["scan.pdf"]}
    assert "text recognition" in refused["scan.pdf"]
    assert SECOND in site.release(1).paragraphs
    site.newsroom.visits.clear()
    await site.read()
    assert site.asked_pdfs == []
    site.serve_pdf("/gone.pdf", OTHER)
    clock.advance(31 * DAY)
    assert (await site.read()).pdfs == 1
    assert len(site.refused) == 3


async def test_a_host_that_blocks_its_pdfs_is_left_alone_and_the_site_is_read(
    site: SiteWithPdfs,
) -> None:
    site.serve({number: [f"/{number}.pdf"] for number in range(6)}, 6)
    for number in range(6):
        site.newsroom.delete(f"/{number}.pdf", status=403)
    report = await site.add()
    assert (report.new, report.stopped, len(report.failed)) == (6, None, 3)
    assert len(site.asked_pdfs) == 3


async def test_robots_are_obeyed_for_pdfs(site: SiteWithPdfs) -> None:
    site.newsroom.serve(
        "/robots.txt", "User-agent: *\nDisallow: /files/", content_type="text/plain"
    )
    site.serve({1: ["/files/letter.pdf"]})
    site.serve_pdf("/files/letter.pdf")
    report = await site.add()
    assert site.asked_pdfs == []
    assert "robots.txt forbids it" in report.failed[0].reason


async def test_a_pdf_is_asked_for_again_after_a_month_and_read_anew_if_it_changed(
    site: SiteWithPdfs, clock: ManualClock
) -> None:
    site.serve({1: ["/letter.pdf"], 2: ["/other.pdf"]})
    site.serve_pdf("/letter.pdf", etag='"1"')
    site.serve_pdf("/other.pdf", OTHER, etag='"2"')
    await site.add()
    site.newsroom.visits.clear()
    clock.advance(DAY)
    await site.read()
    assert site.asked_pdfs == []
    corrected = pdf([Text(72, 720, f"Corrected. {FIRST}")])
    site.serve_pdf("/letter.pdf", corrected, etag='"3"')
    clock.advance(30 * DAY)
    assert (await site.read()).pdfs == 1
    assert site.release(1).paragraphs[-1] == f"Corrected. {FIRST}"
    assert site.newsroom.last("/other.pdf").headers["If-None-Match"] == '"2"'
    site.newsroom.delete("/letter.pdf")
    clock.advance(31 * DAY)
    await site.read()
    assert site.release(1).paragraphs[-1] == f"Corrected. {FIRST}"  # what is gone stays
    assert len(list(site.folder.glob("pdfs/*/*.gz"))) == 2


async def test_a_release_that_no_longer_links_to_a_pdf_is_read_without_it(
    site: SiteWithPdfs, clock: ManualClock
) -> None:
    site.serve({1: ["/letter.pdf"]})
    site.serve_pdf("/letter.pdf")
    await site.add()
    site.serve({})
    clock.advance(DAY + 1)
    await site.read()
    assert site.release(1).places == ()


async def test_only_the_first_pdfs_of_a_release_are_read(site: SiteWithPdfs) -> None:
    site.serve({1: [f"/{number}.pdf" for number in range(13)]})
    for number in range(13):
        site.serve_pdf(
            f"/{number}.pdf", pdf([Text(72, 720, f"Number {number}: {SECOND[number:]}")])
        )
    assert (await site.add()).pdfs == 10
    assert [each.text.partition(",")[0] for each in site.notes if "more than" in each.text] == [
        "it links to more than 10 PDFs"
    ]


async def test_a_pdf_is_parsed_once(site: SiteWithPdfs, monkeypatch: pytest.MonkeyPatch) -> None:
    site.serve({1: ["/letter.pdf"], 2: ["/scan.pdf"]})
    site.serve_pdf("/letter.pdf")
    site.serve_pdf("/scan.pdf", pdf([]))
    await site.add()
    first = site.documents
    for file in site.folder.glob("pdfs/*/*.gz"):
        file.unlink()
    assert site.documents == first
    monkeypatch.setattr("retrieval.sources.web.pdf_copy.READING", 2)
    assert [each.reason.partition(":")[0] for each in site.refused] == ["its copy is damaged"] * 2


async def test_an_import_that_is_stopped_among_the_pdfs_goes_on(
    site: SiteWithPdfs, undelayed: Fetcher, clock: ManualClock
) -> None:
    numbers = range(5)
    site.serve({number: [f"/{number}.pdf"] for number in numbers}, 5)
    for number in numbers:
        site.serve_pdf(
            f"/{number}.pdf", pdf([Text(72, 720, f"Number {number}: {SECOND[number:]}")])
        )
    await site.add()
    clock.advance(31 * DAY)
    asked = len(site.newsroom.visits)

    def stop(progress: ImportProgress) -> None:
        if progress.stage == "attaching" and site.asked_pdfs[5:][1:]:
            raise KeyboardInterrupt

    with SiteCopy(site.folder, clock.now) as copy, pytest.raises(KeyboardInterrupt):
        await import_site(copy, undelayed.fetch, clock, stop)
    assert len(site.newsroom.visits) > asked
    await site.read()
    assert sorted(site.asked_pdfs[5:]) == [f"/{number}.pdf" for number in numbers]


async def test_how_far_an_import_is_among_the_pdfs_is_told(
    site: SiteWithPdfs, undelayed: Fetcher, clock: ManualClock
) -> None:
    site.serve({0: ["/a.pdf"], 1: ["/b.pdf"]}, 4)
    site.serve_pdf("/a.pdf")
    site.serve_pdf("/b.pdf", OTHER)
    await site.add()
    for file in site.folder.glob("pdf*.sqlite*"):
        file.unlink()
    seen = list[ImportProgress]()
    with SiteCopy(site.folder, clock.now) as copy:
        await import_site(copy, undelayed.fetch, clock, seen.append)
    searching = [ImportProgress("searching", number, 4) for number in range(1, 5)]
    attaching = [ImportProgress("attaching", number, 2) for number in range(1, 3)]
    assert [each for each in seen if each.stage != "listing"] == [*searching, *attaching]


async def test_links_are_found_in_a_copy_from_before_pdfs_were_read(site: SiteWithPdfs) -> None:
    site.serve({1: ["/letter.pdf"]})
    site.serve_pdf("/letter.pdf")
    await site.add()
    for file in site.folder.glob("pdf*.sqlite*"):
        file.unlink()
    assert site.release(1).places == ()
    assert (await site.read()).pdfs == 1
    assert SECOND in site.release(1).paragraphs


async def test_a_damaged_page_is_passed_over_and_the_others_are_searched(
    site: SiteWithPdfs,
) -> None:
    site.serve({1: ["/letter.pdf"]})
    site.serve_pdf("/letter.pdf")
    await site.add()
    for file in site.folder.glob("pdf*.sqlite*"):
        file.unlink()
    with SiteCopy(site.folder) as copy:
        digest = next(each.digest for each in copy.releases() if each.key.endswith(path(0)))
    next(site.folder.glob(f"pages/*/{digest}.gz")).write_bytes(b"damaged")
    assert (await site.read()).pdfs == 1


async def test_an_error_while_links_are_looked_for_is_not_taken_for_a_damaged_page(
    site: SiteWithPdfs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(document: WebDocument) -> tuple[PdfLink, ...]:
        raise ValueError(document.address)

    monkeypatch.setattr(pdf_import, "pdf_links", fail)
    site.serve({1: ["/letter.pdf"]})
    with pytest.raises(ValueError, match=path(1)):
        await site.add()


async def test_a_damaged_database_says_what_to_do(site: SiteWithPdfs) -> None:
    site.serve({1: ["/letter.pdf"]})
    await site.add()
    for file in site.folder.glob("pdfs.sqlite*"):
        file.unlink()
    (site.folder / "pdfs.sqlite").write_bytes(b"This is no database. " * 100)
    with pytest.raises(CopyUnusable, match="add the site again"):
        PdfCopy(site.folder)
    with closing(sqlite3.connect(site.folder / "other.sqlite")) as connection:
        connection.execute("PRAGMA user_version = 99")
    (site.folder / "other.sqlite").replace(site.folder / "pdfs.sqlite")
    with pytest.raises(CopyUnusable, match="a newer version"):
        PdfCopy(site.folder)
