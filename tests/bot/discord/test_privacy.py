"""The log has neither secrets nor what people write, at DEBUG and when all goes wrong."""

import asyncio
import io
import logging
from pathlib import Path

import pytest

from bot.logs import set_up_log
from embeddings.encoder import Encoder
from embeddings.reranker import Reranker
from retrieval.archive import Archive
from tests.bot.encoders import TriggerEncoder
from tests.bot.online import PATIENCE, Online, Run
from tests.loopback import LoopbackDiscord

WEBHOOK = "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original"
CALLBACK = "POST /interactions/{interaction_id}/{interaction_token}/callback"
# What people write. Each has a word that no release and no module has.
QUESTION = "How much did the bridge cost, Zebulon?"
BROKEN = "What broke the quixotic bridge?"
WORDS = "zebulon", "quixotic", "brumaire", "ozymandias", "xanadu", "jabberwock"


@pytest.fixture
def log() -> io.StringIO:
    """The log at DEBUG, as ``verbatim bot`` writes it."""
    written = io.StringIO()
    set_up_log("DEBUG", LoopbackDiscord.token, written)
    return written


@pytest.fixture
def breaking(newsrooms_archive: Archive, encoder: Encoder, reranker: Reranker) -> Archive:
    """An archive that fails at a question, with the question in the error."""

    def fail() -> None:
        raise ValueError(BROKEN) from KeyError(BROKEN)

    return Archive(newsrooms_archive.data, TriggerEncoder(encoder, "quixotic", fail), reranker)


async def use(it: Online) -> None:
    """Write in all the ways that there are, with an error now and then."""
    discord = it.discord
    await it.ask(QUESTION)
    private = await it.slash("ask", {"question": QUESTION, "private": True})
    why = await discord.click(private, label="Not helpful")
    await (await discord.submit_modal(why, {"reason": "Brumaire"})).answer(PATIENCE)
    for channel in ("guild", "dm"):
        await (await discord.mention(QUESTION, channel=channel)).reply(PATIENCE)
        await (await discord.mention(BROKEN, channel=channel)).reply(PATIENCE)
    await it.ask(BROKEN)
    await it.slash("ask", {"question": QUESTION, "since": "in Brumaire"})
    await it.slash("ask", {"question": QUESTION, "newsroom": "Ozymandias"})
    await discord.autocomplete("release", "title", "xanadu")
    await it.slash("releases", {"search": "xanadu"})
    await it.slash("timeline", {"topic": "quixotic"})
    await it.click(await it.slash("subscribe", {"words": "jabberwock"}), "Keep")
    await it.slash("subscribe", {"question": "anything quixotic"})
    discord.fail_once(WEBHOOK, 429, retry_after=0.01)
    await it.ask(QUESTION)
    discord.fail_once(CALLBACK, 500)
    discord.fail_once("POST /channels/{channel_id}/messages", 429, retry_after=0.01)
    await (await discord.mention(QUESTION)).reply(PATIENCE)


async def test_no_secret_and_no_text_of_anybody_reaches_the_log(
    run: Run, breaking: Archive, log: io.StringIO
) -> None:
    async with run(archive=breaking) as it:
        await it.indexed()
        await use(it)
        tokens = {each.token for each in it.discord.interactions}
    written = log.getvalue()
    assert len(tokens) > 10
    assert "ValueError (its message may repeat what somebody wrote)" in written
    assert "which led to" in written
    assert "encode_queries" in written, "where it was raised"
    assert not [each for each in tokens if each in written]
    assert LoopbackDiscord.token not in written
    assert not [each for each in WORDS if each in written.casefold()]


async def test_a_warning_of_the_library_has_no_token(log: io.StringIO) -> None:
    token = "aW50ZXJhY3Rpb246MTIz_x-y"
    logger = logging.getLogger("discord.http")
    logger.warning(
        "We are being rate limited. %s", f"https://d.example/webhooks/12/{token}/messages"
    )
    logger.warning("responded: %s", f"/api/v10/interactions/12/{token}/callback")
    logger.warning("Bot %s", LoopbackDiscord.token)
    other = ".".join(("MTIzNDU2Nzg5MDEyMzQ1Njc4", "GabcdE", "x" * 38))
    logger.warning("Bot %s", other)
    logger.debug("a request")
    written = log.getvalue()
    assert "/webhooks/12/…/messages" in written
    assert "/interactions/12/…/callback" in written
    assert not [each for each in (token, LoopbackDiscord.token, other) if each in written]
    assert "a request" not in written


async def test_a_task_that_nobody_waited_for_is_told_without_its_message(log: io.StringIO) -> None:
    async def fail(text: str) -> None:
        raise ValueError(text)

    failed = asyncio.ensure_future(fail(WORDS[4]))
    await asyncio.wait([failed])
    asyncio.get_running_loop().call_exception_handler(
        {"message": "it failed", "exception": failed.exception(), "future": failed}
    )
    assert "it failed" in log.getvalue()
    assert "ValueError" in log.getvalue()
    assert WORDS[4] not in log.getvalue()


def test_an_error_of_the_disk_says_why(log: io.StringIO) -> None:
    try:
        Path("no/such/file").read_text()
    except OSError:
        logging.getLogger("bot.client").exception("cannot read")
    assert "No such file or directory: 'no/such/file'" in log.getvalue()
    assert "test_privacy.py" in log.getvalue()
