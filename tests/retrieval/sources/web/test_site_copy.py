"""A value of a site's copy that is not what was stored is damage of the copy."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest

from retrieval.sources.web.entries import Entry
from retrieval.sources.web.offers import OfferKind
from retrieval.sources.web.page import Page
from retrieval.sources.web.page_files import CopyUnusable
from retrieval.sources.web.site_copy import SiteCopy
from retrieval.sources.web.site_plan import EntrySource, SitePlan

SITE, LIST, ONE = (f"https://roe.example/{path}" for path in ("", "news", "news/1"))
SOURCE = EntrySource(OfferKind.LISTING, LIST)
NOON = datetime(2026, 4, 11, 12, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path):
    with SiteCopy.create(tmp_path, SitePlan(SITE, (SOURCE,), SOURCE), lambda: NOON) as copy:
        copy.add([Entry(ONE, "Fares", None, "x")])
        copy.store(ONE, Page(ONE, ONE, b"fares", "text/html", "utf-8", {}))
        copy.progress.advance(LIST, None)
        copy.progress.note_named(LIST, 1)
    return tmp_path


def use(folder):
    with SiteCopy(folder, lambda: NOON) as copy:
        return (
            copy.status(),
            list(copy.releases()),
            copy.progress.ended(LIST),
            copy.progress.named(LIST),
        )


def test_a_whole_copy_is_used(folder):
    status, (release,), ended, named = use(folder)
    assert (status.added, release.fetched, ended, named) == (NOON, NOON, NOON, 1)


@pytest.mark.parametrize(
    "change",
    [
        "release SET published = '[[]]'",
        "release SET fetched = '2026-04-11'",
        "release SET digest = x'ff'",
        "release SET title = x'ff'",
        "progress SET ended = 'soon'",
        "named SET releases = 9e999",
        "site SET added = 'then'",
        "site SET plan = '[]'",
        "site SET plan = replace(plan, '\"https://roe.example/\"', '7')",
        "site SET failure = CAST(x'ff' AS TEXT)",
    ],
)
def test_a_damaged_value_is_told_with_the_folder(folder, change):
    with closing(sqlite3.connect(folder / "site.sqlite")) as connection, connection:
        connection.execute(f"UPDATE {change}")
    with pytest.raises(CopyUnusable) as raised:
        use(folder)
    assert str(folder) in str(raised.value)


def test_a_copy_without_its_record_is_told(folder):
    with closing(sqlite3.connect(folder / "site.sqlite")) as connection, connection:
        connection.execute("DELETE FROM site")
    with pytest.raises(CopyUnusable):
        use(folder)
