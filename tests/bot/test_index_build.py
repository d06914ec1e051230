"""One build at a time: its progress, how it is stopped, and how closing waits for it."""

import asyncio
import threading

import pytest

from bot.index_build import BuildInProgress, BuildStopped, IndexBuild
from retrieval.errors import NoReleases
from retrieval.indexing.report import IndexReport, OnProgress, Progress

REPORT = IndexReport("g1", 1, 1, 1, 0, 0, 0, (), 0.1)


class Steps:
    """A build in steps, each of which waits for the test."""

    def __init__(self) -> None:
        self._allowed = threading.Semaphore(0)
        self.taken = 0

    def allow(self, steps: int) -> None:
        for _ in range(steps):
            self._allowed.release()

    def work(self, on_progress: OnProgress) -> IndexReport:
        for step in range(3):
            assert self._allowed.acquire(timeout=20)
            on_progress(Progress("embedding", step, 3))
            self.taken += 1
        return REPORT


@pytest.fixture
def steps() -> Steps:
    return Steps()


async def reaches(build: IndexBuild, done: int) -> None:
    """Wait until a number of releases is done."""
    async with asyncio.timeout(20):
        while True:
            if build.progress == Progress("embedding", done, 3):
                return
            await asyncio.sleep(0.001)


async def finishes(build: IndexBuild) -> None:
    """Wait until no build is running."""
    async with asyncio.timeout(20):
        while True:
            if build.progress is None:
                return
            await asyncio.sleep(0.001)


async def test_a_build_has_a_starter_and_progress(steps: Steps) -> None:
    build = IndexBuild(steps.work)
    assert build.progress is None
    building = asyncio.create_task(build.run("Mia"))
    await asyncio.sleep(0)
    assert (build.starter, build.progress) == ("Mia", Progress("reading", 0))
    steps.allow(2)
    await reaches(build, 1)
    steps.allow(1)
    assert await building == REPORT
    assert build.progress is None


async def test_a_second_build_is_refused_with_the_starter_of_the_first(steps: Steps) -> None:
    build = IndexBuild(steps.work)
    building = asyncio.create_task(build.run("Mia"))
    steps.allow(2)
    await reaches(build, 1)
    with pytest.raises(BuildInProgress) as refused:
        await build.run("Tom")
    assert (refused.value.starter, refused.value.progress) == ("Mia", Progress("embedding", 1, 3))
    steps.allow(1)
    assert await building == REPORT
    steps.allow(3)
    assert await build.run("Tom") == REPORT


async def test_a_build_stops_at_its_next_step_and_says_who_stopped_it(steps: Steps) -> None:
    build = IndexBuild(steps.work)
    assert not build.stop("Tom")
    building = asyncio.create_task(build.run("Mia"))
    steps.allow(1)
    await reaches(build, 0)
    assert build.stop("Tom")
    assert build.stop("Ada")  # too late: it was Tom
    steps.allow(1)
    with pytest.raises(BuildStopped) as stopped:
        await building
    assert stopped.value.by == "Tom"
    assert steps.taken == 1
    steps.allow(3)
    assert await build.run("Mia") == REPORT


async def test_a_build_can_follow_a_failed_one() -> None:
    failures = [NoReleases((), (), 0)]

    def work(on_progress: OnProgress) -> IndexReport:
        if failures:
            raise failures.pop()
        return REPORT

    build = IndexBuild(work)
    with pytest.raises(NoReleases):
        await build.run(None)
    assert await build.run(None) == REPORT


async def test_a_build_goes_on_if_its_caller_is_cancelled(steps: Steps) -> None:
    build = IndexBuild(steps.work)
    building = asyncio.create_task(build.run("Mia"))
    steps.allow(1)
    await reaches(build, 0)
    building.cancel()
    with pytest.raises(asyncio.CancelledError):
        await building
    steps.allow(2)
    await finishes(build)
    assert steps.taken == 3


async def test_close_stops_the_build_and_waits_for_it(steps: Steps) -> None:
    build = IndexBuild(steps.work)
    building = asyncio.create_task(build.run("Mia"))
    steps.allow(1)
    await reaches(build, 0)
    closing = asyncio.create_task(build.close())
    await asyncio.sleep(0.01)
    assert not closing.done()
    steps.allow(1)
    await closing
    assert steps.taken == 1
    with pytest.raises(BuildStopped) as stopped:
        await building
    assert stopped.value.by is None


async def test_no_build_starts_after_close(steps: Steps) -> None:
    build = IndexBuild(steps.work)
    await build.close()
    with pytest.raises(BuildStopped):
        await build.run(None)
    assert build.progress is None


async def test_the_remaining_time_is_estimated_after_a_few_seconds(steps: Steps) -> None:
    now = 100.0
    build = IndexBuild(steps.work, clock=lambda: now)
    assert build.remaining() is None
    building = asyncio.create_task(build.run("Mia"))
    steps.allow(1)
    await reaches(build, 0)
    now += 30
    assert build.remaining() is None
    steps.allow(1)
    await reaches(build, 1)
    assert build.remaining() == 60
    now -= 27
    assert build.remaining() is None
    steps.allow(1)
    await building
    assert build.remaining() is None


async def test_the_time_to_publish_is_estimated_on_its_own() -> None:
    now, estimates = 0.0, list[float | None]()

    def work(on_progress: OnProgress) -> IndexReport:
        nonlocal now
        for stage, done in (("embedding", 0), ("embedding", 90), ("writing", 100)):
            on_progress(Progress(stage, done, 100))
            now += 100
        for done in (0, 50):
            on_progress(Progress("publishing", done, 100))
            estimates.append(build.remaining())
            now += 20
        return REPORT

    build = IndexBuild(work, clock=lambda: now)
    await build.run(None)
    assert estimates == [None, 20.0]


async def test_who_waits_for_idle_builds_alone(steps: Steps) -> None:
    """Of two that wait, the second waits for the first one's build too."""
    build, running, most = IndexBuild(steps.work), 0, 0

    def work(_: OnProgress) -> IndexReport:
        nonlocal running, most
        running += 1
        most = max(most, running)
        running -= 1
        return REPORT

    async def next_one() -> IndexReport:
        await build.idle()
        return await build.run(None, work)

    first = asyncio.create_task(build.run("Mia"))
    steps.allow(1)
    await reaches(build, 0)
    waiting = [asyncio.create_task(next_one()) for _ in range(3)]
    await asyncio.sleep(0)
    assert not any(each.done() for each in waiting)
    steps.allow(2)
    assert await asyncio.gather(first, *waiting) == [REPORT] * 4
    assert most == 1
