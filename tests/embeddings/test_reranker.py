"""What holds of every reranker, bundled or run by sentence-transformers."""

import json
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from embeddings.errors import RerankerNotFound
from embeddings.models import DEFAULT_RERANKER, WEIGHTS, find_model
from embeddings.reranker import CrossEncoderReranker, SourcedText, TextReading

QUESTION = "How much did the bridge cost?"
RIGHT = SourcedText(
    "Mayor Opens Bridge", "The bridge cost $48 million and carries 31,000 vehicles a day."
)
WRONG = (
    SourcedText("Mayor Opens Bridge", "“This bridge belongs to the people,” said Mayor Quill."),
    SourcedText("Ferry Fares Frozen", "The Coast Authority will not raise ferry fares."),
    SourcedText("Library Hours", "All four branches will open on Sundays."),
)


@pytest.fixture(params=["reranker", "cross_encoder"])
def any_reranker(request):
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize(("source", "text", "whole"), [("a", "b", "a\nb"), ("", "b", "b")])
def test_a_text_is_read_under_its_source(source, text, whole):
    assert str(SourcedText(source, text)) == whole


def test_a_text_that_answers_scores_above_those_that_do_not(any_reranker):
    scores = [each.score for each in any_reranker.read(QUESTION, [RIGHT, *WRONG])]
    assert len(scores) == 4
    assert np.argmax(scores) == 0


def test_a_reading_does_not_depend_on_the_other_texts(reranker):
    together = reranker.read(QUESTION, [*WRONG, RIGHT])
    assert together == [reranker.read(QUESTION, [text])[0] for text in (*WRONG, RIGHT)]


@pytest.mark.parametrize("text", ["", "word " * 5000, "\ud83d half", "\0", "漢字 🌉"])
def test_any_text_has_a_score(any_reranker, text):
    for source in ("", text):
        readings = any_reranker.read(text, [SourcedText(source, text), RIGHT])
        assert np.isfinite([each.score for each in readings]).all()


def test_no_texts_have_no_readings(any_reranker):
    assert any_reranker.read(QUESTION, []) == []


def test_several_threads_get_the_readings_that_one_gets(any_reranker):
    expected = any_reranker.read(QUESTION, [RIGHT, *WRONG])
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(any_reranker.read, QUESTION, [RIGHT, *WRONG]) for _ in range(4)]
    assert all(each.result() == expected for each in asked)


def test_the_bundled_one_says_whether_a_text_answers_and_in_which_words(reranker):
    right, *wrong = reranker.read(QUESTION, [RIGHT, *WRONG])
    assert right.answers > 0 > max(each.answers for each in wrong)
    at, _ = max(right.where, key=lambda each: each[1])
    assert at in range(RIGHT.text.index("$48"), RIGHT.text.index(" and carries"))


def test_any_other_says_how_well_a_text_answers_and_no_more(cross_encoder):
    (reading,) = cross_encoder.read(QUESTION, [RIGHT])
    assert reading == TextReading(reading.score)


def test_a_cross_encoder_of_one_score_gives_that_of_the_reader_it_is_of(reranker, cross_encoder):
    texts = [RIGHT, *WRONG]
    own, others = (
        [each.score for each in read.read(QUESTION, texts)] for read in (reranker, cross_encoder)
    )
    np.testing.assert_allclose(own, others, atol=1.0)  # int8, and torch may compute in bfloat16


def test_a_broken_model_is_an_error_that_says_what_to_set(model_copy):
    (model_copy / "config.json").write_text("{")
    with pytest.raises(RerankerNotFound, match="VERBATIM_RERANKER") as caught:
        CrossEncoderReranker(find_model(str(model_copy))).read(QUESTION, [RIGHT])
    assert "\n" not in str(caught.value)


def test_a_model_of_several_numbers_is_no_cross_encoder_of_one_score(reranker_checkpoint, tmp_path):
    for file in reranker_checkpoint.glob("*.*"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    labels = {"id2label": {"0": "no", "1": "yes"}, "label2id": {"no": 0, "yes": 1}}
    config = json.loads((tmp_path / "config.json").read_text()) | labels
    (tmp_path / "config.json").write_text(json.dumps(config))
    weights = load_file(tmp_path / WEIGHTS)
    weights |= {
        name: np.repeat(weights[name], 2, axis=0)
        for name in ("classifier.weight", "classifier.bias")
    }
    save_file(weights, tmp_path / WEIGHTS, metadata={"format": "pt"})
    with pytest.raises(RerankerNotFound, match="it gives 2 numbers for a text, not one score"):
        CrossEncoderReranker(find_model(str(tmp_path))).read(QUESTION, [RIGHT])


def test_the_default_is_the_bundled_one(reranker):
    assert reranker.name == DEFAULT_RERANKER
