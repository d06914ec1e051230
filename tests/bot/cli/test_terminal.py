"""What commands print in a terminal: its width, its links, and what must not reach it."""

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console

from bot.cli.evaluation_view import Figures
from bot.cli.output import print_view
from bot.cli.release_view import release_view
from retrieval.ranking.full_release import FullRelease
from retrieval.release import ReleaseInfo
from retrieval.release_history import ReleaseHistory

URL = "https://www.harbor.example/news/2024/march/mayor-opens-the-rebuilt-harbor-bridge-on-monday"
ID = "mayor-opens-the-rebuilt-harbor-bridge-on-monday-2024-03-18"
ROWS = [
    {
        "id": ID,
        "title": "Mayor Opens Rebuilt Harbor Bridge After Fourteen Months of Repairs",
        "date": "2024-03-18",
        "url": URL,
        "text": "Mayor Quill opened the Harbor Bridge on Monday.\n\n"
        f"The bridge cost $48 million, as {URL}?page=costs shows. It was closed for a year.",
    },
    {"id": "seals", "title": "Seal Count", "text": "Volunteers are wanted to count seals."},
]


@pytest.fixture
def archive(verbatim: Any, tmp_path: Path) -> str:
    """A data folder of releases with a long title, a long id and long addresses."""
    file = tmp_path / "long.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in ROWS), encoding="utf-8")
    verbatim("index", str(file), "--data", str(tmp_path / "long"))
    return str(tmp_path / "long")


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Make stdout a terminal of some columns."""

    def make(columns: int, **variables: str) -> None:
        for name, value in {"TERM": "xterm-256color", "FORCE_COLOR": "1", **variables}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("NO_COLOR", raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("COLUMNS", str(columns))

    return make


def plain(out: str) -> list[str]:
    """The lines without the sequences of the terminal."""
    return re.sub(r"\x1b\]8;[^\x1b]*\x1b\\|\x1b\[[0-9;]*m", "", out).splitlines()


@pytest.mark.parametrize("columns", [40, 60, 80, 200])
@pytest.mark.parametrize(
    "arguments",
    [
        ["releases"],
        ["release", ID],
        ["ask", "How much did the bridge cost?"],
        ["ask", "How much did the bridge cost?", "--explain"],
        ["index"],
        ["doctor"],
    ],
)
def test_lines_fit_and_addresses_and_commands_are_whole(
    verbatim: Any, archive: str, terminal: Any, columns: int, arguments: list[str]
) -> None:
    terminal(columns)
    status, out, _ = verbatim(*arguments, "--data", archive)
    assert status == 0
    lines = plain(out)
    whole = re.compile(r"[/@]|verbatim \w+ |^\s*" + re.escape(ID))
    assert not [line for line in lines if cell_len(line) > columns and not whole.search(line)]
    if arguments[0] == "release":
        assert URL in lines
    if arguments[0] == "ask":
        assert f"{URL}?page=costs" in "\n".join(lines)
        assert [line for line in lines if line.startswith(f"{URL}#:~:text=")]
        command = f"verbatim release {ID} --data {archive}"
        assert [line for line in lines if line.endswith(command)]


def test_a_list_in_a_narrow_terminal(verbatim: Any, archive: str, terminal: Any) -> None:
    terminal(40)
    assert plain(verbatim("releases", "--data", archive)[1]) == [
        "2024-03-18  Mayor Opens Rebuilt Harbor",
        "            Bridge After Fourteen Months",
        "            of Repairs",
        "            www.harbor.example",
        f"            {ID}",
        "undated     Seal Count",
        "            seals",
    ]


def test_a_list_in_a_wide_terminal_and_in_a_pipe(
    verbatim: Any, archive: str, terminal: Any
) -> None:
    title = ROWS[0]["title"]
    expected = [
        f"2024-03-18  {title}  www.harbor.example  {ID}",
        f"undated     {'Seal Count':{len(title)}}  {'':18}  seals",
    ]
    assert verbatim("releases", "--data", archive)[1].splitlines() == expected
    terminal(180)
    assert plain(verbatim("releases", "--data", archive)[1]) == expected


def test_a_title_is_folded_within_its_column(verbatim: Any, archive: str, terminal: Any) -> None:
    terminal(140)
    first, second, *_ = plain(verbatim("releases", "--data", archive)[1])
    assert first.split("  ")[1] == "Mayor Opens Rebuilt Harbor Bridge After Fourteen"
    assert first.endswith(f"  www.harbor.example  {ID}")
    assert second == "            Months of Repairs"


def test_an_address_is_a_link_where_the_terminal_takes_it(
    verbatim: Any, archive: str, terminal: Any
) -> None:
    asked = ("release", ID, "--data", archive)
    assert "\x1b" not in verbatim(*asked)[1]
    terminal(40)
    assert re.search(rf"\x1b\]8;id=\d+;{re.escape(URL)}\x1b\\", verbatim(*asked)[1])
    for variables in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        terminal(40, **variables)
        out = verbatim(*asked)[1]
        assert "\x1b]8" not in out
        assert URL in plain(out)


HOSTILE = "\x1b]0;title\x07\x1b[2J\x9b31m\x08\r\x7f"


@pytest.mark.parametrize("columns", [None, 40])
def test_control_characters_do_not_reach_the_terminal(
    terminal: Any, capsys: pytest.CaptureFixture[str], columns: int | None
) -> None:
    url = f"https://x.example/{HOSTILE}"
    info = ReleaseInfo(1, "id", f"Title {HOSTILE}", None, url, None, None, None, "")
    if columns:
        terminal(columns)
    print_view(release_view(ReleaseHistory(FullRelease(info, [f"Text {HOSTILE} of it"]))))
    out = capsys.readouterr().out
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", "\n".join(plain(out)))
    assert "\x1b]8" not in out
    assert "Title " in out


def test_nor_do_those_of_what_was_typed(verbatim: Any, archive: str) -> None:
    for arguments in (["index", "no\x1b[2Jsuch"], ["eval", "no\x1b[2Jsuch"], ["release", "\x9b2J"]):
        status, _, err = verbatim(*arguments, "--data", archive)
        assert status == 1
        assert not re.search(r"[\x1b\x9b]", err)


def test_json_escapes_them(verbatim: Any, archive: str) -> None:
    _, out, _ = verbatim("ask", "bridge \x9b31m\x7f cost", "--data", archive, "--json")
    assert not re.search(r"[\x7f-\x9f]", out)
    assert json.loads(out)["question"] == "bridge \x9b31m\x7f cost"


def figures(width: int) -> list[str]:
    """A table in a terminal of some columns."""
    table = Figures("method", ["n", "hit@1", "@3"], ["n", "hit@1", "hit@3"])
    table.add_row("Verbatim", "90", "0.556", "0.800")
    table.add_row("BM25, title, member, paragraph", "90", "0.400", "0.600")
    console = Console(file=io.StringIO(), width=width)
    console.print(table)
    assert isinstance(console.file, io.StringIO)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


def test_a_table_that_does_not_fit_is_written_row_by_row() -> None:
    assert figures(60)[1].split() == ["Verbatim", "90", "0.556", "0.800"]
    assert figures(28)[0].split() == ["method", "n", "hit@1", "@3"]
    assert figures(26) == [
        "method",
        "Verbatim",
        "  n\xa090, hit@1\xa00.556,",
        "  hit@3\xa00.800",
        "BM25, title, member,",
        "paragraph",
        "  n\xa090, hit@1\xa00.400,",
        "  hit@3\xa00.600",
    ]


def test_only_web_addresses_are_links(terminal: Any, capsys: pytest.CaptureFixture[str]) -> None:
    terminal(80)
    for url in ("file:///bin/sh", "javascript:alert(1)", "https://x.example/ü"):
        info = ReleaseInfo(1, "id", "Title", None, url, None, None, None, "")
        print_view(release_view(ReleaseHistory(FullRelease(info, []))))
        assert "\x1b]8" not in (out := capsys.readouterr().out)
        assert url in out
