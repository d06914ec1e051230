"""A data folder that moves in a file: whole, checked, and never over another one."""

import json
import shutil
import threading
import zipfile
from pathlib import Path
from typing import Any

import pytest

from bot.backup.contents import CONTENTS
from bot.backup.errors import (
    BackupExists,
    BackupFailed,
    BackupUnusable,
    DataInUse,
    NothingToBackUp,
    WouldReplace,
)
from bot.backup.restoring import restore
from bot.backup.writing import back_up
from bot.state import STATE, open_state
from bot.state.repair import BACKUP, back_up_state, find_damage
from bot.state.servers import ServerSettings
from embeddings.encoder import Encoder
from embeddings.reranker import Reranker
from retrieval.archive import Archive
from retrieval.errors import IndexBusy
from retrieval.index.generations import building, current_folder, read_manifest, verify
from retrieval.question import Question
from retrieval.release_history import release_history
from tests.bot.encoders import HashedEncoder
from tests.bot.online import Run, many_releases
from tests.conftest import NEWSROOMS

SERVER = 1
PRIVATE = ServerSettings(private=True)
COST = "How much did the bridge cost?"


@pytest.fixture
def data(newsrooms_archive: Archive, newsrooms_file: Path) -> Path:
    """A data folder with an index, an earlier wording, and a state."""
    changed = [{**NEWSROOMS[0], "text": NEWSROOMS[0]["text"] + "\n\nIt is 300 feet long."}]
    rows = [*changed, *NEWSROOMS[1:]]
    newsrooms_file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    newsrooms_archive.reindex([newsrooms_file])
    state = open_state(newsrooms_archive.data)
    state.servers.set(SERVER, PRIVATE)
    state.close()
    return newsrooms_archive.data


@pytest.fixture
def file(data: Path, tmp_path: Path) -> Path:
    path = tmp_path / "backup.zip"
    back_up(data, path)
    return path


def settings_in(data: Path) -> ServerSettings:
    state = open_state(data)
    try:
        return state.servers.get(SERVER)
    finally:
        state.close()


def content(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_it_moves_to_a_fresh_folder(
    data: Path, file: Path, tmp_path: Path, encoder: Encoder, reranker: Reranker
) -> None:
    shutil.rmtree(data)
    fresh = tmp_path / "elsewhere" / "data"
    restored = restore(file, fresh)
    assert restored.aside is None
    assert restored.missing == ()
    assert restored.contents.generation == current_folder(fresh).name
    archive = Archive(fresh, encoder, reranker)
    answer = archive.ask(Question(COST))
    assert "$48 million" in answer.passages[0].text
    verify(current_folder(fresh), read_manifest(current_folder(fresh)))
    assert settings_in(fresh) == PRIVATE
    report = archive.reindex([tmp_path / "releases.jsonl"])
    assert (report.unchanged, report.added) == (4, 0)


def test_nobody_else_can_read_a_backup_nor_what_is_restored(file: Path, tmp_path: Path) -> None:
    restore(file, tmp_path / "new")
    paths = (file, tmp_path / "new", *(tmp_path / "new").rglob("*"))
    assert not [each for each in paths if each.stat().st_mode & 0o077]


async def test_it_is_taken_while_the_bot_runs(run: Run, data: Path, tmp_path: Path) -> None:
    archive = Archive(data, HashedEncoder())
    async with run(archive=archive) as it:
        it.bot.services.state.servers.set(2, ServerSettings(passages=1))
        back_up(data, tmp_path / "running.zip")
        restore(tmp_path / "running.zip", tmp_path / "new")
    state = open_state(tmp_path / "new")
    assert state.servers.get(2) == ServerSettings(passages=1)
    assert state.servers.get(SERVER) == PRIVATE
    state.close()


def test_it_is_taken_during_builds(tmp_path: Path) -> None:
    """Generations come and go; each backup has one of them, whole, with what belongs to it."""
    data, source = tmp_path / "data", tmp_path / "many.jsonl"
    archive = Archive(data, HashedEncoder())
    many_releases(source, 40)
    archive.reindex([source])
    stopped, published = threading.Event(), threading.Semaphore(0)

    def build() -> None:
        first = 1
        while not stopped.is_set():
            many_releases(source, 40, first)
            archive.reindex([source])
            published.release()
            first += 1

    builder = threading.Thread(target=build)
    builder.start()
    generations = set()
    try:
        for number in range(6):
            file, new = tmp_path / f"{number}.zip", tmp_path / f"restored-{number}"
            published.acquire()
            back_up(data, file)
            generation = restore(file, new).contents.generation
            folder = current_folder(new)
            verify(folder, read_manifest(folder))
            assert folder.name == generation
            assert read_manifest(folder).releases == 40
            generations.add(generation)
    finally:
        stopped.set()
        builder.join()
    assert len(generations) > 1
    assert not list(data.glob("backup-*"))


def test_a_backup_is_not_replaced_unasked(data: Path, file: Path) -> None:
    before = file.read_bytes()
    with pytest.raises(BackupExists, match="add --replace"):
        back_up(data, file)
    assert file.read_bytes() == before
    back_up(data, file, replace=True)
    assert not file.with_name("backup.zip.new").exists()


def test_there_must_be_something_to_back_up(tmp_path: Path) -> None:
    with pytest.raises(NothingToBackUp):
        back_up(tmp_path, tmp_path / "backup.zip")
    assert not (tmp_path / "backup.zip").exists()


def test_a_damaged_state_is_not_backed_up_as_if_it_were_whole(data: Path, tmp_path: Path) -> None:
    path = data / STATE
    path.write_bytes(path.read_bytes()[:4096] + b"\xff" * 40_000)
    with pytest.raises(BackupFailed, match="verbatim doctor"):
        back_up(data, tmp_path / "backup.zip")
    assert not list(tmp_path.glob("backup.zip*"))
    assert not list(data.glob("backup-*"))


def test_a_restoration_replaces_nothing_unasked(data: Path, file: Path) -> None:
    before = content(data)
    with pytest.raises(WouldReplace, match=r"state\.sqlite, history\.sqlite, SOURCES") as refused:
        restore(file, data)
    assert "add --replace" in str(refused.value)
    assert content(data) == before


def test_what_is_replaced_is_put_aside(data: Path, file: Path) -> None:
    state = open_state(data)
    state.servers.set(SERVER, ServerSettings(passages=1))
    state.close()
    back_up_state(data / STATE, 0.0)
    for expected in ("before-restore", "before-restore-2"):
        restored = restore(file, data, replace=True)
        assert restored.aside == data / expected
    assert settings_in(data) == PRIVATE
    assert settings_in(data / "before-restore") == ServerSettings(passages=1)
    assert not (data / BACKUP).exists(), "it would repair the new state with the old one"
    assert find_damage(data / "before-restore" / BACKUP) is None
    assert current_folder(data)


async def test_a_running_bot_is_not_pulled_from_under(run: Run, data: Path, file: Path) -> None:
    async with run(archive=Archive(data, HashedEncoder())):
        with pytest.raises(DataInUse, match="Stop it"):
            restore(file, data, replace=True)
    assert restore(file, data, replace=True).aside


def test_a_running_build_is_not_either(data: Path, file: Path) -> None:
    with building(data), pytest.raises(IndexBusy):
        restore(file, data, replace=True)


@pytest.mark.parametrize("at", [0.2, 0.5, 0.9])
def test_a_damaged_backup_changes_nothing(file: Path, tmp_path: Path, at: float) -> None:
    with zipfile.ZipFile(file) as archive:
        each = archive.infolist()[int(at * len(archive.infolist()))]
        start = each.header_offset + 30 + len(each.filename)
    damaged = bytearray(file.read_bytes())
    damaged[start + each.compress_size // 2] ^= 1
    file.write_bytes(bytes(damaged))
    with pytest.raises(BackupUnusable, match="Nothing has changed"):
        restore(file, tmp_path / "new")
    assert [each.name for each in (tmp_path / "new").iterdir()] in ([], ["lock"])


def rewritten(file: Path, **changes: Any) -> None:
    """Write a backup anew, with other contents or further files."""
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    values = json.loads(parts[CONTENTS])
    extra = changes.pop("extra", {})
    parts[CONTENTS] = json.dumps({**values, **changes, "files": values["files"] + len(extra)})
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in {**parts, **extra}.items():
            archive.writestr(name, text)


@pytest.mark.parametrize(
    "name",
    [
        "../evil",
        "/evil",
        "web/../../evil",
        "evil",
        "web/a\\b",
        "C:/x",
        "web/./evil",
        "web/..",
        "CURRENT/evil",
        "current",
        "generations",
        "web/evil/" + "a" * 300,
        "web/evil" + "/a" * 3000,
    ],
)
def test_a_file_outside_the_folder_is_refused(file: Path, tmp_path: Path, name: str) -> None:
    rewritten(file, extra={name: "evil"})
    with pytest.raises(BackupUnusable, match="other files"):
        restore(file, tmp_path / "new")
    assert not list(tmp_path.rglob("*evil*"))


def test_a_name_for_a_file_and_a_folder_is_refused(file: Path, tmp_path: Path) -> None:
    rewritten(file, extra={"web/evil": "evil", "web/evil/x": "evil"})
    with pytest.raises(BackupUnusable, match="other files"):
        restore(file, tmp_path / "new")


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_a_method_of_compression_that_no_backup_has_is_refused(
    file: Path, tmp_path: Path, method: int
) -> None:
    with zipfile.ZipFile(file, "a", method) as archive:
        archive.writestr("web/evil", "evil")
    with pytest.raises(BackupUnusable, match="no backup of Verbatim"):
        restore(file, tmp_path / "new")


@pytest.mark.parametrize("size", [-1, 0x7FFFFFFF])
def test_a_directory_that_leads_out_of_the_file_is_refused(
    file: Path, tmp_path: Path, size: int
) -> None:
    content = bytearray(file.read_bytes())
    end = content.rindex(b"PK\x05\x06")
    content[end + 12 : end + 16] = (size & 0xFFFFFFFF).to_bytes(4, "little")
    file.write_bytes(content)
    with pytest.raises(BackupUnusable, match="not a whole one"):
        restore(file, tmp_path / "new")


def test_a_part_that_says_to_be_larger_than_the_file_is_refused(file: Path, tmp_path: Path) -> None:
    content = bytearray(file.read_bytes())
    start = content.index(b"PK\x01\x02")  # of the first description
    content[start + 20 : start + 24] = b"\xf0\xff\xff\xfe"
    file.write_bytes(content)
    with pytest.raises(BackupUnusable, match="no backup of Verbatim"):
        restore(file, tmp_path / "new")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"generation": 7}, "no backup of Verbatim"),
        ({"sites": [7]}, "no backup of Verbatim"),
        ({"taken": "2026-04-11"}, "no backup of Verbatim"),
        ({"more": "a" * 2_000_000}, "no backup of Verbatim"),
        ({"format": 2}, "a newer version of Verbatim wrote it"),
        ({"taken": "yesterday"}, "no backup of Verbatim"),
        ({"sites": None}, "no backup of Verbatim"),
    ],
)
def test_what_a_backup_says_of_itself_is_checked(
    file: Path, tmp_path: Path, changes: dict[str, Any], expected: str
) -> None:
    rewritten(file, **changes)
    with pytest.raises(BackupUnusable, match=expected):
        restore(file, tmp_path / "new")


def test_other_files_are_no_backups(file: Path, tmp_path: Path) -> None:
    half = tmp_path / "half.zip"
    half.write_bytes(file.read_bytes()[:-100])
    other = tmp_path / "other.zip"
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("holiday.txt", "sun")
    for path in (half, other, tmp_path / "releases.jsonl"):
        with pytest.raises(BackupUnusable):
            restore(path, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_sources_that_are_not_on_the_new_machine_are_named(file: Path, tmp_path: Path) -> None:
    (tmp_path / "releases.jsonl").unlink()
    assert restore(file, tmp_path / "new").missing == (tmp_path / "releases.jsonl",)


def test_the_earlier_wordings_move_too(file: Path, tmp_path: Path) -> None:
    from retrieval.index.sqlite_releases import open_release_store
    from retrieval.ranking.full_release import full_release
    from retrieval.store import FolderStore

    new = tmp_path / "new"
    assert restore(file, new).contents.history
    _, store = open_release_store(new)
    info = store.find("bridge")
    assert info
    assert len(release_history(FolderStore(new), full_release(store, info)).earlier) == 1
    store.close()
