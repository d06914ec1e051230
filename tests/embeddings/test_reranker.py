import threading

import numpy as np
import pytest

from embeddings.bundled_reranker import bundled_reranker
from embeddings.errors import RerankerNotFound
from embeddings.loading import load_reranker
from embeddings.models import DEFAULT_RERANKER, NO_RERANKER

QUESTION = "How much did the bridge cost?"
RIGHT = "Mayor Opens Bridge\nThe bridge cost $48 million and carries 31,000 vehicles a day."
WRONG = (
    "Mayor Opens Bridge\n“This bridge belongs to the people,” said Mayor Quill.",
    "Ferry Fares Frozen\nThe Coast Authority will not raise ferry fares.",
    "Library Hours\nAll four branches will open on Sundays.",
)


def test_what_answers_scores_above_what_does_not(reranker):
    scores = reranker.scores(QUESTION, [RIGHT, *WRONG])
    assert scores.shape == (4,)
    assert scores.dtype == np.float32
    assert scores.argmax() == 0


def test_a_score_does_not_hang_on_what_else_is_read(reranker):
    together = reranker.scores(QUESTION, [*WRONG, RIGHT])
    alone = [reranker.scores(QUESTION, [text])[0] for text in (*WRONG, RIGHT)]
    np.testing.assert_array_equal(together, alone)


@pytest.mark.parametrize("text", ["", "word " * 5000, "\ud83d half", "\0", "漢字 🌉"])
def test_any_text_has_a_score(reranker, text):
    assert np.isfinite(reranker.scores(text, [text, RIGHT])).all()


def test_nothing_to_read_is_no_score(reranker):
    assert reranker.scores(QUESTION, []).shape == (0,)


def test_several_threads_may_ask(reranker):
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(reranker.scores(QUESTION, [RIGHT, *WRONG])))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert all((each == found[0]).all() for each in found)


def test_none_is_none(tmp_path):
    assert load_reranker(NO_RERANKER, tmp_path) is None


def test_another_reranker_is_found_by_its_folder(prepared, tmp_path):
    folder = bundled_reranker(prepared)
    other = load_reranker(str(folder), tmp_path)
    assert other.name == str(folder)


@pytest.mark.parametrize("name", ["./nowhere", "/no/such/folder", "no-such-org/no-such-model"])
def test_a_reranker_that_is_not_there_is_an_error_that_says_what_to_set(name, tmp_path):
    with pytest.raises(RerankerNotFound, match="VERBATIM_RERANKER"):
        load_reranker(name, tmp_path)


def test_a_folder_that_holds_no_model_is_an_error(tmp_path):
    with pytest.raises(RerankerNotFound, match="VERBATIM_RERANKER"):
        load_reranker(str(tmp_path), tmp_path).scores(QUESTION, [RIGHT])


def test_the_default_is_the_bundled_one(reranker):
    assert reranker.name == DEFAULT_RERANKER
