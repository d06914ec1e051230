"""The archive for the event loop: its work in threads, and the build of its index."""

import asyncio
import logging
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from bot.index_build import IndexBuild
from bot.phrases import progress_line
from bot.state.answers import PassageRef
from embeddings.errors import VerbatimError
from retrieval.archive import Archive
from retrieval.errors import IndexOutdated, NoIndex
from retrieval.index.index import Index
from retrieval.index.manifest import Manifest
from retrieval.indexing.report import IndexReport, OnProgress, Progress
from retrieval.question import Question
from retrieval.ranking.answer import Answer, CitedPassage
from retrieval.release import Filter, ReleaseInfo
from retrieval.source_search import SourceResult
from retrieval.text.keys import text_checksum
from retrieval.text.links import link_to
from retrieval.text.sentences import first_sentence
from retrieval.timeline import Timeline

log = logging.getLogger(__name__)

T = TypeVar("T")

_LEAST_ANSWERING = 2  # questions at once, on a single core too: one may wait for the disk
_LOOKING_UP = 4
MOST_WAITING = 100  # questions: about half a minute


class StillIndexing(VerbatimError):
    """There is no index yet, and the first one is being built."""

    def __init__(self, progress: Progress) -> None:
        super().__init__(f"I am still {progress_line(progress)}. Ask again in a little while")
        self.progress = progress


class QueueFull(VerbatimError):
    """So many questions wait for an answer that another one would wait too long."""

    def __init__(self, waiting: int) -> None:
        super().__init__(f"{waiting} questions are waiting already")
        self.waiting = waiting


class ReleaseGone(VerbatimError):
    """A release that is not in the index any more."""

    def __init__(self) -> None:
        super().__init__("that release is not among those that I have read any more")


class PassageChanged(VerbatimError):
    """A release that says something else now than when it was quoted."""

    def __init__(self) -> None:
        super().__init__("that release has been changed since I quoted it")


@dataclass(frozen=True, slots=True)
class ReleaseQuery:
    """Which releases a list is of: those with ``search`` in the title, by date and newsroom."""

    search: str | None = None
    since: date | None = None
    until: date | None = None
    newsroom: str | None = None


@dataclass(frozen=True, slots=True)
class ReleaseSummary:
    """A release with the sentence that says what it is about."""

    info: ReleaseInfo
    summary: str


@dataclass(frozen=True, slots=True)
class ReleasePage:
    """A part of the list of releases, from the ``first`` on, and how many there are in all."""

    listing: ReleaseQuery
    releases: Sequence[ReleaseSummary]
    first: int
    total: int


@dataclass(frozen=True, slots=True)
class FullRelease:
    """A release with all its paragraphs."""

    info: ReleaseInfo
    paragraphs: Sequence[str]


@dataclass(frozen=True, slots=True)
class ArchiveStatus:
    """What the archive holds now; ``building`` is how far a build under way is."""

    manifest: Manifest
    newsrooms: Sequence[tuple[str, int]]
    first: date | None
    last: date | None
    building: Progress | None


class ArchiveService:
    """Answers for the event loop: nothing here blocks it.

    Questions and look-ups have threads of their own, so that a slow question never keeps a list or
    a suggestion waiting. ``sources`` says, when a build starts, which releases to read.
    """

    def __init__(
        self, archive: Archive, sources: Callable[[], Sequence[Path]], newsroom: str | None
    ) -> None:
        self._archive = archive
        self._sources = sources
        self._newsroom = newsroom
        self._opening: asyncio.Task[None] | None = None
        # One a core: more would only make each of them slower.
        answering = max(_LEAST_ANSWERING, os.cpu_count() or 1)
        self._answering = ThreadPoolExecutor(answering, "answering")
        self._looking_up = ThreadPoolExecutor(_LOOKING_UP, "looking-up")
        self._waiting = 0
        self.build = IndexBuild(self._read_sources)

    def open(self) -> None:
        """Begin to open the index and load the model, or to build the first one; do not wait."""
        self._opening = asyncio.create_task(self._open(), name="open the archive")

    async def close(self) -> None:
        """Stop a build under way and wait until it has let go of the data folder."""
        await self.build.close()
        if self._opening:
            await asyncio.gather(self._opening, return_exceptions=True)
        self._answering.shutdown(wait=False, cancel_futures=True)
        self._looking_up.shutdown(wait=False, cancel_futures=True)

    # Each of these raises `StillIndexing` besides what `Archive.index` raises.

    async def ask(self, question: Question) -> Answer:
        """Answer a question."""
        return await self._answer(lambda: self._archive.ask(question))

    async def find_source(self, text: str) -> SourceResult:
        """Find the releases that say what a text says."""
        return await self._answer(lambda: self._archive.find_source(text))

    async def timeline(
        self, topic: str, listing: ReleaseQuery, latest: int
    ) -> tuple[Timeline, list[ReleaseSummary]]:
        """The releases about a topic over time, and the ``latest`` of them."""

        def work() -> tuple[Timeline, list[ReleaseSummary]]:
            newsroom = self._archive.index.releases.newsroom(listing.newsroom)
            allowed = Filter(listing.since, listing.until, newsroom)
            found = self._archive.timeline(topic, allowed)
            # By id: a generation that came meanwhile has other numbers.
            index = self._archive.index
            return found, _summed(
                index, _known(index, [each.id for each in found.releases[:latest]])
            )

        return await self._answer(work)

    async def page(self, listing: ReleaseQuery, first: int, size: int) -> ReleasePage:
        """Releases, newest first, from the ``first`` (0 is the newest) on."""

        def work() -> ReleasePage:
            index = self._archive.index
            store = index.releases
            allowed = Filter(listing.since, listing.until, store.newsroom(listing.newsroom))
            total = store.count(allowed, search=listing.search)
            start = max(0, min(first, (total - 1) // size * size))
            found = store.select(allowed, search=listing.search, limit=size, offset=start)
            return ReleasePage(listing, _summed(index, found), start, total)

        return await self._look_up(work)

    async def release(self, key: str) -> FullRelease:
        """The release of a `release_key`. Raises `ReleaseGone`."""

        def work() -> FullRelease:
            index = self._archive.index
            info = _by_key(index, key)
            return FullRelease(info, index.releases.paragraphs(info.number))

        return await self._look_up(work)

    async def restored(self, quoted: Sequence[PassageRef], first_rank: int) -> list[CitedPassage]:
        """Passages as they were quoted, without those that have changed since or are gone."""

        def work() -> list[CitedPassage]:
            index = self._archive.index
            found = []
            for rank, each in enumerate(quoted, start=first_rank):
                release = index.releases.find(each.release)
                texts = index.releases.paragraphs(release.number) if release else ()
                at = _place(texts, each.paragraph, each.check)
                if release and at is not None:
                    found.append(
                        CitedPassage(
                            rank=rank,
                            score=each.score,
                            text=texts[at],
                            highlight=each.highlight,
                            paragraph=at + 1,
                            link=link_to(release.url, texts[at]),
                            release=release,
                        )
                    )
            return found

        return await self._look_up(work)

    async def place(self, key: str, paragraph: int, check: str) -> tuple[FullRelease, int]:
        """A release, and where in it the paragraph stands that was quoted (0 is the first).

        Raises `ReleaseGone` or `PassageChanged`.
        """
        whole = await self.release(key)
        at = _place(whole.paragraphs, paragraph, check)
        if at is None:
            raise PassageChanged
        return whole, at

    async def titled(self, typed: str, limit: int) -> list[ReleaseInfo]:
        """Releases whose title is like what somebody typed, best first."""
        return await self._look_up(lambda: self._archive.index.titles.matching(typed, limit))

    async def newsrooms(self) -> list[tuple[str, int]]:
        """Each newsroom with its number of releases, the most prolific first."""
        return await self._look_up(lambda: self._archive.index.releases.newsrooms())

    async def newsroom(self, name: str | None) -> str | None:
        """The newsroom that a name or a part of it means. Raises `UnknownNewsroom`."""
        return await self._look_up(lambda: self._archive.index.releases.newsroom(name))

    async def status(self) -> ArchiveStatus:
        """What there is."""

        def work() -> ArchiveStatus:
            index = self._archive.index
            first, last = index.releases.span()
            newsrooms = index.releases.newsrooms()
            return ArchiveStatus(index.manifest, newsrooms, first, last, self.build.progress)

        return await self._look_up(work)

    async def generation(self) -> str:
        """The name of the generation in use."""
        return await self._look_up(lambda: self._archive.index.manifest.generation)

    async def release_ids(self) -> list[str]:
        """The ids of all releases."""
        return await self._look_up(lambda: list(self._archive.index.releases.ids()))

    async def summaries(self, ids: Sequence[str]) -> list[ReleaseSummary]:
        """Releases by id, newest first, undated last."""

        def work() -> list[ReleaseSummary]:
            index = self._archive.index
            found = _known(index, ids)
            found.sort(key=lambda each: (each.date or date.min, each.number), reverse=True)
            return _summed(index, found)

        return await self._look_up(work)

    # -- the index ----------------------------------------------------------------------------

    def _read_sources(self, on_progress: OnProgress) -> IndexReport:
        report = self._archive.reindex(
            self._sources(), newsroom=self._newsroom, on_progress=on_progress
        )
        self._prepare()
        return report

    def _prepare(self) -> None:
        """Open the index, and make what the first to ask should not have to wait for."""
        index = self._archive.index
        _ = index.titles, index.release_keys, index.names

    async def _open(self) -> None:
        try:
            try:
                await asyncio.to_thread(self._prepare)
            except NoIndex:
                await self._build("no index yet: building the first one")
            except IndexOutdated as error:
                await self._build(error.rebuilding)
            await asyncio.to_thread(self._archive.warm_up)
        except VerbatimError as error:
            log.error("%s", error)
        except Exception:
            log.exception("the archive could not be opened")

    async def _build(self, reason: str) -> None:
        log.info("%s", reason)
        report = await self.build.run(None)
        log.info("indexed %d releases in %.1f s", report.releases, report.seconds)

    async def _answer(self, work: Callable[[], T]) -> T:
        """Take a turn in the queue; whoever is cancelled meanwhile gives it up."""
        if self._waiting >= MOST_WAITING:
            raise QueueFull(self._waiting)
        self._waiting += 1
        try:
            return await self._run(self._answering, work)
        finally:
            self._waiting -= 1

    async def _look_up(self, work: Callable[[], T]) -> T:
        return await self._run(self._looking_up, work)

    async def _run(self, threads: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(threads, work)
        except (NoIndex, IndexOutdated) as error:
            if self.build.progress:
                raise StillIndexing(self.build.progress) from error
            if self._opening and not self._opening.done():
                raise StillIndexing(Progress("reading", 0)) from error
            raise


def quoted(passage: CitedPassage) -> PassageRef:
    """What finds a passage again."""
    return PassageRef(
        passage.release.id,
        passage.paragraph,
        text_checksum(passage.text),
        passage.highlight,
        passage.score,
    )


def _by_key(index: Index, key: str) -> ReleaseInfo:
    number = index.release_keys.get(key)
    if number is None:
        raise ReleaseGone
    return index.releases.by_number([number])[number]


def _place(texts: Sequence[str], paragraph: int, check: str) -> int | None:
    """Where the paragraph stands now that was the one of that number; None where it is gone."""
    likely = [paragraph - 1, *range(len(texts))]
    return next(
        (at for at in likely if at < len(texts) and text_checksum(texts[at]) == check), None
    )


def _known(index: Index, ids: Sequence[str]) -> list[ReleaseInfo]:
    """The releases of these ids that there are, in the same order."""
    return [each for id in ids if (each := index.releases.find(id))]


def _summed(index: Index, found: Sequence[ReleaseInfo]) -> list[ReleaseSummary]:
    openings = index.releases.openings([each.number for each in found])
    return [ReleaseSummary(each, first_sentence(openings[each.number])) for each in found]
