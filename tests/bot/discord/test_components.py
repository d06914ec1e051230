"""Buttons and menus keep working, after a restart and with a new index."""

from pathlib import Path

import pytest

from retrieval.archive import Archive
from retrieval.text.keys import release_key
from tests.bot.online import Run
from tests.loopback import LoopbackDiscord

BRIDGE = "How much did the bridge cost?"


async def test_components_work_after_a_restart(run: Run, newsrooms_archive: Archive) -> None:
    async with LoopbackDiscord() as discord:
        async with run(archive=newsrooms_archive, on=discord) as it:
            await it.indexed()
            answer = await it.ask(BRIDGE)
            listed = await it.slash("releases")
        async with run(archive=newsrooms_archive, on=discord) as it:
            await it.indexed()
            assert "Passages 2 to 4" in (await it.click(answer, "More passages")).text
            assert "paragraph 2 of 3" in (await it.click(answer, "In context")).text
            assert "HARBOR CITY" in (await it.click(answer, "Whole release")).text
            assert "noted" in (await it.click(answer, "Helpful")).text
            picked = await it.choose(listed, "Read a whole release", release_key("library"))
            assert "Sundays" in picked.text


async def test_components_work_with_a_new_index_if_the_paragraph_is_unchanged(
    run: Run, newsrooms_file: Path
) -> None:
    async with run(newsrooms_file) as it:
        await it.indexed()
        answer = await it.ask(BRIDGE)
        before = newsrooms_file.read_text(encoding="utf-8")
        # A new paragraph moves the quoted one from the second to the third position.
        newsrooms_file.write_text(
            before.replace("HARBOR CITY", "A new beginning.\\n\\nHARBOR CITY")
        )
        await it.reindex()
        context = await it.click(answer, "In context")
        assert "> The bridge cost $48 million" in context.text
        assert "paragraph 3 of 4" in context.text


async def test_changed_passages_deleted_releases_and_expired_answers_are_explained(
    run: Run, newsrooms_file: Path
) -> None:
    async with run(newsrooms_file) as it:
        await it.indexed()
        answer = await it.ask(BRIDGE)
        before = newsrooms_file.read_text(encoding="utf-8")
        newsrooms_file.write_text(before.replace("$48 million", "$49 million"), encoding="utf-8")
        await it.reindex()
        changed = (await it.click(answer, "In context")).text
        assert changed.startswith("⚠ This passage was changed on ")
        assert "It now says:\n> The bridge cost $49 million and carries" in changed
        newsrooms_file.write_text(before.split("\n", 1)[1], encoding="utf-8")
        await it.reindex()
        gone = "That release is no longer in the index."
        assert (await it.click(answer, "In context")).text == gone
        assert (await it.click(answer, "Whole release")).text == gone
        more = await it.click(answer, "More passages")
        assert "⚠ The release of this passage is no longer in the index." in more.text
        it.bot.services.state.database.write("DELETE FROM answer")
        for label in ("More passages", "Helpful"):
            assert "no longer have it" in (await it.click(answer, label)).text


@pytest.mark.parametrize(
    "custom_id",
    [
        "v1:more:1",
        "v1:more:x:1:0",
        "v0:more:1:1:0",
        "v1:else:1",
        "mine",
        "v1:stop",
        "v1:more:9223372036854775808:1:0",
        "v1:share:-9223372036854775809",
        f"v1:judge:1:{'9' * 80}",
        f"v1:reason:{'9' * 5000}",
        "v1:share:01",
        "v1:share:1_0",
        "v1:share: 1",
        "v1:share:١",
    ],
)
async def test_forged_custom_ids_change_nothing(
    run: Run, newsrooms_archive: Archive, custom_id: str
) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        answer = await it.ask(BRIDGE)
        clicked = await it.discord.click(answer, custom_id, forged=True)
        if custom_id == "v1:stop":
            refusal = await clicked.answer()
            assert refusal.text == "Only people who may manage this server can do that."
        else:
            await it.slash("status")  # the click before it has been handled
            assert clicked.response is None
        assert it.discord.current(answer).text == answer.text
