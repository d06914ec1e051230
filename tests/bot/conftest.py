"""The real bot on a loopback Discord, with the real models."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.client import bot_for_archive
from bot.settings import Settings
from embeddings.encoder import Encoder
from embeddings.reranker import Reranker
from retrieval.archive import Archive
from retrieval.sources.web.clock import Clock
from tests.bot.online import Online, Run, until
from tests.bot.sources_desk import SourcesDesk
from tests.conftest import SEEDS
from tests.loopback import LoopbackDiscord, Totals


@pytest.fixture
def run(tmp_path: Path, encoder: Encoder, reranker: Reranker, totals: Totals) -> Run:
    """Run a bot for some sources, by default the sample, on a Discord of its own.

    ``archive`` replaces the sources by an index; ``on`` is a Discord that outlives the bot;
    ``clock`` tells when web sites are due.
    """

    @asynccontextmanager
    async def start(
        *sources: Path,
        data: Path | None = None,
        on: LoopbackDiscord | None = None,
        archive: Archive | None = None,
        clock: Clock | None = None,
        **settings: Any,
    ) -> AsyncIterator[Online]:
        archive = archive or Archive(data or tmp_path / "data", encoder, reranker)
        # Tests ask faster than people do.
        rates = {"questions_per_minute": 10_000, "server_questions_per_minute": 10_000}
        chosen = Settings(releases=sources or (SEEDS,), data=archive.data, **{**rates, **settings})
        async with AsyncExitStack() as stack:
            discord = on or await stack.enter_async_context(LoopbackDiscord(totals=totals))
            bot = bot_for_archive(archive, chosen, connector=discord.connector, clock=clock)
            running = asyncio.create_task(bot.start(discord.token))
            try:
                await (until(bot.is_ready) if chosen.shards else discord.ready())
                yield Online(discord, bot)
            finally:
                await bot.close()
                await running

    return start


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[SourcesDesk]:
    """The sources of an empty data folder."""
    each = SourcesDesk(tmp_path / "kept")
    yield each
    await each.close()
