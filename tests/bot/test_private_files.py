"""Nobody but its owner can read the data folder, nor what was in it before."""

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.private_files import OWN, make_private
from bot.state import STATE, open_state
from retrieval.archive import Archive
from tests.bot.online import Run
from tests.conftest import SEEDS

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def open_umask() -> Iterator[None]:
    """What is made without care can be read by everybody."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def rights(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def readable(data: Path) -> list[str]:
    """What others may read or write in a folder, itself included."""
    return [str(each) for each in (data, *data.rglob("*")) if rights(each) & 0o077]


def test_a_state_is_private_from_the_first_moment(tmp_path: Path) -> None:
    state = open_state(tmp_path / "new")
    state.notes.set("name", "value")
    assert rights(tmp_path / "new") == 0o700
    assert {rights(each) for each in (tmp_path / "new").iterdir()} == {0o600}
    assert len(list((tmp_path / "new").iterdir())) == 3, "with its log"
    state.close()


async def test_what_an_earlier_version_left_readable_becomes_private(
    run: Run, newsrooms_archive: Archive
) -> None:
    data = newsrooms_archive.data
    open_state(data).close()
    for each in (data, *data.rglob("*")):
        each.chmod(0o755 if each.is_dir() else 0o644)
    assert readable(data)
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        assert "$48 million" in (await it.ask("How much did the bridge cost?")).text
        assert readable(data) == []
        assert {rights(each) for each in data.rglob("*") if each.is_file()} == {0o600}


def test_a_state_that_others_could_read_becomes_private_in_a_private_folder(tmp_path: Path) -> None:
    open_state(tmp_path).close()
    (tmp_path / STATE).chmod(0o644)
    open_state(tmp_path).close()
    assert rights(tmp_path / STATE) == 0o600


def test_what_else_is_in_the_folder_keeps_its_rights(tmp_path: Path) -> None:
    data, script = tmp_path / "data", tmp_path / "data" / "run.sh"
    (data / "web").mkdir(parents=True)
    outside = tmp_path / "outside"
    outside.write_text("somebody else's")
    (data / "models").symlink_to(tmp_path)
    (data / "web" / "link").symlink_to(outside)
    script.write_text("#!/bin/sh")
    script.chmod(0o755)
    data.chmod(0o755)
    make_private(data)
    assert (rights(data), rights(data / "web")) == (0o700, 0o700)
    assert rights(script) == 0o755
    assert rights(outside) == 0o644


def test_the_command_line_makes_a_private_folder(tmp_path: Path) -> None:
    data = tmp_path / "data"
    command = [sys.executable, "-m", "bot", "index", str(SEEDS), "--data", str(data)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run(command, check=True, capture_output=True, cwd=tmp_path, env=environment)
    assert readable(data) == []
    assert not [each.name for each in data.iterdir() if not any(map(each.match, OWN))]


def test_a_command_makes_a_folder_private_that_is_there(
    verbatim_releases: Any, newsrooms_archive: Archive
) -> None:
    newsrooms_archive.data.chmod(0o755)
    assert verbatim_releases(newsrooms_archive.data) == 0
    assert readable(newsrooms_archive.data) == []


@pytest.fixture
def verbatim_releases() -> Any:
    from bot.cli.main import run

    return lambda data: run(["releases", "--data", str(data)])


def test_what_its_owner_may_not_write_stays_so(tmp_path: Path) -> None:
    data = tmp_path / "data"
    (data / "generations").mkdir(parents=True)
    (data / "CURRENT").touch()
    for path, mode in (("generations", 0o555), ("CURRENT", 0o444), (".", 0o555)):
        (data / path).chmod(mode)
    make_private(data)
    found = [rights(data / path) for path in ("generations", "CURRENT", ".")]
    data.chmod(0o700)
    assert found == [0o500, 0o400, 0o500]
