"""A site that changes: what the bot says of its releases, and of answers that quoted them."""

from collections.abc import AsyncIterator

import pytest

from tests.bot.features.sources.steps import add
from tests.bot.features.sources.test_task import pass_time
from tests.bot.online import PATIENCE, Online, Run, labels
from tests.loopback import Message
from tests.retrieval.sources.web.clocks import ManualClock
from tests.retrieval.sources.web.newsroom import Newsroom
from tests.retrieval.sources.web.sites import (
    paragraphs,
    path,
    release_html,
    serve_feed,
    serve_releases,
    title,
)

DAY = 86_400.0
QUESTION = 'Which work "costs $4 million and begins"?'
COST = paragraphs(1)[2]


@pytest.fixture
async def it(
    run_for_sites: Run, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Online]:
    """A bot that has read a newsroom of four releases."""
    monkeypatch.setenv("VERBATIM_THRESHOLD", "0")
    serve_releases(newsroom, range(4))
    serve_feed(newsroom, range(4))
    async with run_for_sites() as online:
        await online.indexed()
        await add(online, newsroom)
        yield online


async def correct(it: Online, newsroom: Newsroom, clock: ManualClock, old: str, new: str) -> None:
    """Let the newsroom change the text of a release, and the bot read that."""
    html = release_html(1)
    assert old in html
    newsroom.serve(path(1), html.replace(old, new), etag=f'"{hash(new)}"')
    assert await pass_time(it, clock, DAY + 1, step=DAY + 1) == 1


async def show(it: Online) -> Message:
    return await it.slash("release", {"title": title(1)})


async def test_a_release_says_that_it_changed_and_what(
    it: Online, newsroom: Newsroom, clock: ManualClock
) -> None:
    assert "hanged" not in (await show(it)).text
    await correct(it, newsroom, clock, "costs $4 million", "costs $5 million")
    shown = await show(it)
    assert "costs ~~$4~~ __$5__ million" in shown.text
    assert "· changed on " in shown.text
    await correct(it, newsroom, clock, "costs $4 million", "costs $6 million")
    assert "costs ~~$5~~ __$6__ million" in (await show(it)).text


async def test_a_long_change_has_a_button(
    it: Online, newsroom: Newsroom, clock: ManualClock
) -> None:
    long = "</p><p>".join(
        f"Item {each} of the budget was added at night. " * 9 for each in range(9)
    )
    await correct(it, newsroom, clock, COST, f"{COST}</p><p>{long}")
    shown = await show(it)
    assert "What changed" in labels(shown)
    changes = await it.click(shown, "What changed")
    assert "__Item 0 of the budget was added at night." in changes.text
    assert "was added at night" in (await it.click(changes, "▶")).text
    assert "Whole release" in labels(changes)


async def test_another_form_of_the_same_words_is_no_change(
    it: Online, newsroom: Newsroom, clock: ManualClock
) -> None:
    answer = await it.ask('Who "asked for it since 2001"?')
    await correct(it, newsroom, clock, "<p>“Part 1 belongs", "<p> &quot;Part  1 belongs")
    assert "hanged" not in (await show(it)).text
    assert '> "Part 1 belongs to the people' in (await it.click(answer, "In context")).text


async def test_an_answer_says_that_its_passage_was_changed(
    it: Online, newsroom: Newsroom, clock: ManualClock
) -> None:
    answer = await it.ask(QUESTION)
    assert COST.partition("$4")[0] in answer.text.replace("*", "").replace("__", "")
    await correct(it, newsroom, clock, "costs $4 million", "costs $5 million")
    context = await it.click(answer, "In context")
    assert context.text.startswith("⚠ This passage was changed on ")
    assert "It now says:\n> The work costs $5 million" in context.text
    assert "~~$4~~ __$5__" in (await it.click(context, "What changed")).text
    rated = await it.click(answer, "Helpful")
    assert rated.text.startswith("Thank you, I have noted that.\n⚠ This passage was changed on ")


async def test_an_answer_says_that_its_passage_is_gone(
    it: Online, newsroom: Newsroom, clock: ManualClock
) -> None:
    asked = await it.discord.slash("ask", {"question": QUESTION, "private": True})
    answer = await asked.answer(PATIENCE)
    await correct(it, newsroom, clock, f"<p>{COST}</p>", "")
    said = "the release no longer contains this passage."
    assert said in (await it.click(answer, "In context")).text
    clicked = await it.discord.click(answer, label="Share")
    assert said in (await clicked.followup(within=PATIENCE)).text


async def test_a_release_that_vanished_stays_and_is_marked_until_it_is_back(
    it: Online, newsroom: Newsroom, clock: ManualClock
) -> None:
    newsroom.delete(path(1), status=410)
    assert await pass_time(it, clock, DAY + 1, step=DAY + 1) == 1
    mark = "no longer on the site since March "
    assert mark in (await show(it)).text
    assert mark in (await it.ask(QUESTION)).text
    serve_releases(newsroom, [1])
    assert await pass_time(it, clock, DAY + 1, step=DAY + 1) == 1
    assert mark not in (await show(it)).text
