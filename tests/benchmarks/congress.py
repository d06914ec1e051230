"""All releases of the shared data, with the real model: building, asking, listing, changing one.

    python -m tests.benchmarks.congress [--data DIR] [--shared DIR]

The index is built beside ``--data``, in ``congress``, if it is not there yet: that takes half an
hour or more, and what it cost is kept with it. Then questions are asked in a process of its own,
whose memory tells, and one release is changed. Memory is that of the process itself; mapped files,
which the system may drop, are counted only where it says so.
"""

import gzip
import json
import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from bot.settings import Settings, open_archive
from retrieval.archive import Archive
from retrieval.errors import IndexOutdated, IndexVersion, NoIndex
from retrieval.evaluation.evaluate import Quality, evaluate
from retrieval.evaluation.questions import read_questions
from retrieval.index.folder_index import open_index
from retrieval.question import Question
from tests.benchmarks.building import Watch, lookups, write_rows
from tests.benchmarks.machine import busy, own, resident
from tests.benchmarks.parts import Options, Part, Table, Target, run_alone
from tests.benchmarks.retrieval import TODAY, decisions, interval
from tests.benchmarks.timing import interleaved

_ASKED = 120  # questions
_QUICK = 1000  # releases
_KEPT = "built.json"
_LARGEST = 4096  # MiB: what a build and a bot over all of it may take


@dataclass(frozen=True, slots=True)
class Built:
    """The cost of a build: seconds by stage, wall and processor seconds, peak MiB.

    ``others`` is how many cores other processes kept busy meanwhile, None if not measured;
    ``changed`` counts releases.
    """

    reading: float
    embedding: float
    writing: float
    seconds: float
    processor: float
    peak: float
    others: float | None
    changed: int


def build(settings: Settings, source: Path) -> Built:
    """Bring the index up to date with a source."""
    used, worked = own(), busy()
    archive = open_archive(settings)
    with Watch() as watch:
        report = archive.reindex([source], on_progress=watch.on_progress)
    processor = own() - used
    others = max(0.0, busy() - worked - processor) / report.seconds
    stages = (watch.seconds.get(each, 0.0) for each in ("reading", "embedding", "writing"))
    return Built(*stages, report.seconds, processor, watch.peak, others, report.changed)


def ask_questions(
    settings: Settings, options: Options
) -> tuple[dict[str, list[float]], float, float]:
    """Return the milliseconds by method, and the final memory in MiB: anonymous, and resident."""
    archive = open_archive(settings)
    archive.warm_up()
    unreranked = Archive(archive.data, archive.encoder, None, today=lambda: TODAY)
    texts = [each.question.text for each in read_questions(options.questions)]
    methods = {
        "encoding alone": lambda text: archive.encoder.encode_queries([text]),
        "answered without the reranker": lambda text: unreranked.ask(Question(text)),
        "answered": lambda text: archive.ask(Question(text)),
    }
    times = interleaved(methods, texts[: options.times(_ASKED)])
    return times, resident(field="RssAnon"), resident()


def measure(options: Options) -> Part:
    """Build what is missing, then the rest, each in a process of its own."""
    folder = options.data.with_name("congress-quick" if options.quick else "congress")
    settings = Settings(data=folder)
    folder.mkdir(parents=True, exist_ok=True)
    whole, changed = folder / "whole.jsonl", folder / "changed.jsonl"
    if not changed.exists():
        with gzip.open(options.releases, "rt", encoding="utf-8") as lines:
            rows = map(json.loads, islice(lines, _QUICK if options.quick else None))
            write_rows(rows, whole, changed=changed)
    spawning = multiprocessing.get_context("spawn")

    def apart(work: Any, *arguments: Any) -> Any:
        with ProcessPoolExecutor(1, spawning) as process:
            return process.submit(work, *arguments).result()

    full = _kept(folder)
    if full is None:
        full = apart(build, settings, whole)
        (folder / _KEPT).write_text(json.dumps(asdict(full)), encoding="utf-8")
    apart(build, settings, whole)
    one = apart(build, settings, changed)
    assert one.changed == 1
    found = evaluate(open_archive(settings), options.questions)
    times, own_memory, memory = apart(ask_questions, settings, options)
    return Part(
        "All of Congress",
        (__doc__ or "").partition("\n\n")[2].partition("\n\n")[2].strip(),
        (
            _builds(folder, full, one),
            _questions(times, own_memory, memory),
            _quality(found.quality),
            decisions(found),
            _lists(folder),
        ),
        targets=(
            Target(
                "one changed release of all, over the full build, in time of the processor",
                0.02,
                "x",
                one.processor / full.processor,
                "",
            ),
            Target("memory of a full build", _LARGEST, "MiB", full.peak, ""),
            Target("resident memory after the questions", _LARGEST, "MiB", memory, ""),
        ),
    )


def _kept(folder: Path) -> Built | None:
    """What the index that is there cost, if there is one that can be read."""
    with suppress(NoIndex, IndexVersion, IndexOutdated, FileNotFoundError):
        _ = open_archive(Settings(data=folder)).index
        return Built(**json.loads((folder / _KEPT).read_text(encoding="utf-8")))
    return None


def _builds(folder: Path, full: Built, one: Built) -> Table:
    manifest = open_index(folder).manifest
    disk = sum(sums.size for sums in manifest.files.values()) / 1e6
    columns = (
        "|reading, s|embedding, s|the rest, s|all, s|CPU, s|peak, MiB|cores busy with other work"
    )
    return Table(
        f"Built: {manifest.releases:,} releases, {manifest.paragraphs:,} paragraphs,"
        f" {manifest.passages:,} passages",
        tuple(columns.split("|")),
        tuple(
            (
                name,
                f"{each.reading:.1f}",
                f"{each.embedding:.1f}",
                f"{each.writing:.1f}",
                f"{each.seconds:.1f}",
                f"{each.processor:.0f}",
                f"{each.peak:.0f}",
                "not counted" if each.others is None else f"{each.others:.2f}",
            )
            for name, each in (("in full", full), ("one release changed", one))
        ),
        f"{disk:.0f} MB on disk. When it was built codes found {manifest.recall} of the nearest.",
    )


def _questions(times: dict[str, list[float]], own_memory: float, memory: float) -> Table:
    return Table(
        f"One question after another ({len(times['answered'])} questions)",
        ("", "ms", "95 %"),
        tuple(
            (name, f"{np.median(each):.1f}", f"{np.percentile(each, 95):.1f}")
            for name, each in times.items()
        ),
        f"Afterwards the process holds {own_memory:.0f} MiB itself, and {memory:.0f} MiB are"
        " resident with the mapped files that were met.",
    )


def _quality(quality: Quality | None) -> Table:
    rows = []
    if quality:
        hits = [f"{each.value:.3f}" for each in quality.hits.values()]
        releases = [f"{each.value:.3f}" for each in quality.releases.values()]
        rows.append((*hits, interval(quality.mrr), *releases))
    return Table(
        "The questions over six newsrooms, asked of all",
        ("hit@1", "@3", "@5", "@10", "MRR", "release@1", "@3"),
        tuple(rows),
        "Releases of other newsrooms on the same subject are not marked as relevant.",
    )


def _lists(folder: Path) -> Table:
    started = time.perf_counter()
    index = open_index(folder)
    rows = [("opened, checksums included", (time.perf_counter() - started) * 1000), *lookups(index)]
    return Table("Opened, and looked up", ("", "ms"), tuple((a, f"{b:.1f}") for a, b in rows))


if __name__ == "__main__":
    run_alone(measure, __doc__ or "")
