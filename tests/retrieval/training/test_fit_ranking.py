from pathlib import Path

import numpy as np
import pytest

from retrieval.evaluation.questions import read_questions
from retrieval.ranking.features import FEATURES
from retrieval.training import fit_ranking
from retrieval.training.fit_ranking import Mined, cross_validated, fit, reciprocal_ranks

QUESTIONS = 40
CANDIDATES = 6


@pytest.fixture
def mined():
    """The right candidate, the third, has the higher first column; the rest is noise."""
    chance = np.random.default_rng(1)
    rows = chance.normal(size=(QUESTIONS * CANDIDATES, len(FEATURES)))
    right = np.tile(np.arange(CANDIDATES) == 2, QUESTIONS)
    rows[:, 0] += 3 * right
    return Mined(
        tuple(FEATURES),
        rows,
        right,
        np.ones(len(rows), dtype=bool),
        np.arange(QUESTIONS) * CANDIDATES,
        tuple(f"n{n % 10}" for n in range(QUESTIONS)),
        ("fact",) * QUESTIONS,
        None,
    )


def test_what_tells_right_from_wrong_gets_the_weight(mined):
    weights = fit(mined, mined.rows, range(QUESTIONS))
    assert weights[0] == max(weights)
    ranks = reciprocal_ranks(mined, cross_validated(mined, mined.rows))
    assert ranks.mean() > 0.8


def test_a_rank_counts_the_candidates_that_are_ahead(mined):
    scores = np.tile([5.0, 4.0, 3.0, 2.0, 1.0, 0.0], QUESTIONS)
    assert reciprocal_ranks(mined, scores) == pytest.approx(1 / 3)


def test_folds_part_newsrooms(mined):
    parts = fit_ranking.folds(mined)
    assert sorted(q for part in parts for q in part) == list(range(QUESTIONS))
    names = [{mined.newsrooms[q] for q in part} for part in parts]
    assert sum(map(len, names)) == len(set.union(*names))


@pytest.mark.parametrize("name", ["questions", "validation"])
def test_the_written_questions_are_a_question_file(name):
    known = read_questions(Path(fit_ranking.__file__).parent / "data" / f"{name}.jsonl")
    assert len(known) > 700
    assert sum(each.answer is None for each in known) > 25
