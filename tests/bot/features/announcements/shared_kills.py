"""Two processes announce from one state in PostgreSQL, while everything is killed.

That is: a process, all of the server, or connections to it, each again and again, at a request to
Discord or at any time; while Discord fails as it does in `tests.bot.features.announcements.kills`.
At the end every release must have been announced once in every channel.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from bot.state import State, open_postgres_state
from tests.bot.features.announcements.kills import (
    Announcers,
    FastClock,
    Figures,
    Trial,
    announcers,
)
from tests.loopback import LoopbackDiscord, Totals
from tests.postgres import PostgresServer

KINDS = ("process", "server", "connections")
_SPEED = 3.0  # of the clocks: faster, and a pause of the driver would outlast a nonce
_LONGEST_LIFE = 0.8  # seconds
_LONGEST_OUTAGE = 0.5  # seconds, beside the start of the server
_RECOVERY = 4.0  # seconds at most, in which all that was lost is connected again


@dataclass
class Killed:
    """How often what was killed."""

    times: Counter[str] = field(default_factory=Counter)
    connections: int = 0
    both: int = 0

    def lines(self) -> list[str]:
        """The figures for people."""
        times = ", ".join(f"{self.times[kind]} {kind}" for kind in KINDS)
        return [
            f"killed: {times}; {self.connections} connections in all, "
            f"{self.both} times both processes"
        ]


class SharedTrial(Trial):
    """Kills one of two announcers, their database, or its connections.

    Args:
        server: the Discord.
        clock: its clock.
        folder: where the releases are.
        running: starts the announcers.
        seed: what chance begins with.
        postgres: the server of the state.
        url: the database.
    """

    longest_end = 900.0  # by a slower clock, pauses take longer

    def __init__(
        self,
        server: LoopbackDiscord,
        clock: FastClock,
        folder: Path,
        running: tuple[Announcers, Announcers],
        seed: int,
        *,
        postgres: PostgresServer,
        url: str,
    ) -> None:
        super().__init__(server, clock, folder, running[0], seed)
        self._both = running
        self._postgres = postgres
        self._url = url
        self._due = list[str]()
        self._kind = ""
        self.killed = Killed()

    def open_state(self) -> State:
        """The state that is announced from."""
        return open_postgres_state(self._url)

    async def kill_each(self, times: int) -> Figures:
        """Kill everything so often, let both finish, and return the figures."""
        self._due = [kind for kind in KINDS for _ in range(times)]
        self._chance.shuffle(self._due)
        return await self.run(len(self._due))

    async def _live_and_die(self) -> None:
        self._kind = self._due.pop()
        await super()._live_and_die()
        if self._kind == "server":
            await asyncio.sleep(self._chance.uniform(0, _LONGEST_OUTAGE))
            await asyncio.to_thread(self._postgres.start)
            await asyncio.sleep(self._chance.uniform(0, _RECOVERY))

    async def _wait_long(self, seconds: float) -> None:
        # No clock jumps while a process runs.
        for each in self._both:
            each.kill()
        self.killed.both += 1
        await super()._wait_long(seconds)

    async def _start(self) -> None:
        for each in self._both:
            if not each.is_running:
                await each.start(self.job(self._url))

    def _kill(self, moment: str) -> None:
        self._kill_at = None
        match self._kind:
            case "process":
                self._chance.choice(self._both).kill()
            case "server":
                self._postgres.kill()
            case "connections":
                self.killed.connections += self._cut()
        self.killed.times[self._kind] += 1
        self.figures.kills += 1
        self.figures.moments[moment] += 1
        self._killed.set()

    def _cut(self) -> int:
        """End some connections to the database; return how many."""
        with psycopg.connect(self._url, autocommit=True) as connection:
            ended = connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid IN"
                " (SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND random() < %s)",
                [self._chance.choice([0.3, 1.0])],
            ).fetchall()
        return len(ended)


async def kill_everything(
    folder: Path,
    postgres: PostgresServer,
    times: int,
    seed: int,
    totals: Totals | None = None,
) -> tuple[Figures, Killed]:
    """Run a trial in a folder, and in a database of its own."""
    clock = FastClock(_SPEED)
    with postgres.database() as url:
        async with (
            LoopbackDiscord(clock=clock, totals=totals) as server,
            announcers() as one,
            announcers() as other,
        ):
            trial = SharedTrial(
                server, clock, folder, (one, other), seed, postgres=postgres, url=url
            )
            figures = await trial.kill_each(times)
            # Neither process knows how much the other one sends; Discord then lets them wait.
            while any(each.rule == "global-rate" for each in server.violations):
                server.expect_violation("global-rate")
            return figures, trial.killed
