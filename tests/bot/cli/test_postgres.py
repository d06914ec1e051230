"""The command line over a PostgreSQL database (VERBATIM_STORE)."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from retrieval.archive import Archive


@pytest.fixture
def store(database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("VERBATIM_STORE", database_url)
    return database_url


def test_the_commands_work_as_over_a_folder(
    verbatim: Any, store: str, newsrooms_file: Path
) -> None:
    status, out, _ = verbatim("index", str(newsrooms_file), "--json")
    assert (status, json.loads(out)["releases"]) == (0, 4)
    status, out, _ = verbatim("ask", "How much did the Harbor Bridge cost?", "--json")
    answer = json.loads(out)
    assert answer["answered"]
    assert answer["passages"][0]["release"]["id"] == "bridge"
    status, out, _ = verbatim("releases", "--search", "ferry", "--json")
    assert [each["id"] for each in json.loads(out)] == ["ferry"]
    status, out, _ = verbatim("release", "ferry", "--json")
    assert json.loads(out)["paragraphs"][0].startswith("The Coast Authority")
    status, out, _ = verbatim("doctor", "--json")
    checks = {each["check"]: each for each in json.loads(out)}
    assert checks["settings"]["detail"].startswith("index in verbatim_test_")
    assert checks["index"]["detail"].startswith("g000001: 4 releases, 8 paragraphs, in verbatim_")
    assert checks["state"]["state"] == "ok"
    # Another host, without a data folder.
    status, out, _ = verbatim("releases", "--data", "elsewhere", "--json")
    assert len(json.loads(out)) == 4


def test_an_index_is_moved_and_moved_back(
    verbatim: Any, data: str, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    status, out, err = verbatim("move", "--to", database_url, "--data", data)
    assert status == 0
    assert out.startswith(f"Copied from {data} to verbatim_test_")
    assert out.endswith("the index g000001 (4 releases, 8 passages).\n")
    assert "set VERBATIM_STORE=… to use it." in err
    monkeypatch.setenv("VERBATIM_STORE", database_url)
    status, out, err = verbatim("move", "--to", "back", "--json")
    assert status == 0
    assert json.loads(out)["to"] == "back"
    assert json.loads(out)["passages"] == 8
    monkeypatch.delenv("VERBATIM_STORE")
    status, out, _ = verbatim("releases", "--data", "back", "--json")
    assert len(json.loads(out)) == 4


def test_without_an_index_nothing_is_listed(verbatim: Any, store: str) -> None:
    status, _, err = verbatim("releases")
    assert status == 1
    assert err.startswith("verbatim: no index in verbatim_test_")
    assert err.endswith("Build one: verbatim index [PATH …]\n")


def test_a_database_that_cannot_be_reached_is_one_line(
    verbatim: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VERBATIM_STORE", "postgresql://bot:secret@127.0.0.1:1/press")
    status, out, err = verbatim("releases")
    assert (status, out) == (1, "")
    assert err.startswith("verbatim: cannot reach the database press on 127.0.0.1:1: ")
    assert err.count("\n") == 1
    assert "secret" not in err
    status, out, _ = verbatim("doctor", "--json")
    checks = {each["check"]: each for each in json.loads(out)}
    assert status == 1
    assert {checks["index"]["state"], checks["state"]["state"]} == {"error"}
    assert "secret" not in out


def test_what_is_no_address_of_a_database_is_a_bad_setting(
    verbatim: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VERBATIM_STORE", "mysql://press")
    status, _, err = verbatim("releases")
    assert status == 1
    assert "it must be the address of a database: postgresql://role@host/name" in err


def test_a_backup_is_left_to_the_tools_of_the_database(
    verbatim: Any, store: str, newsrooms_archive: Archive
) -> None:
    for command in ("backup", "restore"):
        status, _, err = verbatim(command, "file.zip", "--data", str(newsrooms_archive.data))
        assert status == 1
        assert "pg_dump and pg_restore" in err


def test_a_missing_driver_is_said(
    verbatim: Any, store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [each for each in sys.modules if each.startswith(("retrieval.postgres_store",))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "psycopg", None)
    monkeypatch.delitem(sys.modules, "retrieval.postgres.database", raising=False)
    status, _, err = verbatim("releases")
    assert status == 1
    assert err.endswith("Install it: pip install 'verbatim-bot[postgres]'.\n")
