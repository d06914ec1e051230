"""Which terms are searched for where no index has BM25, and how many vectors are compared."""

import numpy as np
import pytest

from retrieval.index.bm25 import idf_of
from retrieval.index.postgres import passage_search
from retrieval.index.postgres.passage_search import GenerationFacts, PostgresSearch, compared
from retrieval.index.postgres.schema import SCHEMA, Generation
from retrieval.postgres.database import PostgresDatabase

PASSAGES = 1000


@pytest.mark.parametrize(
    ("passages_with", "searched"),
    [
        ({"quay": 400}, ["quay"]),
        ({"quay": 400, "crane": 30}, ["crane"]),
        ({"quay": 60, "crane": 30, "harbor": 20}, ["harbor", "crane"]),
        ({"quay": 30, "crane": 30, "harbor": 30}, ["quay", "crane", "harbor"]),
        # A term that no passage has rules no other one out.
        ({"quay": 400, "zebra": 0}, ["zebra", "quay"]),
        ({"zebra": 0}, ["zebra"]),
    ],
)
def test_the_rarest_terms_are_searched_for(
    passages_with: dict[str, int], searched: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passage_search, "RAREST", 100)
    search = PostgresSearch(
        PostgresDatabase("postgresql:///unasked", SCHEMA),
        GenerationFacts(Generation(1, 0), 3, PASSAGES, 40.0, has_bm25=False),
        np.zeros(3, dtype=np.float32),
        {term: idf_of(count, PASSAGES) for term, count in passages_with.items()},
        None,
    )
    assert search._rarest() == searched


@pytest.mark.parametrize(
    ("passages", "k", "count"),
    [
        (30_000, 100, 1000),
        (257_502, 100, 1000),
        (30_000, 300, 3000),
        (1_000_000, 100, 3333),
        (5_000_000, 100, 8000),
        (5_000_000, 1000, 10_000),
    ],
)
def test_the_more_passages_the_more_vectors_are_compared(passages: int, k: int, count: int) -> None:
    assert compared(passages, k) == count
