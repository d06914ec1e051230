"""A site into its copy, and the copy to releases: over each kind of source, and over time."""

import asyncio
import os
import random
import signal
import sys
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from retrieval.errors import NoReleases
from retrieval.release import DateSource, DocumentNote, RefusedDocument
from retrieval.sources.draft_cache import DraftCache
from retrieval.sources.reading import read_sources
from retrieval.sources.web import list_import
from retrieval.sources.web.discovery import discover
from retrieval.sources.web.errors import Blocked
from retrieval.sources.web.fetching import Fetcher
from retrieval.sources.web.import_report import ImportProgress
from retrieval.sources.web.importing import import_site
from retrieval.sources.web.offers import OfferKind
from retrieval.sources.web.page_files import CopyUnusable
from retrieval.sources.web.site_copy import (
    CopyBusy,
    SiteCopy,
    delete_copy,
    is_site_copy,
)
from retrieval.sources.web.site_plan import EntrySource, SitePlan
from retrieval.sources.web.suspicion import SourceSuspected
from tests.retrieval.sources.web.clocks import ManualClock
from tests.retrieval.sources.web.copied_site import CopiedSite
from tests.retrieval.sources.web.newsroom import huge
from tests.retrieval.sources.web.sites import (
    FORMS,
    day,
    paragraphs,
    path,
    release_html,
    serve_feed,
    serve_listing,
    serve_releases,
    serve_sitemap,
    serve_wordpress,
    title,
)

DAY = 86_400.0


def asked_pages(site: CopiedSite) -> Counter[str]:
    """The pages of releases that were asked for."""
    return Counter(each for each in site.newsroom.asked if each.startswith("/news/"))


@pytest.mark.parametrize("form", FORMS)
async def test_each_kind_of_site_is_read_whole(form: str, site: CopiedSite) -> None:
    serve_releases(site.newsroom, range(23))
    FORMS[form](site.newsroom, range(23))
    report = await site.add()
    assert (report.new, report.changed, report.failed, report.stopped) == (23, 0, [], None)
    releases = site.releases
    assert set(releases) == {title(each) for each in range(23)}
    release = releases[title(7)]
    assert release.paragraphs == tuple(paragraphs(7))
    assert release.url == site.newsroom.address(path(7))
    assert (release.date, release.newsroom) == (day(7), "127.0.0.1")


async def test_texts_that_the_source_has_whole_are_not_fetched(site: CopiedSite) -> None:
    serve_wordpress(site.newsroom, range(150))
    assert (await site.add()).new == 150
    assert asked_pages(site) == Counter()
    assert len(site.releases) == 150


async def test_a_release_is_read_from_one_place_however_many_name_it(site: CopiedSite) -> None:
    serve_releases(site.newsroom, range(23))
    serve_listing(site.newsroom, range(23))
    serve_feed(site.newsroom, range(5), whole=True)  # this replaces the home page
    site.newsroom.serve(
        "/",
        "<html><head><link rel='alternate' type='application/rss+xml' href='/feed'></head>"
        "<body><a href='/news'>Press Releases</a></body></html>",
    )
    assert (await site.add()).new == 23
    for _ in range(2):
        report = await site.read()
        assert (report.new, report.changed) == (0, 0)


async def test_a_date_of_the_feed_counts_where_the_page_has_none(site: CopiedSite) -> None:
    serve_releases(site.newsroom, range(3), dated=False)
    serve_feed(site.newsroom, range(3))
    await site.add()
    assert site.releases[title(2)].date == day(2)
    assert site.releases[title(2)].date_source is DateSource.LISTED


async def test_only_what_is_new_is_fetched(site: CopiedSite) -> None:
    serve_releases(site.newsroom, range(23))
    serve_listing(site.newsroom, range(3, 23))
    await site.add()
    site.newsroom.visits.clear()
    serve_listing(site.newsroom, range(23))
    report = await site.read()
    assert (report.new, report.unchanged) == (3, 0)
    assert asked_pages(site) == Counter(path(each) for each in range(3))
    assert "/news?page=2" not in site.newsroom.asked  # two pages showed that no more is new


async def test_a_page_is_asked_for_again_when_it_is_due(
    site: CopiedSite, clock: ManualClock
) -> None:
    serve_releases(site.newsroom, range(4))
    serve_feed(site.newsroom, range(4))
    await site.add()
    before = site.releases
    site.newsroom.serve(
        path(1), release_html(1, extra="<p>Correction: the vote was on Sunday.</p>")
    )
    site.newsroom.serve(path(2), release_html(2), etag='"moved to another server"')
    assert (await site.read()).changed == 0
    clock.advance(DAY + 1)
    report = await site.read()
    assert (report.new, report.changed, report.unchanged) == (0, 1, 3)
    after = site.releases
    assert after[title(1)].paragraphs[-1] == "Correction: the vote was on Sunday."
    assert after[title(1)].id == before[title(1)].id
    assert after[title(2)] == before[title(2)]


async def test_what_the_source_says_is_modified_is_due_at_once(site: CopiedSite) -> None:
    serve_releases(site.newsroom, range(4))
    serve_sitemap(site.newsroom, range(4))
    await site.add()
    site.newsroom.serve(path(1), release_html(1, extra="<p>Correction: it was on Sunday.</p>"))
    serve_sitemap(site.newsroom, range(4), modified="2026-03-01")
    assert (await site.read()).changed == 1


async def test_a_changed_post_of_wordpress_is_read_again(site: CopiedSite) -> None:
    serve_wordpress(site.newsroom, range(4))
    await site.add()
    serve_wordpress(site.newsroom, range(1, 5), modified="2026-03-01T09:00:00")
    report = await site.read()
    assert (report.new, report.changed) == (1, 0)  # the same text: the hash decides


@pytest.mark.parametrize("how", ["gone", "to the home page"])
async def test_what_vanished_from_the_site_stays(
    how: str, site: CopiedSite, clock: ManualClock
) -> None:
    serve_releases(site.newsroom, range(4))
    serve_feed(site.newsroom, range(4))
    await site.add()
    if how == "gone":
        site.newsroom.delete(path(1), status=410)
    else:
        site.newsroom.move(path(1), "/")
    clock.advance(DAY + 1)
    report = await site.read()
    assert report.gone == [site.newsroom.address(path(1))]
    assert title(1) in site.releases
    note = DocumentNote(report.gone[0], "no longer on the site since 2026-03-03")
    assert note in site.documents
    assert site.releases[title(1)].gone == date(2026, 3, 3)
    clock.advance(31 * DAY)
    assert (await site.read()).gone == []  # that is known
    assert site.releases[title(1)].gone == date(2026, 3, 3)
    serve_releases(site.newsroom, [1])
    clock.advance(31 * DAY)
    report = await site.read()
    assert report.back == [site.newsroom.address(path(1))]
    assert report.has_changes
    assert note not in site.documents
    assert site.releases[title(1)].gone is None


async def test_a_recent_release_that_is_gone_is_asked_for_again_the_next_day(
    site: CopiedSite, clock: ManualClock
) -> None:
    serve_releases(site.newsroom, range(4))
    serve_feed(site.newsroom, range(4))
    await site.add()
    site.newsroom.delete(path(1))
    clock.advance(DAY + 1)
    assert len((await site.read()).gone) == 1
    serve_releases(site.newsroom, [1])
    clock.advance(DAY + 1)
    assert len((await site.read()).back) == 1


WITH_TEXT = {"with its text": serve_wordpress, "without": serve_listing}


@pytest.mark.parametrize("form", WITH_TEXT)
async def test_a_release_that_the_archive_names_no_longer_is_asked_for(
    form: str, site: CopiedSite, clock: ManualClock
) -> None:
    serve_releases(site.newsroom, range(40, 60))
    WITH_TEXT[form](site.newsroom, range(40, 60))
    await site.add()
    left = [each for each in range(40, 60) if each not in (45, 50)]
    WITH_TEXT[form](site.newsroom, left)
    site.newsroom.delete(path(45))
    site.newsroom.visits.clear()
    clock.advance(8 * DAY)
    report = await site.read()
    assert report.gone == [site.newsroom.address(path(45))]
    assert [each for each in site.releases if site.releases[each].gone] == [title(45)]
    assert asked_pages(site) == {path(45): 1, path(50): 1}
    site.newsroom.visits.clear()
    clock.advance(8 * DAY)
    await site.read()
    assert not asked_pages(site)  # once is enough
    WITH_TEXT[form](site.newsroom, range(40, 60))
    serve_releases(site.newsroom, range(40, 60))
    clock.advance(31 * DAY)
    assert (await site.read()).back == [site.newsroom.address(path(45))]


async def test_what_a_sitemap_names_is_noted_only_where_it_is_of_the_archive(
    site: CopiedSite, undelayed: Fetcher, clock: ManualClock
) -> None:
    serve_releases(site.newsroom, range(8))
    serve_listing(site.newsroom, range(8))
    await site.add()
    serve_sitemap(site.newsroom, range(8))
    sitemap = EntrySource(OfferKind.SITEMAP, site.newsroom.address("/sitemap.xml"))
    with SiteCopy(site.folder) as copy:
        listing = copy.plan
    for archive, noted in ((listing.archive, 0), ((sitemap,), 8)):
        plan = replace(listing, archive=archive, news=sitemap)
        with SiteCopy.create(site.folder, plan, clock.now) as copy:
            await import_site(copy, undelayed.fetch, clock)
            assert copy.progress.named(sitemap.address) == 8
            assert len(copy.progress.no_longer_archived(sitemap.address, clock.now())) == noted


async def test_a_page_that_cannot_be_asked_for_does_not_make_a_release_gone(
    site: CopiedSite, clock: ManualClock
) -> None:
    serve_wordpress(site.newsroom, range(40, 50))
    site.newsroom.delete(path(45), status=403)
    await site.add()
    serve_wordpress(site.newsroom, [each for each in range(40, 50) if each != 45])
    clock.advance(8 * DAY)
    assert (await site.read()).gone == []
    site.newsroom.delete(path(45))
    clock.advance(8 * DAY)
    assert len((await site.read()).gone) == 1


async def test_a_list_that_suddenly_is_half_as_long_makes_nothing_gone(
    site: CopiedSite, clock: ManualClock
) -> None:
    serve_releases(site.newsroom, range(40, 50))
    serve_sitemap(site.newsroom, range(40, 50))
    await site.add()
    serve_sitemap(site.newsroom, range(40, 44))
    for number in range(44, 50):
        site.newsroom.delete(path(number))
    clock.advance(40 * DAY)
    assert isinstance((await site.read()).stopped, SourceSuspected)
    assert not any(each.gone for each in site.releases.values())


async def test_a_page_that_fails_stops_nothing(site: CopiedSite) -> None:
    serve_releases(site.newsroom, range(5))
    site.newsroom.answer(path(1), huge(200_000))
    site.newsroom.delete(path(3))
    serve_feed(site.newsroom, range(5))
    report = await site.add()
    assert report.new == 3
    assert report.stopped is None
    large, missing = report.failed
    assert (large.address, "larger than" in large.reason) == (site.newsroom.address(path(1)), True)
    assert "no such page" in missing.reason
    refused = {each.source for each in site.documents if isinstance(each, RefusedDocument)}
    assert refused == {large.address, missing.address}


async def test_a_site_that_blocks_is_left_alone(site: CopiedSite, clock: ManualClock) -> None:
    serve_releases(site.newsroom, range(10))
    serve_feed(site.newsroom, range(10))
    await site.add()
    for number in range(10):
        site.newsroom.delete(path(number), status=403)
    clock.advance(DAY + 1)
    site.newsroom.visits.clear()
    report = await site.read()
    assert isinstance(report.stopped, Blocked)
    assert asked_pages(site).total() == 3
    assert len(site.releases) == 10
    with SiteCopy(site.folder) as copy:
        assert "blocks Verbatim" in copy.status().failure


async def test_a_list_that_fails_is_read_on_from_there(site: CopiedSite) -> None:
    serve_releases(site.newsroom, range(40))
    serve_listing(site.newsroom, range(40))
    site.newsroom.delete("/news?page=2", status=402)
    report = await site.add()
    assert (report.new, len(report.failed)) == (20, 1)
    site.newsroom.visits.clear()
    serve_listing(site.newsroom, range(40))
    assert (await site.read()).new == 20
    assert [each for each in site.newsroom.asked if "page=" in each] == [
        "/news?page=2",
        "/news?page=3",
    ]


async def test_a_list_without_an_end_is_read_to_a_limit_and_that_is_told(
    site: CopiedSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_import, "MAX_ARCHIVE_PAGES", 3)
    serve_releases(site.newsroom, range(40))
    serve_listing(site.newsroom, range(40))
    report = await site.add()
    assert report.new == 30
    (failed,) = report.failed
    assert failed.address == site.newsroom.address("/news")
    assert failed.reason.startswith("it has more than 3 pages")
    site.newsroom.visits.clear()
    assert (await site.read()).failed == []
    assert "/news?page=3" not in site.newsroom.asked


async def test_a_page_that_is_no_release_is_refused_by_its_address(site: CopiedSite) -> None:
    serve_releases(site.newsroom, range(3))
    site.newsroom.serve(path(1), b"\x00\x01\x02", content_type="application/octet-stream")
    serve_feed(site.newsroom, range(3))
    await site.add()
    (refused,) = [each for each in site.documents if isinstance(each, RefusedDocument)]
    assert refused.source == site.newsroom.address(path(1))


async def test_a_damaged_copy_of_a_page_is_refused_and_the_others_are_read(
    site: CopiedSite,
) -> None:
    serve_releases(site.newsroom, range(3))
    serve_feed(site.newsroom, range(3))
    await site.add()
    files = sorted(site.folder.glob("pages/*/*.gz"))
    files[0].write_bytes(files[0].read_bytes()[:20])
    files[1].unlink()
    assert len(site.releases) == 1
    reasons = [each.reason for each in site.documents if isinstance(each, RefusedDocument)]
    assert sorted(reason.split(",")[0] for reason in reasons) == [
        f"its copy is damaged: delete the file {each.name}" for each in files[:2]
    ]


async def test_only_pages_that_changed_are_opened_where_drafts_are_kept(
    site: CopiedSite, tmp_path: Path
) -> None:
    def documents(version: str = "1") -> list[object]:
        with DraftCache(tmp_path / "drafts.sqlite", version) as drafts:
            return list(read_sources([site.folder], drafts=drafts.draft))

    serve_releases(site.newsroom, range(3))
    serve_feed(site.newsroom, range(3))
    await site.add()
    expected = site.documents
    assert documents() == expected
    files = sorted(site.folder.glob("pages/*/*.gz"))
    for file in files:
        file.unlink()
    assert documents() == expected
    with pytest.raises(NoReleases):
        documents("2")


async def test_a_copy_without_releases_is_an_error_as_an_empty_folder_is(site: CopiedSite) -> None:
    serve_feed(site.newsroom, range(3))
    await site.add()
    with pytest.raises(NoReleases):
        list(read_sources([site.folder]))


async def test_two_imports_at_once_are_one_too_many(site: CopiedSite) -> None:
    serve_feed(site.newsroom, range(3))
    await site.add()
    busy = pytest.raises(CopyBusy, match="another process")
    with SiteCopy(site.folder) as copy, copy.locked(), busy:
        await site.read()


async def test_whoever_watches_can_stop_an_import(
    site: CopiedSite, undelayed: Fetcher, clock: ManualClock
) -> None:
    serve_feed(site.newsroom, range(5))
    await site.add()
    serve_releases(site.newsroom, range(5))
    clock.advance(40 * DAY)

    def stop(progress: ImportProgress) -> None:
        if progress.stage == "fetching" and progress.done == 2:
            raise KeyboardInterrupt

    with SiteCopy(site.folder, clock.now) as copy, pytest.raises(KeyboardInterrupt):
        await import_site(copy, undelayed.fetch, clock, stop)
    assert len(site.releases) == 2
    assert (await site.read()).new == 3


async def test_a_copy_that_cannot_be_used_says_what_to_do(site: CopiedSite, tmp_path: Path) -> None:
    with pytest.raises(CopyUnusable, match="it is not there"):
        SiteCopy(tmp_path)
    serve_feed(site.newsroom, range(3))
    await site.add()
    (site.folder / "site.sqlite").write_bytes(b"This is no database. " * 100)
    with pytest.raises(CopyUnusable, match="add the site again"):
        SiteCopy(site.folder)
    delete_copy(site.folder)
    assert not is_site_copy(site.folder)
    assert not site.folder.exists()


# Imports the modules once, and then makes a process for each import.
IMPORTS = """
import asyncio, os, sys
from pathlib import Path
from retrieval.sources.web.clock import SystemClock
from retrieval.sources.web.fetching import Fetcher
from retrieval.sources.web.importing import import_site
from retrieval.sources.web.ip_addresses import is_public_or_private
from retrieval.sources.web.site_copy import SiteCopy

async def main():
    with SiteCopy(Path(sys.argv[1])) as copy:
        async with Fetcher("VerbatimBot", delay=0, allowed=is_public_or_private) as fetcher:
            await import_site(copy, fetcher.fetch, SystemClock())

for _ in sys.stdin:
    process = os.fork()
    if not process:
        asyncio.run(main())
        os._exit(0)
    print(process, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), flush=True)
"""


async def test_an_import_that_is_killed_goes_on(site: CopiedSite, undelayed: Fetcher) -> None:
    count, kills = 300, 40
    serve_releases(site.newsroom, range(count))
    serve_listing(site.newsroom, range(count))
    discovery = await discover(site.newsroom.address(), undelayed.fetch)
    plan = SitePlan.of(discovery)
    assert plan
    with SiteCopy.create(site.folder, plan):
        pass
    site.newsroom.visits.clear()
    imports = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", IMPORTS, str(site.folder)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[4])},
    )
    assert imports.stdin
    assert imports.stdout
    moments = random.Random(14)

    async def run(requests: int | None) -> int:
        """Import, kill the process at the given request, and return its status."""
        assert imports.stdin
        assert imports.stdout
        last = len(site.newsroom.visits) + (requests or 0)
        imports.stdin.write(b"import\n")
        process = int(await imports.stdout.readline())
        if requests:
            await site.newsroom.come(last)
            for _ in range(moments.randrange(40)):  # while it waits, reads or writes
                await asyncio.sleep(0)
            os.kill(process, signal.SIGKILL)
        return int(await imports.stdout.readline())

    for _ in range(kills):
        assert await run(moments.randint(1, 10)) == -signal.SIGKILL
    assert await run(None) == 0
    imports.stdin.close()
    await imports.wait()
    assert set(site.releases) == {title(each) for each in range(count)}
    asked = asked_pages(site)
    # Each kill costs at most the page that was on its way.
    assert asked.total() <= count + kills
    lists = Counter(each for each in site.newsroom.asked if each.startswith("/news?"))
    assert lists.total() + site.newsroom.asked.count("/news") <= 30 + kills


async def test_many_pages_in_a_row_that_fail_otherwise_stop_nothing(site: CopiedSite) -> None:
    serve_releases(site.newsroom, [9])
    serve_feed(site.newsroom, range(10))
    report = await site.add()
    assert (report.new, len(report.failed), report.stopped) == (1, 9, None)
