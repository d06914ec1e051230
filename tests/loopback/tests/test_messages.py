"""Messages in channels, and more users, channels and installations."""

from __future__ import annotations

import asyncio

import aiohttp
import discord
import pytest

from .. import ConnectionCut, NotOffered
from ..rest.messages import NONCE_WINDOW
from .bots import command_error, eventually, running


async def test_mention_and_reply(server):
    async with running(server):
        sent = await server.mention("hello")
        heard = await sent.reply()
        assert heard.content == f"heard: {server.bot.mention} hello"
        assert heard.reference == sent.message.id
        assert not heard.pings_author
        edited = await sent.wait_for(lambda message: message.content.endswith("!"))
        assert edited.revision == 1
        assert server.messages == [edited]
        assert server.typing == [server.channel.id]
        assert server.reactions == [(sent.message.id, "👀")]
        answer = await server.send("go on", reply_to=edited)
        assert (await answer.reply()).content == "heard: go on"


async def test_content_is_blank_without_a_mention(server):
    async with running(server):
        overheard = await server.send("not for the bot")
        direct = await server.send("for the bot", channel="dm")
        assert (await direct.reply()).content == "heard: for the bot"
        assert overheard.replies == []


# -- people and places ------------------------------------------------------------------------


async def test_people_with_languages(server):
    server.guild_locale = "fr"
    async with running(server) as bot:
        await bot.wait_until_ready()
        assert bot.guilds[0].preferred_locale is discord.Locale.french
        berta = server.new_user("berta", locale="de")
        asked = await server.slash("where", user=berta)
        assert (await asked.answer()).content == "nowhere, from general of text, de/fr, True"
        with pytest.raises(NotOffered):
            await server.slash("reindex", user=berta)
        ruler = server.new_user("rosa", permissions=discord.Permissions.all().value)
        assert (await (await server.slash("reindex", user=ruler)).answer()).content == "done"


async def test_another_channel(server):
    async with running(server) as bot:
        await bot.wait_until_ready()
        news = await server.new_channel("news", type="news")
        plain = await server.new_channel("plain")
        asked = await server.slash("where", {"place": plain}, channel=news)
        expected = f"{plain.mention} of text, from news of news, en-US/en-US, True"
        assert (await asked.answer()).content == expected
        with pytest.raises(NotOffered, match="not of option type 7"):
            await server.slash("where", {"place": "plain"})
        assert {each.name for each in bot.guilds[0].channels} == {"general", "news", "plain"}


async def test_a_thread(server):
    async with running(server) as bot:
        await bot.wait_until_ready()
        heard = await (await server.mention("hello")).reply()
        thread = await server.start_thread(heard, "About it")
        assert (thread.id, thread.parent_id) == (heard.id, server.channel.id)
        asked = await server.slash("where", {"place": thread}, channel=thread)
        expected = f"{thread.mention} of public_thread, from About it of public_thread"
        assert expected in (await asked.answer()).content
        reply = await (await server.mention("here?", channel=thread)).reply()
        assert reply.channel_id == thread.id
        answer = await server.send("yes", reply_to=reply)
        assert (await answer.reply()).content == "heard: yes"
        fetched = await bot.get_channel(server.channel.id).fetch_message(heard.id)
        assert (fetched.thread.id, fetched.flags.has_thread) == (thread.id, True)
        with pytest.raises(NotOffered, match="no thread can be started"):
            await server.start_thread(heard, "Again")
        with pytest.raises(NotOffered, match="no thread can be started"):
            await server.start_thread(reply, "A thread in a thread")


async def test_threads_and_crossposts_of_the_bot(server):
    async with running(server) as bot:
        await bot.wait_until_ready()
        made = await server.new_channel("news", type="news")
        news = await eventually(lambda: bot.get_channel(made.id))
        sent = await news.send("a release")
        assert (await sent.create_thread(name="Talk")).type is discord.ChannelType.news_thread
        with pytest.raises(discord.HTTPException, match="already been created"):
            await sent.create_thread(name="Again")
        server.expect_violation("thread-once")
        await sent.publish()
        assert server.messages[0].crossposted
        with pytest.raises(discord.HTTPException, match="already been crossposted"):
            await sent.publish()
        plain = await bot.get_channel(server.channel.id).send("not news")
        with pytest.raises(discord.HTTPException, match="channel type"):
            await plain.publish()
        server.expect_violation("channel-type")


async def test_the_posts_of_a_forum(server):
    async with running(server) as bot:
        await bot.wait_until_ready()
        made = await server.new_forum("ideas", ["Ferries", "Bridges"], requires_tag=True)
        forum = await eventually(lambda: bot.get_channel(made.id))
        assert forum.flags.require_tag
        with pytest.raises(discord.HTTPException, match="A tag is required"):
            await forum.create_thread(name="No tag", content="hello")
        server.expect_violation("tag-required")
        with pytest.raises(discord.HTTPException, match="Unknown tag"):
            await forum.create_thread(name="?", content="?", applied_tags=[discord.Object(7)])
        server.expect_violation("unknown-tag")
        thread, message = await forum.create_thread(
            name="More of them", content="hello", applied_tags=[forum.available_tags[0]]
        )
        assert thread.id == message.id
        assert [each.name for each in thread.applied_tags] == ["Ferries"]
        (post,) = server.posts(made)
        assert [each.content for each in server.messages] == ["hello"]
        with pytest.raises(discord.HTTPException, match="non-text channel"):
            await bot.get_partial_messageable(made.id).send("hello")
        server.expect_violation("no-text-channel")
        assert [each.id for each in await bot.guilds[0].active_threads()] == [post.id]


async def test_an_archived_post(server):
    async with running(server) as bot:
        await bot.wait_until_ready()
        made = await server.new_forum("ideas")
        forum = await eventually(lambda: bot.get_channel(made.id))
        thread, message = await forum.create_thread(name="One", content="hello")
        await server.archive(server.posts(made)[0])
        assert await bot.guilds[0].active_threads() == []
        assert [each.id async for each in forum.archived_threads()] == [thread.id]
        for change in (message.edit(content="more"), thread.edit(name="Two")):
            with pytest.raises(discord.HTTPException, match="Thread is archived"):
                await change
            server.expect_violation("thread-archived")
        await thread.edit(name="Two", archived=False)
        await message.edit(content="more")
        assert [each.name for each in server.posts(made)] == ["Two"]
        assert [each.content for each in server.messages] == ["more"]


async def test_a_select_of_channels(server):
    class Choosing(discord.ui.View):
        @discord.ui.select(
            cls=discord.ui.ChannelSelect, custom_id="to", channel_types=[discord.ChannelType.text]
        )
        async def to(
            self, interaction: discord.Interaction, select: discord.ui.ChannelSelect
        ) -> None:
            (chosen,) = select.values
            told = f"{chosen.name} of {chosen.type}, {chosen.permissions.send_messages}"
            await interaction.response.edit_message(content=told)

    async with running(server) as bot:
        asked = await server.slash("later")
        held = await bot.held.get()
        await held.edit_original_response(content="where to?", view=Choosing())
        news = await server.new_channel("news", type="news")
        with pytest.raises(NotOffered, match="'news' is of type 5"):
            await server.click(asked.message, "to", values=[str(news.id)])
        with pytest.raises(NotOffered, match="takes 1 to 1 values"):
            await server.click(asked.message, "to", values=[])
        with pytest.raises(NotOffered, match="does not offer"):
            await server.click(asked.message, "to", values=["7"])
        forged = await server.click(asked.message, "to", values=["7"], forged=True)
        picked = await server.click(asked.message, "to", values=[str(server.channel.id)])
        assert forged.response is None
        assert (await picked.answer()).content == "general of text, True"


async def test_deleted_messages(server):
    async with running(server) as bot:
        sent = await server.mention("hello")
        heard = await sent.wait_for(lambda message: message.content.endswith("!"))
        gone = asyncio.create_task(bot.wait_for("raw_message_delete", timeout=5))
        await asyncio.sleep(0)
        await server.delete(heard)
        assert (await gone).message_id == heard.id
        assert sent.replies == []
        with pytest.raises(discord.NotFound):
            await bot.get_channel(server.channel.id).fetch_message(heard.id)
    server.expect_violation("unknown-message")


async def test_a_click_on_a_deleted_message_can_only_be_forged_and_comes_without_it(server):
    async with running(server) as bot:
        sent = await server.mention("hello")
        heard = await sent.wait_for(lambda message: message.content.endswith("!"))
        await server.delete(heard)
        with pytest.raises(NotOffered, match="was deleted"):
            await server.click(heard, "any")
        pressed = asyncio.create_task(bot.wait_for("interaction", timeout=5))
        await asyncio.sleep(0)
        await server.click(heard, "any", forged=True)
        assert (await pressed).message is None


async def test_somebody_who_takes_no_messages(server):
    async with running(server) as bot:
        server.forbid(server.dm(server.member))
        someone = await bot.fetch_user(server.member.id)
        with pytest.raises(discord.Forbidden) as caught:
            await someone.send("hello")
        assert caught.value.code == 50007


@pytest.mark.parametrize(("hidden", "code"), [(False, 50013), (True, 50001)])
async def test_where_the_bot_may_not_write(server, hidden, code):
    async with running(server) as bot:
        await bot.wait_until_ready()
        server.forbid(server.channel, hidden=hidden)
        place = bot.get_channel(server.channel.id)
        with pytest.raises(discord.Forbidden) as caught:
            await place.send("hello")
        assert caught.value.code == code
        asked = await server.slash("where")
        assert (await asked.answer()).content.endswith("True" if hidden else "False")
        server.allow(server.channel)
        await place.send("hello")
    assert server.violations == []


async def test_an_app_that_people_install(server):
    async with running(server) as bot:
        at_home = await server.slash("anywhere")
        assert (await at_home.answer()).content == f"general of {bot.guilds[0].id}, by guild"
        away = await server.slash("anywhere", {"more": 5}, channel=server.elsewhere)
        answer = await away.answer()
        assert answer.content == f"elsewhere of {server.elsewhere.guild_id}, by user"
        assert (await away.followup(5)).content == "and 4"
        clicked = asyncio.create_task(bot.wait_for("interaction", timeout=5))
        await asyncio.sleep(0)
        another = await server.click(answer, label="Again", user=server.manager)
        received = await clicked
        assert received.user.name == server.manager.name
        assert not received.is_guild_integration()
        assert another.installer == server.member
        await received.response.defer()
        private = await server.slash("anywhere", channel="group")
        assert (await private.answer()).content == "friends of None, by user"
        direct = await server.slash("anywhere", channel="dm")
        assert "Direct Message with mia" in (await direct.answer()).content
        assert direct.installer is None
        own = await server.slash("mine", channel="dm")
        assert (await own.answer()).content == "mine True"
        for place in ("elsewhere", "group"):
            with pytest.raises(NotOffered, match="'secret' is not installed"):
                await server.slash("secret", channel=place)
        with pytest.raises(NotOffered, match="'mine' is not installed in 'general'"):
            await server.slash("mine")
        assert not bot.get_channel(server.elsewhere.id)


async def test_the_bot_itself_is_not_elsewhere(server):
    async with running(server) as bot:
        asked = await server.slash("anywhere", {"more": 6}, channel="elsewhere")
        error = await command_error(asked, bot)
        assert (error.status, error.code) == (400, 40094)
        server.expect_violation("followup-limit")
        with pytest.raises(discord.Forbidden, match="Missing Access"):
            await bot.get_partial_messageable(server.elsewhere.id).send("hello")
        overheard = await server.mention("hello", channel="elsewhere")
        told = await server.mention("hello")
        await told.reply()
        assert overheard.replies == []


# -- sending twice ----------------------------------------------------------------------------


async def post(session, channel, nonce, **more) -> int:
    body = {"content": "hello", "nonce": nonce, "enforce_nonce": True, **more}
    async with session.post(f"channels/{channel.id}/messages", json=body) as answer:
        assert answer.status == 200
        sent = await answer.json()
    assert sent["nonce"] == nonce
    return int(sent["id"])


async def test_a_nonce_is_recognized_in_its_channel_for_a_few_minutes(server, session):
    first = await post(session, server.channel, "1")
    assert await post(session, server.channel, "1", content="again") == first
    assert [each.content for each in server.messages] == ["hello"]
    other = await server.new_channel("other")
    assert len({first, await post(session, other, "1"), await post(session, other, "2")}) == 3
    assert await post(session, server.channel, "1", enforce_nonce=False) != first
    server.clock.advance(NONCE_WINDOW + 1)
    assert await post(session, server.channel, "1") != first


async def test_messages_after_one_are_those_that_follow_it_without_their_nonces(server, session):
    sent = [await post(session, server.channel, str(number)) for number in range(5)]
    query = {"after": str(sent[0]), "limit": "2"}
    async with session.get(f"channels/{server.channel.id}/messages", params=query) as answer:
        fetched = await answer.json()
    assert [int(each["id"]) for each in fetched] == sent[2:0:-1]
    assert not any("nonce" in each for each in fetched)


async def test_an_answer_is_lost_after_its_request_was_carried_out(server, session):
    async def cut(request, answer):
        return ConnectionCut()

    server.intercept_answer = cut
    with pytest.raises(aiohttp.ClientError):
        await post(session, server.channel, "1")
    server.intercept_answer = None
    assert await post(session, server.channel, "1") == server.messages[0].id
