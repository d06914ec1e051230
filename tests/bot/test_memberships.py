"""The settings of a server that has removed the bot are deleted after 30 days."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.memberships import KEEP_REMOVED
from bot.state.servers import ServerSettings
from embeddings.encoder import Encoder
from tests.bot.encoders import HashedEncoder
from tests.bot.features.announcements.publishing import JUNE
from tests.bot.online import Online, Run, until
from tests.loopback import LoopbackDiscord
from tests.retrieval.sources.web.clocks import ManualClock

KEPT = KEEP_REMOVED.total_seconds()
SETTINGS = ServerSettings(private=True)


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """Nothing here is found by meaning."""
    return HashedEncoder()


@pytest.fixture(scope="session")
def reranker() -> None:
    """Nor is anything ranked."""
    return


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(JUNE)


@pytest.fixture
async def discord() -> AsyncIterator[LoopbackDiscord]:
    """Discord, which outlives the bot."""
    async with LoopbackDiscord() as server:
        yield server


async def choose(it: Online) -> None:
    """Let the managers of the server change a setting."""
    await it.bot.wait_until_ready()
    server = it.discord.world.guild_id
    it.bot.services.state.servers.set(server, SETTINGS)
    await it.bot.memberships.compare()


def settings(it: Online) -> ServerSettings:
    return it.bot.services.state.servers.get(it.discord.world.guild_id)


async def in_servers(it: Online, count: int) -> None:
    """Wait until the bot knows in how many servers it is."""
    await until(lambda: len(it.bot.guilds) == count)


async def test_they_are_deleted_then_and_not_before(
    run: Run, newsrooms_file: Path, clock: ManualClock
) -> None:
    async with run(newsrooms_file, clock=clock) as it:
        await choose(it)
        clock.advance(2 * KEPT)
        await it.bot.memberships.compare()
        assert settings(it) == SETTINGS
        await it.discord.remove_bot()
        await in_servers(it, 0)
        await it.bot.memberships.compare()
        clock.advance(KEPT - 60)
        await it.bot.memberships.compare()
        assert settings(it) == SETTINGS
        clock.advance(120)
        await it.bot.memberships.compare()
        assert settings(it) == ServerSettings()
        assert it.kept()["server"] == it.kept()["membership"] == []


async def test_a_server_that_adds_it_again_finds_them(
    run: Run, newsrooms_file: Path, clock: ManualClock
) -> None:
    async with run(newsrooms_file, clock=clock) as it:
        await choose(it)
        await it.discord.remove_bot()
        await in_servers(it, 0)
        await it.bot.memberships.compare()
        clock.advance(KEPT - 60)
        await it.discord.add_bot()
        await in_servers(it, 1)
        await it.bot.memberships.compare()
        clock.advance(2 * KEPT)
        await it.bot.memberships.compare()
        assert settings(it) == SETTINGS


async def test_an_outage_of_a_server_is_no_removal(
    run: Run, newsrooms_file: Path, clock: ManualClock
) -> None:
    async with run(newsrooms_file, clock=clock) as it:
        await choose(it)
        await it.discord.make_guild_unavailable()
        await until(lambda: it.bot.guilds[0].unavailable)
        await it.bot.memberships.compare()
        assert it.kept()["membership"] == [(it.discord.world.guild_id, None)]
        clock.advance(2 * KEPT)
        await it.bot.memberships.compare()
        assert settings(it) == SETTINGS
        await it.discord.make_guild_available()
        await until(lambda: not it.bot.guilds[0].unavailable)


async def test_a_removal_while_the_bot_was_off_counts_from_its_next_start(
    run: Run, newsrooms_file: Path, clock: ManualClock, discord: LoopbackDiscord
) -> None:
    async with run(newsrooms_file, on=discord, clock=clock) as it:
        await choose(it)
    await discord.remove_bot()
    clock.advance(2 * KEPT)
    async with run(newsrooms_file, on=discord, clock=clock) as it:
        await until(lambda: it.kept()["membership"] == [(discord.world.guild_id, now(clock))])
        assert settings(it) == SETTINGS
        clock.advance(KEPT + 60)
        await it.bot.memberships.compare()
        assert settings(it) == ServerSettings()


async def test_a_bot_that_was_added_again_while_it_was_off_keeps_them(
    run: Run, newsrooms_file: Path, clock: ManualClock, discord: LoopbackDiscord
) -> None:
    async with run(newsrooms_file, on=discord, clock=clock) as it:
        await choose(it)
        await discord.remove_bot()
        await in_servers(it, 0)
        await it.bot.memberships.compare()
    await discord.add_bot()
    clock.advance(2 * KEPT)
    async with run(newsrooms_file, on=discord, clock=clock) as it:
        await until(lambda: it.kept()["membership"] == [(discord.world.guild_id, None)])
        assert settings(it) == SETTINGS


async def test_nothing_is_concluded_while_a_shard_is_not_connected(
    run: Run, newsrooms_file: Path, clock: ManualClock
) -> None:
    async with (
        LoopbackDiscord(shards=2) as discord,
        run(newsrooms_file, on=discord, clock=clock) as it,
    ):
        await choose(it)
        await discord.remove_bot()
        await in_servers(it, 0)
        before = it.kept()["membership"]
        shard = it.bot.shards[1 - (discord.world.guild_id >> 22) % 2]
        await shard.disconnect()
        await it.bot.memberships.compare()
        assert it.kept()["membership"] == before
        await shard.connect()
        await it.bot.memberships.compare()
        assert it.kept()["membership"] != before


def now(clock: ManualClock) -> float:
    return clock.now().timestamp()
