"""Builds that are killed at random moments while releases come, change and go.

    python -m tests.retrieval.indexing.killed_builds [--kills 200] [--seed 0]

After each kill the index must be whole, and be what it was before or what it was to become, and
each release must have the earlier wordings that were published, and no others. Here the moments are
moments in time, and may be in the middle of anything, also of a write. The tests count calls
instead, so that they take the same course on every machine.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

from retrieval.index.earlier_wordings import MAX_WORDINGS
from retrieval.index.folder_index import open_index
from retrieval.ranking.full_release import full_release
from retrieval.release_history import release_history
from retrieval.store import FolderStore

_ROOT = Path(__file__).parents[3]
_DAYS = ("2024-01-01", "2024-05-05", "2025-03-03", None)
_WORDS = "mayor bridge ferry fares harbor library council vote plan money island school".split()

# Forks for each build: importing takes longer than building.
_BUILDER = """
import os, signal, sys
from pathlib import Path
from retrieval.indexing.build import build_index
from retrieval.indexing.segment_plan import MergePolicy
from tests.benchmarks.building import HashingEncoder

data, source = map(Path, sys.argv[1:])
policy = MergePolicy(documents=2, times=1, gone=0.5)

def build(last):
    calls = 0
    def count(frame, event, argument):
        nonlocal calls
        calls += 1
        if calls == last:
            os.kill(os.getpid(), signal.SIGKILL)
    sys.setprofile(count if last else None)
    build_index(data, [source], HashingEncoder(), coded_from=40, merge_policy=policy)
    sys.setprofile(None)
    print("calls", calls, flush=True)

for line in sys.stdin:
    process = os.fork()
    if not process:
        build(int(line))
        os._exit(0)
    print("process", process, flush=True)
    print("status", os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), flush=True)
"""


@dataclass
class Newsroom:
    """Releases that change by one step at a time: one comes, goes, is reworded or redated."""

    chance: random.Random
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    steps: int = 0

    def step(self) -> None:
        """Change."""
        self.steps += 1
        kind = self.chance.choice(["come", "come", "reword", "redate", "go"])
        if kind == "come" or len(self.rows) < 5:
            self.rows[f"r{self.steps}"] = self._row(f"r{self.steps}")
        elif kind == "go":
            del self.rows[self.chance.choice(list(self.rows))]
        else:
            id = self.chance.choice(list(self.rows))
            changed = {"date": self.chance.choice(_DAYS)} if kind == "redate" else self._row(id)
            self.rows[id] = self.rows[id] | changed

    def _row(self, id: str) -> dict[str, Any]:
        text = "\n\n".join(
            f"{' '.join(self.chance.choices(_WORDS, k=12))} in step {self.steps}, part {part}."
            for part in range(3)
        )
        return {
            "id": id,
            "title": f"Release {id}",
            "date": self.chance.choice(_DAYS),
            "newsroom": "harbor.example",
            "text": text,
        }


@dataclass
class KilledBuilds:
    """A data folder whose builds are killed.

    Attributes:
        published: the steps that the index was at, the last one last.
        killed: the number of builds that were killed.
    """

    data: Path
    source: Path
    newsroom: Newsroom
    builder: subprocess.Popen[str]
    published: list[Mapping[str, Any]] = field(default_factory=list)
    killed: int = 0

    def build(self, last_call: int = 0, delay: float | None = None) -> int:
        """Change the newsroom, and build until a call or for some seconds; check the index.

        Returns the number of calls of a build that came to its end, else 0.
        """
        self.newsroom.step()
        rows = self.newsroom.rows.values()
        self.source.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
        assert self.builder.stdin
        self.builder.stdin.write(f"{last_call}\n")
        self.builder.stdin.flush()
        process = self._said("process")
        if delay is not None:
            time.sleep(delay)
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        calls = 0
        while (said := self._line())[0] == "calls":
            calls = said[1]
        self._check(said[1])
        return calls

    def _check(self, status: int) -> None:
        """The index is whole, and as it was or as it was to become."""
        assert status in (0, -signal.SIGKILL), f"the build failed with {status}"
        self.killed += status != 0
        wanted = dict(self.newsroom.rows)
        if status and not (self.data / "CURRENT").exists():
            assert not self.published
            return
        found = _rows_in(self.data)
        if status == 0 or not self.published or found != _summary(self.published[-1]):
            assert found == _summary(wanted)
            self.published.append(wanted)
        assert _earlier_in(self.data) == self._earlier()

    def _earlier(self) -> dict[str, list[str]]:
        """The texts that each release had in indexes that were published, the latest first."""
        found = dict[str, list[str]]()
        for id in self.published[-1]:
            texts = [rows[id]["text"] for rows in self.published if id in rows]
            distinct = [text for text, _ in groupby(texts)]
            found[id] = distinct[-2::-1][:MAX_WORDINGS]
        return found

    def _said(self, what: str) -> int:
        key, value = self._line()
        assert key == what
        return value

    def _line(self) -> tuple[str, int]:
        assert self.builder.stdout
        key, value = self.builder.stdout.readline().split()
        return key, int(value)


@contextmanager
def killed_builds(folder: Path, seed: int) -> Iterator[KilledBuilds]:
    """A data folder in an empty folder, and a process that builds it."""
    data, source = folder / "data", folder / "releases.jsonl"
    with subprocess.Popen(
        [sys.executable, "-c", _BUILDER, str(data), str(source)],
        cwd=_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as builder:
        try:
            yield KilledBuilds(data, source, Newsroom(random.Random(seed)), builder)
        finally:
            builder.kill()


def _rows_in(data: Path) -> dict[str, tuple[str | None, str]]:
    """Date and text of each release of an index, all of whose files have their checksums."""
    index = open_index(data)
    assert len(list(index.texts())) == index.manifest.passages == len(index.vectors)
    assert len(index.recurring) == index.manifest.passages
    return {
        each.id: (
            each.date.isoformat() if each.date else None,
            "\n\n".join(index.releases.paragraphs(each.number)),
        )
        for each in index.releases.select()
    }


def _earlier_in(data: Path) -> dict[str, list[str]]:
    """The texts of the earlier wordings of each release, the latest first."""
    store = open_index(data).releases
    histories = [
        release_history(FolderStore(data), full_release(store, each)) for each in store.select()
    ]
    return {
        each.release.info.id: ["\n\n".join(old.wording.paragraphs) for old in each.earlier]
        for each in histories
    }


def _summary(rows: Mapping[str, Any]) -> dict[str, tuple[str | None, str]]:
    return {id: (row["date"], row["text"]) for id, row in rows.items()}


def main() -> None:
    """Kill builds, and print how many survived."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    moments = random.Random(arguments.seed)
    with (
        tempfile.TemporaryDirectory() as name,
        killed_builds(Path(name), arguments.seed) as builds,
    ):
        started = time.perf_counter()
        for _ in range(5):
            builds.build()
        longest = (time.perf_counter() - started) / 5
        while builds.killed < arguments.kills:
            builds.build(delay=moments.uniform(0, longest))
            print(f"\r{builds.killed} killed", end="", file=sys.stderr, flush=True)
        print(file=sys.stderr)
        builds.build()
        print(
            f"{builds.killed} builds killed, {len(builds.published)} indexes published: each was"
            " whole after each kill, and neither an index nor an earlier wording was lost"
        )


if __name__ == "__main__":
    main()
