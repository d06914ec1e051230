"""One build of the index at a time: who started it, how far it is, and how it is stopped."""

import asyncio
import time
from collections.abc import Callable

from bot.phrases import progress_line
from embeddings.errors import VerbatimError
from retrieval.indexing.report import IndexReport, OnProgress, Progress

_TELLING = 5.0  # seconds from which a rate says something

Work = Callable[[OnProgress], IndexReport]


class BuildInProgress(VerbatimError):
    """A build is under way: who started it, and how far it is."""

    def __init__(self, starter: str | None, progress: Progress) -> None:
        super().__init__(f"the index is being built already: {progress_line(progress)}")
        self.starter = starter
        self.progress = progress


class BuildStopped(VerbatimError):
    """The build was stopped; the index stays as it was. ``by`` is None where the bot closes."""

    def __init__(self, by: str | None) -> None:
        super().__init__("the build was stopped")
        self.by = by


class IndexBuild:
    """Builds the index off the loop. Answers go on from the old generation meanwhile."""

    def __init__(self, work: Work, clock: Callable[[], float] = time.monotonic) -> None:
        self._work = work
        self._clock = clock
        self._task: asyncio.Task[IndexReport] | None = None
        self._stop: BuildStopped | None = None
        self._closed = False
        self.starter: str | None = None
        self.progress: Progress | None = None
        """How far it is; None where none is under way."""
        self._embedding: tuple[float, int] | None = None

    async def run(self, starter: str | None) -> IndexReport:
        """Build, and wait for it. ``starter`` is who wants it, None for the bot itself.

        Raises `BuildInProgress`, `BuildStopped`, and what `build_index` raises.
        """
        if self._closed:
            raise BuildStopped(None)
        if self.progress:
            raise BuildInProgress(self.starter, self.progress)
        self.starter, self.progress = starter, Progress("reading", 0)
        self._stop = None
        self._embedding = None
        self._task = asyncio.create_task(self._run(), name="build the index")
        # Whoever asked may go away; the build goes on, and is waited for on closing.
        return await asyncio.shield(self._task)

    def stop(self, by: str | None) -> bool:
        """Stop the build at its next step; whether there is one."""
        self._stop = self._stop or BuildStopped(by)
        return self.progress is not None

    def remaining(self) -> float | None:
        """Seconds that it goes on if it goes on like this; None where that cannot be told yet."""
        if not (self.progress and self.progress.total and self._embedding):
            return None
        since, first = self._embedding
        elapsed, done = self._clock() - since, self.progress.done - first
        if elapsed < _TELLING or not done:
            return None
        return elapsed / done * (self.progress.total - self.progress.done)

    async def close(self) -> None:
        """Stop it, begin none any more, and wait until it has let go of the data folder."""
        self._closed = True
        self.stop(None)
        if self._task:
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> IndexReport:
        try:
            return await asyncio.to_thread(self._work, self._note)
        finally:
            self.progress = None

    def _note(self, progress: Progress) -> None:
        if self._stop:
            raise self._stop
        if progress.stage == "embedding" and self._embedding is None:
            self._embedding = self._clock(), progress.done
        self.progress = progress
