"""Questions in messages."""

from tests.bot.online import PATIENCE, Run
from tests.conftest import SAMPLE_TITLE

BRIDGE = "How much did the bridge cost?"


async def test_a_mention_is_answered_with_a_reply_that_pings_nobody(run: Run) -> None:
    async with run() as it:
        await it.indexed()
        mention = await it.discord.mention("What is CECOT?", user=it.discord.member)
        reply = await mention.reply(PATIENCE)
        assert reply.reference == mention.message.id
        assert not reply.pings_author
        assert reply.pings == ()
        assert "CECOT" in reply.text


async def test_a_mention_without_a_question_is_answered_with_help(run: Run) -> None:
    async with run() as it:
        reply = await (await it.discord.mention("")).reply()
        assert reply.text.startswith("Ask me something about the press releases")


async def test_a_direct_message_is_a_question(run: Run) -> None:
    async with run() as it:
        await it.indexed()
        reply = await (await it.discord.send("What is CECOT?", channel="dm")).reply(PATIENCE)
        assert SAMPLE_TITLE in reply.text


async def test_other_messages_are_ignored(run: Run) -> None:
    async with run() as it:
        await it.indexed()
        before = len(it.discord.requests)
        await it.discord.send("I wonder what CECOT is")
        # Once the command is answered the message before it has been handled.
        await it.slash("status")
        paths = [request.path for request in it.discord.requests[before:]]
        assert not [path for path in paths if "/channels/" in path]
