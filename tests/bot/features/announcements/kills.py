"""Kills a process that announces releases, again and again, while Discord fails as well.

What is killed is `tests.bot.features.announcements.announcer`; what it does is seen by a loopback
Discord that carries out requests without an answer, refuses them, delays them and cuts connections.
At the end every release must have been announced once in every channel, and to the person who has
subscribed.
"""

import asyncio
import json
import os
import random
import re
import signal
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from aiohttp import web

from bot.state import State, open_state
from bot.state.announcements import Announcement
from bot.state.servers import ServerSettings
from bot.state.subscriptions import Subscription
from retrieval.scope import Scope
from tests.bot.features.announcements.announcer import Job, publish, seconds_ahead
from tests.loopback import Channel, Clock, ConnectionCut, LoopbackDiscord, Message, Request, Totals

ROOT = Path(__file__).parents[4]
SPEED = 20.0  # of the clocks, so that a pause of half a minute takes 1.5 s
_CHANNEL = "/channels/"
_SENDS = ("POST /channels/{channel_id}/messages", "POST /channels/{channel_id}/threads")
_SEARCHES = ("GET /channels/{channel_id}/messages", "GET /guilds/{guild_id}/threads/active")
_LONGEST_LIFE = 0.6  # seconds
_LONGEST_DELAY = 0.05  # seconds
_SOON = 0.02  # seconds
_LATE = 600.0  # seconds: more than any nonce is remembered
_LATEST_PAUSE = 2 * 3600.0  # seconds: after which all that waits is due
_TITLE = re.compile(r"Release (\d+)\b")


class FastClock(Clock):
    """A clock that runs faster than the machine's."""

    def __init__(self, speed: float = SPEED) -> None:
        super().__init__()
        self.speed = speed
        self.started = time.monotonic()

    @property
    def ahead(self) -> float:
        return self.advanced + seconds_ahead(self.started, self.speed)


@dataclass
class Figures:
    """What happened.

    ``announced`` counts the releases that were announced once, in each channel; ``lost`` and
    ``doubled`` name the others. The direct messages with a person are a channel, too.
    ``corrected`` counts the messages of corrected releases that show the correction, and ``stale``
    names those that do not.
    """

    kills: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    moments: Counter[str] = field(default_factory=Counter)
    releases: int = 0
    channels: int = 0
    messages: int = 0
    digests: int = 0
    posts: int = 0
    sends: int = 0
    searches: int = 0
    announced: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    corrected: int = 0
    stale: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """The figures for people."""
        faults = ", ".join(f"{count} {name}" for name, count in sorted(self.faults.items()))
        moments = ", ".join(f"{count} {name}" for name, count in sorted(self.moments.items()))
        return [
            f"kills: {self.kills} ({moments})",
            f"faults: {faults}",
            f"releases: {self.releases} in {self.channels} channels",
            f"messages: {self.messages}, of them {self.digests} digests and {self.posts} posts",
            f"requests to send: {self.sends}, channels searched: {self.searches}",
            f"announced once: {self.announced} of {self.releases * self.channels}",
            f"lost: {len(self.lost)}, announced more than once: {len(self.doubled)}",
            f"corrections shown: {self.corrected}, missing: {len(self.stale)}",
        ]


class Announcers:
    """Starts announcers, one at a time."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._running: int | None = None

    async def start(self, job: Job) -> None:
        """Start an announcer."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(asdict(job)).encode() + b"\n")
        self._running = int(await self._process.stdout.readline())

    @property
    def is_running(self) -> bool:
        """Whether an announcer was started, and not killed."""
        return self._running is not None

    def kill(self) -> bool:
        """Kill the announcer that is running; return whether there was one."""
        killed, self._running = self._running, None
        if killed is None:
            return False
        os.kill(killed, signal.SIGKILL)
        return True


@asynccontextmanager
async def announcers() -> AsyncIterator[Announcers]:
    """What starts announcers; kills the last one at the end."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bot.features.announcements.announcer"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )
    started = Announcers(process)
    try:
        yield started
    finally:
        started.kill()
        process.kill()
        await process.wait()


class Trial:
    """Kills announcers, and counts what they announced.

    ``longest_end`` is how many seconds a busy machine may take to send what is left.

    Args:
        server: the Discord.
        clock: its clock.
        folder: where the releases and the state are kept.
        running: starts the announcers.
        seed: what chance begins with.
    """

    longest_end = 120.0

    def __init__(
        self,
        server: LoopbackDiscord,
        clock: FastClock,
        folder: Path,
        running: Announcers,
        seed: int,
    ) -> None:
        self._server = server
        self._clock = clock
        self._running = running
        self._chance = random.Random(seed)
        self._data, self._path = folder / "data", folder / "releases.json"
        self._texts = {"Release 0": "Not new."}
        self._recent: list[str] = []
        self._changed: set[str] = set()
        self._kill_at: tuple[int, str] | None = None
        self._killed = asyncio.Event()
        self._killing: asyncio.TimerHandle | None = None
        self._failed: set[str] = set()
        self._delays: set[asyncio.Future[None]] = set()
        self._quiet = False
        self.figures = Figures()

    async def run(self, kills: int) -> Figures:
        """Kill so many announcers, let one finish, and return the figures."""
        state = self.open_state()
        channels = await self._set_up(state)
        self._server.intercept = self._before
        self._server.intercept_answer = self._after
        for _ in range(kills):
            self._news()
            await self._live_and_die()
            if self._chance.random() < 0.3:
                await self._wait_long(_LATE)
        self._quiet = True
        await self._finish(state)
        state.close()
        self._count(channels)
        return self.figures

    def open_state(self) -> State:
        """The state that is announced from."""
        self._data.mkdir()
        return open_state(self._data)

    async def _set_up(self, state: State) -> list[Channel]:
        """Two channels and a forum, the first with two reasons for each release, and an index.

        A person has all releases for two reasons as well.
        """
        publish(self._path, self._texts)
        second = await self._server.new_channel("second")
        forum = await self._server.new_forum("forum", ["Releases"], requires_tag=True)
        channels = [self._server.channel, second, forum]
        for number, channel in enumerate(channels, start=1):
            state.servers.set(number, ServerSettings(announce=channel.id))
        by_words = Announcement(1, channels[0].id, Scope(words="release"))
        state.announcements.keep(1, state.announcements.offer(by_words, time.time()), time.time())
        person = self._server.member
        direct = self._server.dm(person)
        for scope in (Scope(), Scope(words="release")):
            offered = Subscription(person.id, scope, person.locale)
            number = state.subscriptions.offer(offered, time.time())
            state.subscriptions.keep(person.id, number, direct.id, [], time.time())
        state.outbox.record([*self._texts], [], {}, time.time())
        return [*channels, direct]

    def _news(self) -> None:
        """Publish some releases, many at once now and then, or change one that is recent."""
        if self._recent and self._chance.random() < 0.3:
            changed = self._chance.choice(self._recent)
            self._texts[changed] = f"Corrected, {self._chance.random()}."
            self._changed.add(changed)
        many = self._chance.random() < 0.1
        count = self._chance.randint(6, 12) if many else self._chance.choice([0, 1, 1, 2, 3])
        self._publish_more(count)

    def _publish_more(self, count: int) -> None:
        new = [f"Release {len(self._texts) + number}" for number in range(count)]
        self._texts |= dict.fromkeys(new, "As it was published.")
        self._recent = [*self._recent, *new][-5:]
        publish(self._path, self._texts)

    async def _live_and_die(self) -> None:
        """Start an announcer, and kill it at a request, or after a while."""
        self._killed.clear()
        moment = self._chance.choice(["before", "after", "soon after", "at any time"])
        number = self._chance.randint(3, 11)  # the first two requests are its login
        self._kill_at = (number, moment) if moment != "at any time" else None
        await self._start()
        try:
            async with asyncio.timeout(self._chance.uniform(0.1, _LONGEST_LIFE)):
                await self._killed.wait()
        except TimeoutError:
            self._kill("at any time")
        if self._killing:
            self._killing.cancel()

    async def _start(self) -> None:
        await self._running.start(self.job(str(self._data)))

    def job(self, data: str) -> Job:
        """What an announcer is to do with a state."""
        return Job(
            socket=self._server.socket_path,
            token=self._server.token,
            data=data,
            releases=str(self._path),
            started=self._clock.started,
            ahead=self._clock.advanced,
            speed=self._clock.speed,
        )

    def _kill(self, moment: str) -> None:
        self._kill_at = None
        if self._running.kill():
            self.figures.kills += 1
            self.figures.moments[moment] += 1
        self._killed.set()

    async def _arrived(self) -> None:
        """Wait until all that a killed process sent is carried out: no request takes minutes."""
        await asyncio.sleep(_SOON)
        if self._delays:
            await asyncio.wait(self._delays)

    async def _wait_long(self, seconds: float) -> None:
        """Let time pass while nothing runs."""
        await self._arrived()
        self._clock.advance(seconds)

    async def _finish(self, state: State) -> None:
        """Publish one more release, and let an announcer run until nothing is left to do."""
        self._publish_more(1)
        await self._wait_long(_LATEST_PAUSE)
        await self._start()
        async with asyncio.timeout(self.longest_end):
            while True:
                if not state.seen.unseen([*self._texts]) and not state.outbox.waiting():
                    return
                await asyncio.sleep(_SOON)

    # -- what Discord does with a request -------------------------------------------------------

    async def _before(self, request: Request) -> web.Response | None:
        """Kill, refuse, cut or delay, before a request is carried out."""
        if self._is_moment("before"):
            self._kill("before a request was carried out")
            return ConnectionCut()
        if self._quiet or not (request.route or "").startswith(_CHANNEL):
            return None
        # Not twice in a row: discord.py waits for seconds before it tries a third time, which is
        # longer by this clock than Discord remembers a nonce.
        match self._chance.random():
            case x if x < 0.05 and request.path not in self._failed:
                self._failed.add(request.path)
                self.figures.faults["refused with 500"] += 1
                return web.json_response({"message": "500", "code": 0}, status=500)
            case x if x < 0.1:
                self.figures.faults["refused with 503"] += 1
                return web.Response(status=503)
            case x if x < 0.15:
                self.figures.faults["cut before"] += 1
                return ConnectionCut()
            case x if x < 0.25:
                self.figures.faults["delayed"] += 1
                delay = asyncio.ensure_future(
                    asyncio.sleep(self._chance.uniform(0, _LONGEST_DELAY))
                )
                self._delays.add(delay)
                await delay
                self._delays.discard(delay)
        return None

    async def _after(self, request: Request, answer: web.Response) -> web.Response:
        """Kill, cut or delay, after a request was carried out."""
        if self._is_moment("after"):
            self._kill("after a request was carried out")
            return ConnectionCut()
        if self._kill_at == (0, "soon after"):
            self._killing = asyncio.get_running_loop().call_later(
                self._chance.uniform(0, _SOON), self._kill, "soon after an answer"
            )
            self._kill_at = None
        if self._quiet or not (request.route or "").startswith(_CHANNEL):
            return answer
        match self._chance.random():
            case x if x < 0.1:
                self.figures.faults["carried out, and cut"] += 1
                return ConnectionCut()
            case x if x < 0.15:
                self.figures.faults["carried out, and 503"] += 1
                return web.Response(status=503)
            case x if x < 0.2 and request.path not in self._failed:
                self._failed.add(request.path)
                self.figures.faults["carried out, and 500"] += 1
                return web.json_response({"message": "500", "code": 0}, status=500)
        self._failed.discard(request.path)
        return answer

    def _is_moment(self, phase: str) -> bool:
        """Count a request down to that at which to kill; return whether it has come."""
        if self._kill_at is None:
            return False
        number, moment = self._kill_at
        if phase == "before":
            number -= 1
            self._kill_at = (number, moment)
        return number == 0 and moment == phase

    # -- what came of it -------------------------------------------------------------------------

    def _count(self, channels: list[Channel]) -> None:
        figures = self.figures
        released = [id for id in self._texts if id != "Release 0"]
        routes = self._server.report().routes
        figures.releases, figures.channels = len(released), len(channels)
        figures.messages = len(self._server.messages)
        figures.digests = sum("new releases" in each.text for each in self._server.messages)
        figures.sends = sum(routes.get(each, 0) for each in _SENDS)
        figures.searches = sum(routes.get(each, 0) for each in _SEARCHES)
        for channel in channels:
            posts = {post.id for post in self._server.posts(channel)}
            figures.posts += len(posts)
            places = {channel.id, *posts}
            messages = [each for each in self._server.messages if each.channel_id in places]
            found = Counter(title for each in messages for title in _titles(each))
            for id in released:
                where = f"{id} in {channel.name or 'direct messages'}"
                if found[id] == 1:
                    figures.announced += 1
                else:
                    (figures.doubled if found[id] else figures.lost).append(where)
            for id in self._changed:
                # A digest shows titles alone.
                shown = [each.text for each in messages if _titles(each) == {id}]
                if any(self._texts[id] not in text for text in shown):
                    figures.stale.append(f"{id} in {channel.name or 'direct messages'}")
                elif shown:
                    figures.corrected += 1


def _titles(message: Message) -> set[str]:
    return {match[0] for match in _TITLE.finditer(message.text)}


async def kill_again_and_again(
    folder: Path, kills: int, seed: int, totals: Totals | None = None
) -> Figures:
    """Run a trial in a folder."""
    clock = FastClock()
    async with LoopbackDiscord(clock=clock, totals=totals) as server, announcers() as running:
        return await Trial(server, clock, folder, running, seed).run(kills)
