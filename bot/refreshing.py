"""Sites that are due are read again, and what that changed is indexed in one build."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.site_readings import ReadingStopped
from bot.source_service import SourceService
from bot.state.database import StateUnusable
from bot.state.sources import SourceStore
from embeddings.errors import VerbatimError
from retrieval.indexing.report import IndexReport
from retrieval.sources.web.import_report import ImportReport
from retrieval.sources.web.site_copy import CopyBusy

log = logging.getLogger(__name__)

_AT_ONCE = 3
_LONGEST_SPREAD = 1.1  # intervals until a site is due that can be read


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What was read again, by its copy's name, and the build that followed, if one was needed."""

    read: dict[str, ImportReport]
    index: IndexReport | None


class Refresher:
    """Reads the sites that are due, a few at once: one that is slow holds up no others.

    When each is due is stored, so a restart refreshes nothing that would not have been.

    Args:
        sources: reads sites and builds the index.
        store: remembers what is due.
    """

    def __init__(self, sources: SourceService, store: SourceStore) -> None:
        self._sources = sources
        self._readings = sources.readings
        self._store = store
        self._running = asyncio.Lock()
        self._at_once = asyncio.Semaphore(_AT_ONCE)
        self._failed_builds = 0
        self._build_due: datetime | None = None  # None: as soon as something changes

    async def refresh(self) -> Refreshed:
        """Read what is due, and build the index if something changed.

        What cannot be read or built is logged, and tried again later. Raises `SourcesUnknown`,
        `StateUnusable`, and `ReadingStopped` if the bot shuts down.
        """
        async with self._running:
            await asyncio.to_thread(self._store.resume)
            due = await self._due()
            reports = await asyncio.gather(*map(self._read, due), return_exceptions=True)
            read = dict[str, ImportReport]()
            for folder, report in zip(due, reports, strict=True):
                if isinstance(report, BaseException):
                    raise report
                if report:
                    read[folder.name] = report
            return Refreshed(read, await self._build())

    async def _due(self) -> list[Path]:
        """The sites that are due; one of which nothing is known is due after an interval."""
        interval, now = self._readings.interval, self._readings.clock.now()
        if interval is None:
            return []
        refreshes = await asyncio.to_thread(self._store.all)
        due = []
        for folder in await self._sources.sites():
            known = refreshes.get(folder.name)
            # Added on the command line, or with a longer interval.
            is_late = known and not known.failures and known.due > now + _LONGEST_SPREAD * interval
            if known is None or is_late:
                when = now + self._readings.pause()
                await asyncio.to_thread(self._store.schedule, folder.name, when)
            elif known.due <= now:
                due.append(folder)
        return due

    async def _read(self, folder: Path) -> ImportReport | None:
        site = folder.name
        try:
            async with self._at_once:
                report = await self._readings.read_due(folder)
        except StateUnusable:
            raise
        except ReadingStopped as stop:
            if stop.by is None:
                raise
            return None
        except CopyBusy as error:
            log.info("%s", error)
            return None
        except VerbatimError as error:
            log.warning("cannot read %s: %s", site, error)
            return None
        except Exception:
            log.exception("cannot read %s", site)
            return None
        if report is None:
            return None
        if report.stopped:
            log.warning("%s", report.stopped)
        log.info("%s: %d new, %d changed", site, report.new, report.changed)
        return report

    async def _build(self) -> IndexReport | None:
        now = self._readings.clock.now()
        is_due = self._build_due is None or self._build_due <= now
        if not is_due or not await self._has_unbuilt():
            return None
        try:
            report = await self._sources.build(None)
        except StateUnusable:
            raise
        except Exception as error:
            self._failed_builds += 1
            self._build_due = now + self._readings.pause(self._failed_builds)
            is_known = isinstance(error, VerbatimError)
            log.warning("cannot index what was read: %s", error, exc_info=not is_known)
            return None
        self._failed_builds, self._build_due = 0, None
        log.info("indexed %d new and %d changed releases", report.added, report.changed)
        return report

    async def _has_unbuilt(self) -> bool:
        refreshes = await asyncio.to_thread(self._store.all)
        unbuilt = {name for name, each in refreshes.items() if each.unbuilt}
        return bool(unbuilt) and any(each.name in unbuilt for each in await self._sources.sites())
