"""A publication in PostgreSQL that is killed at any moment loses nothing."""

import random

import pytest

from tests.postgres import PostgresServer
from tests.retrieval.indexing.killed_publications import (
    KINDS,
    kill_again_and_again,
    killed_publications,
)


def test_publications_that_are_killed_lose_nothing_and_the_next_one_is_complete(
    postgres: PostgresServer, database_url: str, tmp_path
) -> None:
    if not postgres.pgdata:
        pytest.skip("the server of VERBATIM_TEST_POSTGRES is not killed")
    with killed_publications(tmp_path, postgres, database_url, seed=16) as builds:
        kill_again_and_again(builds, 3, random.Random(16))
    assert all(builds.killed[kind] >= 3 for kind in KINDS)
    assert builds.published == len(builds.steps)
