"""``verbatim eval``: its tables, its JSON, and its errors."""

import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from bot.cli.evaluation_view import evaluation_view
from embeddings.encoder import Encoder
from retrieval.archive import Archive
from retrieval.evaluation.evaluate import evaluate
from tests.bot.cli.test_commands import clean
from tests.conftest import SEEDS

QUESTIONS = (
    {
        "id": "cost",
        "kind": "number",
        "question": "How much did the bridge cost?",
        "answer": "$48 million",
        "release_id": "bridge",
    },
    {
        "id": "closed",
        "kind": "follow-up",
        "question": "And how long was it closed?",
        "answer": "fourteen months",
        "release_id": "bridge",
        "previous": "cost",
    },
    {
        "id": "gone",
        "kind": "number",
        "question": "How much is the fare?",
        "answer": "nine dollars",
        "release_id": "ferry",
    },
    {"id": "chess", "kind": "far", "question": "Who won the chess world cup?", "answer": None},
)

Write = Callable[..., str]


@pytest.fixture
def questions(tmp_path: Path) -> Write:
    """Write rows, or bytes, as a question file; return its path."""

    def write(content: Any = QUESTIONS) -> str:
        path = tmp_path / "questions.jsonl"
        if not isinstance(content, bytes):
            content = "".join(json.dumps(row) + "\n" for row in content).encode()
        path.write_bytes(content)
        return str(path)

    return write


def test_the_tables(verbatim: Any, data: str, questions: Write) -> None:
    status, out, err = verbatim("eval", questions(), "--data", data)
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].split() == "method n hit@1 @3 @5 @10 MRR nDCG rel@1 @3".split()
    assert lines[1].split() == ["Verbatim", "2", *["1.000"] * 8]
    assert [line.split()[:2] for line in lines[4:6]] == [["number", "1"], ["follow-up", "1"]]
    assert lines[7].split() == "95 % intervals hit@1 MRR".split()
    assert lines[8].split() == ["Verbatim", "1.000–1.000", "1.000–1.000"]
    assert lines[13].startswith("answerable, answered ")
    assert lines[14].split()[:4] == ["far,", "refused", "1", "1.000"]
    assert lines[16] == "AUROC of the confidence: 1.000 (1.000 to 1.000)"
    assert lines[17] == "AUROC against far alone: 1.000 (1.000 to 1.000)"
    assert lines[-2:] == [
        "1 question left out:",
        "  gone: no paragraph of its releases contains the answer",
    ]
    assert "\x1b" not in out
    assert not [line for line in lines if line != line.rstrip()]


def test_kinds_of_near_questions_are_also_counted_together(
    verbatim: Any, data: str, questions: Write
) -> None:
    near = [
        {"id": "price", "question": "What did the bridge cost in 1990?", "kind": "near-price"},
        {"id": "who", "question": "Who designed the bridge?", "kind": "near-who"},
    ]
    rows = [QUESTIONS[0], *(row | {"answer": None} for row in near)]
    _, out, _ = verbatim("eval", questions(rows), "--data", data)
    decisions = [line.split()[:4] for line in out.splitlines() if ", refused" in line]
    assert [*map(" ".join, decisions)][2].startswith("all near, refused 2")
    assert len(decisions) == 3


def test_a_miss_is_listed_with_its_rank(verbatim: Any, data: str, questions: Write) -> None:
    hard = QUESTIONS[0] | {"id": "hard", "question": "harbor seals", "kind": "hard"}
    late = QUESTIONS[0] | {"id": "late", "since": "2025-01-01"}
    _, out, _ = verbatim("eval", questions([hard, late]), "--data", data)
    named = next(line for line in out.splitlines() if line.startswith("right paragraph not first"))
    assert named.startswith("right paragraph not first: late (not found), hard (rank ")


def test_only_json_on_stdout(verbatim: Any, data: str, questions: Write) -> None:
    status, out, err = verbatim("eval", questions(), "--data", data, "--baselines", "--json")
    assert status == 0
    found = json.loads(out)
    assert found["generation"] == "g000001"
    assert found["quality"]["hits"]["1"] == {"value": 1.0, "low": 1.0, "high": 1.0}
    assert [each["name"] for each in found["kinds"]] == ["number", "follow-up"]
    assert len(found["comparisons"]) == 7
    assert set(found["comparisons"][0]) == {"quality", "lead"}
    assert found["abstention"]["auroc"]["value"] == 1
    assert [each["kind"] for each in found["abstention"]["refused"]] == ["far"]
    (far,) = found["abstention"]["sorts"]
    assert (far["rate"]["kind"], far["auroc"]["value"]) == ("far", 1)
    highlighted = [each["highlighted"] for each in found["outcomes"]]
    assert found["highlight"]["value"] == sum(highlighted[:2]) / 2
    assert highlighted[2] is None
    assert found["milliseconds"] > 0
    assert [each["id"] for each in found["outcomes"]] == ["cost", "closed", "chess"]
    assert found["outcomes"][0]["ranks"] == {"paragraph": 1, "release": 1, "ndcg": 1.0}
    assert found["lost"] == [
        {"id": "gone", "reason": "no paragraph of its releases contains the answer"}
    ]
    assert err.startswith("embedding for the baselines: ")
    _, again, err = verbatim("eval", questions(), "--data", data, "--baselines", "--json")
    assert err == ""
    assert json.loads(again)["comparisons"] == found["comparisons"]


def test_baselines_are_listed_with_the_lead_over_them(
    verbatim: Any, data: str, questions: Write
) -> None:
    _, out, _ = verbatim("eval", questions(), "--data", data, "--baselines")
    lines = out.splitlines()
    names = [
        "dense, paragraph",
        "dense, title + paragraph",
        "BM25, paragraph",
        "BM25, title, member, paragraph",
        "RRF of the two, paragraph",
        "RRF of the two, with title",
        "z-scored dense, sentence, BM25",
    ]
    assert [line.partition(" 2 ")[0].strip() for line in lines[2:9]] == names
    at = next(number for number, line in enumerate(lines) if line.startswith("95 % intervals"))
    assert lines[at].endswith("Verbatim leads in MRR by")
    assert lines[at + 1].split() == ["Verbatim", "1.000–1.000", "1.000–1.000"]
    for name, line in zip(names, lines[at + 2 : at + 9], strict=True):
        assert line.startswith(name)
        assert re.search(r" [+-]\d\.\d{3} \([+-]\d\.\d{3} to [+-]\d\.\d{3}\)$", line)


def test_eighty_columns_are_enough(data: str, questions: Write, encoder: Encoder) -> None:
    """Only the first column is folded in a narrow terminal."""
    found = evaluate(
        Archive(Path(data), encoder),
        Path(questions()),
        baselines=True,
    )
    shown = {}
    for width in (80, 200):
        with io.StringIO() as file:
            Console(file=file, width=width).print(evaluation_view(found))
            shown[width] = file.getvalue()
    assert "…" not in shown[80]
    assert sorted(re.findall(r"[+-]?\d\.\d{3}", shown[80])) == sorted(
        re.findall(r"[+-]?\d\.\d{3}", shown[200])
    )


@pytest.mark.parametrize(
    ("rows", "there", "missing"),
    [
        (QUESTIONS[3:], ["far, refused", "–"], ["method", "AUROC", "highlight", "answered"]),
        (QUESTIONS[:2], ["method", "highlight on the answer", "answered"], ["AUROC", "refused"]),
    ],
)
def test_only_what_the_questions_measure_is_shown(
    verbatim: Any,
    data: str,
    questions: Write,
    rows: Any,
    there: list[str],
    missing: list[str],
) -> None:
    status, out, _ = verbatim("eval", questions(rows), "--data", data)
    assert status == 0
    assert all(each in out for each in there)
    assert not [each for each in missing if any(line.startswith(each) for line in out.splitlines())]
    status, out, _ = verbatim("eval", questions(rows), "--data", data, "--json")
    assert status == 0
    assert json.loads(out)["abstention"]["auroc"] is None


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "questions.jsonl: it has no questions. Write one JSON object per line."),
        (b"\xff\xfe", "questions.jsonl, line 1: it is not UTF-8. Save the file as UTF-8."),
        (b"\n{broken\n", "questions.jsonl, line 2: it is not JSON"),
        ([{"question": "x", "answer": None}], "line 1: 'id' is missing"),
        ([QUESTIONS[0], QUESTIONS[0]], "line 2: the id 'cost' is used on an earlier line."),
        ([QUESTIONS[1]], "line 1: 'previous' is 'cost', but no line has that id."),
        ([QUESTIONS[2]], "none of its answers is in the index (gone: no paragraph"),
    ],
)
def test_an_invalid_file_is_reported_in_one_line(
    verbatim: Any, data: str, questions: Write, content: Any, expected: str
) -> None:
    status, out, err = verbatim("eval", questions(content), "--data", data, "--json")
    assert (status, out) == (1, "")
    assert expected in err
    assert len(err.strip().splitlines()) == 1


def test_missing_files_are_reported_in_one_line(verbatim: Any, data: str, questions: Write) -> None:
    status, out, err = verbatim("eval", "nothing.jsonl", "--data", data)
    assert (status, out) == (1, "")
    assert err == "verbatim: nothing.jsonl: no such file or directory. Name a file of questions.\n"
    status, out, err = verbatim("eval", questions(), "--data", "nowhere")
    assert (status, out) == (1, "")
    assert "there is no data folder nowhere" in err
    assert not Path("nowhere").exists()
    status, _, err = verbatim("eval")
    assert status == 2
    assert "QUESTIONS.jsonl" in err


def test_an_invalid_file_is_reported_before_the_model_is_loaded(
    data: str, questions: Write, tmp_path: Path
) -> None:
    program = (
        "import sys; from bot.cli.main import run; status = run(sys.argv[1:]);"
        "print(status, *{'torch', 'sentence_transformers', 'discord'} & set(sys.modules))"
    )
    command = [sys.executable, "-c", program, "eval", questions(b""), "--data", data]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=clean())
    assert done.stdout.split() == ["1"]


def test_the_sample_of_the_documentation(verbatim: Any, tmp_path: Path) -> None:
    """The example in docs/evaluation.md is a question file with answers in the sample."""
    text = (SEEDS.parent / "docs" / "evaluation.md").read_text(encoding="utf-8")
    shown = [line for line in text.splitlines() if line.startswith('{"id"')]
    assert len(shown) > 5
    path = tmp_path / "sample.jsonl"
    path.write_text("\n".join(shown), encoding="utf-8")
    verbatim("index", str(SEEDS))
    status, out, _ = verbatim("eval", str(path), "--json")
    assert status == 0
    found = json.loads(out)
    assert len(found["outcomes"]) == len(shown)
    assert found["lost"] == []
    assert found["quality"]["hits"]["5"]["value"] == 1
    assert found["abstention"]["auroc"] is not None


def test_another_archive_is_not_touched(
    verbatim: Any, data: str, questions: Write, newsrooms_archive: Archive
) -> None:
    """Measuring does not change the generation, with or without baselines."""
    folder = newsrooms_archive.index.folder
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    verbatim("eval", questions(), "--data", data, "--baselines")
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before
