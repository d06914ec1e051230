"""Question files: what they may hold, how a bad one is put, and where answers are found."""

import json

import pytest

from retrieval.errors import BadQuestionFile
from retrieval.evaluation.questions import answer_span, judge, read_questions
from retrieval.index.release_store import open_release_store
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


def found(rows, written, store):
    """The right places of each question by id, as (release id, paragraph), and what is lost."""
    judged, lost = judge(read_questions(written(rows)), store)
    infos = {heading.number: heading.id for heading in store.select()}
    places = {
        each.known.id: sorted((infos[release], number) for release, number in each.right)
        for each in judged
    }
    return places, {each.id: each.reason for each in lost}


def test_a_line_is_read_whole(written):
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


def test_what_is_optional_may_be_left_out_or_null(written):
    empty = dict.fromkeys(("also", "kind", "since", "until", "previous"))
    far = {"id": "far", "question": "Who won?", "answer": None} | empty
    cost, far = read_questions(written([COST | empty, far]))
    assert (cost.kind, cost.releases, cost.question.previous) == ("answerable", ("bridge",), None)
    assert (far.kind, far.releases, far.answer) == ("unanswerable", (), None)


def test_previous_is_an_id_before_it_is_a_text(written):
    follow = COST | {"id": "f", "previous": "cost"}
    text = COST | {"id": "t", "previous": "the cost"}
    known = {each.id: each for each in read_questions(written([follow, text, COST]))}
    assert known["f"].question.previous == "How much did the bridge cost?"
    assert known["t"].question.previous == "the cost"


def test_blank_lines_windows_ends_and_a_mark_of_order_are_no_fault(written):
    line = json.dumps(COST).encode()
    path = written(b"\xef\xbb\xbf" + line + b"\r\n\r\n" + line.replace(b'"cost"', b'"two"'))
    assert [each.id for each in read_questions(path)] == ["cost", "two"]


GOOD = json.dumps(COST) + "\n"


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        ("", None, "it holds no question"),
        ("\n \n", None, "it holds no question"),
        (GOOD.encode() + b'{"id": "caf\xe9"}\n', 2, "it is not UTF-8"),
        (GOOD + "{broken\n", 2, "it is not JSON"),
        (GOOD + "[" * 100_000, 2, "it is not JSON"),
        ("\n[1]\n", 2, "it is not a JSON object"),
        ([COST, {"question": "x"}], 2, "'id' is missing or not a text"),
        ([COST | {"id": 7}], 1, "'id' is missing or not a text"),
        ([COST | {"id": " "}], 1, "'id' is missing or not a text"),
        ([{"id": "x", "answer": None}], 1, "'question' is missing or not a text"),
        ([{"id": "x", "question": "y"}], 1, "'answer' is missing"),
        ([COST | {"answer": "—"}], 1, "'answer' has no words"),
        ([COST | {"answer": ""}], 1, "'answer' has no words"),
        ([COST | {"answer": 48}], 1, "'answer' is not a text"),
        ([COST | {"release_id": None}], 1, "'release_id' is missing"),
        ([COST | {"also": "ferry"}], 1, "'also' is not a list of texts"),
        ([COST | {"also": [1]}], 1, "'also' is not a list of texts"),
        ([COST, COST], 2, "the id 'cost' stands on a line before"),
        ([COST | {"previous": "nobody"}], 1, "'previous' names 'nobody', and no line has that id"),
        ([COST | {"since": "last year"}], 1, "'since' is 'last year', not a date like"),
        ([COST | {"until": "2025-02-30"}], 1, "'until' is '2025-02-30', not a date like"),
        ([COST | {"since": "2025-02-02", "until": "2025-01-01"}], 1, "Swap the two dates"),
        ([COST | {"question": "???"}], 1, "the question has no words"),
    ],
)
def test_a_bad_file_is_put_with_its_line(written, content, line, said):
    path = written(content)
    with pytest.raises(BadQuestionFile) as caught:
        read_questions(path)
    assert (caught.value.path, caught.value.line) == (path, line)
    assert said in caught.value.reason
    start = f"{path}, line {line}: " if line else f"{path}: "
    assert str(caught.value).startswith(start)
    assert "\n" not in str(caught.value)


def test_a_missing_file_and_a_folder(tmp_path):
    with pytest.raises(BadQuestionFile, match="no such file or directory"):
        read_questions(tmp_path / "nothing")
    with pytest.raises(BadQuestionFile, match="is a directory"):
        read_questions(tmp_path)


def test_an_answer_is_found_by_its_words(written, store):
    quote = COST | {"id": "quote", "answer": '"THIS bridge belongs -- to the people'}
    far = {"id": "far", "question": "Who won?", "answer": None}
    places, lost = found([COST, quote, far], written, store)
    assert places == {"cost": [("bridge", 2)], "quote": [("bridge", 3)], "far": []}
    assert lost == {}


def test_only_right_releases_count(written, store):
    # "Harbor" stands in "bridge" and "harbor" in "undated".
    both = COST | {"answer": "harbor", "also": ["undated"]}
    places, _ = found([both, both | {"id": "one", "also": []}], written, store)
    assert places == {"cost": [("bridge", 1), ("undated", 1)], "one": [("bridge", 1)]}


def test_what_stands_nowhere_is_lost_with_its_reason(written, store):
    elsewhere = COST | {"id": "elsewhere", "release_id": "ferry"}
    part = COST | {"id": "part", "answer": "8 million"}
    unknown = COST | {"id": "unknown", "release_id": "nobody"}
    saved = COST | {"id": "saved", "release_id": "nobody", "also": ["bridge"]}
    places, lost = found([elsewhere, part, unknown, saved], written, store)
    assert places == {"saved": [("bridge", 2)]}
    assert lost == {
        "elsewhere": "no paragraph of its releases holds the words of the answer",
        "part": "no paragraph of its releases holds the words of the answer",
        "unknown": "no release has the id 'nobody'",
    }


def test_the_id_of_a_merged_copy_is_right_and_a_repeated_paragraph_counts_once(
    encoder, written, tmp_path
):
    bridge = NEWSROOMS[0]
    copy = bridge | {"id": "copy", "url": "https://coast.example/bridge"}
    twice = NEWSROOMS[1] | {"text": f"{NEWSROOMS[1]['text']}\n\n{NEWSROOMS[1]['text']}"}
    source = write_releases(tmp_path / "releases.jsonl", [bridge, copy, twice])
    build_index(tmp_path / "data", [source], encoder)
    _, store = open_release_store(tmp_path / "data")
    assert store.count() == 2
    hours = COST | {"id": "hours", "answer": "on Sundays from noon", "release_id": "library"}
    places, lost = found([COST | {"release_id": "copy"}, hours], written, store)
    assert lost == {}
    assert len(places["cost"]) == 1
    assert places["cost"][0][1] == 2
    assert places["hours"] == [("library", 1)]


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
    found = answer_span(paragraph, answer)
    assert (found and paragraph[slice(*found)]) == span
