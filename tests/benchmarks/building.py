"""What a build costs besides embedding, in time and memory: in full, and for one changed release.

    python -m tests.benchmarks.building [RELEASES.jsonl.gz]

An encoder that hashes stands for the model, so that everything else of a build of any size can be
measured in minutes. Random vectors are the worst case for codes: that these are given up is right.
Peak memory is that of the process itself, without mapped files, which the system may drop.
"""

import argparse
import gzip
import hashlib
import json
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from embeddings.encoder import Vectors
from embeddings.models import Model
from retrieval.index import Index, open_index
from retrieval.indexing import build_index
from retrieval.report import Progress

SHARED = Path(__file__).parents[3] / "shared"


class HashingEncoder:
    """Unit vectors that are a hash of the text."""

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
    """The stages of a build with their seconds, and the most memory that it took."""

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
            self.peak = max(self.peak, own_memory())


def own_memory() -> float:
    """MB of this process without mapped files; 0 where there is no /proc."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return sum(int(line.split()[1]) / 1e3 for line in lines if line.startswith("RssAnon"))


def write_changed(source: Path, to: Path) -> None:
    """The same releases, the middle one with a paragraph more."""
    with gzip.open(source, "rt", encoding="utf-8") as lines:
        rows = lines.readlines()
    row = json.loads(rows[len(rows) // 2])
    row["text"] += "\n\nA paragraph about the new bridge over the harbor was added."
    rows[len(rows) // 2] = json.dumps(row) + "\n"
    with gzip.open(to, "wt", encoding="utf-8", compresslevel=1) as lines:
        lines.writelines(rows)


def opened(data: Path) -> tuple[Index, float]:
    """An index and the seconds that opening it took."""
    started = time.perf_counter()
    return open_index(data), time.perf_counter() - started


def main() -> None:
    """Build twice, open, and print a Markdown table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    default = SHARED / "releases/congress.jsonl.gz"
    parser.add_argument("releases", nargs="?", type=Path, default=default)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data, changed = Path(folder) / "data", Path(folder) / "changed.jsonl.gz"
        write_changed(arguments.releases, changed)
        print("| build | reading, s | vectors, s | the rest, s | all, s | CPU, s | peak, MB |")
        print("| --- " + "| ---: " * 6 + "|")
        for name, source in (("in full", arguments.releases), ("one changed", changed)):
            used = time.process_time()
            with Watch() as watch:
                report = build_index(
                    data, [source], HashingEncoder(), on_progress=watch.on_progress
                )
            stages = [watch.seconds[each] for each in ("reading", "embedding", "writing")]
            cells = [f"{each:.1f}" for each in (*stages, report.seconds)]
            used = time.process_time() - used
            print(f"| {name} | {' | '.join(cells)} | {used:.1f} | {watch.peak:.0f} |", flush=True)
        index, seconds = opened(data)
        size = sum(sums.size for sums in index.manifest.files.values()) / 1e6
        print(
            f"\n{report.releases:,} releases, {index.manifest.passages:,} passages, {size:.0f} MB"
        )
        print(f"opened in {seconds:.2f} s")
        for what, look in {
            "newest 25 releases": lambda: index.catalogue.headings(limit=25),
            "titles made searchable": lambda: index.titles,
            "one title while it is typed": lambda: index.titles.matching("harbor bri"),
        }.items():
            started = time.perf_counter()
            look()
            print(f"{what}: {(time.perf_counter() - started) * 1000:.1f} ms")


if __name__ == "__main__":
    main()
