"""The outbox is delivered once, by the real discord.py to a loopback Discord that fails."""

import asyncio
import itertools
import logging

import pytest
from aiohttp import web

from bot.core.delivery import GIVE_UP_AFTER, NONCE_WINDOW
from tests.bot.core.sender import EDIT, HOUR, LIST, MINUTE, PUBLISH, SEND, Sender, losing
from tests.loopback import Channel, ConnectionCut, Request


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the delivery warned of."""
    return [
        each.getMessage()
        for each in caplog.records
        if each.name == "bot.core.delivery" and each.levelno >= logging.WARNING
    ]


async def test_what_is_due_is_sent_once(sender: Sender) -> None:
    other = await sender.server.new_channel("other")
    sender.queue("a")
    sender.queue("b")
    sender.queue("c", other)
    assert sorted(await sender.deliver()) == ["about a", "about b", "about c"]
    assert await sender.deliver() == await sender.deliver()
    assert sender.requests(SEND) == 3
    assert sender.requests(LIST) == 0


async def test_a_few_channels_are_written_to_at_a_time(sender: Sender) -> None:
    names = [f"channel-{number}" for number in range(20)]
    for name in names:
        sender.queue(name, await sender.server.new_channel(name))
    under_way = most = 0

    async def linger(request: Request) -> web.Response | None:
        nonlocal under_way, most
        if f"{request.method} {request.route}" == SEND:
            under_way += 1
            most = max(most, under_way)
            await asyncio.sleep(0.1)
            under_way -= 1
        return None

    sender.server.intercept = linger
    assert sorted(await sender.deliver()) == sorted(f"about {name}" for name in names)
    assert 1 < most <= 8


@pytest.mark.parametrize("status", [None, 503])
async def test_what_was_sent_although_the_answer_was_lost_is_not_sent_again(
    sender: Sender, status: int | None
) -> None:
    sender.queue("a")
    sender.server.intercept_answer = losing(status)
    assert await sender.deliver() == ["about a"]
    sender.server.intercept_answer = None
    sender.pass_time(MINUTE)
    assert await sender.deliver() == ["about a"]
    assert sender.requests(LIST) == 0  # the nonce was enough
    sender.correct("a", "better")
    assert await sender.deliver() == ["better (changed)"]


async def test_a_restart_long_after_the_answer_was_lost_finds_the_message(sender: Sender) -> None:
    sender.queue("a")
    sender.queue("b")
    sender.server.intercept_answer = losing(None)
    await sender.deliver()
    sender.server.intercept_answer = None
    for number in range(120):  # more than one page of the channel's history
        await sender.server.send(f"what people say, {number}")
        if number % 40 == 0:
            sender.server.clock.advance(1)
    sender.pass_time(NONCE_WINDOW + 5 * HOUR)
    await sender.start()
    assert await sender.deliver() == ["about a", "about b"]
    assert sender.requests(SEND) == 2
    sender.correct("b", "better")
    assert await sender.deliver() == ["about a", "better (changed)"]


async def test_a_restart_long_after_nothing_was_sent_sends_it(sender: Sender) -> None:
    sender.queue("a")

    async def refuse(request: Request) -> web.Response | None:
        return ConnectionCut() if f"{request.method} {request.route}" == SEND else None

    sender.server.intercept = refuse
    assert await sender.deliver() == []
    sender.server.intercept = None
    sender.pass_time(NONCE_WINDOW + HOUR)
    await sender.start()
    assert await sender.deliver() == ["about a"]
    assert sender.requests(LIST) == 1


async def test_pauses_grow_while_discord_fails_and_the_log_says_it_once(
    sender: Sender, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(request: Request) -> web.Response | None:
        return web.Response(status=503) if f"{request.method} {request.route}" == SEND else None

    sender.server.intercept = fail
    sender.queue("a")
    started, tries = sender.now, []
    while sender.now < started + 8 * HOUR:
        before = sender.requests(SEND)
        await sender.deliver()
        if sender.requests(SEND) > before:
            tries.append(sender.now - started)
        sender.pass_time(10 * MINUTE)
    pauses = [later - earlier for earlier, later in itertools.pairwise(tries)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == HOUR
    (warned,) = warnings(caplog)
    assert "cannot announce in channel" in warned
    sender.server.intercept = None
    sender.pass_time(HOUR)
    assert await sender.deliver() == ["about a"]


async def test_what_fails_for_a_week_is_given_up(
    sender: Sender, caplog: pytest.LogCaptureFixture
) -> None:
    sender.queue("a", text="not yet")
    await sender.deliver()
    assert "given up" not in caplog.text
    sender.pass_time(GIVE_UP_AFTER + 1)
    await sender.deliver()
    assert "after a week" in caplog.text
    sender.texts["a"] = "about a"
    sender.pass_time(HOUR)
    assert await sender.deliver() == []


@pytest.mark.parametrize("how", ["gone", "forbidden", "hidden"])
async def test_a_channel_that_is_gone_or_closed_is_given_up_and_said_once(
    sender: Sender, caplog: pytest.LogCaptureFixture, how: str
) -> None:
    closed = await sender.server.new_channel("closed")
    if how == "gone":
        del sender.server.world.channels[closed.id]
    else:
        sender.server.forbid(closed, hidden=how == "hidden")
    for id in "abc":
        sender.queue(id, closed)
    sender.queue("d")
    assert await sender.deliver() == ["about d"]
    if how == "gone":
        sender.server.expect_violation("unknown-channel")
    sender.pass_time(HOUR)
    assert await sender.deliver() == ["about d"]
    (warned,) = warnings(caplog)
    assert f"cannot announce in channel {closed.id}, given up 3 messages" in warned
    assert sender.requests(SEND) == (2 if how == "forbidden" else 1)


async def test_a_rate_limit_is_obeyed(sender: Sender) -> None:
    sender.server.fail_once(SEND, 429, retry_after=0.05)  # which discord.py waits for
    sender.queue("a")
    assert await sender.deliver() == ["about a"]
    other = await sender.server.new_channel("other")
    third = await sender.server.new_channel("third")
    sender.server.fail_once(SEND, 429, retry_after=HOUR)
    sender.queue("b", other)
    assert await sender.deliver() == ["about a"]
    sender.queue("c", third)
    sender.pass_time(HOUR - MINUTE)
    made = sender.requests(SEND)
    assert await sender.deliver() == ["about a", "about c"]
    assert sender.requests(SEND) == made + 1
    sender.pass_time(2 * MINUTE)
    await sender.start()  # discord.py's own clock has not moved
    assert await sender.deliver() == ["about a", "about c", "about b"]


async def test_a_correction_edits_and_a_second_one_replaces_it(sender: Sender) -> None:
    sender.queue("a")
    await sender.deliver()
    for text in ("better", "best"):
        sender.correct("a", text)
        sender.server.intercept_answer = losing(None, after=EDIT)
        assert await sender.deliver() == [f"{text} (changed)"]
        sender.server.intercept_answer = None
        sender.pass_time(HOUR)
        assert await sender.deliver() == [f"{text} (changed)"]
        made = sender.requests(EDIT)
        sender.pass_time(HOUR)
        await sender.deliver()
        assert sender.requests(EDIT) == made


async def test_a_correction_of_an_announcement_that_was_deleted_is_given_up(
    sender: Sender,
) -> None:
    sender.queue("a")
    await sender.deliver()
    (message,) = sender.server.messages
    await sender.server.delete(message)
    sender.correct("a", "better")
    assert await sender.deliver() == []
    sender.server.expect_violation("unknown-message")
    sender.pass_time(HOUR)
    assert await sender.deliver() == []
    assert sender.requests(EDIT) == 1


async def sent_to_publish(sender: Sender, channel: Channel) -> None:
    """Send a message that is still to be published."""
    sender.queue("a", channel)
    item = sender.state.outbox.next_due(channel.id, sender.now)
    assert item
    assert sender.client
    sender.state.outbox.begin(item, sender.now)
    message = await sender.client.get_partial_messageable(channel.id).send("about a")
    sender.state.outbox.sent(item, message.id, sender.now, publish=True)


async def test_a_message_is_published_once_although_the_answer_was_lost(sender: Sender) -> None:
    news = await sender.server.new_channel("news", "news")
    await sent_to_publish(sender, news)
    sender.server.intercept_answer = losing(None, after=PUBLISH)
    await sender.deliver()
    sender.server.intercept_answer = None
    sender.pass_time(MINUTE)
    await sender.deliver()
    sender.pass_time(HOUR)
    await sender.deliver()
    (message,) = sender.server.messages
    assert message.crossposted
    assert sender.requests(PUBLISH) == 2


async def test_what_cannot_be_published_is_still_corrected(
    sender: Sender, caplog: pytest.LogCaptureFixture
) -> None:
    await sent_to_publish(sender, sender.server.channel)
    await sender.deliver()
    sender.server.expect_violation("channel-type")
    assert "cannot publish message" in caplog.text
    sender.pass_time(HOUR)
    await sender.deliver()
    assert sender.requests(PUBLISH) == 1
    assert sender.state.outbox.correctable(sender.now) == {"a"}


async def test_what_is_gone_before_it_is_sent_is_not_sent(sender: Sender) -> None:
    sender.queue("a")
    del sender.texts["a"]
    assert await sender.deliver() == []
    sender.texts["a"] = "about a"
    sender.pass_time(HOUR)
    assert await sender.deliver() == []


@pytest.mark.parametrize("text", ["not yet", "unexpected"])
async def test_what_cannot_be_said_yet_is_said_later_and_holds_nothing_up(
    sender: Sender, text: str
) -> None:
    sender.queue("a", text=text)
    sender.queue("b")
    assert await sender.deliver() == ["about b"]
    sender.texts["a"] = "about a"
    assert await sender.deliver() == ["about b"]
    sender.pass_time(MINUTE)
    assert await sender.deliver() == ["about b", "about a"]


async def test_a_message_that_discord_refuses_is_given_up(
    sender: Sender, caplog: pytest.LogCaptureFixture
) -> None:
    sender.queue("a", text="invalid")
    sender.queue("b")
    assert await sender.deliver() == ["about b"]
    sender.server.expect_violation("text-display-blank")
    assert "given up a message" in caplog.text
    sender.pass_time(HOUR)
    await sender.deliver()
    assert sender.requests(SEND) == 2


async def test_a_direct_message_is_sent_once_although_the_answer_was_lost(sender: Sender) -> None:
    sender.queue_direct("a")
    sender.server.intercept_answer = losing(None)
    await sender.deliver()
    sender.server.intercept_answer = None
    sender.pass_time(MINUTE)
    assert await sender.deliver() == ["about a"]
    sender.queue_direct("b")
    sender.server.intercept_answer = losing(None)
    await sender.deliver()
    sender.server.intercept_answer = None
    sender.pass_time(NONCE_WINDOW + HOUR)
    await sender.start()
    assert await sender.deliver() == ["about a", "about b"]
    assert sender.requests(LIST) == 1
    sender.correct("a", "better")
    assert await sender.deliver() == ["better (changed)", "about b"]


@pytest.mark.parametrize("how", ["gone", "blocked"])
async def test_a_person_who_cannot_be_written_to_is_given_up_at_once_and_not_named(
    sender: Sender, caplog: pytest.LogCaptureFixture, how: str
) -> None:
    dm = sender.queue_direct("a")
    if how == "gone":
        del sender.server.world.channels[dm.id]
    else:
        sender.server.forbid(dm)
    assert await sender.deliver() == []
    if how == "gone":
        sender.server.expect_violation("unknown-channel")
    assert sender.refusing == [dm.id]
    sender.pass_time(HOUR)
    await sender.deliver()
    assert sender.requests(SEND) == 1
    assert warnings(caplog) == []
    assert str(dm.id) not in "".join(
        each.getMessage() for each in caplog.records if each.name.startswith("bot.")
    )


async def test_the_log_does_not_say_whose_direct_messages_have_to_wait(
    sender: Sender, caplog: pytest.LogCaptureFixture
) -> None:
    dm = sender.queue_direct("a")

    async def fail(request: Request) -> web.Response | None:
        return ConnectionCut() if f"{request.method} {request.route}" == SEND else None

    sender.server.intercept = fail
    await sender.deliver()
    sender.pass_time(GIVE_UP_AFTER + 1)
    await sender.deliver()
    waits, given_up = warnings(caplog)
    assert waits.startswith("cannot announce in direct messages yet")
    assert given_up.startswith("given up a message in direct messages after a week")
    assert str(dm.id) not in waits + given_up
