"""Starting and stopping the bot: what is missing is one clear line, a signal ends it cleanly."""

import asyncio
import os
import signal
from pathlib import Path

import aiohttp
import pytest

from bot.run import DiscordOutOfReach, TokenMissing, TokenRefused, run_bot, serve
from bot.settings import Settings
from tests.conftest import SEEDS
from tests.loopback import LoopbackDiscord


def settings(tmp_path: Path) -> Settings:
    return Settings(releases=(SEEDS,), data=tmp_path / "data")


def test_a_missing_token_says_where_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(TokenMissing, match=r"discord\.com/developers/applications"):
        run_bot(settings(tmp_path))


async def test_a_refused_token_says_what_to_do(tmp_path: Path) -> None:
    async with LoopbackDiscord() as discord:
        with pytest.raises(TokenRefused, match="Discord refuses DISCORD_TOKEN"):
            await serve(settings(tmp_path), "a.wrong.token", connector=discord.connector)


async def test_a_token_that_is_reset_meanwhile_says_what_to_do(tmp_path: Path) -> None:
    async with LoopbackDiscord() as discord:
        serving = asyncio.create_task(
            serve(settings(tmp_path), discord.token, connector=discord.connector)
        )
        await discord.ready()
        await discord.gateway.drop(4004)
        with pytest.raises(TokenRefused):
            await asyncio.wait_for(serving, 30)


async def test_no_way_to_discord_is_said(tmp_path: Path) -> None:
    def nowhere() -> aiohttp.UnixConnector:
        return aiohttp.UnixConnector(str(tmp_path / "nothing"))

    with pytest.raises(DiscordOutOfReach, match="cannot reach Discord"):
        await serve(settings(tmp_path), "a.b.c", connector=nowhere)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_it_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    async with LoopbackDiscord() as discord:
        serving = asyncio.create_task(
            serve(settings(tmp_path), discord.token, connector=discord.connector)
        )
        await discord.ready()
        os.kill(os.getpid(), number)
        await asyncio.wait_for(serving, 30)
    assert not (tmp_path / "data" / "building").exists()
