"""Which new releases are news."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given

from bot.features.announcements.news import NEWS_DAYS, news_of, source_root
from retrieval.release import ReleaseInfo
from tests.bot.features.strategies import info, several_infos

TODAY = date(2026, 3, 2)
SITE = "https://www.harbor.example/news/"


def dated(days: int) -> ReleaseInfo:
    """A release that is so many days old."""
    return info(days, date=TODAY - timedelta(days=days))


def undated(source: str) -> ReleaseInfo:
    return replace(info(date=None), source=source)


def test_a_release_is_news_for_some_days() -> None:
    releases = [dated(days) for days in (-1, 0, NEWS_DAYS, NEWS_DAYS + 1, 31, 3000)]
    assert news_of(releases, TODAY, []) == releases[:3]


@pytest.mark.parametrize(
    ("source", "known", "is_news"),
    [
        ("releases/2026/ferry.txt", "releases/2025/bridge.txt", True),
        ("other/ferry.txt", "releases/bridge.txt", False),
        ("rows.jsonl:12", "rows.jsonl:3", True),
        ("rows.jsonl:12", "others.jsonl:3", False),
        (f"{SITE}ferry", f"{SITE}bridge", True),
        (f"{SITE}ferry", "https://coast.example/news/bridge", False),
        ("", "releases/bridge.txt", False),
    ],
)
def test_an_undated_release_is_news_if_its_source_was_read_before(
    source: str, known: str, is_news: bool
) -> None:
    release = undated(source)
    assert news_of([release], TODAY, [known]) == ([release] if is_news else [])
    assert news_of([release], TODAY, []) == []


def test_a_source_is_a_site_a_folder_or_a_file() -> None:
    assert source_root(f"{SITE}ferry:8") == "www.harbor.example"
    assert source_root("releases/a:b/ferry.txt") == "releases"
    assert source_root("rows.jsonl:12") == "rows.jsonl"


@given(several_infos(0, 8))
def test_news_are_some_of_the_new_releases_in_their_order(releases: list[ReleaseInfo]) -> None:
    news = news_of(releases, TODAY, [each.source for each in releases])
    assert news == [each for each in releases if each in news]
