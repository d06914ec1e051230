"""Questions wait their turn, and not too many of them."""

import asyncio
from pathlib import Path

import pytest

from bot.archive_service import MAX_QUEUED, ArchiveService, QueueFull, ReleaseQuery
from embeddings.encoder import Encoder
from retrieval.archive import Archive
from retrieval.question import Question
from tests.bot.encoders import Gate, TriggerEncoder


@pytest.mark.parametrize(("cores", "at_once"), [(1, 2), (2, 2), (6, 6)])
async def test_a_question_too_many_is_refused_and_an_abandoned_one_gives_up_its_turn(
    newsrooms_archive: Archive,
    encoder: Encoder,
    monkeypatch: pytest.MonkeyPatch,
    cores: int,
    at_once: int,
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: cores)
    gate, asked = Gate(), []
    archive = Archive(
        newsrooms_archive.data,
        TriggerEncoder(TriggerEncoder(encoder, "bridge", gate), "seals", lambda: asked.append(1)),
    )
    archive = ArchiveService(archive, lambda: [Path("nowhere")], None)
    slow = [asyncio.create_task(archive.ask(Question("Which bridge?"))) for _ in range(at_once)]
    for _ in slow:
        assert await asyncio.to_thread(gate.wait_for_arrival)
    waiting = [
        asyncio.create_task(archive.ask(Question("Who counts the seals?")))
        for _ in range(MAX_QUEUED - at_once)
    ]
    await asyncio.sleep(0)
    with pytest.raises(QueueFull):
        await archive.ask(Question("Who counts the seals?"))
    # What needs no model goes on meanwhile.
    assert (await archive.page(ReleaseQuery(), 0, 7)).total == 4
    waiting[0].cancel()
    await asyncio.gather(waiting[0], return_exceptions=True)
    another = asyncio.create_task(archive.ask(Question("Who counts the seals?")))
    gate.open()
    answers = await asyncio.gather(*slow, *waiting[1:], another)
    assert len(answers) == MAX_QUEUED
    assert len(asked) == MAX_QUEUED - at_once
    await archive.close()
