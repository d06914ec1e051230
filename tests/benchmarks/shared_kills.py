"""Whether two bots announce every release once, whatever is killed of them and their database.

    python -m tests.benchmarks.shared_kills [--times N] [--seed N]

has two processes announce from one state in PostgreSQL, and kills one of them, the server, and
connections to it, N times each (100), while the loopback Discord fails. The exit status is 1 if an
announcement was lost or made twice, or if a correction is missing.
"""

import argparse
import asyncio
import logging
import sys
import tempfile
import time
from pathlib import Path

from tests.bot.features.announcements.shared_kills import kill_everything
from tests.postgres import running_server
from tests.shared import name_api_description

_TIMES = 100


def main() -> int:
    """Run it; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=_TIMES)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    name_api_description()
    logging.disable(logging.WARNING)  # what is killed is missed in many lines
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        data, pgdata = Path(folder) / "trial", Path(folder) / "postgres"
        data.mkdir()
        pgdata.mkdir()
        with running_server(pgdata) as server:
            figures, killed = asyncio.run(
                kill_everything(data, server, options.times, options.seed)
            )
    print(*killed.lines(), *figures.lines(), sep="\n")
    print(f"seconds: {time.perf_counter() - started:.0f}")
    wrong = [*figures.lost, *figures.doubled, *figures.stale]
    print(*wrong, sep="\n", end="")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
