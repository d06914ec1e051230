"""Archives that share vectors, and the questions that are spread over them."""

import random

import numpy as np

from bot.settings import Settings
from retrieval.archive import Archive
from retrieval.training.remembering import RememberingEncoder
from tests.benchmarks.archives import Builder, read_rows, write_rows
from tests.benchmarks.building import HashingEncoder
from tests.benchmarks.question_sets import QuestionSet
from tests.benchmarks.reliability import archives_of, by_size, table_of, with_previous_text
from tests.benchmarks.retrieval import TODAY
from tests.conftest import NEWSROOMS

RELEASES = [f"r{n}" for n in range(40)]
KNOWN = [{"id": f"k{n}", "release_id": f"r{n}"} for n in range(12)]
NEAR = [{"id": f"n{n}", "release_id": None, "nearest": [f"r{n}", 2]} for n in range(3)]
FAR = [{"id": f"f{n}", "release_id": None} for n in range(7)]


class Counting(HashingEncoder):
    def __init__(self):
        super().__init__()
        self.encoded = []

    def encode_queries(self, texts):
        return super().encode_passages(texts)

    def encode_passages(self, texts):
        self.encoded += texts
        return super().encode_passages(texts)


def test_a_passage_is_encoded_once(tmp_path):
    counting = Counting()
    first = RememberingEncoder(counting, tmp_path)
    vectors = first.encode_passages(["a", "b", "a"])
    assert np.array_equal(first.encode_passages(["b", "c"])[0], vectors[1])
    assert counting.encoded == ["a", "b", "c"]
    assert np.array_equal(vectors, HashingEncoder().encode_passages(["a", "b", "a"]))


def test_vectors_are_kept_for_the_next_run(tmp_path):
    first = RememberingEncoder(HashingEncoder(), tmp_path)
    first.encode_passages(["a"])
    first.save()
    first.encode_passages(["b"])
    first.save()
    first.save()
    counting = Counting()
    later = RememberingEncoder(counting, tmp_path)
    expected = HashingEncoder().encode_passages(["b", "a"])
    assert np.array_equal(later.encode_passages(["b", "a"]), expected)
    assert counting.encoded == []


def test_each_question_is_asked_of_one_archive_with_its_release():
    for size in (1, 8, 39, 40, 2000):
        archives = archives_of(size, [*KNOWN, *NEAR, *FAR], RELEASES, random.Random(1))
        asked = [row["id"] for each in archives for row in each.questions]
        assert sorted(asked) == sorted(row["id"] for row in [*KNOWN, *NEAR, *FAR])
        for each in archives:
            assert len({*each.releases}) == len(each.releases) == min(size, 40)
            anchors = [row["release_id"] or row.get("nearest", [None])[0] for row in each.questions]
            assert {*filter(None, anchors)} <= {*each.releases}


def test_at_most_a_quarter_of_an_archive_is_of_its_questions():
    archives = archives_of(8, KNOWN, RELEASES, random.Random(1))
    assert [len({row["release_id"] for row in each.questions}) for each in archives] == [2] * 6


def test_a_question_over_no_release_of_the_file_is_left_out():
    gone = {"id": "gone", "release_id": "elsewhere"}
    (archive,) = archives_of(40, [*KNOWN, gone], RELEASES, random.Random(1))
    assert len(archive.questions) == 12


def test_a_follow_up_has_the_text_of_the_question_before():
    rows = [
        {"id": "a", "question": "What did it cost?"},
        {"id": "b", "question": "And when?", "previous": "a"},
        {"id": "c", "question": "Why?", "previous": "Who built the bridge?"},
    ]
    texts = [row.get("previous") for row in with_previous_text(rows)]
    assert texts == [None, "What did it cost?", "Who built the bridge?"]


def test_every_size_of_archive_is_asked_all_questions(tmp_path):
    questions = [
        {"id": "cost", "question": "What did the bridge cost?", "answer": "$48 million",
         "release_id": "bridge"},
        {"id": "who", "question": "Who drew the bridge?", "kind": "near", "answer": None,
         "release_id": None, "nearest": ["bridge", 2]},
        {"id": "hours", "question": "When are libraries open?", "answer": "noon to five",
         "release_id": "library"},
    ]  # fmt: skip
    path = write_rows(tmp_path / "questions.jsonl", questions)
    source = write_rows(tmp_path / "releases.jsonl", NEWSROOMS)
    assert read_rows(source) == [*NEWSROOMS]
    counting = Counting()
    encoder = RememberingEncoder(counting, tmp_path / "vectors")
    using = Builder(Settings(), Archive(tmp_path, encoder), encoder)
    asked = QuestionSet("harbor", path, tmp_path / "none", TODAY, source)
    found = by_size(using, asked, (1, 3, 2000), None)
    assert {size: each.archives for size, each in found.items()} == {1: 2, 3: 2, 4: 1}
    assert all(len(each.outcomes) == 3 for each in found.values())
    assert len(counting.encoded) == len({*counting.encoded})
    assert [row[:3] for row in table_of("harbor", found).rows] == [
        ("1", "2", "3"),
        ("3", "2", "3"),
        ("4", "1", "3"),
    ]
