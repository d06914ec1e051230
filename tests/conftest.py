"""What all tests share: the real model, loaded once, and small real archives."""

import json
import logging
import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")

from embeddings.encoder import Encoder
from embeddings.loading import load_encoder, load_reranker
from embeddings.models import DEFAULT_MODEL, DEFAULT_RERANKER
from embeddings.reranker import Reranker
from retrieval.archive import Archive
from tests.loopback import Totals
from tests.postgres import PostgresServer, running_server
from tests.shared import ApiDescriptionMissing, name_api_description

SEEDS = Path(__file__).parent.parent / "seeds"
SAMPLE_TITLE = "CECOT Survivor Andry José Hernández Romero Meets with Rep. Mark Takano"


# A slow machine fails no test.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

_TOTALS = pytest.StashKey[Totals]()


def pytest_configure(config: pytest.Config) -> None:
    """Find Discord's API description, and add up what all loopback Discords of this run check."""
    try:
        name_api_description()
    except ApiDescriptionMissing as missing:
        raise pytest.UsageError(str(missing)) from None
    config.stash[_TOTALS] = Totals()


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say what they checked."""
    totals = config.stash[_TOTALS]
    if totals.reports:
        terminalreporter.section("loopback Discord")
        for line in totals.lines():
            terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def totals(request: pytest.FixtureRequest) -> Totals:
    """What all loopback Discords of this run checked; give it to each."""
    return request.config.stash[_TOTALS]


@pytest.fixture(scope="session")
def models_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where exports of models other than the default ones are kept."""
    return tmp_path_factory.mktemp("models")


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, models_folder: Path) -> None:
    """No setting of the machine's reaches a test, and nothing is written into the tree."""
    for name in list(os.environ):
        if name.startswith("VERBATIM_") or name in ("DISCORD_TOKEN", "DISCORD_TOKEN_FILE"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("VERBATIM_MODELS", str(models_folder))
    monkeypatch.chdir(tmp_path)


@pytest.fixture(autouse=True)
def own_logging() -> Iterator[None]:
    """What a command sets up for the log ends with its test."""
    root = logging.getLogger()
    levels = {
        name: logging.getLogger(name).level for name in ("", "bot", "retrieval", "embeddings")
    }
    handlers = list(root.handlers)
    yield
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    for handler in list(root.handlers):
        if handler not in handlers:
            root.removeHandler(handler)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server, started by the first test that wants one."""
    # Not where pytest has its folders: each of its runs takes the right to pass from other users,
    # such as the server's.
    with tempfile.TemporaryDirectory(prefix="verbatim-") as folder:
        data = Path(folder) / "postgres"
        data.mkdir()
        with running_server(data) as server:
            yield server


@pytest.fixture
def database_url(postgres: PostgresServer) -> Iterator[str]:
    """The address of a new, empty database of that server."""
    with postgres.database() as url:
        yield url


@pytest.fixture(scope="session")
def encoder(models_folder: Path) -> Encoder:
    """The default model."""
    return load_encoder(DEFAULT_MODEL, models_folder)


@pytest.fixture(scope="session")
def reranker(models_folder: Path) -> Reranker:
    """The bundled reranker."""
    found = load_reranker(DEFAULT_RERANKER, models_folder)
    assert found
    return found


@pytest.fixture(scope="session")
def seed_archive(
    encoder: Encoder,
    reranker: Reranker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Archive:
    """An archive of the sample release. Read it, do not reindex it."""
    archive = Archive(tmp_path_factory.mktemp("seed"), encoder, reranker)
    archive.reindex([SEEDS])
    return archive


NEWSROOMS: Sequence[dict[str, Any]] = (
    {
        "id": "bridge",
        "title": "Mayor Opens Rebuilt Harbor Bridge",
        "date": "2024-03-18",
        "url": "https://www.harbor.example/news/bridge",
        "text": "HARBOR CITY — Mayor Ada Quill opened the rebuilt Harbor Bridge on Monday.\n\n"
        "The bridge cost $48 million and carries 31,000 vehicles a day. It was closed for "
        "fourteen months after the flood of 2022.\n\n"
        "“This bridge belongs to the people who waited for it,” said Mayor Quill.",
    },
    {
        "id": "library",
        "title": "Library Hours Extended to Sundays",
        "date": "2024-05-02",
        "url": "https://www.harbor.example/news/library",
        "text": "All four branches of the city library will open on Sundays from noon to five.\n\n"
        "The change was asked for by a petition with 2,300 signatures.",
    },
    {
        "id": "ferry",
        "title": "Ferry Fares Frozen Until 2026",
        "date": "2025-01-09",
        "url": "https://coast.example/releases/ferry",
        "newsroom": "coast.example",
        "text": "The Coast Authority will not raise ferry fares before January 2026.\n\n"
        "“Commuters have carried enough,” said Director Ines Vale. “The price stays as it is.”",
    },
    {
        "id": "undated",
        "title": "Harbor Seal Count Volunteers Wanted",
        "text": "Volunteers are wanted to count harbor seals on the north beach at low tide.",
    },
)


@pytest.fixture
def newsrooms_file(tmp_path: Path) -> Path:
    """Four releases of two newsrooms as JSON Lines; one has neither date nor address."""
    path = tmp_path / "releases.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in NEWSROOMS), encoding="utf-8")
    return path


@pytest.fixture
def newsrooms_archive(
    encoder: Encoder, reranker: Reranker, newsrooms_file: Path, tmp_path: Path
) -> Archive:
    """An archive of those four."""
    archive = Archive(tmp_path / "data", encoder, reranker)
    archive.reindex([newsrooms_file])
    return archive
