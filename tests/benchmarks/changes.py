"""The cost of a change: one release reworded among many, again and again.

    python -m tests.benchmarks.changes [--shared DIR] [--sizes RELEASES …] [--changes N] [--quick]

The releases are a file of JSON Lines, which is read as a whole each time. A hashing encoder takes
the place of the model, which would add the time for one release's passages. Written are the files
that the generation before does not have, beside what the system says that the process wrote, which
counts the drafts of the readers and whole blocks.
"""

import argparse
import json
import multiprocessing
import random
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from retrieval.index.folder_index import open_index
from retrieval.index.generations import current_folder
from retrieval.indexing.build import build_index
from tests.benchmarks.building import HashingEncoder, Watch, rows_of
from tests.benchmarks.parts import Options, Part, Table, Target, add_options, lines_of, options_of

SIZES = (1000, 5000, 25_000)
CHANGES = 12
_LARGEST = 1_000_000  # paragraphs, more than there are


@dataclass(frozen=True, slots=True)
class Change:
    """What one change took: seconds, of the processor and by stage; what it wrote."""

    seconds: float
    processor: float
    opening: float
    reading: float
    embedding: float
    writing: float
    files: int
    bytes: int
    bytes_of_process: int


@dataclass(frozen=True, slots=True)
class Cost:
    """Changes of an index of a size."""

    releases: int
    passages: int
    disk: float
    full: float
    changes: Sequence[Change]
    segments: int
    opened: float


def cost(source: Path, size: int, changes: int) -> Cost:
    """Build an index of so many releases, and change one at a time."""
    chance = random.Random(7)
    with tempfile.TemporaryDirectory() as name:
        data, file = Path(name) / "data", Path(name) / "releases.jsonl"
        rows = list(islice(rows_of(source, _LARGEST), size))
        _write(file, rows)
        full = build_index(data, [file], HashingEncoder()).seconds
        done = []
        for number in range(changes):
            row = chance.choice(rows)
            row["text"] += f"\n\nCorrection {number}: the bridge over the harbor opens on Monday."
            _write(file, rows)
            done.append(_change(data, file))
        started = time.perf_counter()
        manifest = open_index(data).manifest
        opened = time.perf_counter() - started
        return Cost(
            manifest.releases,
            manifest.passages,
            sum(sums.size for sums in manifest.files.values()) / 1e6,
            full,
            done,
            len(manifest.segments),
            opened,
        )


def _change(data: Path, file: Path) -> Change:
    before, written = _inodes(data), _written()
    processor = time.process_time()
    with Watch() as watch:
        report = build_index(data, [file], HashingEncoder(), on_progress=watch.on_progress)
    processor = time.process_time() - processor
    assert report.changed == 1
    new = {inode: size for inode, size in _inodes(data).items() if inode not in before}
    reading, embedding, writing = (
        watch.seconds[each] for each in ("reading", "embedding", "writing")
    )
    return Change(
        seconds=report.seconds,
        processor=processor,
        opening=report.seconds - reading - embedding - writing,
        reading=reading,
        embedding=embedding,
        writing=writing,
        files=len(new),
        bytes=sum(new.values()),
        bytes_of_process=_written() - written,
    )


def _write(file: Path, rows: Sequence[dict[str, Any]]) -> None:
    with file.open("w", encoding="utf-8") as lines:
        lines.writelines(f"{json.dumps(row)}\n" for row in rows)


def _inodes(data: Path) -> dict[int, int]:
    """The size of each file of the current generation, by inode."""
    files = (path.stat() for path in current_folder(data).rglob("*") if path.is_file())
    return {each.st_ino: each.st_size for each in files}


def _written() -> int:
    """The bytes that this process has had written to the disk (proc(5)); 0 without /proc."""
    path = Path("/proc/self/io")
    lines = path.read_text().splitlines() if path.exists() else []
    return next((int(line.split()[1]) for line in lines if line.startswith("write_bytes:")), 0)


def measure(options: Options, sizes: Sequence[int] = SIZES, changes: int = CHANGES) -> Part:
    """Measure every size in a process of its own."""
    sizes = sizes[:1] if options.quick else sizes
    costs = []
    for size in sizes:
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as apart:
            costs.append(apart.submit(cost, options.releases, size, changes).result())
    return Part(
        "One release changed",
        (__doc__ or "").partition("\n\n")[2].partition("\n\n")[2].strip(),
        (_times(costs), _sizes(costs)),
        targets=tuple(
            Target(
                f"one changed release among {each.releases:,}",
                1.0,
                "s",
                _median(each, "seconds"),
                f"reading all sources takes {_median(each, 'reading'):.2f} s of it",
            )
            for each in costs[-1:]
        ),
    )


def _times(costs: Sequence[Cost]) -> Table:
    columns = "releases|passages|in full, s|opening, s|reading, s|embedding, s|writing, s|all, s"
    stages = ("opening", "reading", "embedding", "writing", "seconds")
    return Table(
        "Seconds of a change, medians",
        (*columns.split("|"), "slowest, s", "CPU, s"),
        tuple(
            (
                f"{each.releases:,}",
                f"{each.passages:,}",
                f"{each.full:.1f}",
                *(f"{_median(each, stage):.3f}" for stage in stages),
                f"{max(change.seconds for change in each.changes):.3f}",
                f"{_median(each, 'processor'):.3f}",
            )
            for each in costs
        ),
        "Opening is that of the generation before; it is compared with its checksums while the"
        " sources are read. Writing has everything but the vectors, to the end.",
    )


def _sizes(costs: Sequence[Cost]) -> Table:
    columns = "releases|index, MB|new files|in them, MB|written by the process, MB"
    return Table(
        "What a change writes, medians",
        (*columns.split("|"), "segments at the end", "opened then, s"),
        tuple(
            (
                f"{each.releases:,}",
                f"{each.disk:.1f}",
                f"{_median(each, 'files'):.0f}",
                f"{_median(each, 'bytes') / 1e6:.2f}",
                f"{_median(each, 'bytes_of_process') / 1e6:.2f}",
                f"{each.segments}",
                f"{each.opened:.3f}",
            )
            for each in costs
        ),
    )


def _median(of: Cost, what: str) -> float:
    return float(np.median([getattr(each, what) for each in of.changes]))


def main() -> None:
    """Measure, and print Markdown tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add_options(parser)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--changes", type=int, default=CHANGES)
    arguments = parser.parse_args()
    part = measure(options_of(arguments), arguments.sizes, arguments.changes)
    print("\n".join(lines_of(part)))


if __name__ == "__main__":
    main()
