"""``/subscribe`` and ``/subscriptions`` in Discord, and what people are written."""

import logging
from pathlib import Path
from typing import Any

import pytest

from bot.core.actions import (
    Action,
    DropSubscription,
    EndAllSubscriptions,
    EndSubscription,
    KeepSubscription,
)
from bot.state.subscriptions import MAX_SUBSCRIPTIONS
from tests.bot.features.announcements.publishing import (
    CLINIC,
    FAIR,
    JUNE,
    publish,
    ready,
    release,
)
from tests.bot.online import PATIENCE, Online, Run, labels, menu
from tests.loopback import Interaction, LoopbackDiscord, Message, User
from tests.retrieval.sources.web.clocks import ManualClock

QUESTION = "anything about veterans' health"


async def subscribe(it: Online, user: User | None = None, **options: str) -> Message:
    """Subscribe, and return the list of subscriptions."""
    return await it.click(await it.slash("subscribe", options, user=user), "Keep", user=user)


async def tell(it: Online, path: Path, *more: dict[str, Any], user: User | None = None) -> int:
    """Publish releases, and return how many messages about them somebody has then."""
    publish(path, *more)
    await it.reindex()
    await it.bot.announcements.announce()
    return len(told(it, user))


def written(it: Online, user: User | None = None) -> list[Message]:
    """The direct messages to somebody."""
    dm = it.discord.dm(user or it.discord.member)
    return [each for each in it.discord.world.messages_in(dm.id) if each.interaction_id is None]


def told(it: Online, user: User | None = None) -> list[Message]:
    """Those about new releases."""
    return [each for each in written(it, user) if "ew release" in each.text]


def stored(it: Online) -> int:
    """How many rows there are about subscriptions and messages."""
    database = it.bot.services.state.database
    tables = ("subscription", "outbox", "outbox_release")
    return sum(database.read(f"SELECT count(*) FROM {each}")[0][0] for each in tables)


async def test_somebody_is_told_by_direct_message_of_what_matches(
    run: Run, newsrooms_file: Path
) -> None:
    old = {**CLINIC, "id": "old", "title": "Veterans' Health Fair", "date": "2025-05-30"}
    publish(newsrooms_file, old)
    async with run(newsrooms_file, clock=ManualClock(JUNE)) as it:
        await ready(it)
        offered = await it.slash("subscribe", {"question": QUESTION})
        assert offered.ephemeral
        assert f"By direct message: the question “{QUESTION}”" in offered.text
        assert "I would have told you of 1 release." in offered.text
        assert "**Veterans' Health Fair**" in offered.text
        assert labels(offered) == ["Keep", "Cancel"]
        assert written(it) == []
        listed = await it.click(offered, "Keep")
        assert listed.text.startswith("### What I write to you about")
        assert f"- the question “{QUESTION}”" in listed.text
        (confirmed,) = written(it)
        assert "### You are subscribed" in confirmed.text
        assert labels(confirmed) == ["End this subscription"]
        changed = {**CLINIC, "text": CLINIC["text"] + " Parking is free."}
        assert await tell(it, newsrooms_file, old, changed, FAIR) == 1
        (message,) = told(it)
        assert "New Clinic Opens" in message.text
        assert f"-# Matches the question “{QUESTION}”" in message.text
        assert labels(message)[-1] == "End this subscription"
        seen_by_others = [
            each.text for each in it.discord.messages if each.channel_id == it.discord.channel.id
        ]
        assert not any("New Clinic" in text for text in seen_by_others)


async def test_each_release_is_told_of_once_with_all_reasons_and_a_correction_edits(
    run: Run, newsrooms_file: Path
) -> None:
    async with run(newsrooms_file, clock=ManualClock(JUNE)) as it:
        await ready(it)
        await subscribe(it, words="fair")
        await subscribe(it, words="ferry")
        manager = it.discord.manager
        await subscribe(it, user=manager)
        assert await tell(it, newsrooms_file, CLINIC, FAIR) == 1
        (message,) = told(it)
        assert message.text.endswith("-# Matches the words “fair”\n-# Matches the words “ferry”")
        assert labels(message)[-2:] == ["End: fair", "End: ferry"]
        assert len(told(it, manager)) == 2
        assert "-# You subscribed to all releases" in told(it, manager)[0].text
        await it.click(message, "End: fair")
        assert await tell(it, newsrooms_file, CLINIC, {**FAIR, "text": "It is cancelled."}) == 1
        (corrected,) = told(it)
        assert corrected.id == message.id
        assert "It is cancelled." in corrected.text
        assert "“fair”" not in corrected.text
        assert labels(corrected)[-1] == "End this subscription"


async def test_what_is_offered_twice_is_kept_once(run: Run, newsrooms_file: Path) -> None:
    async with run(newsrooms_file, clock=ManualClock(JUNE)) as it:
        await ready(it)
        first, second = [await it.slash("subscribe", {"words": "ferry"}) for _ in range(2)]
        await it.click(first, "Keep")
        refused = await it.discord.click(second, label="Keep")
        text = (await refused.followup(within=PATIENCE)).text
        assert text == "You have subscribed to that already: see `/subscriptions`."
        assert len(it.bot.services.state.subscriptions.all()) == 1


async def test_what_is_offered_is_forgotten_after_a_day(run: Run, newsrooms_file: Path) -> None:
    clock = ManualClock(JUNE)
    async with run(newsrooms_file, clock=clock) as it:
        await ready(it)
        await it.slash("subscribe", {"words": "ferry"})
        manager = it.discord.manager
        await it.slash("announcements", {"words": "ferry"}, user=manager)
        count = "SELECT (SELECT count(*) FROM subscription) + (SELECT count(*) FROM announcement)"
        read = it.bot.services.state.database.read
        clock.advance(23 * 3600.0)
        it.bot.retention.delete_old()
        assert read(count) == [(2,)]
        clock.advance(2 * 3600.0)
        it.bot.retention.delete_old()
        assert read(count) == [(0,)]


async def test_many_come_in_one_digest(run: Run, newsrooms_file: Path) -> None:
    async with run(newsrooms_file, clock=ManualClock(JUNE)) as it:
        await ready(it)
        await subscribe(it, words="park")
        parks = [release(f"park{at}", f"Park {at} Opens", f"It has {at} trees.") for at in range(7)]
        assert await tell(it, newsrooms_file, *parks) == 1
        assert told(it)[0].text.startswith("### 7 new releases")
        assert "-# Matches the words “park”" in told(it)[0].text


async def test_nothing_published_before_is_told_of(run: Run, newsrooms_file: Path) -> None:
    async with run(newsrooms_file, clock=ManualClock(JUNE)) as it:
        await ready(it)
        publish(newsrooms_file, FAIR)
        await it.reindex()  # and no look for news before somebody subscribes
        await subscribe(it)
        before = {**CLINIC, "date": "2025-05-31"}
        assert await tell(it, newsrooms_file, FAIR, before) == 0
        more = release("more", "More of It", "There is more.")
        assert await tell(it, newsrooms_file, FAIR, before, more) == 1
        assert "More of It" in told(it)[0].text


async def test_the_button_ends_one_subscription_and_no_other(
    run: Run, newsrooms_file: Path
) -> None:
    async with run(newsrooms_file, clock=ManualClock(JUNE)) as it:
        await ready(it)
        await subscribe(it, words="ferry")
        await subscribe(it, words="clinic")
        first, _ = written(it)
        ended = await it.click(first, "End this subscription")
        assert ended.text == "I will not write to you about that any more."
        again = await it.click(first, "End this subscription")
        assert again.text == "That has ended."
        assert await tell(it, newsrooms_file, CLINIC, FAIR) == 1
        assert "New Clinic" in told(it)[0].text


async def test_nobody_decides_about_the_subscriptions_of_others(
    run: Run, newsrooms_file: Path
) -> None:
    async with run(newsrooms_file, clock=ManualClock(JUNE)) as it:
        await ready(it)
        manager = it.discord.manager
        offered = await it.slash("subscribe", {"words": "ferry"})
        forged = await it.slash("subscribe", {"words": "clinic"}, user=manager)

        async def press(message: Message, action: Action) -> Interaction:
            with_it = it.with_button(message, action)
            return await it.discord.click(with_it, action.custom_id, user=manager)

        keep = await press(forged, KeepSubscription(1))
        assert "decided already" in (await keep.followup(within=PATIENCE)).text
        await it.changed(forged, await press(forged, DropSubscription(1)))
        await it.click(offered, "Keep")
        listed = await it.slash("subscriptions", user=manager)
        assert "Nothing yet." in listed.text
        end = await press(forged, EndSubscription(1))
        assert (await end.answer(PATIENCE)).text == "That has ended."
        await it.changed(listed, await press(listed, EndAllSubscriptions()))
        assert await tell(it, newsrooms_file, FAIR) == 1
        assert written(it, manager) == []


async def test_a_person_who_takes_no_direct_messages_is_told_what_to_change(
    run: Run, newsrooms_file: Path
) -> None:
    async with run(newsrooms_file, clock=ManualClock(JUNE)) as it:
        await ready(it)
        dm = it.discord.dm(it.discord.member)
        it.discord.forbid(dm)
        offered = await it.slash("subscribe", {"words": "ferry"})
        refused = await it.discord.click(offered, label="Keep")
        text = (await refused.followup(within=PATIENCE)).text
        assert "Allow direct messages" in text
        assert "Nothing yet." in (await it.slash("subscriptions")).text
        assert await tell(it, newsrooms_file, FAIR) == 0
        it.discord.allow(dm)
        assert "“ferry”" in (await it.click(offered, "Keep")).text
        assert len(written(it)) == 1


async def test_what_discord_does_not_take_for_now_is_not_kept_and_can_be_tried_again(
    run: Run, newsrooms_file: Path
) -> None:
    async with LoopbackDiscord() as discord:
        async with run(newsrooms_file, on=discord, clock=ManualClock(JUNE)) as it:
            await it.indexed()
            offered = await it.slash("subscribe", {"words": "ferry"})
            discord.fail_once("POST /channels/{channel_id}/messages", 429, retry_after=3600)
            failed = await discord.click(offered, label="Keep")
            assert "Keep again in a minute" in (await failed.followup(within=PATIENCE)).text
            assert "Nothing yet." in (await it.slash("subscriptions")).text
        async with run(newsrooms_file, on=discord, clock=ManualClock(JUNE)) as it:
            await it.indexed()
            assert "“ferry”" in (await it.click(offered, "Keep")).text
            assert len(written(it)) == 1


@pytest.mark.parametrize("how", ["blocked", "gone"])
async def test_the_subscriptions_of_somebody_who_blocks_the_bot_or_is_gone_are_ended(
    run: Run, newsrooms_file: Path, caplog: pytest.LogCaptureFixture, how: str
) -> None:
    async with run(newsrooms_file, clock=ManualClock(JUNE)) as it:
        await ready(it)
        manager = it.discord.manager
        await subscribe(it, words="fair")
        await subscribe(it, question="anything about ferries")
        await subscribe(it, user=manager, words="fair")
        dm = it.discord.dm(it.discord.member)
        if how == "gone":
            del it.discord.world.channels[dm.id]
        else:
            it.discord.forbid(dm)
        caplog.clear()
        assert await tell(it, newsrooms_file, FAIR, user=manager) == 1
        if how == "gone":
            it.discord.expect_violation("unknown-channel")
        warned = [each.getMessage() for each in caplog.records if each.levelno >= logging.WARNING]
        assert warned == ["somebody takes no direct messages any more: ended 2 subscriptions"]
        kept = it.bot.services.state.subscriptions.all()
        assert [each.user for each in kept] == [manager.id]
        assert await tell(it, newsrooms_file, FAIR, CLINIC, user=manager) == 1


async def test_ending_all_deletes_everything_the_messages_to_be_sent_included(
    run: Run, newsrooms_file: Path
) -> None:
    async with run(newsrooms_file, clock=ManualClock(JUNE)) as it:
        await ready(it)
        listed = await subscribe(it, words="ferry")
        await it.slash("subscribe", {"words": "clinic"})
        for _ in range(2):
            it.discord.fail_once("POST /channels/{channel_id}/messages", 503)
        assert await tell(it, newsrooms_file, FAIR) == 0
        assert stored(it) == 4  # a subscription, an offer, and a message with its release
        ended = await it.click(listed, "End all")
        assert ended.text == "I have deleted all of it, and what was still to be sent."
        assert stored(it) == 0
        assert await tell(it, newsrooms_file, FAIR, CLINIC) == 0


async def test_the_menu_ends_one_and_cancel_keeps_none(run: Run, newsrooms_file: Path) -> None:
    async with run(newsrooms_file, clock=ManualClock(JUNE)) as it:
        await ready(it)
        listed = await subscribe(it, words="ferry")
        (option,) = menu(listed, "End a subscription")["options"]
        assert option["label"] == "ferry"
        listed = await it.choose(listed, "End a subscription", option["value"])
        assert "Nothing yet." in listed.text
        dropped = await it.click(await it.slash("subscribe", {"words": "fair"}), "Cancel")
        assert dropped.text == "I have not added it."
        assert stored(it) == 0


async def test_messages_come_in_the_language_of_the_person_also_after_a_restart(
    run: Run, newsrooms_file: Path
) -> None:
    async with LoopbackDiscord() as discord:
        ana = discord.new_user("ana", locale="es-ES")
        async with run(newsrooms_file, on=discord, clock=ManualClock(JUNE)) as it:
            await ready(it)
            offered = await it.slash("subscribe", {"words": "ferry"}, user=ana, channel="dm")
            assert "Por mensaje directo: las palabras «ferry»" in offered.text
            await it.click(offered, "Conservar", user=ana)
            assert written(it, ana)[-1].text.startswith("### Te has suscrito")
        async with run(newsrooms_file, on=discord, clock=ManualClock(JUNE)) as it:
            await it.indexed()
            it.bot.announcements.loop.cancel()
            assert await tell(it, newsrooms_file, FAIR, user=ana) == 0
            message = written(it, ana)[-1]
            assert message.text.startswith("### Comunicado nuevo")
            assert "-# Coincide con las palabras «ferry»" in message.text
            ended = await it.click(message, "Terminar esta suscripción", user=ana)
            assert ended.text == "Ya no te escribiré más sobre eso."


async def test_there_is_a_limit(run: Run, newsrooms_file: Path) -> None:
    async with run(newsrooms_file, clock=ManualClock(JUNE)) as it:
        await ready(it)
        waiting = await it.slash("subscribe", {"words": "ferry"})
        for number in range(MAX_SUBSCRIPTIONS):
            await subscribe(it, words=f"ferry {number}")
        full = (
            f"You have {MAX_SUBSCRIPTIONS} subscriptions already. "
            "End one in `/subscriptions` first."
        )
        assert (await it.slash("subscribe", {"words": "ferry"})).text == full
        late = await it.discord.click(waiting, label="Keep")
        assert (await late.followup(within=PATIENCE)).text == full
        assert len(written(it)) == MAX_SUBSCRIPTIONS


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"question": "anything about"}, "names no subject"),
        ({"newsroom": "nobody"}, "No newsroom is called “nobody”."),
    ],
)
async def test_what_nobody_can_subscribe_to_is_explained_and_not_offered(
    run: Run, newsrooms_file: Path, options: dict[str, str], reason: str
) -> None:
    async with run(newsrooms_file, clock=ManualClock(JUNE)) as it:
        await it.indexed()
        refused = await it.slash("subscribe", options)
        assert reason in refused.text
        assert labels(refused) == []
        assert stored(it) == 0


async def test_nobody_subscribes_twice_to_the_same(run: Run, newsrooms_file: Path) -> None:
    async with run(newsrooms_file, clock=ManualClock(JUNE)) as it:
        await it.indexed()
        await subscribe(it, newsroom="coast.example")
        again = await it.slash("subscribe", {"newsroom": "coast"})
        assert again.text == "You have subscribed to that already: see `/subscriptions`."
        await subscribe(it, user=it.discord.manager, newsroom="coast")
        assert len(written(it)) == 1


async def test_subscribing_counts_as_a_question(run: Run, newsrooms_file: Path) -> None:
    async with run(newsrooms_file, questions_per_minute=1) as it:
        await it.indexed()
        await it.slash("subscribe", {"words": "ferry"})
        refused = await it.slash("subscribe", {"words": "fair"})
        assert "asked too many questions" in refused.text
