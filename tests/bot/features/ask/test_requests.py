"""Requests that are no questions, in Discord."""

import pytest

from retrieval.archive import Archive
from tests.bot.features.ask.test_follow_ups import ANSWER, SUNDAYS, WHY
from tests.bot.online import PATIENCE, Run, labels, menu, walk


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("good morning bot", "Hello. Ask me something about the press releases"),
        ("thanks!", "You are welcome."),
        ("what can you do?", "Ask me something about the press releases"),
        ("you suck", "I am only a program. Ask me something"),
    ],
)
async def test_what_asks_nothing_gets_a_line(
    run: Run, newsrooms_archive: Archive, text: str, start: str
) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        reply = await (await it.discord.mention(text)).reply(PATIENCE)
        assert reply.text.startswith(start)
        assert "\n" not in reply.text
        assert not labels(reply)
        asked = await it.ask(text)
        assert asked.text == f"-# {text}\n{reply.text}"
        listed = await it.slash("unanswered", user=it.discord.manager)
        assert listed.text == "Every question that was asked here has an answer."


async def test_the_newest_releases_are_listed(run: Run, newsrooms_archive: Archive) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        reply = await it.ask("what's new?")
        lines = reply.text.splitlines()
        assert lines[1] == "### The newest releases"
        assert "Ferry Fares Frozen" in lines[2]
        assert lines[-1] == "-# All of them: /releases"
        assert menu(reply, "Read a whole release")


async def test_a_count_says_how_many_and_when(run: Run, newsrooms_archive: Archive) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        direct = await it.discord.send("how many releases mention harbor?", channel="dm")
        reply = await direct.reply(PATIENCE)
        lines = reply.text.splitlines()
        assert lines[0] == "### 2 releases mention “harbor”, March 2024, 1 undated"
        assert "Mayor Opens Rebuilt Harbor Bridge" in lines[1]
        assert lines[-1].startswith("-# The newest 2 of 2. /timeline")


async def test_a_list_has_a_chart(run: Run, newsrooms_archive: Archive) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        reply = await it.ask("show me all releases about harbor")
        assert "### 2 releases about “harbor”" in reply.text
        assert [each["type"] for each in walk(list(reply.components)) if each["type"] == 12]


async def test_a_topic_of_markup_pings_nobody(run: Run, newsrooms_archive: Archive) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        reply = await it.ask("how many releases mention @everyone **zebras**?")
        assert "No release mentions" in reply.text
        assert "@everyone" not in reply.text
        assert reply.pings == ()


async def test_thanks_do_not_disturb_what_is_followed_up(
    run: Run, newsrooms_archive: Archive
) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        answer = await (await it.discord.mention(SUNDAYS)).reply(PATIENCE)
        thanked = await it.discord.send("thanks!", reply_to=answer)
        welcome = await thanked.reply(PATIENCE)
        assert welcome.text.startswith("You are welcome.")
        reply = await (await it.discord.send(WHY, reply_to=welcome)).reply(PATIENCE)
        assert reply.text.startswith(ANSWER)
        for text in (SUNDAYS, "thanks!"):
            await (await it.discord.send(text, channel="dm")).reply(PATIENCE)
        direct = await (await it.discord.send(WHY, channel="dm")).reply(PATIENCE)
        assert direct.text.startswith(ANSWER)
