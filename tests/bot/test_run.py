"""Running and stopping the bot."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
from discord.gateway import DiscordWebSocket

from bot.client import bot_for_archive
from bot.run import DiscordUnreachable, TokenMissing, TokenRefused, keep_online, run_bot, serve
from bot.settings import DataFolderMissing, Settings
from embeddings.encoder import Encoder
from embeddings.reranker import Reranker
from retrieval.archive import Archive
from tests.bot.encoders import Gate, TriggerEncoder
from tests.bot.online import PATIENCE, walk
from tests.conftest import SEEDS
from tests.loopback import Interaction, LoopbackDiscord


def settings(tmp_path: Path) -> Settings:
    return Settings(releases=(SEEDS,), data=tmp_path / "data")


def test_a_missing_token_is_explained(tmp_path: Path) -> None:
    with pytest.raises(TokenMissing, match=r"discord\.com/developers/applications"):
        run_bot(settings(tmp_path))


async def test_a_data_folder_that_was_named_is_made_only_for_releases_that_were_named(
    tmp_path: Path,
) -> None:
    def refuse() -> aiohttp.UnixConnector:
        return aiohttp.UnixConnector(str(tmp_path / "nothing"))

    with pytest.raises(DataFolderMissing, match="there is no data folder"):
        await serve(Settings(data=tmp_path / "data"), "a.b.c", connector=refuse)
    assert not (tmp_path / "data").exists()
    with pytest.raises(DiscordUnreachable):
        await serve(settings(tmp_path), "a.b.c", connector=refuse)
    assert (tmp_path / "data").is_dir()


async def test_a_refused_token_is_explained(tmp_path: Path) -> None:
    async with LoopbackDiscord() as discord:
        with pytest.raises(TokenRefused, match="Discord refuses DISCORD_TOKEN"):
            await serve(settings(tmp_path), "a.wrong.token", connector=discord.connector)


async def test_a_token_that_is_reset_while_online_is_explained(tmp_path: Path) -> None:
    async with LoopbackDiscord() as discord:
        serving = asyncio.create_task(
            serve(settings(tmp_path), discord.token, connector=discord.connector)
        )
        await discord.ready()
        await discord.gateway.drop(4004)
        with pytest.raises(TokenRefused):
            await asyncio.wait_for(serving, 30)


async def test_an_unreachable_discord_is_explained(tmp_path: Path) -> None:
    def nowhere() -> aiohttp.UnixConnector:
        return aiohttp.UnixConnector(str(tmp_path / "nothing"))

    with pytest.raises(DiscordUnreachable, match="cannot reach Discord"):
        await serve(settings(tmp_path), "a.b.c", connector=nowhere)


async def test_a_signal_stops_a_bot_whose_gateway_cannot_be_reached(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = asyncio.Event()

    async def refuse(*_: object, **__: object) -> None:
        refused.set()
        raise OSError("unreachable")

    monkeypatch.setattr(DiscordWebSocket, "from_client", refuse)
    async with LoopbackDiscord() as discord:
        serving = asyncio.create_task(
            serve(settings(tmp_path), discord.token, connector=discord.connector)
        )
        await asyncio.wait_for(refused.wait(), PATIENCE)
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait_for(serving, PATIENCE)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_stops_the_bot_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    async with LoopbackDiscord() as discord:
        serving = asyncio.create_task(
            serve(settings(tmp_path), discord.token, connector=discord.connector)
        )
        await discord.ready()
        os.kill(os.getpid(), number)
        await asyncio.wait_for(serving, 30)
    assert not (tmp_path / "data" / "building").exists()


SLOW = "How much did the bridge cost, unhurriedly?"
RESTARTED = "I am being restarted. Ask again in a minute."


@dataclass(frozen=True)
class Served:
    """A bot with a search in flight."""

    discord: LoopbackDiscord
    asked: Interaction
    gate: Gate
    serving: asyncio.Task[None]

    async def stop(self) -> None:
        """Send SIGTERM and wait until the bot refuses commands."""
        os.kill(os.getpid(), signal.SIGTERM)
        async with asyncio.timeout(PATIENCE):
            while True:
                if await self.reply_to("status") == RESTARTED:
                    return

    async def reply_to(self, command: str) -> str:
        """The reply to a command."""
        return (await (await self.discord.slash(command)).answer(PATIENCE)).text


Searching = Callable[..., AbstractAsyncContextManager[Served]]


@pytest.fixture
def searching(newsrooms_archive: Archive, encoder: Encoder, reranker: Reranker) -> Searching:
    """Run a bot, and start a search that waits until the gate is opened."""

    @asynccontextmanager
    async def start(**how: float) -> AsyncIterator[Served]:
        gate = Gate()
        archive = Archive(
            newsrooms_archive.data, TriggerEncoder(encoder, "unhurriedly", gate), reranker
        )
        async with LoopbackDiscord() as discord:
            bot = bot_for_archive(
                archive, Settings(data=archive.data), connector=discord.connector, **how
            )
            serving = asyncio.create_task(keep_online(bot, discord.token))
            try:
                await discord.ready()
                await discord.commands_registered()
                asked = await discord.slash("ask", {"question": SLOW})
                await asked.acknowledged()
                assert await asyncio.to_thread(gate.wait_for_arrival)
                yield Served(discord, asked, gate, serving)
                await asyncio.wait_for(serving, PATIENCE)
                assert not discord.gateway.open_sockets
            finally:
                gate.open()

    return start


async def test_requests_in_flight_are_finished_and_new_ones_refused(searching: Searching) -> None:
    async with searching() as it:
        await it.stop()
        mention = await it.discord.mention("How much did the bridge cost?")
        for command in ("releases", "status"):
            assert await it.reply_to(command) == RESTARTED
        assert not it.serving.done()
        it.gate.open()
        assert "$48 million" in (await it.asked.answer(PATIENCE)).text
        await asyncio.wait_for(it.serving, PATIENCE)
        assert not mention.replies


async def test_components_are_refused_during_shutdown(searching: Searching) -> None:
    async with searching() as it:
        listed = await (await it.discord.slash("releases")).answer(PATIENCE)
        await it.stop()
        menu = next(each for each in walk(list(listed.components)) if each["type"] == 3)
        value = menu["options"][0]["value"]
        chosen = await it.discord.click(listed, menu["custom_id"], values=[value])
        assert (await chosen.answer(PATIENCE)).text == RESTARTED
        it.gate.open()


async def test_a_second_signal_changes_nothing(searching: Searching) -> None:
    async with searching() as it:
        await it.stop()
        for number in (signal.SIGTERM, signal.SIGINT):
            os.kill(os.getpid(), number)
        assert await it.reply_to("status") == RESTARTED
        it.gate.open()
        assert "$48 million" in (await it.asked.answer(PATIENCE)).text


async def test_shutdown_does_not_wait_longer_than_allowed(
    searching: Searching, caplog: pytest.LogCaptureFixture
) -> None:
    async with searching(finish_timeout=0.2) as it:
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait_for(it.serving, PATIENCE)
        assert not it.asked.edits
        assert "1 requests were not finished" in caplog.text
