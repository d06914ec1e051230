from pathlib import Path

import numpy as np
import pytest

from retrieval.evaluation.questions import read_questions
from retrieval.ranking.features import FEATURES
from retrieval.training import fit_ranking
from retrieval.training.fit_ranking import FitData, cross_validated, fit, load, reciprocal_ranks
from retrieval.training.mined import write_mined, write_readings
from tests.retrieval.training.mined_questions import mined_question, unanswered

QUESTIONS = 40
CANDIDATES = 6


@pytest.fixture
def data():
    """The relevant candidate, the third, has a higher first column; the rest is noise."""
    rng = np.random.default_rng(1)
    rows = rng.normal(size=(QUESTIONS * CANDIDATES, len(FEATURES)))
    relevant = np.tile(np.arange(CANDIDATES) == 2, QUESTIONS)
    rows[:, 0] += 3 * relevant
    return FitData(
        tuple(FEATURES),
        rows,
        relevant,
        np.ones(len(rows), dtype=bool),
        np.arange(QUESTIONS) * CANDIDATES,
        tuple(f"n{n % 10}" for n in range(QUESTIONS)),
        None,
    )


def test_the_feature_that_separates_gets_the_weight(data):
    weights = fit(data, data.rows, range(QUESTIONS))
    assert weights[0] == max(weights)
    ranks = reciprocal_ranks(data, cross_validated(data, data.rows))
    assert ranks.mean() > 0.8


def test_reciprocal_ranks_count_the_candidates_that_score_higher(data):
    scores = np.tile([5.0, 4.0, 3.0, 2.0, 1.0, 0.0], QUESTIONS)
    assert reciprocal_ranks(data, scores) == pytest.approx(1 / 3)


def test_each_newsroom_is_in_one_fold(data):
    folds = fit_ranking.folds(data)
    assert sorted(q for fold in folds for q in fold) == list(range(QUESTIONS))
    names = [{data.newsrooms[q] for q in fold} for fold in folds]
    assert sum(map(len, names)) == len(set.union(*names))


@pytest.fixture
def folder(tmp_path):
    """Two questions, of which the reader read three candidates, and one that nothing answers."""
    readings = np.array([[3, 2, 0], [1, -4, 0], [2, 5, 0], *[[np.nan] * 3] * 2], np.float32)
    questions = [mined_question(), mined_question(), unanswered()]
    write_mined(tmp_path, questions)
    write_readings(tmp_path, [readings] * len(questions))
    return tmp_path


def test_questions_with_an_answer_are_loaded_with_the_features_that_are_named(folder):
    data = load([folder], ("cosine", "bm25"))
    assert data.rows.shape == (10, 2)
    assert data.starts.tolist() == [0, 5]
    assert data.stops.tolist() == [5, 10]
    assert data.readings[:3].tolist() == [[3, 2], [1, -4], [2, 5]]
    assert data.fitted.all()  # none of them is a first paragraph


def test_a_candidate_that_was_not_read_has_the_lowest_of_each_reading(folder):
    data = load([folder], ("cosine",))
    readings = fit_ranking._readings(data, data.rows[:, 0])
    assert readings[:5].tolist() == [[3, 2], [1, -4], [2, 5], [1, -4], [1, -4]]


def test_without_the_readings_of_all_folders_there_are_none(folder, tmp_path):
    write_mined(tmp_path / "unread", [mined_question()])
    assert load([folder, tmp_path / "unread"], ("cosine",)).readings is None


@pytest.mark.parametrize("name", ["questions", "written", "fitting"])
def test_the_training_questions_are_valid_question_files(name):
    questions = read_questions(Path(fit_ranking.__file__).parent / "data" / f"{name}.jsonl")
    assert len(questions) > 700
    assert sum(each.answer is None for each in questions) > 25
