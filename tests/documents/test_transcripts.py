"""What the documents show of a terminal is what a terminal shows."""

import os
import pty
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.documents.markdown import ROOT, Entered, blocks, entered
from tests.retrieval.sources.web.newsroom import Newsroom, newsroom_beside
from tests.retrieval.sources.web.sites import serve_feed, serve_listing, serve_releases

README = ROOT / "README.md"
EVALUATION = ROOT / "docs/evaluation.md"
HARBOR = "http://www.harbor.example"
_PROGRESS = re.compile(r"(\S+: )?(indexing|reading|embedding|fetching|looking)\b.*\d")


def transcript(document: Path, command: str) -> list[Entered]:
    """The commands of the block that begins with one, and what they print."""
    (block,) = [each.text for each in blocks(document) if each.text.startswith(f"$ {command}\n")]
    return entered(block)


def comparable(output: str) -> list[str]:
    """The words of an output, without times, which differ from run to run, and without progress,
    which a terminal shows as a bar that goes.
    """
    output = re.sub(r"in \d+\.\d s\b", "in 0.0 s", output)
    output = re.sub(r"\d+ ms\b", "0 ms", output)
    output = re.sub(r"(answerable: 0)\.\d+", r"\1", output)  # a threshold, by the processor
    output = re.sub(r"read on \d{4}-\d\d-\d\d", "read on 2026-11-27", output)
    return [
        word
        for line in output.splitlines()
        if not _PROGRESS.match(line.strip())
        for word in line.split()
    ]


def printed(command: str, answer: str = "", **environment: str) -> str:
    """What a command prints in the working folder, on both streams, if a person answers so."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("VERBATIM_")}
    name, *arguments = shlex.split(command)
    assert name == "verbatim"
    keyboard, terminal = pty.openpty()
    try:
        os.write(keyboard, answer.encode())
        done = subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            stdin=terminal,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**kept, "PYTHONPATH": str(ROOT), "COLUMNS": "100", **environment},
            encoding="utf-8",
            check=False,
        )
    finally:
        os.close(keyboard)
        os.close(terminal)
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write_releases(folder: Path, texts: Sequence[str]) -> None:
    folder.mkdir(parents=True)
    for number, text in enumerate(texts):
        (folder / f"{folder.name}-{number}.md").write_text(
            f"# Release {number} of {folder.name}\n\n{text}\n"
        )


def test_the_demo(folder: Path) -> None:
    shutil.copytree(ROOT / "seeds", folder / "seeds")
    for command, output in transcript(README, "verbatim index"):
        assert comparable(printed(command)) == comparable(output)


def test_sources_are_added_and_replaced(folder: Path) -> None:
    write_releases(
        folder / "path/to/releases",
        [f"The ferry to isle {each} is late.\n\nNobody knows why." for each in range(3)],
    )
    write_releases(folder / "more", ["The bridge is open.\n\nThe mayor was there."])
    printed("verbatim index path/to/releases")
    for command, output in transcript(README, "verbatim index more"):
        assert comparable(printed(command)) == comparable(output)


@pytest.fixture
def newsroom() -> Iterator[Newsroom]:
    with newsroom_beside() as server:
        yield server


def test_a_web_site_is_added_and_read_again(newsroom: Newsroom) -> None:
    def serve(numbers: range) -> None:
        serve_releases(newsroom, numbers)
        serve_listing(newsroom, numbers)
        serve_feed(newsroom, numbers[:10])
        newsroom.serve(
            "/",
            "<link rel='alternate' type='application/rss+xml' href='/feed'>"
            "<nav><a href='/news'>Press Releases</a></nav><p>Welcome.</p>",
        )

    here = newsroom.address().rstrip("/")
    settings = {"VERBATIM_PRIVATE_ADDRESSES": "yes", "VERBATIM_FETCH_DELAY": "0"}
    settings["VERBATIM_CONTACT"] = "press@harbor.example"
    serve(range(2, 30))
    (added,) = transcript(README, f"verbatim sources add {HARBOR}")
    output = printed(added.command.replace(HARBOR, here), answer="y\n", **settings)
    shown, rest = added.output.split("  …\nKeep it? [y/N]: y\n")  # two more releases
    found, shown = comparable(output.replace(here, HARBOR)), comparable(shown)
    rest = comparable(rest)
    assert found[: len(shown)] == shown
    assert found[-len(rest) :] == rest
    serve(range(30))
    for command, output in transcript(README, "verbatim sources check"):
        found = printed(command, **settings).replace(here, HARBOR)
        assert comparable(found) == comparable(output)


def test_an_evaluation(folder: Path) -> None:
    (questions,) = [each.text for each in blocks(EVALUATION) if each.text.startswith('{"id": "t1"')]
    (folder / "questions.jsonl").write_text(questions, encoding="utf-8")
    shutil.copytree(ROOT / "seeds", folder / "seeds")
    for command, output in transcript(EVALUATION, "verbatim index seeds"):
        assert comparable(printed(command)) == comparable(output)
