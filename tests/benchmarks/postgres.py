"""An index in a data folder beside the same in PostgreSQL: building, changing, searching, sharing.

    python -m tests.benchmarks.postgres [--data DIR] [--shared DIR]

copies the data folder, publishes its index in a PostgreSQL of its own on this machine, and measures
both in turns. Nothing is re-ranked: that takes the same time over both. Recall is held against an
exact search; the quality is that of the order before re-ranking.
"""

import json
import multiprocessing
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from queue import Queue
from typing import Any

import numpy as np
import psutil
import psycopg

from bot.settings import Settings, open_archive
from embeddings.encoder import Encoder, Vectors
from retrieval.archive import Archive
from retrieval.evaluation.evaluate import evaluate
from retrieval.evaluation.questions import read_questions
from retrieval.index.folder_index import FolderIndex, open_index
from retrieval.index.postgres import passage_search
from retrieval.index.postgres.schema import BM25_INDEX, SCHEMA
from retrieval.postgres_store import PostgresStore
from retrieval.question import Question
from retrieval.text.tokens import terms
from tests.benchmarks.machine import resident
from tests.benchmarks.parts import Options, Part, Table, run_alone
from tests.benchmarks.retrieval import TODAY, interval
from tests.benchmarks.timing import Times, interleaved
from tests.postgres import PostgresServer, running_server

_K = 10
_CANDIDATES = 100
_SECONDS = 20.0  # for which processes ask at once
_SWITCHES = 20
_LISTENERS = 3
_CHANGES = 5

FOLDER, DATABASE, WITHOUT = "folder", "PostgreSQL", "PostgreSQL without pg_textsearch"


@dataclass(frozen=True, slots=True)
class Cost:
    """What publishing took: of everything, of one change, and that change in a folder alone.

    Seconds; sizes are MB on the disk.
    """

    first: float
    changed: float
    changed_in_folder: float
    folder_size: float
    database_size: float


@contextmanager
def opened(url: str, data: Path, encoder: Encoder) -> Iterator[Archive]:
    """The archive of a database, without a reranker."""
    with closing(PostgresStore(url, data)) as store:
        yield Archive(data, encoder, None, store=store, today=lambda: TODAY)


def in_folder(data: Path, encoder: Encoder) -> Archive:
    """The archive of a data folder, without a reranker."""
    return Archive(data, encoder, None, today=lambda: TODAY)


def publish(url: str, data: Path, encoder: Encoder, *, anew: bool = False) -> float:
    """Publish the index of a data folder; the seconds that it took."""
    started = time.perf_counter()
    with (
        closing(PostgresStore(url, data)) as store,
        store.building(encoder, None, lambda _: None, rebuild=anew) as published,
    ):
        published()
    return time.perf_counter() - started


def change(url: str | None, data: Path, encoder: Encoder, text: str) -> float:
    """Add a paragraph to a release in the middle; the seconds of the build, published if a url."""
    source = data / "newsrooms.jsonl"
    rows = [json.loads(line) for line in source.read_text(encoding="utf-8").splitlines()]
    rows[len(rows) // 2]["text"] += f"\n\n{text}"
    source.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    archive = Archive(data, encoder, None, store=PostgresStore(url, data) if url else None)
    started = time.perf_counter()
    report = archive.reindex([source])
    seconds = time.perf_counter() - started
    assert report.changed == 1, report
    archive.store.close()
    return seconds


def cost(url: str, data: Path, encoder: Encoder) -> Cost:
    """Publish an index, then one change of it."""
    alone = shutil.copytree(data, data.with_name("alone"))
    for folder in (data, alone):  # read with this version's readers
        in_folder(folder, encoder).reindex([folder / "newsrooms.jsonl"])
    first = publish(url, data, encoder)
    seconds = list[list[float]]()
    for turn in range(_CHANGES):
        text = f"The bridge over the harbor opens on day {turn}."
        seconds.append([change(None, alone, encoder, text), change(url, data, encoder, text)])
    folder, database = np.median(seconds, axis=0)
    with psycopg.connect(url) as connection:
        ((size,),) = connection.execute("SELECT pg_database_size(current_database())").fetchall()
    in_files = sum(each.size for each in open_index(data).manifest.files.values())
    return Cost(first, database, folder, in_files / 1e6, size / 1e6)


def recalls(index: FolderIndex, archive: Archive, texts: Sequence[str]) -> Mapping[str, float]:
    """The share of the true ten nearest by cosine, and of the true ten best by BM25, found."""
    nearest, best = [], []
    every = np.arange(len(index.passages))
    where = [
        (release, passage.paragraph, passage.start) for release, passage in index.located(every)
    ]
    numbers = index.releases.ids()
    other = archive.index
    names = {number: numbers[id] for id, number in other.releases.ids().items()}
    for text in texts:
        vector: Vectors = archive.encoder.encode_queries([text])[0]
        found = other.search(vector, other.idf(terms(text)), None).best(_CANDIDATES)
        held = {
            (names[release], passage.paragraph, passage.start)
            for release, passage in other.located(found.rows)
        }
        cosines = index.vectors.scores_of(vector, every)
        scores = index.bm25.scores(terms(text))
        for ranked, shares in ((cosines, nearest), (scores, best)):
            top = np.argsort(-ranked, kind="stable")[:_K]
            wanted = [where[row] for row in top if ranked[row] > 0]
            shares.append(float(np.mean([each in held for each in wanted])) if wanted else 1.0)
    return {"cosine": float(np.mean(nearest)), "BM25": float(np.mean(best))}


def open_each(url: str, data: Path, told: Any) -> None:
    """In a process of its own, open each new generation as soon as it is heard of.

    Puts into a queue 0 when it is ready, and then the time of each, as `time.time` has it.
    """
    encoder = open_archive(Settings(data=data)).encoder
    with opened(url, data, encoder) as archive:
        seen = archive.index
        told.put(0.0)

        def open_new() -> None:
            nonlocal seen
            if (now := archive.index) is not seen:
                seen = now
                len(now.titles.matching("bridge"))  # loads all titles, as the bot does
                told.put(time.time())

        with archive.store.listen(open_new):
            time.sleep(3600)


def switches(url: str, data: Path, encoder: Encoder) -> list[float]:
    """Milliseconds from a notification until three processes have opened the generation."""
    context = multiprocessing.get_context("spawn")
    told, taken = context.Queue(), list[float]()
    processes = [
        context.Process(target=open_each, args=(url, data, told), daemon=True)
        for _ in range(_LISTENERS)
    ]
    heard = Queue[float]()
    for each in processes:
        each.start()
    for _ in processes:
        assert told.get(timeout=60) == 0.0
    with (
        closing(PostgresStore(url, data)) as store,
        store.listen(lambda: heard.put(time.time())),
    ):
        heard.get(timeout=30)  # it is called once at the beginning
        for turn in range(_SWITCHES):
            change(url, data, encoder, f"The ferry of hour {turn} is late.")
            published = heard.get(timeout=30)
            seen = [told.get(timeout=30) for _ in processes]
            taken.append((max(seen) - published) * 1000)
    for each in processes:
        each.kill()
    return taken


def asked_while_publishing(url: str, data: Path, texts: Sequence[str]) -> list[float]:
    """Milliseconds of the questions that are asked while everything is published anew."""
    encoder = open_archive(Settings(data=data)).encoder
    context, taken = multiprocessing.get_context("spawn"), list[float]()
    publishing = context.Process(target=publish_anew, args=(url, data))
    with opened(url, data, encoder) as archive:
        archive.ask(Question(texts[0]))
        publishing.start()
        while publishing.is_alive():
            started = time.perf_counter()
            archive.ask(Question(texts[len(taken) % len(texts)]))
            taken.append((time.perf_counter() - started) * 1000)
    assert not publishing.exitcode
    return taken


def publish_anew(url: str, data: Path) -> None:
    """Publish the index of a data folder as if nothing of it were in the database."""
    publish(url, data, open_archive(Settings(data=data)).encoder, anew=True)


def ask(url: str | None, data: Path, texts: Sequence[str]) -> tuple[float, float]:
    """Ask for some seconds, in a process of its own: questions a second, and MiB that it holds.

    Without an address a folder is asked.
    """
    encoder = open_archive(Settings(data=data)).encoder
    with opened(url, data, encoder) if url else nullcontext(in_folder(data, encoder)) as archive:
        archive.ask(Question(texts[0]))
        started, count = time.perf_counter(), 0
        while (seconds := time.perf_counter() - started) < _SECONDS:
            archive.ask(Question(texts[count % len(texts)]))
            count += 1
        return count / seconds, resident(field="RssAnon")


def server_memory(server: PostgresServer) -> float:
    """The MiB that a server has for all its processes, and that these hold besides.

    The latter are not known of a server of one's own.
    """
    with psycopg.connect(server.url) as connection:
        ((shared,),) = connection.execute(
            "SELECT setting::bigint FROM pg_settings WHERE name = 'shared_memory_size'"
        ).fetchall()
    if not server.pgdata:
        return float(shared)
    number = int((server.pgdata / "postmaster.pid").read_text().split()[0])
    processes = [psutil.Process(number), *psutil.Process(number).children(recursive=True)]
    return float(shared) + sum(each.memory_full_info().uss for each in processes) / 2**20


def together(
    url: str | None, data: Path, texts: Sequence[str], processes: int
) -> tuple[float, float]:
    """Questions a second of some processes at once, and the MiB that one of them holds."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, context) as pool:
        asked = [pool.submit(ask, url, data, texts) for _ in range(processes)]
        rates, memory = zip(*[each.result() for each in asked], strict=True)
        return sum(rates), max(memory)


def measure(options: Options) -> Part:
    """Measure all of it over a copy of the index."""
    with tempfile.TemporaryDirectory() as name, running_server(_folder(Path(name))) as server:
        data = Path(name) / "data"
        shutil.copytree(options.data, data)
        encoder = open_archive(Settings(data=data)).encoder
        texts = [each.question.text for each in read_questions(options.questions)]
        texts = texts[: options.times(120)]
        with server.database() as url:
            costs = cost(url, data, encoder)
            folder, index = in_folder(data, encoder), open_index(data)
            with opened(url, data, encoder) as database:
                methods = {
                    FOLDER: lambda text: folder.ask(Question(text)),
                    DATABASE: lambda text: database.ask(Question(text)),
                }
                times = interleaved(methods, texts)
                held = {"the server": server_memory(server)}
                quality = {
                    each: evaluate(archive, options.questions).quality
                    for each, archive in ((FOLDER, folder), (DATABASE, database))
                }
                exact = passage_search.EXACT_UP_TO
                passage_search.EXACT_UP_TO = 0  # as over many passages
                found = {DATABASE: recalls(index, database, texts)}
                coded = interleaved({DATABASE: methods[DATABASE]}, texts)
                passage_search.EXACT_UP_TO = exact
            many = {count: together(url, data, texts, count) for count in (1, 2, 4)}
            held |= {FOLDER: together(None, data, texts, 1)[1], DATABASE: many[1][1]}
            seen = switches(url, data, encoder)
            meanwhile = asked_while_publishing(url, data, texts)
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute(f'DROP INDEX "{SCHEMA}".{BM25_INDEX}'.encode())
            with opened(url, data, encoder) as database:
                times |= interleaved({WITHOUT: lambda text: database.ask(Question(text))}, texts)
                quality[WITHOUT] = evaluate(database, options.questions).quality
                found[WITHOUT] = recalls(index, database, texts)
        manifest = index.manifest
    about = (__doc__ or "").partition("\n\n")[2].partition("\n\n")[2].strip()
    sizes = f"{manifest.releases:,} releases, {manifest.passages:,} passages"
    return Part(
        "PostgreSQL",
        about,
        (
            Table(
                f"Building and changing: {sizes}",
                ("", "seconds"),
                (
                    ("publish all of a built index", f"{costs.first:.1f}"),
                    ("one change, in a folder alone", f"{costs.changed_in_folder:.2f}"),
                    ("one change, built and published", f"{costs.changed:.2f}"),
                ),
                f"On the disk: folder {costs.folder_size:,.0f} MB, "
                f"database {costs.database_size:,.0f} MB.",
            ),
            Table(
                "A question, before re-ranking",
                ("", "median ms", "95 % ms", "MRR", "recall@10 cosine", "recall@10 BM25"),
                tuple(
                    (
                        each,
                        *_percentiles(times, each),
                        interval(found_quality.mrr if (found_quality := quality[each]) else None),
                        *(f"{found[each][by]:.3f}" if each in found else "1" for by in _BY),
                    )
                    for each in (FOLDER, DATABASE, WITHOUT)
                ),
                "Recall is that of the HNSW index, which searches of over "
                f"{passage_search.EXACT_UP_TO:,} passages use; with it a question takes "
                f"{_percentiles(coded, DATABASE)[0]} ms.",
            ),
            Table(
                "Processes that ask at once",
                ("processes", "questions a second"),
                tuple((str(count), f"{rate:.1f}") for count, (rate, _) in many.items()),
                f"{_LISTENERS} processes have opened a generation {np.median(seen):.0f} ms after "
                f"it was published (median of {len(seen)}; at worst {max(seen):.0f}). While all is "
                f"published anew, a question takes {np.median(meanwhile):.0f} ms "
                f"(95 %: {np.percentile(meanwhile, 95):.0f}, at worst {max(meanwhile):.0f}).",
            ),
            Table(
                "Memory",
                ("", "MiB"),
                tuple((each, f"{mib:.0f}") for each, mib in held.items()),
                "Of a process that asks, its own; of the server, what its processes hold together.",
            ),
        ),
    )


_BY = ("cosine", "BM25")


def _percentiles(times: Times, name: str) -> tuple[str, str]:
    return tuple(f"{np.percentile(times[name], each):.0f}" for each in (50, 95))  # type: ignore[return-value]


def _folder(path: Path) -> Path:
    found = path / "postgres"
    found.mkdir()
    return found


if __name__ == "__main__":
    run_alone(measure, __doc__ or "")
