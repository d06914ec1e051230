"""The baselines, compared with the same scores computed text by text."""

import logging
from datetime import date

import numpy as np
import pytest

from retrieval.archive import Archive
from retrieval.evaluation.baselines import (
    BM25,
    BM25_TITLE,
    DENSE,
    DENSE_TITLE,
    NAMES,
    RRF,
    RRF_TITLE,
    Z_SCORED,
    Baselines,
    reciprocal_rank_fusion,
    standardized,
)
from retrieval.index.bm25 import Bm25Index
from retrieval.indexing.build import build_index
from retrieval.question import Question
from retrieval.text.sentences import sentence_spans
from retrieval.text.tokens import terms
from tests.conftest import NEWSROOMS
from tests.retrieval.conftest import RecordingEncoder, write_releases

QUESTION = "How much did the harbor bridge cost?"


@pytest.fixture
def index(data, encoder):
    return Archive(data, encoder).index


@pytest.fixture
def methods(data, index, encoder):
    return Baselines(data, index, encoder)


@pytest.fixture
def rows(index):
    """The paragraph, title and text of each row, from the release store."""
    infos = {each.number: each for each in index.releases.select()}
    return [
        ((a, b), infos[a].title, index.releases.paragraphs(a)[b - 1])
        for a, b in index.passages[:, :2].tolist()
    ]


def ranked(rows, scores):
    best = sorted(range(len(rows)), key=lambda row: -scores[row])
    return [rows[row][0] for row in best if np.isfinite(scores[row])]


def cosines(encoder, texts, question=QUESTION):
    return encoder.encode_passages(texts) @ encoder.encode_queries([question])[0]


def bm25_scores(texts, question):
    index = Bm25Index.build([terms(text) for text in texts])
    return index.scores(terms(question))


def bm25(texts):
    scores = bm25_scores(texts, QUESTION)
    return np.where(scores > 0, scores, -np.inf)


def test_dense_and_bm25_rank_as_computed_text_by_text(methods, rows, encoder):
    found = methods.rank(Question(QUESTION))
    untitled = [text for _, _, text in rows]
    titled = [f"{title}\n{text}" for _, title, text in rows]
    assert tuple(found) == NAMES
    assert found[DENSE] == ranked(rows, cosines(encoder, untitled))
    assert found[DENSE_TITLE] == ranked(rows, cosines(encoder, titled))
    assert found[BM25] == ranked(rows, bm25(untitled))
    assert found[BM25_TITLE] == ranked(rows, bm25(titled))
    assert found[DENSE] != found[DENSE_TITLE]
    assert found[BM25] != found[BM25_TITLE]
    assert 0 < len(found[BM25]) < len(rows)  # a row that shares no term is not retrieved


def test_reciprocal_rank_fusion_combines_the_runs(methods):
    found = methods.rank(Question(QUESTION))
    for fused, runs in ((RRF, (DENSE, BM25)), (RRF_TITLE, (DENSE_TITLE, BM25_TITLE))):
        total = {}
        for run in runs:
            for rank, paragraph in enumerate(found[run], start=1):
                total[paragraph] = total.get(paragraph, 0) + 1 / (60 + rank)
        scores = [total[paragraph] for paragraph in found[fused]]
        assert scores == sorted(scores, reverse=True)
        assert set(found[fused]) == set(total)


@pytest.mark.parametrize("question", [QUESTION, "harbor fares", "Sundays", "prices", "Who waited?"])
def test_z_scored_fusion_is_as_computed_text_by_text(methods, rows, encoder, question):
    titled = [f"{title}\n{text}" for _, title, text in rows]
    best = [
        cosines(encoder, [text[a:b] for a, b in sentence_spans(text)], question).max()
        for _, _, text in rows
    ]
    bm25 = bm25_scores(titled, question)

    def z(values):
        return (np.array(values) - np.mean(values)) / (np.std(values) or 1)

    expected = 0.6 * (z(cosines(encoder, titled, question)) + z(best)) / 2 + 0.4 * z(bm25)
    assert methods.rank(Question(question))[Z_SCORED] == ranked(rows, expected)


def test_dates_filter_what_is_ranked(methods, rows, index):
    found = methods.rank(Question(QUESTION, since=date(2024, 4, 1)))
    ids = {each.number: each.id for each in index.releases.select()}
    for name in (DENSE, DENSE_TITLE, RRF, RRF_TITLE, Z_SCORED):
        assert {ids[release] for release, _ in found[name]} == {"library", "ferry"}
    nothing = methods.rank(Question(QUESTION, until=date(2001, 1, 1)))
    assert nothing == {name: [] for name in NAMES}


def test_a_follow_up_is_appended_to_the_previous_question(methods):
    follow_up = methods.rank(Question("And when?", previous=QUESTION))
    assert follow_up == methods.rank(Question(f"{QUESTION} And when?"))
    assert follow_up != methods.rank(Question("And when?"))


def test_a_long_paragraph_counts_once(encoder, tmp_path):
    long = " ".join(f"The bridge has part {number} of its cost." for number in range(60))
    source = write_releases(tmp_path / "long.jsonl", [*NEWSROOMS, {"title": "Long", "text": long}])
    build_index(tmp_path / "data", [source], encoder)
    index = Archive(tmp_path / "data", encoder).index
    paragraphs = [tuple(row) for row in index.passages[:, :2].tolist()]
    assert len(set(paragraphs)) < len(paragraphs)
    found = Baselines(tmp_path / "data", index, encoder).rank(Question(QUESTION))
    for name in (DENSE, DENSE_TITLE, RRF, RRF_TITLE, Z_SCORED):
        assert sorted(found[name]) == sorted(set(paragraphs))


def files(data):
    return [path for path in (data / "baselines").rglob("*") if path.is_file()]


def test_vectors_are_cached(data, index, recording, encoder):
    progress = []
    first = Baselines(data, index, recording, lambda *step: progress.append(step))
    found = first.rank(Question(QUESTION))
    embedded = list(recording.passages)
    assert len(set(embedded)) == len(embedded) > len(index.passages)
    assert progress == [(len(embedded), len(embedded))]
    (cached,) = files(data)
    assert cached.parent == data / "baselines" / index.manifest.generation
    assert cached.suffix == ".npy"
    assert np.load(cached).shape == (len(embedded), encoder.dimensions)
    second = RecordingEncoder(encoder)
    assert Baselines(data, index, second).rank(Question(QUESTION)) == found
    assert second.passages == []


def test_an_interrupted_embedding_is_resumed(data, index, encoder, monkeypatch):
    monkeypatch.setattr("retrieval.evaluation.embedding_cache._CHUNK", 4)

    def interrupt(done, total):
        if done >= 8:
            raise KeyboardInterrupt

    before, after = RecordingEncoder(encoder), RecordingEncoder(encoder)
    with pytest.raises(KeyboardInterrupt):
        Baselines(data, index, before, interrupt).rank(Question(QUESTION))
    progress = []
    found = Baselines(data, index, after, lambda *step: progress.append(step)).rank(
        Question(QUESTION)
    )
    assert len(before.passages) == 8
    assert after.passages
    assert not set(before.passages) & set(after.passages)
    total = len(before.passages) + len(after.passages)
    assert progress[0] == (12, total)
    assert progress[-1] == (total, total)
    assert len(files(data)) == 1
    (data / "baselines").rename(data / "other")
    assert Baselines(data, index, encoder).rank(Question(QUESTION)) == found


@pytest.mark.parametrize("damage", [b"", b"no array", None])
def test_a_damaged_cache_is_replaced(data, index, encoder, damage):
    found = Baselines(data, index, encoder).rank(Question(QUESTION))
    (cached,) = files(data)
    whole = cached.read_bytes()
    cached.write_bytes(whole[: len(whole) // 2] if damage is None else damage)
    again = RecordingEncoder(encoder)
    assert Baselines(data, index, again).rank(Question(QUESTION)) == found
    assert again.passages
    assert cached.read_bytes() == whole


def test_vectors_of_another_model_are_not_used(data, index, encoder, other_encoder):
    Baselines(data, index, encoder).rank(Question(QUESTION))
    other = RecordingEncoder(other_encoder)
    Baselines(data, index, other).rank(Question(QUESTION))
    assert other.passages
    assert len(files(data)) == 2


def test_caches_of_deleted_generations_are_deleted(data, index, encoder):
    gone, before = data / "baselines" / "g000000", data / "baselines" / "g000001"
    for folder in (gone, before):
        folder.mkdir(parents=True)
        (folder / "x.npy").write_bytes(b"x")
    Baselines(data, index, encoder).rank(Question(QUESTION))
    assert not gone.exists()
    assert before.exists()  # the previous one may still be in use


def test_a_cache_that_cannot_be_written_is_only_a_warning(data, index, encoder, caplog):
    (data / "baselines").write_text("in the way")
    with caplog.at_level(logging.WARNING):
        found = Baselines(data, index, encoder).rank(Question(QUESTION))
    assert found[DENSE]
    assert "cannot cache the vectors in" in caplog.text


def test_reciprocal_rank_fusion_by_hand():
    none = -np.inf
    fused = reciprocal_rank_fusion(
        np.array([0.9, 0.5, 0.1, none], dtype=np.float32),
        np.array([none, 7.0, none, none], dtype=np.float32),
    )
    assert fused.dtype == np.float32
    assert fused[:3] == pytest.approx([1 / 61, 1 / 62 + 1 / 61, 1 / 63])
    assert fused[3] == none


def test_standardized_scores_have_mean_0_and_standard_deviation_1():
    found = standardized(np.array([1, 2, 3, 10], dtype=np.float32))
    assert found.mean() == pytest.approx(0, abs=1e-6)
    assert found.std() == pytest.approx(1)
    assert standardized(np.full(3, 0.5, dtype=np.float32)).tolist() == [0, 0, 0]
