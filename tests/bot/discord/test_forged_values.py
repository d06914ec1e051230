"""What a program other than Discord's own client may send: values and numbers not offered."""

from typing import Any

import pytest

from bot.core.actions import RateAnswer, ShareAnswer, ShowMore
from retrieval.archive import Archive
from tests.bot.online import PATIENCE, Online, Run
from tests.loopback import Interaction, Message

BRIDGE = "How much did the bridge cost?"
NOT_OFFERED = "That is not offered there. Use the command again."


async def refused(clicked: Interaction) -> None:
    """What was refused is told to whoever did it alone."""
    assert (await clicked.answer(PATIENCE)).text == NOT_OFFERED
    assert clicked.ephemeral


VALUES = ["1", "0", "-5", "٣", "all", "", "9" * 30, "elsewhere", "group", "dm", "thread", "twice"]


@pytest.mark.parametrize("setting", ["channels", "announce", "managers"])
async def test_only_channels_that_the_menu_offers_can_be_set(
    run: Run, newsrooms_archive: Archive, setting: str
) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        discord, store = it.discord, it.bot.services.state.servers
        panel = await it.slash("settings", user=discord.manager)
        await it.change_setting(panel, setting, str(discord.channel.id))
        before = store.get(discord.world.guild_id)
        assert str(discord.channel.id) in str(before)
        for value in VALUES:
            chosen = [str(discord.channel.id)] * 2
            if value != "twice":
                chosen = [await channel_id(it, value)]
            clicked = await discord.click(
                panel, f"v1:set:{setting}", values=chosen, user=discord.manager, forged=True
            )
            await refused(clicked)
            assert store.get(discord.world.guild_id) == before


async def channel_id(it: Online, value: str) -> str:
    """The id of a channel that no menu of settings offers, or the value itself."""
    discord = it.discord
    match value:
        case "elsewhere":
            return str(discord.elsewhere.id)
        case "group":
            return str(discord.group_dm.id)
        case "dm":
            return str(discord.dm(discord.manager).id)
        case "thread":
            answer = await it.ask(BRIDGE)
            return str((await discord.start_thread(answer, "Bridge")).id)
    return value


async def test_only_options_of_a_menu_can_be_set(run: Run, newsrooms_archive: Archive) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        panel = await it.slash("settings", user=it.discord.manager)
        before = it.bot.services.state.servers.get(it.discord.world.guild_id)
        for setting in ("passages", "newsroom"):
            for values in (["0"], ["99"], ["x"], [], ["1", "2"], ["any", "any"]):
                clicked = await it.discord.click(
                    panel, f"v1:set:{setting}", values=values, user=it.discord.manager, forged=True
                )
                await refused(clicked)
        assert it.bot.services.state.servers.get(it.discord.world.guild_id) == before


async def test_only_questions_that_are_listed_can_be_deleted(
    run: Run, newsrooms_archive: Archive
) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        await it.ask(BRIDGE)  # answered, with the number 1
        await it.ask("What is the capital of Mongolia?")
        listed = await it.slash("unanswered", user=it.discord.manager)
        for value in ("all", "1", "9" * 30, ""):
            clicked = await it.discord.click(
                listed, "v1:forget", values=[value], user=it.discord.manager, forged=True
            )
            await refused(clicked)
        assert it.bot.services.state.database.read("SELECT count(*) FROM answer") == [(2,)]


async def test_a_menu_that_a_message_does_not_have_is_refused(
    run: Run, newsrooms_archive: Archive
) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        answer = await it.ask(BRIDGE)
        clicked = await it.discord.click(answer, "v1:pick", values=["bridge"], forged=True)
        await refused(clicked)


async def private_answer(it: Online, **how: Any) -> Message:
    options = {"question": "Who opened the bridge?", "private": True}
    return await it.slash("ask", options, user=it.discord.manager, **how)


@pytest.mark.parametrize("where", ["elsewhere", "dm", "guild"])
async def test_nobody_sees_an_answer_of_others_by_its_number(
    run: Run, newsrooms_archive: Archive, where: str
) -> None:
    """Another server's, another person's, or a private one of the same channel."""
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        discord, database = it.discord, it.bot.services.state.database
        await private_answer(it, channel=where)
        ((secret,),) = database.read("SELECT id FROM answer")
        own = await it.ask(BRIDGE)
        actions = [ShowMore(secret, 1), ShareAnswer(secret), RateAnswer(secret, 1)]
        for action in actions:
            clicked = await discord.click(own, action.custom_id, forged=True)
            await refused(clicked)
        if where != "guild":  # where that would be a message with the answer itself
            for action in actions:
                offering = it.with_button(own, action)
                said = await told(await discord.click(offering, action.custom_id))
                assert "no longer have it" in said
        assert database.read("SELECT count(*) FROM verdict") == [(0,)]


async def told(clicked: Interaction) -> str:
    """What whoever clicked is told beside the message."""
    if "share" in clicked.name:
        return (await clicked.followup(within=PATIENCE)).text
    return (await clicked.answer(PATIENCE)).text


async def test_a_reason_cannot_be_given_for_the_answer_of_another_server(
    run: Run, newsrooms_archive: Archive
) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        await private_answer(it, channel="elsewhere")
        clicked = await it.discord.click(await it.ask(BRIDGE), label="Not helpful")
        await clicked.acknowledged()
        assert clicked.modal
        clicked.modal["custom_id"] = "v1:reason:1"
        sent = await it.discord.submit_modal(clicked, {"reason": "no"}, forged=True)
        await refused(sent)
        assert it.bot.services.state.database.read("SELECT count(*) FROM verdict") == [(0,)]


async def test_a_rank_beyond_the_passages_shows_those_that_there_are(
    run: Run, newsrooms_archive: Archive
) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        answer = await it.ask(BRIDGE)
        for rank in (-3, 0, 1000, 2**62):
            action = ShowMore(1, rank)
            shown = await it.discord.click(it.with_button(answer, action), action.custom_id)
            first = 1 if rank < 1 else 8
            text = (await shown.answer(PATIENCE)).text
            assert text.startswith(f"### Passages {first} to {min(first + 2, 8)} of 8")
