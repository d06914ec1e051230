"""The archive for the event loop: searches and look-ups in threads, and the build of the index."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import TypeVar

from bot.index_build import IndexBuild
from bot.phrases import progress_line
from bot.quoted_passages import (
    ChangedPassage,
    RestoredPassages,
    find_paragraph,
    restore_passages,
)
from bot.release_sources import BuildSources
from bot.search_queue import SearchQueue
from bot.shared_work import SharedWork
from bot.state.answers import PassageRef
from embeddings.errors import VerbatimError
from retrieval.archive import Archive
from retrieval.errors import IndexOutdated, NoIndex
from retrieval.index.index import Index
from retrieval.index.manifest import Manifest
from retrieval.index.remembered_sources import served_sources
from retrieval.indexing.report import IndexReport, OnProgress, Progress
from retrieval.question import Question
from retrieval.ranking.answer import Answer
from retrieval.ranking.full_release import FullRelease, full_release
from retrieval.release import Filter, ReleaseInfo
from retrieval.release_history import ReleaseHistory, release_history
from retrieval.request_answers import RequestAnswer
from retrieval.scope import Scope, ScopePreview, preview
from retrieval.source_search import SourceResult
from retrieval.standing import Calibration, StandingQuestion, match, up_to_date
from retrieval.text.keys import text_checksum
from retrieval.text.sentences import first_sentence
from retrieval.timeline import Timeline

log = logging.getLogger(__name__)

T = TypeVar("T")

_MIN_SEARCH_THREADS = 2  # on a single core too: a search may wait for the disk
_LOOKUP_THREADS = 4


class StillIndexing(VerbatimError):
    """There is no index yet, and the first one is being built."""

    def __init__(self, progress: Progress) -> None:
        super().__init__(
            f"the first index is being built: {progress_line(progress)}. Try again in a few minutes"
        )
        self.progress = progress


class ReleaseGone(VerbatimError):
    """A release that is no longer in the index."""

    def __init__(self) -> None:
        super().__init__("that release is no longer in the index")


@dataclass(frozen=True, slots=True)
class ReleaseQuery:
    """Which releases to list: by words in the title, by date (both included) and by newsroom."""

    search: str | None = None
    since: date | None = None
    until: date | None = None
    newsroom: str | None = None


@dataclass(frozen=True, slots=True)
class ReleaseSummary:
    """A release and its first sentence."""

    info: ReleaseInfo
    summary: str


@dataclass(frozen=True, slots=True)
class Served:
    """What serves a request, and summaries of the newest of its releases."""

    answer: RequestAnswer
    latest: Sequence[ReleaseSummary]


@dataclass(frozen=True, slots=True)
class ReleasePage:
    """A page of a list of releases.

    ``query`` has the full name of its newsroom, ``first`` is the position in the list of the first
    of ``releases``, from 0, and ``total`` is the length of the list.
    """

    query: ReleaseQuery
    releases: Sequence[ReleaseSummary]
    first: int
    total: int


@dataclass(frozen=True, slots=True)
class ArchiveStatus:
    """What the index holds, and the progress of a build if one is running."""

    manifest: Manifest
    newsrooms: Sequence[tuple[str, int]]
    first: date | None
    last: date | None
    building: Progress | None


class ArchiveService:
    """An archive whose methods do not block the event loop.

    Searches and look-ups have threads of their own, so that a slow search never delays a list or a
    suggestion.

    Args:
        archive: the archive to serve.
        sources: called when a build starts; returns what to read.
        newsroom: the newsroom of releases that name none.
    """

    def __init__(
        self, archive: Archive, sources: Callable[[], BuildSources], newsroom: str | None
    ) -> None:
        self.last_report: IndexReport | None = None  # of a build that this process has finished
        self._archive = archive
        self._newsroom = newsroom
        self._sources = sources
        self._opening: asyncio.Task[None] | None = None
        # More threads than cores would only slow each search down.
        self._searches = SearchQueue(max(_MIN_SEARCH_THREADS, os.cpu_count() or 1))
        self._questions = SharedWork()
        self._lookup_threads = ThreadPoolExecutor(_LOOKUP_THREADS, "look-up")
        self.build = IndexBuild(partial(self._reindex, sources))

    def open(self) -> None:
        """Start to open the index and to load the models, or to build the first index.

        An index of the sample is replaced at once if other releases are named by now.
        """
        self._opening = asyncio.create_task(self._open(), name="open the archive")

    async def follow(self, on_change: Callable[[], Awaitable[None]]) -> None:
        """Open what other processes publish as soon as they do, and then call a function.

        Returns where nothing is heard of other processes; their generations are then opened at the
        next question.
        """
        changed, loop = asyncio.Event(), asyncio.get_running_loop()

        def notice() -> None:
            with suppress(RuntimeError):  # the loop was closed
                loop.call_soon_threadsafe(changed.set)

        async with _in_thread(self._archive.store.listen(notice)):
            while True:
                await changed.wait()
                changed.clear()
                try:
                    await self._look_up(self._prepare)
                    await on_change()
                except (NoIndex, StillIndexing):
                    pass  # it is called again when there is one
                except VerbatimError as error:
                    log.warning("cannot open what was published: %s", error)
                except Exception:
                    log.exception("cannot announce what was published")

    async def close(self) -> None:
        """Stop a running build and wait until it has released the data folder."""
        await self.build.close()
        if self._opening:
            await asyncio.gather(self._opening, return_exceptions=True)
        self._searches.close()
        self._lookup_threads.shutdown(wait=False, cancel_futures=True)
        self._archive.store.close()

    # -- searches, which also raise `QueueFull`, `StillIndexing` and what `Archive.index` raises

    async def respond(self, question: Question, latest: int) -> Answer | Served:
        """Answer a question, or serve a request and summarize the ``latest`` of its releases.

        The same question, asked again before it is answered, gets the same answer. Raises
        `BadQuestion` and `UnknownNewsroom`.
        """

        def work() -> Answer | Served:
            found = self._archive.respond(question)
            if isinstance(found, Answer):
                return found
            return Served(found, self._summaries_of(found.releases[:latest]))

        return await self._questions.run((question, latest), lambda: self._search(work))

    async def find_source(self, text: str) -> SourceResult:
        """Find the releases that say what a text says. Raises `BadQuestion`."""
        return await self._search(partial(self._archive.find_source, text))

    async def match_question(
        self, question: str, known: Calibration | None, ids: Sequence[str]
    ) -> tuple[Calibration, set[str]]:
        """Which of the releases with some ids match a standing question.

        Returns:
            The calibration of the question, which is ``known`` if that is current, and the ids of
            the releases that match.

        Raises:
            BadQuestion: if it is no standing question.
        """

        def work() -> tuple[Calibration, set[str]]:
            searcher = self._archive.searcher
            calibration = up_to_date(searcher, StandingQuestion(question), known)
            return calibration, {each.release.id for each in match(searcher, calibration, ids)}

        return await self._search(work)

    async def preview(self, scope: Scope) -> ScopePreview:
        """What a scope would have had in the last `PREVIEW_DAYS` of the archive.

        Raises `UnknownNewsroom`, and `BadQuestion` if its question is no standing question.
        """
        return await self._search(lambda: preview(self._archive.searcher, scope))

    async def timeline(
        self, topic: str, allowed: Filter, latest: int
    ) -> tuple[Timeline, list[ReleaseSummary]]:
        """Count the releases about a topic over time, and summarize the ``latest`` of them.

        Raises `BadQuestion` and `UnknownNewsroom`.
        """

        def work() -> tuple[Timeline, list[ReleaseSummary]]:
            timeline = self._archive.timeline(topic, allowed)
            return timeline, self._summaries_of(timeline.releases[:latest])

        return await self._search(work)

    def _summaries_of(self, releases: Sequence[ReleaseInfo]) -> list[ReleaseSummary]:
        # By id, because numbers differ in a generation that was published in the meantime.
        index = self._archive.index
        return _summaries(index, _find(index, [info.id for info in releases]))

    # -- look-ups, which also raise `StillIndexing` and what `Archive.index` raises

    async def page(self, query: ReleaseQuery, first: int, size: int) -> ReleasePage:
        """A page of releases, newest first, from position ``first``. Raises `UnknownNewsroom`."""

        def work() -> ReleasePage:
            index = self._archive.index
            store = index.releases
            named = replace(query, newsroom=store.newsroom(query.newsroom))
            allowed = Filter(named.since, named.until, named.newsroom)
            total = store.count(allowed, search=named.search)
            start = max(0, min(first, (total - 1) // size * size))
            infos = store.select(allowed, search=named.search, limit=size, offset=start)
            return ReleasePage(named, _summaries(index, infos), start, total)

        return await self._look_up(work)

    async def release(self, key: str) -> ReleaseHistory:
        """The release with a `release_key`, and what it said before. Raises `ReleaseGone`.

        Its changes have been computed, so that messages need not do it on the event loop.
        """

        def work() -> ReleaseHistory:
            history = release_history(self._archive.store, self._full_release(key))
            _ = history.changes
            return history

        return await self._look_up(work)

    async def find_paragraph(
        self, key: str, number: int, check: str
    ) -> tuple[FullRelease, int] | ChangedPassage:
        """A paragraph that was quoted, as `find_paragraph` finds it. Raises `ReleaseGone`."""

        def work() -> tuple[FullRelease, int] | ChangedPassage:
            return find_paragraph(self._archive.store, self._full_release(key), number, check)

        return await self._look_up(work)

    def _full_release(self, key: str) -> FullRelease:
        index = self._archive.index
        number = index.release_keys.get(key)
        if number is None:
            raise ReleaseGone
        info = index.releases.by_number([number])[number]
        return full_release(index.releases, info)

    async def restore_passages(
        self, refs: Sequence[PassageRef], first_rank: int
    ) -> RestoredPassages:
        """Passages that were quoted, as `restore_passages` restores them."""

        def work() -> RestoredPassages:
            store = self._archive.index.releases
            return restore_passages(self._archive.store, store, refs, first_rank)

        return await self._look_up(work)

    async def match_titles(self, typed: str, limit: int) -> list[ReleaseInfo]:
        """Releases whose title resembles a text, best first."""
        return await self._look_up(lambda: self._archive.index.titles.matching(typed, limit))

    async def newsrooms(self) -> list[tuple[str, int]]:
        """Each newsroom with its number of releases, the most prolific first."""
        return await self._look_up(lambda: self._archive.index.releases.newsrooms())

    async def status(self) -> ArchiveStatus:
        """What the index holds, and whether a build is running."""

        def work() -> ArchiveStatus:
            index = self._archive.index
            first, last = index.releases.span()
            newsrooms = index.releases.newsrooms()
            return ArchiveStatus(index.manifest, newsrooms, first, last, self.build.progress)

        return await self._look_up(work)

    async def generation(self) -> str:
        """The name of the generation in use."""
        return await self._look_up(lambda: self._archive.index.manifest.generation)

    async def release_ids(self) -> dict[str, set[str]]:
        """By the id of each release, all ids under which it was read: its own and its copies'."""
        return await self._look_up(lambda: self._archive.index.releases.ids_with_copies())

    async def sources_by_release(self) -> dict[str, str]:
        """By the id of each release, what it was read from: a file, a line of one, or a page."""

        def work() -> dict[str, str]:
            contents = self._archive.index.releases.contents()
            return {id: stored.source for id, stored in contents.items()}

        return await self._look_up(work)

    async def find_releases(self, ids: Sequence[str]) -> list[ReleaseInfo]:
        """The releases with some ids, newest first, undated last, without those that are gone."""
        return await self._look_up(lambda: _newest_first(_find(self._archive.index, ids)))

    async def summaries(self, ids: Sequence[str]) -> list[ReleaseSummary]:
        """Summaries of the releases with some ids, ordered as by `find_releases`."""

        def work() -> list[ReleaseSummary]:
            index = self._archive.index
            return _summaries(index, _newest_first(_find(index, ids)))

        return await self._look_up(work)

    async def checksums(self, ids: Sequence[str]) -> dict[str, str]:
        """A checksum of the title and text of each release, by id, without those that are gone."""

        def work() -> dict[str, str]:
            store = self._archive.index.releases
            found = {id: info for id in ids if (info := store.find(id))}
            return {
                id: text_checksum("\n".join([info.title, *store.paragraphs(info.number)]))
                for id, info in found.items()
            }

        return await self._look_up(work)

    # -- the index ----------------------------------------------------------------------------

    async def build_next(
        self, starter: str | None, sources: Callable[[], BuildSources] | None = None
    ) -> IndexReport:
        """Build the index as soon as no other build is running; see `IndexBuild.run`.

        Args:
            starter: on whose behalf.
            sources: called when the build starts; returns what to read in place of the usual.
        """
        await self.build.idle()
        return await self.build.run(starter, partial(self._reindex, sources) if sources else None)

    def _reindex(self, named: Callable[[], BuildSources], on_progress: OnProgress) -> IndexReport:
        sources = named()
        if sources.is_sample:
            log.warning("no releases are named: reading the sample in %s", sources.paths[0])
        report = self._archive.reindex(
            sources.paths,
            remember=sources.remember,
            newsroom=self._newsroom,
            on_progress=on_progress,
        )
        self._prepare()
        self.last_report = report
        return report

    def _prepare(self) -> None:
        """Open the index, and load what the first user would otherwise wait for."""
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
            if await asyncio.to_thread(self._serves_sample_instead):
                await self._build("only the sample has been read: reading what is named now")
        except VerbatimError as error:
            log.error("%s", error)
        except Exception:
            log.exception("cannot open the archive")

    def _serves_sample_instead(self) -> bool:
        """Whether the sample is served, though folders are named by now; sites are being read."""
        served = served_sources(self._archive.data)
        if not (served and served.sample):
            return False
        named = self._sources().remember
        return bool(named.named or named.configured)

    async def _build(self, reason: str) -> None:
        log.info("%s", reason)
        report = await self.build_next(None)
        log.info("indexed %d releases in %.1f s", report.releases, report.seconds)

    # -- threads ------------------------------------------------------------------------------

    async def _search(self, work: Callable[[], T]) -> T:
        """Run a search when a thread is free; a cancelled search leaves the queue."""
        with self._still_indexing():
            return await self._searches.run(work)

    @property
    def queued(self) -> int:
        """How many searches run or wait."""
        return self._searches.queued

    @property
    def stalled(self) -> float:
        """For how many seconds searches have waited and none was finished."""
        return self._searches.stalled()

    async def _look_up(self, work: Callable[[], T]) -> T:
        with self._still_indexing():
            return await asyncio.get_running_loop().run_in_executor(self._lookup_threads, work)

    @contextmanager
    def _still_indexing(self) -> Iterator[None]:
        """Raise `StillIndexing` where there is no index because the first one is being built."""
        try:
            yield
        except (NoIndex, IndexOutdated) as error:
            if self.build.progress:
                raise StillIndexing(self.build.progress) from error
            if self._opening and not self._opening.done():
                raise StillIndexing(Progress("reading", 0)) from error
            raise


def _find(index: Index, ids: Sequence[str]) -> list[ReleaseInfo]:
    """The releases with some ids, in the same order, without those that are gone."""
    return [info for id in ids if (info := index.releases.find(id))]


def _newest_first(infos: Sequence[ReleaseInfo]) -> list[ReleaseInfo]:
    return sorted(infos, key=lambda info: (info.date or date.min, info.id), reverse=True)


@asynccontextmanager
async def _in_thread(context: AbstractContextManager[None]) -> AsyncIterator[None]:
    """A context that is entered and left in threads, since both may take a while."""
    await asyncio.to_thread(context.__enter__)
    try:
        yield
    finally:
        await asyncio.to_thread(context.__exit__, None, None, None)


def _summaries(index: Index, infos: Sequence[ReleaseInfo]) -> list[ReleaseSummary]:
    openings = index.releases.openings([info.number for info in infos])
    return [ReleaseSummary(info, first_sentence(openings[info.number])) for info in infos]
