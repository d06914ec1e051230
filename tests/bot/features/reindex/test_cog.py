"""``/reindex`` in Discord."""

import asyncio
import json
from pathlib import Path

import pytest

from retrieval.archive import Archive
from retrieval.index.remembered_sources import RememberedSources, remember_sources
from retrieval.question import Question
from tests.bot.online import BUILD, PATIENCE, Run, is_report, labels, many_releases
from tests.conftest import NEWSROOMS
from tests.loopback import NotOffered

BRIDGE = "How much did the bridge cost?"


def publish_changes(path: Path) -> None:
    """Remove a release, change one, add one, and add one that cannot be read."""
    rows = [dict(row) for row in NEWSROOMS[1:]]
    rows[0]["text"] += "\n\nThe budget for Sunday opening is $410,000 a year."
    rows.append({"id": "park", "title": "New Park on Pier 9", "text": "A park opens in June."})
    lines = [json.dumps(row) for row in rows]
    path.write_text("\n".join([*lines, "{broken"]), encoding="utf-8")


async def test_commands_for_managers_are_hidden_from_members_and_refused_if_forged(
    run: Run, newsrooms_archive: Archive
) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        for name in ("reindex", "unanswered", "settings", "sources"):
            with pytest.raises(NotOffered):
                await it.discord.slash(name, user=it.discord.member)
            forged = await it.discord.slash(name, user=it.discord.member, forged=True)
            assert await forged.acknowledged() < 3
            refusal = await forged.answer()
            assert refusal.text == "Only people who may manage this server can do that."
            assert forged.ephemeral


async def test_the_report_lists_what_changed(run: Run, newsrooms_file: Path) -> None:
    async with run(newsrooms_file) as it:
        await it.indexed()
        publish_changes(newsrooms_file)
        started = await it.discord.slash("reindex", user=it.discord.manager)
        assert await started.acknowledged() < 3
        report = await started.wait_for(is_report, BUILD)
        text = report.text
        assert "4 releases, 7 paragraphs, in " in text
        assert "Unchanged: 2" in text
        assert "**Added: 1**\n- New Park on Pier 9" in text
        assert "**Changed: 1**\n- Library Hours Extended to Sundays" in text
        assert "**Removed: 1**\n- Mayor Opens Rebuilt Harbor Bridge" in text
        assert "**Refused: 1**\n- " in text
        assert r"releases.jsonl\:5: " in text
        assert not report.attachments
        answer = await it.ask("What does Sunday opening cost?")
        assert "$410,000" in answer.text


async def test_what_was_named_on_the_command_line_is_read_as_well(
    run: Run, newsrooms_archive: Archive, newsrooms_file: Path, tmp_path: Path
) -> None:
    """The bot reads what every other build of the index reads."""
    blog = many_releases(tmp_path / "blog.jsonl", 2)
    named = (tmp_path / "named.jsonl",)
    named[0].write_text('{"title": "Zoo Adopts a Tapir", "text": "The zoo has a tapir."}\n')
    remember_sources(newsrooms_archive.data, RememberedSources(named, configured=(newsrooms_file,)))
    async with run(blog, archive=newsrooms_archive) as it:
        await it.indexed()
        report = await it.reindex()
        assert "3 releases" in report.text
        assert "No longer among my sources: releases.jsonl" in report.text
        assert str(tmp_path) not in report.text
        assert "**Added: 3**" in report.text
        assert "**Removed: 4**" in report.text


async def test_a_source_that_is_gone_is_explained(
    run: Run, newsrooms_archive: Archive, newsrooms_file: Path, tmp_path: Path
) -> None:
    gone = RememberedSources(named=(tmp_path / "gone.jsonl",))
    remember_sources(newsrooms_archive.data, gone)
    async with run(newsrooms_file, archive=newsrooms_archive) as it:
        await it.indexed()
        started = await it.discord.slash("reindex", user=it.discord.manager)
        failed = await started.wait_for(lambda each: "no longer there" in each.text, BUILD)
        assert str(tmp_path) not in failed.text
        assert "$48 million" in (await it.ask(BRIDGE)).text


async def test_a_long_report_is_attached_as_a_file(run: Run, newsrooms_file: Path) -> None:
    async with run(newsrooms_file) as it:
        await it.indexed()
        many_releases(newsrooms_file, 30)
        started = await it.discord.slash("reindex", user=it.discord.manager)
        report = await started.wait_for(is_report, BUILD)
        assert report.text.count("- Notice ") == 6
        assert "- …" in report.text
        file = report.attachments[0]
        assert file.filename == "reindexed.txt"
        assert file.text.startswith("Added: 30\n  Notice ")
        assert all(f"  Notice {number} of the Harbor Office\n" in file.text for number in range(30))
        assert "Removed: 4\n" in file.text


async def test_a_failed_build_is_explained(run: Run, newsrooms_file: Path) -> None:
    async with run(newsrooms_file) as it:
        await it.indexed()
        newsrooms_file.write_text("{broken", encoding="utf-8")
        started = await it.discord.slash("reindex", user=it.discord.manager)
        failed = await started.wait_for(lambda each: "no press releases" in each.text, BUILD)
        assert "- releases" in failed.text
        assert "the line is not JSON" in failed.text
        assert failed.text.endswith("The index has not changed.")
        assert "$48 million" in (await it.ask(BRIDGE)).text


async def test_the_old_generation_answers_during_a_build(
    run: Run, newsrooms_file: Path, tmp_path: Path
) -> None:
    async with run(newsrooms_file) as it:
        await it.indexed()
        with newsrooms_file.open("a", encoding="utf-8") as file:
            file.write(many_releases(tmp_path / "more.jsonl", 300).read_text(encoding="utf-8"))
        started = await it.start_reindex(304)
        assert "$48 million" in (await it.ask(BRIDGE)).text
        assert not is_report(started.message), "the build was over too early"

        second = await it.slash("reindex", user=it.discord.administrator)
        starter = it.discord.manager.mention
        assert second.text.startswith(f"{starter} has already started to reindex: indexing, ")
        assert second.pings == ()
        assert (await it.slash("status")).text.splitlines()[-1].startswith("Now: indexing, ")

        report = await started.wait_for(is_report, BUILD)
        assert "304 releases" in report.text


async def test_a_cancelled_build_changes_nothing(run: Run, newsrooms_file: Path) -> None:
    async with run(newsrooms_file) as it:
        await it.indexed()
        many_releases(newsrooms_file, 300)
        started = await it.start_reindex(300)
        assert started.message is not None
        assert labels(started.message) == ["Cancel"]
        forged = await it.click(started.message, "Cancel", user=it.discord.member)
        assert forged.text == "Only people who may manage this server can do that."
        clicked = await it.click(started.message, "Cancel", user=it.discord.administrator)
        assert clicked.text == "I will stop as soon as I can. The index stays as it is."
        stopped = await started.wait_for(lambda each: "Stopped by" in each.text, BUILD)
        who = it.discord.administrator.mention
        assert stopped.text == f"Stopped by {who}. The index has not changed."
        assert "$48 million" in (await it.ask(BRIDGE)).text
        # The vectors are kept, and another build can start at once.
        again = await it.discord.slash("reindex", user=it.discord.manager)
        assert "300 releases" in (await again.wait_for(is_report, BUILD)).text


async def test_a_build_is_reported_after_its_interaction_has_expired(
    run: Run, newsrooms_file: Path
) -> None:
    async with run(newsrooms_file) as it:
        await it.indexed()
        many_releases(newsrooms_file, 300)
        started = await it.start_reindex(300)
        it.discord.clock.advance(16 * 60)
        # The reply cannot be edited any more, so the bot edits the message.
        await it.discord.violated("token-lifetime", BUILD)
        report = await started.wait_for(is_report, BUILD)
        assert "**Added: 300**" in report.text


async def test_shutdown_during_a_build_keeps_the_old_generation(
    run: Run, newsrooms_file: Path, newsrooms_archive: Archive
) -> None:
    async with run(newsrooms_file) as it:
        await it.indexed()
        many_releases(newsrooms_file, 300)
        started = await it.start_reindex(300)
    assert started.message is not None
    assert started.message.text == (
        "Stopped because I am being shut down. The index has not changed."
    )
    assert not (newsrooms_archive.data / "building").exists()
    answer = newsrooms_archive.ask(Question(BRIDGE))
    assert "$48 million" in answer.passages[0].text


async def test_without_an_index_the_bot_is_online_at_once_and_shows_progress(
    run: Run, tmp_path: Path
) -> None:
    async with run(many_releases(tmp_path / "many.jsonl", 120)) as it:
        await it.discord.commands_registered()
        async with asyncio.timeout(BUILD):
            while "of 120 releases" not in (answer := await it.ask("Which pier?")).text:
                assert "reading" in answer.text
        assert answer.text.startswith("I am not ready yet: indexing, ")
        assert await it.discord.autocomplete("release", "title", "x") == []
        assert await it.discord.autocomplete("ask", "newsroom", "x") == []
        await it.indexed()


async def test_shutdown_stops_the_first_build_and_leaves_the_data_folder_usable(
    run: Run, tmp_path: Path
) -> None:
    async with run(many_releases(tmp_path / "many.jsonl", 400)) as it:
        await it.discord.commands_registered()
        async with asyncio.timeout(BUILD):
            while "of 400 releases" not in (await it.ask("Which pier?")).text:
                pass
    assert not (tmp_path / "data" / "building").exists()
    assert not (tmp_path / "data" / "CURRENT").exists()


async def test_a_damaged_index_is_reported_without_details_and_fixed_by_reindex(
    run: Run, newsrooms_file: Path, newsrooms_archive: Archive, tmp_path: Path
) -> None:
    vectors = next((tmp_path / "data" / "generations").glob("*/segments/*/vectors.npy"))
    vectors.write_bytes(vectors.read_bytes()[:-100])
    async with run(newsrooms_file) as it:
        await it.discord.commands_registered()
        answer = await it.ask("Which bridge?")
        assert "I cannot use my index" in answer.text
        assert str(tmp_path) not in answer.text
        started = await it.discord.slash("reindex", user=it.discord.manager)
        await started.wait_for(is_report, BUILD)
        again = await it.discord.slash("ask", {"question": BRIDGE})
        assert "$48 million" in (await again.answer(PATIENCE)).text
