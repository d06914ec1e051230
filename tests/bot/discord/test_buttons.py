"""What the buttons under an answer do, now and after a restart."""

import json
from pathlib import Path

import pytest

from bot.client import VerbatimBot
from retrieval.archive import Archive
from tests.bot.discord.online import PATIENCE, Online, Run, labels
from tests.loopback import LoopbackDiscord, NotOffered

BRIDGE = "How much did the bridge cost?"


async def test_more_passages_come_in_pages_only_to_who_wants_them(
    run: Run, newsrooms_archive: Archive
) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        answer = await it.ask(BRIDGE)
        pressed = await it.discord.click(answer, label="More passages", user=it.discord.manager)
        first = await pressed.answer(PATIENCE)
        assert pressed.ephemeral
        assert first.text.startswith("### Passages 2 to 4 of 8\n")
        turned = await it.click(first, "▶", user=it.discord.manager)
        assert turned.id == first.id
        assert turned.text.startswith("### Passages 5 to 7 of 8\n")
        last = await it.click(turned, "▶", user=it.discord.manager)
        assert last.text.startswith("### Passages 8 to 8 of 8\n")
        with pytest.raises(NotOffered, match="disabled"):
            await it.discord.click(last, label="▶", user=it.discord.manager)
        assert it.discord.current(answer).text == answer.text


async def test_in_context_shows_the_paragraph_among_its_neighbours(
    run: Run, newsrooms_archive: Archive
) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        answer = await it.ask(BRIDGE)
        context = await it.click(answer, "In context")
        lines = context.text.splitlines()
        assert lines[1].startswith("HARBOR CITY — Mayor Ada Quill")
        assert lines[2].startswith("> The bridge cost $48 million")
        assert lines[3].startswith("“This bridge belongs")
        assert lines[4] == "-# March 18, 2024 · www.harbor.example · paragraph 2 of 3"
        whole = await it.click(context, "Whole release")
        assert whole.text.startswith("### Mayor Opens Rebuilt Harbor Bridge\nHARBOR CITY")


async def test_a_whole_release_comes_in_pages_only_to_who_asked_for_it(
    run: Run, tmp_path: Path
) -> None:
    paragraphs = [f"Paragraph {n}. " + f"The pier {n} was closed. " * 30 for n in range(1, 13)]
    row = {"title": "Piers of the Harbor", "text": "\n\n".join(paragraphs), "date": "2024-01-01"}
    (tmp_path / "long.jsonl").write_text(json.dumps(row), encoding="utf-8")
    async with run(tmp_path / "long.jsonl") as it:
        await it.indexed()
        answer = await it.ask("Which pier was closed?")
        label = "Whole release"
        pressed = await it.discord.click(answer, label=label, user=it.discord.manager)
        page = await pressed.answer(PATIENCE)
        assert pressed.ephemeral
        seen = [page.text]
        while not page.button("▶").disabled:
            page = await it.click(page, "▶", user=it.discord.manager)
            seen.append(page.text)
        assert [text.splitlines()[-1].rsplit(" · ")[-1] for text in seen] == [
            f"page {n} of {len(seen)}" for n in range(1, len(seen) + 1)
        ]
        assert len(seen) > 2
        read = "\n".join(seen)
        assert all(f"Paragraph {n}." in read for n in range(1, 13))
        assert (await it.click(page, "◀", user=it.discord.manager)).text == seen[-2]


async def test_a_private_answer_can_be_shared_once_it_is_worth_it(
    run: Run, newsrooms_archive: Archive
) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        asked = await it.discord.slash("ask", {"question": BRIDGE, "private": True})
        answer = await asked.answer(PATIENCE)
        pressed = await it.discord.click(answer, label="Share")
        shared = await pressed.followup(within=PATIENCE)
        assert not shared.ephemeral
        assert shared.pings == ()
        head, best = shared.text.split("\n", 1)
        assert head == f"-# {it.discord.member.mention} asked: {BRIDGE}"
        assert best.startswith("> **The bridge cost $48 million")
        assert "Share" not in labels(shared)
        more = await it.click(shared, "More passages", user=it.discord.manager)
        assert more.text.startswith("### Passages 2 to 4 of 8")


async def test_who_finds_an_answer_helpful_says_so_and_why_not_is_asked(
    run: Run, newsrooms_archive: Archive
) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        answer = await it.ask(BRIDGE)
        assert "noted" in (await it.click(answer, "Helpful")).text
        pressed = await it.discord.click(answer, label="Not helpful")
        await pressed.acknowledged()
        sent = await it.discord.submit_modal(pressed, {"reason": "That was the old bridge."})
        assert "noted" in (await sent.answer(PATIENCE)).text
        # Somebody else has a word of their own, and need not say why.
        other = await it.discord.click(answer, label="Not helpful", user=it.discord.manager)
        await other.acknowledged()
        await (await it.discord.submit_modal(other, {})).answer(PATIENCE)
        assert verdicts(it.bot) == [(0, None), (0, "That was the old bridge.")]
        stored = rows(it.bot, "SELECT question, answered, generation, passages, asker FROM answer")
        question, answered, generation, passages, asker = stored[0]
        assert (question, answered, asker) == (BRIDGE, 1, None)
        assert generation == newsrooms_archive.index.manifest.generation
        assert json.loads(passages)[0]["release"] == "bridge"


async def test_names_are_kept_only_where_the_settings_say_so(
    run: Run, newsrooms_archive: Archive
) -> None:
    async with run(archive=newsrooms_archive, keep_names=True) as it:
        await it.indexed()
        await it.ask(BRIDGE)
        assert rows(it.bot, "SELECT asker FROM answer") == [(it.discord.member.id,)]


async def test_buttons_go_on_after_a_restart(run: Run, newsrooms_archive: Archive) -> None:
    # One Discord, and one bot after another.
    async with Restarting(run, newsrooms_archive) as both:
        it = await both.start()
        answer = await it.ask(BRIDGE)
        listed = await it.slash("releases")
        await it.bot.close()
        it = await both.start()
        assert "Passages 2 to 4" in (await it.click(answer, "More passages")).text
        assert "paragraph 2 of 3" in (await it.click(answer, "In context")).text
        assert "HARBOR CITY" in (await it.click(answer, "Whole release")).text
        assert "noted" in (await it.click(answer, "Helpful")).text
        picked = await it.choose(listed, "Read a whole release", key_of(it, "library"))
        assert "Sundays" in picked.text


async def test_buttons_go_on_over_a_new_generation_where_the_text_is_the_same(
    run: Run, newsrooms_file: Path
) -> None:
    async with run(newsrooms_file) as it:
        await it.indexed()
        answer = await it.ask(BRIDGE)
        before = newsrooms_file.read_text(encoding="utf-8")
        # A paragraph before it moves the quoted one from second to third place.
        newsrooms_file.write_text(
            before.replace("HARBOR CITY", "A new beginning.\\n\\nHARBOR CITY")
        )
        await reindex(it)
        context = await it.click(answer, "In context")
        assert "> The bridge cost $48 million" in context.text
        assert "paragraph 3 of 4" in context.text


async def test_what_is_gone_is_said_kindly(run: Run, newsrooms_file: Path) -> None:
    async with run(newsrooms_file) as it:
        await it.indexed()
        answer = await it.ask(BRIDGE)
        before = newsrooms_file.read_text(encoding="utf-8")
        newsrooms_file.write_text(before.replace("$48 million", "$49 million"), encoding="utf-8")
        await reindex(it)
        assert (await it.click(answer, "In context")).text == (
            "That release has been changed since I quoted it. Ask again."
        )
        newsrooms_file.write_text(before.split("\n", 1)[1], encoding="utf-8")
        await reindex(it)
        gone = "That release is not among those that I have read any more."
        assert (await it.click(answer, "In context")).text == gone
        assert (await it.click(answer, "Whole release")).text == gone
        more = await it.click(answer, "More passages")
        assert "-# Some have been changed since, or are not published any more." in more.text
        it.bot.services.state.database.write("DELETE FROM answer")
        for label in ("More passages", "Helpful"):
            assert "forgotten" in (await it.click(answer, label)).text


@pytest.mark.parametrize(
    "custom_id", ["v1:more:1", "v1:more:x:1:0", "v0:more:1:1:0", "v1:else:1", "mine", "v1:stop"]
)
async def test_a_press_that_means_nothing_changes_nothing(
    run: Run, newsrooms_archive: Archive, custom_id: str
) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        answer = await it.ask(BRIDGE)
        pressed = await it.discord.click(answer, custom_id, forged=True)
        if custom_id == "v1:stop":
            refusal = await pressed.answer()
            assert refusal.text == "Only people who may manage this server can do that."
        else:
            await it.slash("status")  # by then the press has been handled
            assert pressed.response is None
        assert it.discord.current(answer).text == answer.text


class Restarting:
    """One Discord on which one bot comes after another."""

    def __init__(self, run: Run, archive: Archive) -> None:
        self._run, self._archive = run, archive
        self._discord = LoopbackDiscord()
        self._bots: list[object] = []

    async def __aenter__(self) -> "Restarting":
        await self._discord.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        for bot in reversed(self._bots):
            await bot.__aexit__(None, None, None)  # type: ignore[attr-defined]
        await self._discord.__aexit__(*error)  # type: ignore[arg-type]

    async def start(self) -> Online:
        bot = self._run(archive=self._archive, on=self._discord)
        self._bots.append(bot)
        it = await bot.__aenter__()
        await it.indexed()
        return it


async def reindex(it: Online) -> None:
    started = await it.discord.slash("reindex", user=it.discord.manager)
    await started.wait_for(lambda message: message.text.startswith("### Reindexed"), 60)


def key_of(it: Online, id: str) -> str:
    from retrieval.text.keys import release_key

    return release_key(id)


def rows(bot: VerbatimBot, query: str) -> list[tuple[object, ...]]:
    return bot.services.state.database.read(query)


def verdicts(bot: VerbatimBot) -> list[tuple[object, ...]]:
    return rows(bot, "SELECT helpful, reason FROM verdict ORDER BY reason")
