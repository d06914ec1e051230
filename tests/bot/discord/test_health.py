"""The pages for monitors, of the real bot on a loopback Discord."""

import asyncio
import json
import re
import socket
import threading
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import aiohttp
import pytest

from bot.client import bot_for_archive
from bot.health import LONGEST_SILENCE, LONGEST_STALL, Gateway, HealthPortUnusable
from bot.search_queue import SearchQueue
from bot.settings import Settings
from retrieval.archive import Archive
from tests.bot.online import Online, Run, until
from tests.loopback import LoopbackDiscord, Totals

BRIDGE = "How much did the bridge cost?"


async def get(it: Online, page: str) -> tuple[int, str]:
    assert it.bot.health
    url = f"http://127.0.0.1:{it.bot.health.port}{page}"
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return response.status, await response.text()


async def ready(it: Online) -> None:
    """Wait until the index is open and all servers are known."""
    await it.indexed()
    await it.bot.wait_until_ready()


async def healthz(it: Online) -> tuple[int, list[str]]:
    status, text = await get(it, "/healthz")
    values = json.loads(text)
    assert values["status"] == ("ok" if status == 200 else "failing")
    return status, values["reasons"]


async def metrics(it: Online) -> Mapping[str, float]:
    status, text = await get(it, "/metrics")
    assert status == 200
    found = re.findall(r"^(verbatim_\S+) (\S+)$", text, re.MULTILINE)
    assert len(found) == len([line for line in text.splitlines() if not line.startswith("#")])
    return {name: float(value) for name, value in found}


async def test_without_the_setting_nothing_listens(run: Run, newsrooms_archive: Archive) -> None:
    async with run(archive=newsrooms_archive) as it:
        assert it.bot.health is None


async def test_a_bot_that_answers_is_well_and_says_how_it_does(
    run: Run, newsrooms_archive: Archive
) -> None:
    async with run(archive=newsrooms_archive, health_port=0) as it:
        await ready(it)
        assert await healthz(it) == (200, [])
        await it.ask(BRIDGE)
        await it.ask("Who won the chess tournament on Mars?")
        await it.ask("thanks")
        found = await metrics(it)
        assert found["verbatim_up"] == 1
        assert found['verbatim_questions_total{outcome="answered"}'] == 1
        assert found['verbatim_questions_total{outcome="unanswered"}'] == 1
        assert found['verbatim_questions_total{outcome="request"}'] == 1
        assert found["verbatim_answered_share"] == 0.5
        assert found["verbatim_question_seconds_count"] == 3
        assert found["verbatim_releases"] == 4
        assert found["verbatim_index_age_seconds"] > 0
        assert found["verbatim_gateway_silence_seconds"] < LONGEST_SILENCE
        assert found["verbatim_outbox_length"] == 0
        assert found["verbatim_refresh_failures"] == 0
        assert found["verbatim_questions_waiting"] == 0
        _, page = await get(it, "/metrics")
        assert "bridge" not in page
        assert "chess" not in page


async def test_a_question_that_fails_is_counted(run: Run, newsrooms_archive: Archive) -> None:
    async with run(archive=newsrooms_archive, health_port=0) as it:
        await ready(it)
        await it.slash("ask", {"question": BRIDGE, "newsroom": "nowhere.example"})
        assert (await metrics(it))['verbatim_questions_total{outcome="failed"}'] == 1


async def test_without_an_index_the_reason_is_told(run: Run, tmp_path: Path) -> None:
    (empty := tmp_path / "releases").mkdir()
    async with run(empty, health_port=0) as it:
        await until(lambda: it.bot.services.archive._opening.done())
        status, reasons = await healthz(it)
        assert status == 503
        assert any("index" in reason for reason in reasons)
        found = await metrics(it)
        assert found["verbatim_up"] == 0
        assert "verbatim_releases" not in found


async def test_a_bot_that_lost_discord_is_not_well(run: Run, newsrooms_archive: Archive) -> None:
    async with run(archive=newsrooms_archive, health_port=0) as it:
        await ready(it)
        shard = it.bot.shards[0]
        await shard.disconnect()
        status, reasons = await healthz(it)
        assert (status, reasons) == (503, ["not connected to Discord"])
        await shard.connect()
        await until(lambda: not shard.is_closed())
        assert await healthz(it) == (200, [])


async def test_silence_of_discord_is_told(run: Run, newsrooms_archive: Archive) -> None:
    async with run(archive=newsrooms_archive, health_port=0) as it:
        await ready(it)
        now = [0.0]
        it.bot.health._gateway = gateway = Gateway(it.bot, lambda: now[0])
        now[0] = LONGEST_SILENCE + 1
        assert await healthz(it) == (503, ["nothing heard from Discord for 121 s"])
        gateway.hear()
        assert await healthz(it) == (200, [])


async def test_questions_of_which_none_is_finished_in_a_minute_are_told(
    run: Run, newsrooms_archive: Archive
) -> None:
    async with run(archive=newsrooms_archive, health_port=0) as it:
        await ready(it)
        now, go = [0.0], [threading.Event() for _ in range(3)]
        queue = it.bot.services.archive._searches = SearchQueue(1, lambda: now[0])
        asked = [asyncio.create_task(queue.run(partial(each.wait, 60))) for each in go]
        await until(lambda: queue.queued == 3)
        now[0] = LONGEST_STALL
        assert await healthz(it) == (200, [])
        now[0] += 1
        reason = "3 questions wait, and none was finished in 61 s"
        assert await healthz(it) == (503, [reason])
        go[0].set()
        await asked[0]
        assert await healthz(it) == (200, [])
        now[0] += LONGEST_STALL + 1
        assert (await healthz(it))[1] == [reason.replace("3", "2")]
        for each in go:
            each.set()
        await asyncio.gather(*asked)
        now[0] += LONGEST_STALL + 1  # nothing waits any more
        assert await healthz(it) == (200, [])


async def test_discord_is_heard(run: Run, newsrooms_archive: Archive) -> None:
    async with run(archive=newsrooms_archive, health_port=0) as it:
        await ready(it)
        it.bot._gateway._heard = before = -1e9
        await it.slash("status")
        assert it.bot._gateway._heard > before


async def test_a_port_that_is_taken_is_one_line(newsrooms_archive: Archive, totals: Totals) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        settings = Settings(data=newsrooms_archive.data, health_port=port)
        async with LoopbackDiscord(totals=totals) as discord:
            bot = bot_for_archive(newsrooms_archive, settings, connector=discord.connector)
            with pytest.raises(HealthPortUnusable, match=f"127.0.0.1:{port}.*VERBATIM_HEALTH_PORT"):
                await bot.start(discord.token)
            await bot.close()
