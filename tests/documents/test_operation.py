"""The operator's guide: the data folder as it is, messages as printed, figures as measured."""

import ast
import asyncio
import json
import re
import shutil
import sqlite3
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from fnmatch import fnmatch
from pathlib import Path

import pytest

from bot.client import build_bot
from bot.private_files import OWN
from bot.settings import Settings
from tests.architecture import PACKAGES
from tests.bot.online import until
from tests.documents.markdown import ROOT, rows
from tests.documents.terminal import printed, run
from tests.loopback import LoopbackDiscord
from tests.retrieval.sources.web.newsroom import newsroom_beside
from tests.retrieval.sources.web.sites import serve_feed, serve_releases

GUIDE = ROOT / "docs" / "operation.md"
TROUBLE = (
    "The bot does not start",
    "It does not answer, or says that it cannot",
    "It answers from the wrong releases, or not well",
    "The index or the state",
)
UNSEEN = {
    "building",  # while a build writes
    "pending",  # after a build was killed
    "models",  # with another model
    "STORE",  # with a database
    "restoring",
    "backup-*",
    "state.lock",
    "state.repaired",
    "state.damaged",
    "history.damaged",
}
"""What is in a data folder for a moment only, or after something has gone wrong."""


def spans(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def shown_names() -> dict[str, bool]:
    """What the table of the data folder names, and whether it says that a backup has it."""
    return {
        name: row[2].startswith("yes")
        for row in rows(GUIDE, "The data folder")
        for name in spans(row[0])
    }


# -- the data folder ----------------------------------------------------------------------------


async def used_by_a_bot(data: Path) -> set[str]:
    """Let a bot answer from a data folder and back its state up; return what is in it meanwhile."""
    async with LoopbackDiscord() as discord:
        bot = build_bot(Settings(data=data), connector=discord.connector)
        async with discord.running(bot):
            await discord.commands_registered()
            asked = await discord.slash("ask", {"question": "What did Rep. Takano say?"})
            await asked.answer(60.0)
            await until((data / "state.backup.sqlite").exists)
            return {path.name for path in data.iterdir()}


def test_the_data_folder_has_what_the_guide_lists_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    news, data = tmp_path / "news", tmp_path / "data"
    shutil.copytree(ROOT / "seeds", news)
    bridge = news / "bridge.md"
    bridge.write_text("# Harbor Bridge Opens\n\nThe bridge cost $48 million.\n")
    printed("verbatim index news --data data")
    bridge.write_text("# Harbor Bridge Opens\n\nThe bridge cost $49 million, not $48 million.\n")
    with newsroom_beside() as site:
        serve_releases(site, range(3))
        serve_feed(site, range(3))
        settings = {"VERBATIM_PRIVATE_ADDRESSES": "yes", "VERBATIM_FETCH_DELAY": "0"}
        printed(f"verbatim sources add {site.address('/feed')} --yes --data data", settings)
    question = {"id": "q", "question": "What did the bridge cost?", "answer": "$49 million"}
    release = {"release_id": "bridge"}
    Path("questions.jsonl").write_text(json.dumps(question | release) + "\n")
    printed("verbatim eval questions.jsonl --baselines --data data")
    there = asyncio.run(used_by_a_bot(data))
    printed("verbatim backup backup.zip --data data")
    printed("verbatim restore backup.zip --replace --data data")
    there |= {path.name for path in data.iterdir()}

    listed = shown_names()
    assert not [name for name in there if not any(fnmatch(name, each) for each in listed)]
    assert {each for each in listed if not any(fnmatch(name, each) for name in there)} == UNSEEN
    with zipfile.ZipFile("backup.zip") as archive:
        kept = {name.split("/")[0] for name in archive.namelist()} - {"verbatim-backup.json"}
    assert kept == {name for name, is_kept in listed.items() if is_kept}


def test_the_guide_lists_what_is_private() -> None:
    listed = shown_names()
    assert not [name for name in listed if not any(fnmatch(name, each) for each in OWN)]
    assert not [each for each in OWN if not any(fnmatch(name, each) for name in listed)]


# -- messages -----------------------------------------------------------------------------------


def messages() -> list[str]:
    """What the tables of symptoms quote: what a person sees, and what the log has."""
    found = []
    for heading in TROUBLE:
        for sees, because, _ in rows(GUIDE, heading):
            logged = re.findall(r"the log has `([^`]+)`", because)
            found += [*spans(sees), *logged]
    return found


def texts_of_the_code() -> Iterator[str]:
    """Every text of the product, with "…" where a value is put in."""
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                match node:
                    case ast.Constant(value=str(text)):
                        yield _with_gaps(text)
                    case ast.JoinedStr(values=parts):
                        yield _with_gaps("".join(map(_part, parts)))


def _part(part: ast.expr) -> str:
    return str(part.value) if isinstance(part, ast.Constant) else "…"


def _with_gaps(text: str) -> str:
    gaps = re.sub(r"\{\w*\}|%[\d.]*[sdf]", "…", text)
    return " ".join(re.sub("…+", "…", gaps).split())


def test_every_message_that_the_guide_quotes_is_one_of_the_code() -> None:
    texts = "\n".join(texts_of_the_code())
    quoted = messages()
    assert len(quoted) > 30
    assert not [each for each in quoted if len(each.replace("…", "")) < 10]  # too short to be told
    assert not [each for each in quoted if each.strip("… ") not in texts]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    news = tmp_path / "news"
    shutil.copytree(ROOT / "seeds", news)
    return tmp_path


def quoted(printed_text: str) -> Sequence[str]:
    """The messages of the guide that a text has."""
    return [
        message
        for message in messages()
        if re.search(".*".join(map(re.escape, message.split("…"))), printed_text)
    ]


def _damage(data: Path) -> None:
    vectors = next(data.rglob("vectors.npy"))
    content = bytearray(vectors.read_bytes())
    content[-1] ^= 1
    vectors.unlink()  # a link of the generation before has the same file
    vectors.write_bytes(content)


@pytest.mark.parametrize(
    ("command", "settings", "message"),
    [
        ("bot", {}, "DISCORD_TOKEN is not set."),
        ("bot", {"VERBATIM_RELEASE": "news"}, "… is not a setting"),
        ("bot", {"VERBATIM_DATA": "dta", "DISCORD_TOKEN": "x"}, "there is no data folder …"),
        ("releases", {}, "no index in … yet."),
    ],
)
def test_what_is_set_wrong_is_said_as_the_guide_says(
    folder: Path, command: str, settings: dict[str, str], message: str
) -> None:
    done = run(f"verbatim {command}", settings)
    assert done.returncode == 1
    assert message in quoted(done.stdout)


def test_what_is_wrong_with_an_index_is_said_as_the_guide_says(folder: Path) -> None:
    printed("verbatim index news")
    base = {"VERBATIM_MODEL": "sentence-transformers/all-MiniLM-L6-v2"}
    found = run("verbatim ask Who?", base)
    assert "the index in … was built with the model …, not …." in quoted(found.stdout)
    (folder / "others").mkdir()
    (folder / "others" / "one.md").write_text("# The Ferry Is Late\n\nNobody knows why.\n")
    found = run("verbatim doctor", {"VERBATIM_RELEASES": "others"})
    assert "not read yet: …" in quoted(found.stdout)
    for each in (folder / "news").iterdir():
        each.unlink()
    found = run("verbatim doctor")
    assert "still served, though no releases are left in …" in quoted(found.stdout)
    (folder / "news").rmdir()
    found = run("verbatim index")
    assert "no such file or folder: …, from which the index was built." in quoted(found.stdout)
    _damage(folder / "data")
    found = run("verbatim ask Who?")
    assert "the index is damaged: …" in quoted(found.stdout)


def test_a_state_of_a_newer_version_is_refused_as_the_guide_says(folder: Path) -> None:
    (folder / "data").mkdir()
    with closing(sqlite3.connect("data/state.sqlite")) as state:
        state.execute("PRAGMA user_version = 999")
    found = run("verbatim bot", {"DISCORD_TOKEN": "x", "VERBATIM_DATA": "data"})
    assert found.returncode == 1
    assert "cannot use …: …. Fix that, or move the file away" in quoted(found.stdout)


# -- figures and metrics ------------------------------------------------------------------------


def test_the_figures_of_memory_are_those_of_the_measurements() -> None:
    for _, memory, measured in rows(GUIDE, "Memory"):
        (document,) = re.findall(r"\]\((\w+\.md)#", measured)
        text = " ".join((ROOT / "docs" / document).read_text(encoding="utf-8").split())
        for figure in re.findall(r"[\d.,]*\d", memory):
            assert re.search(rf"(?<![\d.,]){re.escape(figure)}(?![\d,]|\.\d)", text), memory


def test_every_metric_is_in_the_guide_and_no_other() -> None:
    named = {
        re.sub(r"\{.*", "", name)
        for row in rows(GUIDE, "Health and metrics")
        for name in spans(row[0])
    }
    sources = ("bot/health.py", "bot/metrics.py")
    code = "".join((ROOT / name).read_text(encoding="utf-8") for name in sources)
    assert named == set(re.findall(r'"(verbatim_\w+)"', code))
