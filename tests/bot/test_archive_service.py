"""The queue of searches, and the rebuild of an older index."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.archive_service import ArchiveService, ReleaseQuery, StillIndexing
from bot.release_sources import BuildSources, release_sources
from bot.search_queue import MAX_QUEUED, QueueFull
from bot.settings import Settings, open_archive
from embeddings.encoder import Encoder
from embeddings.loading import load_encoder
from embeddings.models import BASE_MODEL
from retrieval.archive import Archive
from retrieval.index.remembered_sources import RememberedSources, built_from
from retrieval.question import Question
from retrieval.text.keys import release_key
from tests.bot.encoders import Gate, TriggerEncoder
from tests.bot.online import until
from tests.retrieval.older_format import write_in_format_4


async def test_an_index_of_an_older_format_is_rebuilt_and_that_is_logged(
    newsrooms_archive: Archive, caplog: pytest.LogCaptureFixture
) -> None:
    data = newsrooms_archive.data
    write_in_format_4(data)
    archive = ArchiveService(
        Archive(data, newsrooms_archive.encoder),
        lambda: release_sources(Settings(data=data)),
        None,
    )
    with caplog.at_level(logging.INFO):
        archive.open()
        with pytest.raises(StillIndexing):
            await archive.respond(Question("Which bridge?"), latest=0)
        await until(lambda: "indexed 4 releases" in caplog.text)
    assert await archive.generation() == "g000002"
    assert f"rebuilding the index in {data}, which has format 4" in caplog.text
    await archive.close()


async def test_the_sample_makes_room_for_what_is_named_by_now(
    newsrooms_file: Path, encoder: Encoder, caplog: pytest.LogCaptureFixture
) -> None:
    sample = release_sources(Settings())
    Archive(Path("data"), encoder).reindex(sample.paths, remember=sample.remember)
    settings = Settings(releases=(newsrooms_file,))
    archive = ArchiveService(
        Archive(settings.data, encoder), lambda: release_sources(settings), None
    )
    with caplog.at_level(logging.INFO):
        archive.open()
        await until(lambda: "indexed 4 releases" in caplog.text)
    assert "only the sample has been read: reading what is named now" in caplog.text
    assert (await archive.status()).manifest.releases == 4
    await archive.close()


async def test_an_index_of_the_former_default_model_is_rebuilt_and_that_is_logged(
    newsrooms_archive: Archive, models_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    data, former = newsrooms_archive.data, load_encoder(BASE_MODEL, models_folder)
    Archive(data, former).reindex(built_from(data).paths)
    settings = Settings(data=data)
    archive = ArchiveService(open_archive(settings), lambda: release_sources(settings), None)
    with caplog.at_level(logging.INFO):
        archive.open()
        with pytest.raises(StillIndexing):
            await archive.respond(Question("Which bridge?"), 3)
        await until(lambda: "indexed 4 releases" in caplog.text)
    assert await archive.generation() == "g000003"
    assert f"rebuilding the index in {data}, which was built with {BASE_MODEL}" in caplog.text
    await archive.close()


@pytest.mark.parametrize(("cores", "at_once"), [(1, 2), (2, 2), (6, 6)])
async def test_the_queue_is_bounded_and_a_cancelled_search_leaves_it(
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
    nowhere = BuildSources(RememberedSources(named=(Path("nowhere"),)))
    archive = ArchiveService(archive, lambda: nowhere, None)
    slow = [
        asyncio.create_task(archive.respond(Question(f"Which bridge, {number}?"), latest=0))
        for number in range(at_once)
    ]
    for _ in slow:
        assert await asyncio.to_thread(gate.wait_for_arrival)
    waiting = [
        asyncio.create_task(archive.respond(Question(f"Who counts the seals, {number}?"), latest=0))
        for number in range(MAX_QUEUED - at_once)
    ]
    await asyncio.sleep(0)
    with pytest.raises(QueueFull):
        await archive.respond(Question("Who counts the seals?"), latest=0)
    # Look-ups do not wait for searches.
    assert (await archive.page(ReleaseQuery(), 0, 7)).total == 4
    waiting[0].cancel()
    await asyncio.gather(waiting[0], return_exceptions=True)
    another = asyncio.create_task(archive.respond(Question("Who counts the seals?"), latest=0))
    gate.open()
    answers = await asyncio.gather(*slow, *waiting[1:], another)
    assert len(answers) == MAX_QUEUED
    assert len(asked) == MAX_QUEUED - at_once
    await archive.close()


@pytest.fixture
async def counted(
    newsrooms_archive: Archive, encoder: Encoder
) -> AsyncIterator[tuple[ArchiveService, Gate, list[int]]]:
    """An archive whose searches for the bridge wait at the gate, and are counted."""
    gate, searched = Gate(), list[int]()

    def reach() -> None:
        searched.append(1)
        gate()

    archive = ArchiveService(
        Archive(newsrooms_archive.data, TriggerEncoder(encoder, "bridge", reach)),
        lambda: release_sources(Settings()),
        None,
    )
    yield archive, gate, searched
    gate.open()
    await archive.close()


async def test_the_same_question_at_the_same_time_is_searched_for_once(
    counted: tuple[ArchiveService, Gate, list[int]],
) -> None:
    archive, gate, searched = counted
    same = Question("Which bridge?", since=date(2024, 1, 1), newsroom="harbor")
    asked = [asyncio.create_task(archive.respond(same, 3)) for _ in range(MAX_QUEUED + 20)]
    assert await asyncio.to_thread(gate.wait_for_arrival)
    asked[0].cancel()  # whoever asked first need not wait for the others to be answered
    gate.open()
    answers = await asyncio.gather(*asked[1:])
    assert len({id(answer) for answer in answers}) == 1
    assert searched == [1]
    await archive.respond(same, 3)  # later, and so searched for again
    assert searched == [1, 1]


async def test_questions_that_differ_in_anything_are_searched_for_each(
    counted: tuple[ArchiveService, Gate, list[int]],
) -> None:
    archive, gate, searched = counted
    one = Question("Which bridge?")
    others = [
        replace(one, text="Which bridge"),
        replace(one, since=date(2024, 1, 1)),
        replace(one, until=date(2025, 1, 1)),
        replace(one, newsroom="harbor"),
        replace(one, previous="Who?"),
        replace(one, cited=("bridge",)),
        replace(one, limit=2),
    ]
    asked = [asyncio.create_task(archive.respond(each, 3)) for each in (one, *others)]
    gate.open()
    answers = await asyncio.gather(*asked)
    assert len({id(answer) for answer in answers}) == len(asked)
    assert len(searched) >= len(asked)


async def test_a_search_that_nobody_waits_for_any_more_leaves_the_queue(
    counted: tuple[ArchiveService, Gate, list[int]],
) -> None:
    archive, gate, searched = counted
    holding = [
        asyncio.create_task(archive.respond(Question(f"Which bridge, {number}?"), 3))
        for number in range(max(2, os.cpu_count() or 1))
    ]
    for _ in holding:
        assert await asyncio.to_thread(gate.wait_for_arrival)
    both = [asyncio.create_task(archive.respond(Question("Which bridge?"), 3)) for _ in range(2)]
    await asyncio.sleep(0)
    for each in both:
        each.cancel()
    await asyncio.gather(*both, return_exceptions=True)
    gate.open()
    await asyncio.gather(*holding)
    await archive.close()
    assert len(searched) == len(holding)


async def test_a_release_comes_with_its_changes_computed(newsrooms_archive: Archive) -> None:
    archive = ArchiveService(newsrooms_archive, lambda: release_sources(Settings()), None)
    page = await archive.page(ReleaseQuery(), 0, 1)
    history = await archive.release(release_key(page.releases[0].info.id))
    # As a computed property, it is in the thread of the look-up that it was computed.
    assert "changes" in vars(history)
    await archive.close()
