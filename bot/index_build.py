"""One build of the index at a time: who started it, its progress, and how it is stopped."""

import asyncio
import time
from collections.abc import Callable

from bot.phrases import progress_line
from embeddings.errors import VerbatimError
from retrieval.indexing.report import IndexReport, OnProgress, Progress

_MIN_ELAPSED = 5.0  # seconds after which the rate is reliable enough for an estimate

Work = Callable[[OnProgress], IndexReport]


class BuildInProgress(VerbatimError):
    """A build is running already. ``starter`` is None where the bot itself started it."""

    def __init__(self, starter: str | None, progress: Progress) -> None:
        super().__init__(f"the index is being built already: {progress_line(progress)}")
        self.starter = starter
        self.progress = progress


class BuildStopped(VerbatimError):
    """The build was stopped; the index is unchanged. ``by`` is None where the bot shuts down."""

    def __init__(self, by: str | None) -> None:
        super().__init__("the build was stopped; the index is unchanged")
        self.by = by


class IndexBuild:
    """Builds the index in a thread. The old generation answers questions in the meantime.

    ``progress`` is None where no build is running; ``starter`` is who started the latest one, None
    for the bot itself.
    """

    def __init__(self, work: Work, clock: Callable[[], float] = time.monotonic) -> None:
        self.starter: str | None = None
        self.progress: Progress | None = None
        self._work = work
        self._clock = clock
        self._task: asyncio.Task[IndexReport] | None = None
        self._stopped: BuildStopped | None = None
        self._closed = False
        # The stage that takes long, when it began, and how many releases were done by then.
        self._timed: tuple[str, float, int] | None = None

    async def run(self, starter: str | None, work: Work | None = None) -> IndexReport:
        """Build the index on behalf of ``starter``, and wait for the result.

        ``work`` is done in place of the usual work.

        Raises `BuildInProgress`, `BuildStopped`, and what `build_index` raises.
        """
        if self._closed:
            raise BuildStopped(None)
        if self.progress:
            raise BuildInProgress(self.starter, self.progress)
        self.starter, self.progress = starter, Progress("reading", 0)
        self._stopped = None
        self._timed = None
        self._task = asyncio.create_task(self._run(work or self._work), name="build the index")
        # If the caller is cancelled the build goes on; `close` waits for it.
        return await asyncio.shield(self._task)

    def stop(self, by: str | None) -> bool:
        """Stop a build at its next step. Returns whether one is running."""
        self._stopped = self._stopped or BuildStopped(by)
        return self.progress is not None

    def remaining(self) -> float | None:
        """The seconds that the build will still take at its present rate, if that is known."""
        if not (self.progress and self.progress.total and self._timed):
            return None
        _, since, first = self._timed
        elapsed, done = self._clock() - since, self.progress.done - first
        if elapsed < _MIN_ELAPSED or not done:
            return None
        return elapsed / done * (self.progress.total - self.progress.done)

    async def idle(self) -> None:
        """Wait until no build is running; none has begun when this returns."""
        while self._task and self.progress:
            await asyncio.wait([self._task])

    async def close(self) -> None:
        """Stop a running build, wait until it has released the data folder, and start no more."""
        self._closed = True
        self.stop(None)
        if self._task:
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self, work: Work) -> IndexReport:
        try:
            return await asyncio.to_thread(work, self._on_progress)
        finally:
            self.progress = None

    def _on_progress(self, progress: Progress) -> None:
        if self._stopped:
            raise self._stopped
        is_timed = self._timed is not None and self._timed[0] == progress.stage
        if progress.stage in ("embedding", "publishing") and not is_timed:
            self._timed = progress.stage, self._clock(), progress.done
        self.progress = progress
