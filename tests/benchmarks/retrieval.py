"""Retrieval quality of Verbatim and of the baselines over the same index.

    python -m tests.benchmarks.retrieval [--data DIR] [--shared DIR] [--quick]

It is `verbatim eval --baselines` over the newsrooms of `NEWSROOMS`, 90 questions with a known
answer and 35 without. Their index is built in ``--data`` if it is not there yet.
"""

import gzip
import json
import sys
import time
from contextlib import suppress
from datetime import date
from pathlib import Path

from bot.settings import Settings, open_archive
from retrieval.errors import IndexOutdated, IndexVersion, NoIndex
from retrieval.evaluation.evaluate import Evaluation, Quality, evaluate
from retrieval.evaluation.metrics import Estimate
from tests.benchmarks.parts import Options, Part, Table, run_alone

NEWSROOMS = (
    "norcross.house.gov",
    "lofgren.house.gov",
    "www.hoeven.senate.gov",
    "www.duckworth.senate.gov",
    "www.bennet.senate.gov",
    "www.fischer.senate.gov",
)
TODAY = date(2026, 4, 11)
"""The day after the last release, to which "last March" is relative."""


def built(options: Options) -> None:
    """Build the index over `NEWSROOMS` if it is missing."""
    _build(Settings(data=options.data), newsrooms_file(options))


def newsrooms_file(options: Options) -> Path:
    """Return the file of the releases of `NEWSROOMS`, written if it is missing."""
    source = options.data / "newsrooms.jsonl"
    if not source.exists():
        options.data.mkdir(parents=True, exist_ok=True)
        with gzip.open(options.releases, "rt", encoding="utf-8") as lines:
            chosen = [line for line in lines if json.loads(line)["domain"] in NEWSROOMS]
        source.write_text("".join(chosen), encoding="utf-8")
    return source


def built_in_int8(options: Options) -> Settings:
    """Build the same in int8 if it is missing; return the settings that open it."""
    built(options)
    folder = options.data.with_name(f"{options.data.name}-int8")
    settings = Settings(data=folder, precision="int8")
    _build(settings, options.data / "newsrooms.jsonl")
    return settings


def _build(settings: Settings, source: Path) -> None:
    archive = open_archive(settings)
    with suppress(NoIndex, IndexVersion, IndexOutdated):
        _ = archive.index
        return
    started = time.perf_counter()
    report = archive.reindex([source])
    seconds = time.perf_counter() - started
    print(f"indexed {report.releases:,} releases in {seconds:.0f} s", file=sys.stderr)


def _say_embedded(done: int, total: int) -> None:
    print(f"embedding for the baselines: {done:,} of {total:,} texts", file=sys.stderr)


def measure(options: Options) -> Part:
    """Build what is missing, then evaluate."""
    built(options)
    archive = open_archive(Settings(data=options.data))
    evaluation = evaluate(
        archive, options.questions, baselines=not options.quick, on_embedded=_say_embedded
    )
    return Part(
        "Finding the right paragraph",
        f"{archive.index.manifest.passages:,} passages of six newsrooms; intervals are 95 %, by"
        " bootstrap over the questions. The lead is that of Verbatim in MRR, paired by question.",
        (_rankings(evaluation), decisions(evaluation)),
    )


def _rankings(evaluation: Evaluation) -> Table:
    rows = [_row(evaluation.quality, None)] if evaluation.quality else []
    rows += [_row(each.quality, each.lead) for each in evaluation.comparisons]
    columns = ("method", "hit@1", "@3", "@5", "@10", "MRR", "release@1", "@3", "lead")
    return Table("Rankings", columns, tuple(rows))


def _row(quality: Quality, lead: Estimate | None) -> tuple[str, ...]:
    hits = [f"{each.value:.3f}" for each in quality.hits.values()]
    releases = [f"{each.value:.3f}" for each in quality.releases.values()]
    return (quality.name, *hits, interval(quality.mrr), *releases, interval(lead) if lead else "")


def decisions(evaluation: Evaluation) -> Table:
    """Tabulate the rates of answers and refusals, and the highlights."""
    abstention = evaluation.abstention
    rates = [(f"{each.kind}, refused", each) for each in abstention.refused]
    if abstention.answered:
        rates.insert(0, ("answerable, answered", abstention.answered))
    rows = [(name, str(each.questions), interval(each.current)) for name, each in rates]
    rows.append(("highlight on the answer", "", interval(evaluation.highlight)))
    rows.append(("AUROC of the confidence", "", interval(abstention.auroc)))
    return Table("Decisions and highlights", ("", "questions", "share"), tuple(rows))


def interval(estimate: Estimate | None) -> str:
    """Format a value with its confidence interval."""
    if estimate is None:
        return ""
    return f"{estimate.value:.3f} ({estimate.low:.2f} to {estimate.high:.2f})"


if __name__ == "__main__":
    run_alone(measure, __doc__ or "")
