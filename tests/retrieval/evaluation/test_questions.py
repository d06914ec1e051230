"""Question files: valid and invalid ones, and the paragraphs that contain the answers."""

import json

import pytest

from retrieval.errors import BadQuestionFile
from retrieval.evaluation.questions import answer_span, locate_answers, read_questions, sort_of
from retrieval.index.sqlite_releases import open_release_store
from retrieval.indexing.build import build_index
from tests.conftest import NEWSROOMS
from tests.retrieval.conftest import write_releases

COST = {
    "id": "cost",
    "question": "How much did the bridge cost?",
    "answer": "$48 million",
    "release_id": "bridge",
}


@pytest.fixture
def written(tmp_path):
    """Write rows, or raw text or bytes, as a question file."""

    def write(content):
        path = tmp_path / "questions.jsonl"
        if isinstance(content, list):
            content = "".join(json.dumps(row) + "\n" for row in content)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.fixture
def store(data):
    return open_release_store(data)[1]


def located(rows, written, store):
    """The relevant paragraphs by question, as (release id, paragraph), and what was skipped."""
    judged, skipped = locate_answers(read_questions(written(rows)), store)
    ids = {info.number: info.id for info in store.select()}
    relevant = {
        each.entry.id: sorted((ids[release], number) for release, number in each.relevant)
        for each in judged
    }
    return relevant, {each.id: each.reason for each in skipped}


def test_all_fields_of_a_line_are_read(written):
    row = COST | {"kind": "number", "since": "2024-01-01", "until": "2024-12-31", "also": ["x"]}
    row["previous"] = "What did the mayor open?"
    (known,) = read_questions(written([row]))
    assert (known.id, known.kind, known.answer) == ("cost", "number", "$48 million")
    assert known.releases == ("bridge", "x")
    assert known.question.text == "How much did the bridge cost?"
    assert (known.question.since.isoformat(), known.question.until.isoformat()) == (
        "2024-01-01",
        "2024-12-31",
    )
    assert known.question.previous == "What did the mayor open?"
    assert known.question.limit == 100


def test_optional_fields_may_be_missing_or_null(written):
    empty = dict.fromkeys(("also", "kind", "since", "until", "previous"))
    far = {"id": "far", "question": "Who won?", "answer": None} | empty
    cost, far = read_questions(written([COST | empty, far]))
    assert (cost.kind, cost.releases, cost.question.previous) == ("answerable", ("bridge",), None)
    assert (far.kind, far.releases, far.answer) == ("unanswerable", (), None)


def test_previous_is_an_id_rather_than_text(written):
    follow = COST | {"id": "f", "previous": "cost"}
    text = COST | {"id": "t", "previous": "the cost"}
    known = {each.id: each for each in read_questions(written([follow, text, COST]))}
    assert known["f"].question.previous == "How much did the bridge cost?"
    assert known["t"].question.previous == "the cost"


def test_blank_lines_crlf_and_a_byte_order_mark_are_accepted(written):
    line = json.dumps(COST).encode()
    path = written(b"\xef\xbb\xbf" + line + b"\r\n\r\n" + line.replace(b'"cost"', b'"two"'))
    assert [each.id for each in read_questions(path)] == ["cost", "two"]


GOOD = json.dumps(COST) + "\n"


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        ("", None, "it has no questions"),
        ("\n \n", None, "it has no questions"),
        (GOOD.encode() + b'{"id": "caf\xe9"}\n', 2, "it is not UTF-8"),
        (GOOD + "{broken\n", 2, "it is not JSON"),
        (GOOD + "[" * 100_000, 2, "it is not JSON"),
        ("\n[1]\n", 2, "it is not a JSON object"),
        ([COST, {"question": "x"}], 2, "'id' is missing or not a string"),
        ([COST | {"id": 7}], 1, "'id' is missing or not a string"),
        ([COST | {"id": " "}], 1, "'id' is missing or not a string"),
        ([{"id": "x", "answer": None}], 1, "'question' is missing or not a string"),
        ([{"id": "x", "question": "y"}], 1, "'answer' is missing"),
        ([COST | {"answer": "—"}], 1, "'answer' has no words"),
        ([COST | {"answer": ""}], 1, "'answer' has no words"),
        ([COST | {"answer": 48}], 1, "'answer' is not a string"),
        ([COST | {"release_id": None}], 1, "'release_id' is missing"),
        ([COST | {"also": "ferry"}], 1, "'also' is not a list of strings"),
        ([COST | {"also": [1]}], 1, "'also' is not a list of strings"),
        ([COST, COST], 2, "the id 'cost' is used on an earlier line"),
        ([COST | {"previous": "nobody"}], 1, "'previous' is 'nobody', but no line has that id"),
        ([COST | {"since": "last year"}], 1, "'since' is 'last year', not a date like"),
        ([COST | {"until": "2025-02-30"}], 1, "'until' is '2025-02-30', not a date like"),
        ([COST | {"since": "2025-02-02", "until": "2025-01-01"}], 1, "Swap the two dates"),
        ([COST | {"question": "???"}], 1, "the question has no words"),
    ],
)
def test_an_invalid_file_is_reported_with_its_line(written, content, line, reason):
    path = written(content)
    with pytest.raises(BadQuestionFile) as caught:
        read_questions(path)
    assert (caught.value.path, caught.value.line) == (path, line)
    assert reason in caught.value.reason
    start = f"{path}, line {line}: " if line else f"{path}: "
    assert str(caught.value).startswith(start)
    assert "\n" not in str(caught.value)


def test_a_missing_file_and_a_folder_are_reported(tmp_path):
    with pytest.raises(BadQuestionFile, match="no such file or directory"):
        read_questions(tmp_path / "nothing")
    with pytest.raises(BadQuestionFile, match="is a directory"):
        read_questions(tmp_path)


def test_an_answer_is_found_by_its_words(written, store):
    quote = COST | {"id": "quote", "answer": '"THIS bridge belongs -- to the people'}
    far = {"id": "far", "question": "Who won?", "answer": None}
    relevant, skipped = located([COST, quote, far], written, store)
    assert relevant == {"cost": [("bridge", 2)], "quote": [("bridge", 3)], "far": []}
    assert skipped == {}


def test_only_the_given_releases_are_relevant(written, store):
    # "Harbor" is in "bridge" and "harbor" in "undated".
    both = COST | {"answer": "harbor", "also": ["undated"]}
    relevant, _ = located([both, both | {"id": "one", "also": []}], written, store)
    assert relevant == {"cost": [("bridge", 1), ("undated", 1)], "one": [("bridge", 1)]}


def test_a_question_whose_answer_is_missing_is_skipped_with_the_reason(written, store):
    elsewhere = COST | {"id": "elsewhere", "release_id": "ferry"}
    part = COST | {"id": "part", "answer": "8 million"}
    unknown = COST | {"id": "unknown", "release_id": "nobody"}
    saved = COST | {"id": "saved", "release_id": "nobody", "also": ["bridge"]}
    relevant, skipped = located([elsewhere, part, unknown, saved], written, store)
    assert relevant == {"saved": [("bridge", 2)]}
    assert skipped == {
        "elsewhere": "no paragraph of its releases contains the answer",
        "part": "no paragraph of its releases contains the answer",
        "unknown": "no release has the id 'nobody'",
    }


def test_a_merged_copy_is_relevant_and_a_repeated_paragraph_counts_once(encoder, written, tmp_path):
    bridge = NEWSROOMS[0]
    copy = bridge | {"id": "copy", "url": "https://coast.example/bridge"}
    twice = NEWSROOMS[1] | {"text": f"{NEWSROOMS[1]['text']}\n\n{NEWSROOMS[1]['text']}"}
    source = write_releases(tmp_path / "releases.jsonl", [bridge, copy, twice])
    build_index(tmp_path / "data", [source], encoder)
    _, store = open_release_store(tmp_path / "data")
    assert store.count() == 2
    hours = COST | {"id": "hours", "answer": "on Sundays from noon", "release_id": "library"}
    relevant, skipped = located([COST | {"release_id": "copy"}, hours], written, store)
    assert skipped == {}
    assert len(relevant["cost"]) == 1
    assert relevant["cost"][0][1] == 2
    assert relevant["hours"] == [("library", 1)]


@pytest.mark.parametrize(
    ("paragraph", "answer", "span"),
    [
        ("It cost $48 million.", "48 MILLION", "48 million"),
        ("“This bridge’s ours,” she said.", "bridge's ours she", "bridge’s ours,” she"),
        ("Straße und Weg", "STRASSE", "Straße"),
        ("Andre\u0301 came", "André", "Andre\u0301"),
        ("a b a c", "a c", "a c"),
        ("an answerable one", "answer", None),
        ("one two", "two one", None),
        ("", "one", None),
        ("one", "—", None),
    ],
)
def test_the_span_of_an_answer(paragraph, answer, span):
    result = answer_span(paragraph, answer)
    assert (result and paragraph[slice(*result)]) == span


@pytest.mark.parametrize(
    ("kind", "sort"),
    [
        ("near", "near"),
        ("Near-price", "near"),
        ("unanswerable-near", "near"),
        ("far", "far"),
        ("unanswerable_far", "far"),
        ("nearly", None),
        ("farm", None),
        ("unanswerable", None),
    ],
)
def test_the_sort_of_a_question_without_an_answer_is_in_its_kind(kind, sort):
    assert sort_of(kind) == sort
