"""Faults: what Discord, the network, the disk or the program itself does wrong, and when.

Whoever asks gets the answer in the end, once, or is told in a sentence that there is none.
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
from tests.bot.online import PATIENCE, Online, Run, labels, until
from tests.loopback import Interaction, LoopbackDiscord, Request

BRIDGE = "How much did the bridge cost?"
SLOW = "How much did the bridge cost, unhurriedly?"
LIBRARY = "When do the library branches open on Sundays?"
COST = "$48 million"

ACKNOWLEDGE = "/interactions/{interaction_id}/{interaction_token}/callback"
ANSWER = "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original"
SEND = "POST /channels/{channel_id}/messages"
TYPE = "POST /channels/{channel_id}/typing"

DISCORD_ALLOWS = 3.0
"""Seconds to acknowledge an interaction (/interactions/receiving-and-responding)."""


@pytest.fixture
def gate() -> Iterator[Gate]:
    """Where the search for `SLOW` waits."""
    gate = Gate()
    yield gate
    gate.open()


@pytest.fixture
def gated(newsrooms_archive: Archive, encoder: Encoder, reranker: Reranker, gate: Gate) -> Archive:
    """An archive in which the search for `SLOW` waits."""
    return Archive(newsrooms_archive.data, TriggerEncoder(encoder, "unhurriedly", gate), reranker)


async def ask_slowly(it: Online, gate: Gate) -> Interaction:
    """Ask, and be in the midst of the search: acknowledged, and not answered."""
    asked = await it.discord.slash("ask", {"question": SLOW})
    await asked.acknowledged()
    assert await asyncio.to_thread(gate.wait_for_arrival)
    return asked


async def back(it: Online, identified: int, resumed: int) -> None:
    """Wait until the bot is online again, having identified and resumed so many times."""
    gateway = it.discord.gateway
    await until(lambda: (len(gateway.identifies), gateway.resumes) == (identified, resumed))
    await it.discord.ready()


# -- the connection to the gateway ----------------------------------------------------------------


@pytest.mark.parametrize("how", ["lost", "closed with 4000", "op 7", "op 9"])
async def test_an_answer_arrives_once_though_the_connection_is_lost_meanwhile(
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
        await back(it, identified=1, resumed=1)
        gate.open()
        assert COST in (await asked.answer(PATIENCE)).text
        assert "Sundays" in (await it.ask(LIBRARY)).text
        assert len(asked.edits) == 1
        assert not asked.followups


async def test_an_answer_arrives_once_though_the_session_is_lost_meanwhile(
    run: Run, gated: Archive, gate: Gate
) -> None:
    async with run(archive=gated) as it:
        await it.indexed()
        asked = await ask_slowly(it, gate)
        await it.discord.gateway.invalidate(resumable=False)
        gate.open()
        assert COST in (await asked.answer(PATIENCE)).text
        await back(it, identified=2, resumed=0)
        assert "Sundays" in (await it.ask(LIBRARY)).text
        assert "Sundays" in (await (await it.discord.mention(LIBRARY)).reply(PATIENCE)).text
        assert len(asked.edits) == 1


async def test_what_is_asked_while_the_bot_is_away_is_answered_when_it_is_back(
    run: Run, newsrooms_archive: Archive
) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        answer = await it.ask(BRIDGE)
        await it.discord.gateway.drop(4000)
        asked = await it.discord.slash("ask", {"question": LIBRARY})
        pressed = await it.discord.click(answer, label="In context")
        said = await it.discord.mention(BRIDGE)
        await back(it, identified=1, resumed=1)
        assert "Sundays" in (await asked.answer(PATIENCE)).text
        assert "paragraph 2 of 3" in (await pressed.answer(PATIENCE)).text
        assert COST in (await said.reply(PATIENCE)).text
        assert len(said.replies) == len(asked.edits) == 1


# -- requests that Discord does not serve ---------------------------------------------------------


@pytest.mark.parametrize("status", [502, 429])
async def test_an_answer_that_discord_does_not_take_at_first_is_sent_again(
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
async def test_an_acknowledgement_that_discord_does_not_take_at_first_is_sent_again(
    run: Run, newsrooms_archive: Archive, status: int
) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        refused = it.discord.fail_once(ACKNOWLEDGE, status)
        asked = await it.discord.slash("ask", {"question": BRIDGE})
        assert await asked.acknowledged() < DISCORD_ALLOWS
        assert COST in (await asked.answer(PATIENCE)).text
        assert refused.request
        assert not asked.followups


@pytest.mark.parametrize("status", [502, 503, 429])
async def test_a_reply_that_discord_does_not_take_at_first_is_sent_again(
    run: Run, newsrooms_archive: Archive, status: int
) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        refused = it.discord.fail_once(SEND, status)
        said = await it.discord.mention(BRIDGE)
        assert COST in (await said.reply(PATIENCE)).text
        assert refused.request
        await it.slash("status")
        assert len(it.discord.messages) == 1


@pytest.mark.parametrize("how", ["502", "cut"])
async def test_a_reply_that_seems_to_have_failed_and_did_not_is_not_sent_twice(
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
        said = await it.discord.mention(BRIDGE)
        await said.reply(PATIENCE)
        await until(lambda: tried == 3)
        await it.slash("status")
        assert len(it.discord.messages) == 1


async def test_two_bots_by_one_name_answer_a_mention_once(
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
        said = await it.discord.mention("")
        await said.reply(PATIENCE)
        await until(lambda: it.discord.report().routes[SEND] == sent.get(SEND, 0) + 2)
        assert len(said.replies) == 1


@pytest.mark.parametrize("where", [ANSWER, SEND])
async def test_an_answer_whose_connection_is_cut_is_sent_again(
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
            said = await it.discord.mention(BRIDGE)
            assert COST in (await said.reply(PATIENCE)).text
            assert len(said.replies) == 1
        else:
            asked = await it.discord.slash("ask", {"question": BRIDGE})
            assert COST in (await asked.answer(PATIENCE)).text
            assert not asked.followups
        assert cut


async def test_that_typing_cannot_be_shown_delays_no_answer(
    run: Run, newsrooms_archive: Archive
) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        refused = it.discord.fail_once(TYPE, 429, retry_after=60)
        said = await it.discord.mention(BRIDGE)
        assert COST in (await said.reply(PATIENCE)).text
        assert refused.request


@pytest.mark.parametrize("status", [502, 429])
async def test_a_page_turns_once_though_discord_does_not_take_it_at_first(
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


# -- requests that Discord will never serve -------------------------------------------------------


async def test_what_reached_the_bot_too_late_is_logged_and_the_next_question_answered(
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
        it.discord.clock.advance(DISCORD_ALLOWS + 1)
        await back(it, identified=1, resumed=1)
        for _ in late:
            await it.discord.violated("ack-deadline")
        assert "Sundays" in (await it.ask(LIBRARY)).text
        told = [record for record in caplog.records if record.name == "bot.core.errors"]
        assert [record.levelname for record in told] == ["WARNING", "WARNING"]
        assert "Unknown interaction" in told[0].getMessage()
        assert not [each for each in late if each.response]


async def test_where_the_bot_may_not_write_it_is_logged_and_the_next_question_answered(
    run: Run, newsrooms_archive: Archive, caplog: pytest.LogCaptureFixture
) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        it.discord.forbid(it.discord.channel)
        said = await it.discord.mention(BRIDGE)
        await until(lambda: "cannot answer in channel" in caplog.text)
        assert not said.replies
        assert "Traceback" not in caplog.text
        # An interaction may be answered there all the same.
        assert COST in (await it.ask(BRIDGE)).text
        it.discord.allow(it.discord.channel)
        assert COST in (await (await it.discord.mention(BRIDGE)).reply(PATIENCE)).text


async def test_a_question_that_is_deleted_meanwhile_is_answered_without_reply(
    run: Run, gated: Archive, gate: Gate
) -> None:
    async with run(archive=gated) as it:
        await it.indexed()
        said = await it.discord.mention(SLOW)
        assert await asyncio.to_thread(gate.wait_for_arrival)
        await it.discord.delete(said)
        gate.open()
        reply = await said.reply(PATIENCE)
        assert COST in reply.text
        assert reply.reference is None


async def test_an_answer_that_is_deleted_meanwhile_is_logged_and_the_next_question_answered(
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


# -- much at once ---------------------------------------------------------------------------------


async def test_a_slow_search_keeps_nobody_waiting(run: Run, gated: Archive, gate: Gate) -> None:
    async with (
        LoopbackDiscord(heartbeat_interval=2) as discord,  # which watches that none is late
        run(archive=gated, on=discord) as it,
    ):
        await it.indexed()
        slow = await ask_slowly(it, gate)
        beats = discord.gateway.heartbeats
        asked = await asyncio.gather(
            *(discord.slash("ask", {"question": BRIDGE}) for _ in range(50))
        )
        meanwhile = await asyncio.gather(
            discord.slash("releases"),
            discord.slash("status"),
            discord.slash("release", {"title": "bridge"}),
        )
        # This raises where it takes longer.
        titles = await discord.autocomplete("release", "title", "brid", within=DISCORD_ALLOWS)
        assert "Mayor Opens Rebuilt Harbor Bridge" in {each["name"] for each in titles}
        for each in (*asked, *meanwhile):
            assert await each.acknowledged() < DISCORD_ALLOWS
        for each in asked:
            assert COST in (await each.answer(PATIENCE)).text
        listed = await meanwhile[0].answer(DISCORD_ALLOWS)
        assert "Library Hours Extended to Sundays" in listed.text
        await until(lambda: discord.gateway.heartbeats >= beats + 2)
        assert not slow.edits
        gate.open()
        assert COST in (await slow.answer(PATIENCE)).text


async def test_all_shards_serve(run: Run, newsrooms_archive: Archive) -> None:
    discord = LoopbackDiscord(shards=2)
    while not discord.world.guild_id >> 22 & 1:  # so that the server is on the second shard
        await asyncio.sleep(0.001)
        discord = LoopbackDiscord(shards=2)
    async with discord, run(archive=newsrooms_archive, on=discord) as it:
        await it.indexed()
        assert sorted(each["shard"] for each in discord.gateway.identifies) == [[0, 2], [1, 2]]
        # Direct messages are on the first.
        for place in ("guild", "dm"):
            answer = await it.ask(BRIDGE, channel=place)
            assert COST in answer.text
            assert "paragraph 2 of 3" in (await it.click(answer, "In context")).text
            said = await discord.mention(BRIDGE, channel=place)
            assert COST in (await said.reply(PATIENCE)).text
            await it.slash("status")
            assert len(said.replies) == 1
        assert not discord.gateway.undelivered


# -- what is remembered ---------------------------------------------------------------------------


async def test_answers_are_given_while_nothing_can_be_written_down(
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
        # What is remembered from before can still be read.
        assert "Passages 2 to 4" in (await it.click(before, "More passages")).text
        said = "I cannot do that right now: my database cannot be read or written."
        assert (await it.click(before, "Helpful")).text.startswith(said)
        pressed = await it.discord.click(
            settings, label="Answers: to the channel", user=it.discord.manager
        )
        assert (await pressed.followup(within=PATIENCE)).text.startswith(said)
        it.bot.services.state.database.write("PRAGMA query_only = OFF")
        assert "Helpful" in labels(await it.ask(BRIDGE))


async def test_answers_are_given_while_nothing_that_is_remembered_can_be_read(
    run: Run, newsrooms_archive: Archive
) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        first = await (await it.discord.mention(BRIDGE)).reply(PATIENCE)
        it.bot.services.state.database.write("DROP TABLE verdict")
        it.bot.services.state.database.write("DROP TABLE answer")
        again = await it.discord.mention(LIBRARY, reply_to=first)
        assert "Sundays" in (await again.reply(PATIENCE)).text


async def test_it_comes_online_where_it_cannot_note_which_commands_it_registered(
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


async def test_two_bots_over_one_data_folder_remember_everything(
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


class Mishap(Exception):
    """What nobody thought of."""


def fail() -> None:
    raise Mishap(f"cannot read {SECRET}")


@pytest.fixture
def failing(newsrooms_archive: Archive, encoder: Encoder, reranker: Reranker) -> Archive:
    """An archive in which the search for `FATAL` fails."""
    return Archive(newsrooms_archive.data, TriggerEncoder(encoder, "disastrously", fail), reranker)


@pytest.mark.parametrize(
    "where", ["command", "mention", "message menu", "button", "dialogue", "menu"]
)
async def test_an_error_is_told_in_a_sentence_and_found_in_the_log(
    run: Run, failing: Archive, caplog: pytest.LogCaptureFixture, where: str
) -> None:
    async with run(archive=failing) as it:
        await it.indexed()
        text = await provoke(it, where)
        (reference,) = re.findall(r"`([0-9a-f]{6})`", text)
        leak = re.compile(r"/|Mishap|Error|model\.bin|sqlite|no such table|int\(|state\.")
        assert not leak.search(text)
        assert "\n" not in text
        logged = [each for each in caplog.records if reference in each.getMessage()]
        assert [each.levelno for each in logged] == [logging.ERROR]
        assert logged[0].exc_info
        assert COST in (await it.ask(BRIDGE)).text


async def provoke(it: Online, where: str) -> str:
    """Cause an error there, and give what is told of it."""
    database = it.bot.services.state.database
    match where:
        case "command":
            return (await it.ask(FATAL)).text
        case "mention":
            return (await (await it.discord.mention(FATAL)).reply(PATIENCE)).text
        case "message menu":
            said = await it.discord.send(FATAL)
            return (
                await (await it.discord.context_menu("Find the source", said)).answer(PATIENCE)
            ).text
        case "button":
            answer = await it.ask(BRIDGE)
            database.write("DROP TABLE verdict")
            return (await it.click(answer, "Helpful")).text
        case "dialogue":
            pressed = await it.discord.click(await it.ask(BRIDGE), label="Not helpful")
            await pressed.acknowledged()
            database.write("DROP TABLE verdict")
            sent = await it.discord.submit_modal(pressed, {"reason": "no"})
            return (await sent.answer(PATIENCE)).text
    await it.ask("What is the capital of Mongolia?")
    listed = await it.slash("unanswered", user=it.discord.manager)
    pressed = await it.discord.click(
        listed, "v1:forget", values=["all"], user=it.discord.manager, forged=True
    )
    return (await pressed.followup(within=PATIENCE)).text


# -- what the tests above need --------------------------------------------------------------------


class ConnectionCut(web.Response):
    """No response: the connection ends."""

    async def prepare(self, request: web.BaseRequest) -> None:
        assert request.transport
        request.transport.abort()
        raise ConnectionResetError


async def send(discord: LoopbackDiscord, request: Request) -> None:
    """Send a request of the bot's as it is."""
    async with (
        aiohttp.ClientSession(
            "https://discord.com",
            connector=discord.connector(),
            headers={"Authorization": f"Bot {discord.token}"},
        ) as session,
        session.post(request.path, json=request.body) as answer,
    ):
        assert answer.status == 200
