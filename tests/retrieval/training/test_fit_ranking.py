from pathlib import Path

import numpy as np
import pytest

from retrieval.evaluation.questions import read_questions
from retrieval.ranking.features import FEATURES
from retrieval.training import fit_ranking
from retrieval.training.fit_ranking import FitData, cross_validated, fit, reciprocal_ranks

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


@pytest.mark.parametrize("name", ["questions", "validation"])
def test_the_training_questions_are_valid_question_files(name):
    questions = read_questions(Path(fit_ranking.__file__).parent / "data" / f"{name}.jsonl")
    assert len(questions) > 700
    assert sum(each.answer is None for each in questions) > 25
