"""How often the right paragraph is found, by Verbatim and by simple methods over the same index.

    python -m tests.benchmarks.retrieval [QUESTIONS.jsonl] [--releases FILE.jsonl.gz] [--data DIR]

It is `verbatim eval --baselines` over the newsrooms of `NEWSROOMS`. Their index is built in
``--data`` if it is not there yet, and its build is timed.
"""

import argparse
import gzip
import json
import time
from pathlib import Path

from rich.console import Console

from bot.evaluation_view import evaluation_view
from bot.library import open_archive
from bot.settings import Settings
from retrieval.archive import Archive
from retrieval.evaluation import evaluate

SHARED = Path(__file__).parents[3] / "shared"
NEWSROOMS = (
    "norcross.house.gov",
    "lofgren.house.gov",
    "www.hoeven.senate.gov",
    "www.duckworth.senate.gov",
    "www.bennet.senate.gov",
    "www.fischer.senate.gov",
)


def _built(archive: Archive, releases: Path, data: Path) -> None:
    """Build the index over `NEWSROOMS`, unless it is there."""
    if (data / "CURRENT").exists():
        return
    data.mkdir(parents=True, exist_ok=True)
    source = data / "newsrooms.jsonl"
    with gzip.open(releases, "rt", encoding="utf-8") as lines:
        chosen = [line for line in lines if json.loads(line)["domain"] in NEWSROOMS]
    source.write_text("".join(chosen), encoding="utf-8")
    started = time.perf_counter()
    report = archive.reindex([source])
    print(f"indexed {report.releases:,} releases in {time.perf_counter() - started:.0f} s")


def _say_embedded(done: int, total: int) -> None:
    print(f"embedding for the baselines: {done:,} of {total:,} texts")


def main() -> None:
    """Build what is missing, then print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("questions", nargs="?", type=Path, default=SHARED / "qa/questions.jsonl")
    parser.add_argument("--releases", type=Path, default=SHARED / "releases/congress.jsonl.gz")
    parser.add_argument("--data", type=Path, default=Path(".cache/benchmarks/newsrooms"))
    arguments = parser.parse_args()
    archive = open_archive(Settings(data=arguments.data))
    _built(archive, arguments.releases, arguments.data)
    found = evaluate(archive, arguments.questions, baselines=True, on_embedded=_say_embedded)
    print(f"\n{archive.index.manifest.passages:,} passages\n")
    Console(width=120, highlight=False).print(evaluation_view(found))


if __name__ == "__main__":
    main()
