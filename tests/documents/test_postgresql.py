"""The guide to PostgreSQL: what it shows is what happens."""

import secrets
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
import yaml

from bot.settings import Settings, open_archive, open_postgres_store
from bot.state import open_postgres_state
from retrieval.archive import Archive
from retrieval.question import Question
from tests.conftest import SEEDS
from tests.documents.markdown import ROOT, Block, entered
from tests.documents.terminal import alike, printed, run


def test_an_archive_moves_to_a_database_and_back_as_shown(
    shown: Sequence[Block], database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(f"verbatim index {SEEDS}").returncode == 0
    for block in shown:
        for command, output in entered(block.text):
            address = command.split()[-1]
            where = open_postgres_store(database_url, tmp_path).where
            found = printed(command.replace(address, f"'{database_url}'"))
            assert alike(found, output.replace("press on db.example.org", str(where)))
    settings = {"VERBATIM_STORE": database_url}
    assert "back" in printed("verbatim move --to back", settings)


def test_the_roles_of_the_guide_can_do_what_they_are_for(
    shown: Sequence[Block], database_url: str, newsrooms_file: Path, tmp_path: Path
) -> None:
    owner, reader = (f"verbatim_{secrets.token_hex(4)}" for _ in range(2))
    parts = urlsplit(database_url)
    host = parts.netloc.rpartition("@")[2]
    urls = [urlunsplit(parts._replace(netloc=f"{each}@{host}")) for each in (owner, reader)]
    (block,) = shown
    lines = block.text.replace("verbatim_bot LOGIN", f"{reader} LOGIN")
    lines = lines.replace("TO verbatim_bot", f"TO {reader}")
    lines = lines.replace("verbatim LOGIN", f"{owner} LOGIN")
    lines = lines.replace("FOR ROLE verbatim ", f"FOR ROLE {owner} ")
    statements = [each.strip() for each in lines.split(";") if each.strip()]
    with psycopg.connect(database_url, autocommit=True) as connection:
        name = connection.info.dbname
        for statement in statements:
            if "CREATE DATABASE" in statement:  # it is there, and only its owner is another one
                connection.execute(f'ALTER DATABASE "{name}" OWNER TO {owner}'.encode())
                continue
            if "GRANT USAGE" in statement:
                archive = open_archive(Settings(data=tmp_path / "owner", store=urls[0]))
                archive.reindex([newsrooms_file])
                archive.store.close()
                open_postgres_state(urls[0]).close()
            connection.execute(statement.removeprefix("\\connect press").strip().encode())
        answers = open_archive(Settings(data=tmp_path / "reader", store=urls[1]))
        with closing(answers.store), closing(open_postgres_state(urls[1])) as state:
            assert answers.ask(Question("How much did the Harbor Bridge cost?")).answered
            state.notes.set("commands", "known")
            assert state.notes.get("commands") == "known"
            with pytest.raises(Exception, match="permission denied"):
                Archive(tmp_path / "reader", answers.encoder, store=answers.store).reindex(
                    [newsrooms_file], rebuild=True
                )
        # The objects of the roles go with the database, and the roles after it.
        for statement in (
            f"DROP OWNED BY {reader}",
            f"REASSIGN OWNED BY {owner} TO CURRENT_USER",
            f"DROP OWNED BY {owner}",
            f"DROP ROLE {reader}",
            f"DROP ROLE {owner}",
        ):
            connection.execute(statement.encode())


def test_the_processes_of_the_compose_file_divide_the_shards_of_one_bot() -> None:
    text = (ROOT / "compose.postgres.yaml").read_text(encoding="utf-8")
    services = yaml.safe_load(text)["services"]
    bots = [services[name] for name in ("first", "second")]
    for each in bots:
        assert each["build"]["args"] == {"POSTGRES": "yes"}
        values = {
            name.removeprefix("VERBATIM_").lower(): value
            for name, value in each["environment"].items()
        }
        assert values["store"].startswith("postgresql://verbatim:${POSTGRES_PASSWORD}@database/")
    ids = [each["environment"]["VERBATIM_SHARDS"] for each in bots]
    assert ids == ["0/2", "1/2"]
    assert sum("build:/data" in each["volumes"] for each in bots) == 1
