"""Moving an archive and the state of its bot between a data folder and a database."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.moving import MoveTargetNotEmpty, NothingToMove, move
from bot.settings import Settings, open_archive, open_postgres_store, open_store
from bot.state import STATE, open_postgres_state, open_state
from bot.state.moving import StateNotEmpty
from retrieval.archive import Archive
from retrieval.errors import NoIndex
from retrieval.question import Question
from retrieval.ranking.answer import CitedPassage
from retrieval.ranking.full_release import full_release
from retrieval.release_history import release_history
from tests.conftest import NEWSROOMS
from tests.retrieval.conftest import write_releases

QUESTIONS = ("How much did the bridge cost?", "Will ferry fares rise?", "When did Rome burn?")


@pytest.fixture
def settings(newsrooms_archive: Archive, newsrooms_file: Path) -> Settings:
    """A data folder with an index, of which a release has changed, and the state of a bot."""
    changed = [dict(each) for each in NEWSROOMS]
    changed[0]["text"] = changed[0]["text"].replace("$48 million", "$49 million")
    write_releases(newsrooms_file, changed)
    newsrooms_archive.reindex([newsrooms_file])
    with closing(open_state(newsrooms_archive.data)) as state:
        state.notes.set("commands", "known")
        state.outbox.record(["bridge", "ferry"], [], {}, 0.0)
    return Settings(data=newsrooms_archive.data)


def told(settings: Settings) -> list[Any]:
    """What the archive of the settings answers, and what its releases said before."""
    archive = open_archive(settings)
    with closing(archive.store) as store:
        answers = [archive.ask(Question(each)) for each in QUESTIONS]
        _, releases = store.releases()
        histories = [
            release_history(store, full_release(releases, each)) for each in releases.select()
        ]
    return [
        [(each.answered, [_cited(passage) for passage in each.passages]) for each in answers],
        [(each.release.info.id, each.release.paragraphs, each.earlier) for each in histories],
    ]


def _cited(passage: CitedPassage) -> tuple[str, int, str]:
    return passage.release.id, passage.paragraph, passage.text


def notes(url: str | Path) -> dict[str, str | None]:
    opened = open_postgres_state(url) if isinstance(url, str) else open_state(url)
    with closing(opened) as state:
        return {"commands": state.notes.get("commands")}


def test_an_archive_moves_to_a_database_and_back(
    settings: Settings, database_url: str, tmp_path: Path
) -> None:
    before = told(settings)
    assert any(earlier for _, _, earlier in before[1])
    moved = move(settings, database_url)
    assert (moved.manifest.releases, moved.rows["note"], moved.rows["seen"]) == (4, 1, 2)
    there = replace(settings, store=database_url)
    assert told(there) == before
    assert notes(database_url) == {"commands": "known"}

    back = move(there, str(tmp_path / "back"))
    assert back.rows == moved.rows
    assert told(replace(settings, data=tmp_path / "back")) == before
    assert notes(tmp_path / "back") == {"commands": "known"}


def test_a_move_that_was_interrupted_goes_on(settings: Settings, database_url: str) -> None:
    encoder = open_archive(settings).encoder
    store = open_postgres_store(database_url, settings.data)
    with closing(store), store.building(encoder, None, lambda _: None) as publish:
        publish()
    assert move(settings, database_url).rows["note"] == 1
    with pytest.raises(StateNotEmpty, match="it has rows in note, seen"):
        move(settings, database_url)


def test_an_archive_of_which_no_bot_has_run_moves_without_a_state(
    settings: Settings, database_url: str
) -> None:
    (settings.data / STATE).unlink()
    assert move(settings, database_url).rows == {}


def test_nothing_is_replaced(settings: Settings, database_url: str, tmp_path: Path) -> None:
    other = Archive(tmp_path / "other", open_archive(settings).encoder)
    other.reindex([write_releases(tmp_path / "other.jsonl", NEWSROOMS[:1])])
    move(replace(settings, data=other.data), database_url)
    with pytest.raises(MoveTargetNotEmpty, match=r"has an index already\. Nothing has changed"):
        move(settings, database_url)
    there = replace(settings, store=database_url)
    with pytest.raises(MoveTargetNotEmpty, match="an index already"):
        move(there, str(settings.data))
    assert open_store(there).releases()[0].releases == 1
    assert open_store(settings).releases()[0].releases == 4


def test_a_folder_moves_to_no_folder(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(NothingToMove, match="use verbatim backup and verbatim restore"):
        move(settings, str(tmp_path / "other"))
    assert not (tmp_path / "other").exists()


def test_nothing_moves_from_an_empty_place(
    settings: Settings, database_url: str, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(NoIndex):
        move(replace(settings, data=tmp_path / "empty"), database_url)
    with pytest.raises(NoIndex, match="no index in verbatim_test_"):
        move(replace(settings, store=database_url), str(tmp_path / "back"))
    assert not (tmp_path / "back").exists()
