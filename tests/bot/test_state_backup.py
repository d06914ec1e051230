"""The daily backup of the state, by the running bot."""

import asyncio
import logging
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from bot import state_backup
from bot.state import STATE, open_state
from bot.state.repair import BACKUP, back_up_state, backed_up, find_damage
from bot.state.servers import ServerSettings
from bot.state_backup import StateBackupTask
from retrieval.archive import Archive
from tests.bot.features.announcements.publishing import JUNE
from tests.bot.online import Run, until
from tests.retrieval.sources.web.clocks import ManualClock

SERVER = 1


async def test_the_state_is_backed_up_once_a_day(run: Run, newsrooms_archive: Archive) -> None:
    clock, path = ManualClock(JUNE), newsrooms_archive.data / STATE
    async with run(archive=newsrooms_archive, clock=clock) as it:
        task = it.bot.state_backup
        await until(lambda: backed_up(path) == JUNE.timestamp())
        clock.advance(23 * 3600.0)
        await task.loop()
        assert backed_up(path) == JUNE.timestamp()
        clock.advance(2 * 3600.0)
        await task.loop()
        assert backed_up(path) == (JUNE + timedelta(hours=25)).timestamp()
        assert find_damage(path.with_name(BACKUP)) is None


async def test_a_damaged_state_is_repaired_at_the_start_and_the_bot_says_so(
    run: Run, newsrooms_archive: Archive, caplog: pytest.LogCaptureFixture
) -> None:
    clock, path = ManualClock(JUNE), newsrooms_archive.data / STATE
    async with run(archive=newsrooms_archive, clock=clock) as it:
        await until(lambda: backed_up(path))
        it.bot.services.state.servers.set(SERVER, ServerSettings(passages=1))
        clock.advance(25 * 3600.0)
        await it.bot.state_backup.loop()
    path.write_bytes(b"not a database, but long enough to look at" * 200)
    with caplog.at_level(logging.ERROR, "bot"):
        async with run(archive=newsrooms_archive) as it:
            assert "$48 million" in (await it.ask("How much did the bridge cost?")).text
            assert it.bot.services.state.servers.get(SERVER).passages == 1
    assert "the state of the bot was damaged" in caplog.text
    assert str(path.with_name("state.damaged")) in caplog.text


async def test_closing_waits_for_a_backup_that_is_being_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever restores another state after that must not find this one's backup written late."""
    begun, go_on = threading.Event(), threading.Event()

    def slowly(path: Path, now: float) -> None:
        begun.set()
        go_on.wait()
        back_up_state(path, now)

    monkeypatch.setattr(state_backup, "back_up_state", slowly)
    state = open_state(tmp_path)
    task = StateBackupTask(tmp_path / STATE)
    task.loop.start()
    await until(begun.is_set)
    closing = asyncio.create_task(task.close())
    await asyncio.sleep(0)
    assert not closing.done()
    go_on.set()
    await closing
    assert backed_up(tmp_path / STATE)
    state.close()
