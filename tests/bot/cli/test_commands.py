"""The command line: its commands, its JSON, its exit statuses and its errors."""

import json
import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.state import open_state
from embeddings.models import BASE_MODEL, DEFAULT_MODEL, find_model
from retrieval.index.manifest import FORMAT
from tests.conftest import NEWSROOMS, SAMPLE_TITLE, SEEDS
from tests.embeddings.tiny_models import tiny_encoder
from tests.retrieval.older_format import write_in_format_4
from tests.retrieval.sources.pdf_files import Text, pdf


def test_index_reports_what_it_did(verbatim: Any, newsrooms_file: Path) -> None:
    status, out, _ = verbatim("index", str(newsrooms_file), "--json")
    assert status == 0
    report = json.loads(out)
    assert report.pop("seconds") > 0
    assert report == {
        "generation": "g000001",
        "releases": 4,
        "paragraphs": 8,
        "added": 4,
        "changed": 0,
        "removed": 0,
        "unchanged": 0,
        "refused": [],
        "refused_count": 0,
    }
    _, out, _ = verbatim("index", "--json")
    again = json.loads(out)
    assert (again["unchanged"], again["generation"]) == (4, "g000001")


def test_index_lists_what_it_refused(verbatim: Any, newsrooms_file: Path) -> None:
    with newsrooms_file.open("a", encoding="utf-8") as file:
        file.write("{broken\n")
    status, out, _ = verbatim("index", str(newsrooms_file))
    assert status == 0
    assert out.startswith("4 releases, 8 paragraphs in ")
    assert "refused releases.jsonl:5: " in out


def test_index_lists_the_first_of_many_that_it_refused_and_counts_them(
    verbatim: Any, newsrooms_file: Path
) -> None:
    with newsrooms_file.open("a", encoding="utf-8") as file:
        file.write("{broken\n" * 1234)
    _, out, _ = verbatim("index", str(newsrooms_file))
    assert "0 unchanged, 1,234 refused." in out
    assert out.count("refused releases.jsonl:") == 50
    assert "\nrefused 1,184 more\n" in out
    _, out, _ = verbatim("index", "--json")
    found = json.loads(out)
    assert (len(found["refused"]), found["refused_count"]) == (50, 1234)


def test_index_names_the_first_of_many_documents_with_the_same_note_and_counts_them(
    verbatim: Any, tmp_path: Path
) -> None:
    text = " ".join(f"Word {number} of the joint statement." for number in range(20))
    rows = [{"id": str(number), "title": "Joint", "text": text} for number in range(201)]
    file = tmp_path / "joint.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    _, out, _ = verbatim("index", str(file))
    assert "note joint.jsonl:2, joint.jsonl:3, joint.jsonl:4 and 197 more: has the text" in out
    _, out, _ = verbatim("index", "--json")
    found = json.loads(out)
    assert [each["source"] for each in found["notes"]] == [
        f"joint.jsonl:{line}" for line in range(2, 52)
    ]
    assert found["notes_count"] == 200


def test_index_tells_what_was_passed_over_and_a_pdf_is_cited_with_its_page(
    verbatim: Any, tmp_path: Path
) -> None:
    news = tmp_path / "news"
    news.mkdir()
    sentence = "Mayor Ann Roe announced that the quay of Lindow will be rebuilt with oak timber."
    page = [Text(72, 720, "Quay to be rebuilt", 20, True), Text(72, 660, sentence)]
    (news / "quay.pdf").write_bytes(pdf([Text(72, 720, "A cover page without a date")], page))
    (news / "old.rtf").write_text("{\\rtf1}")
    data = str(tmp_path / "data")
    status, out, _ = verbatim("index", str(news), "--data", data)
    assert status == 0
    assert "note news: passed over: 1 .rtf" in out
    _, out, _ = verbatim("index", "--data", data, "--json")
    assert json.loads(out)["notes"] == [{"source": "news", "text": "passed over: 1 .rtf"}]
    _, out, _ = verbatim("ask", "What will the quay be rebuilt with?", "--data", data)
    assert "— page 2, paragraph " in out
    _, out, _ = verbatim("ask", "What will the quay be rebuilt with?", "--data", data, "--json")
    assert json.loads(out)["passages"][0]["page"] == 2


def test_a_release_tells_where_its_date_was_found(verbatim: Any, data: str) -> None:
    _, out, _ = verbatim("release", "ferry", "--data", data)
    assert "Date found in: field" in out


def test_without_a_path_the_index_is_rebuilt_from_the_same_sources(
    verbatim: Any, data: str
) -> None:
    status, out, _ = verbatim("index", "--data", data, "--json")
    assert status == 0
    assert json.loads(out)["unchanged"] == 4


@pytest.mark.parametrize("harm", ["segments/*/postings/terms.txt", "manifest.json", None])
def test_a_damaged_index_is_rebuilt_from_the_same_sources(
    verbatim: Any, data: str, harm: str | None
) -> None:
    if harm:
        next(Path(data).glob(f"generations/*/{harm}")).write_text("{}")
    else:
        Path(data, "CURRENT").write_text("")
    status, _, err = verbatim("ask", "bridge", "--data", data)
    assert status == 1
    assert "verbatim index --rebuild" in err
    status, out, _ = verbatim("index", "--rebuild", "--data", data, "--json")
    assert (status, json.loads(out)["releases"]) == (0, 4)


def test_the_sample_never_replaces_an_index_of_unknown_sources(verbatim: Any, data: str) -> None:
    for record in Path(data).rglob("SOURCES"):
        record.write_text(" " * record.stat().st_size)
    status, _, err = verbatim("index", "--data", data)
    assert status == 1
    assert "Name the releases: verbatim index PATH" in err
    _, out, _ = verbatim("releases", "--data", data, "--json")
    assert len(json.loads(out)) == 4


def test_ask_with_no_index_builds_one_from_the_sample_first(verbatim: Any) -> None:
    status, out, _ = verbatim("ask", "What legislation did Takano introduce?")
    assert status == 0
    assert out.splitlines()[0] == SAMPLE_TITLE
    assert Path("data/CURRENT").is_file()


def test_the_sample_makes_room_for_releases_that_are_named_by_now(
    verbatim: Any, newsrooms_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    verbatim("index")
    assert verbatim("doctor")[0] == 0
    monkeypatch.setenv("VERBATIM_RELEASES", str(newsrooms_file))
    status, out, _ = verbatim("doctor")
    assert status == 1
    assert "✗ served: the sample is served, and not what is named: releases.jsonl" in out
    assert "→ Read the sources again: verbatim index" in out.splitlines()[3]
    status, out, err = verbatim("ask", "How much did the bridge cost?")
    assert status == 0
    assert "building an index from releases.jsonl in place of the sample" in err
    assert "The bridge cost $48 million" in out
    assert "answers come from releases.jsonl, indexed just now" in out.lower()
    assert verbatim("doctor")[0] == 0


def test_ask_says_that_the_last_file_was_deleted(verbatim: Any, newsrooms_file: Path) -> None:
    """What was read stays: a disk that is not mounted must not empty an archive."""
    news = Path("news")
    news.mkdir()
    newsrooms_file.rename(news / "releases.jsonl")
    verbatim("index", "news", "--data", "here")
    (news / "releases.jsonl").unlink()
    status, _, err = verbatim("index", "--data", "here")
    assert (status, "no press release found in" in err) == (1, True)
    status, out, _ = verbatim("ask", "How much did the bridge cost?", "--data", "here")
    assert status == 0
    assert "The bridge cost $48 million" in out
    said = " ".join(out.split())
    assert "Still served, though no releases are left in news. Bring them back" in said
    assert "verbatim index PATH … --replace --data here" in said
    status, out, _ = verbatim("doctor", "--data", "here")
    assert (status, "✗ served: still served, though no releases are left in news" in out) == (
        1,
        True,
    )


def test_an_answer_in_plain_text_has_no_colours_and_no_padding(verbatim: Any, data: str) -> None:
    status, out, _ = verbatim("ask", "How much did the bridge cost?", "--data", data)
    assert status == 0
    lines = out.splitlines()
    assert lines[:6] == [
        "Mayor Opens Rebuilt Harbor Bridge",
        "March 18, 2024 · www.harbor.example",
        "",
        "    The bridge cost $48 million and carries 31,000 vehicles a day. It was closed for "
        "fourteen months after the flood of 2022.",
        "",
        "— paragraph 2",
    ]
    assert lines[6].startswith("https://www.harbor.example/news/bridge#:~:text=")
    assert "\x1b" not in out
    assert not [line for line in lines if line != line.rstrip()]


def test_an_answer_says_how_the_question_was_understood(verbatim: Any, data: str) -> None:
    arguments = ("What did Mayor Quill say in March 2024 about the briidge?", "--data", data)
    _, out, _ = verbatim("ask", *arguments)
    assert (
        out.splitlines()[0] == "(searched March 2024 and undated releases; “bridge” for “briidge”)"
    )
    reading = json.loads(verbatim("ask", *arguments, "--json")[1])["reading"]
    assert (reading["since"], reading["corrected"]) == ("2024-03-01", {"briidge": "bridge"})


def test_an_explained_answer(verbatim: Any, data: str) -> None:
    status, out, _ = verbatim(
        "ask", "How much did the bridge cost?", "--data", data, "--limit", "1", "--explain"
    )
    assert status == 0
    why = out[out.index("Why\n") :]
    assert "searched for: How much did the bridge cost?" in why
    assert "1. Mayor Opens Rebuilt Harbor Bridge, paragraph 2" in why
    for name in ("cosine", "bm25", "reranker"):
        assert f" {name} " in why
    assert why.index("Not in the answer\n") < why.index("2. Mayor Opens Rebuilt Harbor Bridge")


def test_an_explained_answer_as_json(verbatim: Any, data: str) -> None:
    asked = ("ask", "How much did the bridge cost?", "--data", data, "--limit", "1", "--json")
    assert "explanation" not in json.loads(verbatim(*asked)[1])
    explain = json.loads(verbatim(*asked, "--explain")[1])["explanation"]
    assert [each["shown"] for each in explain] == [True, *[False] * (len(explain) - 1)]
    best = explain[0]
    assert (best["rank"], best["release"], best["paragraph"]) == (1, "bridge", 2)
    assert sum(reason["adds"] for reason in best["reasons"]) == pytest.approx(
        best["total"], abs=0.01
    )


def test_a_batch_is_not_explained(verbatim: Any, tmp_path: Path) -> None:
    (tmp_path / "b.jsonl").write_text("{}")
    status, _, err = verbatim("ask", "--batch", str(tmp_path / "b.jsonl"), "--explain")
    assert (status, "--explain goes with one question" in err) == (2, True)


def test_ask_works_without_a_reranker(
    verbatim: Any, data: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VERBATIM_RERANKER", "none")
    asked = ("ask", "How much did the bridge cost?", "--data", data, "--json", "--explain")
    answer = json.loads(verbatim(*asked)[1])
    assert answer["passages"][0]["text"].startswith("The bridge cost $48 million")
    names = {reason["name"] for each in answer["explanation"] for reason in each["reasons"]}
    assert "reranker" not in names


def test_a_missing_reranker_is_reported_in_one_line(
    verbatim: Any, data: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VERBATIM_RERANKER", "/no/such/reranker")
    status, out, err = verbatim("ask", "How much?", "--data", data)
    assert (status, out) == (1, "")
    assert err.startswith("verbatim: cannot load the reranker '/no/such/reranker'")


def test_an_answer_as_json(verbatim: Any, data: str) -> None:
    _, out, _ = verbatim("ask", "How much did the bridge cost?", "--data", data, "--json")
    answer = json.loads(out)
    assert answer["answered"] is True
    assert answer["reason"] is None
    assert answer["question"] == "How much did the bridge cost?"
    assert 0.5 < answer["confidence"] <= 1
    assert answer["milliseconds"] > 0
    best = answer["passages"][0]
    start, end = best["highlight"]
    assert best["text"][start:end] == (
        "The bridge cost $48 million and carries 31,000 vehicles a day."
    )
    start, end = best["words"]
    assert "$48 million" in best["text"][start:end]
    assert (best["rank"], best["paragraph"]) == (1, 2)
    assert best["release"] == {
        "id": "bridge",
        "title": "Mayor Opens Rebuilt Harbor Bridge",
        "date": "2024-03-18",
        "url": "https://www.harbor.example/news/bridge",
        "newsroom": "www.harbor.example",
    }


def test_nothing_published_answers(verbatim: Any, data: str) -> None:
    _, out, _ = verbatim("ask", "Who won the chess world cup?", "--data", data)
    assert out == (
        "Nothing published answers this.\n"
        "Ask about what the releases report: who, what, when, why, how much.\n\n"
        f"What the newest are about: verbatim releases --data {data}\n"
    )
    _, out, _ = verbatim("ask", "Who won the chess world cup?", "--data", data, "--json")
    answer = json.loads(out)
    assert (answer["answered"], answer["passages"]) == (False, [])
    assert answer["reason"] == "nothing published answers this"


def test_what_nothing_says_is_answered_by_the_closest_passages(
    verbatim: Any, data: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VERBATIM_THRESHOLD", "1")
    _, out, _ = verbatim("ask", "How much did the bridge cost?", "--data", data)
    assert out.startswith(
        "Nothing published says that.\n"
        "The closest passage is about “Mayor Opens Rebuilt Harbor Bridge”:\n\n"
        "Mayor Opens Rebuilt Harbor Bridge\nMarch 18, 2024"
    )
    _, out, _ = verbatim("ask", "How much did the bridge cost?", "--data", data, "--json")
    answer = json.loads(out)
    assert answer["answered"] is False
    assert answer["reason"] == "nothing published says that; the passages are only the closest"
    assert answer["passages"][0]["release"]["id"] == "bridge"


def test_a_request_is_served_with_releases(verbatim: Any, data: str) -> None:
    _, out, _ = verbatim("ask", "How many releases mention harbor?", "--data", data)
    assert out.startswith("2 releases mention “harbor”, March 2024, 1 undated\n\n2024-03-18  Mayor")
    _, out, _ = verbatim("ask", "What's new?", "--data", data)
    assert out.startswith("The newest releases\n\n2025-01-09  Ferry Fares")
    assert out.endswith(f"More: verbatim releases --data {data}\n")
    _, out, _ = verbatim("ask", "Everything on ferry fares", "--data", data)
    assert out.startswith("1 release about “ferry fares”, January 2025")
    _, out, _ = verbatim("ask", "help", "--data", data)
    assert "“how many releases mention …?”" in out


def test_a_request_has_the_keys_of_an_answer_as_json(verbatim: Any, data: str) -> None:
    _, out, _ = verbatim("ask", "How many releases mention harbor?", "--data", data, "--json")
    found = json.loads(out)
    _, out, _ = verbatim("ask", "How much did the bridge cost?", "--data", data, "--json")
    assert [key for key in found if key != "request"] == [*json.loads(out)]
    assert (found["answered"], found["passages"]) == (False, [])
    assert found["reason"] == "this asks how many releases mention something"
    assert found["request"]["kind"] == "count"
    assert found["request"]["topic"] == "harbor"
    assert found["request"]["count"] == 2
    assert [each["id"] for each in found["request"]["releases"]] == ["bridge", "undated"]
    _, out, _ = verbatim("ask", "thanks", "--data", data, "--json")
    assert json.loads(out)["request"] == {
        "kind": "thanks",
        "topic": None,
        "count": 0,
        "releases": [],
    }


def test_filters_and_limit(verbatim: Any, data: str) -> None:
    where = ("--data", data, "--json")
    _, out, _ = verbatim("ask", "fares", *where, "--since", "2025-01-01", "--limit", "1")
    assert [each["release"]["id"] for each in json.loads(out)["passages"]] == ["ferry"]
    for since in ("2025", "January 2025", "desde 2025"):
        _, same, _ = verbatim("ask", "fares", *where, "--since", since, "--limit", "1")
        assert json.loads(same)["passages"] == json.loads(out)["passages"]
    _, out, _ = verbatim("ask", "fares", *where, "--until", "2001")
    answer = json.loads(out)
    assert (answer["answered"], answer["passages"]) == (False, [])
    assert "no release is within the dates" in answer["reason"]


def test_a_batch_is_answered_in_order_and_an_invalid_line_says_why(
    verbatim: Any, data: str, tmp_path: Path
) -> None:
    lines = [
        {"id": "1", "question": "How much did the bridge cost?"},
        {"id": "2", "question": "And how long was it closed?", "previous": "Which bridge opened?"},
        {"id": "3", "question": "fares", "since": "2025-13-01"},
        {"id": "4"},
        {"id": "5", "question": "What about Sundays?", "newsroom": "harbor"},
    ]
    batch = tmp_path / "questions.jsonl"
    text = "".join(json.dumps(line) + "\n" for line in lines) + "\nnot json\n[]\n"
    batch.write_text(text, encoding="utf-8")
    status, out, err = verbatim("ask", "--batch", str(batch), "--data", data)
    answers = [json.loads(line) for line in out.splitlines()]
    assert [answer["id"] for answer in answers] == ["1", "2", "3", "4", "5", None, None]
    assert answers[0]["passages"][0]["paragraph"] == 2
    assert answers[1]["passages"][0]["release"]["id"] == "bridge"
    assert answers[2]["error"] == "'2025-13-01' is not a date like 2025-09-08"
    assert "empty" in answers[3]["error"]
    assert answers[4]["passages"][0]["release"]["id"] == "library"
    assert "not JSON" in answers[5]["error"]
    assert "not a JSON object" in answers[6]["error"]
    assert [answer.get("line") for answer in answers] == [None, None, 3, 4, None, 7, 8]
    assert status == 1
    assert err.strip() == "verbatim: 4 lines were not answered; each says why."


def test_a_batch_survives_lines_that_are_not_text(verbatim: Any, data: str, tmp_path: Path) -> None:
    batch = tmp_path / "questions.jsonl"
    lines = [
        b'\xef\xbb\xbf{"id": "bom", "question": "bridge"}',
        b'{"id": "latin", "question": "caf\xe9"}',
        b'{"id": "half", "question": "\\ud800 bridge"}',
        b"[" * 100_000,
        b'{"id": "last", "question": "ferry"}',
    ]
    batch.write_bytes(b"\n".join(lines))
    status, out, _ = verbatim("ask", "--batch", str(batch), "--data", data)
    answers = [json.loads(line) for line in out.splitlines()]
    assert [answer["id"] for answer in answers] == ["bom", None, "half", None, "last"]
    assert "not UTF-8" in answers[1]["error"]
    assert answers[2]["question"] == "\ud800 bridge"
    assert status == 1


def test_chat_follows_up(data: str) -> None:
    asked = "How much did the bridge cost?\n???\nAnd how long was it closed?\n\n"
    out, err = in_a_shell("chat", "--data", data, stdin=asked)
    assert out.count("It was closed for fourteen months") >= 2
    assert "the question has no words" in err


def test_chat_says_how_it_read_a_follow_up_and_leaves_a_new_question_alone(data: str) -> None:
    library = "When will the library open on Sundays?"
    asked = f"How much did the Harbor Bridge cost?\nand the ferry?\n{library}\n\n"
    out, _ = in_a_shell("chat", "--data", data, stdin=asked)
    assert "(read as “How much did the ferry cost?”)" in out
    alone, _ = in_a_shell("chat", "--data", data, stdin=f"{library}\n\n")
    assert out.endswith(alone)


def test_the_reading_of_a_follow_up_is_explained(verbatim: Any, data: str, tmp_path: Path) -> None:
    batch = tmp_path / "questions.jsonl"
    asked = {"question": "who paid for it?", "previous": "How much did the Harbor Bridge cost?"}
    batch.write_text(json.dumps(asked), encoding="utf-8")
    _, out, _ = verbatim("ask", "--batch", str(batch), "--data", data)
    reading = json.loads(out)["reading"]
    assert reading["text"] == "who paid for it? the Harbor Bridge cost"
    assert reading["follow_up"] == "completes"
    _, out, _ = verbatim("ask", "Who counts the seals?", "--data", data, "--json")
    assert json.loads(out)["reading"]["follow_up"] is None


def test_releases_lists_the_newest_first_and_undated_last(verbatim: Any, data: str) -> None:
    _, out, _ = verbatim("releases", "--data", data)
    assert [line.split("  ")[0] for line in out.splitlines()] == [
        "2025-01-09",
        "2024-05-02",
        "2024-03-18",
        "undated",
    ]
    _, out, _ = verbatim("releases", "--data", data, "--json", "--limit", "2")
    listed = json.loads(out)
    assert [release["id"] for release in listed] == ["ferry", "library"]
    assert set(listed[0]) == {"id", "title", "date", "url", "newsroom", "source"}
    _, out, _ = verbatim("releases", "--data", data, "--search", "harbor seal", "--json")
    assert [release["id"] for release in json.loads(out)] == ["undated"]


def test_release_prints_the_whole_release(verbatim: Any, data: str) -> None:
    _, out, _ = verbatim("release", "bridge", "--data", data, "--json")
    release = json.loads(out)
    assert release["paragraphs"] == NEWSROOMS[0]["text"].split("\n\n")
    assert release["source"] == "releases.jsonl:1"
    _, out, _ = verbatim("release", "bridge", "--data", data)
    for paragraph in release["paragraphs"]:
        assert paragraph in out


def test_doctor_finds_only_the_token_missing(verbatim: Any, data: str) -> None:
    status, out, _ = verbatim("doctor", "--data", data, "--json")
    findings = {finding["check"]: finding for finding in json.loads(out)}
    assert status == 0
    assert {check: finding["state"] for check, finding in findings.items()} == {
        "settings": "ok",
        "releases": "ok",
        "data folder": "ok",
        "model": "ok",
        "index": "ok",
        "state": "ok",
        "reranker": "ok",
        "token": "missing",
    }
    assert "discord.com/developers" in findings["token"]["fix"]


def test_doctor_says_what_runs_the_models(
    verbatim: Any, data: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    verbatim("ask", "fares", "--data", data)
    _, out, _ = verbatim("doctor", "--data", data)
    assert "checked; run by onnxruntime, float32, similarity to the original 1.0000" in out
    assert "verbatim; run by onnxruntime, int8, similarity to the original 0.98" in out
    tiny_encoder(find_model(BASE_MODEL).path, tmp_path / "tiny")
    monkeypatch.setenv("VERBATIM_MODEL", str(tmp_path / "tiny"))
    _, out, _ = verbatim("doctor", "--data", data)
    assert "to be prepared for onnxruntime, float32, at its first use" in out
    monkeypatch.delenv("VERBATIM_MODEL")
    monkeypatch.setenv("VERBATIM_PRECISION", "int8")
    status, out, _ = verbatim("doctor", "--data", data)
    assert status == 1
    assert "Set VERBATIM_MODEL" not in out
    assert "VERBATIM_PRECISION=float32, or rebuild it" in out


def test_doctor_says_how_to_fix_it(
    verbatim: Any, data: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    next(Path(data).glob("generations/*/segments/*/keys.npy")).write_bytes(b"short")
    monkeypatch.setenv("DISCORD_TOKEN", "not-a-token")
    monkeypatch.setenv("VERBATIM_MODEL", "/no/such/model")
    monkeypatch.setenv("VERBATIM_RERANKER", "/no/such/reranker")
    monkeypatch.setenv("VERBATIM_RELEASES", "/no/such/folder")
    status, out, _ = verbatim("doctor", "--data", data)
    assert status == 1
    assert "✗ releases: not there: /no/such/folder" in out
    assert "✗ model: cannot load the model '/no/such/model'" in out
    assert "✗ reranker: cannot load the reranker '/no/such/reranker'" in out
    assert "✗ index: the index is damaged: " in out
    assert "→ Rebuild it: verbatim index --rebuild" in out
    assert "✗ token: " in out
    monkeypatch.setenv("VERBATIM_THRESHOLD", "high")
    status, out, _ = verbatim("doctor")
    assert status == 1
    assert "✗ settings: VERBATIM_THRESHOLD is 'high'" in out


def test_doctor_finds_a_damaged_state_and_leaves_it_to_the_bot(verbatim: Any, data: str) -> None:
    path = Path(data, "state.sqlite")
    open_state(path.parent).close()
    _, out, _ = verbatim("doctor", "--data", data)
    assert "state.sqlite, every row checked" in out
    damaged = path.read_bytes()[:-4096] + b"\xff" * 4096
    path.write_bytes(damaged)
    status, out, _ = verbatim("doctor", "--data", data)
    assert status == 1
    assert f"✗ state: {path} is damaged: " in out
    assert "→ start the bot, which repairs it" in out
    assert path.read_bytes() == damaged


def test_a_data_folder_is_backed_up_and_restored(verbatim: Any, data: str, tmp_path: Path) -> None:
    file, new = str(tmp_path / "backup.zip"), str(tmp_path / "new")
    status, out, _ = verbatim("backup", file, "--data", data)
    assert status == 0
    assert out.startswith(f"Backed up into {file} (")
    assert out.endswith(" kB): the index g000001 and its sources.\n")
    status, _, err = verbatim("backup", file, "--data", data)
    assert (status, err.count("\n")) == (1, 1)
    assert "is there already. Name another file, or add --replace" in err
    status, out, err = verbatim("restore", file, "--data", new, "--json")
    assert (status, err) == (0, "")
    assert json.loads(out)["generation"] == "g000001"
    _, out, _ = verbatim("ask", "How much did the bridge cost?", "--data", new)
    assert "$48 million" in out
    status, _, err = verbatim("restore", file, "--data", new)
    assert (status, err.count("\n")) == (1, 1)
    status, out, err = verbatim("restore", file, "--data", new, "--replace")
    assert (status, out[:14]) == (0, "Restored into ")
    assert "what was there before is in" in err
    status, _, err = verbatim("restore", str(tmp_path / "none.zip"), "--data", new)
    assert (status, err.count("\n")) == (1, 1)
    assert "No such file or directory" in err


def test_doctor_lists_all_bad_settings(verbatim: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERBATIM_THRESHOLD", "high")
    monkeypatch.setenv("VERBATIM_KEEP_DAYS", "0")
    monkeypatch.setenv("VERBATIM_XYZ", "1")
    status, out, _ = verbatim("doctor", "--json")
    assert status == 1
    found = json.loads(out)
    assert [each["detail"].split()[0] for each in found] == [
        "VERBATIM_XYZ",
        "VERBATIM_THRESHOLD",
        "VERBATIM_KEEP_DAYS",
    ]
    assert {(each["check"], each["state"]) for each in found} == {("settings", "error")}
    status, _, err = verbatim("ask", "bridge")
    assert (status, len(err.splitlines())) == (1, 1)


@pytest.mark.skipif(
    sys.platform != "linux", reason="root gives up its rights as on Linux: run it there"
)
def test_an_index_in_a_folder_that_cannot_be_written(
    verbatim: Any, newsrooms_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The models of its settings have not been prepared there."""
    monkeypatch.delenv("VERBATIM_MODELS")
    tiny_encoder(find_model(BASE_MODEL).path, tmp_path / "tiny")
    monkeypatch.setenv("VERBATIM_MODEL", str(tmp_path / "tiny"))
    monkeypatch.setenv("VERBATIM_PRECISION", "int8")
    monkeypatch.setenv("VERBATIM_RERANKER", "none")
    assert verbatim("index", str(newsrooms_file), "--data", "kept")[0] == 0
    shutil.rmtree("kept/models")
    for folder in (Path("kept"), *Path("kept").rglob("*/")):
        folder.chmod(0o555)
    asked = _without_the_rights_of_root("ask", "How much did the bridge cost?", "--data", "kept")
    checked = _without_the_rights_of_root("doctor", "--data", "kept")
    for folder in (*Path("kept").rglob("*/"), Path("kept")):
        folder.chmod(0o755)
    assert asked.returncode == 0, asked.stderr
    assert "— paragraph" in asked.stdout
    assert "Set VERBATIM_MODELS to a folder that can be written" in asked.stderr
    assert "VERBATIM_PRECISION" not in asked.stderr
    assert "✗ model: it cannot be prepared for onnxruntime: kept/models cannot" in checked.stdout
    assert "→ set VERBATIM_MODELS to a folder that can be written" in checked.stdout


def _without_the_rights_of_root(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command whose rights to files are those of their modes, for root too."""
    program = (
        "import ctypes, os, sys; ctypes.CDLL(None).prctl(24, 1, 0, 0, 0);"  # CAP_DAC_OVERRIDE
        "os.execv(sys.executable, [sys.executable, '-m', 'bot', *sys.argv[1:]])"
    )
    command = [sys.executable, "-c", program, *arguments]
    environment = {**os.environ, "PYTHONPATH": str(SEEDS.parent)}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


@pytest.mark.parametrize(
    ("arguments", "status", "expected"),
    [
        (["ask", ""], 1, "the question is empty"),
        (["ask", "x" * 10_000], 1, "the question has 10,000 characters"),
        (["ask", "x", "--newsroom", "nobody"], 1, "no newsroom is called 'nobody'"),
        (["ask", "x", "--newsroom", "example"], 1, "could be several newsrooms"),
        (["ask"], 2, "give a question, or --batch"),
        (["ask", "x", "--since", "2025-02-30"], 2, "'2025-02-30' is not a date like 2025-09-08"),
        (["ask", "x", "--limit", "0"], 2, "0 is not in the range"),
        (["index", "/no/such/folder"], 1, "no such file or folder: /no/such/folder"),
        (["index", "."], 1, "no press release found in ."),
        (["releases", "--since", "2025-02-02", "--until", "2025-01-01"], 2, "Swap the two dates"),
        (["ask", "x", "--until", "2001", "--since", "today"], 2, "Swap the two dates"),
        (["chat", "--since", "whenever"], 2, "'whenever' is not a date like 2025-09-08"),
        (["releases", "--limit", "9" * 30], 2, "is not in the range"),
        (["ask", "x", "--newsroom", "y" * 5000], 1, "no newsroom is called 'yyy"),
        (["release", "nothing"], 1, "no release has the id 'nothing'"),
        (["releases", "--newsroom", "nobody"], 1, "no newsroom is called 'nobody'"),
        (["nonsense"], 2, "No such command 'nonsense'"),
        (["bot"], 1, "DISCORD_TOKEN is not set"),
    ],
)
def test_invalid_input_is_reported_in_one_line(
    verbatim: Any,
    data: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    status: int,
    expected: str,
) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    before = Path(data, "CURRENT").read_text()
    found, out, err = verbatim(
        arguments[0], *arguments[1:], *(["--data", data] if status == 1 else [])
    )
    assert found == status
    assert out == ""
    assert expected in err
    assert "Traceback" not in err
    if status == 1:
        assert len(err.strip().splitlines()) == 1
    assert Path(data, "CURRENT").read_text() == before


@pytest.mark.parametrize("command", ["releases", "release"])
def test_listing_without_an_index_says_how_to_build_one(verbatim: Any, command: str) -> None:
    status, _, err = verbatim(command, *(["x"] if command == "release" else []))
    assert status == 1
    assert err.strip() == "verbatim: no index in data yet. Build one: verbatim index [PATH …]"


@pytest.mark.parametrize("variables", [{}, {"VERBATIM_PRECISION": "int8"}])
def test_an_index_of_the_former_default_model_is_rebuilt_with_one_line(
    verbatim: Any, newsrooms_file: Path, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]
) -> None:
    for variable, value in variables.items():
        monkeypatch.setenv(variable, value)
    data = "of-an-earlier-version"
    with monkeypatch.context() as earlier:
        earlier.setenv("VERBATIM_MODEL", BASE_MODEL)
        assert verbatim("index", str(newsrooms_file), "--data", data)[0] == 0
    indexed, now = (f"{name} (int8)" if variables else name for name in (BASE_MODEL, DEFAULT_MODEL))
    status, out, _ = verbatim("doctor", "--data", data)
    assert status == 1
    expected = f"was built with {indexed}, the default model of an earlier version"
    assert expected in " ".join(out.split())
    status, out, err = verbatim("ask", "How much did the bridge cost?", "--data", data, "--json")
    assert status == 0
    assert "$48 million" in json.loads(out)["passages"][0]["text"]
    assert err.splitlines()[0] == (
        f"verbatim: rebuilding the index in {data}, which was built with {indexed}: "
        f"this version of Verbatim uses {now}."
    )
    assert "rebuilding" not in verbatim("ask", "bridge", "--data", data)[2]


def test_an_index_of_another_model_than_the_one_that_is_named_is_refused(
    verbatim: Any, data: str, newsrooms_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VERBATIM_MODEL", BASE_MODEL)
    status, out, err = verbatim("ask", "bridge", "--data", data)
    assert (status, out) == (1, "")
    assert f"was built with the model {DEFAULT_MODEL}, not {BASE_MODEL}" in err
    assert verbatim("index", str(newsrooms_file), "--data", data)[0] == 0
    monkeypatch.setenv("VERBATIM_MODEL", DEFAULT_MODEL)
    status, out, err = verbatim("ask", "bridge", "--data", data)
    assert (status, out) == (1, "")
    assert f"was built with the model {BASE_MODEL}, not {DEFAULT_MODEL}" in err


def test_an_index_of_an_older_format_is_rebuilt_with_one_line(
    verbatim: Any, data: str, newsrooms_file: Path
) -> None:
    write_in_format_4(Path(data))
    status, out, err = verbatim("releases", "--data", data)
    assert (status, out) == (1, "")
    assert err.strip() == (
        f"verbatim: the index in {data} has format 4, this version of Verbatim reads {FORMAT}. "
        f"Rebuild it: verbatim index --data {data}"
    )
    status, out, err = verbatim("ask", "How much did the bridge cost?", "--data", data, "--json")
    assert status == 0
    assert "$48 million" in json.loads(out)["passages"][0]["text"]
    assert err.splitlines()[0] == (
        f"verbatim: rebuilding the index in {data}, which has format 4: "
        f"this version of Verbatim reads {FORMAT}."
    )
    assert "rebuilding" not in verbatim("ask", "bridge", "--data", data)[2]
    write_in_format_4(Path(data))
    newsrooms_file.unlink()
    status, _, err = verbatim("ask", "bridge", "--data", data)
    assert status == 1
    assert "no such file or folder" in err.splitlines()[-1]


def test_a_full_disk_is_reported_in_one_line_and_keeps_the_old_generation(
    data: str, newsrooms_file: Path
) -> None:
    with newsrooms_file.open("a", encoding="utf-8") as file:
        file.write(json.dumps({"title": "New", "text": "Something new to embed."}) + "\n")

    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    done = shell("index", str(newsrooms_file), "--data", data, preexec_fn=little_room)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("verbatim: cannot write the index in ")
    assert "Traceback" not in done.stderr
    out, _ = in_a_shell("ask", "How much did the bridge cost?", "--data", data)
    assert "$48 million" in out


def test_a_closed_pipe_is_not_an_error(data: str) -> None:
    command = [sys.executable, "-m", "bot", "releases", "--data", data]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=clean()
    ) as it:
        assert it.stdout is not None
        assert it.stderr is not None
        it.stdout.close()
        assert it.stderr.read() == b""
    assert it.returncode == 0


@pytest.mark.parametrize(
    ("arguments", "unwanted"),
    [
        (["--help"], {"torch", "sentence_transformers", "transformers", "numpy", "discord"}),
        (["releases"], {"torch", "sentence_transformers", "transformers", "numpy", "discord"}),
        (["release", "bridge"], {"torch", "sentence_transformers", "numpy", "discord"}),
        (["doctor"], {"torch", "sentence_transformers", "transformers", "discord"}),
        (["ask", "fares"], {"torch", "sentence_transformers", "transformers", "onnx", "discord"}),
    ],
)
def test_a_command_imports_only_what_it_needs(
    verbatim: Any, data: str, arguments: list[str], unwanted: set[str]
) -> None:
    program = (
        "import sys; from bot.cli.main import run; run(sys.argv[1:]);"
        "print(*sorted(name for name in sys.modules if '.' not in name))"
    )
    command = [sys.executable, "-c", program, *arguments]
    if arguments[0] == "ask":
        verbatim("ask", "fares", "--data", data)  # prepares the models, if no test has yet
    environment = clean() | {"VERBATIM_DATA": data}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    assert not unwanted & set(done.stdout.splitlines()[-1].split())


def test_the_console_script_is_installed() -> None:
    script = Path(sys.executable).with_name("verbatim")
    done = subprocess.run([script, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("verbatim, version ")


def test_the_sample_is_read_as_it_was_published(verbatim: Any) -> None:
    verbatim("index", str(SEEDS))
    _, out, _ = verbatim("release", "000_4a84fac55420aad7", "--json")
    release = json.loads(out)
    assert release["title"] == SAMPLE_TITLE
    assert release["date"] == "2025-09-08"
    assert len(release["paragraphs"]) == 6


def clean() -> dict[str, str]:
    """An environment without settings except for the models, which imports from this tree."""
    root = str(Path(__file__).parents[3])
    kept = {
        name: value
        for name, value in os.environ.items()
        if name == "VERBATIM_MODELS" or not name.startswith("VERBATIM_")
    }
    return kept | {"PYTHONPATH": root}


def shell(*arguments: str, stdin: str = "", **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        input=stdin, capture_output=True, text=True, env=clean(), check=False, **options,
    )  # fmt: skip


def in_a_shell(*arguments: str, stdin: str = "") -> tuple[str, str]:
    """Run a command that must succeed; return its stdout and stderr."""
    done = shell(*arguments, stdin=stdin)
    assert done.returncode == 0, done.stderr
    return done.stdout, done.stderr


def test_the_export_of_a_model_is_shown_once(
    verbatim: Any, newsrooms_file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tiny_encoder(find_model(BASE_MODEL).path, tmp_path / "tiny")
    monkeypatch.setenv("VERBATIM_MODEL", str(tmp_path / "tiny"))
    data = str(tmp_path / "tiny data")
    status, _, err = verbatim("index", str(newsrooms_file), "--data", data, "--json")
    assert status == 0
    assert err.count(f"preparing {tmp_path / 'tiny'} for onnxruntime, once …\n") == 1
    status, _, err = verbatim("ask", "How much did the bridge cost?", "--data", data, "--json")
    assert (status, err) == (0, "")


def test_the_default_models_leave_nothing_in_the_data_folder(
    verbatim: Any, newsrooms_file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("VERBATIM_MODELS")
    data = tmp_path / "default data"
    assert verbatim("index", str(newsrooms_file), "--data", str(data), "--json")[0] == 0
    status, _, err = verbatim("ask", "What did the bridge cost?", "--data", str(data), "--json")
    assert (status, err) == (0, "")
    assert not (data / "models").exists()


def test_passages_far_weaker_than_the_best_are_not_shown_as_answers(
    verbatim: Any, data: str
) -> None:
    _, out, _ = verbatim("ask", "How much did the bridge cost?", "--data", data)
    assert "$48 million" in out
    assert "Ferry" not in out
    assert out.count("— paragraph") == 1


def test_an_item_is_quoted_below_its_lead_in(verbatim: Any, tmp_path: Path) -> None:
    text = "The Lower Fares Act would:\n\nCap the price of every ferry ticket\n\nAdd night trains"
    folder = tmp_path / "releases"
    folder.mkdir()
    release = {"id": "fares", "title": "A Bill on Transport", "text": text}
    (folder / "releases.jsonl").write_text(json.dumps(release), encoding="utf-8")
    data = str(tmp_path / "data")
    verbatim("index", str(folder), "--data", data)
    question = "Which act would cap the price of a ferry ticket?"
    _, out, _ = verbatim("ask", question, "--data", data, "--json")
    best = json.loads(out)["passages"][0]
    assert (best["paragraph"], best["text"]) == (2, "Cap the price of every ferry ticket")
    assert best["lead_in"] == {"paragraph": 1, "text": "The Lower Fares Act would:"}
    assert best["items"] == []
    _, out, _ = verbatim("ask", question, "--data", data)
    lines = [line.strip() for line in out.splitlines()]
    assert lines.index("The Lower Fares Act would:") < lines.index(best["text"])


def test_a_lead_in_is_quoted_with_its_items(verbatim: Any, tmp_path: Path) -> None:
    items = ["A new roof for the library", "Two ramps at the harbour"]
    lead_in = "The city council will spend the $2.1 million grant on:"
    folder = tmp_path / "releases"
    folder.mkdir()
    release = {"id": "grant", "title": "A Grant", "text": "\n\n".join([lead_in, *items])}
    (folder / "releases.jsonl").write_text(json.dumps(release), encoding="utf-8")
    data = str(tmp_path / "data")
    verbatim("index", str(folder), "--data", data)
    question = "What will the city council spend the $2.1 million grant on?"
    _, out, _ = verbatim("ask", question, "--data", data, "--json")
    found = {each["paragraph"]: each for each in json.loads(out)["passages"]}
    assert found[1]["items"] == [
        {"paragraph": number, "text": text} for number, text in enumerate(items, start=2)
    ]
    assert found[2]["lead_in"] == {"paragraph": 1, "text": lead_in}
    _, out, _ = verbatim("ask", question, "--data", data)
    assert all(item in [line.strip() for line in out.splitlines()] for item in items)
