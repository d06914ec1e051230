"""Announcements in forums, as posts."""

from pathlib import Path
from typing import Any

from tests.bot.features.announcements.publishing import FAIR, JUNE, publish, ready
from tests.bot.online import Online, Run
from tests.loopback import Channel, LoopbackDiscord, Message
from tests.retrieval.sources.web.clocks import ManualClock

READ_MESSAGE_HISTORY = 1 << 16  # https://docs.discord.com/developers/topics/permissions
COAST_FAIR = {**FAIR, "newsroom": "coast.example"}


async def announce(it: Online, path: Path, *more: dict[str, Any]) -> None:
    """Publish releases, and announce them."""
    publish(path, *more)
    await it.reindex()
    await it.bot.announcements.announce()


async def offer(it: Online, **options: Any) -> Message:
    return await it.slash("announcements", options, user=it.discord.manager)


def tags(it: Online, forum: Channel) -> list[list[str]]:
    """The names of the tags of each post."""
    by_id = {tag.id: tag.name for tag in forum.tags}
    return [[by_id[id] for id in post.applied_tags] for post in it.discord.posts(forum)]


async def test_an_announcement_is_a_post_with_the_title_and_the_tags_that_fit(
    run: Run, newsrooms_file: Path
) -> None:
    async with run(newsrooms_file, clock=ManualClock(JUNE)) as it:
        await ready(it)
        names = ["Bridges", "Ferry", "Coast.example", "ferry fair"]
        forum = await it.discord.new_forum("releases", names)
        offered = await offer(it, channel=forum, question="anything about the Ferry Fair")
        assert "⚠" not in offered.text
        await it.click(offered, "Keep", user=it.discord.manager)
        await announce(it, newsrooms_file, COAST_FAIR)
        (post,) = it.discord.posts(forum)
        assert post.name == "Ferry Fair on Sunday"
        assert tags(it, forum) == [["Ferry", "Coast.example", "ferry fair"]]
        (message,) = it.discord.messages
        assert message.channel_id == post.id
        assert "-# Matches the question “anything about the Ferry Fair”" in message.text
        await announce(it, newsrooms_file, {**COAST_FAIR, "title": "Ferry Fair on Monday"})
        (post,) = it.discord.posts(forum)
        assert post.name == "Ferry Fair on Monday"
        assert "Ferry Fair on Monday" in it.discord.messages[0].text


async def test_many_new_releases_are_one_post(run: Run, newsrooms_file: Path) -> None:
    async with run(newsrooms_file, clock=ManualClock(JUNE)) as it:
        await ready(it)
        forum = await it.discord.new_forum("releases")
        panel = await it.slash("settings", user=it.discord.manager)
        await it.change_setting(panel, "announce", str(forum.id))
        more = [{**COAST_FAIR, "id": f"fair{n}", "text": f"Fair {n} is new."} for n in range(7)]
        await announce(it, newsrooms_file, *more)
        assert [post.name for post in it.discord.posts(forum)] == ["7 new releases"]


async def test_a_manager_is_told_of_a_tag_that_says_little(run: Run, newsrooms_file: Path) -> None:
    async with run(newsrooms_file, clock=ManualClock(JUNE)) as it:
        await ready(it)
        forum = await it.discord.new_forum("releases", ["Bridges"], requires_tag=True)
        warning = (
            f"⚠ {forum.mention} requires a tag on every post. A post gets “Bridges” if no tag is "
            "named like the newsroom or like words of what I announce."
        )
        assert warning in (await offer(it, channel=forum, words="ferry")).text
        assert warning not in (await offer(it, channel=forum, words="new bridges")).text
        panel = await it.slash("settings", user=it.discord.manager)
        await it.change_setting(panel, "announce", str(forum.id))
        assert warning in it.discord.current(panel).text
        await announce(it, newsrooms_file, COAST_FAIR)
        assert tags(it, forum) == [["Bridges"]]


async def test_a_manager_is_told_of_a_forum_in_which_the_bot_may_not_write(
    run: Run, newsrooms_file: Path
) -> None:
    async with LoopbackDiscord() as discord:
        closed = await discord.new_forum("closed")
        discord.forbid(closed)
        async with run(newsrooms_file, on=discord, clock=ManualClock(JUNE)) as it:
            await it.indexed()
            offered = await offer(it, channel=closed)
            assert f"⚠ I am not allowed to write in {closed.mention}." in offered.text


async def test_a_manager_is_told_of_a_forum_whose_posts_the_bot_may_not_read(
    run: Run, newsrooms_file: Path
) -> None:
    async with LoopbackDiscord() as discord:
        unreadable = await discord.new_forum("unreadable")
        discord.world.denied_permissions[unreadable.id] = READ_MESSAGE_HISTORY
        channel = await discord.new_channel("channel")
        discord.world.denied_permissions[channel.id] = READ_MESSAGE_HISTORY
        async with run(newsrooms_file, on=discord, clock=ManualClock(JUNE)) as it:
            await it.indexed()
            warning = "⚠ I am not allowed to read the message history of"
            offered = await offer(it, channel=unreadable)
            assert f"{warning} {unreadable.mention}." in offered.text
            assert warning not in (await offer(it, channel=channel)).text
