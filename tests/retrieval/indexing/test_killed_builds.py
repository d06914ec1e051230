"""A build that is killed at any moment loses nothing."""

import random

from retrieval.indexing.build import build_index
from tests.benchmarks.building import HashingEncoder
from tests.retrieval.indexing.killed_builds import killed_builds
from tests.retrieval.indexing.test_incremental_build import contents_of


def test_builds_that_are_killed_lose_nothing_and_the_next_one_is_complete(tmp_path):
    moments = random.Random(20)
    with killed_builds(tmp_path, seed=20) as builds:
        builds.build()
        calls = builds.build(last_call=10**9)
        for at in range(24):
            # Half of them near the end, where files are renamed and removed.
            builds.build(moments.randrange(1 if at % 2 else int(0.8 * calls), calls))
        assert builds.killed >= 20
        builds.build()
        assert len(list((builds.data / "generations").iterdir())) == 2
        assert not (builds.data / "building").exists()
        build_index(tmp_path / "full", [builds.source], HashingEncoder())
        assert contents_of(builds.data) == contents_of(tmp_path / "full")
