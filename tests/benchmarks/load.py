"""How the bot does with many questions a second: acknowledged, answered, refused, memory, stalls.

    python -m tests.benchmarks.load [--data DIR] [--questions FILE] [--rate N] [--seconds N]

asks 50 questions a second for ten minutes, whether the last ones are answered or not, over a copy
of DIR (without: over the sample in ``seeds``). The bot runs in a process of its own against the
loopback Discord in this one, without Discord's API description: by that it could not check so many
requests a second. A question that the bot has no room for is refused, with the time when it has;
one that is not acknowledged in time, or neither answered nor refused, is lost, and the exit status
is then 1.
"""

import argparse
import asyncio
import contextlib
import itertools
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from tests.benchmarks.discord import PATIENCE, SEEDS, Bench, online, questions_of
from tests.benchmarks.parts import SHARED

RATE = 50.0
SECONDS = 600.0
_SAMPLE = 5.0  # seconds between two looks at the bot's process
_LATE = 30.0  # seconds after which nothing is acknowledged any more
_REFUSED = re.compile(r"Too many questions are waiting for me\. Ask again <t:(\d+):R>\.")


@dataclass
class Load:
    """What came of the questions; all times in seconds."""

    acknowledged: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)
    told: list[float] = field(default_factory=list)  # how long those that were refused are to wait
    lost: list[str] = field(default_factory=list)
    memory: list[tuple[float, float]] = field(default_factory=list)  # when, and MiB
    stalls: list[float] = field(default_factory=list)  # the worst of each sample, in ms

    def lines(self) -> list[str]:
        """The figures."""
        asked = len(self.answered) + len(self.told) + len(self.lost)
        when, sizes = np.array(self.memory).T
        slope = np.polyfit(when, sizes, 1)[0] * 60 if len(self.memory) > 1 else 0.0
        return [
            f"asked: {asked}",
            f"acknowledged: {len(self.acknowledged)}, {_spread(self.acknowledged, 1000, 'ms')}",
            f"answered: {len(self.answered)}, {_spread(self.answered, 1, 's')}",
            f"refused: {len(self.told)}, told to wait: {_spread(self.told, 1, 's')}",
            f"lost: {len(self.lost)}",
            f"memory: {sizes[0]:.0f} MiB, {sizes[-1]:.0f} in the end, {slope:+.2f} a minute",
            f"stalls of the loop, the worst of every {_SAMPLE:.0f} s: "
            f"{_spread(self.stalls, 1, 'ms')}",
        ]


def _spread(values: Sequence[float], factor: float, unit: str) -> str:
    if not values:
        return "none"
    median, most = np.percentile(values, [50, 95]) * factor
    return f"median {median:.1f}, 95 % {most:.1f}, worst {max(values) * factor:.1f} {unit}"


async def load(bench: Bench, questions: Sequence[str], rate: float, seconds: float) -> Load:
    """Ask so many questions a second for so long, and wait for what came of them."""
    found = Load()
    asked = itertools.cycle(questions)
    await bench.tell("stall")
    ended = asyncio.Event()
    watching = asyncio.create_task(_watch(bench, found, ended))
    started = time.perf_counter()
    asking = []
    for number in range(int(rate * seconds)):
        await asyncio.sleep(max(0.0, started + number / rate - time.perf_counter()))
        # Different each, so that none is answered with another.
        asking.append(asyncio.create_task(_ask(bench, f"{next(asked)} ({number})", found)))
    await asyncio.gather(*asking)
    ended.set()
    await watching
    violations = bench.discord.violations  # what was late is among the lost
    violations[:] = [each for each in violations if each.rule != "ack-deadline"]
    return found


async def _ask(bench: Bench, question: str, found: Load) -> None:
    started = time.perf_counter()
    event = await bench.discord.slash("ask", {"question": question})
    try:
        await event.acknowledged(_LATE)
        reply = await event.answer(PATIENCE)
    except TimeoutError as error:  # not acknowledged in time, or neither answered nor refused
        found.lost.append(str(error))
        return
    finally:
        if event.acknowledged_after is not None:
            found.acknowledged.append(event.acknowledged_after)
    if refused := _REFUSED.search(reply.text):
        found.told.append(int(refused[1]) - time.time())
    else:
        found.answered.append(time.perf_counter() - started)


async def _watch(bench: Bench, found: Load, ended: asyncio.Event) -> None:
    """Look at the bot's process from time to time, and once more in the end."""
    last = False
    while not last:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(ended.wait(), _SAMPLE if found.memory else 0.0)
        last = ended.is_set()
        found.memory.append((time.perf_counter(), await bench.tell("memory")))
        found.stalls.append(await bench.tell("stall"))


def run(source: Path | None, questions: Sequence[str], rate: float, seconds: float) -> Load:
    """The bot over a copy of a data folder, or over the sample."""

    async def measure(folder: str) -> Load:
        data, sources = Path(folder, "data"), (SEEDS,)
        if source:
            shutil.copytree(source, data, ignore=shutil.ignore_patterns("baselines", "peers"))
            sources = ()
        async with online(data, sources) as bench:
            return await load(bench, questions, rate, seconds)

    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(measure(folder))


def main() -> int:
    """Print the figures; return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, help="a data folder with an index; it is copied")
    parser.add_argument("--questions", type=Path, default=SHARED / "qa/questions.jsonl")
    parser.add_argument("--rate", type=float, default=RATE, help="questions a second")
    parser.add_argument("--seconds", type=float, default=SECONDS)
    options = parser.parse_args()
    os.environ.pop("DISCORD_OPENAPI", None)
    found = run(options.data, questions_of(options.questions), options.rate, options.seconds)
    print(*found.lines(), sep="\n")
    return 1 if found.lost else 0


if __name__ == "__main__":
    sys.exit(main())
