"""What holds of every reranker, bundled or run by sentence-transformers."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from embeddings.errors import RerankerNotFound
from embeddings.models import DEFAULT_RERANKER, find_model
from embeddings.reranker import CrossEncoderReranker

QUESTION = "How much did the bridge cost?"
RIGHT = "Mayor Opens Bridge\nThe bridge cost $48 million and carries 31,000 vehicles a day."
WRONG = (
    "Mayor Opens Bridge\n“This bridge belongs to the people,” said Mayor Quill.",
    "Ferry Fares Frozen\nThe Coast Authority will not raise ferry fares.",
    "Library Hours\nAll four branches will open on Sundays.",
)


@pytest.fixture(params=["reranker", "cross_encoder"])
def any_reranker(request):
    return request.getfixturevalue(request.param)


def test_a_text_that_answers_scores_above_those_that_do_not(any_reranker):
    scores = any_reranker.scores(QUESTION, [RIGHT, *WRONG])
    assert scores.shape == (4,)
    assert scores.dtype == np.float32
    assert scores.argmax() == 0


def test_a_score_does_not_depend_on_the_other_texts(reranker):
    together = reranker.scores(QUESTION, [*WRONG, RIGHT])
    alone = [reranker.scores(QUESTION, [text])[0] for text in (*WRONG, RIGHT)]
    np.testing.assert_array_equal(together, alone)


@pytest.mark.parametrize("text", ["", "word " * 5000, "\ud83d half", "\0", "漢字 🌉"])
def test_any_text_has_a_score(any_reranker, text):
    assert np.isfinite(any_reranker.scores(text, [text, RIGHT])).all()


def test_no_texts_have_no_scores(any_reranker):
    assert any_reranker.scores(QUESTION, []).shape == (0,)


def test_several_threads_get_the_scores_that_one_gets(any_reranker):
    expected = any_reranker.scores(QUESTION, [RIGHT, *WRONG])
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(any_reranker.scores, QUESTION, [RIGHT, *WRONG]) for _ in range(4)]
    assert all((each.result() == expected).all() for each in asked)


def test_a_broken_model_is_an_error_that_says_what_to_set(model_copy):
    (model_copy / "config.json").write_text("{")
    with pytest.raises(RerankerNotFound, match="VERBATIM_RERANKER") as caught:
        CrossEncoderReranker(find_model(str(model_copy))).scores(QUESTION, [RIGHT])
    assert "\n" not in str(caught.value)


def test_the_default_is_the_bundled_one(reranker):
    assert reranker.name == DEFAULT_RERANKER
