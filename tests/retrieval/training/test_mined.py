import numpy as np
import pytest

from retrieval.training.mined import read_mined, write_mined, write_readings
from tests.retrieval.training.mined_questions import mined_question, unanswered

ODD = mined_question(question="a\u2028b\x85c?", newsroom="", texts=["\u2029"] * 5)


def same(one, other):
    for name in ("relevant", "paragraphs", "releases"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    for name, column in one.features.columns.items():
        np.testing.assert_array_equal(column, other.features.columns[name])
    names = "question kind newsroom archive passages texts titles gold gold_titles".split()
    return [getattr(one, name) for name in names] == [getattr(other, name) for name in names]


def test_what_is_written_is_read_again(tmp_path):
    questions = [mined_question(), unanswered(), ODD]
    write_mined(tmp_path / "new" / "folder", questions)
    found = list(read_mined(tmp_path / "new" / "folder"))
    assert len(found) == 3
    assert all(map(same, found, questions))
    assert [each.readings for each in found] == [None] * 3


def test_readings_come_with_their_questions(tmp_path):
    write_mined(tmp_path, [mined_question(), unanswered()])
    readings = [np.full((5, 2), value, dtype=np.float32) for value in (1.0, np.nan)]
    write_readings(tmp_path, readings)
    for mined, expected in zip(read_mined(tmp_path), readings, strict=True):
        np.testing.assert_array_equal(mined.readings, expected)


def test_a_file_that_lacks_a_question_is_an_error(tmp_path):
    write_mined(tmp_path, [mined_question(), unanswered()])
    lines = (tmp_path / "questions.jsonl").read_text("utf-8").splitlines(keepends=True)
    (tmp_path / "questions.jsonl").write_text(lines[0], encoding="utf-8")
    with pytest.raises(ValueError, match="shorter"):
        list(read_mined(tmp_path))
