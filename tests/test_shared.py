"""Where Discord's API description is looked for, and what happens where it is missing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.shared import API_DESCRIPTION, ApiDescriptionMissing, name_api_description

ROOT = Path(__file__).parent.parent


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty shared folder, which the environment names."""
    monkeypatch.setenv("SHARED_DATA", str(tmp_path))
    monkeypatch.setenv("DISCORD_OPENAPI", "")
    return tmp_path


def test_the_description_in_the_shared_folder_is_named(folder: Path) -> None:
    (folder / "discord").mkdir()
    (folder / API_DESCRIPTION).touch()
    name_api_description()
    assert os.environ["DISCORD_OPENAPI"] == str(folder / API_DESCRIPTION)


def test_another_copy_takes_precedence(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_OPENAPI", str(folder / "mine.json"))
    with pytest.raises(ApiDescriptionMissing, match=r"mine\.json"):
        name_api_description()
    (folder / "mine.json").touch()
    name_api_description()
    assert os.environ["DISCORD_OPENAPI"] == str(folder / "mine.json")


def test_without_a_shared_folder_nothing_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHARED_DATA", str(folder / "absent"))
    name_api_description()
    assert not os.environ["DISCORD_OPENAPI"]


def test_a_shared_folder_without_it_is_an_error(folder: Path) -> None:
    with pytest.raises(ApiDescriptionMissing) as caught:
        name_api_description()
    assert caught.value.path == folder / API_DESCRIPTION


def test_a_test_run_fails_there(folder: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        "tests/test_architecture.py",
    ]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == pytest.ExitCode.USAGE_ERROR
    assert f"Discord's API description is not at {folder / API_DESCRIPTION}" in run.stderr
