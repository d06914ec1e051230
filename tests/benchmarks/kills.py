"""Whether every release is announced once, however often the bot is killed.

    python -m tests.benchmarks.kills [--kills N] [--seed N]

kills a process that announces releases on the loopback Discord N times (200), in channels, in a
forum and to a person who has subscribed, as the tests do a few times, and prints what came of it.
The exit status is 1 if an announcement was lost or made twice, or if a correction is missing.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

from tests.bot.features.announcements.kills import kill_again_and_again
from tests.shared import name_api_description

_KILLS = 200


def main() -> int:
    """Run it; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=_KILLS)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    name_api_description()
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        figures = asyncio.run(kill_again_and_again(Path(folder), options.kills, options.seed))
    print(*figures.lines(), sep="\n")
    print(f"seconds: {time.perf_counter() - started:.0f}")
    wrong = [*figures.lost, *figures.doubled, *figures.stale]
    print(*wrong, sep="\n", end="")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
