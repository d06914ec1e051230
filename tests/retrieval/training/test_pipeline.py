"""The training pipeline from questions to weights, over a small archive, with the real models."""

import gzip
import json
import sys
from importlib import import_module

import numpy as np
import pytest

from retrieval.evaluation.questions import read_questions
from retrieval.indexing.build import build_index
from retrieval.ranking.candidates import CANDIDATES
from retrieval.ranking.confidence import SIGNALS
from retrieval.ranking.features import FEATURES
from retrieval.training.examples import read_examples
from retrieval.training.mined import read_mined
from tests.conftest import NEWSROOMS
from tests.retrieval.conftest import write_releases

# More passages than there are candidates for a question, as in any real archive.
MINUTES = {
    "id": "minutes",
    "title": "Minutes of the Harbor Council",
    "newsroom": "council.example",
    "text": "\n\n".join(
        f"Item {number} on pier {number} was adopted with {number + 3} votes after a short debate."
        for number in range(1, CANDIDATES + 10)
    ),
}
KNOWN = [
    ("cost", "How much did the bridge cost?", "$48 million", "bridge"),
    ("closed", "How long was the bridge closed?", "fourteen months", "bridge"),
    ("hours", "When are the libraries open on Sundays?", "from noon to five", "library"),
    ("signatures", "How many people signed the petition?", "2,300 signatures", "library"),
    ("price", "What did Ines Vale say?", "The price stays as it is", "ferry"),
    ("seals", "Who counts the harbor seals?", "Volunteers are wanted", "undated"),
    ("item", "How did the vote on pier 7 end?", "Item 7 on pier 7", "minutes"),
]
OFF_TOPIC = ("Who won the chess world cup?", "How hot is the surface of Venus?", "Who wrote Emma?")


@pytest.fixture
def run(monkeypatch, capsys):
    """Run a module of the pipeline with some arguments; what it prints."""

    def run(module, *arguments):
        monkeypatch.setattr(sys, "argv", [module, *map(str, arguments)])
        import_module(f"retrieval.training.{module}").main()
        return capsys.readouterr().out

    return run


@pytest.fixture
def archive(encoder, tmp_path):
    """The data folder of an archive that answers `KNOWN`."""
    source = write_releases(tmp_path / "releases.jsonl", [*NEWSROOMS, MINUTES])
    build_index(tmp_path / "data", [source], encoder)
    return tmp_path / "data"


@pytest.fixture
def reading(tmp_path):
    """A folder like ``qa/reading``."""
    passages = [
        {"id": "p0", "title": "Chess", "text": "The world cup was won by a Norwegian."},
        {
            "id": "p1",
            "title": "Novels",
            "text": "Emma was written by Jane Austen, who also wrote Persuasion.",
        },
        {"id": "p2", "title": "Venus", "text": "The surface of Venus is hotter than an oven."},
    ]
    questions = [
        {"question": question, "passages": [id]}
        for question, id in zip(OFF_TOPIC, ("p0", "p2", "p1"), strict=True)
    ]
    folder = tmp_path / "reading"
    folder.mkdir()
    for name, rows in (("passages", passages), ("questions", questions)):
        with gzip.open(folder / f"{name}.jsonl.gz", "wt", encoding="utf-8") as file:
            file.writelines(json.dumps(row) + "\n" for row in rows)
    return folder


@pytest.fixture
def folders(run, archive, reading, tmp_path):
    """Mined and scored candidates of `KNOWN` and of `OFF_TOPIC`."""
    keys = ("id", "question", "answer", "release_id")
    rows = [dict(zip(keys, row, strict=True)) for row in KNOWN]
    questions = write_releases(tmp_path / "known.jsonl", rows)
    run("off_topic", reading, tmp_path / "far.jsonl")
    known, far = tmp_path / "known", tmp_path / "far"
    printed = run("mine", questions, "--data", archive, "--out", known)
    assert printed.startswith(f"{len(KNOWN)} questions, ")
    assert printed.endswith(" 0 questions skipped\n")
    run("mine", tmp_path / "far.jsonl", "--data", archive, "--out", far)
    run("score_candidates", "verbatim", known, far, "--cache", tmp_path / "models")
    return known, far


def test_from_questions_to_weights(run, folders):
    known, far = map(list, map(read_mined, folders))
    assert [each.question for each in known] == [question for _, question, _, _ in KNOWN]
    assert {each.question for each in far} == set(OFF_TOPIC)
    assert [each.kind for each in far] == ["far"] * len(far)
    for mined in (*known, *far):
        assert mined.features.columns.keys() == FEATURES.keys()
        shapes = {len(mined.features), len(mined.texts), len(mined.scores), len(mined.releases)}
        assert shapes == {len(mined.relevant)} == {CANDIDATES}
        assert mined.passages > CANDIDATES
    for mined, (_, _, answer, _) in zip(known, KNOWN, strict=True):
        assert mined.newsroom
        assert [answer in text for text in mined.texts] == mined.relevant.tolist()
        assert mined.scores[mined.relevant].max() > np.median(mined.scores)

    ranking = run("fit_ranking", folders[0])
    assert "features and reranker" in ranking
    for title, names in (("FIRST_STAGE", [*FEATURES]), ("RERANKED", [*FEATURES, "reranker"])):
        assert list(weights_after(ranking, title)) == names
    without = run("fit_ranking", folders[0], "--without", "number", "quotation")
    assert weights_after(without, "FIRST_STAGE").keys() == FEATURES.keys() - {"number", "quotation"}

    confidence = run("fit_confidence", "--known", folders[0], "--far", folders[1])
    with_reranker, without_reranker = confidence.split("without the reranker")
    for printed in (with_reranker, without_reranker):
        assert tuple(weights_after(printed, "threshold")) == SIGNALS
        assert {"answerable", "absent", "far"} <= set(printed.split())
    assert weights_after(with_reranker, "threshold")["reranker"] > 0
    assert weights_after(without_reranker, "threshold")["reranker"] == 0


def test_from_mined_questions_to_a_reranker(run, folders, reading, tmp_path):
    press, general = tmp_path / "press.jsonl", tmp_path / "general.jsonl"
    run("press_examples", folders[0], press, "--share", 0, "--part", "training", "--sentences")
    run("reading_examples", reading, general)
    examples = read_examples(press)
    assert {each.question for each in examples} == {question for _, question, _, _ in KNOWN}
    for _, question, answer, _ in KNOWN:
        of_question = [each for each in examples if each.question == question]
        for each in of_question:
            assert all(answer in text for text in each.positives)
            assert not any(answer in text for text in each.negatives)
    assert {each.question for each in read_examples(general)} == set(OFF_TOPIC)

    out = tmp_path / "reranker"
    printed = run(
        "train_reranker", press, general, "--validate", press, "--held-out", 2, "--out", out,
        "--sample", 4, "--epochs", 1, "--batch", 2, "--negatives", 2, "--length", 48,
    )  # fmt: skip
    assert printed.startswith("4 examples, 2 steps, ")
    assert (out / "model.safetensors").exists()


def test_questions_of_other_subjects_are_a_question_file(run, reading, tmp_path):
    run("off_topic", reading, tmp_path / "far.jsonl", "--count", 2)
    questions = read_questions(tmp_path / "far.jsonl")
    assert len(questions) == 2
    assert {(each.kind, each.answer) for each in questions} == {("far", None)}


def weights_after(printed, title):
    """The weights that are printed after a title, by name and in order."""
    lines = printed[printed.index(title) :].splitlines()
    weights = {}
    for line in lines[1:]:
        if line.startswith('    "'):
            name, _, value = line.strip().rstrip(",").partition(": ")
            weights[name.strip('"')] = float(value)
        elif weights:
            break
    return weights
