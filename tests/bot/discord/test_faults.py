"""Faults of Discord, of the network, of the disk and of the program itself.

The user gets one answer in the end, or a sentence that says why there is none.
"""

import asyncio
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from embeddings.encoder import Encoder
from embeddings.reranker import Reranker
from retrieval.archive import Archive
from tests.bot.encoders import Gate, TriggerEncoder
from tests.bot.online import PATIENCE, Online, Run, labels, menu, until
from tests.loopback import ConnectionCut, Interaction, LoopbackDiscord, Request

BRIDGE = "How much did the bridge cost?"
SLOW = "How much did the bridge cost, unhurriedly?"
LIBRARY = "When do the library branches open on Sundays?"
COST = "$48 million"

ACKNOWLEDGE = "/interactions/{interaction_id}/{interaction_token}/callback"
ANSWER = "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original"
SEND = "POST /channels/{channel_id}/messages"
TYPE = "POST /channels/{channel_id}/typing"

ACKNOWLEDGE_WITHIN = 3.0
"""Seconds to acknowledge an interaction (/interactions/receiving-and-responding)."""


@pytest.fixture
def gate() -> Iterator[Gate]:
    """Holds the search for `SLOW`."""
    gate = Gate()
    yield gate
    gate.open()


@pytest.fixture
def gated(newsrooms_archive: Archive, encoder: Encoder, reranker: Reranker, gate: Gate) -> Archive:
    """An archive in which the search for `SLOW` waits at the gate."""
    return Archive(newsrooms_archive.data, TriggerEncoder(encoder, "unhurriedly", gate), reranker)


async def ask_slowly(it: Online, gate: Gate) -> Interaction:
    """Ask `SLOW`, and wait until it is acknowledged and the search has reached the gate."""
    asked = await it.discord.slash("ask", {"question": SLOW})
    await asked.acknowledged()
    assert await asyncio.to_thread(gate.wait_for_arrival)
    return asked


async def reconnected(it: Online, identified: int, resumed: int) -> None:
    """Wait until the bot is online again after so many identifies and resumes."""
    gateway = it.discord.gateway
    await until(lambda: (len(gateway.identifies), gateway.resumes) == (identified, resumed))
    await it.discord.ready()


# -- the connection to the gateway ----------------------------------------------------------------


@pytest.mark.parametrize("how", ["lost", "closed with 4000", "op 7", "op 9"])
async def test_an_answer_arrives_once_if_the_connection_is_lost_during_the_search(
    run: Run, gated: Archive, gate: Gate, how: str
) -> None:
    async with run(archive=gated) as it:
        await it.indexed()
        asked = await ask_slowly(it, gate)
        match how:
            case "lost":
                await it.discord.gateway.drop()
            case "closed with 4000":
                await it.discord.gateway.drop(4000)
            case "op 7":
                await it.discord.gateway.ask_to_reconnect()
            case "op 9":
                await it.discord.gateway.invalidate(resumable=True)
        await reconnected(it, identified=1, resumed=1)
        gate.open()
        assert COST in (await asked.answer(PATIENCE)).text
        assert "Sundays" in (await it.ask(LIBRARY)).text
        assert len(asked.edits) == 1
        assert not asked.followups


async def test_an_answer_arrives_once_if_the_session_is_lost_during_the_search(
    run: Run, gated: Archive, gate: Gate
) -> None:
    async with run(archive=gated) as it:
        await it.indexed()
        asked = await ask_slowly(it, gate)
        await it.discord.gateway.invalidate(resumable=False)
        gate.open()
        assert COST in (await asked.answer(PATIENCE)).text
        await reconnected(it, identified=2, resumed=0)
        assert "Sundays" in (await it.ask(LIBRARY)).text
        assert "Sundays" in (await (await it.discord.mention(LIBRARY)).reply(PATIENCE)).text
        assert len(asked.edits) == 1


async def test_questions_asked_while_disconnected_are_answered_after_reconnecting(
    run: Run, newsrooms_archive: Archive
) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        answer = await it.ask(BRIDGE)
        await it.discord.gateway.drop(4000)
        asked = await it.discord.slash("ask", {"question": LIBRARY})
        clicked = await it.discord.click(answer, label="In context")
        mention = await it.discord.mention(BRIDGE)
        await reconnected(it, identified=1, resumed=1)
        assert "Sundays" in (await asked.answer(PATIENCE)).text
        assert "paragraph 2 of 3" in (await clicked.answer(PATIENCE)).text
        assert COST in (await mention.reply(PATIENCE)).text
        assert len(mention.replies) == len(asked.edits) == 1


# -- requests that fail once ----------------------------------------------------------------------


@pytest.mark.parametrize("status", [502, 429])
async def test_an_answer_is_sent_again_if_discord_fails_once(
    run: Run, newsrooms_archive: Archive, status: int
) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        refused = it.discord.fail_once(ANSWER, status)
        asked = await it.discord.slash("ask", {"question": BRIDGE})
        assert COST in (await asked.answer(PATIENCE)).text
        assert refused.request
        assert len(asked.edits) == 1
        assert not asked.followups


@pytest.mark.parametrize("status", [502, 429])
async def test_an_acknowledgement_is_sent_again_if_discord_fails_once(
    run: Run, newsrooms_archive: Archive, status: int
) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        refused = it.discord.fail_once(ACKNOWLEDGE, status)
        asked = await it.discord.slash("ask", {"question": BRIDGE})
        assert await asked.acknowledged() < ACKNOWLEDGE_WITHIN
        assert COST in (await asked.answer(PATIENCE)).text
        assert refused.request
        assert not asked.followups


@pytest.mark.parametrize("status", [502, 503, 429])
async def test_a_reply_to_a_mention_is_sent_again_if_discord_fails_once(
    run: Run, newsrooms_archive: Archive, status: int
) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        refused = it.discord.fail_once(SEND, status)
        mention = await it.discord.mention(BRIDGE)
        assert COST in (await mention.reply(PATIENCE)).text
        assert refused.request
        await it.slash("status")
        assert len(it.discord.messages) == 1


@pytest.mark.parametrize("how", ["502", "cut"])
async def test_a_reply_appears_once_if_only_the_response_of_discord_is_lost(
    run: Run, newsrooms_archive: Archive, how: str
) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        tried = 0

        async def take_and_fail(request: Request) -> web.Response | None:
            nonlocal tried
            if (request.method, request.path.rpartition("/")[2]) != ("POST", "messages"):
                return None
            tried += 1
            if tried != 1:  # the second is the one below, which is let through
                return None
            await send(it.discord, request)
            return web.Response(status=502) if how == "502" else ConnectionCut()

        it.discord.intercept = take_and_fail
        mention = await it.discord.mention(BRIDGE)
        await mention.reply(PATIENCE)
        await until(lambda: tried == 3)
        await it.slash("status")
        assert len(it.discord.messages) == 1


async def test_two_bots_with_one_token_answer_a_mention_once(
    run: Run, newsrooms_archive: Archive, encoder: Encoder, reranker: Reranker, tmp_path: Path
) -> None:
    other = Archive(tmp_path / "other", encoder, reranker)
    async with (
        run(archive=newsrooms_archive) as it,
        run(archive=other, on=it.discord) as overlapping,
    ):
        await it.indexed()
        await overlapping.bot.wait_until_ready()
        sent = it.discord.report().routes
        mention = await it.discord.mention("")
        await mention.reply(PATIENCE)
        await until(lambda: it.discord.report().routes[SEND] == sent.get(SEND, 0) + 2)
        assert len(mention.replies) == 1


@pytest.mark.parametrize("where", [ANSWER, SEND])
async def test_an_answer_is_sent_again_if_the_connection_is_cut(
    run: Run, newsrooms_archive: Archive, where: str
) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        cut = 0

        async def cut_once(request: Request) -> web.Response | None:
            nonlocal cut
            if cut or f"{request.method} {request.route}" != where:
                return None
            cut += 1
            return ConnectionCut()

        it.discord.intercept = cut_once
        if where == SEND:
            mention = await it.discord.mention(BRIDGE)
            assert COST in (await mention.reply(PATIENCE)).text
            assert len(mention.replies) == 1
        else:
            asked = await it.discord.slash("ask", {"question": BRIDGE})
            assert COST in (await asked.answer(PATIENCE)).text
            assert not asked.followups
        assert cut


async def test_an_answer_does_not_wait_for_the_typing_indicator(
    run: Run, newsrooms_archive: Archive
) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        refused = it.discord.fail_once(TYPE, 429, retry_after=60)
        mention = await it.discord.mention(BRIDGE)
        assert COST in (await mention.reply(PATIENCE)).text
        assert refused.request


@pytest.mark.parametrize("status", [502, 429])
async def test_a_page_turns_once_if_discord_fails_once(
    run: Run, newsrooms_archive: Archive, status: int
) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        first = await it.click(await it.ask(BRIDGE), "More passages")
        refused = it.discord.fail_once(ANSWER, status)
        turned = await it.click(first, "▶")
        assert turned.text.startswith("### Passages 5 to 7 of 8")
        assert refused.request
        assert turned.revision == it.discord.current(turned).revision


# -- requests that always fail --------------------------------------------------------------------


async def test_an_interaction_that_arrives_too_late_is_logged_and_the_bot_goes_on(
    run: Run, newsrooms_archive: Archive, caplog: pytest.LogCaptureFixture
) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        answer = await it.ask(BRIDGE)
        caplog.clear()
        await it.discord.gateway.drop(4000)
        late = [
            await it.discord.slash("ask", {"question": BRIDGE}),
            await it.discord.click(answer, label="In context"),
        ]
        it.discord.clock.advance(ACKNOWLEDGE_WITHIN + 1)
        await reconnected(it, identified=1, resumed=1)
        for _ in late:
            await it.discord.violated("ack-deadline")
        assert "Sundays" in (await it.ask(LIBRARY)).text
        told = [record for record in caplog.records if record.name == "bot.core.errors"]
        assert [record.levelname for record in told] == ["WARNING", "WARNING"]
        assert "Unknown interaction" in told[0].getMessage()
        assert not [each for each in late if each.response]


async def test_a_missing_permission_to_write_is_logged_and_the_bot_goes_on(
    run: Run, newsrooms_archive: Archive, caplog: pytest.LogCaptureFixture
) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        it.discord.forbid(it.discord.channel)
        mention = await it.discord.mention(BRIDGE)
        await until(lambda: "cannot answer in channel" in caplog.text)
        assert not mention.replies
        assert "Traceback" not in caplog.text
        # Replies to interactions need no permission.
        assert COST in (await it.ask(BRIDGE)).text
        it.discord.allow(it.discord.channel)
        assert COST in (await (await it.discord.mention(BRIDGE)).reply(PATIENCE)).text


async def test_a_question_deleted_during_the_search_is_answered_without_a_reference(
    run: Run, gated: Archive, gate: Gate
) -> None:
    async with run(archive=gated) as it:
        await it.indexed()
        mention = await it.discord.mention(SLOW)
        assert await asyncio.to_thread(gate.wait_for_arrival)
        await it.discord.delete(mention)
        gate.open()
        reply = await mention.reply(PATIENCE)
        assert COST in reply.text
        assert reply.reference is None


async def test_a_reply_deleted_during_the_search_is_logged_and_the_bot_goes_on(
    run: Run, gated: Archive, gate: Gate, caplog: pytest.LogCaptureFixture
) -> None:
    async with run(archive=gated) as it:
        await it.indexed()
        asked = await ask_slowly(it, gate)
        assert asked.message
        await it.discord.delete(asked.message)
        gate.open()
        await it.discord.violated("unknown-message")
        assert "Sundays" in (await it.ask(LIBRARY)).text
        assert "Unknown Message" in caplog.text
        assert "reference" not in caplog.text


# -- many requests at once ------------------------------------------------------------------------


async def test_a_slow_search_delays_nothing_else(run: Run, gated: Archive, gate: Gate) -> None:
    async with (
        # A blocked loop would send no heartbeat at all; a busy machine may send it late.
        LoopbackDiscord(heartbeat_interval=2, heartbeat_tolerance=10) as discord,
        run(archive=gated, on=discord) as it,
    ):
        await it.indexed()
        slow = await ask_slowly(it, gate)
        beats = discord.gateway.heartbeats
        asked = await asyncio.gather(
            *(discord.slash("ask", {"question": BRIDGE}) for _ in range(50))
        )
        others = await asyncio.gather(
            discord.slash("releases"),
            discord.slash("status"),
            discord.slash("release", {"title": "bridge"}),
        )
        # Raises if it takes longer.
        titles = await discord.autocomplete("release", "title", "brid", within=ACKNOWLEDGE_WITHIN)
        assert "Mayor Opens Rebuilt Harbor Bridge" in {each["name"] for each in titles}
        for each in (*asked, *others):
            assert await each.acknowledged() < ACKNOWLEDGE_WITHIN
        for each in asked:
            assert COST in (await each.answer(PATIENCE)).text
        listed = await others[0].answer(ACKNOWLEDGE_WITHIN)
        assert "Library Hours Extended to Sundays" in listed.text
        await until(lambda: discord.gateway.heartbeats >= beats + 2)
        assert not slow.edits
        gate.open()
        assert COST in (await slow.answer(PATIENCE)).text


async def test_every_shard_serves(run: Run, newsrooms_archive: Archive) -> None:
    discord = LoopbackDiscord(shards=2)
    while not discord.world.guild_id >> 22 & 1:  # so that the server is on the second shard
        await asyncio.sleep(0.001)
        discord = LoopbackDiscord(shards=2)
    async with discord, run(archive=newsrooms_archive, on=discord) as it:
        await it.indexed()
        assert sorted(each["shard"] for each in discord.gateway.identifies) == [[0, 2], [1, 2]]
        # Direct messages come to the first shard.
        for place in ("guild", "dm"):
            answer = await it.ask(BRIDGE, channel=place)
            assert COST in answer.text
            assert "paragraph 2 of 3" in (await it.click(answer, "In context")).text
            mention = await discord.mention(BRIDGE, channel=place)
            assert COST in (await mention.reply(PATIENCE)).text
            await it.slash("status")
            assert len(mention.replies) == 1
        assert not discord.gateway.undelivered


# -- what is remembered ---------------------------------------------------------------------------


async def test_questions_are_answered_while_the_state_is_read_only(
    run: Run, newsrooms_archive: Archive, caplog: pytest.LogCaptureFixture
) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        before = await it.ask(BRIDGE)
        settings = await it.slash("settings", user=it.discord.manager)
        assert {"More passages", "Helpful"} <= {*labels(before)}
        it.bot.services.state.database.write("PRAGMA query_only = ON")
        answer = await it.ask(BRIDGE)
        assert COST in answer.text
        assert not {"More passages", "Helpful", "Not helpful"} & {*labels(answer)}
        assert "paragraph 2 of 3" in (await it.click(answer, "In context")).text
        assert "readonly" in caplog.text
        assert COST in (await (await it.discord.mention(BRIDGE)).reply(PATIENCE)).text
        # Stored answers can still be read.
        assert "Passages 2 to 4" in (await it.click(before, "More passages")).text
        expected = "I cannot do that right now: my database cannot be read or written."
        assert (await it.click(before, "Helpful")).text.startswith(expected)
        clicked = await it.discord.click(
            settings, label="Answers: to the channel", user=it.discord.manager
        )
        assert (await clicked.followup(within=PATIENCE)).text.startswith(expected)
        it.bot.services.state.database.write("PRAGMA query_only = OFF")
        assert "Helpful" in labels(await it.ask(BRIDGE))


async def test_questions_are_answered_while_the_state_cannot_be_read(
    run: Run, newsrooms_archive: Archive
) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        first = await (await it.discord.mention(BRIDGE)).reply(PATIENCE)
        it.bot.services.state.database.write("DROP TABLE verdict")
        it.bot.services.state.database.write("DROP TABLE answer")
        again = await it.discord.mention(LIBRARY, reply_to=first)
        assert "Sundays" in (await again.reply(PATIENCE)).text


async def test_the_bot_starts_if_it_cannot_store_which_commands_are_registered(
    run: Run, newsrooms_archive: Archive
) -> None:
    for _ in range(2):
        async with run(archive=newsrooms_archive) as it:
            await it.discord.commands_registered()
            await it.indexed()
            assert COST in (await it.ask(BRIDGE)).text
            it.bot.services.state.database.write(
                "CREATE TRIGGER IF NOT EXISTS full BEFORE INSERT ON note"
                " BEGIN SELECT raise(ABORT, 'database or disk is full'); END"
            )
            it.bot.services.state.database.write("DELETE FROM note")


async def test_two_bots_with_one_data_folder_store_every_answer(
    run: Run, newsrooms_archive: Archive, encoder: Encoder, reranker: Reranker
) -> None:
    other = Archive(newsrooms_archive.data, encoder, reranker)
    async with run(archive=newsrooms_archive) as one, run(archive=other) as two:
        both = (one, two)
        await asyncio.gather(*(it.indexed() for it in both))
        await asyncio.gather(*(it.ask(BRIDGE) for it in both for _ in range(20)))
        database = one.bot.services.state.database
        assert database.read("SELECT count(*) FROM answer") == [(40,)]
        assert database.read("PRAGMA integrity_check") == [("ok",)]


# -- errors of its own ----------------------------------------------------------------------------

SECRET = "/somewhere/private/model.bin"
FATAL = "Why does the bridge fail disastrously?"


class UnexpectedError(Exception):
    """An error that the bot does not know."""


def fail() -> None:
    raise UnexpectedError(f"cannot read {SECRET}")


@pytest.fixture
def failing(newsrooms_archive: Archive, encoder: Encoder, reranker: Reranker) -> Archive:
    """An archive in which the search for `FATAL` fails."""
    return Archive(newsrooms_archive.data, TriggerEncoder(encoder, "disastrously", fail), reranker)


@pytest.mark.parametrize(
    "where", ["command", "mention", "message menu", "button", "dialogue", "menu"]
)
async def test_an_unexpected_error_is_explained_and_logged_under_a_reference(
    run: Run, failing: Archive, caplog: pytest.LogCaptureFixture, where: str
) -> None:
    async with run(archive=failing) as it:
        await it.indexed()
        text = await provoke(it, where)
        (reference,) = re.findall(r"`([0-9a-f]{6})`", text)
        leak = re.compile(r"/|UnexpectedError|Error|model\.bin|sqlite|no such table|int\(|state\.")
        assert not leak.search(text)
        assert "\n" not in text
        logged = [each for each in caplog.records if reference in each.getMessage()]
        assert [each.levelno for each in logged] == [logging.ERROR]
        assert logged[0].exc_info
        assert COST in (await it.ask(BRIDGE)).text


async def provoke(it: Online, where: str) -> str:
    """Cause an error at a place and return the explanation."""
    database = it.bot.services.state.database
    match where:
        case "command":
            return (await it.ask(FATAL)).text
        case "mention":
            return (await (await it.discord.mention(FATAL)).reply(PATIENCE)).text
        case "message menu":
            sent = await it.discord.send(FATAL)
            return (
                await (await it.discord.context_menu("Find the source", sent)).answer(PATIENCE)
            ).text
        case "button":
            answer = await it.ask(BRIDGE)
            database.write("DROP TABLE verdict")
            return (await it.click(answer, "Helpful")).text
        case "dialogue":
            clicked = await it.discord.click(await it.ask(BRIDGE), label="Not helpful")
            await clicked.acknowledged()
            database.write("DROP TABLE verdict")
            sent = await it.discord.submit_modal(clicked, {"reason": "no"})
            return (await sent.answer(PATIENCE)).text
    await it.ask("What is the capital of Mongolia?")
    listed = await it.slash("unanswered", user=it.discord.manager)
    (option,) = menu(listed, "Delete a question")["options"]
    database.write("DROP TABLE verdict")
    database.write("DROP TABLE answer")
    clicked = await it.discord.click(
        listed, "v1:forget", values=[option["value"]], user=it.discord.manager
    )
    return (await clicked.followup(within=PATIENCE)).text


# -- helpers --------------------------------------------------------------------------------------


async def send(discord: LoopbackDiscord, request: Request) -> None:
    """Send a request of the bot to the loopback."""
    async with (
        aiohttp.ClientSession(
            "https://discord.com",
            connector=discord.connector(),
            headers={"Authorization": f"Bot {discord.token}"},
        ) as session,
        session.post(request.path, json=request.body) as answer,
    ):
        assert answer.status == 200
