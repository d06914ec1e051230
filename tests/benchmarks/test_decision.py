"""The curve of a decision, its calibration, and the worst questions."""

import json

import pytest

from retrieval.evaluation.evaluate import Outcome, Ranks
from tests.benchmarks.decision import curve, decisions, measure_sets, read_runs
from tests.benchmarks.pairs import PairOutcome
from tests.benchmarks.parts import Options, Plot, Series
from tests.benchmarks.plots import draw_into
from tests.benchmarks.question_sets import QuestionSet
from tests.benchmarks.reliability import bins, calibration_error
from tests.benchmarks.retrieval import TODAY
from tests.benchmarks.worst import measure_sets as worst_of
from tests.benchmarks.worst import misjudged, misranked, refused

QUESTIONS = [
    {"id": "cost", "question": "How much did the bridge cost?", "kind": "number",
     "answer": "$48 million", "release_id": "bridge"},
    {"id": "waited", "question": "How much did the bridge cost?", "kind": "quote",
     "answer": "the people who waited", "release_id": "bridge"},
    {"id": "who", "question": "Who designed the bridge?", "kind": "near-who", "answer": None},
    {"id": "chess", "question": "Who won the chess world cup?", "kind": "far", "answer": None},
]  # fmt: skip


def outcome(confidence, rank=None, *, known=True, kind="fact", answered=None):
    """A result at a threshold of .5; ``rank`` is that of the right paragraph, if it was found."""
    return Outcome(
        id=f"{kind} {confidence}",
        kind=kind,
        question="?",
        ranks=Ranks(rank, rank, 0.0) if known else None,
        answered=confidence >= 0.5 if answered is None else answered,
        confidence=confidence,
        highlighted=None,
        milliseconds=1.0,
    )


def as_json(id, confidence, kind, known):
    ranks = {"paragraph": 1, "release": 1, "ndcg": 1.0} if known else None
    answered = confidence >= 0.5
    return {"id": id, "kind": kind, "ranks": ranks, "answered": answered, "confidence": confidence}


RUN = [
    as_json("a", 0.9, "fact", True),
    as_json("b", 0.4, "follow-up", True),
    as_json("c", 0.6, "near-price", False),
    as_json("d", 0.2, "unanswerable-near", False),
    as_json("e", 0.1, "unanswerable-far", False),
]


def test_the_curve_has_each_threshold_from_nothing_answered_to_everything():
    found = decisions("now", RUN)
    assert (found.known, found.near, found.far) == ((0.9, 0.4), (0.6, 0.2), (0.1,))
    assert found.at_threshold == (0.5, 0.5)
    assert curve(found) == ((0, 1), (0.5, 1), (0.5, 0.5), (1, 0.5), (1, 0))


def test_a_run_without_near_questions_has_no_curve():
    with pytest.raises(ValueError, match="of a kind 'near'"):
        decisions("now", RUN[:2])


def test_another_run_is_drawn_beside(newsrooms_archive, tmp_path):
    path = tmp_path / "questions.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in QUESTIONS), encoding="utf-8")
    asked = QuestionSet("harbor", path, newsrooms_archive.data, TODAY)
    options = Options(tmp_path / "benchmarks", tmp_path)
    before = tmp_path / "before.json"
    outcomes = [
        as_json("cost", 0.3, "number", True),
        as_json("who", 0.2, "near-who", False),
        as_json("chess", 0.1, "far", False),
    ]
    before.write_text(json.dumps({"outcomes": outcomes}), encoding="utf-8")
    part = measure_sets(options, [asked], read_runs([before]))
    assert [row[0] for row in part.tables[0].rows] == ["harbor, now", "harbor, before"]
    assert part.tables[0].rows[1][1:4] == ("1", "1", "1")
    assert len(part.tables[1].rows) == 8
    (plot,) = part.plots
    labels = [each.label for each in plot.series]
    assert labels[:2] == ["now", "before"]
    with pytest.raises(ValueError, match="none of the questions"):
        measure_sets(options, [asked], [decisions("elsewhere", RUN)])
    worst = worst_of(options, [asked], 20)
    first, *_ = worst.tables
    assert first.title == "harbor: right paragraph not first"
    assert first.rows[0][0] == "waited: How much did the bridge cost?"
    assert first.rows[0][3].startswith("bridge ¶2: The bridge cost $48 million")
    assert first.rows[0][4] == "yes"


def test_a_confidence_that_is_the_share_right_has_no_error():
    right = [outcome(0.75, 1), outcome(0.75, 2), outcome(0.75, 3)]
    assert calibration_error([*right, outcome(0.75, 4)]) == 0
    assert calibration_error([outcome(1.0, 1), outcome(0.0, known=False)]) == 0
    assert calibration_error([outcome(1.0, known=False), outcome(1.0, None)]) == 1
    assert [*bins([*right, outcome(0.05, 1)])] == [(0.05, 1, 1), (0.75, 1, 3)]


def test_the_worst_come_first():
    first, second, missing = outcome(0.9, 1), outcome(0.9, 2), outcome(0.9, None)
    assert misranked([first, second, missing], 20) == [missing, second]
    assert misranked([first, second, missing], 1) == [missing]
    near = [outcome(each, known=False, kind="near") for each in (0.6, 0.2, 0.9)]
    assert misjudged([first, *near], 20) == [near[2], near[0]]
    assert refused([first, second, outcome(0.3, 1), outcome(0.1, 1)], 20) == [
        outcome(0.1, 1),
        outcome(0.3, 1),
    ]


def test_a_pair_is_right_if_both_forms_are():
    right, silent, wrong = outcome(0.9, 1), outcome(0.1, 1), outcome(0.9, 2)
    unknown = outcome(0.1, known=False)
    assert PairOutcome(right, right).both_right
    assert PairOutcome(unknown, unknown).both_right
    assert not PairOutcome(right, wrong).both_right
    assert PairOutcome(right, wrong).same_decision
    assert not PairOutcome(right, silent).same_decision


def test_a_curve_is_drawn_as_a_picture_of_its_name(tmp_path):
    pytest.importorskip("matplotlib", reason="needs matplotlib: pip install -e '.[bench]'")
    line = Series("now", ((0.5, 0.25), (1.0, 0.0)))
    draw_into(tmp_path / "plots", [Plot("harbor", "Decision", "answered", "refused", (line,))])
    assert (tmp_path / "plots/harbor.png").read_bytes().startswith(b"\x89PNG")
