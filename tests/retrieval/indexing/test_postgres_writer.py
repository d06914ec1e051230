"""What is published in PostgreSQL is what the data folder has, whatever was there before."""

import random
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from embeddings.models import Model
from retrieval.archive import Archive
from retrieval.errors import IndexBusy, IndexDamaged
from retrieval.index.folder_index import open_index
from retrieval.index.postgres import passage_search
from retrieval.index.postgres.postgres_index import PostgresIndex
from retrieval.indexing import postgres_releases, postgres_writer
from retrieval.indexing.postgres_writer import build_lock
from retrieval.postgres.database import PostgresDatabase
from retrieval.postgres.errors import DatabaseUnreachable
from retrieval.postgres_store import PostgresStore
from retrieval.ranking.full_release import full_release
from retrieval.release_history import release_history
from retrieval.store import FolderStore
from tests.benchmarks.building import HashingEncoder
from tests.retrieval.conftest import write_releases
from tests.retrieval.index.seen import seen
from tests.retrieval.indexing.corpora import CORPORA, Corpus
from tests.retrieval.indexing.killed_publications import check_whole

ROOT = Path(__file__).parents[3]


class OtherEncoder(HashingEncoder):
    """Another model, whose vectors are shorter."""

    def __init__(self) -> None:
        self.model = Model("other", Path(), "1" * 64)
        self.dimensions = 96


class Publishing:
    """A data folder, a database, and what is read next."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url = folder, url
        self.data, self.source = folder / "data", folder / "releases.jsonl"
        self.store = PostgresStore(url, self.data)

    def build(self, rows=None, encoder=None, source=None, **how):
        source = source or self.source
        if rows is not None:
            write_releases(source, rows)
        archive = Archive(self.data, encoder or HashingEncoder(), store=self.store)
        return archive.reindex([source], **how)

    def assert_published(self, encoder=None):
        index = self.store.open()
        seen(index, encoder).assert_like(seen(open_index(self.data), encoder))
        assert histories(self.store) == histories(FolderStore(self.data))
        check_whole(self.url)

    def select(self, query, values=()):
        with psycopg.connect(self.url, options="-c search_path=verbatim,public") as connection:
            return connection.execute(query, values).fetchall()

    def execute(self, query, values=()):
        with psycopg.connect(self.url, options="-c search_path=verbatim,public") as connection:
            connection.execute(query, values)


@pytest.fixture
def publishing(tmp_path, database_url):
    found = Publishing(tmp_path, database_url)
    yield found
    found.store.close()


def histories(store):
    """The earlier wordings of all releases."""
    releases = store.open().releases
    found = [release_history(store, full_release(releases, each)) for each in releases.select()]
    return {each.release.info.id: each.earlier for each in found}


def reopened(index):
    """The same generation, of which nothing is remembered."""
    return PostgresIndex(index._database, index.manifest, index._facts)


ROWS = [
    {
        "id": f"r{n}",
        "title": f"Number {n}",
        "text": f"The news of day {n} is good.",
        "date": "2024-01-01",
    }
    for n in range(5)
]
CHANGED = [*ROWS[:2], ROWS[2] | {"text": "Nothing new was said that day."}, *ROWS[3:]]

STEPS = st.lists(
    st.tuples(CORPORA, st.sampled_from(["one", "two"]), st.sampled_from([0, 0, 0, 1])),
    min_size=2,
    max_size=4,
)


@settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(STEPS)
def test_after_any_changes_the_database_has_what_the_folder_has(database_url, steps):
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS verbatim CASCADE")
    with tempfile.TemporaryDirectory() as name:
        publishing = Publishing(Path(name), database_url)
        before = None
        for corpus, place, model in steps:
            encoder = [HashingEncoder(), OtherEncoder()][model]
            source = corpus.write(Path(name) / place)
            publishing.build(encoder=encoder, source=source)
            publishing.assert_published(encoder)
            if before:  # who reads the generation before goes on
                index, its_encoder, had = before
                assert seen(reopened(index), its_encoder) == had
            index = publishing.store.open()
            before = index, encoder, seen(reopened(index), encoder)
        publishing.store.close()


def test_what_begins_and_ceases_to_recur_is_published_of_releases_that_stay(publishing):
    folder = publishing.folder / "corpus"
    for monthly, closing in ((9, 9), (10, 10), (10, 6), (12, 12), (9, 9)):
        source = Corpus(monthly=monthly, closing=closing).write(folder)
        publishing.build(source=source)
        publishing.assert_published()
    assert publishing.select("SELECT count(*) FROM recurring WHERE died > 10000") == [(0,)]


def test_a_change_of_the_model_publishes_other_vectors_and_old_readers_go_on(publishing):
    publishing.build(ROWS)
    old = publishing.store.open()
    had, vector = seen(reopened(old)), HashingEncoder().encode_queries(["news"])[0]
    near = old.releases_near(vector, 0.0)
    publishing.build(CHANGED, OtherEncoder())
    publishing.assert_published(OtherEncoder())
    assert seen(reopened(old)) == had
    assert reopened(old).releases_near(vector, 0.0) == near
    publishing.build(ROWS)
    publishing.assert_published()


def test_titles_that_change_their_order_and_copies_that_come_and_go_are_published(publishing):
    copy = ROWS[0] | {"id": "a copy", "domain": "coast.example"}
    for rows in (
        ROWS,
        [copy, *ROWS],
        [*ROWS, copy],
        [row | {"title": f"Number {9 - int(row['id'][1:])}"} for row in ROWS],
        [row | {"date": f"2024-01-0{9 - int(row['id'][1:])}"} for row in ROWS],
        [row | {"date": None} for row in ROWS[::-1]],
        [copy],
        ROWS,
    ):
        publishing.build(rows)
        publishing.assert_published()


def test_a_change_takes_the_rows_of_what_changed_alone(publishing):
    publishing.build(ROWS)
    publishing.build(CHANGED)
    assert publishing.select("SELECT id FROM release WHERE born = 2") == [("r2",)]
    assert publishing.select("SELECT id FROM release WHERE died = 2") == [("r2",)]
    assert publishing.select("SELECT count(*) FROM passage") == [(6,)]


def test_releases_that_only_moved_to_another_file_have_its_name(publishing):
    publishing.build(ROWS)
    publishing.build(ROWS, source=publishing.folder / "moved.jsonl")
    publishing.assert_published()
    assert publishing.select("SELECT count(*) FROM passage WHERE died = 2") == [(0,)], "it is anew"
    assert all("moved" in each.source for each in publishing.store.open().releases.select())


def test_an_unchanged_build_publishes_nothing(publishing):
    publishing.build(ROWS)
    stamp = publishing.store.stamp()
    publishing.build(ROWS)
    publishing.build(ROWS)
    assert publishing.store.stamp() == stamp
    assert publishing.select("SELECT count(*) FROM generation") == [(1,)]


def test_each_generation_is_told_to_those_who_listen(publishing):
    publishing.build(ROWS)
    with psycopg.connect(publishing.url, autocommit=True) as listener:
        listener.execute(f"LISTEN {postgres_writer.CHANNEL}")
        publishing.build(ROWS)
        publishing.build(CHANGED)
        told = [each.payload for each in listener.notifies(timeout=10, stop_after=1)]
    assert told == ["verbatim 2"]


def test_what_was_superseded_is_deleted_after_its_time_and_not_before(publishing):
    publishing.build(ROWS)
    publishing.build(CHANGED)
    publishing.build(ROWS)
    assert publishing.select("SELECT number FROM generation ORDER BY number") == [(1,), (2,), (3,)]
    publishing.execute(
        "UPDATE generation SET superseded = superseded - interval '1 hour' WHERE number = 1"
    )
    publishing.build(CHANGED)
    assert publishing.select("SELECT number FROM generation ORDER BY number") == [(2,), (3,), (4,)]
    publishing.build(ROWS)
    publishing.execute("UPDATE generation SET superseded = superseded - interval '1 hour'")
    publishing.build(ROWS[1:])
    assert publishing.select("SELECT number FROM generation ORDER BY number") == [(5,), (6,)]
    publishing.execute("UPDATE generation SET superseded = superseded - interval '1 hour'")
    publishing.build(ROWS[2:])
    publishing.execute("UPDATE generation SET superseded = superseded - interval '1 hour'")
    publishing.build(ROWS[2:], rebuild=True)
    assert publishing.select("SELECT number FROM generation ORDER BY number") == [(7,), (8,)]
    counts = "SELECT id, count(*) FROM release GROUP BY id ORDER BY id"
    assert publishing.select(counts) == [("r2", 2), ("r3", 2), ("r4", 2)]
    for table in ("release", "passage", "recurring", "term", "word"):
        assert publishing.select(f"SELECT count(*) FROM {table} WHERE died <= 7") == [(0,)]
    publishing.assert_published()


def test_numbers_are_never_given_twice(publishing):
    met = set()
    for turn in range(4):
        publishing.build(ROWS if turn % 2 else CHANGED[2:])
        publishing.execute("UPDATE generation SET superseded = superseded - interval '1 hour'")
        numbers = {number for (number,) in publishing.select("SELECT number FROM release")}
        new = {
            n for (n,) in publishing.select("SELECT number FROM release WHERE born > %s", [turn])
        }
        assert not new & met
        met |= numbers


def end_the_first_release(connection, *_):
    connection.execute("UPDATE release SET died = 2 WHERE number = 0")


def test_a_check_that_fails_leaves_everything_as_it_was(publishing, monkeypatch):
    publishing.build(ROWS)
    had = seen(publishing.store.open())
    with monkeypatch.context() as patch:
        end = "UPDATE release SET died = 2 WHERE number = 0"
        patch.setattr(
            postgres_writer, "write_words", lambda connection, *_: connection.execute(end)
        )
        with pytest.raises(IndexDamaged, match="it has 4 releases"):
            publishing.build(CHANGED)
    assert seen(publishing.store.open()) == had
    publishing.build(CHANGED)
    publishing.assert_published()


@pytest.mark.parametrize("letters", ["abcdefghijklmnop", "абвгдежзийклмноп"])
def test_a_word_that_is_too_long_for_an_index_is_found_all_the_same(publishing, letters):
    chance = random.Random(0)
    long, other = ("".join(chance.choices(letters, k=4000)) for _ in range(2))
    publishing.build([ROWS[0] | {"text": f"The key is {long} here."}, *ROWS[1:]])
    publishing.assert_published()
    index = publishing.store.open()
    assert len(index.releases_quoting(f"key is {long}")) == 1
    assert not index.releases_quoting(f"key is {other}")


def test_only_one_builds_at_a_time(publishing):
    publishing.build(ROWS)
    database = PostgresDatabase(publishing.url, "verbatim")
    with (
        database.own_connection() as connection,
        build_lock(connection, database.address),
        pytest.raises(IndexBusy, match="verbatim_test_"),
    ):
        publishing.build(CHANGED)
    database.close()
    assert publishing.build(CHANGED).changed == 1


def test_the_lock_of_a_lost_connection_is_free(publishing):
    publishing.build(ROWS)
    database = PostgresDatabase(publishing.url, "verbatim")
    with database.own_connection() as connection, build_lock(connection, database.address):
        ((own,),) = connection.execute("SELECT pg_backend_pid()").fetchall()
        with psycopg.connect(publishing.url, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [own])
        assert publishing.build(CHANGED).changed == 1
    database.close()


HOLDER = """
import sys, time
from retrieval.indexing.postgres_writer import build_lock
from retrieval.postgres.database import PostgresDatabase

with PostgresDatabase(sys.argv[1], "verbatim").own_connection() as connection:
    with build_lock(connection, "here"):
        print("locked", flush=True)
        time.sleep(600)
"""


def test_the_lock_of_a_killed_process_is_free(publishing):
    publishing.build(ROWS)
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, publishing.url], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout.readline() == "locked\n"
        with pytest.raises(IndexBusy):
            publishing.build(CHANGED)
        holder.send_signal(signal.SIGKILL)
    gone = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
    while publishing.select(gone) != [(0,)]:  # the server notices when it reads from the socket
        pass
    assert publishing.build(CHANGED).changed == 1


def test_a_connection_that_is_lost_while_building_is_said_and_the_next_build_goes_on(
    publishing, monkeypatch
):
    publishing.build(ROWS)

    def lose(connection, *_):
        ((own,),) = connection.execute("SELECT pg_backend_pid()").fetchall()
        with psycopg.connect(publishing.url, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [own])

    with monkeypatch.context() as patch:
        patch.setattr(postgres_writer, "write_words", lose)
        with pytest.raises(DatabaseUnreachable, match="try again"):
            publishing.build(CHANGED)
    assert publishing.select("SELECT generation FROM current") == [(1,)]
    assert publishing.build(CHANGED).changed == 0, "the data folder has it already"
    publishing.assert_published()


@pytest.fixture
def searches_indexes(monkeypatch):
    """Passages are searched as if there were many."""
    monkeypatch.setattr(passage_search, "SCORED", 0)
    monkeypatch.setattr(passage_search, "EXACT_UP_TO", 0)


@pytest.mark.usefixtures("searches_indexes")
def test_questions_are_answered_while_a_generation_is_published(publishing, monkeypatch):
    publishing.build(ROWS)
    index = publishing.store.open()
    had = seen(reopened(index))
    asked = []

    def ask(*_):
        searching = threading.Thread(target=lambda: asked.append(seen(reopened(index))))
        searching.start()
        searching.join(60)
        assert not searching.is_alive()

    monkeypatch.setattr(postgres_writer, "_check", ask)
    publishing.build(CHANGED)
    (meanwhile,) = asked
    meanwhile.assert_like(had)


@pytest.mark.usefixtures("searches_indexes")
def test_questions_are_answered_between_batches_and_see_nothing_of_them(publishing, monkeypatch):
    publishing.build(ROWS)
    index = publishing.store.open()
    had = seen(reopened(index))
    monkeypatch.setattr(postgres_releases, "BATCH", 1)
    written = []

    def ask(progress):
        if progress.stage == "publishing":
            written.append(publishing.select("SELECT count(*) FROM release WHERE born = 2"))
            seen(reopened(index)).assert_like(had)

    publishing.build([row | {"text": f"{row['text']} And more."} for row in ROWS], on_progress=ask)
    assert written == [[(count,)] for count in range(6)]
    publishing.assert_published()


def test_a_publication_that_is_stopped_leaves_everything_as_it_was(publishing, monkeypatch):
    publishing.build(ROWS)
    had = seen(publishing.store.open())
    monkeypatch.setattr(postgres_releases, "BATCH", 1)

    def stop(progress):
        if progress.stage == "publishing" and progress.done == 3:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        publishing.build([row | {"title": f"New {row['title']}"} for row in ROWS], on_progress=stop)
    assert seen(publishing.store.open()) == had
    assert publishing.select("SELECT count(*) FROM release WHERE born = 2") == [(3,)]
    publishing.build(CHANGED)
    publishing.assert_published()
    assert publishing.select("SELECT id FROM release WHERE born = 2") == [("r2",)]


def test_the_first_publication_may_be_stopped_too(publishing, monkeypatch):
    monkeypatch.setattr(postgres_releases, "BATCH", 1)

    def stop(progress):
        if progress.stage == "publishing" and progress.done == 3:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        publishing.build(ROWS, on_progress=stop)
    assert publishing.store.stamp() is None
    publishing.build(ROWS)
    publishing.assert_published()
    assert publishing.select("SELECT count(*) FROM release") == [(5,)]


def test_a_publication_of_everything_anew_ends_no_rows_one_by_one(publishing):
    publishing.build(ROWS)
    publishing.build(ROWS, rebuild=True)
    publishing.assert_published()
    for table in ("release", "passage", "term", "word"):
        assert publishing.select(f"SELECT count(*) FROM {table} WHERE died < 10000") == [(0,)]
    publishing.execute("UPDATE generation SET superseded = superseded - interval '1 hour'")
    publishing.build(CHANGED)
    publishing.assert_published()
    for table in ("release", "passage", "term", "word"):
        assert publishing.select(f"SELECT count(*) FROM {table} WHERE born < 2") == [(0,)]


# -- damage


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM paragraph WHERE release = 1",
        "UPDATE paragraph SET text = text || '!' WHERE release = 1",
        "UPDATE release SET title = 'Other' WHERE number = 1",
        "UPDATE release SET url = 'https://other.example' WHERE number = 1",
        "UPDATE release SET digest = 'x' WHERE number = 1",
        "DELETE FROM copy WHERE release = 1",
        "DELETE FROM passage WHERE release = 1",
        "DELETE FROM term",
        "UPDATE term SET passages = passages + 7",
        "UPDATE word SET count = count + 7",
        "DELETE FROM release WHERE number = 1",
        "UPDATE generation SET terms = 1, manifest = '{}'",
        "DELETE FROM current",
        "INSERT INTO recurring (passage, born) VALUES (1, 1)",
    ],
)
def test_a_rebuild_repairs_what_was_changed_behind_its_back(publishing, damage):
    publishing.build(ROWS)
    publishing.execute(damage)
    publishing.build(ROWS, rebuild=True)
    publishing.assert_published()


def test_an_index_of_another_version_is_replaced(publishing):
    publishing.build(ROWS)
    publishing.execute("""UPDATE generation SET manifest = '{"format": 1}'""")
    publishing.build(CHANGED)
    publishing.assert_published()


def test_the_earlier_wordings_of_a_folder_that_lost_them_are_those_of_the_database(publishing):
    publishing.build(ROWS)
    publishing.build(CHANGED)
    had = histories(publishing.store)
    assert had["r2"]
    for content in (None, b"SQLite format 3\0 no more" * 100):
        path = publishing.data / "history.sqlite"
        path.unlink()
        if content:
            path.write_bytes(content)
        publishing.build(CHANGED[:-1] if content else [*CHANGED, ROWS[0] | {"id": "new"}])
        assert histories(publishing.store)["r2"] == had["r2"]
        publishing.assert_published()
