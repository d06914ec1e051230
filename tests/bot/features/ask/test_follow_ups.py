"""Follow-ups: replies to an answer, mentions in its thread, and direct messages."""

from retrieval.archive import Archive
from tests.bot.online import PATIENCE, Run

SUNDAYS = "Which branches open on Sundays?"
WHY = "And why?"
ANSWER = "-# read as “why? branches open on Sundays”\n> All four branches of the city library"


async def test_a_reply_to_an_answer_is_a_follow_up(run: Run, newsrooms_archive: Archive) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        for answer in (
            await (await it.discord.mention(SUNDAYS)).reply(PATIENCE),
            await it.ask(SUNDAYS),
        ):
            sent = await it.discord.send(WHY, reply_to=answer, user=it.discord.manager)
            reply = await sent.reply(PATIENCE)
            assert reply.text.startswith(ANSWER)
            # A reply to that reply is a follow-up as well.
            more = await it.discord.send("And who asked for it?", reply_to=reply)
            assert "Library Hours" in (await more.reply(PATIENCE)).text


async def test_a_new_question_in_a_reply_is_answered_as_if_asked_alone(
    run: Run, newsrooms_archive: Archive
) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        new = "And how much did the Harbor Bridge cost?"
        alone = await (await it.discord.mention(new)).reply(PATIENCE)
        answer = await (await it.discord.mention(SUNDAYS)).reply(PATIENCE)
        reply = await (await it.discord.send(new, reply_to=answer)).reply(PATIENCE)
        assert reply.text == alone.text


async def test_the_same_question_alone_has_no_context(run: Run, newsrooms_archive: Archive) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        alone = await (await it.discord.mention(WHY)).reply(PATIENCE)
        assert alone.text.startswith("### Nothing published ")
        assert "Library" not in alone.text


async def test_a_mention_in_a_thread_below_an_answer_is_a_follow_up(
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
        assert reply.text.startswith(ANSWER)
        sent = [each for each in it.discord.requests[plain:] if each.path.endswith("/messages")]
        assert len(sent) == 1


async def test_a_private_answer_is_not_the_context_of_another_persons_follow_up(
    run: Run, newsrooms_archive: Archive
) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        answer = await (await it.discord.mention(SUNDAYS)).reply(PATIENCE)
        thread = await it.discord.start_thread(answer, "Libraries")
        options = {"question": "Will ferry fares go up?", "private": True}
        asked = await it.discord.slash("ask", options, channel=thread)
        assert "Ferry" in (await asked.answer(PATIENCE)).text
        reply = await (await it.discord.mention(WHY, channel=thread)).reply(PATIENCE)
        assert reply.text.startswith(ANSWER)


async def test_a_direct_message_follows_up_the_previous_answer(
    run: Run, newsrooms_archive: Archive
) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        await (await it.discord.send(SUNDAYS, channel="dm")).reply(PATIENCE)
        reply = await (await it.discord.send(WHY, channel="dm")).reply(PATIENCE)
        assert reply.text.startswith(ANSWER)


async def test_a_reply_without_a_mention_is_ignored(run: Run, newsrooms_archive: Archive) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        answer = await it.ask(SUNDAYS)
        before = len(it.discord.requests)
        await it.discord.send(WHY, reply_to=answer, ping=False)
        await it.slash("status")
        assert not [r for r in it.discord.requests[before:] if "/channels/" in r.path]
