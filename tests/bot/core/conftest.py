"""What delivers an outbox."""

from collections.abc import AsyncIterator
from pathlib import Path

import discord
import pytest

from bot.state import open_state
from tests.bot.core.sender import Sender
from tests.loopback import LoopbackDiscord, Totals


@pytest.fixture
async def sender(tmp_path: Path, totals: Totals) -> AsyncIterator[Sender]:
    state = open_state(tmp_path)
    state.outbox.record(["old"], [], {}, 0.0)
    async with LoopbackDiscord(totals=totals) as server:
        sender = Sender(server, state)
        # Of the loopback's clock, by which messages are dated.
        sender.now = discord.utils.snowflake_time(server.world.new_id()).timestamp()
        await sender.start()
        yield sender
        await sender.close()
    state.close()
