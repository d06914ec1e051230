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
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
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
from tests.benchmarks.parts import Options, Part, Table, run_alone
from tests.benchmarks.retrieval import TODAY, interval
from tests.benchmarks.timing import Times, interleaved
from tests.postgres import running_server

_K = 10
_CANDIDATES = 100
_SECONDS = 20.0  # for which processes ask at once
_SWITCHES = 20

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


def publish(url: str, data: Path, encoder: Encoder) -> float:
    """Publish the index of a data folder; the seconds that it took."""
    started = time.perf_counter()
    with (
        closing(PostgresStore(url, data)) as store,
        store.building(encoder, None, lambda _: None) as published,
    ):
        published()
    return time.perf_counter() - started


def cost(url: str, data: Path, encoder: Encoder) -> Cost:
    """Publish an index, then one change of it."""
    alone = data.with_name("alone")
    shutil.copytree(data, alone)
    first = publish(url, data, encoder)
    seconds = []
    for folder, store in ((alone, None), (data, url)):
        source = folder / "newsrooms.jsonl"
        archive = Archive(folder, encoder, None)
        if store:
            archive = Archive(folder, encoder, None, store=PostgresStore(store, folder))
        archive.reindex([source])  # reads with this version's readers
        rows = [json.loads(line) for line in source.read_text(encoding="utf-8").splitlines()]
        rows[len(rows) // 2]["text"] += "\n\nThe bridge over the harbor opens on Monday."
        source.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
        started = time.perf_counter()
        report = archive.reindex([source])
        seconds.append(time.perf_counter() - started)
        assert report.changed == 1, report
        archive.store.close()
    with psycopg.connect(url) as connection:
        ((size,),) = connection.execute("SELECT pg_database_size(current_database())").fetchall()
    in_folder = sum(each.size for each in open_index(data).manifest.files.values())
    return Cost(first, seconds[1], seconds[0], in_folder / 1e6, size / 1e6)


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


def switches(url: str, data: Path) -> list[float]:
    """Milliseconds from the end of a publication until three listeners know of it."""
    taken = []
    stores = [PostgresStore(url, data) for _ in range(3)]
    heard = [threading.Semaphore(0) for _ in stores]
    contexts = [
        store.listen(semaphore.release) for store, semaphore in zip(stores, heard, strict=True)
    ]
    for each in contexts:
        each.__enter__()
    for each in heard:
        each.acquire(timeout=30)  # it is called once at the beginning
    for _ in range(_SWITCHES):
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("SELECT pg_notify('verbatim_generation', '')")
            started = time.perf_counter()
            for each in heard:
                assert each.acquire(timeout=30)
            taken.append((time.perf_counter() - started) * 1000)
    for context in contexts:
        context.__exit__(None, None, None)
    for each in stores:
        each.close()
    return taken


def ask(url: str, data: Path, texts: Sequence[str]) -> float:
    """Ask for some seconds, in a process of its own; questions a second."""
    encoder = open_archive(Settings(data=data)).encoder
    with opened(url, data, encoder) as archive:
        archive.ask(Question(texts[0]))
        started, count = time.perf_counter(), 0
        while (seconds := time.perf_counter() - started) < _SECONDS:
            archive.ask(Question(texts[count % len(texts)]))
            count += 1
        return count / seconds


def together(url: str, data: Path, texts: Sequence[str], processes: int) -> float:
    """Questions a second of some processes at once."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, context) as pool:
        asked = [pool.submit(ask, url, data, texts) for _ in range(processes)]
        return sum(each.result() for each in asked)


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
            folder = Archive(data, encoder, None, today=lambda: TODAY)
            index = open_index(data)
            with opened(url, data, encoder) as database:
                methods = {
                    FOLDER: lambda text: folder.ask(Question(text)),
                    DATABASE: lambda text: database.ask(Question(text)),
                }
                times = interleaved(methods, texts)
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
            heard = switches(url, data)
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
                tuple((str(count), f"{rate:.1f}") for count, rate in many.items()),
                f"A notification is heard by three of them within {np.median(heard):.1f} ms "
                f"(median; at worst {max(heard):.1f}).",
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
