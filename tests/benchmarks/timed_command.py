"""The command line with a stopwatch: what reading a site spends its time and memory on.

    python -m tests.benchmarks.timed_command FILE [--until-embedding] -- sources add ADDRESS --yes

runs the command as ``verbatim`` does, and writes what it took to FILE. Methods are timed where the
work changes hands; nothing else of the command is another one. With ``--until-embedding`` it ends
where the first passage would be embedded.
"""

import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from functools import wraps
from pathlib import Path
from typing import Any

from bot.cli.main import run
from retrieval.archive import Archive
from retrieval.indexing.report import IndexReport, Progress
from retrieval.sources.web.fetching import Fetcher
from retrieval.sources.web.pdf_copy import PdfCopy
from retrieval.sources.web.site_copy import SiteCopy
from retrieval.sources.web.source_progress import SourceProgress
from retrieval.sources.web.visits import Visits
from tests.benchmarks.machine import resident

STAGES = ("starting", "looking", "lists", "pages", "PDFs", "reading", "embedding", "writing")
"""What a command that adds a site does, in this order."""


@dataclass(slots=True)
class Taken:
    """What a command took.

    Attributes:
        seconds: of each stage.
        fetching: seconds of these in which a page was waited for, by stage.
        copying: seconds of these in which the copy was written, by stage.
        peak: MiB that were resident at most until the end of each stage, mapped files among them.
        processor: seconds of the processor.
    """

    seconds: dict[str, float] = field(default_factory=dict)
    fetching: dict[str, float] = field(default_factory=dict)
    copying: dict[str, float] = field(default_factory=dict)
    peak: dict[str, float] = field(default_factory=dict)
    processor: float = 0.0


class _Ended(BaseException):
    """The command was to be run up to here only."""


class Stopwatch:
    """Times the stages of a command in this process.

    Args:
        until: the stage at whose beginning the command ends.
    """

    def __init__(self, until: str | None = None) -> None:
        self.taken = Taken()
        self._until = until
        self._stage, self._since = STAGES[0], time.perf_counter()

    def reach(self, stage: str) -> None:
        """Note that a stage begins, unless a later one is under way."""
        if STAGES.index(stage) <= STAGES.index(self._stage):
            return
        self.end()
        self._stage = stage
        if stage == self._until:
            raise _Ended

    def end(self) -> None:
        """Note that a stage ends."""
        now = time.perf_counter()
        self.taken.seconds[self._stage] = now - self._since
        self.taken.peak[self._stage] = resident(field="VmHWM")
        self.taken.processor = time.process_time()
        self._since = now

    def attach(self) -> None:
        """Time the methods at which the work changes hands."""
        self._mark(Fetcher, "__aenter__", "looking", "lists")
        self._mark(Visits, "due", "pages")
        self._mark(PdfCopy, "unnoted", "PDFs")
        for name in ("add", "store", "unchanged"):
            self._add_up(SiteCopy, name, self.taken.copying)
        self._add_up(SourceProgress, "advance", self.taken.copying)
        for name in ("add", "succeeded"):
            self._add_up(Visits, name, self.taken.copying)
        self._add_up(PdfCopy, "note", self.taken.copying)
        self._time_fetches()
        self._watch_builds()

    def _mark(self, owner: type, name: str, *stages: str) -> None:
        """Let the first call of a method begin a stage, the second one another, and so on."""
        method, left = getattr(owner, name), list(stages)

        @wraps(method)
        def marked(*arguments: Any) -> Any:
            if left:
                self.reach(left.pop(0))
            return method(*arguments)

        setattr(owner, name, marked)

    def _add_up(self, owner: type, name: str, seconds: dict[str, float]) -> None:
        method = getattr(owner, name)

        @wraps(method)
        def timed(*arguments: Any, **options: Any) -> Any:
            started = time.perf_counter()
            try:
                return method(*arguments, **options)
            finally:
                self._add(seconds, started)

        setattr(owner, name, timed)

    def _add(self, seconds: dict[str, float], started: float) -> None:
        taken = time.perf_counter() - started
        seconds[self._stage] = seconds.get(self._stage, 0.0) + taken

    def _time_fetches(self) -> None:
        method = Fetcher.fetch

        @wraps(method)
        async def timed(*arguments: Any) -> Any:
            started = time.perf_counter()
            try:
                return await method(*arguments)
            finally:
                self._add(self.taken.fetching, started)

        setattr(Fetcher, "fetch", timed)  # noqa: B010 - mypy lets no method be assigned

    def _watch_builds(self) -> None:
        method: Callable[..., IndexReport] = Archive.reindex

        @wraps(method)
        def watched(
            *arguments: Any, on_progress: Callable[[Progress], None], **options: Any
        ) -> IndexReport:
            def told(progress: Progress) -> None:
                self.reach(progress.stage)
                on_progress(progress)

            self.reach("reading")
            return method(*arguments, on_progress=told, **options)

        setattr(Archive, "reindex", watched)  # noqa: B010 - as above


def timed_run(arguments: Sequence[str], *, until: str | None = None) -> tuple[int, Taken]:
    """Run a command in this process, which is then of no other use; return its exit status."""
    watch = Stopwatch(until)
    watch.attach()
    try:
        status = run(arguments)
    except _Ended:
        return 0, watch.taken
    watch.end()
    return status, watch.taken


def read_taken(path: Path) -> Taken:
    """What a command wrote to its file."""
    return Taken(**json.loads(path.read_text(encoding="utf-8")))


def main() -> int:
    """Run it; return the exit status."""
    own, command = sys.argv[1:], list[str]()
    if "--" in own:
        own, command = own[: own.index("--")], own[own.index("--") + 1 :]
    path, *options = own
    until = "embedding" if "--until-embedding" in options else None
    status, taken = timed_run(command, until=until)
    Path(path).write_text(json.dumps(asdict(taken)), encoding="utf-8")
    return status


if __name__ == "__main__":
    sys.exit(main())
