"""The time of an answer against its budget, on one thread at 20,000 passages.

    python -m tests.benchmarks.answer_time [--data DIR] [--quick]

The whole answer, and of it the reading of 16 candidates by the reranker, in turns.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from bot.settings import Settings, open_archive
from embeddings.reranker import SourcedText
from embeddings.threads import torch_threads
from retrieval.archive import Archive
from retrieval.evaluation.questions import read_questions
from retrieval.question import Question
from retrieval.ranking.candidates import reranker_text
from retrieval.ranking.rounds import READ
from tests.benchmarks.parts import Options, Part, Table, Target, run_alone
from tests.benchmarks.retrieval import built
from tests.benchmarks.timing import Times, interleaved

ENCODED = "encoding the question"
READING = f"reading {READ} candidates"
ANSWERED = "whole answer"
BUDGET = {READING: 80.0, ANSWERED: 150.0}
"""Milliseconds, at the median."""


def measure(options: Options) -> Part:
    """Time the questions over the six newsrooms."""
    built(options)
    archive = open_archive(Settings(data=options.data))
    archive.warm_up()
    texts = [each.question.text for each in read_questions(options.questions)]
    texts = texts[: options.times(120)]
    candidates = {text: _candidates(archive, text) for text in texts}
    reranker = archive.reranker
    assert reranker
    methods: Mapping[str, Callable[[str], Any]] = {
        ENCODED: lambda text: archive.encoder.encode_queries([text]),
        READING: lambda text: reranker.read(text, candidates[text]),
        ANSWERED: lambda text: archive.ask(Question(text)),
    }
    with torch_threads(1):
        times = interleaved(methods, texts)
    passages = archive.index.manifest.passages
    return Part(
        "The time of an answer",
        f"{len(texts)} questions one after another on one thread, over {passages:,} passages.",
        (table_of(times),),
        targets=tuple(
            Target(f"{name}, p50", most, "ms", float(np.median(times[name])))
            for name, most in BUDGET.items()
        ),
    )


def table_of(times: Times) -> Table:
    """Tabulate the median and the 95th percentile of each method."""
    return Table(
        "Milliseconds",
        ("", "p50", "p95"),
        tuple(
            (name, *(f"{np.percentile(each, percent):.1f}" for percent in (50, 95)))
            for name, each in times.items()
        ),
    )


def _candidates(archive: Archive, text: str) -> Sequence[SourcedText]:
    """Return what the reranker reads for a question, in the order of the first stage."""
    searcher = archive.searcher
    query = searcher.understand(Question(text))
    hits = sorted(
        searcher.rank(query, searcher.retrieve(query)), key=lambda each: -each.first_score
    )
    return [reranker_text(each.candidate) for each in hits[:READ]]


if __name__ == "__main__":
    run_alone(measure, __doc__ or "")
