"""What Verbatim has stored, damaged: the index, wordings, drafts, copies of sites, backups."""

import json
import tarfile
import tempfile
from collections.abc import Mapping
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from zipfile import ZIP_DEFLATED

from bot.backup.contents import CONTENTS
from bot.backup.errors import BackupUnusable
from bot.backup.restoring import restore
from bot.backup.writing import back_up
from retrieval.errors import (
    IndexDamaged,
    IndexVersion,
    NoIndex,
    NoReleases,
    SourcesUnknown,
)
from retrieval.index.earlier_wordings import (
    Wording,
    WordingChange,
    earlier_wordings,
    record_changes,
)
from retrieval.index.folder_index import open_index
from retrieval.index.generations import (
    CURRENT,
    DRAFTS,
    GENERATIONS,
    current_folder,
    read_manifest,
)
from retrieval.index.manifest import FORMAT, MANIFEST, _checksum, file_sums
from retrieval.index.remembered_sources import SOURCES, built_from, served_sources
from retrieval.index.sqlite_releases import open_release_store
from retrieval.ranking.full_release import full_release
from retrieval.sources.draft import ReleaseDraft
from retrieval.sources.draft_cache import DraftCache, document_key, readers_version
from retrieval.sources.jsonlines import Row, read_rows
from retrieval.sources.reading import read_sources
from retrieval.sources.web.entries import Entry
from retrieval.sources.web.offers import OfferKind
from retrieval.sources.web.page import Page
from retrieval.sources.web.page_files import CopyUnusable
from retrieval.sources.web.page_links import PdfLink
from retrieval.sources.web.pdf_copy import PDF_VISITS, PdfCopy
from retrieval.sources.web.site_copy import SITES, VISITS, SiteCopy
from retrieval.sources.web.site_plan import EntrySource, SitePlan
from retrieval.sources.web.visits import Visits, VisitsUnusable
from tests.conftest import NEWSROOMS
from tests.fuzz.archives import archive_of, files_of, packed, scratch, unpacked
from tests.fuzz.state import state_seeds
from tests.retrieval.sources.pdf_files import Text, pdf
from tests.retrieval.sources.web.sites import day, release_html, title

_GENERATIONS = Path(__file__).parents[1] / "bot" / "cli" / "generations"
_NOON = datetime(2026, 4, 11, 12, tzinfo=UTC)
_SITE = "https://www.harbor.example/"
_LIST = f"{_SITE}news"
_NEW = Wording("Mayor Opens Bridge", ("It is open.",))
_IDS = [str(row["id"]) for row in NEWSROOMS]


# -- the index


@cache
def _built() -> dict[str, bytes]:
    """The files of a data folder with an index, made once and for all."""
    with tarfile.open(_GENERATIONS / f"{FORMAT}.tar.gz") as archive:
        return {
            member.name.removeprefix("./"): file.read()
            for member in archive.getmembers()
            if (file := archive.extractfile(member))
        }


@cache
def index_seeds() -> tuple[bytes, ...]:
    """A data folder with one generation."""
    beginnings = CURRENT, SOURCES, GENERATIONS
    return (archive_of({name: _built()[name] for name in _built() if name.startswith(beginnings)}),)


@cache
def _shown_whole() -> tuple[object, ...]:
    with unpacked(index_seeds()[0]) as folder:
        return _shown(folder)


def _shown(data: Path) -> tuple[object, ...]:
    """All that is shown of releases, without models."""
    _, store = open_release_store(data)
    with closing(store):
        infos = store.select()
        wholes = [full_release(store, info) for info in infos]
        return infos, wholes, store.newsrooms(), store.authors(), store.span()


def read_index(data: bytes) -> None:
    """Show all releases and open the index: as written, or an error."""
    with unpacked(data) as folder:
        built_from_or_unknown(folder)
        assert _shown(folder) == _shown_whole()
        index = open_index(folder)
        assert len(list(index.texts())) == index.manifest.passages


INDEX_ERRORS = (NoIndex, IndexDamaged, IndexVersion)


def built_from_or_unknown(data: Path) -> None:
    """Read the record of the sources, which may be unknown."""
    served_sources(data)
    try:
        sources = built_from(data)
    except SourcesUnknown:
        return
    for path in sources.paths:
        path.exists()


def read_signed_index(data: bytes) -> None:
    """Open an index whose checksums are those of its damaged files, as one who means ill makes."""
    with unpacked(data) as folder:
        generation = current_folder(folder)
        manifest = read_manifest_unchecked(generation)
        if manifest is not None:
            manifest["files"] = {
                name: {"size": sums.size, "sha256": sums.sha256}
                for name, sums in file_sums(generation).items()
            }
            manifest.pop("sha256", None)
            text = json.dumps(manifest | {"sha256": _checksum(manifest)})
            (generation / MANIFEST).write_text(text, encoding="utf-8")
        read_manifest(generation)
        open_index(folder)
        _shown(folder)


def read_manifest_unchecked(generation: Path) -> dict[str, object] | None:
    """The values of a manifest; None where it has none."""
    try:
        values = json.loads((generation / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return values if isinstance(values, dict) else None


# -- earlier wordings


@cache
def history_seeds() -> tuple[bytes, ...]:
    """A data folder with earlier wordings."""
    with scratch() as folder:
        for number in range(3):
            before = Wording(f"Title {number}", tuple(f"Text {number}." for _ in range(20)))
            changes = [WordingChange(id, before, is_kept=True) for id in _IDS]
            record_changes(folder, changes, _IDS, _NOON + timedelta(days=number))
        return (packed(folder),)


def read_history(data: bytes) -> None:
    """Read the wordings, and keep one more."""
    with unpacked(data) as folder:
        before = earlier_wordings(folder, "bridge", _NEW)
        for each in before:
            assert each.replaced <= max(each.replaced, _NOON), "it can be compared with the time"
            assert isinstance(each.wording.title, str)
            assert all(isinstance(text, str) for text in each.wording.paragraphs)
        change = WordingChange("bridge", _NEW, is_kept=True)
        aside = record_changes(folder, [change], _IDS, _NOON)
        after = earlier_wordings(folder, "bridge", Wording("Other", ()))
        assert after[0].wording == _NEW
        left = [each.wording for each in after[1:]]
        assert [each.wording for each in before] == left or aside
        assert {each.wording for each in before} <= set(left), (
            "a wording that could be read is gone"
        )


# -- drafts


@cache
def drafts_seeds() -> tuple[bytes, ...]:
    """A data folder with what the readers made of documents."""
    with scratch() as folder:
        with DraftCache(folder / DRAFTS, _readers()) as drafts:
            for key, draft in _drafts().items():
                drafts.draft(key, partial(_same, draft))
        return (packed(folder),)


@cache
def _drafts() -> dict[bytes, ReleaseDraft]:
    with scratch() as folder:
        file = folder / "releases.jsonl"
        file.write_text("".join(json.dumps(row) + "\n" for row in NEWSROOMS), encoding="utf-8")
        rows = (each for each in read_rows(file) if isinstance(each, Row))
        return {document_key("line", each.written): each.draft for each in rows}


def _same(draft: ReleaseDraft) -> ReleaseDraft:
    return draft


def read_drafts(data: bytes) -> None:
    """Each draft is what it was, kept or read anew."""
    with unpacked(data) as folder:
        for _ in range(2):
            with DraftCache(folder / DRAFTS, _readers()) as drafts:
                for key, draft in _drafts().items():
                    assert drafts.draft(key, partial(_same, draft)) == draft
                other = ReleaseDraft("Other", ("Other.",))
                assert drafts.draft(document_key("other"), partial(_same, other)) == other


_readers = cache(readers_version)


# -- copies of web sites


@cache
def site_seeds() -> tuple[bytes, ...]:
    """The copy of a web site, with PDFs."""
    source = EntrySource(OfferKind.LISTING, _LIST)
    plan = SitePlan(_SITE, (source,), source, (f"{_SITE}news/0",))
    letter = pdf([Text(72, 700, f"{title(0)}: the council voted on the plan on Monday, and ")])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with SiteCopy.create(folder, plan, lambda: _NOON) as copy:
            entries = [Entry(f"{_SITE}news/{n}", title(n), day(n), "x") for n in range(4)]
            copy.add(entries)
            for number, entry in enumerate(entries[:3]):
                body = letter if number == 2 else release_html(number).encode()
                copy.store(entry.key, _page(entry.key, body))
            copy.fail(entries[3].key, "there is no such page", gone=True)
            copy.progress.advance(_LIST, f"{_LIST}?page=2")
            copy.progress.note_named(_LIST, 4)
            copy.progress.note_archived(_LIST, [each.key for each in entries])
            copy.was_read()
            releases = list(copy.releases())
        with PdfCopy(folder, lambda: _NOON) as pdfs:
            address = f"{_SITE}letter.pdf"
            pdfs.note(releases[0], [PdfLink(address, "the letter")])
            pdfs.store(address, _page(address, letter))
        for file in (VISITS, PDF_VISITS):
            visits = Visits(folder / file, lambda: _NOON)
            visits.add([each.key for each in entries])
            visits.succeeded(_page(entries[0].key, b"a"), timedelta(days=1))
            visits.close()
        return (packed(folder),)


def _page(address: str, body: bytes) -> Page:
    return Page(address, address, body, "text/html", "utf-8", {})


def read_site(data: bytes) -> None:
    """Read the copy as a build, an import and the list of sources do."""
    with unpacked(data) as folder:
        with suppress(NoReleases):
            list(read_sources([folder]))
        refused: CopyUnusable | VisitsUnusable | None = None
        for read in (_read_copy, _read_pdfs, _read_visits):
            try:
                read(folder)
            except (CopyUnusable, VisitsUnusable) as error:
                refused = error
        if refused:
            raise refused


def _read_copy(folder: Path) -> None:
    with SiteCopy(folder, lambda: _NOON) as copy:
        status = copy.status()
        for time in filter(None, (status.added, status.read, copy.progress.ended(_LIST))):
            assert time <= max(time, _NOON), "it can be compared with the time"
        for release in (*copy.releases(), *copy.failures()):
            copy.has_page(release.key)
            try:
                copy.page(release)
            except ValueError:
                continue
        copy.progress.next_page(_LIST)
        copy.progress.named(_LIST)
        copy.progress.no_longer_archived(_LIST, _NOON)
        copy.add([Entry(f"{_SITE}news/0", "Other", None, "y"), Entry(f"{_SITE}news/9", "New")])
        copy.store(f"{_SITE}news/9", _page(f"{_SITE}news/9", b"new"))
        copy.fail(f"{_SITE}news/9", "no answer")
        copy.was_read()


def _read_pdfs(folder: Path) -> None:
    with SiteCopy(folder) as copy, PdfCopy(folder, lambda: _NOON) as pdfs:
        releases = list(copy.releases())
        pdfs.unnoted(releases)
        linked = pdfs.linked(copy.plan, [each.key for each in releases])
        for each in (pdf for of in linked.of.values() for pdf in of):
            try:
                pdfs.text(each)
            except ValueError:
                continue


def _read_visits(folder: Path) -> None:
    for file in (VISITS, PDF_VISITS):
        visits = Visits(folder / file, lambda: _NOON)
        try:
            for visit in visits.due(10):
                assert visit.due <= max(visit.due, _NOON), "it can be compared with the time"
            address = f"{_SITE}news/0"
            visits.get(address)
            visits.succeeded(_page(address, b"a"), timedelta(days=1))
            visits.expire([address])
        finally:
            visits.close()


# -- backups

_BEFORE = {CURRENT: b"g000009\n", SOURCES: b"{}", "other": b"kept"}
_PARTS = {
    "state.sqlite", "history.sqlite", "web", "SOURCES", "generations", "CURRENT", "lock",
    "before-restore", "other",
}  # fmt: skip


@cache
def backup_seeds() -> tuple[bytes, ...]:
    """A backup of all that there is, and one of the state alone."""
    state = files_of(state_seeds()[0])
    history = files_of(history_seeds()[0])
    site = {f"{SITES}/harbor-1/{each}": data for each, data in files_of(site_seeds()[0]).items()}
    whole = {**files_of(index_seeds()[0]), **history, **site, **state}
    return (_backup_of(state), _backup_of(state), _backup_of(whole))


def _backup_of(files: Mapping[str, bytes]) -> bytes:
    """The backup of a data folder, with nothing in it of when it was made."""
    with scratch() as top:
        file, folder = top / "backup.zip", top / "data"
        for each, data in files.items():
            (path := folder / each).parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        back_up(folder, file)
        files = files_of(file.read_bytes())
    contents = json.loads(files[CONTENTS]) | {"taken": _NOON.isoformat()}
    return archive_of({**files, CONTENTS: json.dumps(contents).encode()}, ZIP_DEFLATED)


def read_backup(data: bytes) -> None:
    """Restore it over a folder: whole, or not at all, and nothing beside it."""
    with scratch() as top:
        file, folder = top / "backup.zip", top / "data"
        file.write_bytes(data)
        folder.mkdir()
        for name, content in _BEFORE.items():
            (folder / name).write_bytes(content)
        try:
            restored = restore(file, folder, replace=True)
        except BackupUnusable:
            left = {
                each.name: each.read_bytes() for each in folder.iterdir() if each.name != "lock"
            }
            assert left == _BEFORE, "a backup that was refused has changed something"
            raise
        finally:
            assert {each.name for each in top.iterdir()} == {"backup.zip", "data"}
            assert file.read_bytes() == data
        assert {each.name for each in folder.iterdir()} <= _PARTS
        assert not any(each.is_symlink() for each in folder.rglob("*"))
        assert restored.aside
        assert (restored.aside / CURRENT).read_bytes() == _BEFORE[CURRENT]
        for name, content in files_of(data).items():
            assert name == CONTENTS or (folder / name).read_bytes() == content
