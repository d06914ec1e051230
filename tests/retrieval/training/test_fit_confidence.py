import math
from collections import Counter

import numpy as np
import pytest

from retrieval.ranking.confidence import READING_SIGNALS, SIGNALS
from retrieval.training.fit_confidence import (
    ABSENT,
    ANSWERABLE,
    FAR,
    NEAR,
    Case,
    cases,
    cross_validated,
    fit,
    plot_calibration,
    weights_of,
)
from retrieval.training.mined import write_mined, write_readings
from tests.retrieval.training.mined_questions import mined_question, unanswered

READINGS = np.array([[6, 5], [1, -1], [0, -2], [np.nan] * 2, [np.nan] * 2], np.float32)


@pytest.fixture
def folder(tmp_path):
    """Twenty answered questions, and one that nothing answers, all read."""
    questions = [*[mined_question()] * 20, unanswered()]
    write_mined(tmp_path, questions)
    write_readings(tmp_path, [READINGS] * len(questions))
    return tmp_path


def test_every_question_is_a_case_and_some_without_the_releases_that_answer(folder):
    found = list(cases(folder, far=False, read=True))
    counts = Counter(each.kind for each in found)
    assert (counts[ANSWERABLE], counts[NEAR], counts[FAR]) == (20, 1, 0)
    assert 0 < counts[ABSENT] < 20
    for each in found:
        assert each.archive == "twenty"
        assert each.newsroom == "harbor.example"
        assert each.signals.keys() == set(SIGNALS)
        assert each.relevant is (each.kind == ANSWERABLE)
    absent = next(each for each in found if each.kind == ABSENT)
    assert len(absent.passages) == 3  # three of the five are of other releases
    assert absent.signals["score"] == 0


def test_the_reader_ranks_and_its_readings_are_signals_if_it_is_to_decide(folder):
    (best, *_) = (each for each in cases(folder, far=False, read=True))
    assert (best.signals["score"], best.signals["any"]) == (6, 6)
    (unread, *_) = (each for each in cases(folder, far=False, read=False))
    assert {unread.signals[name] for name in READING_SIGNALS} == {0.0}
    assert len(unread.passages) == 5


def test_questions_about_other_subjects_are_cases_of_their_own(folder):
    assert {each.kind for each in cases(folder, far=True, read=True)} == {FAR}


def test_an_answer_that_extends_over_two_passages_is_an_answer(tmp_path):
    write_mined(tmp_path, [mined_question(gold=[], gold_titles=[])])
    found = [each.kind for each in cases(tmp_path, far=False, read=False)]
    assert found[0] == ANSWERABLE


def case(number, archive, relevant, newsroom="n"):
    """A case in which the reader is right, but for every tenth."""
    score = 3.0 if relevant != (number % 10 == 0) else -3.0
    values = dict.fromkeys(SIGNALS, 0.0) | {"bias": 1.0, "score": score}
    values["passages"] = math.log(69)  # the same for all, but its standard deviation is not 0.0
    return Case(ANSWERABLE if relevant else NEAR, archive, newsroom, values, relevant, [])


UNEQUAL = [
    *(case(n, "one", True, f"n{n % 7}") for n in range(90)),
    *(case(n, "one", False, f"n{n % 7}") for n in range(10)),
    *(case(n, "all", n % 2 == 0, f"n{n % 7}") for n in range(20)),
]


def test_every_archive_and_every_outcome_in_it_counts_as_much():
    totals = Counter()
    for each, weight in zip(UNEQUAL, weights_of(UNEQUAL), strict=True):
        totals[each.archive, each.relevant] += weight
    assert len(totals) == 4
    assert list(totals.values()) == pytest.approx([len(UNEQUAL) / 4] * 4)


def test_what_tells_gets_the_weight_and_what_never_differs_gets_none():
    weights = dict(zip(SIGNALS, fit(UNEQUAL), strict=True))
    assert weights["score"] > 0.3
    told = ("bias", "score", "passages")
    assert [weights[name] for name in SIGNALS if name not in told] == pytest.approx(
        [0.0] * (len(SIGNALS) - len(told))
    )


def test_a_probability_is_by_weights_that_were_fitted_to_other_newsrooms():
    probabilities = cross_validated(UNEQUAL)
    assert ((probabilities > 0) & (probabilities < 1)).all()
    right = [(p > 0.5) == each.relevant for p, each in zip(probabilities, UNEQUAL, strict=True)]
    assert np.mean(right) > 0.8


def test_the_calibration_is_drawn_as_a_picture(tmp_path):
    pytest.importorskip("matplotlib", reason="needs matplotlib: pip install -e '.[bench]'")
    picture = tmp_path / "reliability.png"
    chances = np.linspace(0, 1, 40)
    plot_calibration(chances, chances > 0.5, np.array(["one"] * 40), picture)
    assert picture.read_bytes().startswith(b"\x89PNG")
