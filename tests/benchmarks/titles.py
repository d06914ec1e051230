"""Speed and quality of title autocompletion, compared with rapidfuzz's WRatio over all titles.

    python -m tests.benchmarks.titles [--shared DIR] [--quick]

A hit is the very title that was being typed, first or among the 25 that Discord shows.
"""

import gzip
import json
import random
import re
import time
import tracemalloc
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import numpy as np
from rapidfuzz import fuzz, process, utils

from retrieval.index.titles import TitleIndex
from retrieval.release import ReleaseInfo
from tests.benchmarks.parts import Options, Part, Table, run_alone
from tests.benchmarks.typing_errors import with_typing_errors

SHOWN = 25
_TYPED, _TYPED_TO_PEER = 500, 50  # titles, of each kind

KINDS: dict[str, Callable[[str, random.Random], str]] = {
    "first 4 letters": lambda title, _: title[:4],
    "first 12 letters": lambda title, _: title[:12],
    "first 24 letters": lambda title, _: title[:24],
    "first 24, typing errors": lambda title, rng: with_typing_errors(title[:24], rng),
    "12 from within": lambda title, rng: _fragment(title, rng, 12),
    "24 from within": lambda title, rng: _fragment(title, rng, 24),
    "4 words, any order": lambda title, rng: _words(title, rng, 4),
    "whole": lambda title, _: title,
    "whole, typing errors": with_typing_errors,
}
"""By name, a function that returns what is typed of a title."""


def _fragment(title: str, rng: random.Random, length: int) -> str:
    """Return ``length`` letters that begin within a word."""
    inner = [match.end() for match in re.finditer(r"\w\w(?=\w)", title)]
    at = rng.choice([each for each in inner if each + length <= len(title)] or [0])
    return title[at : at + length]


def _words(title: str, rng: random.Random, count: int) -> str:
    found = re.findall(r"[^\W\d_]{4,}", title)
    return " ".join(rng.sample(found, min(count, len(found))))


def _releases(releases: Path) -> list[ReleaseInfo]:
    with gzip.open(releases, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [
        ReleaseInfo(at, row["id"], row["title"], date.fromisoformat(row["date"]), *[None] * 4, "")
        for at, row in enumerate(rows)
    ]


def _measured(
    search: Callable[[str], Sequence[str]], typed: Sequence[tuple[str, str]]
) -> list[str]:
    """Median and 95th percentile of the milliseconds, and the shares of hits."""
    milliseconds, first, shown = [], 0, 0
    for text, title in typed:
        started = time.perf_counter()
        found = search(text)
        milliseconds.append((time.perf_counter() - started) * 1000)
        first += title in found[:1]
        shown += title in found
    median, most = np.percentile(milliseconds, [50, 95])
    return [
        f"{median:.1f}",
        f"{most:.1f}",
        f"{first / len(typed):.3f}",
        f"{shown / len(typed):.3f}",
    ]


def measure(options: Options) -> Part:
    """Index the titles once, then search for parts of some: one row for each kind."""
    infos = _releases(options.releases)
    started = time.perf_counter()
    titles = TitleIndex(infos)
    seconds = time.perf_counter() - started
    tracemalloc.start()
    kept = TitleIndex(infos)
    memory = tracemalloc.get_traced_memory()[0] / 1e6
    tracemalloc.stop()
    del kept

    def ours(typed: str) -> list[str]:
        return [each.title for each in titles.matching(typed, SHOWN)]

    written = [each.title for each in infos]
    plain = [utils.default_process(title) for title in written]

    def peer(typed: str) -> list[str]:
        text = utils.default_process(typed)
        best = process.extract(text, plain, scorer=fuzz.WRatio, limit=SHOWN)
        return [written[at] for _, _, at in best]

    rows = []
    rng = random.Random(1)
    chosen = rng.sample(written, options.times(_TYPED))
    for name, part in KINDS.items():
        typed = [(part(title, rng), title) for title in chosen]
        rows.append((name, "Verbatim", *_measured(ours, typed)))
        rows.append((name, "rapidfuzz", *_measured(peer, typed[: options.times(_TYPED_TO_PEER)])))
    keystrokes = [(title[:end], title) for title in chosen[:50] for end in range(1, 41)]
    rows.append(("every keystroke", "Verbatim", *_measured(ours, keystrokes)))
    table = Table(
        f"{len(infos):,} titles",
        ("what is typed", "by", "ms", "95 %", "hit@1", f"hit@{SHOWN}"),
        tuple(rows),
        f"The peer is rapidfuzz's WRatio over all titles. Ours are searchable after {seconds:.2f} s"
        f" and take {memory:.0f} MB.",
    )
    about = "A hit is the very title that was being typed."
    return Part("Titles while they are typed", about, (table,))


if __name__ == "__main__":
    run_alone(measure, __doc__ or "")
