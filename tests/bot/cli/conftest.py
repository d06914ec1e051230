"""Fixtures for the tests of the command line."""

from typing import Any

import pytest

from bot.cli.main import run
from retrieval.archive import Archive


@pytest.fixture
def verbatim(capsys: pytest.CaptureFixture[str]) -> Any:
    """Run a command in this process; return its status, stdout and stderr."""

    def call(*arguments: str) -> tuple[int, str, str]:
        status = run(arguments)
        out, err = capsys.readouterr()
        return status, out, err

    return call


@pytest.fixture
def data(newsrooms_archive: Archive) -> str:
    """A data folder with an index of two newsrooms."""
    return str(newsrooms_archive.data)
