"""``/unanswered`` in Discord."""

import csv
import io

import pytest

from retrieval.archive import Archive
from tests.bot.online import PATIENCE, Online, Run, walk
from tests.loopback import Message

BRIDGE = "How much did the bridge cost?"
MONGOLIA = "What is the capital of Mongolia?"


async def unanswered(it: Online) -> Message:
    return await it.slash("unanswered", user=it.discord.manager)


async def test_questions_are_listed_most_frequent_first(
    run: Run, newsrooms_archive: Archive
) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        assert "has an answer" in (await unanswered(it)).text
        for question in (
            MONGOLIA,
            "Who won the chess cup?",
            "what is the CAPITAL of mongolia",
            BRIDGE,
        ):
            await it.ask(question)
        listed = await it.discord.slash("unanswered", user=it.discord.manager)
        lines = (await listed.answer(PATIENCE)).text.splitlines()
        assert listed.ephemeral
        assert lines[0] == "### 2 unanswered questions"
        assert lines[1].startswith("**2 ×** what is the CAPITAL of mongolia <t:")
        assert lines[2].startswith("**1 ×** Who won the chess cup? <t:")


async def test_the_export_contains_no_formulas(run: Run, newsrooms_archive: Archive) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        await it.ask('=HYPERLINK("http://evil.example","capital of Mongolia")')
        clicked = await it.discord.click(
            await unanswered(it), label="Export as CSV", user=it.discord.manager
        )
        exported = await clicked.followup(within=PATIENCE)
        assert exported.ephemeral
        file = exported.attachments[0]
        assert file.filename == "unanswered.csv"
        table = list(csv.reader(io.StringIO(file.data.decode("utf-8-sig"))))
        assert table[0] == ["question", "times", "last asked"]
        assert table[1][0].startswith("'=HYPERLINK(")
        assert table[1][1] == "1"


async def test_questions_are_deleted_one_by_one_or_all_after_confirmation(
    run: Run, newsrooms_archive: Archive
) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        manager = it.discord.manager
        for topic in ("capital", "king", "language", "weather"):
            await it.ask(f"What is the {topic} of Mongolia?")
        listed = await unanswered(it)
        option = next(
            each
            for item in walk(list(listed.components))
            for each in item.get("options", ())
            if "king" in each["label"]
        )
        left = await it.choose(listed, "Delete a question", option["value"], user=manager)
        assert left.text.startswith("### 3 unanswered questions")
        assert "king" not in left.text
        asked = await it.click(left, "Delete all", user=manager)
        assert asked.text == "Delete 3 questions? This cannot be undone."
        kept = await it.click(asked, "Keep them", user=manager)
        assert kept.text.startswith("### 3 unanswered questions")
        asked = await it.click(kept, "Delete all", user=manager)
        assert (
            await it.click(asked, "Delete all", user=manager)
        ).text == "All of them have been deleted."
        assert "has an answer" in (await unanswered(it)).text


async def test_pages_turn(run: Run, newsrooms_archive: Archive) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        for number in range(12):
            await it.ask(f"Who is king number {number} of Mongolia?")
        first = await unanswered(it)
        assert first.text.count(" ×**") == 10
        second = await it.click(first, "▶", user=it.discord.manager)
        assert second.text.count(" ×**") == 2
        assert second.button("▶").disabled


@pytest.mark.parametrize("label", ["Export as CSV", "Delete all"])
async def test_only_managers_see_the_questions_of_their_server(
    run: Run, newsrooms_archive: Archive, label: str
) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        await it.ask(MONGOLIA)
        listed = await unanswered(it)
        forged = await it.discord.click(listed, label=label, user=it.discord.member, forged=True)
        refusal = await forged.answer()
        assert refusal.text == "Only people who may manage this server can do that."
        # A direct message belongs to no server.
        await (await it.discord.send("Who is queen of Mongolia?", channel="dm")).reply(PATIENCE)
        assert "queen" not in (await unanswered(it)).text
