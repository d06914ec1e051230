"""The training pipeline from questions to weights, over a small archive, with the real models."""

import sys
from importlib import import_module

import numpy as np
import pytest

from embeddings.export.reading_model import load_reading_model
from embeddings.models import BASE_MODEL, find_model
from retrieval.evaluation.questions import read_questions
from retrieval.indexing.build import build_index
from retrieval.ranking.candidates import CANDIDATES
from retrieval.ranking.confidence import READING_SIGNALS, SIGNALS
from retrieval.ranking.features import FEATURES
from retrieval.ranking.weights import RERANKED
from retrieval.training.examples import read_examples
from retrieval.training.mined import read_mined
from tests.conftest import NEWSROOMS
from tests.embeddings.tiny_models import tiny_reader
from tests.retrieval.conftest import write_releases
from tests.retrieval.training.reading_folder import QUESTIONS, UNANSWERABLE, write_reading_folder

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
NEAR = [
    ("builder", "Which company rebuilt the bridge?", None, "bridge"),
    ("books", "How many books does the library have?", None, "library"),
]
OFF_TOPIC = {question for _, question, _, _ in QUESTIONS}


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
    """An archive that answers `KNOWN` and not `NEAR`, with both as its questions."""
    folder = tmp_path / "small" / "000"
    source = write_releases(tmp_path / "releases.jsonl", [*NEWSROOMS, MINUTES])
    build_index(folder, [source], encoder)
    keys = ("id", "question", "answer", "release_id")
    rows = [dict(zip(keys, row, strict=True)) for row in (*KNOWN, *NEAR)]
    write_releases(folder / "questions.jsonl", rows)
    return folder


@pytest.fixture
def reading(tmp_path):
    """A folder like ``qa/reading``."""
    return write_reading_folder(tmp_path / "reading")


@pytest.fixture
def mined(run, archive, reading, tmp_path):
    """Folders of the mined questions of the archive, and of `OFF_TOPIC`."""
    known, far = tmp_path / "known", tmp_path / "far"
    printed = run("mine", archive, "--out", known)
    assert printed == f"{archive}: {len(KNOWN) + len(NEAR)} questions, 0 skipped\n"
    run("off_topic", reading, tmp_path / "far.jsonl")
    run("mine", archive, "--out", far, "--questions", tmp_path / "far.jsonl")
    return known, far


def test_questions_on_other_subjects_can_be_others_for_training(run, reading, tmp_path):
    found = []
    for skipped in (0, 1, 99):
        run("off_topic", reading, tmp_path / "far.jsonl", "--count", 1, "--skip", skipped)
        found.append((tmp_path / "far.jsonl").read_text("utf-8"))
    assert found[0] != found[1] != ""
    assert found[2] == ""


def test_what_is_mined_is_what_the_product_finds(mined):
    known, far = map(list, map(read_mined, mined))
    assert [each.question for each in known] == [row[1] for row in (*KNOWN, *NEAR)]
    assert {each.question for each in far} == OFF_TOPIC
    assert [each.kind for each in far] == ["far"] * len(far)
    for each in (*known, *far):
        assert each.features.columns.keys() == FEATURES.keys()
        columns = (each.features, each.texts, each.titles, each.releases)
        assert set(map(len, columns)) == {len(each.relevant)}
        assert CANDIDATES <= len(each.relevant) < each.passages
        assert each.archive == "small"
    for each, (_, _, answer, _) in zip(known, KNOWN, strict=False):
        assert [answer in text for text in each.texts] == each.relevant.tolist()


def test_answers_are_mined_with_their_places(mined):
    known = list(read_mined(mined[0]))
    titles = {row["id"]: row["title"] for row in (*NEWSROOMS, MINUTES)}
    for each, (_, _, answer, release) in zip(known, KNOWN, strict=False):
        (gold,), (title,) = each.gold, each.gold_titles
        assert gold.text[slice(*gold.span)] == answer.removeprefix("$")
        assert gold.text[title:].startswith(f"{titles[release]}\n")
        assert gold.text in each.texts
    for each in known[len(KNOWN) :]:
        assert not each.gold
        assert not each.relevant.any()


def test_a_question_belongs_to_who_answers_it_or_comes_nearest(mined):
    names = [each.newsroom for each in read_mined(mined[0])]
    assert names[:2] == ["www.harbor.example Mayor"] * 2
    assert names[4] == "coast.example Ferry"
    assert names[5] == "unnamed Harbor"
    assert names[len(KNOWN) :] == ["www.harbor.example Mayor", "www.harbor.example Library"]
    assert {each.newsroom for each in read_mined(mined[1])} == {""}


def test_from_mined_questions_to_weights(run, mined, tmp_path):
    known, far = mined
    run("score_candidates", "verbatim", known, far, "--cache", tmp_path / "models")
    for each in list(read_mined(known))[: len(KNOWN)]:
        scores = each.readings[:, 0]
        assert np.nanmax(scores[each.relevant]) > np.nanmedian(scores)

    ranking = run("fit_ranking", known)
    assert "features and reranker" in ranking
    assert list(weights_after(ranking, "FIRST_STAGE")) == [*FEATURES]
    assert list(weights_after(ranking, "RERANKED")) == [*FEATURES, "reranker", "answers"]
    assert weights_after(ranking, "RERANKED").keys() == RERANKED.keys()
    without = run("fit_ranking", known, "--without", "number", "quotation")
    assert weights_after(without, "FIRST_STAGE").keys() == FEATURES.keys() - {"number", "quotation"}

    confidence = run("fit_confidence", "--known", known, "--far", far)
    read, unread = confidence.split("without a reader")
    for printed in (read, unread):
        assert tuple(weights_after(printed, "threshold")) == SIGNALS
        assert {"answerable", "near", "absent", "far"} <= set(printed.split())
        assert "\npassage: (" in printed
    assert any(weights_after(read, "threshold")[name] for name in READING_SIGNALS)
    assert not any(weights_after(unread, "threshold")[name] for name in READING_SIGNALS)


def test_from_mined_questions_to_a_reader(run, mined, reading, tmp_path):
    press, general = tmp_path / "press.jsonl", tmp_path / "general.jsonl"
    run("press_examples", mined[0], press, "--share", 0, "--part", "training")
    run("reading_examples", reading, general)
    examples = {each.question: each for each in read_examples(press)}
    assert examples.keys() == {row[1] for row in (*KNOWN, *NEAR)}
    for _, question, answer, _ in KNOWN:
        example = examples[question]
        for each in example.positives:
            assert each.text[slice(*each.span)] == answer.removeprefix("$")
        assert not any(answer in text for text in (*example.negatives, *example.contrasts))
    assert not any(examples[question].positives for _, question, _, _ in NEAR)
    asked = {question for _, question, *_ in (*QUESTIONS, *UNANSWERABLE)}
    assert {each.question for each in read_examples(general)} <= asked

    out, start = tmp_path / "reader", tmp_path / "tiny"
    tiny_reader(find_model(BASE_MODEL).path, start)
    printed = run(
        "train_reranker", press, general, "--start", start, "--validate", press, "--held-out", 2,
        "--out", out, "--sample", 4, "--epochs", 1, "--batch", 2, "--negatives", 2, "--length", 48,
    )  # fmt: skip
    assert printed.startswith("4 examples, 2 steps, ")
    assert ", MRR " in printed
    before, after = (load_reading_model(each).state_dict() for each in (start, out))
    same = {name for name, weights in before.items() if weights.equal(after[name])}
    assert {name.split(".")[2] for name in same} >= {"word_embeddings", "position_embeddings"}
    assert same.isdisjoint({"classifier.weight", "span.weight"})


def test_a_part_of_the_newsrooms_is_held_out(run, mined, tmp_path):
    parts = []
    for part in ("training", "validation"):
        run("press_examples", mined[0], tmp_path / part, "--share", 0.5, "--part", part)
        parts.append({each.newsroom for each in read_examples(tmp_path / part)})
    assert parts[0].isdisjoint(parts[1])
    assert len(parts[0] | parts[1]) == 5


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
