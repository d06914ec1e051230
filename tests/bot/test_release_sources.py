"""Which releases a build reads."""

from pathlib import Path
from typing import Any

import pytest

from bot.release_sources import (
    NoSources,
    SiteCopyGone,
    known_sources,
    release_sources,
    sample_releases,
)
from bot.settings import Settings
from retrieval.errors import SourceGone, SourcesUnknown
from retrieval.index.remembered_sources import RememberedSources, built_from, remember_sources
from retrieval.sources.web.offers import OfferKind
from retrieval.sources.web.site_copy import SiteCopy, copy_folder, delete_copy
from retrieval.sources.web.site_plan import EntrySource, SitePlan


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder."""
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


@pytest.fixture
def folders(tmp_path: Path) -> list[Path]:
    """Three folders of releases."""
    folders = [tmp_path / name for name in ("news", "blog", "old")]
    for folder in folders:
        folder.mkdir()
    return folders


def paths(settings: Settings, *named: Path, **how: Any) -> tuple[Path, ...]:
    """What a build reads to which paths are named, remembered as that build would."""
    sources = release_sources(settings, named, **how)
    remember_sources(settings.data, sources.remember)
    assert built_from(settings.data) == sources.remember
    return sources.paths


def test_a_path_is_read_beside_the_earlier_ones(data: Path, folders: list[Path]) -> None:
    news, blog, _ = folders
    settings = Settings(data=data)
    assert paths(settings, news) == (news,)
    assert paths(settings, blog) == (news, blog)
    assert paths(settings) == (news, blog)


def test_a_path_alone_replaces_the_earlier_ones(data: Path, folders: list[Path]) -> None:
    news, blog, old = folders
    settings = Settings(data=data)
    paths(settings, news, blog)
    assert paths(settings, old, only=True) == (old,)
    assert paths(settings) == (old,)


def test_a_path_is_read_once_however_it_is_written(
    data: Path, folders: list[Path], tmp_path: Path
) -> None:
    news = folders[0]
    (tmp_path / "link").symlink_to(news)
    settings = Settings(data=data)
    paths(settings, news)
    again = (Path("news"), Path("./news/"), Path("blog/../news"), Path(f"{news}/"), Path("link"))
    assert paths(settings, *again) == (news,)


def test_a_link_is_remembered_as_a_link(data: Path, folders: list[Path], tmp_path: Path) -> None:
    """What it leads to may change: "current" is this year's folder, next year another."""
    (tmp_path / "current").symlink_to(folders[0])
    assert paths(Settings(data=data), Path("current")) == (tmp_path / "current",)


def test_a_folder_within_another_is_kept(data: Path, folders: list[Path]) -> None:
    """It may be one that is not entered from outside, and its files are read once anyway."""
    inner = folders[0] / "2024"
    inner.mkdir()
    settings = Settings(data=data)
    assert paths(settings, folders[0], inner) == (folders[0], inner)


def test_the_settings_are_read_beside_what_was_named(data: Path, folders: list[Path]) -> None:
    news, blog, old = folders
    assert paths(Settings(data=data, releases=(news,))) == (news,)
    assert paths(Settings(data=data, releases=(news,)), blog) == (blog, news)
    # Others in the settings take the place of those before.
    assert paths(Settings(data=data, releases=(old,))) == (blog, old)
    # Without any, what they last named is still read: nothing is dropped because it is not said.
    assert paths(Settings(data=data)) == (blog, old)
    assert paths(Settings(data=data, releases=(old,)), old) == (blog, old)
    assert paths(Settings(data=data, releases=(news,))) == (blog, old, news)


def test_only_the_settings(data: Path, folders: list[Path]) -> None:
    news, blog, _ = folders
    paths(Settings(data=data), news)
    assert paths(Settings(data=data, releases=(blog,)), only=True) == (blog,)


def test_the_sample_is_read_only_where_nothing_is_named(
    data: Path, folders: list[Path], tmp_path: Path
) -> None:
    news = folders[0]
    assert Settings().data == Path("data")
    sources = release_sources(Settings())
    assert sources.is_sample
    assert sources.paths == (sample_releases().absolute(),)
    with pytest.raises(NoSources, match=r"no index in .* Name them: verbatim index PATH …$"):
        release_sources(Settings(data=data))
    assert not release_sources(Settings(), [news]).is_sample
    assert not release_sources(Settings(releases=(news,))).is_sample


def test_the_sample_makes_room_for_the_first_releases_that_are_named(
    data: Path, folders: list[Path]
) -> None:
    settings = Settings()
    assert paths(settings) == (sample_releases().absolute(),)
    # It is still the sample if its folder is named.
    assert release_sources(Settings(data=data)).is_sample
    assert paths(settings, folders[0]) == (folders[0],)


def test_the_sample_that_was_named_stays(data: Path, folders: list[Path]) -> None:
    sample = sample_releases()
    settings = Settings(data=data)
    paths(settings, sample)
    assert paths(settings, folders[0]) == (sample.absolute(), folders[0])


def test_a_source_that_is_gone_is_named_with_the_command_that_drops_it(
    data: Path, folders: list[Path], tmp_path: Path
) -> None:
    (spaced := tmp_path / "more news").mkdir()
    settings = Settings(data=data)
    paths(settings, *folders, spaced)
    folders[1].rmdir()
    for named in ([], [folders[0]]):
        with pytest.raises(SourceGone) as caught:
            release_sources(settings, named)
        assert str(folders[1]) in str(caught.value)
        assert str(caught.value).endswith(
            f": verbatim index {folders[0]} {folders[2]} '{spaced}' --replace"
        )
    # Where it is named again, reading it says what is wrong.
    assert folders[1] in release_sources(settings, [folders[1]]).paths


def test_what_the_settings_name_need_not_be_there_yet(data: Path, tmp_path: Path) -> None:
    settings = Settings(data=data, releases=(tmp_path / "later",))
    assert release_sources(settings).paths == (tmp_path / "later",)


@pytest.mark.parametrize("content", [None, "", "{", '{"other": []}', '{"named": 3}', "3"])
def test_sources_that_cannot_be_read_are_unknown_where_there_is_an_index(
    data: Path, folders: list[Path], content: str | None
) -> None:
    (data / "CURRENT").write_text("g000001\n")
    if content is not None:
        (data / "SOURCES").write_text(content)
    for named in ([], [folders[0]]):
        with pytest.raises(SourcesUnknown, match=r"verbatim index PATH … --replace$"):
            release_sources(Settings(data=data), named)
    assert release_sources(Settings(data=data), folders[:1], only=True).paths == (folders[0],)


def test_sources_of_an_older_version_were_all_named(data: Path, folders: list[Path]) -> None:
    (data / "SOURCES").write_text(f'["{folders[0]}", "{folders[1]}"]')
    assert built_from(data) == RememberedSources(named=(folders[0], folders[1]))


SITE = "https://roe.example/"


@pytest.fixture
def site(data: Path) -> Path:
    """The copy of a web site in the data folder."""
    news = EntrySource(OfferKind.FEED, f"{SITE}feed")
    folder = copy_folder(data, SITE)
    with SiteCopy.create(folder, SitePlan(SITE, (news,), news)):
        return folder


def test_a_site_is_read_beside_the_folders(data: Path, folders: list[Path], site: Path) -> None:
    news = folders[0]
    settings = Settings(data=data)
    paths(settings, news)
    assert release_sources(settings, site=site).new == (site,)
    assert paths(settings, site=site) == (news, site)
    assert paths(settings) == (news, site)
    assert known_sources(settings) == RememberedSources((news,), sites=(site,))
    assert paths(settings, news, only=True) == (news,)


def test_the_sample_is_not_read_beside_a_site(data: Path, site: Path) -> None:
    assert paths(Settings(data=data), site=site) == (site,)


def test_a_source_is_left_out(data: Path, folders: list[Path], site: Path) -> None:
    news, blog, _ = folders
    settings = Settings(data=data)
    paths(settings, news, blog)
    assert paths(settings, site=site, without=blog) == (news, site)
    assert paths(settings, without=site) == (news,)


def test_the_place_of_a_site_moves_with_the_data_folder(data: Path, site: Path) -> None:
    paths(Settings(data=data), site=site)
    moved = data.rename(data.with_name("moved"))
    assert paths(Settings(data=moved)) == (copy_folder(moved, SITE),)


def test_the_copy_of_a_site_that_is_gone_is_an_error(data: Path, site: Path) -> None:
    settings = Settings(data=data)
    paths(settings, site=site)
    delete_copy(site)
    with pytest.raises(SiteCopyGone, match="verbatim sources add ADDRESS"):
        release_sources(settings)
