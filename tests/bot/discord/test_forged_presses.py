"""Whatever is pressed or submitted that was not offered is refused, and changes nothing.

The tests go through all actions, so that they hold for those of a new feature too. Whoever presses
may manage the server, so that nothing else is in the way.
"""

from dataclasses import fields
from typing import Any

import pytest

from bot.core.actions import ACTIONS, Action, AddSource, KeepAnnouncement, RemoveAnnouncement
from bot.core.cog import ManagerCog
from bot.state.announcements import Announcement
from retrieval.archive import Archive
from retrieval.scope import Scope
from tests.bot.features.announcements.publishing import ready
from tests.bot.online import PATIENCE, Online, Run, menu, until
from tests.loopback import Interaction, Message

NOT_OFFERED = "That is not offered there. Use the command again."
ONLY_MANAGERS = "Only people who may manage this server can do that."


def forged(action: type[Action], number: int = 2**62) -> Action:
    """An action of a type with numbers that are as large as they may be."""
    return action(*(number if field.type is int else "0123456789ab" for field in fields(action)))


async def refused(it: Online, pressed: Interaction, before: object, why: str = NOT_OFFERED) -> None:
    """It is refused in words for whoever pressed it alone, and nothing has changed."""
    assert (await pressed.answer(PATIENCE)).text == why, pressed
    assert pressed.ephemeral
    assert not pressed.modal
    assert it.kept() == before, pressed


async def answer_to(
    it: Online, question: str = "How much did the bridge cost?", **how: Any
) -> Message:
    """Ask, and return the answer once all is kept of it, and of what begins by itself."""
    answer, kept = await it.ask(question, **how), it.kept
    await until(lambda: kept()["membership"] and all(each[4] for each in kept()["answer"]))
    return answer


@pytest.fixture
async def anything(run: Run, newsrooms_archive: Archive) -> Any:
    """A bot that keeps something of everything that managers and members can do."""
    async with run(archive=newsrooms_archive) as it:
        await ready(it)
        manager = it.discord.manager
        await answer_to(it, "What is the capital of Mongolia?", user=manager)
        for command in ("announcements", "subscribe"):
            for words in ("ferry", "bridge"):
                offered = await it.slash(command, {"words": words}, user=manager)
                if words == "ferry":
                    await it.click(offered, "Keep", user=manager)
        yield it


async def test_what_a_message_does_not_have_cannot_be_pressed(anything: Online) -> None:
    answer, before = await answer_to(anything), anything.kept()
    for action in ACTIONS:
        for number in (1, 2**62):
            name, manager = forged(action, number).custom_id, anything.discord.manager
            for values in (None, ["1"], [str(2**62)], ["9" * 30]):
                pressed = await anything.discord.click(
                    answer, name, user=manager, values=values, forged=True
                )
                await refused(anything, pressed, before)


async def test_a_dialogue_that_no_button_of_the_message_opens_cannot_be_submitted(
    anything: Online,
) -> None:
    answer, manager = await answer_to(anything), anything.discord.manager
    asked = await anything.discord.click(answer, label="Not helpful", user=manager)
    await asked.acknowledged()
    assert asked.modal
    before = anything.kept()
    for action in ACTIONS:
        asked.modal["custom_id"] = forged(action).custom_id
        sent = await anything.discord.submit_modal(asked, {"reason": "no"}, forged=True)
        await refused(anything, sent, before)


async def test_what_a_component_does_is_not_done_by_submitting_a_dialogue(
    anything: Online,
) -> None:
    """The button is there, and pressed: "Delete all" may not skip the question that comes first."""
    answer, manager = await answer_to(anything), anything.discord.manager
    asked = await anything.discord.click(answer, label="Not helpful", user=manager)
    await asked.acknowledged()
    assert asked.modal
    before = anything.kept()
    for action in (each for each in ACTIONS if forged(each).opened_by is None):
        asked.source = anything.with_button(answer, forged(action))
        asked.modal["custom_id"] = forged(action).custom_id
        sent = await anything.discord.submit_modal(asked, {"reason": "no"}, forged=True)
        await refused(anything, sent, before)


async def test_what_one_user_is_shown_nobody_else_can_press(anything: Online) -> None:
    shown, before = await anything.slash("subscriptions"), anything.kept()
    for action in ACTIONS:
        with_it = anything.with_button(shown, forged(action))
        pressed = await anything.discord.click(
            with_it, forged(action).custom_id, user=anything.discord.manager, forged=True
        )
        await refused(anything, pressed, before)


async def test_on_a_message_that_is_gone_nothing_can_be_pressed(anything: Online) -> None:
    answer = await answer_to(anything)
    await anything.discord.delete(answer)
    before = anything.kept()
    for action in ACTIONS:
        pressed = await anything.discord.click(
            answer, forged(action).custom_id, user=anything.discord.manager, forged=True
        )
        await refused(anything, pressed, before)


async def test_what_is_disabled_cannot_be_pressed(anything: Online) -> None:
    listed = await anything.slash("releases", user=anything.discord.manager)
    with_it = anything.with_button(listed, AddSource())
    with_it.components[-1]["components"][0]["disabled"] = True
    pressed = await anything.discord.click(
        with_it, AddSource().custom_id, user=anything.discord.manager, forged=True
    )
    await refused(anything, pressed, anything.kept())


def handlers(it: Online) -> dict[type[Action], bool]:
    """Each action, and whether it is for managers."""
    cogs: list[Any] = list(it.bot.cogs.values())
    return {action: isinstance(cog, ManagerCog) for cog in cogs for action in cog.handlers()}


async def test_managers_of_a_server_without_the_bot_manage_nothing(anything: Online) -> None:
    """There everybody can use the bot who has installed it, and manages a server of their own."""
    discord, for_managers = anything.discord, handlers(anything)
    assert set(for_managers) == set(ACTIONS)
    answer = await answer_to(anything, user=discord.manager, channel="elsewhere")
    before = anything.kept()
    for action in (each for each, is_theirs in for_managers.items() if is_theirs):
        with_it = anything.with_button(answer, forged(action))
        pressed = await discord.click(with_it, forged(action).custom_id, user=discord.manager)
        await refused(anything, pressed, before, ONLY_MANAGERS)
    for command in ("sources", "settings", "unanswered", "announcements", "reindex"):
        used = await discord.slash(command, user=discord.manager, channel="elsewhere", forged=True)
        await refused(anything, used, before, ONLY_MANAGERS)


NUMBERS = ["0", "-1", "01", "2", str(2**62), "9" * 30, "", "all", "٣"]


@pytest.mark.parametrize(
    ("command", "placeholder"),
    [
        ("announcements", "Remove an announcement"),
        ("subscriptions", "End a subscription"),
    ],
)
async def test_only_what_a_menu_lists_can_be_selected(
    anything: Online, command: str, placeholder: str
) -> None:
    """Not what is only offered, nor what another server or another person has."""
    discord = anything.discord
    listed = await anything.slash(command, user=discord.manager)
    name = menu(listed, placeholder)["custom_id"]
    before = anything.kept()
    for values in ([], ["1", "1"], ["1", "2"], *([each] for each in NUMBERS)):
        pressed = await discord.click(
            listed, name, values=values, user=discord.manager, forged=True
        )
        await refused(anything, pressed, before)
    assert (
        "Nothing yet."
        in (await anything.choose(listed, placeholder, "1", user=discord.manager)).text
    )


async def test_announcements_of_another_server_are_not_kept_or_removed_even_where_offered(
    anything: Online,
) -> None:
    """By a message that has the button, as no message of the bot has it."""
    discord, store = anything.discord, anything.bot.services.state.announcements
    manager, elsewhere = discord.manager, discord.elsewhere.guild_id or 0
    ids = [store.offer(Announcement(elsewhere, 1, Scope(words=word)), 0) for word in ("a", "b")]
    assert store.keep(elsewhere, ids[1], 0)
    listed = await anything.slash("announcements", user=manager)
    before = anything.kept()
    keep = KeepAnnouncement(ids[0])
    pressed = await discord.click(anything.with_button(listed, keep), keep.custom_id, user=manager)
    assert "decided already" in (await pressed.followup(within=PATIENCE)).text
    options = menu(listed, "Remove an announcement")["options"]
    options[0]["value"] = str(ids[1])
    pressed = await discord.click(
        listed, RemoveAnnouncement().custom_id, values=[str(ids[1])], user=manager
    )
    await anything.changed(listed, pressed)
    assert anything.kept() == before
    assert listed_words(await anything.slash("announcements", user=manager)) == ["ferry"]


def listed_words(message: Message) -> list[str]:
    """The words of the announcements that can be removed."""
    return [each["label"] for each in menu(message, "Remove an announcement")["options"]]
