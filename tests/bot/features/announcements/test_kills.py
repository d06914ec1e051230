"""No kill and no fault of Discord's loses an announcement, or makes it twice."""

from pathlib import Path

from tests.bot.features.announcements.kills import kill_again_and_again
from tests.loopback import Totals

KILLS = 15  # `python -m tests.benchmarks.kills` does more


async def test_every_release_is_announced_once_however_often_the_bot_is_killed(
    tmp_path: Path, totals: Totals
) -> None:
    figures = await kill_again_and_again(tmp_path, KILLS, seed=1, totals=totals)
    assert figures.kills == KILLS
    assert figures.releases >= KILLS
    assert sum(figures.faults.values()) > 0
    assert figures.corrected > 0
    assert (figures.lost, figures.doubled, figures.stale) == ([], [], [])
    assert figures.announced == figures.releases * figures.channels
