"""``/releases`` and ``/release`` in Discord."""

import json
from pathlib import Path

from retrieval.archive import Archive
from retrieval.text.keys import release_key
from tests.bot.online import PATIENCE, Run, labels, many_releases
from tests.conftest import NEWSROOMS, SAMPLE_TITLE

BRIDGE = "How much did the bridge cost?"


async def test_releases_are_listed_newest_first_with_a_summary(
    run: Run, newsrooms_archive: Archive
) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        listed = await it.slash("releases")
        lines = listed.text.splitlines()
        assert lines[0] == "### Releases"
        assert lines[1::3][:4] == [
            "[Ferry Fares Frozen Until 2026](<https://coast.example/releases/ferry>)",
            "[Library Hours Extended to Sundays](<https://www.harbor.example/news/library>)",
            "[Mayor Opens Rebuilt Harbor Bridge](<https://www.harbor.example/news/bridge>)",
            f"**{NEWSROOMS[3]['title']}**",
        ]
        assert lines[2::3][:4] == [
            "-# January 9, 2025 · coast.example",
            "-# May 2, 2024 · www.harbor.example",
            "-# March 18, 2024 · www.harbor.example",
            "-# undated",
        ]
        assert lines[3] == "The Coast Authority will not raise ferry fares before January 2026."
        assert lines[-1] == "-# 1 to 4 of 4, newest first"


async def test_releases_are_searched_and_filtered(run: Run, newsrooms_archive: Archive) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        found = await it.slash("releases", {"search": "LIBRARY"})
        assert "Library Hours" in found.text
        assert "Ferry" not in found.text
        spring = await it.slash("releases", {"since": "March 2024", "until": "May 2024"})
        assert "1 to 2 of 2" in spring.text
        coast = await it.slash("releases", {"newsroom": "coast"})
        assert "1 to 1 of 1" in coast.text
        none = await it.slash("releases", {"since": "2030-01-01"})
        assert none.text == "No release matches. Try fewer words or other dates."


async def test_a_list_turns_in_place_and_other_users_get_a_copy(run: Run, tmp_path: Path) -> None:
    async with run(many_releases(tmp_path / "many.jsonl", 20)) as it:
        await it.indexed()
        first = await it.slash("releases", {"search": "Notice: of \n office".replace(":", "")})
        assert "1 to 7 of 20" in first.text
        assert first.button("◀").disabled
        second = await it.click(first, "▶")
        assert second.id == first.id
        assert "8 to 14 of 20" in second.text
        clicked = await it.discord.click(second, label="▶", user=it.discord.manager)
        copy = await clicked.answer(PATIENCE)
        assert clicked.ephemeral
        assert "15 to 20 of 20" in copy.text
        assert copy.button("▶").disabled
        assert "8 to 14" in it.discord.current(first).text
        back = await it.click(copy, "◀", user=it.discord.manager)
        assert (back.id, "8 to 14" in back.text) == (copy.id, True)


async def test_the_next_page_keeps_search_dates_and_newsroom(run: Run, tmp_path: Path) -> None:
    rows = [
        {
            "id": f"{room}{number}",
            "title": f"Pier: {number}",
            "date": f"2024-0{1 + number % 9}-01",
            "newsroom": room,
            "text": f"Pier {number} of {room} is closed for a week, until the crane is there.",
        }
        for room in ("a.example", "b.example")
        for number in range(30)
    ]
    file = tmp_path / "piers.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    async with run(file) as it:
        await it.indexed()
        options = {
            "search": "pier:",
            "since": "2024-02-01",
            "until": "2024-06-30",
            "newsroom": "b.ex",
        }
        page = await it.slash("releases", options)
        assert "1 to 7 of 17" in page.text
        page = await it.click(page, "▶")
        assert "8 to 14 of 17" in page.text
        assert "a.example" not in page.text


async def test_a_release_is_shown_by_its_suggested_title(
    run: Run, newsrooms_archive: Archive
) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        inside = await it.discord.autocomplete("release", "title", "idge")
        misspelled = await it.discord.autocomplete("release", "title", "habor brigde")
        assert inside == misspelled
        assert [each["name"] for each in inside] == ["Mayor Opens Rebuilt Harbor Bridge"]
        newest = await it.discord.autocomplete("release", "title", " ")
        assert newest[0]["name"] == "Ferry Fares Frozen Until 2026"
        asked = await it.discord.slash("release", {"title": inside[0]["value"]})
        whole = await asked.answer(PATIENCE)
        assert asked.ephemeral
        assert all(part in whole.text for part in NEWSROOMS[0]["text"].split("\n\n"))
        assert whole.button("Open the page").url == NEWSROOMS[0]["url"]


async def test_an_ambiguous_title_shows_a_menu(run: Run, newsrooms_archive: Archive) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        several = await it.slash("release", {"title": "harbor"})
        assert several.text.startswith("Several releases match")
        picked = await it.choose(several, "Read a whole release", release_key("undated"))
        assert picked.text.startswith("### Harbor Seal Count Volunteers Wanted")
        none = await it.slash("release", {"title": "zzzzzz"})
        assert none.text == "No release has a title like that."
        gone = await it.slash("release", {"title": "0123456789ab"})
        assert gone.text == "That release is no longer in the index."


async def test_the_sample_is_listed(run: Run) -> None:
    async with run() as it:
        await it.indexed()
        listed = await it.slash("releases")
        assert SAMPLE_TITLE in listed.text
        assert labels(listed) == []


async def test_in_context_shows_the_paragraph_between_its_neighbours(
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


async def test_a_whole_release_is_shown_in_pages_to_the_user_alone(
    run: Run, tmp_path: Path
) -> None:
    paragraphs = [f"Paragraph {n}. " + f"The pier {n} was closed. " * 30 for n in range(1, 13)]
    row = {"title": "Piers of the Harbor", "text": "\n\n".join(paragraphs), "date": "2024-01-01"}
    (tmp_path / "long.jsonl").write_text(json.dumps(row), encoding="utf-8")
    async with run(tmp_path / "long.jsonl") as it:
        await it.indexed()
        answer = await it.ask("Which pier was closed?")
        label = "Whole release"
        clicked = await it.discord.click(answer, label=label, user=it.discord.manager)
        page = await clicked.answer(PATIENCE)
        assert clicked.ephemeral
        texts = [page.text]
        while not page.button("▶").disabled:
            page = await it.click(page, "▶", user=it.discord.manager)
            texts.append(page.text)
        assert [text.splitlines()[-1].rsplit(" · ")[-1] for text in texts] == [
            f"page {n} of {len(texts)}" for n in range(1, len(texts) + 1)
        ]
        assert len(texts) > 2
        read = "\n".join(texts)
        assert all(f"Paragraph {n}." in read for n in range(1, 13))
        assert (await it.click(page, "◀", user=it.discord.manager)).text == texts[-2]
