"""What is served although the sources say otherwise."""

from pathlib import Path

import pytest

from bot.release_sources import release_sources, sample_releases
from bot.served_sources import Mismatch, mismatches
from bot.settings import Settings
from retrieval.errors import NoReleases
from retrieval.index.remembered_sources import RememberedSources, remember_sources
from retrieval.indexing.build import build_index
from tests.benchmarks.building import HashingEncoder
from tests.conftest import NEWSROOMS
from tests.retrieval.conftest import write_releases


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder."""
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


@pytest.fixture
def news(tmp_path: Path) -> Path:
    """A folder with one file of releases."""
    return _folder(tmp_path / "news")


@pytest.fixture
def blog(tmp_path: Path) -> Path:
    """Another one."""
    return _folder(tmp_path / "my blog")


def _folder(folder: Path) -> Path:
    folder.mkdir()
    write_releases(folder / "releases.jsonl", NEWSROOMS)
    return folder


def _build(settings: Settings, *named: Path, only: bool = False) -> None:
    sources = release_sources(settings, named, only=only)
    build_index(settings.data, sources.paths, HashingEncoder(), remember=sources.remember)


def _kinds(settings: Settings) -> list[tuple[str, tuple[Path, ...]]]:
    return [(each.kind, each.paths) for each in mismatches(settings)]


def test_nothing_is_said_where_there_is_no_index(data: Path, news: Path) -> None:
    assert mismatches(Settings(data=data, releases=(news,))) == []


def test_nothing_is_said_of_what_is_read_as_it_is_named(
    data: Path, news: Path, blog: Path, tmp_path: Path
) -> None:
    settings = Settings(data=data, releases=(news,))
    _build(settings, blog)
    (tmp_path / "link").symlink_to(news)
    for named in ((news,), (tmp_path / "link",), ()):
        assert mismatches(Settings(data=data, releases=named)) == []


def test_the_sample_is_served_though_others_are_named(news: Path) -> None:
    Path("data").mkdir()
    _build(Settings())
    assert mismatches(Settings()) == []
    settings = Settings(releases=(news,))
    assert mismatches(settings) == [Mismatch("sample", (news,), "index")]
    _build(settings)
    assert mismatches(settings) == []
    # Whoever names the folder of the sample wants it.
    _build(Settings(), sample_releases(), only=True)
    assert mismatches(Settings()) == []


def test_a_site_that_is_being_read_is_not_missed() -> None:
    data = Path("data")
    data.mkdir()
    _build(Settings())
    site = RememberedSources(sites=(data.absolute() / "web" / "roe",))
    remember_sources(data, site)
    assert mismatches(Settings()) == []


def test_the_settings_name_others_than_were_read(data: Path, news: Path, blog: Path) -> None:
    _build(Settings(data=data, releases=(news,)))
    settings = Settings(data=data, releases=(blog,))
    assert _kinds(settings) == [("unread", (blog,)), ("dropped", (news,))]
    _build(settings)
    assert _kinds(settings) == []


def test_a_source_that_is_gone_is_served(data: Path, news: Path, blog: Path) -> None:
    settings = Settings(data=data)
    _build(settings, news, blog)
    (news / "releases.jsonl").unlink()
    assert _kinds(settings) == []  # the next build takes its releases out
    news.rmdir()
    (found,) = mismatches(settings)
    assert (found.kind, found.paths) == ("gone", (news,))
    assert found.command == f"index '{blog}' --replace"


@pytest.mark.parametrize("left", [None, "notes.rtf", "empty.txt"])
def test_the_last_file_was_deleted(data: Path, news: Path, left: str | None) -> None:
    settings = Settings(data=data)
    _build(settings, news)
    (news / "releases.jsonl").unlink()
    if left:
        (news / left).write_text("" if left.startswith("empty") else "{\\rtf1}")
    with pytest.raises(NoReleases):
        _build(settings)
    assert mismatches(settings) == [Mismatch("empty", (news,), "index PATH … --replace")]


def test_nothing_is_said_where_no_record_can_be_read(data: Path, news: Path) -> None:
    _build(Settings(data=data, releases=(news,)))
    for record in data.rglob("SOURCES"):
        record.write_text("{")
    assert mismatches(Settings(data=data)) == []
