"""Two processes deliver one outbox in PostgreSQL: every message is asked for once."""

import asyncio
from collections.abc import AsyncIterator

import discord
import psycopg
import pytest
from aiohttp import web

from bot.core.shards import serves
from bot.state import open_postgres_state
from bot.state.database import StateUnusable
from tests.bot.core.sender import SEND, Sender
from tests.loopback import LoopbackDiscord, Request, Totals

Two = tuple[Sender, Sender]


@pytest.fixture
async def two(database_url: str, totals: Totals) -> AsyncIterator[Two]:
    """Two processes' clients, with one state and one clock."""
    async with LoopbackDiscord(totals=totals) as server:
        now = discord.utils.snowflake_time(server.world.new_id()).timestamp()
        senders = []
        for _ in range(2):
            sender = Sender(server, await asyncio.to_thread(open_postgres_state, database_url))
            sender.now = now
            await sender.start()
            senders.append(sender)
        one, other = senders
        other.texts = one.texts
        await asyncio.to_thread(one.state.outbox.record, ["old"], [], {}, 0.0)
        yield one, other
        for sender in senders:
            await sender.close()
            await asyncio.to_thread(sender.state.close)


async def test_what_both_find_due_is_sent_by_one(two: Two) -> None:
    one, other = two
    for number in range(6):
        channel = await one.server.new_channel(f"channel-{number}")
        for each in "abc":
            one.queue(f"{each}{number}", channel)

    async def linger(request: Request) -> web.Response | None:
        if f"{request.method} {request.route}" == SEND:
            await asyncio.sleep(0.02)
        return None

    one.server.intercept = linger
    while one.state.outbox.waiting():
        await asyncio.gather(one.delivery.deliver(), other.delivery.deliver())
    sent = [each.text for each in one.server.messages]
    assert sorted(sent) == sorted(f"about {each}{number}" for each in "abc" for number in range(6))
    assert one.requests(SEND) == len(sent)


async def test_what_one_was_sending_when_it_lost_its_lock_the_other_sends_under_the_same_nonce(
    two: Two, database_url: str
) -> None:
    one, other = two
    one.queue("a")
    arrived, go_on = asyncio.Event(), asyncio.Event()

    async def hold_the_first(request: Request) -> web.Response | None:
        if f"{request.method} {request.route}" == SEND and not arrived.is_set():
            arrived.set()
            await go_on.wait()
        return None

    one.server.intercept = hold_the_first
    sending = asyncio.create_task(one.delivery.deliver())
    await arrived.wait()
    await other.delivery.deliver()
    assert one.server.messages == [], "the other one leaves the channel alone"
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_locks WHERE locktype = 'advisory'"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
    await other.delivery.deliver()
    assert [each.text for each in one.server.messages] == ["about a"]
    go_on.set()
    await sending
    assert [each.text for each in one.server.messages] == ["about a"]
    assert one.requests(SEND) == 2
    assert one.state.outbox.waiting() == 0


async def test_nobody_goes_on_in_the_background_when_the_database_is_lost(
    two: Two, database_url: str
) -> None:
    one, other = two
    for number in range(4):
        one.queue(f"a{number}", await one.server.new_channel(f"channel-{number}"))
    await asyncio.to_thread(one.state.database.write, "ALTER TABLE outbox_release RENAME TO hidden")
    with pytest.raises(StateUnusable):
        await one.delivery.deliver()
    await asyncio.to_thread(one.state.database.write, "ALTER TABLE hidden RENAME TO outbox_release")
    # No lock was left behind.
    await other.delivery.deliver()
    assert len(other.server.messages) == 4


async def test_a_process_delivers_only_in_the_servers_of_its_shards(two: Two) -> None:
    one, other = two
    assert one.client
    one.queue("a")
    item = one.state.outbox.next_due(one.server.channel.id, one.now)
    assert item
    shard = (item.server >> 22) % 2
    for sender, ids in ((one, [1 - shard]), (other, [shard])):
        assert sender.client
        sender.client.shard_count = 2
        sender.client.shard_ids = ids  # type: ignore[attr-defined]
    await one.delivery.deliver()
    assert one.server.messages == []
    await other.delivery.deliver()
    assert [each.text for each in one.server.messages] == ["about a"]


def test_every_server_is_served_by_one_shard_and_direct_messages_by_the_first() -> None:
    clients = []
    for shard in range(4):
        client = discord.AutoShardedClient(
            intents=discord.Intents.none(), shard_count=4, shard_ids=[shard]
        )
        clients.append(client)
    for server in (0, 81384788765712384, 41771983423143937, 1575071663106555939):
        served = [number for number, client in enumerate(clients) if serves(client, server)]
        assert served == [(server >> 22) % 4]
    assert serves(discord.Client(intents=discord.Intents.none()), 1575071663106555939)
