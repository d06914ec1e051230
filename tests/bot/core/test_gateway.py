"""The connection to the gateway, through events that cannot be read and through outages."""

import logging
from typing import Any

import discord.shard
import pytest

from bot.core import gateway
from bot.core.gateway import LONGEST_PAUSE, BoundedBackoff, use_lasting_connections
from retrieval.archive import Archive
from tests.bot.online import PATIENCE, Run, until
from tests.loopback.gateway import Session

BRIDGE = "How much did the bridge cost?"
COST = "$48 million"


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "",
        "[]",
        '"a"',
        '{"op": 0, "t": "MESSAGE_CREATE", "s": 90, "d": null}',
        '{"op": 0, "t": "INTERACTION_CREATE", "s": 91, "d": {"type": 3}}',
        '{"op": 0, "t": "CHANNEL_UPDATE", "s": 92, "d": {"id": "x", "guild_id": "y"}}',
        '{"op": 0, "t": ["x"], "s": 93, "d": {}}',
        '{"op": 0, "t": "MESSAGE_CREATE", "s": 94, "d": {"id": "1", "content": 7}}',
    ],
)
async def test_an_event_that_cannot_be_read_is_left_out(
    run: Run, newsrooms_archive: Archive, caplog: pytest.LogCaptureFixture, text: str
) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        await it.discord.gateway.send_text(text)
        await until(lambda: "cannot be read, and is left out" in caplog.text)
        assert COST in (await it.ask(BRIDGE)).text
        assert "Traceback" not in caplog.text
        assert len(it.discord.gateway.identifies) == 1
        assert it.discord.gateway.resumes == 0


async def test_a_stream_that_cannot_be_decompressed_is_resumed_on_another_connection(
    run: Run, newsrooms_archive: Archive, caplog: pytest.LogCaptureFixture
) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        await it.discord.gateway.send_broken()
        asked = await it.discord.slash("ask", {"question": BRIDGE})  # lost with the stream
        await until(lambda: it.discord.gateway.resumes == 1)
        assert COST in (await asked.answer(PATIENCE)).text
        assert COST in (await it.ask(BRIDGE)).text
        assert len(it.discord.gateway.identifies) == 1
        assert "Traceback" not in caplog.text


async def test_a_session_whose_first_event_cannot_be_read_is_begun_again(
    run: Run,
    newsrooms_archive: Archive,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gateway, "_SESSION_PAUSE", 0.0)
    monkeypatch.setattr(gateway, "LONGEST_PAUSE", 0.01)
    dispatch, broken = Session.dispatch, list[str]()

    async def without_user(self: Session, event: str, data: Any) -> None:
        if event == "READY" and not broken:
            broken.append(event)
            data = {**data, "user": None}
        await dispatch(self, event, data)

    monkeypatch.setattr(Session, "dispatch", without_user)
    async with run(archive=newsrooms_archive) as it:
        await until(lambda: len(it.discord.gateway.identifies) == 2)
        await it.indexed()
        assert COST in (await it.ask(BRIDGE)).text
    assert broken
    told = [each for each in caplog.records if each.name == "discord.shard"]
    assert ["the first event cannot be read" in each.getMessage() for each in told] == [True]
    assert "Traceback" not in caplog.text


def test_pauses_grow_to_a_minute_at_most() -> None:
    backoff = BoundedBackoff()
    pauses = [backoff.delay() for _ in range(500)]
    assert max(pauses) == LONGEST_PAUSE  # discord.py's own reach 1,024 s
    assert pauses[0] <= 2


def test_discord_py_connects_in_this_way() -> None:
    use_lasting_connections()
    shard = discord.shard.Shard(None, _Client(), None)  # type: ignore[arg-type]
    assert isinstance(shard._backoff, BoundedBackoff)


class _Client:
    """What a shard takes of its client."""

    dispatch = None
    _reconnect = True


def test_a_try_to_connect_is_told_in_one_line(caplog: pytest.LogCaptureFixture) -> None:
    use_lasting_connections()
    use_lasting_connections()
    try:
        raise OSError("no route to host")
    except OSError as error:
        logging.getLogger("discord.shard").error(
            "Attempting a reconnect for shard ID %s in %.2fs", 0, 3.14159, exc_info=error
        )
    line = "Attempting a reconnect for shard ID 0 in 3.14s (no route to host)"
    assert [logging.Formatter().format(each) for each in caplog.records] == [line]
