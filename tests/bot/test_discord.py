"""The bot end to end: the real discord.py client on a loopback Discord, the real model."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import discord as discordpy
import pytest

from bot.client import VerbatimBot, build_bot
from bot.settings import Settings
from retrieval.archive import Archive
from retrieval.question import Question
from tests.conftest import NEWSROOMS, SAMPLE_TITLE, SEEDS
from tests.loopback import Interaction, LoopbackDiscord, Message, NotOffered

MESSAGE_CONTENT = 1 << 15
BUILD = 60.0  # seconds that a first index may take on a busy machine


@dataclass
class Running:
    """A bot that is online, and the Discord that it is in."""

    discord: LoopbackDiscord
    bot: VerbatimBot

    async def indexed(self) -> None:
        """Wait until the archive answers and no build is under way."""
        async with asyncio.timeout(BUILD):
            while True:
                status = await (await self.discord.slash("status")).answer()
                if status.embeds and "Now" not in field_values(status):
                    return

    async def in_the_midst_of_a_reindex(self, total: int) -> Interaction:
        """Let a manager start one, and wait until it shows that it embeds ``total`` releases."""
        started = await self.discord.slash("reindex", user=self.discord.manager)
        await started.wait_for(lambda message: f"of {total} releases" in message.content, BUILD)
        return started


def field_values(message: Message) -> dict[str, str]:
    """The fields of a message's embed, by name."""
    return {field["name"]: field["value"] for field in message.embeds[0]["fields"]}


Run = Callable[..., AbstractAsyncContextManager[Running]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Start a bot over some sources (the sample releases by default)."""

    @asynccontextmanager
    async def start(*sources: Path, data: Path | None = None) -> AsyncIterator[Running]:
        settings = Settings(releases=sources or (SEEDS,), data=data or tmp_path / "data")
        async with LoopbackDiscord() as discord:
            bot = build_bot(settings, connector=discord.connector)
            running = asyncio.create_task(bot.start(discord.token))
            try:
                await discord.ready()
                await discord.commands_registered()
                yield Running(discord, bot)
            finally:
                await bot.close()
                await running

    return start


def many_releases(path: Path, count: int) -> Path:
    """A file of ``count`` different releases, enough to catch the bot while it reads them."""
    rows = (
        {
            "title": f"Notice {number} of the Harbor Office",
            "date": "2024-01-01",
            "text": "\n\n".join(
                f"Notice {number}, part {part}: pier {number * 7 + part} is closed for repairs "
                "until the crane has been inspected, the deck relaid and the lamps replaced."
                for part in range(4)
            ),
        }
        for number in range(count)
    )
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def break_file(path: Path) -> None:
    """Leave not one release that can be read."""
    path.write_text("{broken", encoding="utf-8")


def publish_changes(path: Path) -> None:
    """One release less, one changed, one more, and one that cannot be read."""
    rows = [dict(row) for row in NEWSROOMS[1:]]
    rows[0]["text"] += "\n\nThe budget for Sunday opening is $410,000 a year."
    rows.append({"id": "park", "title": "New Park on Pier 9", "text": "A park opens in June."})
    lines = [json.dumps(row) for row in rows]
    path.write_text("\n".join([*lines, "{broken"]), encoding="utf-8")


async def test_an_answer_quotes_the_right_paragraph_and_cites_it(run: Run) -> None:
    async with run() as it:
        await it.indexed()
        asked = await it.discord.slash(
            "ask", {"question": "What legislation did Takano introduce?"}
        )
        assert await asked.acknowledged() < 3
        answer = await asked.answer()
        best = answer.embeds[0]
        assert best["title"] == SAMPLE_TITLE
        assert "legislation to prohibit federal funding to the CECOT prison" in best["description"]
        assert best["description"].startswith("> ")
        assert "September 8, 2025" in best["footer"]["text"]
        assert "paragraph 6" in best["footer"]["text"]
        assert SEEDS.name in best["footer"]["text"]
        assert answer.pings == ()
        assert not asked.ephemeral


async def test_the_answering_sentence_is_bold_and_a_button_opens_the_passage(
    run: Run, newsrooms_file: Path
) -> None:
    async with run(newsrooms_file) as it:
        await it.indexed()
        asked = await it.discord.slash("ask", {"question": "How much did the bridge cost?"})
        answer = await asked.answer()
        assert "**The bridge cost $48 million" in answer.embeds[0]["description"]
        assert answer.embeds[0]["url"] == "https://www.harbor.example/news/bridge"
        first = answer.buttons[0]
        assert first.url is not None
        assert first.url.startswith("https://www.harbor.example/news/bridge#:~:text=The%20bridge")
        # Discord shows one embed only for several with the same address.
        addresses = [embed["url"] for embed in answer.embeds if "url" in embed]
        assert len(addresses) == len(set(addresses))


async def test_a_private_answer_is_seen_by_the_asker_only(run: Run) -> None:
    async with run() as it:
        await it.indexed()
        asked = await it.discord.slash("ask", {"question": "What is CECOT?", "private": True})
        await asked.answer()
        assert asked.ephemeral


async def test_dates_and_newsroom_narrow_the_search(run: Run, newsrooms_file: Path) -> None:
    async with run(newsrooms_file) as it:
        await it.indexed()
        options = {"question": "Who froze the fares?", "since": "2025-01-01", "newsroom": "coast"}
        answer = await (await it.discord.slash("ask", options)).answer()
        assert {embed["title"] for embed in answer.embeds} == {"Ferry Fares Frozen Until 2026"}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"question": "When?", "since": "yesterday"}, "'yesterday' is not a date like 2025-09-08"),
        ({"question": "When?", "newsroom": "nobody"}, "no newsroom is called 'nobody'"),
        ({"question": "???"}, "The question has no words"),
        ({"question": "a" * 5000}, "The question has 5,000 characters"),
        ({"question": "x", "since": "y" * 3000}, "y…' is not a date like 2025-09-08"),
        ({"question": "x", "newsroom": "y" * 3000}, "y…'"),
        ({"question": "x", "since": "2025-02-01", "until": "2025-01-01"}, "Swap the two dates"),
    ],
)
async def test_a_bad_question_gets_one_clear_sentence(
    run: Run, newsrooms_file: Path, options: dict[str, str], said: str
) -> None:
    async with run(newsrooms_file) as it:
        await it.indexed()
        # Forged: Discord's own client would not let some of these through.
        answer = await (await it.discord.slash("ask", options, forged=True)).answer()
        assert said.lower() in answer.content.lower()
        assert "\n" not in answer.content
        assert not answer.embeds


async def test_it_says_so_when_nothing_published_answers(run: Run) -> None:
    async with run() as it:
        await it.indexed()
        asked = await it.discord.slash("ask", {"question": "What is the capital of Mongolia?"})
        answer = await asked.answer()
        assert "Nothing published answers this." in answer.content
        assert "nearest passages" in answer.content
        assert "**" not in answer.embeds[0]["description"]


async def test_releases_lists_the_newest_first(run: Run, newsrooms_file: Path) -> None:
    async with run(newsrooms_file) as it:
        await it.indexed()
        listed = (await (await it.discord.slash("releases")).answer()).embeds[0]
        lines = listed["description"].split("\n\n")
        assert [line.split("](")[0].strip("[*") for line in lines] == [
            "Ferry Fares Frozen Until 2026",
            "Library Hours Extended to Sundays",
            "Mayor Opens Rebuilt Harbor Bridge",
            f"{NEWSROOMS[3]['title']}**\nundated",
        ]
        assert listed["footer"]["text"] == "4 of 4, newest first"
        found = await (await it.discord.slash("releases", {"search": "LIBRARY"})).answer()
        assert "Library Hours" in found.embeds[0]["description"]
        assert "Ferry" not in found.embeds[0]["description"]
        none = await (await it.discord.slash("releases", {"since": "2030-01-01"})).answer()
        assert none.content == "No release matches."


async def test_releases_lists_the_sample(run: Run) -> None:
    async with run() as it:
        await it.indexed()
        listed = await (await it.discord.slash("releases")).answer()
        assert SAMPLE_TITLE in listed.embeds[0]["description"]


async def test_status_tells_size_age_and_model(run: Run, newsrooms_file: Path) -> None:
    async with run(newsrooms_file) as it:
        await it.indexed()
        fields = field_values(await (await it.discord.slash("status")).answer())
        assert fields["Releases"] == "4"
        assert fields["Paragraphs"] == "8"
        assert fields["Published"] == "March 18, 2024 to January 9, 2025"
        assert "all-MiniLM-L6-v2" in fields["Model"]
        assert "coast.example (1)" in fields["Newsrooms"]


async def test_reindex_is_hidden_from_members_and_refused_to_a_forged_call(run: Run) -> None:
    async with run() as it:
        await it.indexed()
        with pytest.raises(NotOffered):
            await it.discord.slash("reindex", user=it.discord.member)
        forged = await it.discord.slash("reindex", user=it.discord.member, forged=True)
        assert await forged.acknowledged() < 3
        refusal = await forged.answer()
        assert refusal.content == "Only people who may manage this server can do that."


async def test_a_manager_is_told_why_a_reindex_failed(run: Run, newsrooms_file: Path) -> None:
    async with run(newsrooms_file) as it:
        await it.indexed()
        break_file(newsrooms_file)
        started = await it.discord.slash("reindex", user=it.discord.manager)
        done = await started.wait_for(lambda message: "no press release" in message.content, BUILD)
        assert done.content.endswith("Everything is as it was.")
        asked = await it.discord.slash("ask", {"question": "How much did the bridge cost?"})
        assert "$48 million" in (await asked.answer()).embeds[0]["description"]


async def test_a_manager_reindexes_and_is_told_what_changed(run: Run, newsrooms_file: Path) -> None:
    async with run(newsrooms_file) as it:
        await it.indexed()
        publish_changes(newsrooms_file)
        started = await it.discord.slash("reindex", user=it.discord.manager)
        assert await started.acknowledged() < 3
        done = await started.wait_for(lambda message: bool(message.embeds), BUILD)
        fields = field_values(done)
        assert fields["Added"] == "1"
        assert fields["Changed"] == "1"
        assert fields["Removed"] == "1"
        assert fields["Unchanged"] == "2"
        assert fields["Refused"] == "1"
        assert "releases.jsonl:5" in fields["Not read"]
        assert done.content == ""

        asked = await it.discord.slash("ask", {"question": "What does Sunday opening cost?"})
        assert "$410,000" in (await asked.answer()).embeds[0]["description"]


async def test_a_build_of_over_a_quarter_of_an_hour_is_reported_all_the_same(
    run: Run, newsrooms_file: Path
) -> None:
    async with run(newsrooms_file) as it:
        await it.indexed()
        many_releases(newsrooms_file, 300)
        started = await it.in_the_midst_of_a_reindex(300)
        it.discord.clock.advance(16 * 60)
        await it.discord.violated("token-lifetime", BUILD)  # it tried, and then took another way
        done = await started.wait_for(lambda message: bool(message.embeds), BUILD)
        assert field_values(done)["Added"] == "300"


async def test_closing_in_the_midst_of_a_reindex_keeps_what_was_served(
    run: Run, newsrooms_file: Path, newsrooms_archive: Archive
) -> None:
    async with run(newsrooms_file) as it:
        await it.indexed()
        many_releases(newsrooms_file, 300)
        await it.in_the_midst_of_a_reindex(300)
    assert not (newsrooms_archive.data / "building").exists()
    answer = newsrooms_archive.ask(Question("How much did the bridge cost?"))
    assert "$48 million" in answer.passages[0].text


async def test_answers_come_from_the_old_generation_while_a_new_one_is_built(
    run: Run, newsrooms_file: Path, tmp_path: Path
) -> None:
    async with run(newsrooms_file) as it:
        await it.indexed()
        with newsrooms_file.open("a", encoding="utf-8") as file:
            file.write(many_releases(tmp_path / "more.jsonl", 300).read_text(encoding="utf-8"))
        started = await it.in_the_midst_of_a_reindex(304)

        asked = await it.discord.slash("ask", {"question": "How much did the bridge cost?"})
        answer = await asked.answer()
        assert "$48 million" in answer.embeds[0]["description"]
        assert not started.message or not started.message.embeds, "the build was over too early"

        second = await it.discord.slash("reindex", user=it.discord.administrator)
        assert "already" in (await second.answer()).content

        done = await started.wait_for(lambda message: bool(message.embeds), BUILD)
        assert "304 releases" in done.embeds[0]["description"]


async def test_without_an_index_it_is_online_at_once_and_says_how_far_it_is(
    run: Run, tmp_path: Path
) -> None:
    async with run(many_releases(tmp_path / "many.jsonl", 120)) as it:
        async with asyncio.timeout(BUILD):
            while True:
                answer = await (await it.discord.slash("ask", {"question": "Which pier?"})).answer()
                if "of 120 releases" in answer.content:
                    break
                assert "reading" in answer.content
        assert answer.content.startswith("I am still indexing, ")
        await it.indexed()


async def test_a_mention_is_answered_with_a_reply_that_pings_nobody(run: Run) -> None:
    async with run() as it:
        await it.indexed()
        said = await it.discord.mention("What is CECOT?", user=it.discord.member)
        reply = await said.reply()
        assert reply.reference == said.message.id
        assert not reply.pings_author
        assert reply.pings == ()
        assert "CECOT" in reply.embeds[0]["description"]


async def test_a_mention_without_a_question_is_told_how_to_ask(run: Run) -> None:
    async with run() as it:
        reply = await (await it.discord.mention("")).reply()
        assert reply.content.startswith("Ask me something about the press releases")


async def test_a_direct_message_is_a_question(run: Run) -> None:
    async with run() as it:
        await it.indexed()
        reply = await (await it.discord.say("What is CECOT?", channel="dm")).reply()
        assert reply.embeds[0]["title"] == SAMPLE_TITLE


async def test_a_message_to_others_causes_no_request(run: Run) -> None:
    async with run() as it:
        await it.indexed()
        before = len(it.discord.requests)
        await it.discord.say("I wonder what CECOT is")
        # An answered question proves that the message before it has been handled.
        await (await it.discord.slash("status")).answer()
        paths = [request.path for request in it.discord.requests[before:]]
        assert not [path for path in paths if "/channels/" in path]


async def test_no_privileged_intent_is_asked_for(run: Run) -> None:
    async with run() as it:
        assert not it.discord.intents & MESSAGE_CONTENT
        privileged = discordpy.Intents.all().value & ~discordpy.Intents.default().value
        assert not it.discord.intents & privileged


async def test_a_damaged_index_is_said_without_details_and_mended_by_reindex(
    run: Run, newsrooms_file: Path, newsrooms_archive: object, tmp_path: Path
) -> None:
    vectors = next((tmp_path / "data" / "generations").glob("*/vectors.npy"))
    vectors.write_bytes(vectors.read_bytes()[:-100])
    async with run(newsrooms_file) as it:
        answer = await (await it.discord.slash("ask", {"question": "Which bridge?"})).answer()
        assert "Something went wrong on my side" in answer.content
        assert str(tmp_path) not in answer.content
        started = await it.discord.slash("reindex", user=it.discord.manager)
        await started.wait_for(lambda message: bool(message.embeds), BUILD)
        asked = await it.discord.slash("ask", {"question": "How much did the bridge cost?"})
        assert "$48 million" in (await asked.answer()).embeds[0]["description"]


async def test_closing_stops_a_build_and_leaves_the_data_folder_usable(
    run: Run, tmp_path: Path
) -> None:
    many = many_releases(tmp_path / "many.jsonl", 400)
    async with run(many) as it:
        async with asyncio.timeout(BUILD):
            while (
                "of 400 releases"
                not in (
                    await (await it.discord.slash("ask", {"question": "Which pier?"})).answer()
                ).content
            ):
                pass
    assert not (tmp_path / "data" / "building").exists()
    assert not (tmp_path / "data" / "CURRENT").exists()
