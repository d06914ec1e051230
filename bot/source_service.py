"""The sources for the event loop: listed, offered, added, removed, and built from."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.archive_service import ArchiveService
from bot.release_sources import known_sources, release_sources
from bot.served_sources import Mismatch, mismatches
from bot.settings import Settings
from bot.site_readings import SiteReadings
from bot.sites import SiteOffer, nothing_copied
from bot.source_list import LastSource, SourceState, UnknownSource, source_state
from bot.state.sources import SiteRefresh, SourceStore
from embeddings.errors import VerbatimError
from retrieval.index.remembered_sources import RememberedSources, add_site, forget_site
from retrieval.indexing.report import IndexReport
from retrieval.sources.file_types import SUFFIXES
from retrieval.sources.walk import OtherFile, find_files
from retrieval.sources.web.import_report import ImportReport, OnImport
from retrieval.sources.web.page_files import CopyUnusable
from retrieval.sources.web.site_copy import (
    SiteCopy,
    copy_folder,
    delete_copy,
    is_site_copy,
)
from retrieval.sources.web.site_plan import SitePlan
from retrieval.text.keys import text_checksum


class OfferGone(VerbatimError):
    """What was found at an address was kept or dropped already, or is more than a day old."""

    def __init__(self) -> None:
        super().__init__("that offer is gone. Add the address again")


@dataclass(frozen=True, slots=True)
class KnownSource:
    """A source as it is listed.

    Attributes:
        path: where its files are, or the copy of a site.
        state: what it is and how far; None for a site whose copy cannot be used.
        is_site: whether it is a web site.
        refresh: how the last readings of a site went; None if there was none, or it is no site.
    """

    path: Path
    state: SourceState | None
    is_site: bool
    refresh: SiteRefresh | None = None

    @property
    def name(self) -> str:
        """The address of a site; the name alone of anything else.

        Where that is on the host's machine is of no concern to people in Discord.
        """
        return self.state.name if self.state and self.state.kind == "site" else self.path.name

    @property
    def key(self) -> str:
        """Names it in a component."""
        return _key(self.path)


@dataclass(frozen=True, slots=True)
class AddedSite:
    """A site that was made a source and read.

    Attributes:
        address: the site.
        folder: its copy.
        is_new: whether it was no source before.
        copied: how many of its releases are in the copy.
        report: what the reading did.
    """

    address: str
    folder: Path
    is_new: bool
    copied: int
    report: ImportReport


class SourceService:
    """What can be done with the sources, without blocking the event loop.

    Args:
        settings: which folders are sources, and where the data folder is.
        archive: builds the index.
        store: remembers what was offered, and when each site is due.
        readings: reads sites.
    """

    def __init__(
        self,
        settings: Settings,
        archive: ArchiveService,
        store: SourceStore,
        readings: SiteReadings,
    ) -> None:
        self.readings = readings
        self._settings = settings
        self._archive = archive
        self._store = store

    # -- what there is

    async def sources(self) -> list[KnownSource]:
        """All sources, sites last. Raises `SourcesUnknown` and `StateUnusable`."""
        return await asyncio.to_thread(self._sources)

    def _sources(self) -> list[KnownSource]:
        known, refreshes = known_sources(self._settings), self._store.all()
        sources = []
        for path in known.paths:
            try:
                state = source_state(path, known)
            except CopyUnusable:
                state = None
            is_site = path in known.sites
            refresh = refreshes.get(path.name) if is_site else None
            sources.append(KnownSource(path, state, is_site, refresh))
        return sources

    def key_of(self, address: str) -> str:
        """The key that a site has as a source."""
        return _key(copy_folder(self._settings.data, address))

    async def site(self, key: str) -> KnownSource:
        """The site with a key. Raises `UnknownSource` and what `sources` raises."""
        sources = await self.sources()
        for source in sources:
            if source.key == key and source.is_site:
                return source
        raise UnknownSource("that site", RememberedSources())

    async def sites(self) -> list[Path]:
        """The copies of all sites; none is opened. Raises `SourcesUnknown`."""
        return list((await asyncio.to_thread(known_sources, self._settings)).sites)

    async def failing(self) -> list[KnownSource]:
        """The sites that cannot be read, the longest first. Raises as `sources` does."""
        refreshes = await asyncio.to_thread(self._store.all)
        since = {name: each.failing_since for name, each in refreshes.items() if each.failing_since}
        if not since:
            return []
        sources = [each for each in await self.sources() if each.path.name in since]
        return sorted(sources, key=lambda each: since[each.path.name])

    async def mismatches(self) -> list[Mismatch]:
        """How what is served and what is named differ."""
        return await asyncio.to_thread(mismatches, self._settings)

    async def count_files(self, source: KnownSource) -> int:
        """How many files a folder has that are read."""
        return await asyncio.to_thread(_count_files, source.path)

    # -- adding and removing

    async def look(self, address: str, on_page: Callable[[int], None]) -> tuple[SiteOffer, int]:
        """Find out what a site offers; return that, and the number of the offer.

        Raises `StateUnusable`, and as `SiteReadings.look` does.
        """
        offer = await self.readings.look(address, on_page)
        plan, now = offer.plan.to_json(), self.readings.clock.now()
        return offer, await asyncio.to_thread(self._store.add_offer, plan, now)

    async def take_offer(self, number: int) -> SitePlan:
        """The plan of an offer, once. Raises `OfferGone` and `StateUnusable`."""
        plan = await asyncio.to_thread(self._store.take_offer, number)
        if plan is None:
            raise OfferGone
        return SitePlan.from_json(plan)

    async def add(self, plan: SitePlan, on_progress: OnImport) -> AddedSite:
        """Make a site a source, and read it. It is none if nothing could be read.

        Raises:
            FetchError, NothingCopied, SourceSuspected: if nothing could be read.
            ReadingStopped: if it was stopped. The site stays a source, and is read on when due.
            CopyBusy: if it is being read already.
            CopyUnusable, VisitsUnusable, StateUnusable: if something cannot be written.
            SourceGone, SiteCopyGone, SourcesUnknown: if something is wrong with other sources.
        """
        folder = copy_folder(self._settings.data.absolute(), plan.address)
        return await self.readings.do(self._add(folder, plan, on_progress), folder)

    async def _add(self, folder: Path, plan: SitePlan, on_progress: OnImport) -> AddedSite:
        async with self.readings.taking(folder):
            is_new = not await asyncio.to_thread(is_site_copy, folder)
            await asyncio.to_thread(_create_copy, folder, plan, self.readings.clock.now)
            try:
                # First of all, so that it is read on if the bot is killed.
                await asyncio.to_thread(self._add_source, folder)
                report = await self.readings.read_taken(folder, on_progress)
                copied = await asyncio.to_thread(_copied, folder)
                if not copied:
                    raise nothing_copied(plan.address, report)
            except VerbatimError:
                if is_new:
                    await self._undo(folder)
                raise
        return AddedSite(plan.address, folder, is_new, copied, report)

    async def undo(self, added: AddedSite) -> None:
        """Remove a site that was added, unless it was a source before. Raises `StateUnusable`."""
        if added.is_new:
            async with self.readings.taking(added.folder):
                await self._undo(added.folder)

    async def _undo(self, folder: Path) -> None:
        # A build that is running may have begun with the site, and would record it.
        await self._archive.build.idle()
        # Not in a thread, so that no build begins in the meantime. It takes a few milliseconds.
        forget_site(self._settings.data, folder)
        await self._delete(folder)

    async def remove(self, source: KnownSource, starter: str) -> IndexReport:
        """Build the index without a site, and delete its copy. If that fails, it is as before.

        Raises `LastSource`, `CopyBusy`, and what `IndexBuild.run` raises.
        """
        if len(await self.sources()) == 1:
            raise LastSource(source.name)
        await self.readings.stop(source.path, starter)
        async with self.readings.taking(source.path):
            report = await self._archive.build_next(
                starter, lambda: release_sources(self._settings, without=source.path)
            )
            await self._delete(source.path)
        return report

    async def _delete(self, folder: Path) -> None:
        await asyncio.to_thread(delete_copy, folder)
        await asyncio.to_thread(self._store.forget, folder.name)

    def _add_source(self, folder: Path) -> None:
        release_sources(self._settings, site=folder)  # or one of the others is gone
        add_site(self._settings.data, folder)

    async def build(self, starter: str | None) -> IndexReport:
        """Build the index, and note that it has what was read. Raises as `IndexBuild.run` does."""
        await self._archive.build.idle()
        read = [each.site for each in (await asyncio.to_thread(self._store.all)).values()]
        report = await self._archive.build_next(starter)
        await asyncio.to_thread(self._store.build, read)
        return report


def _key(path: Path) -> str:
    return text_checksum(path.name)


def _create_copy(folder: Path, plan: SitePlan, now: Callable[[], datetime]) -> None:
    with SiteCopy.create(folder, plan, now):
        pass


def _copied(folder: Path) -> int:
    with SiteCopy(folder) as copy:
        return copy.status().copied


def _count_files(folder: Path) -> int:
    return sum(not isinstance(file, OtherFile) for file in find_files(folder, SUFFIXES))
