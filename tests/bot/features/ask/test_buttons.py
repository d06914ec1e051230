"""The buttons below an answer."""

import json

import pytest

from bot.client import VerbatimBot
from retrieval.archive import Archive
from retrieval.errors import IndexDamaged, NoIndex
from tests.bot.online import PATIENCE, Run, labels
from tests.loopback import LoopbackDiscord, NotOffered

BRIDGE = "How much did the bridge cost?"


async def test_further_passages_are_shown_in_pages_to_the_user_alone(
    run: Run, newsrooms_archive: Archive
) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        answer = await it.ask(BRIDGE)
        clicked = await it.discord.click(answer, label="More passages", user=it.discord.manager)
        first = await clicked.answer(PATIENCE)
        assert clicked.ephemeral
        assert first.text.startswith("### Passages 2 to 4 of 8\n")
        turned = await it.click(first, "▶", user=it.discord.manager)
        assert turned.id == first.id
        assert turned.text.startswith("### Passages 5 to 7 of 8\n")
        last = await it.click(turned, "▶", user=it.discord.manager)
        assert last.text.startswith("### Passages 8 to 8 of 8\n")
        with pytest.raises(NotOffered, match="disabled"):
            await it.discord.click(last, label="▶", user=it.discord.manager)
        assert it.discord.current(answer).text == answer.text


async def test_a_private_answer_can_be_shared(run: Run, newsrooms_archive: Archive) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        asked = await it.discord.slash("ask", {"question": BRIDGE, "private": True})
        answer = await asked.answer(PATIENCE)
        clicked = await it.discord.click(answer, label="Share")
        shared = await clicked.followup(within=PATIENCE)
        assert not shared.ephemeral
        assert shared.pings == ()
        head, best = shared.text.split("\n", 1)
        assert head == f"-# {it.discord.member.mention} asked: {BRIDGE}"
        assert best.replace("__", "").startswith("> **The bridge cost $48 million")
        assert "Share" not in labels(shared)
        more = await it.click(shared, "More passages", user=it.discord.manager)
        assert more.text.startswith("### Passages 2 to 4 of 8")


async def test_feedback_is_stored_with_a_reason(run: Run, newsrooms_archive: Archive) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        answer = await it.ask(BRIDGE)
        assert "noted" in (await it.click(answer, "Helpful")).text
        clicked = await it.discord.click(answer, label="Not helpful")
        await clicked.acknowledged()
        sent = await it.discord.submit_modal(clicked, {"reason": "That was the old bridge."})
        assert "noted" in (await sent.answer(PATIENCE)).text
        # Another user has a verdict of their own, and need not give a reason.
        other = await it.discord.click(answer, label="Not helpful", user=it.discord.manager)
        await other.acknowledged()
        await (await it.discord.submit_modal(other, {})).answer(PATIENCE)
        assert verdicts(it.bot) == [(0, None), (0, "That was the old bridge.")]
        stored = rows(it.bot, "SELECT question, answered, generation, passages, asker FROM answer")
        question, answered, generation, passages, asker = stored[0]
        assert (question, answered, asker) == (BRIDGE, 1, None)
        assert generation == newsrooms_archive.index.manifest.generation
        assert json.loads(passages)[0]["release"] == "bridge"


async def test_the_user_is_stored_only_if_the_settings_say_so(
    run: Run, newsrooms_archive: Archive
) -> None:
    async with run(archive=newsrooms_archive, keep_names=True) as it:
        await it.indexed()
        await it.ask(BRIDGE)
        assert rows(it.bot, "SELECT asker FROM answer") == [(it.discord.member.id,)]


def rows(bot: VerbatimBot, query: str) -> list[tuple[object, ...]]:
    return bot.services.state.database.read(query)


def verdicts(bot: VerbatimBot) -> list[tuple[object, ...]]:
    return rows(bot, "SELECT helpful, reason FROM verdict ORDER BY reason")


@pytest.mark.parametrize("error", [NoIndex, IndexDamaged], ids=lambda error: error.__name__)
async def test_feedback_needs_no_index(
    run: Run, newsrooms_archive: Archive, error: type[Exception]
) -> None:
    data = newsrooms_archive.data
    async with LoopbackDiscord() as discord:
        async with run(archive=newsrooms_archive, on=discord) as it:
            await it.indexed()
            answer = await it.ask(BRIDGE)
        if error is NoIndex:
            (data / "CURRENT").unlink()
        else:
            for path in (data / "generations").rglob("manifest.json"):
                path.write_text("{}", encoding="utf-8")
        archive = Archive(data, newsrooms_archive.encoder, newsrooms_archive.reranker)
        with pytest.raises(error):
            _ = archive.index
        async with run(data / "none", archive=archive, on=discord) as it:
            await it.discord.commands_registered()
            assert "noted" in (await it.click(answer, "Helpful")).text
            stored = it.bot.services.state.database.read("SELECT helpful FROM verdict")
            assert [helpful for (helpful,) in stored] == [1]
