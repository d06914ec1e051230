"""How quickly the bot acknowledges, answers and suggests, what holds up its loop, what it takes.

    python -m tests.benchmarks.discord [--data DIR] [--questions QUESTIONS.jsonl] [--count N]

The bot runs in a process of its own, over a copy of DIR (without: over the sample in ``seeds``),
against the loopback Discord in this one, which checks each request as in the tests. All times are
what Discord sees, on one machine that does both. A stall is how late a task of the bot's loop wakes
that wants to sleep 5 ms.
"""

import argparse
import asyncio
import itertools
import json
import multiprocessing
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import aiohttp
import numpy as np

from bot.client import build_bot
from bot.settings import Settings
from tests.benchmarks.machine import resident
from tests.benchmarks.parts import SHARED, Options, Part, Table, lines_of
from tests.benchmarks.retrieval import built
from tests.loopback import Interaction, LoopbackDiscord, Message, all_rules
from tests.shared import name_api_description

SEEDS = Path(__file__).parents[2] / "seeds"
AT_ONCE = 50
_COUNT = 100
PATIENCE = 600.0
ALWAYS = 10_000_000  # questions a minute
_PAUSE = 2.0  # seconds between two questions during a reindex
_NAP = 0.005


# -- the bot, in its own process ------------------------------------------------------------------


@dataclass
class Probe:
    """Notes how late the loop wakes it."""

    worst: float = 0.0

    async def run(self) -> None:
        """Go on until cancelled."""
        while True:
            due = time.perf_counter() + _NAP
            await asyncio.sleep(_NAP)
            self.worst = max(self.worst, time.perf_counter() - due)

    def take(self) -> float:
        """The worst in milliseconds, since the last time."""
        worst, self.worst = self.worst, 0.0
        return worst * 1000


def _run_bot(
    data: Path, sources: Sequence[Path], socket: str, token: str, pipe: Connection
) -> None:
    asyncio.run(_be_online(data, sources, socket, token, pipe))


async def _be_online(
    data: Path, sources: Sequence[Path], socket: str, token: str, pipe: Connection
) -> None:
    """Be online until told to stop; meanwhile tell of stalls and memory when asked."""
    settings = Settings(
        data=data,
        releases=tuple(sources),
        questions_per_minute=ALWAYS,
        server_questions_per_minute=ALWAYS,
    )
    bot = build_bot(settings, connector=lambda: aiohttp.UnixConnector(socket, limit=0))
    probe, stopped = Probe(), asyncio.Event()

    loop = asyncio.get_running_loop()

    def hear() -> None:
        try:
            said = pipe.recv()
        except EOFError:  # nobody measures any more
            loop.remove_reader(pipe.fileno())
            said = "stop"
        match said:
            case "stall":
                pipe.send(probe.take())
            case "memory":
                pipe.send(resident())
            case "stop":
                stopped.set()

    loop.add_reader(pipe.fileno(), hear)
    tasks = [asyncio.create_task(bot.start(token)), asyncio.create_task(probe.run())]
    await stopped.wait()
    await bot.close()
    tasks[1].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


# -- Discord, and who asks ------------------------------------------------------------------------


@dataclass
class Bench:
    """The Discord, and the way to the bot's process."""

    discord: LoopbackDiscord
    pipe: Connection

    async def tell(self, what: str) -> float:
        """What the bot's process says of itself."""
        self.pipe.send(what)
        return await asyncio.to_thread(self.pipe.recv)

    async def timed(
        self, begin: Callable[[], Awaitable[Interaction]]
    ) -> tuple[float, float, Message]:
        """Milliseconds until it was acknowledged, and until the reply was there; the reply."""
        started = time.perf_counter()
        event = await begin()
        reply = await event.answer(PATIENCE)
        done = (time.perf_counter() - started) * 1000
        return 1000 * (event.acknowledged_after or 0.0), done, reply

    def ask(self, question: str) -> Callable[[], Awaitable[Interaction]]:
        """Ask a question."""
        return lambda: self.discord.slash("ask", {"question": question})

    def action(self, message: Message, label: str) -> Callable[[], Awaitable[Interaction]]:
        """Press a button."""
        return lambda: self.discord.click(message, label=label)

    def timeline(self, topic: str) -> Callable[[], Awaitable[Interaction]]:
        """Have a timeline drawn."""
        return lambda: self.discord.slash("timeline", {"topic": topic})

    async def ready(self) -> None:
        """Wait until it answers, and has answered once."""
        await self.discord.ready(PATIENCE)
        await self.discord.commands_registered(PATIENCE)
        while True:
            status = await (await self.discord.slash("status")).answer(PATIENCE)
            if status.text.startswith("### What I have read"):
                break
            await asyncio.sleep(0.2)
        await (await self.ask("Who?")()).answer(PATIENCE)
        await (await self.discord.slash("release", {"title": "the"})).answer(PATIENCE)


@asynccontextmanager
async def online(data: Path, sources: Sequence[Path]) -> AsyncIterator[Bench]:
    """The bot in a process of its own, until the block ends."""
    spawning = multiprocessing.get_context("spawn")
    here, there = spawning.Pipe()
    async with LoopbackDiscord() as discord:
        arguments = (data, sources, discord.socket_path, discord.token, there)
        process = spawning.Process(target=_run_bot, args=arguments)
        process.start()
        there.close()
        try:
            bench = Bench(discord, here)
            await bench.ready()
            yield bench
        finally:
            here.send("stop")
            await asyncio.to_thread(process.join, 60)


@dataclass
class Lines:
    """What was timed, as rows of a table."""

    rows: list[tuple[str, ...]]

    def add(self, what: str, milliseconds: Sequence[float]) -> None:
        """Median, 95th percentile and worst of some times."""
        found = (*np.percentile(milliseconds, [50, 95]), max(milliseconds))
        self.rows.append((what, *(f"{each:.1f}" for each in found), str(len(milliseconds))))


async def _measure(bench: Bench, questions: Sequence[str], count: int) -> tuple[Table, ...]:
    lines = Lines([])
    asked = itertools.cycle(questions)
    memory = {"warm": await bench.tell("memory")}
    stalls: dict[str, float] = {}
    await bench.tell("stall")

    alone = [await bench.timed(bench.ask(next(asked))) for _ in range(count)]
    lines.add("a question alone, acknowledged", [each[0] for each in alone])
    lines.add("a question alone, answered", [each[1] for each in alone])
    stalls["questions, one after another"] = await bench.tell("stall")

    together = []
    for _ in range(max(1, count // AT_ONCE)):
        asking = (bench.timed(bench.ask(next(asked))) for _ in range(AT_ONCE))
        together += await asyncio.gather(*asking)
    lines.add(f"{AT_ONCE} at once, acknowledged", [each[0] for each in together])
    lines.add(f"{AT_ONCE} at once, answered", [each[1] for each in together])
    stalls[f"{AT_ONCE} questions at once"] = await bench.tell("stall")
    memory[f"after {len(alone) + len(together)} questions"] = await bench.tell("memory")

    suggested = []
    for question in itertools.islice(asked, count):
        started = time.perf_counter()
        await bench.discord.autocomplete("release", "title", max(question.split(), key=len)[:12])
        suggested.append((time.perf_counter() - started) * 1000)
    lines.add("titles suggested", suggested)
    stalls["suggestions"] = await bench.tell("stall")

    for label in ("In context", "More passages"):
        pressed = [
            await bench.timed(bench.action(answer, button.label or ""))
            for _, _, answer in alone
            for button in answer.buttons
            if (button.label or "").startswith(label)
        ]
        if pressed:
            lines.add(f"“{label}”, acknowledged", [each[0] for each in pressed])
            lines.add(f"“{label}”, shown", [each[1] for each in pressed])
    stalls["buttons"] = await bench.tell("stall")

    topics = await bench.discord.autocomplete("release", "title", "the")
    for which, topic in zip(("first", "second"), topics * 2, strict=False):
        drawn = await bench.timed(bench.timeline(topic["name"][:100]))
        lines.add(f"the {which} timeline, shown", [drawn[1]])
        stalls[f"the {which} timeline"] = await bench.tell("stall")

    await _reindex(bench, asked, lines)
    stalls["a reindex, with questions meanwhile"] = await bench.tell("stall")
    memory["in the end"] = await bench.tell("memory")
    report = bench.discord.report()
    bodies = (
        f"{report.rules['schema']} bodies checked by Discord's API description"
        if report.schema_checked
        else "no API description to check bodies by"
    )
    asked_rules = len(all_rules()) - len(report.unchecked)
    note = f"{report.requests} requests, {bodies}; {asked_rules} of {len(all_rules())} rules asked."
    return (
        Table("Milliseconds", ("", "median", "95 %", "worst", "times"), tuple(lines.rows), note),
        _plain("The longest stall of the loop", "ms", stalls),
        _plain("Memory of the bot's process", "MiB", memory),
    )


def _plain(title: str, unit: str, values: Mapping[str, float]) -> Table:
    rows = tuple((name, f"{value:.1f}") for name, value in values.items())
    return Table(title, ("", unit), rows)


async def _reindex(bench: Bench, asked: "itertools.cycle[str]", lines: Lines) -> None:
    """Reindex, and ask meanwhile."""
    started = time.perf_counter()
    event = await bench.discord.slash("reindex", user=bench.discord.manager)
    ended = asyncio.create_task(event.wait_for(lambda each: "###" in each.text, PATIENCE))
    meanwhile = []
    while not ended.done():
        meanwhile.append(await bench.timed(bench.ask(next(asked))))
        await asyncio.wait((ended,), timeout=_PAUSE)
    await ended
    lines.add("a question during a reindex, acknowledged", [each[0] for each in meanwhile])
    lines.add("a question during a reindex, answered", [each[1] for each in meanwhile])
    lines.add("a reindex", [(time.perf_counter() - started) * 1000])


def questions_of(path: Path) -> list[str]:
    """The questions of a file that follow up none; one where there is no such file."""
    if not path.exists():
        print(f"{path} is not there: one question is asked again and again")
        return ["What legislation did Takano introduce?"]
    rows: list[dict[str, Any]] = [json.loads(line) for line in path.open(encoding="utf-8")]
    return [row["question"] for row in rows if not row["previous"]]


def measure(options: Options) -> Part:
    """The bot over the newsrooms."""
    built(options)
    return measured(options.data, options.questions, options.times(_COUNT))


def measured(source: Path | None, questions: Path, count: int) -> Part:
    """The bot over a copy of a data folder, or over the sample."""

    async def run(folder: str) -> tuple[Table, ...]:
        data, sources = Path(folder, "data"), (SEEDS,)
        if source:
            shutil.copytree(source, data, ignore=shutil.ignore_patterns("baselines", "peers"))
            sources = ()
        async with online(data, sources) as bench:
            return await _measure(bench, questions_of(questions), count)

    with tempfile.TemporaryDirectory() as folder:
        tables = asyncio.run(run(folder))
    return Part("The bot", (__doc__ or "").rpartition("\n\n")[2].strip(), tables)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, help="a data folder with an index; it is copied")
    parser.add_argument("--questions", type=Path, default=SHARED / "qa/questions.jsonl")
    parser.add_argument("--count", type=int, default=_COUNT, help="how many of each")
    arguments = parser.parse_args()
    name_api_description()
    part = measured(arguments.data, arguments.questions, arguments.count)
    print("\n".join(lines_of(part)))


if __name__ == "__main__":
    main()
