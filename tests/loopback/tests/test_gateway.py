"""Connecting: login, sessions that are resumed, heartbeats, shards."""

from __future__ import annotations

import asyncio
import os
from itertools import pairwise
from pathlib import Path

import aiohttp
import aiohttp.web
import discord
import pytest

from .. import LoopbackDiscord, Totals
from .bots import Shards, TinyBot, eventually, running

MESSAGE_CONTENT = 1 << 15


async def test_login_and_commands(server):
    async with running(server) as bot:
        assert bot.user.id == server.bot.id
        registered = await server.commands_registered()
        assert {"ask", "reindex", "Find it", "list"} <= {each["name"] for each in registered}
        assert server.command("ask")["id"].isdigit()
        assert server.intents & MESSAGE_CONTENT == 0
        await bot.wait_until_ready()
        assert bot.guilds[0].text_channels[0].name == "general"
    report = server.report()
    assert report.routes["PUT /applications/{application_id}/commands"] == 1
    assert report.schema_checked == server.schema_checked


async def test_reports_add_up():
    totals = Totals()
    for _ in range(2):
        async with LoopbackDiscord(totals=totals) as server, running(server):
            await (await server.slash("secret")).answer()
    one, both = totals.reports[0], totals.report
    assert (one.syncs, both.syncs, both.violations) == (1, 2, 0)
    assert both.requests == sum(report.requests for report in totals.reports)
    assert "modal-size" in one.unchecked
    assert "ack-once" not in one.unchecked
    lines = totals.lines()
    assert lines[:2] == ["runs: 2", f"requests: {both.requests}, of them 2 command syncs"]
    assert "  POST /interactions/{interaction_id}/{interaction_token}/callback: 2" in lines
    assert any(line.startswith("  never modal-size (/interactions/") for line in lines)


async def test_wrong_token_fails_the_login(server):
    async with TinyBot(server.connector()) as bot:
        with pytest.raises(discord.LoginFailure):
            await bot.start("another")
    assert server.violations == []


async def test_https_goes_unencrypted_into_the_socket(server):
    """aiohttp does not promise that a UnixConnector does no TLS, and all of this rests on it."""
    async with aiohttp.ClientSession(connector=server.connector()) as session:
        url = "https://discord.com/api/v10/gateway"
        async with session.get(url, headers={"Authorization": f"Bot {server.token}"}) as answer:
            assert answer.status == 200
            assert answer.headers["Content-Type"] == "application/json"
    assert server.requests[0].host == "discord.com"


async def test_privileged_intents_are_not_given_unchecked(server):
    bot = TinyBot(server.connector(), intents=discord.Intents.all())
    async with bot:
        with pytest.raises(discord.PrivilegedIntentsRequired):
            await bot.start(server.token)
    assert server.intents & MESSAGE_CONTENT


async def test_a_dropped_session_is_resumed(server):
    async with running(server) as bot:
        await server.gateway.drop(4000)
        sent = await server.mention("while you were away")
        assert "while you were away" in (await sent.reply()).content
        assert server.gateway.resumes == 1
        assert len(server.gateway.identifies) == 1
        await server.gateway.ask_to_reconnect()
        assert "opcode 7" in (await (await server.mention("opcode 7")).reply()).content
        await server.gateway.invalidate(resumable=True)
        assert "opcode 9" in (await (await server.mention("opcode 9")).reply()).content
        assert server.gateway.resumes == 3
        assert not bot.is_closed()


@pytest.mark.parametrize("code", [1000, 4000, 4001, 4008])
async def test_what_came_meanwhile_is_replayed(server, code):
    async with running(server) as bot:
        await bot.wait_until_ready()
        await server.gateway.drop(code)
        said = [await server.send(text, channel="dm") for text in ("one", "two", "three")]
        heard = [(await each.reply()).content for each in said]
        assert heard == ["heard: one", "heard: two", "heard: three"]
        assert (server.gateway.resumes, len(server.gateway.identifies)) == (1, 1)


@pytest.mark.parametrize("code", [4007, 4009])
async def test_some_codes_end_the_session(server, code):
    async with running(server) as bot:
        await server.gateway.drop(code)
        await server.ready()
        assert (server.gateway.resumes, len(server.gateway.identifies)) == (0, 2)
        assert (await (await server.slash("secret")).answer()).content == "psst"
        assert not bot.is_closed()


async def test_an_invalid_session_is_identified_anew(server):
    async with running(server):
        await server.gateway.invalidate(resumable=False)
        await server.ready()
        assert (server.gateway.resumes, len(server.gateway.identifies)) == (0, 2)
        assert (await (await server.slash("secret")).answer()).content == "psst"


async def test_heartbeats_are_kept_up():
    async with LoopbackDiscord(heartbeat_interval=0.8) as server, running(server):
        await eventually(lambda: server.gateway.heartbeats >= 3)
        times = server.gateway.heartbeat_times
        assert all(0.6 < later - earlier < 1 for earlier, later in pairwise(times))


async def test_a_missed_heartbeat_ends_the_session():
    async with LoopbackDiscord(heartbeat_interval=0.8) as server, running(server) as bot:
        bot.ws._keep_alive.stop()
        violation = await server.violated("heartbeat")
        assert violation.source == "/events/gateway#sending-heartbeats"
        await server.ready()
        assert len(server.gateway.identifies) == 2


async def test_a_wrong_sequence_is_not_resumed(server, session):
    async def connect(op: int, **data: object) -> aiohttp.ClientWebSocketResponse:
        socket = await session.ws_connect("wss://gateway.discord.gg/?v=10&encoding=json")
        await socket.receive_json()
        await socket.send_json({"op": op, "d": {"token": server.token, **data}})
        return socket

    socket = await connect(2, intents=0)
    ready = (await socket.receive_json())["d"]
    await socket.close(code=4000)
    again = await connect(6, session_id=ready["session_id"], seq=7)
    assert (await again.receive()).data == 4007
    gone = await connect(6, session_id=ready["session_id"], seq=1)
    assert await gone.receive_json() == {"op": 9, "d": False}
    wrong = await connect(2, intents=0, shard=[2, 2])
    assert (await wrong.receive()).data == 4010


async def test_several_shards():
    async with LoopbackDiscord(shards=2) as server, running(server, Shards) as bot:
        await bot.wait_until_ready()
        assert [each["shard"] for each in server.gateway.identifies] == [[0, 2], [1, 2]]
        (guild,) = bot.guilds
        assert guild.shard_id == (guild.id >> 22) % 2
        assert (await (await server.slash("secret")).answer()).content == "psst"
        assert (await (await server.slash("secret", channel="dm")).answer()).content == "psst"
        assert (await (await server.mention("hello")).reply()).content.endswith("hello")
        assert (await (await server.send("hello", channel="dm")).reply()).content == "heard: hello"
        await server.gateway.drop(4000)
        assert (await (await server.slash("secret")).answer()).content == "psst"
        await eventually(lambda: server.gateway.resumes == 2)


async def test_a_bot_is_removed_and_added_again_and_an_outage_is_neither(server):
    async with running(server) as bot:
        await bot.wait_until_ready()
        await server.make_guild_unavailable()
        await eventually(lambda: bot.guilds[0].unavailable)
        await server.make_guild_available()
        await eventually(lambda: not bot.guilds[0].unavailable)
        await server.remove_bot()
        await eventually(lambda: not bot.guilds)
        with pytest.raises(discord.Forbidden, match="Missing Access"):
            await bot.get_partial_messageable(server.channel.id).send("hello?")
        await server.add_bot()
        await eventually(lambda: bot.guilds)
        await bot.guilds[0].text_channels[0].send("hello")


async def test_a_bot_that_was_removed_while_it_was_off_is_not_told_of_the_guild(server):
    await server.remove_bot()
    async with running(server) as bot:
        await bot.wait_until_ready()
        assert not bot.guilds


async def test_nothing_is_left_behind():
    async with LoopbackDiscord() as server:
        directory = Path(server.socket_path).parent
        async with running(server) as bot:
            await bot.wait_until_ready()
            assert server.gateway.open_sockets == 1
        await eventually(lambda: not server.gateway.open_sockets)
    assert not directory.exists()
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_leaving_closes_open_connections():
    async with LoopbackDiscord() as server:
        session = aiohttp.ClientSession(connector=server.connector())
        socket = await session.ws_connect("wss://gateway.discord.gg/?v=10&encoding=json")
        assert (await socket.receive_json())["op"] == 10
        closing = asyncio.create_task(socket.receive())
    assert (await closing).type is aiohttp.WSMsgType.CLOSE
    assert not os.path.exists(server.socket_path)
    await session.close()


async def test_nobody_to_send_to(server):
    with pytest.raises(LookupError, match="no command 'ask'"):
        await server.slash("ask")
    async with running(server):
        pass
    await eventually(lambda: not server.gateway.has_session)
    with pytest.raises(RuntimeError, match="no client has identified"):
        await server.slash("secret")


def test_a_path_too_long_for_a_socket_is_refused_clearly():
    with pytest.raises(ValueError, match="too long for a Unix socket"):
        LoopbackDiscord("/tmp/" + "x" * 110)
