"""``verbatim index``: what it reads, what it adds to and what it drops; and the data folder."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.release_sources import sample_releases
from tests.conftest import NEWSROOMS, SAMPLE_TITLE, SEEDS

PARK = {"id": "park", "title": "New Park on Pier 9", "text": "A park opens on Pier 9 in June."}
ZOO = {"id": "zoo", "title": "Zoo Adopts a Tapir", "text": "The zoo has adopted a tapir."}


def write(path: Path, *rows: dict[str, Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def ids(verbatim: Any, *where: str) -> set[str]:
    """The ids of all releases in the index."""
    return {each["id"] for each in json.loads(verbatim("releases", "--json", *where)[1])}


ALL = {str(row["id"]) for row in NEWSROOMS}


def test_a_path_is_added_and_remembered(verbatim: Any, data: str, tmp_path: Path) -> None:
    park = write(tmp_path / "park.jsonl", PARK)
    status, out, _ = verbatim("index", "park.jsonl", "--data", data)
    assert status == 0
    counts, sources = out.splitlines()
    assert counts.endswith(": 1 added, 0 changed, 0 removed, 4 unchanged, 0 refused.")
    assert sources == "Read from 2 sources: releases.jsonl, park.jsonl"
    write(park, PARK, ZOO)
    _, out, _ = verbatim("index", "--data", data, "--json")
    assert (json.loads(out)["added"], json.loads(out)["unchanged"]) == (1, 5)
    assert ids(verbatim, "--data", data) == {*ALL, "park", "zoo"}


def test_replacing_says_what_goes(verbatim: Any, data: str, tmp_path: Path) -> None:
    park, zoo = write(tmp_path / "park.jsonl", PARK), write(tmp_path / "zoo.jsonl", ZOO)
    gone = "No longer read (4 releases removed): releases.jsonl"
    status, out, _ = verbatim("index", str(park), "--replace", "--data", data)
    assert (status, out.splitlines()[1:]) == (0, [gone])
    assert ids(verbatim, "--data", data) == {"park"}
    _, out, err = verbatim("index", str(zoo), "--replace", "--data", data, "--json")
    assert json.loads(out)["removed"] == 1
    assert err.splitlines()[-1] == "verbatim: No longer read (1 release removed): park.jsonl"
    verbatim("index", "--data", data)
    assert ids(verbatim, "--data", data) == {"zoo"}


def test_replacing_says_that_the_settings_name_more(
    verbatim: Any, data: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    park, zoo = write(tmp_path / "park.jsonl", PARK), write(tmp_path / "zoo.jsonl", ZOO)
    status, _, err = verbatim("index", "--replace", "--data", data)
    assert (status, "--replace needs a PATH" in err) == (2, True)
    monkeypatch.setenv("VERBATIM_RELEASES", str(park))
    _, _, err = verbatim("index", str(zoo), "--replace", "--data", data)
    assert ids(verbatim, "--data", data) == {"zoo"}
    assert err.splitlines()[-1].startswith("verbatim: the next build reads VERBATIM_RELEASES")
    verbatim("index", "--data", data)
    assert ids(verbatim, "--data", data) == {"zoo", "park"}
    verbatim("index", "--replace", "--data", data)
    assert ids(verbatim, "--data", data) == {"park"}


def test_a_source_that_is_gone_changes_nothing(verbatim: Any, data: str, tmp_path: Path) -> None:
    park = write(tmp_path / "park.jsonl", PARK)
    verbatim("index", str(park), "--data", data)
    (tmp_path / "releases.jsonl").unlink()
    status, out, err = verbatim("index", "--data", data)
    assert (status, out) == (1, "")
    (line,) = err.splitlines()
    assert line.startswith(f"verbatim: no such file or folder: {tmp_path / 'releases.jsonl'}")
    assert line.endswith(f": verbatim index {park} --replace --data {data}")
    assert ids(verbatim, "--data", data) == {*ALL, "park"}


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["index", ""], "the path is empty"),
        (["index", "releases.jsonl", " "], "the path is empty"),
        (["index", "--data", ""], "the path is empty"),
        (["ask", "x", "--data", ""], "the path is empty"),
        (["eval", ""], "the path is empty"),
    ],
)
def test_an_empty_path_is_wrong_usage(
    verbatim: Any, newsrooms_file: Path, arguments: list[str], expected: str
) -> None:
    status, out, err = verbatim(*arguments)
    assert (status, out) == (2, "")
    assert expected in err
    assert not Path("data").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["ask", "bridge"],
        ["ask", "bridge", "--json"],
        ["ask", "--batch", "batch.jsonl"],
        ["chat"],
        ["releases"],
        ["releases", "--json"],
        ["release", "bridge"],
        ["eval", "questions.jsonl"],
        ["bot"],
    ],
)
@pytest.mark.parametrize("how", ["option", "variable", "file"])
def test_a_data_folder_that_was_named_and_is_not_there_is_an_error(
    verbatim: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], how: str
) -> None:
    for name in ("batch.jsonl", "questions.jsonl"):
        (tmp_path / name).write_text("{}\n")
    monkeypatch.setenv("DISCORD_TOKEN", "a.b.c")
    if how == "variable":
        monkeypatch.setenv("VERBATIM_DATA", "daat")
    if how == "file":
        Path(".env").write_text("VERBATIM_DATA=daat\n")
    before = sorted(tmp_path.iterdir())
    option = ["--data", "daat"] if how == "option" else []
    status, out, err = verbatim(*arguments, *option)
    assert (status, out) == (1, "")
    assert err.splitlines() == [
        "verbatim: there is no data folder daat. Correct the name, or build an index there: "
        f"verbatim index PATH …{' --data daat' if option else ''}"
    ]
    assert sorted(tmp_path.iterdir()) == before


def test_so_is_one_that_is_a_file(verbatim: Any, newsrooms_file: Path) -> None:
    status, _, err = verbatim("ask", "bridge", "--data", str(newsrooms_file))
    assert (status, "there is no data folder" in err) == (1, True)


def test_releases_in_the_settings_do_not_make_up_for_a_wrong_data_folder(
    verbatim: Any, newsrooms_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VERBATIM_RELEASES", str(newsrooms_file))
    status, _, err = verbatim("ask", "bridge", "--data", "daat")
    assert (status, "there is no data folder daat" in err) == (1, True)
    assert not Path("daat").exists()


def test_doctor_says_that_the_data_folder_is_not_there(verbatim: Any) -> None:
    status, out, _ = verbatim("doctor", "--data", "daat", "--json")
    findings = {finding["check"]: finding for finding in json.loads(out)}
    assert status == 1
    assert findings["data folder"] == {
        "check": "data folder",
        "state": "error",
        "detail": "there is no data folder daat",
        "fix": "Correct the name, or build an index there: verbatim index PATH … --data daat",
    }
    assert findings["releases"]["state"] == "missing"
    assert not Path("daat").exists()


def test_index_makes_a_data_folder(verbatim: Any, newsrooms_file: Path) -> None:
    status, _, _ = verbatim("index", str(newsrooms_file), "--data", "new/data")
    assert status == 0
    assert ids(verbatim, "--data", "new/data") == ALL


@pytest.mark.parametrize("content", [None, "", "{broken\n"])
def test_but_not_where_it_finds_nothing(
    verbatim: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None
) -> None:
    path = tmp_path / "r.jsonl"
    if content is not None:
        path.write_text(content)
    assert verbatim("index", str(path), "--data", "new")[0] == 1
    monkeypatch.setenv("VERBATIM_RELEASES", str(path))
    assert verbatim("index", "--data", "new")[0] == 1
    assert not Path("new").exists()


def test_a_named_data_folder_is_never_filled_with_the_sample(verbatim: Any) -> None:
    Path("empty").mkdir()
    for arguments in (["ask", "bridge"], ["index"], ["chat"]):
        status, out, err = verbatim(*arguments, "--data", "empty")
        assert (status, out) == (1, "")
        assert err.splitlines() == [
            "verbatim: no index in empty yet, and no releases are named to build it from. "
            "Name them: verbatim index PATH … --data empty"
        ]
    assert list(Path("empty").iterdir()) == []


def test_an_empty_data_folder_is_filled_from_the_settings_and_the_answer_says_so(
    verbatim: Any, newsrooms_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("empty").mkdir()
    monkeypatch.setenv("VERBATIM_RELEASES", str(newsrooms_file))
    status, out, err = verbatim("ask", "How much did the bridge cost?", "--data", "empty")
    assert status == 0
    assert "$48 million" in out
    assert out.splitlines()[-1] == "Answers come from releases.jsonl, indexed just now."
    assert err.splitlines()[0] == (
        "verbatim: no index in empty yet: building one from releases.jsonl."
    )
    assert "just now" not in verbatim("ask", "bridge", "--data", "empty")[1]


def test_an_answer_from_the_sample_says_so(verbatim: Any) -> None:
    sample = (
        f"nswers come from the sample in {sample_releases()}. Name your own: verbatim index PATH …"
    )
    question = "What legislation did Takano introduce?"
    for _ in range(2):  # not only when it is built
        _, out, _ = verbatim("ask", question)
        assert out.splitlines()[-1] == f"A{sample}"
    _, out, err = verbatim("ask", question, "--json")
    assert json.loads(out)["passages"][0]["release"]["title"] == SAMPLE_TITLE
    assert err.splitlines() == [f"verbatim: a{sample}"]


def test_releases_that_are_named_take_the_place_of_the_sample(
    verbatim: Any, newsrooms_file: Path
) -> None:
    _, _, err = verbatim("index")
    assert err.splitlines()[0] == (
        f"verbatim: no releases are named: reading the sample in {sample_releases()}."
    )
    _, out, _ = verbatim("index", str(newsrooms_file))
    assert out.splitlines()[1:] == [f"No longer read (1 release removed): {sample_releases()}"]
    assert ids(verbatim) == ALL
    assert "sample" not in verbatim("ask", "bridge")[1]


def test_the_sample_stays_where_it_was_named(verbatim: Any, newsrooms_file: Path) -> None:
    verbatim("index", str(SEEDS))
    verbatim("index", str(newsrooms_file))
    assert len(ids(verbatim)) == 5


def test_if_nothing_can_be_read_the_reasons_are_shown(
    verbatim: Any, data: str, tmp_path: Path
) -> None:
    (folder := tmp_path / "scans").mkdir()
    for number in range(12):
        (folder / f"{number:02}.txt").write_bytes(b"\x00\x01")
    for arguments in ([str(folder)], [str(folder), "--replace"], [str(folder), "--json"]):
        status, out, err = verbatim("index", *arguments, "--data", data)
        assert (status, out) == (1, "")
        *reasons, more, line = err.splitlines()
        assert reasons == [
            f"refused scans/{number:02}.txt: the file is binary, not text" for number in range(10)
        ]
        assert more == "refused 2 more"
        assert line.startswith(f"verbatim: no press release found in {folder} (12 could not")
    assert ids(verbatim, "--data", data) == ALL


def test_commands_in_errors_repeat_the_data_folder(
    verbatim: Any, newsrooms_file: Path, tmp_path: Path
) -> None:
    data = str(tmp_path / "my data")
    verbatim("index", str(newsrooms_file), "--data", data)
    _, _, err = verbatim("release", "nothing", "--data", data)
    assert err.endswith(f". List them: verbatim releases --data '{data}'\n")
    _, out, _ = verbatim("ask", "How much did the bridge cost?", "--data", data)
    assert out.splitlines()[-1] == f"The whole release: verbatim release bridge --data '{data}'"
    next(Path(data).glob("generations/*/segments/*/keys.npy")).write_bytes(b"")
    _, _, err = verbatim("ask", "bridge", "--data", data)
    assert err.endswith(f". Rebuild it: verbatim index --rebuild --data '{data}'\n")
    _, out, _ = verbatim("doctor", "--data", data)
    assert f"  → Rebuild it: verbatim index --rebuild --data '{data}'\n" in out
