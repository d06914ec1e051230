"""Questions to a database that grows to some millions of passages.

    python -m tests.benchmarks.postgres_growth [--data DIR] [--passages N …] [--memory GIB]
        [--partitions N]

The index of the data folder is published, and its releases are multiplied in the database: each
copy has the vectors of its passages turned by noise (a cosine of about .82 to the original), the
first half of their terms with the second half of another passage's, and newsrooms of its own. The
times are of answers before re-ranking. Recall is the share of the true ten nearest by cosine, of an
exact search, that are candidates. "Filtered" asks within one newsroom of one copy.
"""

import argparse
import gc
import multiprocessing
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
from pgvector import HalfVector

from bot.settings import Settings, open_archive
from embeddings.encoder import Vectors
from retrieval.archive import Archive
from retrieval.evaluation.questions import read_questions
from retrieval.index.manifest import Manifest
from retrieval.index.postgres.schema import BM25_INDEX, SCHEMA, TABLES, create_indexes
from retrieval.postgres.database import Connection
from retrieval.question import Question
from retrieval.text.tokens import terms
from tests.benchmarks import postgres
from tests.benchmarks.machine import resident
from tests.benchmarks.parts import Options, Part, Table, add_options, options_of, show
from tests.benchmarks.timing import Times, interleaved
from tests.postgres import PostgresServer, running_server

SIZES = (250_000, 1_000_000, 5_000_000)
_MEMORY = 4  # GiB that the server may use for one index, and half as much again for its buffers
_NOISE = 0.7  # the length of what is added to a unit vector
_NOISES = 1000
_CANDIDATES = 100
_K = 10
_RECALLED = 20  # questions, each of which reads every vector for an exact search

DATABASE, WITHOUT, FILTERED = "PostgreSQL", "PostgreSQL without pg_textsearch", "filtered"


@dataclass(frozen=True, slots=True)
class Size:
    """What one size costs.

    Attributes:
        releases: how many there are.
        passages: how many there are.
        indexing: seconds in which the indexes over passages were built.
        tables: bytes of the tables.
        indexes: bytes of each index over passages, by name.
        opening: seconds until a process has answered its first question.
        memory: MiB that this process holds itself after all questions.
        loading: seconds in which a bot then loads titles, ids and names.
        loaded: MiB that it holds then.
        recall: of the nearest ten by cosine.
        exact: seconds of one exact search by cosine.
        times: milliseconds of a question.
    """

    releases: int
    passages: int
    indexing: float
    tables: int
    indexes: Mapping[str, int]
    opening: float
    memory: float
    loading: float
    loaded: float
    recall: float
    exact: float
    times: Times


def multiply(connection: Connection, times: int) -> None:
    """Multiply the releases of a database that has one generation; its indexes are dropped."""
    drawn = np.random.default_rng(0)
    noise = drawn.normal(size=(_NOISES, 384))
    noise *= _NOISE / np.linalg.norm(noise, axis=1, keepdims=True)
    names = "passage_code_384", "passage_terms", "paragraph_words", BM25_INDEX
    for name in names:
        connection.execute(f"DROP INDEX IF EXISTS {name}".encode())
    connection.execute("SET session_replication_role = replica")  # references are right anyway
    connection.execute("CREATE TEMPORARY TABLE noise (at integer PRIMARY KEY, vector vector)")
    with connection.cursor().copy("COPY noise FROM STDIN") as copy:
        for at, row in enumerate(noise.tolist()):
            copy.write_row((at, str(row)))
    connection.execute(
        "CREATE TEMPORARY TABLE half AS"
        " SELECT number, row_number() OVER (ORDER BY number) - 1 AS at,"
        " array_to_string(words[:cardinality(words) / 2], ' ') AS opening,"
        " array_to_string(words[cardinality(words) / 2 + 1:], ' ') AS ending"
        " FROM (SELECT number, string_to_array(terms, ' ') AS words FROM passage) AS split"
    )
    connection.execute("CREATE INDEX ON half (number); CREATE INDEX ON half (at); ANALYZE half")
    ((releases, passages),) = connection.execute(
        "SELECT (SELECT max(number) + 1 FROM release), (SELECT max(number) + 1 FROM passage)"
    ).fetchall()
    copies = f"generate_series(1, {times - 1}) AS turn"
    other = f"release + turn * {releases}"
    for each in (
        "INSERT INTO release (number, born, id, title, folded_title, date, url, newsroom, author,"
        " dateline, source, date_source, gone, digest, places, passages)"
        f" SELECT number + turn * {releases}, born, id || '-' || turn, title, folded_title,"
        " date - turn, url, newsroom || ' ' || turn, author, dateline, source, date_source, gone,"
        f" digest, places, passages FROM release, {copies}",
        "INSERT INTO copy (release, position, id, url, newsroom, source)"
        f" SELECT {other}, position, id || '-' || turn, url,"
        " newsroom || ' ' || turn, source FROM copy,"
        f" {copies}",
        f"INSERT INTO paragraph SELECT {other}, number, text, words FROM paragraph, {copies}",
        "INSERT INTO passage"
        " (number, release, born, paragraph, first, stop, under, key, terms, vector)"
        f" SELECT passage.number + turn * {passages}, {other}, born, paragraph, first, stop,"
        " under, key, half.opening || ' ' || another.ending,"
        " l2_normalize(passage.vector::vector + noise.vector)::halfvec"
        f" FROM passage CROSS JOIN {copies} JOIN half ON half.number = passage.number"
        f" JOIN half AS another ON another.at = (half.at + turn * 7919) % {passages}"
        f" JOIN noise ON noise.at = (passage.number * 31 + turn) % {_NOISES}",
        "INSERT INTO recurring (passage, born)"
        f" SELECT passage + turn * {passages}, born FROM recurring, {copies}",
        f"UPDATE term SET passages = passages * {times}",
        f"UPDATE word SET count = count * {times}",
        f"UPDATE generation SET terms = terms * {times}",
    ):
        connection.execute(each.encode())
    ((text,),) = connection.execute("SELECT manifest FROM generation").fetchall()
    one = Manifest.from_json(text)
    many = replace(one, releases=one.releases * times, passages=one.passages * times)
    connection.execute("UPDATE generation SET manifest = %s", [many.to_json()])


@contextmanager
def opened(url: str, data: Path) -> Iterator[Archive]:
    """The archive of a database, without a reranker."""
    with postgres.opened(url, data, open_archive(Settings(data=data)).encoder) as archive:
        yield archive


@dataclass(frozen=True, slots=True)
class Asked:
    """What a process that asks takes: see `Size`."""

    opening: float
    memory: float
    loading: float
    loaded: float
    times: Times


def ask(url: str, data: Path, texts: Sequence[str], newsroom: str) -> Asked:
    """Ask all questions, in a process of its own."""
    with opened(url, data) as archive:
        started = time.perf_counter()
        archive.ask(Question(texts[0]))
        opening = time.perf_counter() - started
        times = interleaved(
            {
                DATABASE: lambda text: archive.ask(Question(text)),
                FILTERED: lambda text: archive.ask(Question(text, newsroom=newsroom)),
            },
            texts,
        )
        gc.collect()
        memory, started = resident(field="RssAnon"), time.perf_counter()
        index = archive.index
        _ = index.titles, index.release_keys, index.names
        loading = time.perf_counter() - started
        return Asked(opening, memory, loading, resident(field="RssAnon"), times)


def apart(work: Any, *arguments: Any) -> Any:
    """The result of some work in a process of its own."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
        return process.submit(work, *arguments).result()


def recall(url: str, data: Path, texts: Sequence[str]) -> tuple[float, float]:
    """The share of the true nearest that are found, and the seconds of an exact search."""
    shares, seconds = [], []
    with opened(url, data) as archive, closing(psycopg.connect(url, autocommit=True)) as connection:
        connection.execute(f"SET search_path TO {SCHEMA}, public".encode())
        connection.execute("SET enable_indexscan = off")
        for text in texts:
            vector = archive.encoder.encode_queries([text])[0]
            started = time.perf_counter()
            rows = connection.execute(
                "SELECT number FROM passage ORDER BY vector <#> %s::halfvec LIMIT %s",
                [HalfVector(vector).to_text(), _K],
            ).fetchall()
            seconds.append(time.perf_counter() - started)
            index = archive.index
            found = index.search(vector, index.idf(terms(text)), None).best(_CANDIDATES)
            shares.append(np.mean(np.isin([number for (number,) in rows], found.rows)))
    return float(np.mean(shares)), float(np.median(seconds))


def partitioned(connection: Connection, vectors: Sequence[Vectors], count: int) -> Table:
    """The nearest of all passages by their signs: in one table, and in partitions by newsroom."""
    code = "binary_quantize({})::bit(384)"
    connection.execute(
        "CREATE TABLE part (number bigint, place integer, vector halfvec) PARTITION BY LIST (place)"
    )
    for at in range(count):
        connection.execute(f"CREATE TABLE part{at} PARTITION OF part FOR VALUES IN ({at})".encode())
        connection.execute(f"ALTER TABLE part{at} ALTER COLUMN vector SET STORAGE PLAIN".encode())
    connection.execute(
        f"INSERT INTO part SELECT passage.number, abs(hashtext(newsroom)) % {count}, vector"
        " FROM passage JOIN release ON release.number = passage.release".encode()
    )
    seconds = []
    for at in range(count):
        started = time.perf_counter()
        connection.execute(
            f"CREATE INDEX ON part{at} USING hnsw"
            f" (({code.format('vector')}) bit_hamming_ops)".encode()
        )
        seconds.append(time.perf_counter() - started)
    connection.execute("VACUUM ANALYZE part")

    def nearest(source: str, explored: int) -> Callable[[Vectors], object]:
        query = (
            f"WITH coded AS MATERIALIZED (SELECT number, vector FROM {source}"
            f" ORDER BY {code.format('vector')} <~> {code.format('%s::halfvec')} LIMIT 1000)"
            " SELECT number FROM coded ORDER BY vector <#> %s::halfvec LIMIT 100"
        )

        def ask(vector: Vectors) -> object:
            connection.execute(f"SET hnsw.ef_search = {explored}".encode())
            text = HalfVector(vector).to_text()
            return connection.execute(query.encode(), [text, text]).fetchall()

        return ask

    methods = {
        "one table": nearest("passage", 1000),
        "all partitions, each explored as far": nearest("part", 1000),
        f"all partitions, each explored {count} times less": nearest("part", 1000 // count),
        "one partition": nearest("part WHERE place = 0", 1000),
    }
    times = interleaved(methods, vectors)
    connection.execute("DROP TABLE part")
    return Table(
        f"The nearest by vector, in {count} partitions by newsroom",
        ("", "median, 95 % (ms)"),
        tuple((name, _percentiles(each)) for name, each in times.items()),
        f"The indexes of the partitions were built in {sum(seconds):.0f} s, one after the other"
        f" (the longest in {max(seconds):.0f}).",
    )


def grown(
    server: PostgresServer, data: Path, passages: int, texts: Sequence[str], partitions: int
) -> tuple[Size, Table | None]:
    """Make a database of about so many passages, and measure it; partitions too, if any."""
    with server.database() as url:
        with opened(url, data) as archive:
            postgres.publish(url, data, archive.encoder)
            times = max(1, round(passages / archive.index.manifest.passages))
            newsroom = archive.index.releases.newsrooms()[0][0]
        with closing(psycopg.connect(url, autocommit=True)) as connection:
            connection.execute(f"SET search_path TO {SCHEMA}, public".encode())
            multiply(connection, times)
            started = time.perf_counter()
            with connection.transaction():
                create_indexes(connection, 384)
            indexing = time.perf_counter() - started
            connection.execute(f"VACUUM ANALYZE {', '.join(TABLES)}".encode())
            ((tables,),) = connection.execute(
                "SELECT sum(pg_table_size(oid)) FROM pg_class"
                " WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'"
            ).fetchall()
            indexes = connection.execute(
                "SELECT indexrelname, pg_relation_size(indexrelid) FROM pg_stat_user_indexes"
                " WHERE schemaname = current_schema()"
            ).fetchall()
            asked: Asked = apart(ask, url, data, texts, newsroom)
            found, exact = recall(url, data, texts[:_RECALLED])
            connection.execute(f"DROP INDEX {BM25_INDEX}".encode())
            without: Asked = apart(ask, url, data, texts, newsroom)
            with opened(url, data) as archive:
                manifest = archive.index.manifest
                vectors = [*archive.encoder.encode_queries(texts)]
            parts = partitioned(connection, vectors, partitions) if partitions else None
    size = Size(
        manifest.releases,
        manifest.passages,
        indexing,
        int(tables),
        dict(indexes),
        asked.opening,
        asked.memory,
        asked.loading,
        asked.loaded,
        found,
        exact,
        asked.times | {WITHOUT: without.times[DATABASE]},
    )
    return size, parts


def configure(server: PostgresServer, memory: int) -> None:
    """Give the server memory, as one of that size would be given, and start it anew."""
    with psycopg.connect(server.url, autocommit=True) as connection:
        for name, value in {
            "shared_buffers": f"{memory * 3 // 2}GB",
            "maintenance_work_mem": f"{memory}GB",
            "max_wal_size": "16GB",
            "checkpoint_timeout": "30min",
        }.items():
            connection.execute(f"ALTER SYSTEM SET {name} = '{value}'".encode())
    server.kill()
    server.start()


def measure(
    options: Options,
    sizes: Sequence[int] = SIZES,
    memory: int = _MEMORY,
    partitions: int = 0,
) -> Part:
    """Measure databases of some sizes, one after the other."""
    with tempfile.TemporaryDirectory() as name:
        pgdata, data = Path(name) / "postgres", Path(name) / "data"
        pgdata.mkdir()
        shutil.copytree(options.data, data)
        texts = [each.question.text for each in read_questions(options.questions)]
        with running_server(pgdata) as server:
            configure(server, memory)
            texts = texts[: options.times(120)]
            found = [grown(server, data, each, texts, partitions) for each in sizes]
    return Part(
        "PostgreSQL as it grows",
        (__doc__ or "").partition("\n\n")[2].partition("\n\n")[2].strip(),
        (
            _questions([size for size, _ in found]),
            _costs([size for size, _ in found]),
            *(parts for _, parts in found if parts),
        ),
    )


def _questions(sizes: Sequence[Size]) -> Table:
    return Table(
        "A question, before re-ranking",
        ("passages", *(f"{each}: median, 95 % (ms)" for each in _METHODS), "recall@10", "exact, s"),
        tuple(
            (
                f"{size.passages:,}",
                *(_percentiles(size.times[each]) for each in _METHODS),
                f"{size.recall:.3f}",
                f"{size.exact:.2f}",
            )
            for size in sizes
        ),
        f"Recall and the time of an exact search by cosine are of {_RECALLED} questions.",
    )


def _costs(sizes: Sequence[Size]) -> Table:
    return Table(
        "What it takes",
        ("passages", "releases", "indexes built, s", "tables, MB", *_INDEXES, *_PROCESS),
        tuple(
            (
                f"{size.passages:,}",
                f"{size.releases:,}",
                f"{size.indexing:.0f}",
                f"{size.tables / 1e6:,.0f}",
                *(f"{size.indexes.get(each, 0) / 1e6:,.0f}" for each in _INDEXES.values()),
                f"{size.opening:.1f}",
                f"{size.memory:.0f}",
                f"{size.loading:.1f}",
                f"{size.loaded:.0f}",
            )
            for size in sizes
        ),
        "Opening is until a process has answered its first question; MiB are what it holds itself "
        "after all of them. A bot also loads titles, ids and names.",
    )


_PROCESS = ("opening, s", "MiB", "loading, s", "MiB then")
_METHODS = (DATABASE, FILTERED, WITHOUT)
_INDEXES = {
    "HNSW, MB": "passage_code_384",
    "BM25, MB": BM25_INDEX,
    "terms, MB": "passage_terms",
    "words, MB": "paragraph_words",
}


def _percentiles(times: Sequence[float]) -> str:
    return ", ".join(f"{np.percentile(times, each):.0f}" for each in (50, 95))


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add_options(parser)
    parser.add_argument("--passages", type=int, nargs="+", default=SIZES, help="the sizes")
    parser.add_argument("--memory", type=int, default=_MEMORY, help="GiB to build one index in")
    parser.add_argument("--partitions", type=int, default=0, help="measure so many as well")
    arguments = parser.parse_args()
    options = options_of(arguments)
    found = measure(options, arguments.passages, arguments.memory, arguments.partitions)
    show(found, None)


if __name__ == "__main__":
    main()
