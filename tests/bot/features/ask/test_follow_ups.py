"""A reply, a thread and a direct message go on from the answer before."""

from retrieval.archive import Archive
from tests.bot.online import PATIENCE, Run

SUNDAYS = "Which branches open on Sundays?"
WHY = "And why?"


async def test_a_reply_to_an_answer_is_a_follow_up(run: Run, newsrooms_archive: Archive) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        for answer in (
            await (await it.discord.mention(SUNDAYS)).reply(PATIENCE),
            await it.ask(SUNDAYS),
        ):
            said = await it.discord.send(WHY, reply_to=answer, user=it.discord.manager)
            reply = await said.reply(PATIENCE)
            assert reply.text.startswith("> All four branches of the city library")
            # And a reply to that reply goes on from there.
            more = await it.discord.send("And who asked for it?", reply_to=reply)
            assert "Library Hours" in (await more.reply(PATIENCE)).text


async def test_the_same_words_alone_find_something_else(
    run: Run, newsrooms_archive: Archive
) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        alone = await (await it.discord.mention(WHY)).reply(PATIENCE)
        assert alone.text.startswith("### Nothing published answers this.")
        assert "Library" not in alone.text.splitlines()[2]


async def test_a_thread_that_an_answer_started_goes_on_from_it(
    run: Run, newsrooms_archive: Archive
) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        answer = await (await it.discord.mention(SUNDAYS)).reply(PATIENCE)
        thread = await it.discord.start_thread(answer, "Libraries")
        plain = len(it.discord.requests)
        await it.discord.send("I go there every Sunday", channel=thread)
        asked = await it.discord.mention(WHY, channel=thread)
        reply = await asked.reply(PATIENCE)
        assert reply.text.startswith("> All four branches of the city library")
        sent = [each for each in it.discord.requests[plain:] if each.path.endswith("/messages")]
        assert len(sent) == 1


async def test_a_direct_message_goes_on_from_the_answer_before(
    run: Run, newsrooms_archive: Archive
) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        await (await it.discord.send(SUNDAYS, channel="dm")).reply(PATIENCE)
        reply = await (await it.discord.send(WHY, channel="dm")).reply(PATIENCE)
        assert reply.text.startswith("> All four branches of the city library")


async def test_a_reply_that_does_not_mention_the_bot_cannot_be_read_and_causes_no_request(
    run: Run, newsrooms_archive: Archive
) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        answer = await it.ask(SUNDAYS)
        before = len(it.discord.requests)
        await it.discord.send(WHY, reply_to=answer, ping=False)
        await it.slash("status")
        assert not [r for r in it.discord.requests[before:] if "/channels/" in r.path]
