"""Building all of Congress in a data folder alone, and in PostgreSQL: in full, and one change.

    python -m tests.benchmarks.postgres_building [--shared DIR] [--quick]

A hashing encoder takes the place of the model, as in `tests.benchmarks.building`: embedding takes
the same time in both. Its random vectors are the worst case for the index over them. Memory is the
most that the process that builds holds itself.
"""

import multiprocessing
import shutil
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psycopg

from retrieval.archive import Archive
from retrieval.index.folder_index import open_index
from retrieval.postgres_store import PostgresStore
from retrieval.store import FolderStore
from tests.benchmarks.building import HashingEncoder, Watch, rows_of, write_rows
from tests.benchmarks.parts import Options, Part, Table, run_alone
from tests.postgres import running_server

_PARAGRAPHS = 269_000  # all of them
_FEW = 20_000


@dataclass(frozen=True, slots=True)
class Built:
    """One build: its seconds and the MiB of its process, and what there is then."""

    seconds: float
    memory: float
    releases: int
    passages: int


def build(folder: Path, url: str | None, source: Path) -> Built:
    """Build in a folder, and publish in a database if there is one."""
    data = folder / ("shared" if url else "alone")
    with closing(PostgresStore(url, data) if url else FolderStore(data)) as store, Watch() as watch:
        report = Archive(data, HashingEncoder(), store=store).reindex(
            [source], on_progress=watch.on_progress
        )
        watch.reached("")
        manifest, _ = store.releases()
    return Built(sum(watch.seconds.values()), watch.peak, report.releases, manifest.passages)


def measure(options: Options) -> Part:
    """Build both in turns, each time in a process of its own."""
    spawning = multiprocessing.get_context("spawn")
    with (
        tempfile.TemporaryDirectory() as name,
        tempfile.TemporaryDirectory() as pgdata,
        running_server(Path(pgdata)) as server,
        server.database() as url,
    ):
        folder, sources = Path(name), [Path(name) / each for each in ("one.jsonl", "other.jsonl")]
        rows = rows_of(options.releases, _FEW if options.quick else _PARAGRAPHS)
        write_rows(rows, sources[0], changed=sources[1])
        found: dict[str | None, list[Built]] = {None: [], url: []}
        for content in (*sources, *sources):  # one change there and back
            source = Path(shutil.copy(content, folder / "releases.jsonl"))
            for store, builds in found.items():
                with ProcessPoolExecutor(1, spawning) as apart:
                    builds.append(apart.submit(build, folder, store, source).result())
        with psycopg.connect(url) as connection:
            ((size,),) = connection.execute(
                "SELECT pg_database_size(current_database())"
            ).fetchall()
        files = open_index(folder / "alone").manifest.files.values()
        in_folder = sum(each.size for each in files)
    last = found[None][-1]
    return Part(
        "Building in PostgreSQL",
        (__doc__ or "").partition("\n\n")[2].partition("\n\n")[2].strip(),
        (
            Table(
                f"{last.releases:,} releases, {last.passages:,} passages",
                ("", "in full, s", "MiB", "one change, s (three)", "MiB", "on the disk, MB"),
                (
                    _row("a folder alone", found[None], in_folder),
                    _row("published in PostgreSQL", found[url], size),
                ),
            ),
        ),
    )


def _row(name: str, builds: Sequence[Built], size: int) -> tuple[str, ...]:
    full, *changes = builds
    return (
        name,
        f"{full.seconds:.0f}",
        f"{full.memory:.0f}",
        ", ".join(f"{each.seconds:.1f}" for each in changes),
        f"{max(each.memory for each in changes):.0f}",
        f"{size / 1e6:,.0f}",
    )


if __name__ == "__main__":
    run_alone(measure, __doc__ or "")
