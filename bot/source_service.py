"""The sources for the event loop: listed, checked, offered, added, read again, and removed."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from bot.archive_service import ArchiveService
from bot.own_loop import run_in_own_loop
from bot.release_sources import known_sources, release_sources
from bot.settings import Settings
from bot.sites import (
    FirstLook,
    SiteNews,
    SiteOffer,
    copy_site,
    look_at,
    look_for_news,
    nothing_copied,
)
from bot.source_list import LastSource, SourceState, UnknownSource, source_state
from bot.state.sources import SiteRefresh, SourceStore
from embeddings.errors import VerbatimError
from retrieval.index.generations import RememberedSources, built_from, remember_sources
from retrieval.indexing.report import IndexReport
from retrieval.sources.reading import SUFFIXES
from retrieval.sources.walk import OtherFile, find_files
from retrieval.sources.web.clock import Clock, SystemClock
from retrieval.sources.web.errors import FetchError, TooSlow
from retrieval.sources.web.importing import ImportReport, OnImport
from retrieval.sources.web.site_copy import (
    CopyBusy,
    CopyUnusable,
    SiteCopy,
    copy_folder,
    delete_copy,
    is_site_copy,
)
from retrieval.sources.web.site_plan import SitePlan
from retrieval.sources.web.visits import VisitsUnusable
from retrieval.text.keys import text_checksum

T = TypeVar("T")

_DAY = timedelta(days=1)
_JITTER = 0.1
_WITHOUT_INTERVAL = timedelta(hours=1)  # where sites are not read again by themselves
_MOST_DOUBLINGS = 16
_LONGEST_LOOK = 600.0  # seconds: others wait for it, and its interaction expires


class OfferGone(VerbatimError):
    """What was found at an address was kept or dropped already, or is more than a day old."""

    def __init__(self) -> None:
        super().__init__("that offer is gone. Add the address again")


class ReadingStopped(VerbatimError):
    """The reading of a site was stopped. ``by`` is None where the bot shuts down."""

    def __init__(self, by: str | None) -> None:
        super().__init__("the reading was stopped; what was read is kept, and it goes on later")
        self.by = by


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


@dataclass(slots=True)
class _Job:
    """Something that is being done, and what stopped it."""

    task: asyncio.Task[Any]
    folder: Path | None
    stopped_by: str | None = None


class SourceService:
    """What can be done with the sources, without blocking the event loop.

    Sites are read in event loops of their own, several at once, but none twice at once.

    Args:
        settings: which folders are sources, how sites are read, and how often.
        archive: builds the index.
        store: remembers when each site is due.
        clock: tells the time.
        random: spreads the due times.
    """

    def __init__(
        self,
        settings: Settings,
        archive: ArchiveService,
        store: SourceStore,
        clock: Clock | None = None,
        random: Random | None = None,
    ) -> None:
        self.interval = settings.refresh
        self.clock = clock or SystemClock()
        self._settings = settings
        self._archive = archive
        self._store = store
        self._random = random or Random()
        self._looking = asyncio.Lock()
        self._jobs = list[_Job]()
        self._taken = set[Path]()  # the copies that are being read or removed
        self._closed = False

    async def close(self) -> None:
        """Stop all readings, wait until they have noted how far they are, and begin no more."""
        self._closed = True
        tasks = [job.task for job in self._jobs]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

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

    async def count_files(self, source: KnownSource) -> int:
        """How many files a folder has that are read."""
        return await asyncio.to_thread(_count_files, source.path)

    async def check(self, source: KnownSource) -> SiteNews:
        """What is new on a site; nothing is kept.

        Raises `CopyBusy`, `CopyUnusable` and `ReadingStopped`.
        """
        return await self._do(self._check(source.path), source.path)

    async def _check(self, folder: Path) -> SiteNews:
        with self._taking(folder):
            return await run_in_own_loop(partial(look_for_news, self._settings, folder, self.clock))

    # -- adding and removing

    async def look(self, address: str, on_page: Callable[[int], None]) -> tuple[SiteOffer, int]:
        """Find out what a site offers, one look at a time; return that, and the offer's number.

        Raises `FetchError`, `NothingOffered`, `ReadingStopped` and `StateUnusable`.
        """
        work = partial(look_at, self._settings, address, FirstLook(on_page), self.clock)
        async with self._looking:
            try:
                async with asyncio.timeout(_LONGEST_LOOK):
                    offer = await self._do(run_in_own_loop(work))
            except TimeoutError:
                raise TooSlow(address, _LONGEST_LOOK) from None
        plan, now = offer.plan.to_json(), self.clock.now()
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
        return await self._do(self._add(folder, plan, on_progress), folder)

    async def _add(self, folder: Path, plan: SitePlan, on_progress: OnImport) -> AddedSite:
        with self._taking(folder):
            is_new = not await asyncio.to_thread(is_site_copy, folder)
            await asyncio.to_thread(_create_copy, folder, plan, self.clock.now)
            try:
                # First of all, so that it is read on if the bot is killed.
                await self._remember(lambda: release_sources(self._settings, site=folder).remember)
                report = await self._read(folder, on_progress)
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
            with self._taking(added.folder):
                await self._undo(added.folder)

    async def _undo(self, folder: Path) -> None:
        await self._remember(lambda: _without(built_from(self._settings.data), folder))
        await self._delete(folder)

    async def remove(self, source: KnownSource, starter: str) -> IndexReport:
        """Build the index without a site, and delete its copy. If that fails, it is as before.

        Raises `LastSource`, `CopyBusy`, and what `IndexBuild.run` raises.
        """
        if len(await self.sources()) == 1:
            raise LastSource(source.name)
        await self.stop(source.path, starter)
        with self._taking(source.path):
            report = await self._archive.build_next(
                starter, lambda: release_sources(self._settings, without=source.path)
            )
            await self._delete(source.path)
        return report

    async def _delete(self, folder: Path) -> None:
        await asyncio.to_thread(delete_copy, folder)
        await asyncio.to_thread(self._store.forget, folder.name)

    async def _remember(self, change: Callable[[], RememberedSources]) -> None:
        """Record other sources while no build is running: it would record those it began with."""
        await self._archive.build.idle()
        # Not in a thread, so that no build begins in the meantime. It takes a few milliseconds.
        remember_sources(self._settings.data, change())

    async def build(self, starter: str | None) -> IndexReport:
        """Build the index, and note that it has what was read. Raises as `IndexBuild.run` does."""
        await self._archive.build.idle()
        read = [each.site for each in (await asyncio.to_thread(self._store.all)).values()]
        report = await self._archive.build_next(starter)
        await asyncio.to_thread(self._store.build, read)
        return report

    # -- reading

    async def stop(self, folder: Path, by: str) -> bool:
        """Stop the reading of a site, and wait until it has; return whether there was one."""
        jobs = [job for job in self._jobs if job.folder == folder]
        for job in jobs:
            job.stopped_by = by
            job.task.cancel()
        await asyncio.gather(*(job.task for job in jobs), return_exceptions=True)
        return bool(jobs)

    async def read(self, folder: Path, on_progress: OnImport = lambda _: None) -> ImportReport:
        """Bring the copy of a site up to date, note how that went, and when it is due again.

        A site that cannot be read is due after the interval, then twice that, and so on, at most a
        day. What is due is spread by a tenth.

        Raises `ReadingStopped`, `CopyBusy`, `CopyUnusable`, `VisitsUnusable` and `StateUnusable`.
        """
        return await self._do(self._read_taken(folder, on_progress), folder)

    async def _read_taken(self, folder: Path, on_progress: OnImport) -> ImportReport:
        with self._taking(folder):
            return await self._read(folder, on_progress)

    async def _read(self, folder: Path, on_progress: OnImport) -> ImportReport:
        site, store = folder.name, self._store
        await asyncio.to_thread(store.begin, site, self.clock.now() + self.pause())
        changed = True  # as far as is known, until it has ended
        try:
            work = partial(_import, self._settings, folder, on_progress, self.clock)
            report, failure = await run_in_own_loop(work)
            changed = report.has_changes
        except CopyBusy:
            changed = False
            raise
        except Exception as error:
            await self._failed(site, _reason(error))
            raise
        finally:
            await asyncio.to_thread(store.end, site, changed=changed)
        if failure:
            stop = report.stopped
            retry_after = stop.retry_after if isinstance(stop, FetchError) else None
            await self._failed(site, failure, retry_after)
        else:
            await asyncio.to_thread(store.succeed, site, self.clock.now() + self.pause())
        return report

    async def _failed(self, site: str, reason: str, retry_after: float | None = None) -> None:
        known = await asyncio.to_thread(self._store.get, site)
        wait = self.pause(known.failures + 1 if known else 1)
        now = self.clock.now()
        due = now + max(wait, timedelta(seconds=retry_after or 0))
        await asyncio.to_thread(self._store.fail, site, now, due, reason)

    def pause(self, failures: int = 0) -> timedelta:
        """How long to wait after so many failures in a row; no two waits are the same."""
        interval = self.interval or _WITHOUT_INTERVAL
        doublings = min(max(failures - 1, 0), _MOST_DOUBLINGS)
        wait: timedelta = min(interval * 2**doublings, max(interval, _DAY))
        return wait * self._random.uniform(1 - _JITTER, 1 + _JITTER)

    @contextmanager
    def _taking(self, folder: Path) -> Iterator[None]:
        """Let nothing else read or remove a site. Raises `CopyBusy`."""
        if folder in self._taken:
            raise CopyBusy(folder.name)
        self._taken.add(folder)
        try:
            yield
        finally:
            self._taken.discard(folder)

    async def _do(self, work: Coroutine[Any, Any, T], folder: Path | None = None) -> T:
        """Do something that `close` and, with a folder, `stop` may stop."""
        task = asyncio.create_task(work)
        job = _Job(task, folder)
        self._jobs.append(job)
        if self._closed:
            task.cancel()
        try:
            return await task
        except asyncio.CancelledError:
            caller = asyncio.current_task()
            if caller and caller.cancelling():
                raise
            raise ReadingStopped(job.stopped_by) from None
        finally:
            self._jobs.remove(job)


def _key(path: Path) -> str:
    return text_checksum(path.name)


async def _import(
    settings: Settings, folder: Path, on_progress: OnImport, clock: Clock
) -> tuple[ImportReport, str]:
    """Bring a copy up to date; return what that did, and why the site could not be read."""
    with SiteCopy(folder, clock.now) as copy:
        report = await copy_site(settings, copy, on_progress, clock=clock)
        return report, copy.status().failure


def _create_copy(folder: Path, plan: SitePlan, now: Callable[[], datetime]) -> None:
    with SiteCopy.create(folder, plan, now):
        pass


def _copied(folder: Path) -> int:
    with SiteCopy(folder) as copy:
        return copy.status().copied


def _count_files(folder: Path) -> int:
    return sum(not isinstance(file, OtherFile) for file in find_files(folder, SUFFIXES))


def _without(sources: RememberedSources, site: Path) -> RememberedSources:
    sites = tuple(each for each in sources.sites if each.resolve() != site.resolve())
    return replace(sources, sites=sites)


def _reason(error: Exception) -> str:
    """Why a site could not be read, for people who are not the host."""
    if isinstance(error, CopyUnusable | VisitsUnusable):
        return "its copy on the host's machine cannot be used; the log says why"
    return "something went wrong on my side; the log says what"
