"""A newsroom's web site on loopback, and a bot that may read it."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest

from embeddings.encoder import Encoder
from tests.bot.encoders import HashedEncoder
from tests.bot.online import Online, Run
from tests.retrieval.sources.web.clocks import ManualClock
from tests.retrieval.sources.web.newsroom import Newsroom


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """Nothing here is found by meaning."""
    return HashedEncoder()


@pytest.fixture(scope="session")
def reranker() -> None:
    """Nor is anything ranked."""
    return


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def newsroom() -> AsyncIterator[Newsroom]:
    async with Newsroom() as server:
        yield server


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """A folder with one release, which is a source beside the site."""
    folder = tmp_path / "press-folder"
    folder.mkdir()
    text = "Zoo Adopts a Tapir\n\nMarch 3, 2026\n\nThe zoo of Harbor City has adopted a tapir.\n"
    (folder / "zoo.txt").write_text(text)
    return folder


@pytest.fixture
def run_for_sites(run: Run, clock: ManualClock, notes: Path) -> Run:
    """Run a bot that reads a folder, and may read sites on loopback."""

    def start(*sources: Path, **how: Any) -> AbstractAsyncContextManager[Online]:
        loopback = {"private_addresses": True, "fetch_delay": 0.0, "clock": clock}
        return run(*(sources or (notes,)), **{**loopback, **how})

    return start
