"""The simple methods, against the same computed text by text."""

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
    reciprocal_ranks,
    standardised,
)
from retrieval.index.bm25 import Bm25Index
from retrieval.indexing.build import build_index
from retrieval.question import Question
from retrieval.text.sentences import sentence_spans
from retrieval.text.tokens import terms
from tests.conftest import NEWSROOMS
from tests.retrieval.conftest import RecordingEncoder, write_releases

ASKED = "How much did the harbor bridge cost?"


@pytest.fixture
def index(data, encoder):
    return Archive(data, encoder).index


@pytest.fixture
def methods(data, index, encoder):
    return Baselines(data, index, encoder)


@pytest.fixture
def rows(index):
    """Each row's place, title and text, looked up in the catalogue."""
    infos = {each.number: each for each in index.releases.select()}
    return [
        ((a, b), infos[a].title, index.releases.paragraphs(a)[b - 1])
        for a, b in index.passages[:, :2].tolist()
    ]


def ordered(rows, scores):
    best = sorted(range(len(rows)), key=lambda at: -scores[at])
    return [rows[at][0] for at in best if np.isfinite(scores[at])]


def cosines(encoder, texts, asked=ASKED):
    return encoder.encode_passages(texts) @ encoder.encode_queries([asked])[0]


def lexical_scores(texts, asked):
    index = Bm25Index.build([terms(text) for text in texts])
    return index.scores_of(terms(asked), np.arange(len(texts)))


def bm25(texts):
    scores = lexical_scores(texts, ASKED)
    return np.where(scores > 0, scores, -np.inf)


def test_the_parts_rank_as_text_by_text(methods, rows, encoder):
    found = methods.rank(Question(ASKED))
    bare = [text for _, _, text in rows]
    titled = [f"{title}\n{text}" for _, title, text in rows]
    assert tuple(found) == NAMES
    assert found[DENSE] == ordered(rows, cosines(encoder, bare))
    assert found[DENSE_TITLE] == ordered(rows, cosines(encoder, titled))
    assert found[BM25] == ordered(rows, bm25(bare))
    assert found[BM25_TITLE] == ordered(rows, bm25(titled))
    assert found[DENSE] != found[DENSE_TITLE]
    assert found[BM25] != found[BM25_TITLE]
    assert 0 < len(found[BM25]) < len(rows)  # what shares no term is not found


def test_fusion_by_rank_is_that_of_the_parts(methods):
    found = methods.rank(Question(ASKED))
    for fused, parts in ((RRF, (DENSE, BM25)), (RRF_TITLE, (DENSE_TITLE, BM25_TITLE))):
        total = {}
        for part in parts:
            for rank, place in enumerate(found[part], start=1):
                total[place] = total.get(place, 0) + 1 / (60 + rank)
        scores = [total[place] for place in found[fused]]
        assert scores == sorted(scores, reverse=True)
        assert set(found[fused]) == set(total)


@pytest.mark.parametrize("asked", [ASKED, "harbor fares", "Sundays", "prices", "Who waited?"])
def test_z_scored_fusion_as_text_by_text(methods, rows, encoder, asked):
    titled = [f"{title}\n{text}" for _, title, text in rows]
    best = [
        cosines(encoder, [text[a:b] for a, b in sentence_spans(text)], asked).max()
        for _, _, text in rows
    ]
    bm25 = lexical_scores(titled, asked)

    def z(values):
        return (np.array(values) - np.mean(values)) / (np.std(values) or 1)

    expected = 0.6 * (z(cosines(encoder, titled, asked)) + z(best)) / 2 + 0.4 * z(bm25)
    assert methods.rank(Question(asked))[Z_SCORED] == ordered(rows, expected)


def test_dates_are_filters_and_ranks_are_among_what_they_let_through(methods, rows, index):
    found = methods.rank(Question(ASKED, since=date(2024, 4, 1)))
    ids = {each.number: each.id for each in index.releases.select()}
    for name in (DENSE, DENSE_TITLE, RRF, RRF_TITLE, Z_SCORED):
        assert {ids[release] for release, _ in found[name]} == {"library", "ferry"}
    nothing = methods.rank(Question(ASKED, until=date(2001, 1, 1)))
    assert nothing == {name: [] for name in NAMES}


def test_a_follow_up_stands_behind_the_question_before_it(methods):
    follow = methods.rank(Question("And when?", previous=ASKED))
    assert follow == methods.rank(Question(f"{ASKED} And when?"))
    assert follow != methods.rank(Question("And when?"))


def test_a_long_paragraph_counts_once(encoder, tmp_path):
    long = " ".join(f"The bridge has part {number} of its cost." for number in range(60))
    source = write_releases(tmp_path / "long.jsonl", [*NEWSROOMS, {"title": "Long", "text": long}])
    build_index(tmp_path / "data", [source], encoder)
    index = Archive(tmp_path / "data", encoder).index
    places = [tuple(place) for place in index.passages[:, :2].tolist()]
    assert len(set(places)) < len(places)
    found = Baselines(tmp_path / "data", index, encoder).rank(Question(ASKED))
    for name in (DENSE, DENSE_TITLE, RRF, RRF_TITLE, Z_SCORED):
        assert sorted(found[name]) == sorted(set(places))


def files(data):
    return [path for path in (data / "baselines").rglob("*") if path.is_file()]


def test_what_is_embedded_is_kept(data, index, recording, encoder):
    told = []
    first = Baselines(data, index, recording, lambda *step: told.append(step))
    found = first.rank(Question(ASKED))
    embedded = list(recording.passages)
    assert len(set(embedded)) == len(embedded) > len(index.passages)
    assert told == [(len(embedded), len(embedded))]
    (kept,) = files(data)
    assert kept.parent == data / "baselines" / index.manifest.generation
    assert kept.suffix == ".npy"
    assert np.load(kept).shape == (len(embedded), encoder.dimensions)
    second = RecordingEncoder(encoder)
    assert Baselines(data, index, second).rank(Question(ASKED)) == found
    assert second.passages == []


def test_who_was_interrupted_goes_on_there(data, index, encoder, monkeypatch):
    monkeypatch.setattr("retrieval.evaluation.embedding_cache._CHUNK", 4)

    def interrupt(done, total):
        if done >= 8:
            raise KeyboardInterrupt

    before, after = RecordingEncoder(encoder), RecordingEncoder(encoder)
    with pytest.raises(KeyboardInterrupt):
        Baselines(data, index, before, interrupt).rank(Question(ASKED))
    told = []
    found = Baselines(data, index, after, lambda *step: told.append(step)).rank(Question(ASKED))
    assert len(before.passages) == 8
    assert after.passages
    assert not set(before.passages) & set(after.passages)
    total = len(before.passages) + len(after.passages)
    assert told[0] == (12, total)
    assert told[-1] == (total, total)
    assert len(files(data)) == 1
    (data / "baselines").rename(data / "other")
    assert Baselines(data, index, encoder).rank(Question(ASKED)) == found


@pytest.mark.parametrize("harm", [b"", b"no array", None])
def test_a_damaged_file_is_embedded_anew(data, index, encoder, harm):
    found = Baselines(data, index, encoder).rank(Question(ASKED))
    (kept,) = files(data)
    whole = kept.read_bytes()
    kept.write_bytes(whole[: len(whole) // 2] if harm is None else harm)
    again = RecordingEncoder(encoder)
    assert Baselines(data, index, again).rank(Question(ASKED)) == found
    assert again.passages
    assert kept.read_bytes() == whole


def test_vectors_of_another_model_are_not_taken(data, index, encoder, other_encoder):
    Baselines(data, index, encoder).rank(Question(ASKED))
    other = RecordingEncoder(other_encoder)
    Baselines(data, index, other).rank(Question(ASKED))
    assert other.passages
    assert len(files(data)) == 2


def test_what_was_kept_of_generations_that_are_gone_is_deleted(data, index, encoder):
    gone, before = data / "baselines" / "g000000", data / "baselines" / "g000001"
    for folder in (gone, before):
        folder.mkdir(parents=True)
        (folder / "x.npy").write_bytes(b"x")
    Baselines(data, index, encoder).rank(Question(ASKED))
    assert not gone.exists()
    assert before.exists()  # the one before is kept for whoever still reads it


def test_a_folder_that_cannot_be_written_is_no_end(data, index, encoder, caplog):
    (data / "baselines").write_text("in the way")
    with caplog.at_level(logging.WARNING):
        found = Baselines(data, index, encoder).rank(Question(ASKED))
    assert found[DENSE]
    assert "are not kept in" in caplog.text


def test_reciprocal_ranks_by_hand():
    none = -np.inf
    fused = reciprocal_ranks(
        np.array([0.9, 0.5, 0.1, none], dtype=np.float32),
        np.array([none, 7.0, none, none], dtype=np.float32),
    )
    assert fused.dtype == np.float32
    assert fused[:3] == pytest.approx([1 / 61, 1 / 62 + 1 / 61, 1 / 63])
    assert fused[3] == none


def test_standardised_scores_have_mean_0_and_deviation_1():
    found = standardised(np.array([1, 2, 3, 10], dtype=np.float32))
    assert found.mean() == pytest.approx(0, abs=1e-6)
    assert found.std() == pytest.approx(1)
    assert standardised(np.full(3, 0.5, dtype=np.float32)).tolist() == [0, 0, 0]
