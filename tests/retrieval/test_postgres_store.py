"""Several hosts that build and read one database: each goes on from what is there."""

import contextlib
import shutil
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from embeddings.models import Model
from retrieval.archive import Archive
from retrieval.errors import IndexDamaged, NoIndex, SourceMissing
from retrieval.index.folder_index import open_index
from retrieval.index.postgres import passage_search
from retrieval.index.remembered_sources import built_from
from retrieval.indexing import postgres_writer
from retrieval.postgres.errors import (
    DatabaseError,
    DatabaseOlder,
    DatabaseRefused,
    DatabaseUnreachable,
)
from retrieval.postgres_store import PostgresStore
from retrieval.question import Question
from retrieval.ranking.full_release import full_release
from retrieval.release_history import release_history
from retrieval.store import FolderStore
from tests.benchmarks.building import HashingEncoder
from tests.postgres import PostgresServer
from tests.retrieval.conftest import RecordingEncoder, write_releases
from tests.retrieval.index.seen import seen
from tests.retrieval.indexing.corpora import Corpus, SavedPage
from tests.retrieval.indexing.killed_publications import check_whole

ROWS = [
    {
        "id": f"r{n}",
        "title": f"Number {n}",
        "text": f"The news of day {n} is good.",
        "date": "2024-01-01",
        "domain": "coast.example",
    }
    for n in range(5)
]
CHANGED = [*ROWS[:2], ROWS[2] | {"text": "Nothing new was said that day."}, *ROWS[3:]]
AGAIN = [*ROWS[:2], ROWS[2] | {"text": "All is well in the harbor, they say."}, *ROWS[3:]]


class Host:
    """One of several machines with a data folder of its own; `embedded` is what it had to."""

    def __init__(self, folder: Path, url: str) -> None:
        folder.mkdir()
        # The same source for all of them, as on a shared disk.
        self.data, self.source = folder / "data", folder.parent / "releases.jsonl"
        self.store = PostgresStore(url, self.data)
        self.embedded = []

    def build(self, rows=None, encoder=None, source=None, **how):
        if rows is not None:
            write_releases(self.source, rows)
        recording = RecordingEncoder(encoder or HashingEncoder())
        try:
            archive = Archive(self.data, recording, store=self.store)
            return archive.reindex([source or self.source], **how)
        finally:
            self.embedded = recording.passages

    def assert_same(self):
        seen(open_index(self.data)).assert_like(seen(self.store.open()))
        assert histories(FolderStore(self.data)) == histories(self.store)


@pytest.fixture
def hosts(tmp_path, database_url):
    opened = []

    def add(url=database_url):
        opened.append(Host(tmp_path / f"host {len(opened)}", url))
        return opened[-1]

    yield add
    for each in opened:
        each.store.close()


def histories(store):
    """The texts of the earlier wordings of all releases."""
    releases = store.open().releases
    found = [release_history(store, full_release(releases, each)) for each in releases.select()]
    return {
        each.release.info.id: [(old.wording, old.replaced) for old in each.earlier]
        for each in found
    }


def earlier(store, id):
    return [wording.paragraphs for wording, _ in histories(store)[id]]


# -- where there is nothing yet


def test_an_empty_database_has_no_index(hosts):
    host = hosts()
    assert host.store.stamp() is None
    for ask in (host.store.open, host.store.releases):
        with pytest.raises(NoIndex, match="no index in verbatim_test_"):
            ask()
    assert not host.data.exists()


# -- hosts that build in turn


def test_a_host_without_a_data_folder_goes_on_from_what_the_first_one_built(hosts):
    first, second = hosts(), hosts()
    first.build(ROWS)
    first.build(CHANGED)
    report = second.build(AGAIN)
    assert (report.added, report.changed, report.removed, report.unchanged) == (0, 1, 0, 4)
    assert second.embedded == ["Number 2\nAll is well in the harbor, they say."]
    assert earlier(second.store, "r2") == [
        ("Nothing new was said that day.",),
        ("The news of day 2 is good.",),
    ]
    second.assert_same()


def test_a_folder_that_is_restored_is_that_of_the_generation(hosts):
    first, second = hosts(), hosts()
    corpus = Corpus(monthly=12, closing=12, pages={"p.html": SavedPage(6)})
    source = corpus.write(first.data.parent / "corpus")
    first.build(source=source)
    stamp = first.store.stamp()
    second.build(source=source)
    assert second.embedded == []
    assert first.store.stamp() == stamp, "nothing changed"
    second.assert_same()
    assert seen(open_index(second.data)).texts == seen(open_index(first.data)).texts


def test_a_host_with_an_older_folder_catches_up(hosts):
    first, second = hosts(), hosts()
    first.build(ROWS)
    second.build(CHANGED)
    report = first.build(CHANGED)
    assert (report.changed, first.embedded) == (0, [])
    assert first.store.stamp() == second.store.stamp()
    first.assert_same()
    report = first.build(AGAIN)
    assert report.changed == 1
    assert len(earlier(first.store, "r2")) == 2
    second.build(ROWS[1:])
    second.assert_same()
    check_whole(second.store._database.url)


def test_a_folder_that_is_ahead_is_published_by_its_next_build(hosts, monkeypatch):
    host, other = hosts(), hosts()
    host.build(ROWS)
    with monkeypatch.context() as patch:
        patch.setattr(postgres_writer, "_check", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            host.build(CHANGED)
    report = host.build(CHANGED)
    assert (report.changed, host.embedded) == (0, [])
    host.assert_same()
    assert earlier(host.store, "r2") == [("The news of day 2 is good.",)]
    other.build(CHANGED)
    other.assert_same()


def test_a_folder_that_is_ahead_gives_way_to_what_another_host_published(hosts, monkeypatch):
    host, other = hosts(), hosts()
    host.build(ROWS)
    with monkeypatch.context() as patch:
        patch.setattr(postgres_writer, "_check", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            host.build(CHANGED)
    other.build(AGAIN)
    host.build(AGAIN)
    host.assert_same()
    assert earlier(host.store, "r2") == [("The news of day 2 is good.",)]


def test_a_build_while_the_server_is_away_changes_nothing(hosts, postgres: PostgresServer):
    if not postgres.pgdata:
        pytest.skip("the server of VERBATIM_TEST_POSTGRES is not killed")
    host = hosts()
    host.build(ROWS)
    had = seen(host.store.open())
    postgres.kill()
    try:
        with pytest.raises(DatabaseUnreachable, match="try again"):
            host.build(CHANGED)
    finally:
        postgres.start()
    assert seen(host.store.open()) == had
    host.build(CHANGED)
    host.assert_same()


def test_a_folder_of_another_database_is_published_in_an_empty_one(hosts, postgres):
    host = hosts()
    host.build(ROWS)
    host.build(CHANGED)
    with postgres.database() as url:
        moved = hosts(url)
        shutil.copytree(host.data, moved.data)
        moved.build(CHANGED)
        assert moved.embedded == []
        moved.assert_same()
        assert earlier(moved.store, "r2") == [("The news of day 2 is good.",)]
        moved.store.close()


def test_a_folder_of_another_database_gets_what_this_one_has(hosts, postgres):
    host = hosts()
    host.build(ROWS)
    with postgres.database() as url:
        moved = hosts(url)
        moved.build([ROWS[0] | {"id": "elsewhere"}])
        shutil.rmtree(moved.data)
        shutil.copytree(host.data, moved.data)
        report = moved.build([ROWS[0] | {"id": "elsewhere"}])
        assert (report.added, report.removed, report.unchanged) == (0, 0, 1)
        moved.assert_same()
        moved.store.close()


def test_another_model_keeps_the_earlier_wordings_wherever_it_builds(hosts):
    first, second = hosts(), hosts()
    first.build(ROWS)
    first.build(CHANGED)
    other = HashingEncoder()
    other.model = Model("other", Path(), "1" * 64)
    other.dimensions = 96
    report = second.build(AGAIN, other)
    assert (report.changed, report.unchanged) == (1, 4)
    assert len(second.embedded) == 5
    assert earlier(second.store, "r2") == [
        ("Nothing new was said that day.",),
        ("The news of day 2 is good.",),
    ]
    assert second.store.open().manifest.fingerprint == "1" * 64


def test_sources_that_only_the_first_host_has_change_nothing_on_another(hosts):
    first, second = hosts(), hosts()
    first.build(ROWS)
    shutil.move(first.source, first.source.with_suffix(".moved"))
    stamp = first.store.stamp()
    with pytest.raises(SourceMissing):
        second.build(source=first.source)
    assert second.store.stamp() == stamp
    assert built_from(second.data).named == (first.source,)
    second.assert_same()


def test_wordings_that_are_damaged_are_left_out(hosts):
    host = hosts()
    host.build(ROWS)
    host.build(CHANGED)
    host.build(AGAIN)
    host.store._database.execute("UPDATE wording SET text = 'x' WHERE number = 1")
    assert earlier(host.store, "r2") == [("Nothing new was said that day.",)]


# -- damage


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM paragraph",
        "UPDATE paragraph SET text = 'Other.'",
        "UPDATE release SET title = 'Other'",
        "UPDATE release SET date = '2020-02-02'",
        "UPDATE release SET gone = '2020-02-02'",
        "UPDATE release SET digest = ''",
        "UPDATE release SET places = '{'",
        "UPDATE release SET date_source = 'nowhere'",
        "UPDATE copy SET url = 'https://other.example'",
        "DELETE FROM copy",
    ],
)
def test_a_release_that_was_changed_behind_its_back_is_not_shown(hosts, damage):
    host = hosts()
    host.build(ROWS)
    host.store._database.execute(damage)
    releases = host.store.open().releases
    with pytest.raises(IndexDamaged, match="index --rebuild"):
        full_release(releases, releases.select()[0])
    with pytest.raises(IndexDamaged):
        hosts().build(CHANGED)


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM paragraph",
        "DELETE FROM passage",
        "DELETE FROM release",
        "DELETE FROM term",
        "DROP TABLE term",
        "UPDATE generation SET manifest = 'x'",
        "UPDATE generation SET manifest = replace(manifest, '384', '385')",
        "ALTER TABLE passage DISABLE TRIGGER ALL; ALTER TABLE release DISABLE TRIGGER ALL;"
        " DELETE FROM release",
    ],
)
def test_a_question_to_a_damaged_index_is_answered_or_refused_clearly(hosts, damage):
    host = hosts()
    host.build(ROWS)
    host.store._database.execute(damage)
    archive = Archive(host.data, HashingEncoder(), store=host.store)
    try:
        answer = archive.ask(Question("What is the news of day 2?"))
    except (IndexDamaged, DatabaseError):
        return
    texts = {row["text"] for row in ROWS}
    assert all(each.text in texts for each in answer.passages)


# -- roles


@pytest.fixture
def role(database_url):
    """A function that makes a role, and tells its address."""
    name = urlsplit(database_url).path.strip("/")
    made = []

    def make(kind):
        made.append(f"{name}_{kind}")
        with psycopg.connect(database_url, autocommit=True) as owner:
            owner.execute(f"CREATE ROLE {made[-1]} LOGIN PASSWORD 'x'")
        parts = urlsplit(database_url)
        host = parts.netloc.rpartition("@")[2]
        return made[-1], urlunsplit(parts._replace(netloc=f"{made[-1]}:x@{host}"))

    yield make
    with psycopg.connect(database_url, autocommit=True) as owner:
        for each in made:
            owner.execute(f"REASSIGN OWNED BY {each} TO CURRENT_USER; DROP OWNED BY {each}")
            owner.execute(f"DROP ROLE {each}")


@pytest.mark.parametrize("exact_up_to", [0, 20_000])
def test_a_role_that_may_only_read_answers_questions_and_changes_nothing(
    hosts, role, database_url, monkeypatch, exact_up_to
):
    builder = hosts()
    builder.build(ROWS)
    name, url = role("reader")
    with psycopg.connect(database_url, autocommit=True) as owner:
        owner.execute(f"GRANT USAGE ON SCHEMA verbatim TO {name}")
        owner.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA verbatim TO {name}")
    reader = hosts(url)
    monkeypatch.setattr(passage_search, "SCORED", 0)
    monkeypatch.setattr(passage_search, "EXACT_UP_TO", exact_up_to)
    seen(reader.store.open()).assert_like(seen(builder.store.open()))
    assert reader.store.stamp() == builder.store.stamp()
    assert histories(reader.store) == histories(builder.store)
    stamp = builder.store.stamp()
    with pytest.raises(DatabaseRefused, match="permission denied"):
        reader.build(CHANGED)
    assert builder.store.stamp() == stamp


def test_a_role_without_grants_is_told_so(hosts, role):
    hosts().build(ROWS)
    _, url = role("stranger")
    with pytest.raises(DatabaseRefused, match=r"permission denied.*docs/postgresql\.md"):
        hosts(url).store.open()


def test_a_role_that_may_create_in_the_database_builds_where_the_extension_is(
    hosts, role, database_url
):
    name, url = role("owner")
    database = urlsplit(database_url).path.strip("/")
    with psycopg.connect(database_url, autocommit=True) as owner:
        owner.execute(f"GRANT CREATE, TEMPORARY ON DATABASE {database} TO {name}")
    host = hosts(url)
    with pytest.raises(DatabaseOlder, match=r"permission denied .*docs/postgresql\.md"):
        host.build(ROWS)
    with psycopg.connect(database_url, autocommit=True) as owner:
        owner.execute("CREATE EXTENSION vector")
    host.build(ROWS)
    host.build(CHANGED)
    host.assert_same()


def test_a_role_that_owns_the_schema_needs_no_rights_to_the_database(hosts, role, database_url):
    name, url = role("owner")
    with psycopg.connect(database_url, autocommit=True) as owner:
        owner.execute("CREATE EXTENSION vector")
        with contextlib.suppress(psycopg.Error):  # a server of one's own may lack it
            owner.execute("CREATE EXTENSION pg_textsearch SCHEMA public")
        owner.execute(f"CREATE SCHEMA verbatim AUTHORIZATION {name}")
    host = hosts(url)
    host.build(ROWS)
    host.build(CHANGED)
    host.assert_same()


def test_a_builder_that_may_make_no_temporary_tables_is_told_so(hosts, role, database_url):
    name, url = role("owner")
    database = urlsplit(database_url).path.strip("/")
    with psycopg.connect(database_url, autocommit=True) as owner:
        owner.execute("CREATE EXTENSION vector")
        owner.execute(f"CREATE SCHEMA verbatim AUTHORIZATION {name}")
        owner.execute(f"REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC")
    with pytest.raises(DatabaseRefused, match="permission denied to create temporary tables"):
        hosts(url).build(ROWS)
