"""A build on a host that knows fewer sources than the one that built the index in PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from retrieval.archive import Archive
from retrieval.errors import BuiltElsewhere
from retrieval.index.remembered_sources import built_from
from retrieval.postgres_store import PostgresStore
from tests.benchmarks.building import HashingEncoder
from tests.retrieval.conftest import write_releases

FERRY: dict[str, Any] = {"id": "ferry", "title": "Ferry", "text": "Ferry fares are frozen now."}
QUAY: dict[str, Any] = {"id": "quay", "title": "Quay", "text": "The quay is rebuilt in oak."}


@pytest.fixture
def hosts(database_url: str, tmp_path: Path) -> Iterator[list[Archive]]:
    stores = [PostgresStore(database_url, tmp_path / name) for name in ("first", "second")]
    yield [
        Archive(tmp_path / name, HashingEncoder(), store=store)
        for name, store in zip(("first", "second"), stores, strict=True)
    ]
    for each in stores:
        each.close()


def test_no_source_is_left_out_unawares(hosts: list[Archive], tmp_path: Path) -> None:
    first, second = hosts
    ferry = write_releases(tmp_path / "ferry.jsonl", [FERRY])
    quay = write_releases(tmp_path / "quay.jsonl", [QUAY])
    first.reindex([ferry, quay])
    with pytest.raises(BuiltElsewhere, match=r"quay\.jsonl too.*Nothing has changed") as caught:
        second.reindex([ferry])
    assert caught.value.sources == (quay,)
    assert first.index.manifest.releases == 2
    # From then on the host knows of it, and leaves out what it is told to leave out.
    assert built_from(second.data).paths == (ferry, quay)
    assert second.reindex([ferry]).removed == 1
    assert first.index.manifest.releases == 1


def test_more_sources_may_be_read_at_once(hosts: list[Archive], tmp_path: Path) -> None:
    first, second = hosts
    ferry = write_releases(tmp_path / "ferry.jsonl", [FERRY])
    first.reindex([ferry])
    quay = write_releases(tmp_path / "quay.jsonl", [QUAY])
    report = second.reindex([ferry, quay])
    assert (report.added, report.unchanged) == (1, 1)
