"""The archive for the event loop: work in threads, one build at a time, and how far it is."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from bot.wording import progress_line
from embeddings.errors import VerbatimError
from retrieval.answer import Answer
from retrieval.archive import Archive
from retrieval.catalogue import Filter, Heading
from retrieval.errors import IndexBusy, NoIndex
from retrieval.manifest import Manifest
from retrieval.question import Question
from retrieval.report import IndexReport, Progress

log = logging.getLogger(__name__)

T = TypeVar("T")


class StillIndexing(VerbatimError):
    """There is no index yet, and the first one is being built."""

    def __init__(self, progress: Progress) -> None:
        super().__init__(f"I am still {progress_line(progress)}. Ask again in a little while")
        self.progress = progress


class BuildStopped(VerbatimError):
    """The build was stopped because the bot is closing; the index stays as it was."""


@dataclass(frozen=True, slots=True)
class Page:
    """A part of the list of releases, and how many there are in all."""

    headings: Sequence[Heading]
    total: int


@dataclass(frozen=True, slots=True)
class Status:
    """What the archive holds now; ``building`` is how far a build under way is."""

    manifest: Manifest
    newsrooms: Sequence[tuple[str, int]]
    first: date | None
    last: date | None
    building: Progress | None


class Desk:
    """Answers for the event loop: nothing here blocks it.

    ``sources`` says, when a build starts, which releases to read.
    """

    def __init__(
        self, archive: Archive, sources: Callable[[], Sequence[Path]], newsroom: str | None
    ) -> None:
        self._archive = archive
        self._sources = sources
        self._newsroom = newsroom
        self._closing = False
        self._opening: asyncio.Task[None] | None = None
        self._build: asyncio.Task[IndexReport] | None = None
        self.building: Progress | None = None

    def open(self) -> None:
        """Begin to open the index and load the model, or to build the first one; do not wait."""
        self._opening = asyncio.create_task(self._open(), name="open the archive")

    async def close(self) -> None:
        """Stop a build under way and wait until it has let go of the data folder."""
        self._closing = True
        under_way = [task for task in (self._opening, self._build) if task]
        await asyncio.gather(*under_way, return_exceptions=True)

    async def ask(self, question: Question) -> Answer:
        """Answer a question. Raises `StillIndexing` besides what `Archive.ask` raises."""
        return await self._run(lambda: self._archive.ask(question))

    async def page(
        self,
        *,
        search: str | None,
        since: date | None,
        until: date | None,
        newsroom: str | None,
        limit: int,
    ) -> Page:
        """Releases, newest first. Raises `StillIndexing` besides what `Archive.index` raises."""

        def work() -> Page:
            catalogue = self._archive.index.catalogue
            allowed = Filter(since, until, catalogue.newsroom(newsroom))
            headings = catalogue.headings(allowed, search=search, limit=limit)
            return Page(headings, catalogue.count(allowed, search=search))

        return await self._run(work)

    async def status(self) -> Status:
        """What there is. Raises `StillIndexing` besides what `Archive.index` raises."""

        def work() -> Status:
            index = self._archive.index
            first, last = index.catalogue.span()
            newsrooms = index.catalogue.newsrooms()
            return Status(index.manifest, newsrooms, first, last, self.building)

        return await self._run(work)

    async def reindex(self) -> IndexReport:
        """Read the sources again; answers come from the old generation meanwhile.

        Raises `IndexBusy` while a build is under way, and what `build_index` raises.
        """
        if self._build and not self._build.done():
            raise IndexBusy(self._archive.data)
        self.building = Progress("reading", 0)
        self._build = asyncio.create_task(self._rebuild(), name="build the index")
        # Whoever asked may go away; the build goes on, and is waited for on closing.
        return await asyncio.shield(self._build)

    async def _rebuild(self) -> IndexReport:
        try:
            report = await asyncio.to_thread(
                lambda: self._archive.reindex(
                    self._sources(), newsroom=self._newsroom, on_progress=self._note
                )
            )
            # The next question should not wait for the new generation to be opened.
            await asyncio.to_thread(lambda: self._archive.index)
            return report
        finally:
            self.building = None

    def _note(self, progress: Progress) -> None:
        if self._closing:
            raise BuildStopped("the build was stopped")
        self.building = progress

    async def _open(self) -> None:
        try:
            try:
                await asyncio.to_thread(lambda: self._archive.index)
            except NoIndex:
                log.info("no index yet: building the first one")
                report = await self.reindex()
                log.info("indexed %d releases in %.1f s", report.releases, report.seconds)
            await asyncio.to_thread(self._archive.warm_up)
        except VerbatimError as error:
            log.error("%s", error)
        except Exception:
            log.exception("the archive could not be opened")

    async def _run(self, work: Callable[[], T]) -> T:
        try:
            return await asyncio.to_thread(work)
        except NoIndex as error:
            if self.building:
                raise StillIndexing(self.building) from error
            if self._opening and not self._opening.done():
                raise StillIndexing(Progress("reading", 0)) from error
            raise
