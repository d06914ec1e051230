"""An acknowledgement that breaks, that Discord has already, and interactions that come twice."""

from collections.abc import Awaitable, Callable

import pytest
from aiohttp import web

from retrieval.archive import Archive
from tests.bot.online import PATIENCE, Online, Run, labels, until
from tests.loopback import ConnectionCut, Interaction, LoopbackDiscord, Request
from tests.loopback.responses import failed

BRIDGE = "How much did the bridge cost?"
LIBRARY = "When do the library branches open on Sundays?"
COST = "$48 million"
CALLBACK = "/interactions/{interaction_id}/{interaction_token}/callback"

Lose = Callable[[Request], web.Response | None]


def acknowledges(request: Request) -> bool:
    """Whether a request acknowledges an interaction."""
    return request.method == "POST" and request.route == CALLBACK


def lose_requests(discord: LoopbackDiscord, times: int, how: str) -> list[Request]:
    """Let the next acknowledgements not arrive; they are in the list that is returned."""
    lost: list[Request] = []

    async def lose(request: Request) -> web.Response | None:
        if not acknowledges(request) or len(lost) == times:
            return None
        lost.append(request)
        return ConnectionCut() if how == "cut" else failed(int(how))

    discord.intercept = lose
    return lost


def lose_responses(discord: LoopbackDiscord, times: int, how: str) -> list[Request]:
    """Let the next acknowledgements arrive, and their responses get lost."""
    lost: list[Request] = []

    async def lose(request: Request, response: web.Response) -> web.Response:
        if not acknowledges(request) or len(lost) == times:
            return response
        lost.append(request)
        return ConnectionCut() if how == "cut" else failed(int(how))

    discord.intercept_answer = lose
    return lost


@pytest.mark.parametrize("how", ["cut", "502", "503"])
@pytest.mark.parametrize("times", [1, 2])
async def test_an_acknowledgement_that_does_not_arrive_is_sent_again(
    run: Run, newsrooms_archive: Archive, how: str, times: int
) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        lost = lose_requests(it.discord, times, how)
        asked = await it.discord.slash("ask", {"question": BRIDGE})
        assert COST in (await asked.answer(PATIENCE)).text
        assert len(lost) == times
        assert len(asked.edits) == 1
        assert not asked.followups


Act = Callable[[Online, Callable[[], object]], Awaitable[Interaction]]
"""Does something that is acknowledged, after calling its second argument."""


async def ask(it: Online, arm: Callable[[], object]) -> Interaction:
    arm()
    return await it.discord.slash("ask", {"question": BRIDGE})


async def answered(it: Online, asked: Interaction) -> None:
    assert COST in (await asked.answer(PATIENCE)).text


async def press_more(it: Online, arm: Callable[[], object]) -> Interaction:
    answer = await it.ask(BRIDGE)
    arm()
    return await it.discord.click(answer, label="More passages")


async def more_shown(it: Online, pressed: Interaction) -> None:
    assert (await pressed.answer(PATIENCE)).text.startswith("### Passages 2 to 4")
    assert pressed.ephemeral


async def turn_the_page(it: Online, arm: Callable[[], object]) -> Interaction:
    first = await it.click(await it.ask(BRIDGE), "More passages")
    arm()
    return await it.discord.click(first, label="▶")


async def page_turned(it: Online, pressed: Interaction) -> None:
    turned = await pressed.wait_for(lambda each: "Passages 5 to 7" in each.text, PATIENCE)
    assert pressed.source
    assert turned.id == pressed.source.id


async def open_dialogue(it: Online, arm: Callable[[], object]) -> Interaction:
    answer = await it.ask(BRIDGE)
    arm()
    return await it.discord.click(answer, label="Not helpful")


async def dialogue_opened(it: Online, pressed: Interaction) -> None:
    sent = await it.discord.submit_modal(pressed, {"reason": "no"})
    assert "noted" in (await sent.answer(PATIENCE)).text


async def reindex(it: Online, arm: Callable[[], object]) -> Interaction:
    arm()
    return await it.discord.slash("reindex", user=it.discord.manager)


async def reindexed(it: Online, started: Interaction) -> None:
    await started.wait_for(lambda each: each.text.startswith("### Reindexed"), PATIENCE)


async def ask_badly(it: Online, arm: Callable[[], object]) -> Interaction:
    arm()
    return await it.discord.slash("ask", {"question": "?"})


async def told(it: Online, asked: Interaction) -> None:
    assert "has no words" in (await asked.answer(PATIENCE)).text


async def forge(it: Online, arm: Callable[[], object]) -> Interaction:
    """What is refused before it is acknowledged."""
    arm()
    return await it.discord.slash("sources", forged=True)


async def refused(it: Online, asked: Interaction) -> None:
    assert "Only people who may manage" in (await asked.answer(PATIENCE)).text


@pytest.mark.parametrize("how", ["cut", "502"])
@pytest.mark.parametrize(
    ("act", "check"),
    [
        (ask, answered),
        (press_more, more_shown),
        (turn_the_page, page_turned),
        (open_dialogue, dialogue_opened),
        (reindex, reindexed),
        (ask_badly, told),
        (forge, refused),
    ],
)
async def test_what_discord_has_acknowledged_is_done_though_its_response_was_lost(
    run: Run,
    newsrooms_archive: Archive,
    caplog: pytest.LogCaptureFixture,
    act: Act,
    check: Callable[[Online, Interaction], Awaitable[None]],
    how: str,
) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        done = await act(it, lambda: lose_responses(it.discord, 1, how))
        await check(it, done)
        await it.discord.violated("ack-once")  # by the second acknowledgement
        assert not done.followups
        assert "Traceback" not in caplog.text


async def test_an_interaction_that_cannot_be_acknowledged_is_logged_in_one_line(
    run: Run, newsrooms_archive: Archive, caplog: pytest.LogCaptureFixture
) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        lose_requests(it.discord, 1000, "cut")
        asked = await it.discord.slash("ask", {"question": BRIDGE})
        await until(lambda: f"interaction {asked.id} could not be acknowledged" in caplog.text)
        it.discord.intercept = None
        assert "Sundays" in (await it.ask(LIBRARY)).text
        assert asked.response is None
        assert "Traceback" not in caplog.text
        it.discord.clock.advance(-10)  # nor does the loopback complain of it


@pytest.mark.parametrize("what", ["command", "button", "suggestion", "mention"])
async def test_what_is_delivered_twice_is_answered_once(
    run: Run, newsrooms_archive: Archive, caplog: pytest.LogCaptureFixture, what: str
) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        answer = await it.ask(BRIDGE)
        event, stored = "INTERACTION_CREATE", 1
        match what:
            case "command":
                done = await it.discord.slash("ask", {"question": LIBRARY})
                stored = 2
            case "button":
                done = await it.discord.click(answer, label="Helpful")
            case "suggestion":
                await it.discord.autocomplete("release", "title", "bridge")
            case "mention":
                mention = await it.discord.mention(LIBRARY)
                event, stored = "MESSAGE_CREATE", 2
        await it.discord.gateway.repeat(event)
        if what in ("command", "button"):
            await done.answer(PATIENCE)
        if what == "mention":
            await mention.reply(PATIENCE)
        await it.discord.gateway.repeat(event)
        for _ in range(3):
            await it.slash("status")
        count = it.bot.services.state.database.read("SELECT count(*) FROM answer")
        assert count == [(stored,)]
        assert not it.discord.violations
        assert "Traceback" not in caplog.text
        assert not [each for each in caplog.records if each.levelname == "ERROR"]


async def test_of_two_bots_with_one_token_one_answers(
    run: Run, newsrooms_archive: Archive, caplog: pytest.LogCaptureFixture
) -> None:
    async with (
        run(archive=newsrooms_archive) as it,
        run(archive=newsrooms_archive, on=it.discord) as other,
    ):
        await it.indexed()
        await other.bot.wait_until_ready()
        await until(lambda: it.discord.gateway.open_sockets == 2)
        it.discord.violations.clear()  # of "indexed", whose questions both bots take
        private = await it.discord.slash("ask", {"question": BRIDGE, "private": True})
        answer = await private.answer(PATIENCE)
        assert "Share" in labels(answer)
        await it.discord.violated("ack-once")
        shared = await it.discord.click(answer, label="Share")
        await shared.followup(within=PATIENCE)
        await it.discord.violated("ack-once")
        await it.slash("status")
        await it.discord.violated("ack-once")
        assert len(shared.followups) == 1
        assert len(private.edits) == 1
        assert "Traceback" not in caplog.text
        assert not [each for each in caplog.records if each.levelname == "ERROR"]
