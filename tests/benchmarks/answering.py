"""Time and quality of answers over six newsrooms, compared with an encoder and with txtai.

    python -m tests.benchmarks.answering [--data DIR] [--quick]

All methods run in one process, in turns, on one thread unless questions are concurrent. ``encode``
of sentence-transformers retrieves nothing by itself: it is the first step of dense retrieval.
"""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np

from bot.archive_service import ArchiveService
from bot.settings import Settings, open_archive
from embeddings.threads import torch_threads
from retrieval.archive import Archive
from retrieval.evaluation.evaluate import Ranks, evaluate, ranks_of
from retrieval.evaluation.metrics import bootstrap_mean, hit_at, reciprocal_rank
from retrieval.evaluation.questions import locate_answers, read_questions
from retrieval.index.folder_index import FolderIndex
from retrieval.index.scored_passages import Selection
from retrieval.query.understanding import parse_readings
from retrieval.question import Question
from retrieval.ranking.candidates import candidate_rows, load_candidates
from retrieval.ranking.hits import distinct
from retrieval.ranking.rounds import READ
from retrieval.ranking.searcher import Searcher
from retrieval.release import Filter
from tests.benchmarks.checkpoints import encoder_checkpoint
from tests.benchmarks.parts import Options, Part, Table, Target, run_alone
from tests.benchmarks.retrieval import TODAY, built, built_in_int8, interval
from tests.benchmarks.timing import interleaved
from tests.benchmarks.txtai_peer import Txtai, installed, open_txtai

ENCODE = "sentence-transformers, encode alone"
TXTAI = "txtai, hybrid, best 10"
ENCODED, ENCODED_SMALL = "Verbatim, encode alone", "Verbatim in int8, encode alone"
RANKED = "Verbatim, before reranking"
RANKED_SMALL = "Verbatim in int8, before reranking"
UNRERANKED = "Verbatim, without the reranker, whole answer"
RERANKED = "Verbatim, with the reranker, whole answer"
AT_ONCE = 50
_ENCODING = "encoding it"
_STAGES = (
    "understanding the question",
    _ENCODING,
    "retrieving candidates",
    "loading their texts",
    "features and ranking",
    "removing duplicates",
)
_SLICE = (0.6, 0.7)  # of the rows by date: a tenth


def measure(options: Options) -> Part:
    """Measure questions one at a time beside the peers, concurrent ones, and a date filter."""
    built(options)
    archive = open_archive(Settings(data=options.data))
    unreranked = Archive(options.data, archive.encoder, None, today=lambda: TODAY)
    archive.warm_up()
    known = read_questions(options.questions)
    texts = [each.question.text for each in known]
    small = open_archive(built_in_int8(options))
    small.warm_up()
    peer = open_txtai(options.data, archive.index) if installed() else None
    alone, targets = _alone(archive, unreranked, small, peer, texts[: options.times(120)])
    stages, slowest = _stages(archive, texts[: options.times(120)])
    targets = tuple(replace(each, binds=f"{each.binds}, {slowest}") for each in targets)
    at_once, many = _at_once(archive, unreranked, texts, 8 if options.quick else AT_ONCE)
    within, sliced = _within(archive.index, archive, unreranked, texts[: options.times(100)])
    return Part(
        "Answers",
        (__doc__ or "").partition("\n\n")[2].partition("\n\n")[2].strip(),
        (alone, stages, _quality(options, archive, unreranked, small, peer), at_once, within),
        targets=(*targets, many, sliced),
    )


def _alone(
    archive: Archive, unreranked: Archive, small: Archive, peer: Txtai | None, texts: Sequence[str]
) -> tuple[Table, tuple[Target, ...]]:
    from sentence_transformers import SentenceTransformer

    folder = encoder_checkpoint(Settings().model, archive.data)
    model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    index, encoder = archive.index, archive.encoder
    methods: dict[str, Callable[[str], Any]] = {
        ENCODE: lambda text: model.encode([text], normalize_embeddings=True),
        ENCODED: lambda text: encoder.encode_queries([text]),
        ENCODED_SMALL: lambda text: small.encoder.encode_queries([text]),
        RANKED: lambda text: unreranked.searcher.search(Question(text)),
        RANKED_SMALL: lambda text: small.searcher.search(Question(text)),
        UNRERANKED: lambda text: unreranked.ask(Question(text)),
        RERANKED: lambda text: archive.ask(Question(text)),
    }
    if peer:
        methods[TXTAI] = lambda text: peer.search(text, 10)
    with torch_threads(1):
        times = interleaved(methods, texts)
    median = {name: float(np.median(each)) for name, each in times.items()}
    rows = tuple(
        (
            name,
            f"{median[name]:.1f}",
            f"{np.percentile(each, 95):.1f}",
            f"{median[name] / median[ENCODE]:.2f}",
            f"{median[name] / median[TXTAI]:.2f}" if peer else "",
        )
        for name, each in times.items()
    )
    table = Table(
        f"One question after another ({len(texts)} questions, {len(index.vectors):,} passages)",
        ("", "ms", "95 %", "x encode", "x txtai"),
        rows,
        "Before reranking: parsing, encoding, retrieval, features, ranking. The whole answer also"
        " has a highlight and a confidence; the reranker scores 16 candidates and the sentences of"
        " five paragraphs. In int8: with `VERBATIM_PRECISION=int8`."
        + ("" if peer else " txtai is not installed."),
    )
    return table, tuple(
        Target(
            f"question to ranked answer, before reranking{how}, over {whose}",
            bound,
            "x",
            median[ranked] / median[over] if over in median else None,
            f"of {median[ranked]:.1f} ms {median[encoded]:.1f} encode the question",
        )
        for how, ranked, encoded in (
            ("", RANKED, ENCODED),
            (", in int8", RANKED_SMALL, ENCODED_SMALL),
        )
        for whose, over, bound in (
            ("encode of sentence-transformers", ENCODE, 0.5),
            ("a search of txtai's", TXTAI, 0.3),
        )
    )


def _stages(archive: Archive, texts: Sequence[str]) -> tuple[Table, str]:
    """Measure the stages before reranking; also name the slowest ones except for encoding."""
    searcher = Searcher(archive.index, archive.encoder, today=lambda: TODAY)
    index, taken = searcher.index, {name: list[float]() for name in _STAGES}
    for text in texts:
        at = [time.perf_counter()]
        query = searcher.understand(Question(text))
        at.append(time.perf_counter())
        vector = archive.encoder.encode_queries([query.text])[0]
        at.append(time.perf_counter())
        rows = candidate_rows(index.search(vector, query.idf, query.selection))
        at.append(time.perf_counter())
        candidates = load_candidates(index, rows)
        at.append(time.perf_counter())
        hits = searcher.rank(query, candidates)
        at.append(time.perf_counter())
        distinct(hits, READ)
        at.append(time.perf_counter())
        for name, (since, until) in zip(_STAGES, pairwise(at), strict=True):
            taken[name].append((until - since) * 1000)
    median = {name: float(np.median(each)) for name, each in taken.items()}
    whole = sum(median.values())
    table = Table(
        "Where the time goes before reranking",
        ("", "ms", "95 %", "share"),
        tuple(
            (name, f"{each:.2f}", f"{np.percentile(taken[name], 95):.2f}", f"{each / whole:.2f}")
            for name, each in median.items()
        ),
    )
    slowest = sorted((name for name in median if name != _ENCODING), key=lambda n: -median[n])[:3]
    return table, ", ".join(f"{name} {median[name]:.1f} ms" for name in slowest)


def _quality(
    options: Options, archive: Archive, unreranked: Archive, small: Archive, peer: Txtai | None
) -> Table:
    """Measure how well the timed methods rank, on the answerable questions."""
    judged, _ = locate_answers(read_questions(options.questions), archive.index.releases)
    ranks: dict[str, list[Ranks]] = {}
    own = (
        ("Verbatim", archive),
        ("Verbatim in int8", small),
        ("Verbatim, without the reranker", unreranked),
        (
            "Verbatim in int8, without the reranker",
            Archive(small.data, small.encoder, None, today=lambda: TODAY),
        ),
    )
    for name, each in own:
        outcomes = evaluate(each, options.questions).outcomes
        ranks[name] = [outcome.ranks for outcome in outcomes if outcome.ranks]
    if peer:
        ranks["txtai, hybrid"] = [
            ranks_of([(ref,) for ref in peer.rank(each.entry.question)], each.relevant)
            for each in judged
            if each.relevant
        ]
    rows = []
    for name, found in ranks.items():
        reciprocal = np.array([reciprocal_rank(each.paragraph) for each in found])
        first = np.array([reciprocal_rank(each.paragraph) for each in ranks["Verbatim"]])
        hits = bootstrap_mean([hit_at(each.paragraph, 5) for each in found])
        lead = "" if name == "Verbatim" else interval(bootstrap_mean(first - reciprocal))
        rows.append((name, interval(bootstrap_mean(reciprocal)), interval(hits), lead))
    return Table(
        f"How good these rankings are ({len(ranks['Verbatim'])} questions)",
        ("", "MRR", "hit@5", "Verbatim leads in MRR by"),
        tuple(rows),
    )


def _at_once(
    archive: Archive, unreranked: Archive, texts: Sequence[str], count: int
) -> tuple[Table, Target]:
    """Ask the bot's archive service questions, one at a time and all at once."""
    rows, gains, busy = [], {}, {}
    for name, each in ((RERANKED, archive), (UNRERANKED, unreranked)):
        taken: dict[str, list[tuple[float, float]]] = {"one at a time": [], "at once": []}
        for turn in range(3):
            some = [texts[(turn * count + at) % len(texts)] for at in range(count)]
            for way in taken:
                taken[way].append(
                    asyncio.run(_through_service(each, some, together=way != "one at a time"))
                )
        for way, runs in taken.items():
            wall, used = (float(np.median(each)) for each in zip(*runs, strict=True))
            busy[name, way] = used / wall
            gains[name, way] = count / wall
            base = gains[name, "one at a time"]
            rows.append(
                (
                    f"{name}, {way}",
                    f"{count / wall:.1f}",
                    f"{gains[name, way] / base:.2f}",
                    f"{used / wall:.2f}",
                )
            )
    gain = gains[RERANKED, "at once"] / gains[RERANKED, "one at a time"]
    table = Table(
        f"{count} questions through the archive service (median of 3 runs, others each time)",
        ("", "questions/s", "x", "cores busy"),
        tuple(rows),
        "`x` is of the rate. The service has one thread per core. A single question"
        " keeps one core busy, so the number of cores is the most that can be gained.",
    )
    return table, Target(
        f"{count} questions at once, over one at a time",
        3,
        "x",
        gain,
        f"cores: one question keeps {busy[RERANKED, 'one at a time']:.2f} busy, {count} at once"
        f" {busy[RERANKED, 'at once']:.2f}; the same work is done for each",
        at_least=True,
    )


async def _through_service(
    archive: Archive, texts: Sequence[str], *, together: bool
) -> tuple[float, float]:
    """Return the wall time and the processor time, in seconds."""
    service = ArchiveService(archive, lambda: (), None)
    try:
        await service.ask(Question(texts[0]))
        started, used = time.perf_counter(), time.process_time()
        if together:
            await asyncio.gather(*(service.ask(Question(text)) for text in texts))
        else:
            for text in texts:
                await service.ask(Question(text))
        return time.perf_counter() - started, time.process_time() - used
    finally:
        await service.close()


def _within(
    index: FolderIndex, archive: Archive, unreranked: Archive, texts: Sequence[str]
) -> tuple[Table, Target]:
    """Compare a tenth by date with everything: vector scan, BM25, candidates, whole question."""
    first, last = (index.release_of[int(len(index.passages) * at)] for at in _SLICE)
    infos = index.releases.by_number([int(first), int(last)])
    allowed = Filter(infos[int(first)].date, infos[int(last)].date)
    searched = Selection(allowed)
    mask = index.rows_in(searched)
    assert mask is not None
    queries = {text: archive.encoder.encode_queries([text])[0] for text in texts}
    weights = {text: parse_readings(Question(text), index, TODAY)[0].idf for text in texts}
    stages: Mapping[str, tuple[Callable[[str], Any], Callable[[str], Any]]] = {
        "scan of the vectors, best 100": (
            lambda text: index.vectors.top(queries[text], 100, mask),
            lambda text: index.vectors.top(queries[text], 100),
        ),
        "BM25, best 100": (
            lambda text: index.bm25.top([*weights[text]], 100, mask),
            lambda text: index.bm25.top([*weights[text]], 100),
        ),
        "candidates": (
            lambda text: candidate_rows(index.search(queries[text], weights[text], searched)),
            lambda text: candidate_rows(index.search(queries[text], weights[text], None)),
        ),
        "question to answer, without the reranker": (
            lambda text: unreranked.ask(_dated(text, allowed)),
            lambda text: unreranked.ask(Question(text)),
        ),
    }
    rows, ratios = [], {}
    for name, (part, whole) in stages.items():
        times = interleaved({"part": part, "whole": whole}, texts)
        some, every = (float(np.median(times[each])) for each in ("part", "whole"))
        ratios[name] = some / every
        rows.append((name, f"{some:.2f}", f"{every:.2f}", f"{some / every:.3f}"))
    scan = ratios["scan of the vectors, best 100"]
    table = Table(
        f"A tenth by date ({int(mask.sum()):,} of {len(mask):,} passages)",
        ("", "a tenth, ms", "all, ms", "x"),
        tuple(rows),
        "The rest of a question (parsing, encoding, loading texts) takes the same time"
        " whatever is searched.",
    )
    return table, Target(
        f"a tenth by date over all, scan of {len(mask):,} vectors",
        0.15,
        "x",
        scan,
        "the fixed costs of a call; see the larger sizes in Search",
    )


def _dated(text: str, allowed: Filter) -> Question:
    return replace(Question(text), since=allowed.since, until=allowed.until)


if __name__ == "__main__":
    run_alone(measure, __doc__ or "")
