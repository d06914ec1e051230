"""Whether the bot is connected to Discord and can answer, and what a monitor reads of it.

Two pages, on this machine only and where ``VERBATIM_HEALTH_PORT`` is set: ``/healthz``, which is
status 200 or 503 with the reasons, and ``/metrics`` for Prometheus.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import discord
from aiohttp import web

from bot.core.services import Services
from bot.metrics import CONTENT_TYPE, Metric, exposition, gauge
from embeddings.errors import VerbatimError

HOST = "127.0.0.1"

LONGEST_SILENCE = 120.0
"""Seconds: Discord acknowledges a heartbeat every 41."""

LONGEST_STALL = 60.0
"""Seconds in which at least one of the questions that wait must have been finished."""


class HealthPortUnusable(VerbatimError):
    """The port of the pages cannot be listened at."""

    def __init__(self, port: int, reason: str) -> None:
        super().__init__(
            f"cannot listen at {HOST}:{port}: {reason}. Set VERBATIM_HEALTH_PORT to another port"
        )
        self.port = port
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Health:
    """What keeps the bot from answering in Discord; nothing if it is well."""

    reasons: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing does."""
        return not self.reasons


class Gateway:
    """The connection to Discord, as far as it shows from outside.

    Args:
        client: the client.
        clock: seconds, of any origin.
    """

    def __init__(
        self, client: discord.AutoShardedClient, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._clock = clock
        self._heard = clock()

    def hear(self) -> None:
        """Note that Discord has sent something, be it only that it has received a heartbeat."""
        self._heard = self._clock()

    @property
    def silence(self) -> float:
        """Seconds since Discord has sent anything."""
        return self._clock() - self._heard

    @property
    def connected(self) -> bool:
        """Whether every shard is connected, and all servers are known."""
        shards = self._client.shards.values()
        return self._client.is_ready() and not any(shard.is_closed() for shard in shards)


class HealthServer:
    """Serves the two pages.

    Args:
        gateway: the connection to Discord.
        services: what answers.
        port: where to listen; 0 for a port that the system chooses.
    """

    def __init__(self, gateway: Gateway, services: Services, port: int) -> None:
        self._gateway = gateway
        self._services = services
        self.port = port
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Begin to listen. Raises `HealthPortUnusable`."""
        app = web.Application()
        app.add_routes([web.get("/healthz", self._healthz), web.get("/metrics", self._metrics)])
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, HOST, self.port)
        try:
            await site.start()
        except OSError as error:
            await self.close()
            raise HealthPortUnusable(self.port, error.strerror or str(error)) from error
        self.port = self._runner.addresses[0][1]

    async def close(self) -> None:
        """Stop listening."""
        if self._runner:
            await self._runner.cleanup()

    async def health(self) -> Health:
        """Whether the bot is connected to Discord and can answer."""
        reasons = []
        if not self._gateway.connected:
            reasons.append("not connected to Discord")
        if (silence := self._gateway.silence) > LONGEST_SILENCE:
            reasons.append(f"nothing heard from Discord for {silence:.0f} s")
        archive = self._services.archive
        if (stalled := archive.stalled) > LONGEST_STALL:
            waiting = f"{archive.queued} questions wait"
            reasons.append(f"{waiting}, and none was finished in {stalled:.0f} s")
        try:
            await archive.generation()
        except VerbatimError as error:
            reasons.append(str(error))
        return Health(tuple(reasons))

    async def _healthz(self, _: web.Request) -> web.Response:
        health = await self.health()
        body = {"status": "ok" if health.ok else "failing", "reasons": health.reasons}
        return web.json_response(body, status=200 if health.ok else 503)

    async def _metrics(self, _: web.Request) -> web.Response:
        text = exposition(await self._measure())
        return web.Response(text=text, headers={"Content-Type": CONTENT_TYPE})

    async def _measure(self) -> list[Metric]:
        """Every number; those of an index or a state that cannot be read are left out."""
        services = self._services
        found = [
            gauge("verbatim_up", "Whether /healthz is well.", float((await self.health()).ok)),
            gauge(
                "verbatim_gateway_silence_seconds",
                "Seconds since Discord has sent anything.",
                self._gateway.silence,
            ),
            *services.questions.metrics(),
            gauge(
                "verbatim_questions_waiting",
                "Questions that run or wait.",
                float(services.archive.queued),
            ),
        ]
        try:
            manifest = (await services.archive.status()).manifest
            age = (datetime.now(UTC) - manifest.created).total_seconds()
            found += [
                gauge("verbatim_index_age_seconds", "Seconds since the index was built.", age),
                gauge("verbatim_releases", "Releases in the index.", float(manifest.releases)),
            ]
        except VerbatimError:
            pass
        try:
            refreshes = await asyncio.to_thread(services.state.sources.all)
            waiting = await asyncio.to_thread(services.state.outbox.waiting)
            found += [
                gauge(
                    "verbatim_refresh_failures",
                    "Readings of web sites that failed since each was last read.",
                    float(sum(each.failures for each in refreshes.values())),
                ),
                gauge("verbatim_outbox_length", "Messages still to be sent.", float(waiting)),
            ]
        except VerbatimError:
            pass
        return found
