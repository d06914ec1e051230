"""Speed and recall of vector search, compared with other libraries.

    python -m tests.benchmarks.search [--data DIR] [--sizes N …] [--quick]

Sizes beyond that of the index are made of its rows with variations (`tests.benchmarks.corpora`).
All methods answer the questions in turns, one at a time, on one thread; times are medians. Unset
OPENBLAS_CORETYPE and OPENBLAS_L2_SIZE, if anything sets them: they slow numpy.
"""

import argparse
import gc
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.settings import Settings, open_archive
from embeddings.encoder import Vectors
from retrieval.index.segments import VECTORS
from retrieval.index.sign_codes import SignCodeVectors, write_codes
from retrieval.index.vectors import ExactVectors, map_vectors
from tests.benchmarks import peers
from tests.benchmarks.corpora import write_vectors
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

SIZES = (1000, 10_000, 100_000, 269_000, 1_000_000, 5_000_000)
_DEEP = 100  # rows that a question takes from each search
_ASKED = 100  # questions of each size
_GRAPHS_TO = 100_000  # rows: graphs build slowly
_MANY = 100_000  # rows from which on codes are used
FLAT = "faiss flat"
_SLICE = 0.1  # of the rows, neighbours: what a filter by date lets in


@dataclass(frozen=True, slots=True)
class Line:
    """The measurements of one method, times in ms; None where there are none."""

    method: str
    milliseconds: float
    recall: float
    deep_milliseconds: float | None = None
    deep_recall: float | None = None
    build_seconds: float | None = None
    disk: float | None = None
    resident: float | None = None


def main() -> None:
    """Measure, and print Markdown tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add_options(parser)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    arguments = parser.parse_args()
    print("\n".join(lines_of(measure(options_of(arguments), arguments.sizes))))


def measure(options: Options, sizes: Sequence[int] = SIZES) -> Part:
    """Every method at every size."""
    built(options)
    if options.quick:
        sizes = [each for each in sizes if each <= _GRAPHS_TO // 10]
    texts = [json.loads(line)["question"] for line in options.questions.open(encoding="utf-8")]
    texts = texts[: options.times(_ASKED)]
    archive = open_archive(Settings(data=options.data))
    queries = archive.encoder.encode_queries(texts)
    by_vectors: dict[int, list[Line]] = {}
    with tempfile.TemporaryDirectory() as folder:
        real = map_vectors(archive.index.segments[0].folder / VECTORS)
        for n in sizes:
            by_vectors[n] = measure_vectors(
                write_vectors(Path(folder) / "v.npy", real, n),
                Path(folder),
                queries,
                graphs=n <= _GRAPHS_TO,
            )
    plots = (
        _plot("search-vectors", "Ten nearest rows", "ms", by_vectors, "milliseconds"),
        _plot("search-build", "Making vectors searchable", "s", by_vectors, "build_seconds"),
        _plot("search-memory", "Memory of a store", "MiB", by_vectors, "resident"),
    )
    tables = [
        *(_table(f"{n:,} rows", each, FLAT) for n, each in by_vectors.items()),
        *(plot.growths() for plot in plots),
    ]
    absent = peers.missing()
    about = (
        f"{len(real):,} real rows, further ones made of them. {len(texts)} questions, in turns, on"
        f" one thread. `x` is over {FLAT}, recall is over exact search. Memory is all that is"
        " resident once a store is made: for codes, the pages of the mapped vectors that it was"
        " made from."
    )
    if absent:
        about += f" Not installed: {', '.join(absent)}."
    return Part("Search", about, tuple(tables), plots, tuple(_targets(by_vectors)))


def _targets(by_size: Mapping[int, Sequence[Line]]) -> Iterator[Target]:
    """The worst over the sizes that a target is for."""
    lines = {n: {each.method: each for each in found} for n, found in by_size.items()}
    flat = {n: each for n, each in lines.items() if FLAT in each}

    def ratios(method: str, over: str, least: int) -> dict[int, float]:
        some = {n: each for n, each in (flat if over == FLAT else lines).items() if n >= least}
        return {n: each[method].milliseconds / each[over].milliseconds for n, each in some.items()}

    exact = ratios("exact", FLAT, 0)
    coded = ratios("codes", FLAT, _MANY)
    yield Target(
        f"exact scan over faiss flat, the worst of {len(exact)} sizes",
        1.0,
        "x",
        max(exact.values(), default=None),
        _worst(exact),
    )
    yield Target(
        "codes over faiss flat, the worst from 100,000 rows up",
        0.25,
        "x",
        max(coded.values(), default=None),
        _worst(coded),
    )
    recalls = {n: lines[n]["codes"].recall for n in lines if n >= _MANY}
    deep = {n: lines[n]["codes"].deep_recall or 0.0 for n in lines if n >= _MANY}
    yield Target(
        "recall@10 of codes, the worst from 100,000 rows up",
        0.99,
        "",
        min(recalls.values(), default=None),
        f"recall@100, which a question uses, is {min(deep.values(), default=0):.4f}",
        at_least=True,
    )
    for method in ("exact", "codes"):
        sliced = ratios(f"{method}, a tenth by date", method, _MANY)
        yield Target(
            f"a tenth by date over all, {method}, the worst from 100,000 rows up",
            0.15,
            "x",
            max(sliced.values(), default=None),
            _worst(sliced)
            + (
                "; what is scored exactly grows with the root of the rows, so that a tenth of them"
                " needs a third of it"
                if method == "codes"
                else ""
            ),
        )


def _worst(ratios: Mapping[int, float]) -> str:
    """At which size it is how much."""
    return ", ".join(f"{each:.2f} at {n:,}" for n, each in ratios.items())


def measure_vectors(
    vectors: Vectors, folder: Path, queries: Vectors, *, graphs: bool
) -> list[Line]:
    """Every method over one corpus, interleaved."""
    n = len(vectors)
    file, codes = folder / "v.npy", folder / "codes.npy"
    exact = ExactVectors(vectors)

    def coded(vectors: Vectors, saved: Path) -> peers.Find:
        write_codes(saved, vectors)
        store = SignCodeVectors.open(file, saved.rename(codes))
        return lambda query, k: store.top(query, k)[0]

    makers = {"codes": coded, **peers.FLAT, **(peers.GRAPHS if graphs else {})}
    finds = {"exact": lambda query, k: exact.top(query, k)[0]}
    built = {"exact": (0.0, file.stat().st_size / 1e6, 0.0)}
    for name in [each for each in makers if each not in peers.missing()]:
        saved = folder / "saved"
        before, started = _resident(), time.perf_counter()
        finds[name] = makers[name](vectors, saved)
        seconds = time.perf_counter() - started
        disk = (saved if saved.exists() else codes).stat().st_size / 1e6
        saved.unlink(missing_ok=True)
        built[name] = (seconds, disk, _resident() - before)
    store = SignCodeVectors.open(file, codes)
    allowed = np.zeros(n, dtype=np.bool_)
    allowed[int(n * (0.9 - _SLICE)) : int(n * 0.9)] = True
    sliced = {
        "exact, a tenth by date": lambda query, k: exact.top(query, k, allowed)[0],
        "codes, a tenth by date": lambda query, k: store.top(query, k, allowed)[0],
    }
    deep = [exact.top(query, _DEEP)[0] for query in queries]
    deep_sliced = [exact.top(query, _DEEP, allowed)[0] for query in queries]
    truth = dict.fromkeys(finds, deep) | dict.fromkeys(sliced, deep_sliced)
    finds |= sliced
    few = interleaved(finds, queries, 10, truth)
    many = interleaved(finds, queries, _DEEP, truth)
    return [
        Line(name, *few[name], *many[name], *built.get(name, (None, None, None))) for name in finds
    ]


def interleaved(
    finds: Mapping[str, Callable[[Vectors, int], np.ndarray]],
    queries: Vectors,
    k: int,
    truth: Mapping[str, Sequence[np.ndarray]],
) -> dict[str, tuple[float, float]]:
    """By method the median ms of a search for k rows, and the share of the true ones found."""
    times: dict[str, list[float]] = {name: [] for name in finds}
    found: dict[str, list[float]] = {name: [] for name in finds}
    for at, query in enumerate(queries):
        for name, find in finds.items():
            started = time.perf_counter()
            rows = find(query, k)
            times[name].append((time.perf_counter() - started) * 1000)
            right = truth[name][at][:k]
            found[name].append(len(np.intersect1d(rows, right)) / max(1, len(right)))
    return {name: (float(np.median(times[name])), float(np.mean(found[name]))) for name in finds}


def _resident() -> float:
    gc.collect()
    return resident()


def _table(title: str, lines: Sequence[Line], peer: str) -> Table:
    """A table; ``x`` is the time over that of the peer."""
    base = {line.method: line for line in lines}.get(peer)
    columns = "method|ms|x|recall|ms, 100|x|recall, 100|build, s|disk, MB|RSS, MiB"
    rows = [
        (
            line.method,
            f"{line.milliseconds:.2f}",
            _over(line.milliseconds, base and base.milliseconds),
            f"{line.recall:.4f}",
            _cell(line.deep_milliseconds, 2),
            _over(line.deep_milliseconds, base and base.deep_milliseconds),
            _cell(line.deep_recall, 4),
            _cell(line.build_seconds, 1),
            _cell(line.disk, 1),
            _cell(line.resident, 0),
        )
        for line in lines
    ]
    return Table(title, tuple(columns.split("|")), tuple(rows))


def _cell(value: float | None, digits: int) -> str:
    return "" if value is None else f"{value:.{digits}f}"


def _over(value: float | None, base: float | None) -> str:
    return f"{value / base:.3f}" if value is not None and base else ""


def _plot(
    name: str, title: str, unit: str, by_size: Mapping[int, Sequence[Line]], field: str
) -> Plot:
    """A line a method, where it was measured."""
    series = []
    for method in dict.fromkeys(line.method for lines in by_size.values() for line in lines):
        points = tuple(
            (float(n), value)
            for n, lines in by_size.items()
            for line in lines
            if line.method == method and (value := getattr(line, field)) and value > 0
        )
        if points:
            series.append(Series(method, points))
    return Plot(name, title, "rows", unit, tuple(series))


if __name__ == "__main__":
    main()
