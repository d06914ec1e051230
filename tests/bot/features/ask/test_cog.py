"""``/ask`` and "Find the source" in Discord."""

import re

import pytest

from retrieval.archive import Archive
from tests.bot.online import PATIENCE, Run, labels
from tests.conftest import SAMPLE_TITLE, SEEDS

BRIDGE = "How much did the bridge cost?"


def strict(archive: Archive) -> Archive:
    """The same archive, in which no passage is sure enough to be an answer."""
    return Archive(archive.data, archive.encoder, archive.reranker, threshold=1.0)


async def test_an_answer_quotes_the_right_paragraph_and_cites_it(run: Run) -> None:
    async with run() as it:
        await it.indexed()
        asked = await it.discord.slash(
            "ask", {"question": "What legislation did Takano introduce?"}
        )
        assert await asked.acknowledged() < 3
        answer = await asked.answer(PATIENCE)
        question, best = answer.text.split("\n", 1)
        assert question == "-# What legislation did Takano introduce?"
        assert best.replace("__", "").startswith(
            "> **Congressman Takano introduced legislation to prohibit federal"
        )
        assert f"**{SAMPLE_TITLE}**" in best
        assert "September 8, 2025 · paragraph 6" in best
        assert SEEDS.name in best
        assert answer.pings == ()
        assert not asked.ephemeral


async def test_the_answering_sentence_is_bold_its_words_underlined_and_a_button_opens_the_passage(
    run: Run, newsrooms_archive: Archive
) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        answer = await it.ask(BRIDGE)
        assert re.search(r"> \*\*[^*]*__[^_*]*\$48 million[^_*]*__[^*]*\*\* It", answer.text)
        assert "> **The bridge cost $48 million and carries 31,000 vehicles a day.** It" in (
            answer.text.replace("__", "")
        )
        opens = answer.button("Open the passage").url
        assert opens is not None
        assert opens.startswith("https://www.harbor.example/news/bridge#:~:text=The%20bridge")


async def test_a_weak_passage_is_not_shown_beside_the_one_that_answers(
    run: Run, newsrooms_archive: Archive
) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        answer = await it.ask(BRIDGE)
        assert answer.text.count("> ") == 1
        assert "More passages" in labels(answer)


async def test_what_no_release_says_gets_the_closest_passages_as_such(
    run: Run, newsrooms_archive: Archive
) -> None:
    async with run(archive=strict(newsrooms_archive)) as it:
        await it.indexed()
        answer = await it.ask(BRIDGE)
        lines = answer.text.splitlines()
        assert lines[1] == "### Nothing published says that."
        assert lines[2] == "The closest passage is about “Mayor Opens Rebuilt Harbor Bridge”:"
        quoted = [line for line in lines if line.startswith(">")]
        assert 1 <= len(quoted) <= 3
        assert not [line for line in quoted if "**" in line]
        assert lines[-1].endswith("or look through /releases.")
        more = await it.click(answer, "More passages")
        assert more.text.startswith("### Passages 2 to")
        assert "likely to answer" not in more.text


async def test_a_shared_answer_still_says_that_it_is_none(
    run: Run, newsrooms_archive: Archive
) -> None:
    async with run(archive=strict(newsrooms_archive)) as it:
        await it.indexed()
        private = await it.slash("ask", {"question": BRIDGE, "private": True})
        clicked = await it.discord.click(private, label="Share")
        shared = await clicked.followup(within=PATIENCE)
        assert "### Nothing published says that.\nThe closest passage is about" in shared.text


async def test_a_question_about_something_else_gets_advice_alone(
    run: Run, newsrooms_archive: Archive
) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        answer = await it.ask("What is the capital of Mongolia?")
        _, nothing, advice = answer.text.splitlines()
        assert nothing == "### Nothing published answers this."
        assert advice.startswith("-# Ask about what the press releases report")
        assert labels(answer) == ["Helpful", "Not helpful"]


async def test_a_private_answer_is_shown_to_the_user_alone(run: Run) -> None:
    async with run() as it:
        await it.indexed()
        asked = await it.discord.slash("ask", {"question": "What is CECOT?", "private": True})
        await asked.answer(PATIENCE)
        assert asked.ephemeral


async def test_dates_and_newsroom_narrow_the_search(run: Run, newsrooms_archive: Archive) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        options = {"question": "Who froze the fares?", "since": "2025-01-01", "newsroom": "coast"}
        answer = await it.slash("ask", options)
        assert "**Ferry Fares Frozen Until 2026**" in answer.text
        assert "Harbor Bridge" not in answer.text
        nothing = await it.slash("ask", {"question": "Who froze the fares?", "until": "2020"})
        assert "No release matches these dates" in nothing.text


async def test_a_quoted_phrase_that_stands_nowhere_is_named_as_the_reason(run: Run) -> None:
    async with run() as it:
        await it.indexed()
        answer = await it.slash("ask", {"question": 'Who said "violated the weather"?'})
        assert "No paragraph that was searched contains the quoted words." in answer.text
        assert "Ask without quotation marks" in answer.text


async def test_dates_and_newsrooms_are_suggested(run: Run, newsrooms_archive: Archive) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        months = await it.discord.autocomplete("ask", "since", "MONTH")
        assert [each["name"].split(" (")[0] for each in months] == ["this month", "last month"]
        assert all(each["value"].endswith("-01") for each in months)
        ends = await it.discord.autocomplete("ask", "until", "last year")
        assert [each["value"][5:] for each in ends] == ["12-31"]
        names = await it.discord.autocomplete("ask", "newsroom", "coa")
        assert names == [{"name": "coast.example", "value": "coast.example"}]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (
            {"question": "When?", "since": "whenever"},
            "“whenever” is neither a date like 2025-09-08",
        ),
        ({"question": "When?", "newsroom": "nobody"}, "no newsroom is called “nobody”"),
        ({"question": "???"}, "The question has no words"),
        ({"question": "a" * 5000}, "The question has 5,000 characters"),
        ({"question": "x", "since": "y" * 3000}, "… ” is neither a date"),
        ({"question": "x", "newsroom": "y" * 3000}, "The newsrooms are: "),
        ({"question": "x", "since": "2025-02-01", "until": "2025-01-01"}, "Swap the two dates"),
        ({"question": "x", "newsroom": "@everyone <@1>"}, "“\\@\u200beveryone \\<\\@1\\>”"),
    ],
)
async def test_an_invalid_question_is_explained_in_a_sentence(
    run: Run, newsrooms_archive: Archive, options: dict[str, str], expected: str
) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        # Forged, because Discord's client does not let users send some of these.
        answer = await it.slash("ask", options, forged=True)
        assert expected.lower().replace("… ”", "") in answer.text.lower()
        assert "\n" not in answer.text
        assert answer.pings == ()


async def test_the_source_of_a_message_is_found_and_can_be_shared(
    run: Run, newsrooms_archive: Archive
) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        sent = await it.discord.send(
            "They say the bridge cost $48 million and carries 31,000 vehicles a day!"
        )
        sought = await it.discord.context_menu("Find the source", sent)
        found = await sought.answer(PATIENCE)
        assert sought.ephemeral
        assert found.text.startswith("### Published, in these words\n> **The bridge cost $48")
        quoted = await it.discord.context_menu("Find the source", await it.ask(BRIDGE))
        assert (await quoted.answer(PATIENCE)).text.startswith("### Published, in these words")
        rubbish = await it.discord.send("lol same")
        nothing = await (await it.discord.context_menu("Find the source", rubbish)).answer(PATIENCE)
        assert nothing.text.startswith("### No release says this.")
        empty = await it.discord.send("<@1> 🎉")
        refused = await (await it.discord.context_menu("Find the source", empty)).answer(PATIENCE)
        assert "no words" in refused.text
