"""Reading web sites in the background: which are being read, how that went, when they are due."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from bot.own_loop import run_in_own_loop
from bot.settings import Settings
from bot.sites import FirstLook, SiteNews, SiteOffer, copy_site, look_at, look_for_news
from bot.state.sources import SourceStore
from bot.state_locks import lock_held
from embeddings.errors import VerbatimError
from retrieval.sources.web.clock import Clock, SystemClock
from retrieval.sources.web.errors import FetchError, TooSlow
from retrieval.sources.web.import_report import ImportReport, OnImport
from retrieval.sources.web.page_files import CopyUnusable
from retrieval.sources.web.site_copy import CopyBusy, SiteCopy
from retrieval.sources.web.visits import VisitsUnusable

T = TypeVar("T")

_DAY = timedelta(days=1)
_JITTER = 0.1
_WITHOUT_INTERVAL = timedelta(hours=1)  # where sites are not read again by themselves
_MOST_DOUBLINGS = 16
_LONGEST_LOOK = 600.0  # seconds: others wait for it, and its interaction expires


class ReadingStopped(VerbatimError):
    """The reading of a site was stopped. ``by`` is None where the bot shuts down."""

    def __init__(self, by: str | None) -> None:
        super().__init__("the reading was stopped; what was read is kept, and it goes on later")
        self.by = by


@dataclass(slots=True)
class _Job:
    """Something that is being done, and what stopped it."""

    task: asyncio.Task[Any]
    folder: Path | None
    stopped_by: str | None = None


class SiteReadings:
    """Reads web sites in event loops of their own: several at once, but none twice at once.

    Args:
        settings: how sites are read, and how often.
        store: remembers when each site is due.
        clock: tells the time.
        random: spreads the due times.
    """

    def __init__(
        self,
        settings: Settings,
        store: SourceStore,
        clock: Clock | None = None,
        random: Random | None = None,
    ) -> None:
        self.interval = settings.refresh
        self.clock = clock or SystemClock()
        self._settings = settings
        self._store = store
        self._random = random or Random()
        self._looking = asyncio.Lock()
        self._jobs = list[_Job]()
        self._closed = False

    async def close(self) -> None:
        """Stop all readings, wait until they have noted how far they are, and begin no more."""
        self._closed = True
        tasks = [job.task for job in self._jobs]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def look(self, address: str, on_page: Callable[[int], None]) -> SiteOffer:
        """Find out what a site offers, one look at a time.

        Raises `FetchError`, `NothingOffered` and `ReadingStopped`.
        """
        work = partial(look_at, self._settings, address, FirstLook(on_page), self.clock)
        async with self._looking:
            try:
                async with asyncio.timeout(_LONGEST_LOOK):
                    return await self.do(run_in_own_loop(work))
            except TimeoutError:
                raise TooSlow(address, _LONGEST_LOOK) from None

    async def check(self, folder: Path) -> SiteNews:
        """What is new on a site; nothing is kept.

        Raises `CopyBusy`, `CopyUnusable` and `ReadingStopped`.
        """
        return await self.do(self._check(folder), folder)

    async def _check(self, folder: Path) -> SiteNews:
        async with self.taking(folder):
            return await run_in_own_loop(partial(look_for_news, self._settings, folder, self.clock))

    async def read(self, folder: Path, on_progress: OnImport = lambda _: None) -> ImportReport:
        """Bring the copy of a site up to date, note how that went, and when it is due again.

        A site that cannot be read is due after the interval, then twice that, and so on, at most a
        day. What is due is spread by a tenth.

        Raises `ReadingStopped`, `CopyBusy`, `CopyUnusable`, `VisitsUnusable` and `StateUnusable`.
        """
        return await self.do(self._read(folder, on_progress), folder)

    async def _read(self, folder: Path, on_progress: OnImport) -> ImportReport:
        async with self.taking(folder):
            return await self.read_taken(folder, on_progress)

    async def read_due(self, folder: Path) -> ImportReport | None:
        """Read a site as `read` does; None if it is due no longer: another process has read it."""
        return await self.do(self._read_due(folder), folder)

    async def _read_due(self, folder: Path) -> ImportReport | None:
        async with self.taking(folder):
            known = await asyncio.to_thread(self._store.get, folder.name)
            if known and known.due > self.clock.now():
                return None
            return await self.read_taken(folder)

    async def read_taken(
        self, folder: Path, on_progress: OnImport = lambda _: None
    ) -> ImportReport:
        """Read a site as `read` does, where it is `taking` it already."""
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

    async def stop(self, folder: Path, by: str) -> bool:
        """Stop the reading of a site, and wait until it has; return whether there was one."""
        jobs = [job for job in self._jobs if job.folder == folder]
        for job in jobs:
            job.stopped_by = by
            job.task.cancel()
        await asyncio.gather(*(job.task for job in jobs), return_exceptions=True)
        return bool(jobs)

    @asynccontextmanager
    async def taking(self, folder: Path) -> AsyncIterator[None]:
        """Let nothing else read or remove a site, in no process that shares the state.

        Raises `CopyBusy` and `StateUnusable`.
        """
        async with lock_held(partial(self._store.try_lock, folder.name)) as lock:
            if lock is None:
                raise CopyBusy(folder.name)
            yield

    async def do(self, work: Coroutine[Any, Any, T], folder: Path | None = None) -> T:
        """Do something that `close` and, with a folder, `stop` may stop.

        Raises `ReadingStopped` if one of them does.
        """
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


async def _import(
    settings: Settings, folder: Path, on_progress: OnImport, clock: Clock
) -> tuple[ImportReport, str]:
    """Bring a copy up to date; return what that did, and why the site could not be read."""
    with SiteCopy(folder, clock.now) as copy:
        report = await copy_site(settings, copy, on_progress, clock=clock)
        return report, copy.status().failure


def _reason(error: Exception) -> str:
    """Why a site could not be read, for people who are not the host."""
    if isinstance(error, CopyUnusable | VisitsUnusable):
        return "its copy on the host's machine cannot be used; the log says why"
    return "something went wrong on my side; the log says what"
