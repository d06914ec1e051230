"""How fast and how well rows are found, beside other libraries: by vectors and by terms.

    python -m tests.benchmarks.search [QUESTIONS.jsonl] [--data DIR] [--sizes N …] [--plot PATH]

Sizes beyond the index's own are made of its rows with variations (`tests.benchmarks.corpora`). All
methods answer one question after the other in turns, on one thread; times are medians. Unset
OPENBLAS_CORETYPE and OPENBLAS_L2_SIZE, if anything sets them: they slow numpy.
"""

import argparse
import gc
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from bot.settings import Settings
from embeddings.encoder import SentenceTransformerEncoder, Vectors
from embeddings.models import find_model
from retrieval.coded_vectors import CodedVectors, write_codes
from retrieval.index import VECTORS, open_index
from retrieval.lexical import LexicalIndex
from retrieval.terms import terms
from retrieval.vectors import ExactVectors, map_vectors, top_k
from tests.benchmarks import peers
from tests.benchmarks.corpora import more_term_lists, term_lists, write_vectors

SHARED = Path(__file__).parents[3] / "shared"
SIZES = (1000, 10_000, 100_000, 269_000, 1_000_000)
_DEEP = 100  # rows that a question takes from each search
_SLICE = 0.1  # of the rows, neighbours: what a filter by date lets in


@dataclass(frozen=True, slots=True)
class Line:
    """What was measured of one method: times in ms, sizes in MB; None where it has none."""

    method: str
    milliseconds: float
    recall: float
    deep_milliseconds: float | None = None
    deep_recall: float | None = None
    build_seconds: float | None = None
    disk: float | None = None
    resident: float | None = None


def main() -> None:
    """Measure, print Markdown tables, and draw them if asked to."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("questions", nargs="?", type=Path, default=SHARED / "qa/questions.jsonl")
    parser.add_argument("--data", type=Path, default=Path(".cache/benchmarks/newsrooms"))
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--graphs-to", type=int, default=100_000, help="rows; they build slowly")
    parser.add_argument("--terms-to", type=int, default=269_000, help="rows; bm25s builds slowly")
    parser.add_argument("--asked", type=int, default=100, help="questions of each size")
    parser.add_argument("--plot", type=Path)
    arguments = parser.parse_args()
    if arguments.plot is not None and not arguments.plot.suffix:
        parser.error("--plot needs a name that ends in .png, .svg or .pdf")
    texts = [json.loads(line)["question"] for line in arguments.questions.open(encoding="utf-8")]
    texts = texts[: arguments.asked]
    queries = SentenceTransformerEncoder(find_model(Settings().model)).encode_queries(texts)
    if absent := peers.missing():
        print(f"not installed: {', '.join(absent)}\n")
    by_vectors: dict[int, list[Line]] = {}
    with tempfile.TemporaryDirectory() as folder:
        index = open_index(arguments.data)
        real = map_vectors(index.folder / VECTORS)
        for n in arguments.sizes:
            by_vectors[n] = measure_vectors(
                write_vectors(Path(folder) / "v.npy", real, n),
                Path(folder),
                queries,
                graphs=n <= arguments.graphs_to,
            )
            print_table(f"{n:,} rows, by vectors", by_vectors[n], "faiss flat")
        lists = term_lists(index)
        for n in arguments.sizes:
            if n <= arguments.terms_to:
                lines = measure_terms([*more_term_lists(lists, n)], Path(folder), texts)
                print_table(f"{n:,} rows, by terms", lines, "bm25s, best 100")
    if arguments.plot:
        draw(by_vectors).savefig(arguments.plot)


def measure_vectors(
    vectors: Vectors, folder: Path, queries: Vectors, *, graphs: bool
) -> list[Line]:
    """Every method over one corpus, interleaved."""
    n = len(vectors)
    file, codes = folder / "v.npy", folder / "codes.npy"
    exact = ExactVectors(vectors)

    def coded(vectors: Vectors, saved: Path) -> peers.Find:
        write_codes(saved, vectors)
        store = CodedVectors.open(file, saved.rename(codes))
        return lambda query, k: store.top(query, k)[0]

    makers = {"codes": coded, **peers.FLAT, **(peers.GRAPHS if graphs else {})}
    finds = {"exact": lambda query, k: exact.top(query, k)[0]}
    built = {"exact": (0.0, file.stat().st_size / 1e6, 0.0)}
    for name in [each for each in makers if each not in peers.missing()]:
        saved = folder / "saved"
        before, started = resident(), time.perf_counter()
        finds[name] = makers[name](vectors, saved)
        seconds = time.perf_counter() - started
        disk = (saved if saved.exists() else codes).stat().st_size / 1e6
        saved.unlink(missing_ok=True)
        built[name] = (seconds, disk, resident() - before)
    store = CodedVectors.open(file, codes)
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


def measure_terms(documents: Sequence[list[str]], folder: Path, texts: Sequence[str]) -> list[Line]:
    """Our columns beside bm25s's own search, whose scores must be the same."""
    import bm25s

    n = len(documents)
    started = time.perf_counter()
    peer = bm25s.BM25(method="lucene", k1=1.5, b=0.75)
    peer.index(list(documents), show_progress=False)
    peer.save(folder / f"bm25s{n}", show_progress=False)
    peer_seconds = time.perf_counter() - started
    peer = bm25s.BM25.load(folder / f"bm25s{n}", mmap=True, load_corpus=False)
    started = time.perf_counter()
    LexicalIndex.build(documents).save(folder / f"lexical{n}")
    own_seconds = time.perf_counter() - started
    own = LexicalIndex.open(folder / f"lexical{n}", n)
    allowed = np.zeros(n, dtype=np.bool_)
    allowed[int(n * (0.9 - _SLICE)) : int(n * 0.9)] = True
    scattered = np.random.default_rng(0).random(n) < 0.3
    k = min(_DEEP, n)
    times: dict[str, list[float]] = {}
    same: dict[str, list[bool]] = {}

    def timed(name: str, search: Callable[[], Any]) -> Any:
        started = time.perf_counter()
        found = search()
        times.setdefault(name, []).append((time.perf_counter() - started) * 1000)
        return found

    masks = {"": None, ", a tenth by date": allowed, ", 30 % here and there": scattered}
    places = np.arange(0, n, max(1, n // 300))
    for query in map(terms, texts):
        known = [term for term in dict.fromkeys(query) if term in peer.vocab_dict]
        if not known:
            continue
        scores = timed("bm25s, all scores", partial(peer.get_scores, known))
        timed("bm25s, best 100", lambda known=known: top_k(peer.get_scores(known), k))
        timed("bm25s, retrieve", partial(peer.retrieve, [known], k=k, show_progress=False))
        for which, mask in masks.items():
            rows, _ = timed(f"columns{which}", partial(own.top, query, k, mask))
            masked = scores if mask is None else np.where(mask, scores, np.float32(-np.inf))
            same.setdefault(f"columns{which}", []).append((rows == top_k(masked, k)).all())
        got = timed("columns, 300 rows", partial(own.scores_of, query, places))
        same.setdefault("columns, 300 rows", []).append((got == scores[places]).all())
    built = {
        "bm25s, best 100": (peer_seconds, size_of(folder / f"bm25s{n}")),
        "columns": (own_seconds, size_of(folder / f"lexical{n}")),
    }
    return [
        Line(
            name,
            float(np.median(each)),
            float(np.mean(same.get(name, [True]))),
            build_seconds=built.get(name, (None, None))[0],
            disk=built.get(name, (None, None))[1],
        )
        for name, each in times.items()
    ]


def size_of(folder: Path) -> float:
    """MB of all files in a folder."""
    return sum(file.stat().st_size for file in folder.iterdir()) / 1e6


def resident() -> float:
    """MB of this process in memory, mapped files included; 0 where there is no /proc."""
    gc.collect()
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return sum(int(line.split()[1]) / 1e3 for line in lines if line.startswith("VmRSS"))


def print_table(title: str, lines: Sequence[Line], peer: str) -> None:
    """A Markdown table; ``x`` is the time over that of the peer."""
    base = {line.method: line for line in lines}.get(peer)
    print(f"### {title}\n")
    print(
        "| method | ms | x | recall | ms, 100 | x | recall, 100 | build, s | disk, MB | RSS, MB |"
    )
    print("| --- " + "| ---: " * 9 + "|")
    for line in lines:
        cells = [
            f"{line.milliseconds:.2f}",
            _over(line.milliseconds, base and base.milliseconds),
            f"{line.recall:.4f}",
            _cell(line.deep_milliseconds, 2),
            _over(line.deep_milliseconds, base and base.deep_milliseconds),
            _cell(line.deep_recall, 4),
            _cell(line.build_seconds, 1),
            _cell(line.disk, 1),
            _cell(line.resident, 0),
        ]
        print(f"| {line.method} | {' | '.join(cells)} |")
    print(flush=True)


def _cell(value: float | None, digits: int) -> str:
    return "" if value is None else f"{value:.{digits}f}"


def _over(value: float | None, base: float | None) -> str:
    return f"{value / base:.3f}" if value is not None and base else ""


def draw(by_size: Mapping[int, Sequence[Line]]) -> Figure:
    """Times over sizes, both logarithmic, a line a method."""
    figure = Figure(figsize=(8, 5), layout="constrained")
    axes = figure.subplots()
    for method, points in _series(by_size):
        axes.plot(*zip(*points, strict=True), marker="o", label=method)
    axes.set(
        xscale="log", yscale="log", xlabel="rows", ylabel="milliseconds", title="Ten nearest rows"
    )
    axes.grid(alpha=0.3)
    axes.legend()
    return figure


def _series(by_size: Mapping[int, Sequence[Line]]) -> Iterator[tuple[str, list[tuple[int, float]]]]:
    for method in dict.fromkeys(line.method for lines in by_size.values() for line in lines):
        yield (
            method,
            [
                (n, line.milliseconds)
                for n, lines in by_size.items()
                for line in lines
                if line.method == method
            ],
        )


if __name__ == "__main__":
    main()
