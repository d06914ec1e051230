"""A site read into an index: pages a second, where the time goes, memory, and what kills cost.

    python -m tests.benchmarks.site_import [--pages 3000] [--kills 10] [--until-embedding]
                                           [--seed N] [--shared DIR] [--quick]

A loopback newsroom has real releases, each in a saved page of a real site, and a list of ten a
page. ``verbatim sources add ADDRESS --yes`` reads it in a process of its own, without pauses
between requests; the newsroom is in this process, so that both share the machine. Then the same is
done in another data folder, and killed at random moments (SIGKILL): each time the command is given
again. With ``--until-embedding`` the command ends where the first passage would be embedded, and
nothing is killed. The exit status is 1 if a release was lost, if more was fetched twice than a kill
may cost, or if a command said wrongly how far it was.
"""

import argparse
import asyncio
import os
import random
import re
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import TypeAlias

from retrieval.index.folder_index import open_index
from retrieval.sources.web.offers import SAMPLES
from retrieval.sources.web.site_copy import SiteCopy, copy_folder, is_site_copy
from tests.benchmarks.parts import (
    Options,
    Part,
    Table,
    Target,
    add_options,
    lines_of,
    options_of,
)
from tests.benchmarks.release_site import LISTED, read_releases, read_template, serve_site
from tests.benchmarks.timed_command import STAGES, Taken, read_taken
from tests.retrieval.sources.web.newsroom import Newsroom

PAGES = 3000
KILLS = 10
_QUICK = 50
_ROOT = Path(__file__).parents[2]
_ENVIRONMENT = {
    "VERBATIM_PRIVATE_ADDRESSES": "yes",
    "VERBATIM_FETCH_DELAY": "0",
    "VERBATIM_CONTACT": "",
    "VERBATIM_RELEASES": "",
    "VERBATIM_RERANKER": "none",
}
_PROGRESS = re.compile(r": fetching, ([\d,]+) of ([\d,]+) pages$", re.MULTILINE)

IndexedRelease: TypeAlias = tuple[str, date | None, tuple[str, ...]]
"""A release as the index has it: title, date, paragraphs."""


class CommandFailed(RuntimeError):
    """A command that was measured did not end well."""


@dataclass(frozen=True, slots=True)
class Life:
    """A command from its start to its end, or until it was killed.

    Attributes:
        killed: whether it was.
        looked: whether the site was first to be looked at, since there was no copy.
        missing: how many pages were not in the copy when it began.
        left: how many were not when it ended.
        said: how many pages were fetched, of how many, each time that it said so.
    """

    killed: bool
    looked: bool
    missing: int
    left: int
    said: tuple[tuple[int, int], ...]

    @property
    def says_right(self) -> bool:
        """Whether it counted the pages that were missing, from 0 upwards."""
        done = [each for each, _ in self.said]
        return (
            all(total == self.missing for _, total in self.said)
            and done == sorted(done)
            and done[:1] in ([], [0])
            and (self.killed or not self.missing or done[-1:] == [self.missing])
        )


@dataclass(frozen=True, slots=True)
class Kills:
    """What came of commands that were killed.

    Attributes:
        lives: the commands; only the last one came to its end.
        releases: those of the index in the end, by address.
        fetched: how many times the page of each release was asked for.
    """

    lives: Sequence[Life]
    releases: Mapping[str, IndexedRelease]
    fetched: Counter[str]

    @property
    def killed(self) -> int:
        """How many commands were killed."""
        return sum(each.killed for each in self.lives)

    @property
    def again(self) -> int:
        """How many pages of releases were fetched again."""
        return sum(self.fetched.values()) - len(self.fetched)

    @property
    def at_most(self) -> int:
        """How many may be: the one under way at each kill, and the samples of each first look.

        The samples are in memory until the import comes to them.
        """
        return sum(1 + SAMPLES * each.looked for each in self.lives if each.killed)

    @property
    def says_right(self) -> bool:
        """Whether each command said rightly how far it was."""
        return all(each.says_right for each in self.lives)


class KilledImport:
    """A site that is added to a data folder by commands that are killed.

    Args:
        newsroom: the site.
        paths: those of its releases.
        data: the data folder.
    """

    def __init__(self, newsroom: Newsroom, paths: Sequence[str], data: Path) -> None:
        self._newsroom = newsroom
        self._paths = frozenset(paths)
        self._data = data
        self._lives = list[Life]()
        self._first = len(newsroom.visits)

    async def run(self, moment: Callable[[], Awaitable[object]] | None) -> Life:
        """Add the site until a moment comes, and kill the command then; or to the end."""
        address = self._newsroom.address()
        looked = not is_site_copy(copy_folder(self._data, address))
        missing = self._missing()
        process = await _started("-m", "bot", *adding(address, self._data))
        output = asyncio.create_task(process.communicate())
        if moment:
            waiting = asyncio.ensure_future(moment())
            await asyncio.wait([output, waiting], return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()
            if not output.done():
                os.kill(process.pid, signal.SIGKILL)
        _, errors = await output
        killed = process.returncode == -signal.SIGKILL
        if process.returncode and not killed:
            raise CommandFailed(errors.decode()[-1000:])
        said = said_progress(errors.decode())
        life = Life(killed, looked, missing, self._missing(), said)
        self._lives.append(life)
        return life

    def result(self) -> Kills:
        """What came of it, once a command came to its end."""
        return Kills(tuple(self._lives), indexed(self._data), self._fetched())

    def _fetched(self) -> Counter[str]:
        asked = self._newsroom.asked[self._first :]
        return Counter(each for each in asked if each in self._paths)

    def _missing(self) -> int:
        folder = copy_folder(self._data, self._newsroom.address())
        if not is_site_copy(folder):
            return len(self._paths)
        with SiteCopy(folder) as copy:
            return len(self._paths) - copy.status().copied


def adding(address: str, data: Path) -> list[str]:
    """The arguments that add a site."""
    return ["sources", "add", address, "--yes", "--data", str(data)]


def said_progress(errors: str) -> tuple[tuple[int, int], ...]:
    """How many pages a command said that it had fetched, of how many, each time."""
    return tuple(
        (int(done.replace(",", "")), int(total.replace(",", "")))
        for done, total in _PROGRESS.findall(errors)
    )


def indexed(data: Path) -> dict[str, IndexedRelease]:
    """The releases of an index, all of whose files have their checksums, by address."""
    releases = open_index(data).releases
    return {
        each.url or "": (each.title, each.date, tuple(releases.paragraphs(each.number)))
        for each in releases.select()
    }


async def _started(*arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        cwd=_ROOT,
        env={**os.environ, **_ENVIRONMENT, "PYTHONPATH": str(_ROOT)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


@dataclass(frozen=True, slots=True)
class Added:
    """A site that was added: how long that took in all, what of it, and the releases then."""

    seconds: float
    taken: Taken
    releases: Mapping[str, IndexedRelease]


async def add(newsroom: Newsroom, data: Path, *, until_embedding: bool = False) -> Added:
    """Add the site to a data folder, and time that."""
    to = data.with_suffix(".json")
    options = ["--until-embedding"] if until_embedding else []
    started = time.perf_counter()
    process = await _started(
        *("-m", "tests.benchmarks.timed_command", str(to), *options, "--"),
        *adding(newsroom.address(), data),
    )
    _, errors = await process.communicate()
    seconds = time.perf_counter() - started
    if process.returncode:
        raise CommandFailed(errors.decode()[-1000:])
    releases = {} if until_embedding else indexed(data)
    return Added(seconds, read_taken(to), releases)


async def kill(
    newsroom: Newsroom, paths: Sequence[str], data: Path, kills: int, whole: Taken, seed: int
) -> Kills:
    """Add the site, and kill the command at random moments.

    Half of the kills are meant for the time in which the site is read, and half for that in which
    the index is built: ``whole`` tells how long each takes without kills.
    """
    chance = random.Random(seed)
    killed = KilledImport(newsroom, paths, data)
    reading = sum(whole.seconds.get(each, 0.0) for each in STAGES[1 : STAGES.index("reading")])
    building = sum(whole.seconds.values()) - reading - whole.seconds["starting"]
    first = (kills + 1) // 2

    async def moment(longest: float) -> None:
        await asyncio.sleep(chance.uniform(0, longest))

    for number in range(kills):
        # On average the kills of each half then come at all moments of its time.
        longest = 2 * (reading / (first + 1) if number < first else building / (kills - first + 1))
        await killed.run(partial(moment, whole.seconds["starting"] + longest))
    await killed.run(None)
    return killed.result()


async def _measured(
    options: Options, pages: int, kills: int, seed: int, *, until_embedding: bool
) -> tuple[Part, bool]:
    """Measure it; return the report, and whether nothing was lost."""
    releases = read_releases(options.releases, pages)
    paths = [each.item.path for each in releases]
    with tempfile.TemporaryDirectory() as name:
        async with Newsroom() as newsroom:
            serve_site(newsroom, releases, read_template(options.shared))
            folder = Path(name)
            added = await add(newsroom, folder / "whole", until_embedding=until_embedding)
            size = sum(each.stat().st_size for each in folder.rglob("pages/*/*.gz")) / 1e6
            tables = [_times(added, len(paths), size), _memory(added)]
            if until_embedding:
                return _part(tables, (), options), True
            killed = await kill(newsroom, paths, folder / "killed", kills, added.taken, seed)
    tables.append(_kills(killed, added))
    is_whole = dict(killed.releases) == dict(added.releases) and killed.again <= killed.at_most
    targets = (
        Target("releases lost by kills", 0, "", float(len(_lost(killed, added)))),
        Target("pages fetched again", killed.at_most, "", float(killed.again)),
    )
    return _part(tables, targets, options), is_whole and killed.says_right


def _part(tables: Sequence[Table], targets: tuple[Target, ...], options: Options) -> Part:
    about = (__doc__ or "").partition("\n\n")[2].partition("\n\n")[2].strip()
    note = " This was only a trial: the figures mean little." if options.quick else ""
    return Part("A site read into an index", f"{about}{note}", tuple(tables), targets=targets)


def _lost(killed: Kills, whole: Added) -> list[str]:
    """The releases that are missing, or are others than without kills."""
    return [
        address
        for address, release in whole.releases.items()
        if killed.releases.get(address) != release
    ]


_STAGES = {
    "starting": "the command starts, and ends",
    "looking": "the site is looked at",
    "lists": "its lists are read",
    "pages": "its pages are fetched and copied",
    "PDFs": "they are looked through for PDFs",
    "reading": "the copy is read: texts found and compared",
    "embedding": "passages are embedded",
    "writing": "the rest of the index is written",
}


def _times(added: Added, pages: int, size: float) -> Table:
    taken, rows = added.taken, list[tuple[str, ...]]()
    # The process begins before its stopwatch, and ends after it.
    taken.seconds["starting"] += added.seconds - sum(taken.seconds.values())
    for stage, name in _STAGES.items():
        if stage not in taken.seconds:
            continue
        seconds = taken.seconds[stage]
        fetching, copying = taken.fetching.get(stage, 0.0), taken.copying.get(stage, 0.0)
        rest = seconds - fetching - copying
        rows.append((name, *_seconds(seconds, fetching, copying, rest), _each(seconds, pages)))
    fetching, copying = sum(taken.fetching.values()), sum(taken.copying.values())
    rest = added.seconds - fetching - copying
    all_of_it = _seconds(added.seconds, fetching, copying, rest)
    rows.append(("all", *all_of_it, _each(added.seconds, pages)))
    importing = sum(taken.seconds[each] for each in ("lists", "pages", "PDFs"))
    return Table(
        f"{pages:,} pages: where the time goes",
        ("", "s", "fetching, s", "writing the copy, s", "the rest, s", "ms a page"),
        tuple(rows),
        f"{pages / taken.seconds['pages']:,.0f} pages a second are fetched and copied;"
        f" {pages / importing:,.0f} with lists and PDFs; {pages / added.seconds:,.1f} from the"
        f" address to the index. {-(-pages // LISTED):,} pages of lists are fetched beside them."
        f" The copy's pages take {size:,.0f} MB, compressed. The process used"
        f" {taken.processor:,.0f} s of the processor. Fetching has the time in which the newsroom"
        " makes the pages.",
    )


def _seconds(*seconds: float) -> tuple[str, ...]:
    return tuple(f"{each:,.1f}" if each >= 0.05 else "" for each in seconds)


def _each(seconds: float, pages: int) -> str:
    return f"{1000 * seconds / pages:.1f}"


def _memory(added: Added) -> Table:
    peak = added.taken.peak
    rows = [(name, f"{peak[stage]:,.0f}") for stage, name in _STAGES.items() if stage in peak]
    return Table(
        "The most that was resident until the end of each stage",
        ("", "MiB"),
        tuple(rows),
        "Mapped files count. Nothing was embedded, and no model was loaded."
        if "embedding" not in peak
        else "Mapped files count, such as those of the models and the index.",
    )


def _kills(killed: Kills, whole: Added) -> Table:
    whole_copy = sum(each.killed and not each.left for each in killed.lives)
    rows = (
        ("commands killed", f"{killed.killed}"),
        ("… while pages were missing", f"{killed.killed - whole_copy}"),
        ("… later, mostly while the index was built", f"{whole_copy}"),
        ("releases without kills", f"{len(whole.releases):,}"),
        ("releases lost, or other ones", f"{len(_lost(killed, whole))}"),
        ("releases too many", f"{len(killed.releases.keys() - whole.releases.keys())}"),
        ("pages fetched again", f"{killed.again}"),
        ("pages that may be: one a kill, and the samples of a first look", f"{killed.at_most}"),
        (
            "commands that said wrongly how far they were",
            f"{sum(not each.says_right for each in killed.lives)}",
        ),
    )
    return Table("Killed at random moments, and gone on with", ("", "number"), rows)


def measure(options: Options) -> Part:
    """Measure it as the report has it."""
    pages, kills = (_QUICK, 3) if options.quick else (PAGES, KILLS)
    part, _ = asyncio.run(_measured(options, pages, kills, 0, until_embedding=False))
    return part


def main() -> int:
    """Measure, and print Markdown tables; return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add_options(parser)
    parser.add_argument("--pages", type=int)
    parser.add_argument("--kills", type=int, default=KILLS)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--until-embedding", action="store_true")
    given = parser.parse_args()
    part, is_right = asyncio.run(
        _measured(
            options_of(given),
            given.pages or (_QUICK if given.quick else PAGES),
            given.kills,
            given.seed,
            until_embedding=given.until_embedding,
        )
    )
    print("\n".join(lines_of(part)))
    return 0 if is_right else 1


if __name__ == "__main__":
    sys.exit(main())
