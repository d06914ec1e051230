"""What is announced in a forum becomes a post, once, whatever breaks in between."""

import asyncio
from pathlib import Path

import pytest
from aiohttp import web

from bot.core.delivery import SETTLED_AFTER
from bot.core.forum_posts import tag_key
from bot.state import open_state
from tests.bot.core.sender import EDIT, HOUR, OPEN, SEND, Sender, losing
from tests.loopback import Channel, ConnectionCut, Request


@pytest.fixture
async def forum(sender: Sender) -> Channel:
    return await sender.server.new_forum("releases", ["Bridges", "Ferries", "Harbor City"])


def names(sender: Sender, forum: Channel) -> list[str]:
    """The names of the posts."""
    return [post.name for post in sender.server.posts(forum)]


def tags(sender: Sender, forum: Channel) -> list[list[str]]:
    """The names of the tags of each post."""
    by_id = {tag.id: tag.name for tag in forum.tags}
    return [[by_id[id] for id in post.applied_tags] for post in sender.server.posts(forum)]


async def test_an_item_becomes_a_post_once(sender: Sender, forum: Channel) -> None:
    sender.queue("a", forum)
    sender.queue("b", forum)
    assert await sender.deliver() == ["about a", "about b"]
    assert await sender.deliver() == ["about a", "about b"]
    posts = sender.server.posts(forum)
    assert [post.name for post in posts] == ["about a", "about b"]
    assert [each.channel_id for each in sender.server.messages] == [post.id for post in posts]
    assert (sender.requests(OPEN), sender.requests(SEND)) == (2, 0)


async def test_a_name_is_one_line_and_cut(sender: Sender, forum: Channel) -> None:
    sender.queue("a", forum, text="A  title\nof two lines" + " and more" * 40)
    await sender.deliver()
    (name,) = names(sender, forum)
    assert name.startswith("A title of two lines and more")
    assert (len(name), name[-2:]) == (100, " …")


async def test_a_post_has_the_tags_that_fit(sender: Sender, forum: Channel) -> None:
    sender.queue("a", forum)
    await sender.deliver()
    sender.queue("b", forum)
    sender.tags = frozenset({"ferries", tag_key("HARBOR city"), "piers"})
    await sender.deliver()
    assert tags(sender, forum) == [[], ["Ferries", "Harbor City"]]


async def test_where_a_tag_is_required_and_none_fits_the_first_is_applied(sender: Sender) -> None:
    forum = await sender.server.new_forum("news", ["Bridges", "Ferries"], requires_tag=True)
    sender.queue("a", forum)
    await sender.deliver()
    assert tags(sender, forum) == [["Bridges"]]


@pytest.mark.parametrize("status", [None, 503, 500])
async def test_a_post_whose_answer_was_lost_is_not_opened_again(
    sender: Sender, forum: Channel, status: int | None
) -> None:
    sender.queue("a", forum)
    sender.server.intercept_answer = losing(status, after=OPEN)
    await sender.deliver()
    sender.server.intercept_answer = None
    sender.pass_time(SETTLED_AFTER - 1)
    await sender.start()  # as after a kill
    await sender.deliver()
    sender.pass_time(HOUR)
    assert await sender.deliver() == ["about a"]
    assert sender.requests(OPEN) == 1
    sender.correct("a", "better")
    assert await sender.deliver() == ["better (changed)"]


async def test_a_post_that_was_archived_since_is_found(sender: Sender, forum: Channel) -> None:
    for id in "abc":
        sender.queue(id, forum)
    sender.server.intercept_answer = losing(None, after=OPEN)
    await sender.deliver()
    sender.server.intercept_answer = None
    for post in sender.server.posts(forum):
        await sender.server.archive(post)
    sender.pass_time(HOUR)
    await sender.deliver()
    assert names(sender, forum) == ["about a", "about b", "about c"]
    assert sender.requests(OPEN) == 3


async def test_a_post_that_was_not_opened_is_opened_when_the_request_must_have_arrived(
    sender: Sender, forum: Channel
) -> None:
    async def refuse(request: Request) -> web.Response | None:
        return ConnectionCut() if f"{request.method} {request.route}" == OPEN else None

    sender.server.intercept = refuse
    sender.queue("a", forum)
    await sender.deliver()
    sender.server.intercept = None
    sender.pass_time(SETTLED_AFTER - 1)
    assert await sender.deliver() == []
    sender.pass_time(1)
    assert await sender.deliver() == ["about a"]
    assert sender.requests(OPEN) == 2


async def test_posts_that_cannot_be_looked_through_keep_an_item_waiting_and_lose_no_other(
    sender: Sender, forum: Channel
) -> None:
    sender.queue("a", forum)
    sender.server.intercept_answer = losing(None, after=OPEN)
    await sender.deliver()
    sender.server.intercept_answer = None

    async def forbid(request: Request) -> web.Response | None:
        if request.method != "GET":
            return None
        error = {"code": 50013, "message": "Missing Permissions"}
        return web.json_response(error, status=403)

    sender.server.intercept = forbid
    sender.queue("b", forum)
    for _ in range(3):
        sender.pass_time(HOUR)
        await sender.deliver()
    sender.server.intercept = None
    sender.pass_time(2 * HOUR)
    await sender.deliver()
    assert sorted(names(sender, forum)) == ["about a", "about b"]


async def test_two_processes_open_one_post(sender: Sender, forum: Channel, tmp_path: Path) -> None:
    other = Sender(sender.server, open_state(tmp_path))
    other.now, other.texts = sender.now, sender.texts
    await other.start()
    sender.queue("a", forum)
    held, opening = asyncio.Event(), asyncio.Event()

    async def hold(request: Request) -> None:
        if f"{request.method} {request.route}" == OPEN:
            opening.set()
            await held.wait()

    sender.server.intercept = hold
    first = asyncio.create_task(sender.deliver())
    await opening.wait()
    await other.deliver()
    held.set()
    await first
    await other.deliver()
    assert sender.requests(OPEN) == 1
    await other.close()
    other.state.close()


async def test_a_correction_changes_the_first_message_and_the_name(
    sender: Sender, forum: Channel
) -> None:
    sender.queue("a", forum)
    await sender.deliver()
    sender.correct("a", "better")
    assert await sender.deliver() == ["better (changed)"]
    assert names(sender, forum) == ["better (changed)"]


async def test_a_correction_brings_a_post_back_from_the_archive(
    sender: Sender, forum: Channel
) -> None:
    sender.queue("a", forum)
    await sender.deliver()
    await sender.server.archive(sender.server.posts(forum)[0])
    sender.correct("a", "better")
    assert await sender.deliver() == ["better (changed)"]
    assert sender.requests(EDIT) == 1


async def test_a_post_that_was_deleted_is_not_corrected(
    sender: Sender, forum: Channel, caplog: pytest.LogCaptureFixture
) -> None:
    sender.queue("a", forum)
    await sender.deliver()
    (post,) = sender.server.posts(forum)
    del sender.server.world.channels[post.id]
    sender.correct("a", "better")
    await sender.deliver()
    sender.server.expect_violation("unknown-channel")
    assert "given up a message" in caplog.text
    sender.pass_time(HOUR)
    await sender.deliver()
    assert sender.requests(OPEN) == 1


async def test_a_forum_that_is_closed_is_given_up(
    sender: Sender, forum: Channel, caplog: pytest.LogCaptureFixture
) -> None:
    sender.server.forbid(forum)
    sender.queue("a", forum)
    sender.queue("b", forum)
    await sender.deliver()
    assert "given up 2 messages" in caplog.text
    assert sender.requests(OPEN) == 1
