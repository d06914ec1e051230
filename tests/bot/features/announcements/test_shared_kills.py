"""No kill of a process, of the database or of a connection loses an announcement, or doubles it."""

from pathlib import Path

import pytest

from tests.bot.features.announcements.shared_kills import KINDS, kill_everything
from tests.loopback import Totals
from tests.postgres import PostgresServer

TIMES = 3  # `python -m tests.benchmarks.shared_kills` does more


async def test_two_processes_announce_every_release_once_whatever_is_killed(
    tmp_path: Path, postgres: PostgresServer, totals: Totals
) -> None:
    if postgres.pgdata is None:
        pytest.skip("a server of one's own is not killed")
    figures, killed = await kill_everything(tmp_path, postgres, TIMES, seed=1, totals=totals)
    # One that comes at a request may come again before its round ends.
    assert all(killed.times[kind] >= TIMES for kind in KINDS)
    assert figures.releases >= TIMES
    assert (figures.lost, figures.doubled, figures.stale) == ([], [], [])
    assert figures.announced == figures.releases * figures.channels
