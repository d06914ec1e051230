"""Limits on the questions per minute of each user and of each server."""

from retrieval.archive import Archive
from tests.bot.online import PATIENCE, Run

BRIDGE = "How much did the bridge cost?"


async def test_a_user_who_asks_too_much_is_told_when_to_ask_again(
    run: Run, newsrooms_archive: Archive
) -> None:
    async with run(archive=newsrooms_archive, questions_per_minute=2) as it:
        await it.indexed()
        await it.ask(BRIDGE)
        await (await it.discord.mention(BRIDGE)).reply(PATIENCE)
        asked = await it.discord.slash("ask", {"question": BRIDGE})
        refusal = await asked.answer()
        assert refusal.text.startswith("You have asked too many questions. Ask again <t:")
        assert asked.ephemeral
        mentioned = await (await it.discord.mention(BRIDGE)).reply(PATIENCE)
        assert mentioned.text.startswith("You have asked too many questions.")
        # Other users are not affected, and other commands are not limited.
        assert "$48 million" in (await it.ask(BRIDGE, user=it.discord.manager)).text
        assert "### Releases" in (await it.slash("releases")).text


async def test_a_server_that_asks_too_much_is_told_when_to_ask_again(
    run: Run, newsrooms_archive: Archive
) -> None:
    async with run(archive=newsrooms_archive, server_questions_per_minute=2) as it:
        await it.indexed()
        for user in (it.discord.member, it.discord.manager):
            await it.ask(BRIDGE, user=user)
        refused = await it.ask(BRIDGE, user=it.discord.administrator)
        assert refused.text.startswith("This server has asked too many questions. Ask again <t:")
        # A direct message does not count for a server.
        reply = await (await it.discord.send(BRIDGE, channel="dm")).reply(PATIENCE)
        assert "$48 million" in reply.text
