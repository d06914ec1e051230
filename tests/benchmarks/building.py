"""Time and memory of builds without embedding: full ones, and after one release has changed.

    python -m tests.benchmarks.building [--shared DIR] [--sizes PARAGRAPHS …] [--quick]

A hashing encoder takes the place of the model, so that the rest of a build of any size can be
measured in minutes. Its random vectors are the worst case for sign codes, which are rightly not
used then. Peak memory excludes mapped files, which the system may drop. Releases beyond the real
ones are copies of these with words changed in every paragraph.
"""

import argparse
import gzip
import hashlib
import json
import multiprocessing
import random
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bot.settings import Settings, open_archive
from embeddings.encoder import Vectors
from embeddings.models import Model
from retrieval.index.folder_index import FolderIndex, open_index
from retrieval.indexing.build import build_index
from retrieval.indexing.report import Progress
from tests.benchmarks.machine import resident
from tests.benchmarks.parts import (
    Options,
    Part,
    Plot,
    Series,
    Table,
    Target,
    add_options,
    lines_of,
    options_of,
)
from tests.benchmarks.retrieval import built
from tests.benchmarks.txtai_peer import texts_of

SIZES = (1000, 10_000, 100_000, 269_000, 1_000_000)
_REAL = 269_000  # paragraphs of all real releases
_SAMPLE = 320  # passages encoded to know how long that takes
_CHANGED = 0.1  # share of the words of a copied paragraph


class HashingEncoder:
    """An encoder whose unit vectors are hashes of the texts."""

    def __init__(self) -> None:
        self.model = Model("hashing", Path(), "0" * 64)
        self.dimensions = 384

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self.encode_passages(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        digests = b"".join(
            hashlib.shake_128(text.encode("utf-8", "surrogatepass")).digest(self.dimensions)
            for text in texts
        )
        rows = np.frombuffer(digests, dtype=np.int8).reshape(-1, self.dimensions) + np.float32(0.5)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


class Watch:
    """Records the seconds of each stage of a build, and its peak memory."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.peak = 0.0
        self._stage, self._since = "", time.perf_counter()
        self._done = threading.Event()
        self._looking = threading.Thread(target=self._look)

    def __enter__(self) -> "Watch":
        self._looking.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.reached("")
        self._done.set()
        self._looking.join()

    def on_progress(self, progress: Progress) -> None:
        if progress.stage != self._stage:
            self.reached(progress.stage)

    def reached(self, stage: str) -> None:
        now = time.perf_counter()
        if self._stage:
            self.seconds[self._stage] = now - self._since
        self._stage, self._since = stage, now

    def _look(self) -> None:
        while not self._done.wait(0.05):
            self.peak = max(self.peak, resident(field="RssAnon"))


@dataclass(frozen=True, slots=True)
class Build:
    """One build of a size: seconds by stage, in all and of the processor; MiB of memory."""

    name: str
    releases: int
    passages: int
    stages: tuple[float, float, float]
    seconds: float
    processor: float
    peak: float


@dataclass(frozen=True, slots=True)
class Opened:
    """The cost of opening an index: MB on disk, seconds, MiB, and ms of each lookup."""

    disk: float
    seconds: float
    memory: float
    lookups: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of an index of a given size."""

    paragraphs: int
    full: Build
    changed: Build
    opened: Opened


def rows_of(source: Path, paragraphs: int) -> Iterator[dict[str, Any]]:
    """Yield releases with about that many paragraphs: a sample, or all and altered copies."""
    with gzip.open(source, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    random.Random(0).shuffle(rows)
    total = 0
    for row in rows:
        if total >= paragraphs:
            return
        total += _count(row)
        yield row
    if paragraphs <= _REAL:
        return
    chance = random.Random(1)
    pool = [word for row in rows[:2000] for word in row["text"].split()]
    for copy in range(1, 100):
        for row in rows:
            if total >= paragraphs:
                return
            total += _count(row)
            text = "\n\n".join(_varied(each, pool, chance) for each in row["text"].split("\n\n"))
            yield row | {"id": f"{row['id']}-{copy}", "url": None, "text": text}


def _count(row: dict[str, Any]) -> int:
    return sum(1 for each in row["text"].split("\n\n") if each.strip())


def _varied(paragraph: str, pool: Sequence[str], chance: random.Random) -> str:
    words = paragraph.split()
    for at in chance.sample(range(len(words)), max(1, int(len(words) * _CHANGED)) if words else 0):
        words[at] = chance.choice(pool)
    return " ".join(words)


def write_rows(rows: Iterator[dict[str, Any]], to: Path, *, changed: Path) -> None:
    """Write releases twice, the second time with one more paragraph in the tenth."""
    with to.open("w", encoding="utf-8") as one, changed.open("w", encoding="utf-8") as other:
        for at, row in enumerate(rows):
            one.write(json.dumps(row) + "\n")
            if at == 9:
                row["text"] += "\n\nA paragraph about the new bridge over the harbor was added."
            other.write(json.dumps(row) + "\n")


def builds(folder: Path) -> tuple[Build, Build]:
    """Build in full, then with one release changed."""
    data = folder / "data"
    return (
        _build("in full", data, folder / "one.jsonl"),
        _build("one release changed", data, folder / "other.jsonl"),
    )


def opened(folder: Path) -> Opened:
    """Open the index that `builds` has built."""
    before, started = resident(field="RssAnon"), time.perf_counter()
    index = open_index(folder / "data")
    seconds = time.perf_counter() - started
    memory = resident(field="RssAnon") - before
    disk = sum(sums.size for sums in index.manifest.files.values()) / 1e6
    return Opened(disk, seconds, memory, tuple(lookups(index)))


def cost(source: Path, paragraphs: int) -> Cost:
    """Build and open in separate processes, to measure the memory of each."""
    spawning = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = rows_of(source, paragraphs)
        write_rows(rows, folder / "one.jsonl", changed=folder / "other.jsonl")
        with ProcessPoolExecutor(1, spawning) as apart:
            full, changed = apart.submit(builds, folder).result()
        with ProcessPoolExecutor(1, spawning) as apart:
            return Cost(paragraphs, full, changed, apart.submit(opened, folder).result())


def _build(name: str, data: Path, source: Path) -> Build:
    used = time.process_time()
    with Watch() as watch:
        report = build_index(data, [source], HashingEncoder(), on_progress=watch.on_progress)
    reading, embedding, writing = (
        watch.seconds.get(each, 0.0) for each in ("reading", "embedding", "writing")
    )
    return Build(
        name,
        report.releases,
        open_index(data).manifest.passages,
        (reading, embedding, writing),
        report.seconds,
        time.process_time() - used,
        watch.peak,
    )


def lookups(index: FolderIndex) -> Iterator[tuple[str, float]]:
    """Yield the milliseconds of what the bot looks up without a model."""
    for what, look in {
        "newest 25 releases": lambda: index.releases.select(limit=25),
        "titles made searchable": lambda: index.titles,
        "one title while it is typed": lambda: index.titles.matching("harbor bri"),
    }.items():
        started = time.perf_counter()
        look()
        yield what, (time.perf_counter() - started) * 1000


def measure(options: Options, sizes: Sequence[int] = SIZES) -> Part:
    """Measure builds of every size, each in a process of its own."""
    sizes = sizes[:2] if options.quick else sizes
    costs = [cost(options.releases, size) for size in sizes]
    rate = _passages_a_second(options)
    plots = (
        _plot("build-time", "A build, without embedding", "s", costs),
        _plot("build-size", "Memory and disk", "MB", costs),
    )
    tables = [
        *(_tables(costs)),
        *(plot.growths() for plot in plots),
    ]
    return Part(
        "Builds",
        (__doc__ or "").partition("\n\n")[2].partition("\n\n")[2].strip(),
        tuple(tables),
        plots,
        tuple(_targets(costs, rate)),
    )


def _passages_a_second(options: Options) -> float:
    """Measure the real encoder on all cores."""
    built(options)
    archive = open_archive(Settings(data=options.data))
    texts = texts_of(archive.index)
    chosen = np.random.default_rng(2).choice(len(texts), options.times(_SAMPLE), replace=False)
    some = [texts[at] for at in chosen]
    archive.encoder.encode_passages(some[:16])
    started = time.perf_counter()
    archive.encoder.encode_passages(some)
    return len(some) / (time.perf_counter() - started)


def _tables(costs: Sequence[Cost]) -> Iterator[Table]:
    columns = "paragraphs|releases|passages|build|reading, s|vectors, s|the rest, s|all, s|CPU, s"
    yield Table(
        "Builds by size",
        (*columns.split("|"), "peak, MiB"),
        tuple(
            (
                f"{each.paragraphs:,}",
                f"{build.releases:,}",
                f"{build.passages:,}",
                build.name,
                *(f"{stage:.1f}" for stage in build.stages),
                f"{build.seconds:.1f}",
                f"{build.processor:.1f}",
                f"{build.peak:.0f}",
            )
            for each in costs
            for build in (each.full, each.changed)
        ),
    )
    yield Table(
        "An index by size",
        (
            "paragraphs",
            "disk, MB",
            "opened, s",
            "memory, MiB",
            *(name for name, _ in costs[0].opened.lookups),
        ),
        tuple(
            (
                f"{each.paragraphs:,}",
                f"{each.opened.disk:.1f}",
                f"{each.opened.seconds:.3f}",
                f"{each.opened.memory:.1f}",
                *(f"{taken:.1f} ms" for _, taken in each.opened.lookups),
            )
            for each in costs
        ),
        "Memory is what opening adds, mapped files aside. Vectors are float32, of 384 dimensions.",
    )


def _plot(name: str, title: str, unit: str, costs: Sequence[Cost]) -> Plot:
    lines = (
        {
            "in full": lambda each: each.full.seconds,
            "one release changed": lambda each: each.changed.seconds,
            "opening": lambda each: each.opened.seconds,
        }
        if unit == "s"
        else {
            "peak of a full build, MiB": lambda each: each.full.peak,
            "peak of a change, MiB": lambda each: each.changed.peak,
            "disk, MB": lambda each: each.opened.disk,
        }
    )
    return Plot(
        name,
        title,
        "paragraphs",
        unit,
        tuple(
            Series(label, tuple((float(each.paragraphs), value(each)) for each in costs))
            for label, value in lines.items()
        ),
    )


def _targets(costs: Sequence[Cost], rate: float) -> Iterator[Target]:
    """One change among about 25,000 releases."""
    for each in costs:
        if each.paragraphs == _REAL:
            embedding = each.full.passages / rate
            whole = each.full.seconds + embedding
            binds = (
                f"of its {each.changed.seconds:.1f} s, reading all sources again takes"
                f" {each.changed.stages[0]:.1f} and writing a whole generation"
                f" {each.changed.stages[2]:.1f}"
            )
            yield Target(
                f"one changed release of {each.full.releases:,}, over a full rebuild with embedding"
                f" ({each.full.seconds:.0f} s measured and {each.full.passages:,} passages at"
                f" {rate:.0f} a second: {embedding:,.0f} s)",
                0.02,
                "x",
                each.changed.seconds / whole,
                binds,
            )
            yield Target(
                "the same over a full rebuild without embedding",
                0.02,
                "x",
                each.changed.seconds / each.full.seconds,
                binds,
            )


def main() -> None:
    """Measure, and print Markdown tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add_options(parser)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    arguments = parser.parse_args()
    print("\n".join(lines_of(measure(options_of(arguments), arguments.sizes))))


if __name__ == "__main__":
    main()
