"""Publications in PostgreSQL that are killed at random moments.

    python -m tests.retrieval.indexing.killed_publications [--kills 100] [--seed 0]

kills the builder, its connection and the server, each so often, and prints what came of it. A
moment is a call of a function while a generation is published. After each kill the database must
have a whole generation, which is the one that it had or the one that was being published, with the
earlier wordings of its releases and no others; and the next build must go on from there, whatever
the data folder has by then.
"""

import argparse
import json
import random
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

from retrieval.index.earlier_wordings import MAX_WORDINGS
from retrieval.postgres.database import PostgresDatabase
from retrieval.postgres_store import PostgresStore
from retrieval.ranking.full_release import full_release
from retrieval.release_history import release_history
from tests.postgres import PostgresServer, running_server
from tests.retrieval.indexing.killed_builds import Newsroom

KINDS = ("builder", "connection", "server")
_ROOT = Path(__file__).parents[3]
_UNREACHABLE = 3  # the exit status of a build that lost the database

# Forks for each build: importing takes longer than building.
_BUILDER = """
import os, signal, sys
from pathlib import Path

import psycopg
from embeddings.encoder import Encoder
from retrieval import postgres_store
from retrieval.archive import Archive
from retrieval.indexing import build as imported
from retrieval.postgres.errors import DatabaseUnreachable
from tests.benchmarks.building import HashingEncoder
from tests.postgres import PostgresServer

data, source, pgdata = map(Path, sys.argv[1:4])
url = sys.argv[4]

def kill(kind):
    if kind == "connection":
        with psycopg.connect(url, autocommit=True) as other:
            ended = other.execute(
                "SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            ).fetchall()
        if (False,) in ended:  # pg_textsearch has a lock, and lets nobody
            return
    print("reached", 1, flush=True)
    if kind == "builder":
        os.kill(os.getpid(), signal.SIGKILL)
    if kind == "server":
        PostgresServer(url, pgdata).kill()

def build(last, kind):
    calls, is_published = 0, False
    def count(frame, event, argument):
        nonlocal calls
        if event in ("call", "c_call"):
            calls += 1
            if calls == abs(last) and is_published == (last < 0):
                sys.setprofile(None)
                kill(kind)
    def publish(*arguments, publish=postgres_store.publish_generation, **how):
        nonlocal calls, is_published
        sys.setprofile(count)
        token = publish(*arguments, **how)
        if last < 0:
            calls, is_published = 0, True
        return token
    postgres_store.publish_generation = publish
    store = postgres_store.PostgresStore(url, data)
    try:
        Archive(data, HashingEncoder(), store=store).reindex([source])
    except DatabaseUnreachable:
        sys.setprofile(None)
        os._exit(3)
    sys.setprofile(None)
    print("calls", calls, flush=True)

for line in sys.stdin:
    last, kind = line.split()
    process = os.fork()
    if not process:
        try:
            build(int(last), kind)
            os._exit(0)
        except BaseException as error:
            print(repr(error), file=sys.stderr, flush=True)
            os._exit(1)
    print("status", os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), flush=True)
"""


@dataclass
class KilledPublications:
    """A database in which generations are published by builds that are killed.

    Attributes:
        steps: the releases of each build: the data folder has them all.
        published: how many of them the database has.
        killed: how many builds were killed, by kind.
        switched: how many of those had published already, by kind.
    """

    server: PostgresServer
    url: str
    data: Path
    source: Path
    newsroom: Newsroom
    builder: subprocess.Popen[str]
    steps: list[Mapping[str, Any]] = field(default_factory=list)
    published: int = 0
    killed: Counter[str] = field(default_factory=Counter)
    switched: Counter[str] = field(default_factory=Counter)

    def build(self, last_call: int = 0, kind: str = "builder") -> int:
        """Change the newsroom, and build until a call while publishing; check the database.

        A negative call is one after the transaction. Returns the number of calls of a publication
        that came to its end, else 0.
        """
        self.newsroom.step()
        self.steps.append(dict(self.newsroom.rows))
        rows = self.newsroom.rows.values()
        self.source.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
        assert self.builder.stdin
        self.builder.stdin.write(f"{last_call} {kind}\n")
        self.builder.stdin.flush()
        said = dict[str, int]()
        while "status" not in said:
            said |= [self._line()]
        status, is_killed = said["status"], "reached" in said
        assert status in (0, _UNREACHABLE, -signal.SIGKILL), f"the build failed with {status}"
        if is_killed and kind == "server":
            self.server.start()
        self._check(is_killed, status, kind)
        return said.get("calls", 0)

    def _check(self, is_killed: bool, status: int, kind: str) -> None:
        """The database has a whole generation, as it was or as it was to become."""
        store = PostgresStore(self.url, self.data)
        try:
            found = _rows_in(store)
            self.killed[kind] += is_killed
            if status == 0 or found != _summary(self.steps[self.published - 1]):
                assert found == _summary(self.steps[-1])
                self.switched[kind] += is_killed
                self.published = len(self.steps)
            assert _earlier_in(store) == self._earlier()
        finally:
            store.close()
        check_whole(self.url)

    def _earlier(self) -> dict[str, list[str]]:
        """The texts that each release had in the builds so far, the latest first."""
        found = dict[str, list[str]]()
        steps = self.steps[: self.published]
        for id in steps[-1]:
            distinct = [
                text for text, _ in groupby(rows[id]["text"] for rows in steps if id in rows)
            ]
            found[id] = distinct[-2::-1][:MAX_WORDINGS]
        return found

    def _line(self) -> tuple[str, int]:
        assert self.builder.stdout
        key, value = self.builder.stdout.readline().split()
        return key, int(value)


@contextmanager
def killed_publications(
    folder: Path, server: PostgresServer, url: str, seed: int
) -> Iterator[KilledPublications]:
    """A data folder in an empty folder, a process that builds it, and an empty database."""
    assert server.pgdata
    data, source = folder / "data", folder / "releases.jsonl"
    command = [sys.executable, "-c", _BUILDER, *map(str, (data, source, server.pgdata)), url]
    with subprocess.Popen(
        command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as builder:
        try:
            newsroom = Newsroom(random.Random(seed))
            yield KilledPublications(server, url, data, source, newsroom, builder)
        finally:
            builder.kill()


def check_whole(url: str) -> None:
    """All that the current generation counts is there, once."""
    database = PostgresDatabase(url, "verbatim")
    try:
        ((number, epoch, terms),) = database.select(
            "SELECT number, epoch, terms FROM generation JOIN current ON generation = number"
        )
        alive = f"born BETWEEN {epoch} AND {number} AND died > {number}"
        passages = f"(SELECT * FROM passage WHERE {alive}) AS passage"
        releases = f"(SELECT * FROM release WHERE {alive}) AS release"
        each = f"{passages}, unnest(string_to_array(terms, ' ')) AS held (term)"
        assert database.select(f"SELECT count(*) FROM {each}") == [(terms,)]
        assert set(
            database.select(f"SELECT term, count(DISTINCT number) FROM {each} GROUP BY term")
        ) == set(database.select(f"SELECT term, passages FROM term WHERE {alive}"))
        for table, key in (("term", "term"), ("word", "word"), ("release", "id")):
            doubled = f"SELECT {key} FROM {table} WHERE {alive} GROUP BY {key} HAVING count(*) > 1"
            assert database.select(doubled) == []
        assert (
            database.select(
                f"SELECT id FROM {releases} LEFT JOIN {passages} ON release = release.number"
                " GROUP BY id, passages HAVING count(passage.number) <> passages"
            )
            == []
        )
        assert (
            database.select(
                f"SELECT id FROM {releases} WHERE NOT EXISTS"
                " (SELECT FROM copy WHERE copy.release = release.number AND position = 0)"
            )
            == []
        )
        assert (
            database.select(
                f"SELECT passage FROM recurring WHERE {alive} AND passage NOT IN"
                f" (SELECT number FROM {passages})"
            )
            == []
        )
    finally:
        database.close()


def _rows_in(store: PostgresStore) -> dict[str, tuple[str | None, str]]:
    """Date and text of each release, all of which are as they were written."""
    releases = store.open().releases
    return {
        each.id: (
            each.date.isoformat() if each.date else None,
            "\n\n".join(full_release(releases, each).paragraphs),
        )
        for each in releases.select()
    }


def _earlier_in(store: PostgresStore) -> dict[str, list[str]]:
    """The texts of the earlier wordings of each release, the latest first."""
    releases = store.open().releases
    histories = [release_history(store, full_release(releases, each)) for each in releases.select()]
    return {
        each.release.info.id: ["\n\n".join(old.wording.paragraphs) for old in each.earlier]
        for each in histories
    }


def _summary(rows: Mapping[str, Any]) -> dict[str, tuple[str | None, str]]:
    return {id: (row["date"], row["text"]) for id, row in rows.items()}


def kill_again_and_again(builds: KilledPublications, kills: int, chance: random.Random) -> None:
    """Kill so many builds of each kind, in turn."""
    builds.build()
    builds.build()
    longest = builds.build(10**9)
    while min(builds.killed[kind] for kind in KINDS) < kills:
        kind = min(KINDS, key=builds.killed.__getitem__)
        moments = (
            chance.randrange(1, longest),
            chance.randrange(int(0.9 * longest), longest),  # where the transaction ends
            -chance.randrange(1, 50),
        )
        builds.build(chance.choice(moments), kind)
        if sys.stderr.isatty():
            print(f"\r{builds.killed}", end="", file=sys.stderr, flush=True)
    builds.build()


def main() -> None:
    """Kill builds, and print what came of them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as name,
        tempfile.TemporaryDirectory() as pgdata,
        running_server(Path(pgdata)) as server,
        server.database() as url,
        killed_publications(Path(name), server, url, arguments.seed) as builds,
    ):
        kill_again_and_again(builds, arguments.kills, random.Random(arguments.seed))
        for kind in KINDS:
            print(
                f"{kind}: {builds.killed[kind]} killed, after {builds.switched[kind]} of which the"
                " database had the new generation, and after the others the one before"
            )
        print(f"{len(builds.steps)} builds: after each the database had a whole generation")


if __name__ == "__main__":
    main()
