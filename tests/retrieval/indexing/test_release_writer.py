"""The database of a generation's releases is the same, copied and changed, as written anew."""

import sqlite3
import tempfile
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.indexing.deduplication import distinct_releases
from retrieval.indexing.release_writer import write_release_store
from retrieval.release import Release

JOINT = ("A joint statement that is long enough to be known by its words alone. " * 4,)
MANY = [
    Release(f"r{n}", f"Number {n}", (f"The news of day {n}.",), date(2024, 1 + n // 20, 1 + n % 20))
    for n in range(40)
]
COPIES = [
    Release("one", "Joint", JOINT, newsroom="one.example", source="a.jsonl:1"),
    Release("two", "Joint", JOINT, newsroom="two.example", source="a.jsonl:2"),
]
CHANGES = {
    "nothing": lambda releases: releases,
    "a title": lambda releases: [replace(releases[0], title="Another"), *releases[1:]],
    "a source": lambda releases: [replace(releases[0], source="moved.txt"), *releases[1:]],
    "a date": lambda releases: [replace(releases[0], date=date(2025, 1, 1)), *releases[1:]],
    "an id": lambda releases: [replace(releases[0], id=f"{releases[0].id}x"), *releases[1:]],
    "ids": lambda releases: [
        replace(releases[0], id=releases[1].id),
        replace(releases[1], id=releases[0].id),
        *releases[2:],
    ],
    "the source of a copy": lambda releases: [
        *releases[:-1],
        replace(releases[-1], source="moved.txt"),
    ],
    "the first copy": lambda releases: [*releases[:-2], releases[-1], releases[-2]],
    "a copy less": lambda releases: releases[:-1],
    "a release less": lambda releases: releases[1:],
    "a new one": lambda releases: [*releases, Release(f"n{len(releases)}", "New", ("No more.",))],
    "gone": lambda releases: [replace(releases[0], gone=date(2025, 1, 1)), *releases[1:]],
    "back": lambda releases: [replace(releases[0], gone=None), *releases[1:]],
    "many less": lambda releases: releases[::3] if len(releases) > 15 else releases,
}


def write(path, releases, segment=0, before=None):
    distinct = distinct_releases(releases)
    locations = [(segment * (number % 7 == 3), number) for number in range(len(distinct))]
    write_release_store(path, distinct, locations, before)
    return path


def rows_of(path):
    """All rows; those of the copies of a release in their order."""
    with closing(sqlite3.connect(path)) as connection:
        return [
            connection.execute(query).fetchall()
            for query in (
                "SELECT * FROM release ORDER BY number",
                "SELECT * FROM copy ORDER BY release, rowid",
                "SELECT * FROM gone ORDER BY release",
                "SELECT name, sql FROM sqlite_master ORDER BY name",
                "PRAGMA integrity_check",
            )
        ]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.sampled_from([*CHANGES]), max_size=5),
    st.integers(6, len(MANY)),
    st.sampled_from([0, 1]),
)
def test_a_copy_that_is_changed_has_the_rows_of_a_new_database(names, count, segment):
    releases = [*MANY[:count], *COPIES]
    with tempfile.TemporaryDirectory() as folder:
        before = write(Path(folder) / "0", releases)
        for at, name in enumerate(names, start=1):
            releases = CHANGES[name](releases)
            before = write(Path(folder) / f"{at}", releases, segment, before)
            anew = write(Path(folder) / f"{at} anew", releases, segment)
            assert rows_of(before) == rows_of(anew)


@pytest.mark.parametrize(
    ("change", "is_copy"), [("nothing", True), ("a title", True), ("many less", False)]
)
def test_a_database_is_copied_unless_much_of_it_differs(tmp_path, change, is_copy):
    before = write(tmp_path / "before", MANY)
    with closing(sqlite3.connect(before)) as connection:
        connection.execute("PRAGMA user_version = 7")
    after = write(tmp_path / "after", CHANGES[change](MANY), before=before)
    with closing(sqlite3.connect(after)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (7 * is_copy,)


def test_a_database_from_before_releases_could_be_gone_is_copied_too(tmp_path):
    before = write(tmp_path / "before", MANY)
    with closing(sqlite3.connect(before)) as connection:
        connection.execute("DROP TABLE gone")
    gone = CHANGES["gone"](MANY)
    after = write(tmp_path / "after", gone, before=before)
    assert sorted(rows_of(after)[3]) == sorted(rows_of(write(tmp_path / "anew", gone))[3])
    assert rows_of(after)[:3] == rows_of(tmp_path / "anew")[:3]
