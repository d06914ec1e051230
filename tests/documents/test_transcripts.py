"""What the documents show of a terminal is what a terminal shows."""

import json
import re
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from bot.state import open_state
from tests.documents.markdown import ROOT, Block, blocks_run_by, entered
from tests.documents.terminal import alike, printed, run
from tests.retrieval.sources.web.newsroom import Newsroom, newsroom_beside
from tests.retrieval.sources.web.sites import serve_feed, serve_listing, serve_releases

Shown = Sequence[Block]
HARBOR = "http://www.harbor.example"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def sample(folder: Path) -> Path:
    """The sample, where the documents have it."""
    shutil.copytree(ROOT / "seeds", folder / "seeds")
    return folder


def enter(block: Block) -> None:
    """Enter the commands of a block, and compare what they print. An error exits with status 1."""
    for command, output in entered(block.text):
        done = run(command)
        assert done.returncode == output.startswith("verbatim: "), done.stdout
        assert alike(done.stdout, output), f"{block}: {command}\n{done.stdout}"


def write_releases(folder: Path, texts: Sequence[str]) -> None:
    folder.mkdir(parents=True)
    for number, text in enumerate(texts):
        (folder / f"{folder.name}-{number}.md").write_text(
            f"# Release {number} of {folder.name}\n\n{text}\n"
        )


def test_the_demo(sample: Path, shown: Shown) -> None:
    (block,) = shown
    for command, output in entered(block.text):
        assert alike(printed(command), output)


def test_make_demo_runs_what_is_shown() -> None:
    (block,) = blocks_run_by("test_the_demo")
    recipe = re.search(r"^demo: .*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert recipe
    run_by_make = [
        line.strip().removeprefix("$(BIN)/") for line in recipe[1].splitlines() if line.strip()
    ]
    assert run_by_make == [each.command for each in entered(block.text)]


def test_sources_are_added_and_replaced(folder: Path, shown: Shown) -> None:
    write_releases(
        folder / "path/to/releases",
        [f"The ferry to isle {each} is late.\n\nNobody knows why." for each in range(3)],
    )
    write_releases(folder / "more", ["The bridge is open.\n\nThe mayor was there."])
    printed("verbatim index path/to/releases")
    for block in shown:
        enter(block)


def test_the_sample_is_used(sample: Path, shown: Shown) -> None:
    printed("verbatim index")
    for block in shown:
        enter(block)


# -- web sites ----------------------------------------------------------------------------------

SITE_SETTINGS = {
    "VERBATIM_PRIVATE_ADDRESSES": "yes",
    "VERBATIM_FETCH_DELAY": "0",
    "VERBATIM_CONTACT": "press@harbor.example",
}


@pytest.fixture
def newsroom() -> Iterator[Newsroom]:
    with newsroom_beside() as server:
        yield server


def serve_harbor(newsroom: Newsroom, numbers: range) -> str:
    """Serve a list and a feed of releases; return the address."""
    serve_releases(newsroom, numbers)
    serve_listing(newsroom, numbers)
    serve_feed(newsroom, numbers[:10])
    newsroom.serve(
        "/",
        "<link rel='alternate' type='application/rss+xml' href='/feed'>"
        "<nav><a href='/news'>Press Releases</a></nav><p>Welcome.</p>",
    )
    return newsroom.address().rstrip("/")


def test_a_web_site_is_added(newsroom: Newsroom, shown: Shown) -> None:
    here = serve_harbor(newsroom, range(2, 30))
    for block in shown:
        (added,) = entered(block.text)
        output = printed(added.command.replace(HARBOR, here), SITE_SETTINGS, answer="y\n")
        output = output.replace(here, HARBOR)
        beginning, end = added.output.split("  …\nKeep it? [y/N]: y\n")  # two more releases
        assert alike(output, beginning, end)


def test_a_web_site_is_read_again(newsroom: Newsroom, shown: Shown) -> None:
    here = serve_harbor(newsroom, range(2, 30))
    printed(f"verbatim sources add {here} --yes", SITE_SETTINGS)
    serve_harbor(newsroom, range(30))
    for block in shown:
        for command, output in entered(block.text):
            found = printed(command, SITE_SETTINGS).replace(here, HARBOR)
            assert alike(found, output)


# -- sources ------------------------------------------------------------------------------------


def read(*names: str) -> list[dict[str, object]]:
    """Index files of the working folder, and return their releases, whole."""
    printed(f"verbatim index {' '.join(names)} --replace")
    listed = json.loads(run("verbatim releases --json").stdout)
    return [
        json.loads(run(f"verbatim release {release['id']} --json").stdout) for release in listed
    ]


def test_a_copied_page_is_read(folder: Path, shown: Shown) -> None:
    (block,) = shown
    (folder / "page.txt").write_text(block.text, encoding="utf-8")
    (release,) = read("page.txt")
    assert release["title"] == "Roe Introduces Bill to Lower Rail Fares"
    assert release["date"] == "2025-09-08"
    assert release["paragraphs"] == [
        "WASHINGTON, D.C. – Today, Rep. Ann Roe introduced the Cheaper Trains Act, which would cap "
        "rail fares."
    ]


def test_a_markdown_file_is_read(folder: Path, shown: Shown) -> None:
    (block,) = shown
    (folder / "fares.md").write_text(block.text, encoding="utf-8")
    (release,) = read("fares.md")
    assert release["title"] == "Roe Introduces Bill to Lower Rail Fares"
    assert release["date"] == "2025-09-08"
    assert release["url"] == "https://roe.example/fares"
    assert release["newsroom"] == "Office of Ann Roe"
    assert release["paragraphs"] == ["Today, Rep. Ann Roe introduced the Cheaper Trains Act."]


def test_a_line_of_json_is_read(folder: Path, shown: Shown) -> None:
    (block,) = shown
    values = {'"title": "…"': '"title": "Fares"', "https://…": "https://roe.example/r1"}
    text = block.text
    for gap, value in values.items():
        assert gap in text
        text = text.replace(gap, value)
    (folder / "releases.jsonl").write_text(text, encoding="utf-8")
    (release,) = read("releases.jsonl")
    assert release["id"] == "r1"
    assert release["date"] == "2025-09-08"
    assert release["paragraphs"] == ["One.", "Two."]


# -- the rest -----------------------------------------------------------------------------------


def test_an_evaluation(sample: Path, shown: Shown) -> None:
    questions, *transcripts = shown
    (sample / "questions.jsonl").write_text(questions.text, encoding="utf-8")
    for block in transcripts:
        for command, output in entered(block.text):
            assert alike(printed(command), output)


def test_ratings_can_be_read(folder: Path, shown: Shown) -> None:
    (block,) = shown
    match = re.fullmatch(r'sqlite3 data/state\.sqlite "([^"]+)"\n', block.text)
    assert match
    open_state(folder / "data").close()
    with closing(sqlite3.connect("data/state.sqlite")) as state:
        assert state.execute(match[1]).fetchall() == []


def test_a_follow_up_is_read_as_it_says(folder: Path, shown: Shown) -> None:
    (block,) = shown
    rows = [
        {
            "title": f"Quill Introduces the TIPS Act of {year}",
            "date": f"{year}-05-02",
            "text": f"Senator Ada Quill introduced the TIPS Act, on tips, in May {year}.",
        }
        for year in (2024, 2025)
    ]
    (folder / "releases.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    printed("verbatim index releases.jsonl")
    *questions, reading = block.text.splitlines()
    typed = [line.removeprefix("? ") for line in questions]
    found = printed("verbatim chat", answer="\n".join([*typed, "quit", ""]))
    assert reading in found


def test_an_empty_folder_is_told_of(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, shown: Shown
) -> None:
    news = tmp_path_factory.mktemp("srv") / "news"
    write_releases(news, ["The ferry is late."])
    printed(f"verbatim index {news}")
    (news / "news-0.md").unlink()
    (block,) = shown
    ((command, output),) = entered(block.text)
    found = printed(command, status=1).replace(str(news), "/srv/news")
    assert alike(found, output, "")


def test_a_change_is_shown(folder: Path, shown: Shown) -> None:
    for cost in ("$48", "$49"):
        row = {
            "id": "www-harbor-example-news-bridge",
            "title": "Mayor Opens Rebuilt Harbor Bridge",
            "date": "2024-03-18",
            "url": "https://www.harbor.example/news/bridge",
            "text": f"The bridge cost {cost} million and carries 31,000 vehicles a day.",
        }
        (folder / "releases.jsonl").write_text(json.dumps(row), encoding="utf-8")
        printed("verbatim index releases.jsonl")
    (block,) = shown
    ((command, output),) = entered(block.text)
    assert alike(undated(printed(command)), undated(output))


def undated(text: str) -> str:
    """A text without the day on which something has changed."""
    return re.sub(r"Changed on \w+ \d+, \d{4}", "Changed", text)
