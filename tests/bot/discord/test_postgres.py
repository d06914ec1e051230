"""Bots over one PostgreSQL database: what one of them does, the others know."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from bot.settings import Shards
from embeddings.encoder import Encoder
from embeddings.reranker import Reranker
from retrieval.archive import Archive
from retrieval.postgres_store import PostgresStore
from tests.bot.features.announcements.publishing import CLINIC, JUNE, publish
from tests.bot.online import PATIENCE, Run, until
from tests.loopback import LoopbackDiscord
from tests.postgres import PostgresServer
from tests.retrieval.sources.web.clocks import ManualClock

BRIDGE = "How much did the Harbor Bridge cost?"
COST = "$48 million"

Host = Callable[[str], Archive]


@pytest.fixture
def host(database_url: str, encoder: Encoder, reranker: Reranker, tmp_path: Path) -> Iterator[Host]:
    """Opens the archive of the database on another host, which has a data folder of its own."""
    with ExitStack() as stack:

        def start(name: str) -> Archive:
            data = tmp_path / name
            store = PostgresStore(database_url, data)
            stack.callback(store.close)
            return Archive(data, encoder, reranker, store=store)

        yield start


async def test_what_another_host_publishes_is_announced_and_answered_at_once(
    run: Run, host: Host, newsrooms_file: Path, database_url: str
) -> None:
    builder = host("builder")
    await asyncio.to_thread(builder.reindex, [newsrooms_file])
    async with run(archive=host("bot"), store=database_url, clock=ManualClock(JUNE)) as it:
        await it.indexed()
        assert COST in (await it.ask(BRIDGE)).text
        await it.bot.announcements.announce()
        panel = await it.slash("settings", user=it.discord.manager)
        await it.change_setting(panel, "announce", str(it.discord.channel.id))
        publish(newsrooms_file, CLINIC)
        await asyncio.to_thread(builder.reindex, [newsrooms_file])
        # The bot looks by itself once a minute.
        await until(lambda: [each for each in it.discord.messages if CLINIC["title"] in each.text])
        assert "without an appointment" in (await it.ask("Do veterans need an appointment?")).text


async def test_what_one_bot_has_answered_another_one_goes_on_with(
    run: Run, host: Host, newsrooms_file: Path, database_url: str
) -> None:
    async with LoopbackDiscord() as discord:
        how: dict[str, Any] = {"on": discord, "store": database_url}
        async with run(newsrooms_file, archive=host("one"), **how) as it:
            await it.indexed()
            answer = await it.ask(BRIDGE)
        async with run(newsrooms_file, archive=host("two"), **how) as it:
            await it.indexed()
            assert "paragraph 2 of 3" in (await it.click(answer, "In context")).text
            rated = await discord.click(answer, label="Helpful")
            await rated.answer(PATIENCE)
            database = it.bot.services.state.database
            assert database.read("SELECT count(*) FROM verdict") == [(1,)]


async def test_two_processes_share_the_shards_of_one_bot(
    run: Run, host: Host, newsrooms_file: Path, database_url: str
) -> None:
    async with LoopbackDiscord(shards=2) as discord:
        how: dict[str, Any] = {"on": discord, "store": database_url}
        with_servers = discord.world.guild_id >> 22 & 1
        shards = [Shards((with_servers,), 2), Shards((1 - with_servers,), 2)]
        async with (
            run(newsrooms_file, archive=host("one"), shards=shards[0], **how) as one,
            run(newsrooms_file, archive=host("two"), shards=shards[1], **how) as two,
        ):
            await one.indexed()
            assert COST in (await one.ask(BRIDGE)).text
            # Direct messages come to the first shard.
            assert COST in (await one.ask(BRIDGE, channel="dm")).text
            assert [[*each.bot.shards] for each in (one, two)] == [
                [with_servers],
                [1 - with_servers],
            ]
            assert sorted(each["shard"] for each in discord.gateway.identifies) == [[0, 2], [1, 2]]


async def test_a_database_that_goes_away_and_comes_back_is_survived(
    run: Run, host: Host, newsrooms_file: Path, database_url: str, postgres: PostgresServer
) -> None:
    if not postgres.pgdata:
        pytest.skip("the server of VERBATIM_TEST_POSTGRES is not killed")
    async with run(newsrooms_file, archive=host("one"), store=database_url) as it:
        await it.indexed()
        assert COST in (await it.ask(BRIDGE)).text
        await asyncio.to_thread(postgres.kill)
        try:
            assert "my database cannot be read or written" in (await it.ask(BRIDGE)).text
        finally:
            await asyncio.to_thread(postgres.start)
        assert COST in (await it.ask(BRIDGE)).text


async def test_the_state_is_in_no_file(
    run: Run, host: Host, newsrooms_file: Path, database_url: str, tmp_path: Path
) -> None:
    async with run(newsrooms_file, archive=host("one"), store=database_url) as it:
        await it.indexed()
        await it.ask(BRIDGE)
    assert not list((tmp_path / "one").glob("state*"))
