"""All benchmarks, and one report of them: ``docs/benchmarks.md``, with plots beside it.

    python -m tests.benchmarks.report [--data DIR] [--shared DIR] [--only PART …] [--quick]

Each part is measured in a process of its own, one after the other, so that none pays for the
libraries of another. What a part found is kept in ``.cache/benchmarks/parts``: with ``--only`` the
named ones are measured anew and the report is written from all.
"""

import argparse
import multiprocessing
import pickle
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from tests.benchmarks import machine
from tests.benchmarks.parts import (
    Options,
    Part,
    Table,
    add_options,
    lines_of,
    markdown,
    options_of,
    target_table,
)
from tests.benchmarks.plots import draw_into
from tests.shared import name_api_description

PARTS = (
    "answering",
    "answer_time",
    "starting",
    "encoding",
    "search",
    "bm25",
    "building",
    "changes",
    "congress",
    "discord",
    "retrieval",
    "companies",
    "pairs",
    "decision",
    "standing",
    "reliability",
    "typing_errors",
    "titles",
    "layout",
    "links",
    "pages",
    "forms",
    "site_import",
    "sentences",
    "query_understanding",
    "sample",
)
"""The modules, each with a ``measure``."""

REPORT = Path("docs/benchmarks.md")
KEPT = Path(".cache/benchmarks/parts")


@dataclass(frozen=True, slots=True)
class Run:
    """A part that was measured: when (UTC), for how long, and how busy the machine was.

    ``others`` is how many cores other processes kept busy meanwhile: on a busy machine all is
    slower.
    """

    name: str
    part: Part
    started: str
    seconds: float
    others: float


def measure(name: str, options: Options) -> Run:
    """One part, in this process."""
    started, busy, own = time.perf_counter(), machine.busy(), machine.own()
    when = f"{datetime.now(UTC):%Y-%m-%d %H:%M}"
    part: Part = import_module(f"tests.benchmarks.{name}").measure(options)
    seconds = time.perf_counter() - started
    others = (machine.busy() - busy - (machine.own() - own)) / seconds
    return Run(name, part, when, seconds, max(0.0, others))


def measure_apart(name: str, options: Options) -> Run:
    """One part, in a process of its own."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as apart:
        return apart.submit(measure, name, options).result()


def lines(runs: Sequence[Run], absent: Mapping[str, str], plots: str) -> Iterator[str]:
    """The report; ``plots`` is the folder of the plots as it is linked to."""
    yield from (
        "# Benchmarks",
        "",
        "Written by `make bench` (`python -m tests.benchmarks.report`); nothing here is edited by"
        " hand. Peers ran in turns with Verbatim, in the same process or one after the other, and"
        " times are medians unless said. `x` is a time over that of the peer: below 1 is faster.",
        "",
    )
    for table in (machine.machine(), machine.versions(), _when(runs)):
        yield from (markdown(table), "")
    for name, reason in absent.items():
        yield from (f"Not measured: {name} ({reason}).", "")
    for run in runs:
        yield from lines_of(_without_targets(run.part))
        for plot in run.part.plots:
            yield from (f"![{plot.title}]({plots}/{plot.name}.png)", "")
    targets = [target for run in runs for target in run.part.targets]
    yield markdown(target_table(targets), level=2)


def _without_targets(part: Part) -> Part:
    return Part(part.title, part.about, part.tables)


def _when(runs: Sequence[Run]) -> Table:
    return Table(
        "Runs",
        ("part", "started (UTC)", "seconds", "cores busy with other work"),
        tuple(
            (run.part.title, run.started, f"{run.seconds:.0f}", f"{run.others:.2f}") for run in runs
        ),
        "Other work is that of all other processes on the machine meanwhile, on average: where it"
        " is not near 0, times are longer than they need be, and ratios less sure.",
    )


def main() -> None:
    """Measure, keep, and write the report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add_options(parser)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, metavar="PART")
    parser.add_argument("--to", type=Path, default=REPORT)
    arguments = parser.parse_args()
    options = options_of(arguments)
    name_api_description(options.shared)
    kept = KEPT.with_name("quick" if options.quick else KEPT.name)
    kept.mkdir(parents=True, exist_ok=True)
    for name in arguments.only:
        print(f"{name} …", file=sys.stderr, flush=True)
        try:
            run = measure_apart(name, options)
        except Exception as error:  # the other parts are worth having, whatever it is
            (kept / f"{name}.pickle").unlink(missing_ok=True)
            print(f"{name}: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
        else:
            values = (run.name, run.part, run.started, run.seconds, run.others)
            (kept / f"{name}.pickle").write_bytes(pickle.dumps(values))
    found = {name: kept / f"{name}.pickle" for name in PARTS}
    runs = [Run(*pickle.loads(path.read_bytes())) for path in found.values() if path.exists()]
    absent = {
        name: "it failed, or has not run" for name, path in found.items() if not path.exists()
    }
    write(runs, absent, arguments.to)


def write(runs: Sequence[Run], absent: Mapping[str, str], to: Path) -> None:
    """The report and its plots, in a folder of the report's name."""
    folder = to.with_suffix("")
    folder.mkdir(parents=True, exist_ok=True)
    for run in runs:
        draw_into(folder, run.part.plots)
    to.write_text("\n".join(lines(runs, absent, folder.name)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
