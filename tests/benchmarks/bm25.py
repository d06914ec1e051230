"""BM25 over all releases of the shared data: the project's own index compared with bm25s.

    python -m tests.benchmarks.bm25 [--shared DIR] [--quick]

Both index the same terms and are built, and opened, each in a process of its own. Seconds are of
the processor. Memory of a build is the most that it adds to the numbered terms that it starts from;
memory held is what importing and opening add, mapped files aside. Both are asked in turns: bm25s
through its ``retrieve``, and for its scores alone, from which the hundred best are then taken as
the project takes them, since ``retrieve`` selects among all rows by ``numpy.argpartition``, which
is slow if most scores are 0. A year is a run of adjacent rows, the other filters are not.
"""

import json
import multiprocessing
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.index.bm25 import Bm25Index
from retrieval.index.postings import Postings
from retrieval.index.vectors import Mask, top_k
from retrieval.indexing.deduplication import distinct_releases
from retrieval.passages import passages
from retrieval.release import Release
from retrieval.sources.reading import read_sources
from retrieval.text.tokens import terms, terms_of_many
from tests.benchmarks.machine import resident
from tests.benchmarks.parts import Options, Part, Table, run_alone
from tests.benchmarks.timing import interleaved

_ASKED = 200  # questions
_QUICK = 1000  # releases
_BEST = 100  # rows that a question takes
_YEAR, _NEWSROOM, _SCATTERED = 2025, "www.bennet.senate.gov", 0.3
OWN, PEER = "own", "bm25s"


@dataclass(frozen=True, slots=True)
class Cost:
    """What an index costs: seconds and MiB to build, MB on disk, seconds and MiB to open."""

    build_seconds: float
    build_memory: float
    disk: float
    import_seconds: float
    open_seconds: float
    held: float


@dataclass(frozen=True, slots=True)
class Numbered:
    """The terms of all rows end to end, as numbers (p,) int32, and how many (n,) each row has."""

    terms: list[str]
    numbers: NDArray[np.int32]
    lengths: NDArray[np.int32]

    @classmethod
    def read(cls, folder: Path) -> "Numbered":
        return cls(
            json.loads((folder / "terms.json").read_text()),
            np.load(folder / "numbers.npy"),
            np.load(folder / "lengths.npy"),
        )

    def write(self, folder: Path) -> None:
        (folder / "terms.json").write_text(json.dumps(self.terms))
        np.save(folder / "numbers.npy", self.numbers)
        np.save(folder / "lengths.npy", self.lengths)


def releases_of(source: Path, limit: int | None) -> list[Release]:
    """The distinct releases of a source, oldest first, or those among the first so many."""
    found = (each for each in read_sources([source]) if isinstance(each, Release))
    return [each.release for each in distinct_releases(islice(found, limit))]


def numbered(releases: list[Release]) -> Numbered:
    """The terms of every passage, a row each."""
    texts = (
        f"{release.title}\n{release.author or ''}\n{each.text(release.paragraphs)}"
        for release in releases
        for each in passages(release)
    )
    known: dict[str, int] = {}
    rows = [
        np.array([known.setdefault(term, len(known)) for term in each], dtype=np.int32)
        for each in terms_of_many(texts)
    ]
    return Numbered([*known], np.concatenate(rows), np.array([*map(len, rows)], dtype=np.int32))


def filters_of(releases: list[Release]) -> dict[str, Mask | None]:
    """(n,) bool by the name of the filter."""
    rows = [sum(1 for _ in passages(release)) for release in releases]
    year = [bool(each.date) and each.date.year == _YEAR for each in releases]
    newsroom = [each.newsroom == _NEWSROOM for each in releases]
    return {
        "no filter": None,
        f"the year {_YEAR}": np.repeat(year, rows),
        "a newsroom": np.repeat(newsroom, rows),
        f"{_SCATTERED:.0%} here and there": np.random.default_rng(0).random(sum(rows)) < _SCATTERED,
    }


def build_own(of: Numbered, to: Path) -> None:
    rows = np.repeat(np.arange(len(of.lengths), dtype=np.int32), of.lengths)
    Postings.from_occurrences(len(of.lengths), of.terms, [(of.numbers, rows)]).save(to)


def build_peer(of: Numbered, to: Path) -> None:
    import bm25s

    ids = [row.tolist() for row in np.split(of.numbers, np.cumsum(of.lengths)[:-1])]
    index = bm25s.BM25(method="lucene", k1=1.5, b=0.75)
    index.index((ids, {term: at for at, term in enumerate(of.terms)}), show_progress=False)
    index.save(to, show_progress=False)


def open_peer(folder: Path) -> Any:
    import bm25s

    return bm25s.BM25.load(folder, mmap=True, load_corpus=False)


def import_peer() -> None:
    import bm25s  # noqa: F401


_BUILD: Mapping[str, Callable[[Numbered, Path], None]] = {OWN: build_own, PEER: build_peer}


def build(name: str, folder: Path) -> tuple[float, float]:
    """CPU seconds, and the MiB that it takes at most."""
    of = Numbered.read(folder)
    if name == PEER:
        import_peer()
    before, started = resident(), time.process_time()
    _BUILD[name](of, folder / name)
    # Unlike getrusage's, this peak leaves out the process that this one was started by.
    return time.process_time() - started, resident(field="VmHWM") - before


def opened(name: str, folder: Path, size: int) -> tuple[float, float, float]:
    """CPU seconds to import and to open, and the MiB that are held then."""
    before, started = resident(field="RssAnon"), time.process_time()
    if name == PEER:
        import_peer()
    imported = time.process_time()
    index = (
        open_peer(folder / PEER)
        if name == PEER
        else Bm25Index.of(Postings.open(folder / OWN, size))
    )
    seconds = time.process_time() - imported
    assert index is not None
    return imported - started, seconds, resident(field="RssAnon") - before


def asked(
    folder: Path, size: int, texts: list[str], filters: dict[str, Mask | None]
) -> Iterator[tuple[str, str, float, float, float]]:
    """By method and filter: the median and 95th percentile in ms, the share with the same rows."""
    own, peer = Bm25Index.of(Postings.open(folder / OWN, size)), open_peer(folder / PEER)
    queries = [each for text in texts if (each := own_terms(own, text))]

    def selected(query: list[str], mask: Mask | None) -> NDArray[np.intp]:
        scores = peer.get_scores(query, weight_mask=mask)
        rows = np.flatnonzero(scores > 0)
        return rows[top_k(scores[rows], _BEST)]

    for name, mask in filters.items():
        methods = {
            OWN: lambda query, mask=mask: own.top(query, _BEST, mask)[0],
            f"{PEER}, its scores": lambda query, mask=mask: selected(query, mask),
            f"{PEER}, retrieve": lambda query, mask=mask: peer.retrieve(
                [query], k=_BEST, show_progress=False, weight_mask=mask
            ),
        }
        alike = [np.array_equal(methods[OWN](each), selected(each, mask)) for each in queries]
        for method, times in interleaved(methods, queries).items():
            yield method, name, *np.percentile(times, (50, 95)), float(np.mean(alike))


def own_terms(index: Bm25Index, text: str) -> list[str]:
    """The different terms of a question that some row has."""
    return [term for term in dict.fromkeys(terms(text)) if index.holding([term]).any()]


def measure(options: Options) -> Part:
    """Build, open and ask both."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        releases = releases_of(options.releases, _QUICK if options.quick else None)
        of = numbered(releases)
        of.write(folder)
        size = len(of.lengths)
        costs = {each: _cost(each, folder, size) for each in (OWN, PEER)}
        files = (options.questions, options.more_questions)
        lines = (line for file in files for line in file.open(encoding="utf-8"))
        texts = [json.loads(line)["question"] for line in islice(lines, options.times(_ASKED))]
        filters = filters_of(releases)
        times = [*asked(folder, size, texts, filters)]
    about = (__doc__ or "").partition("\n\n")[2].partition("\n\n")[2].strip()
    return Part(
        "BM25",
        f"{about} {len(of.numbers):,} occurrences of {len(of.terms):,} terms in {size:,} passages.",
        (_costs(costs), _times(times, filters, len(texts))),
    )


def _cost(name: str, folder: Path, size: int) -> Cost:
    spawning = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, spawning) as apart:
        built = apart.submit(build, name, folder).result()
    with ProcessPoolExecutor(1, spawning) as apart:
        open_ = apart.submit(opened, name, folder, size).result()
    disk = sum(file.stat().st_size for file in (folder / name).iterdir()) / 1e6
    return Cost(*built, disk, *open_)


def _costs(costs: Mapping[str, Cost]) -> Table:
    return Table(
        "Built and opened",
        ("", "build, s", "memory, MiB", "disk, MB", "import, s", "open, s", "held, MiB"),
        tuple(
            (
                name,
                f"{each.build_seconds:.2f}",
                f"{each.build_memory:.0f}",
                f"{each.disk:.1f}",
                f"{each.import_seconds:.3f}",
                f"{each.open_seconds:.3f}",
                f"{each.held:.1f}",
            )
            for name, each in costs.items()
        ),
        "bm25s imports scipy.sparse and tqdm where they are installed; here they are.",
    )


def _times(
    times: list[tuple[str, str, float, float, float]],
    filters: Mapping[str, Mask | None],
    questions: int,
) -> Table:
    cells = {(method, name): f"{a:.2f} ({b:.2f})" for method, name, a, b, _ in times}
    alike = min(each[-1] for each in times)
    methods = dict.fromkeys(method for method, *_ in times)
    return Table(
        f"The best {_BEST} rows for {questions} questions, ms (95 % within)",
        ("", *filters),
        tuple((method, *(cells[method, name] for name in filters)) for method in methods),
        f"The rows are those of bm25s for {alike:.1%} of the questions.",
    )


if __name__ == "__main__":
    run_alone(measure, __doc__ or "")
