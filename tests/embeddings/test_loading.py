from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from embeddings.errors import RerankerNotFound
from embeddings.loading import LazyEncoder, encoder_status, load_reranker, reranker_status
from embeddings.models import DEFAULT_RERANKER, NO_RERANKER

TEXTS = [f"Release {n} is about ferries." for n in range(8)]


def test_a_lazy_encoder_is_opened_once(encoder):
    opened = []
    lazy = LazyEncoder(lambda: opened.append(True) or encoder)
    assert opened == []
    with ThreadPoolExecutor(4) as pool:
        vectors = list(pool.map(lambda text: lazy.encode_queries([text])[0], TEXTS))
    assert opened == [True]
    np.testing.assert_allclose(vectors, encoder.encode_passages(TEXTS), atol=1e-5)
    assert (lazy.dimensions, lazy.model) == (384, encoder.model)


def test_without_a_reranker_there_is_none(tmp_path):
    assert load_reranker(NO_RERANKER, tmp_path) is None


def test_another_reranker_is_found_by_its_folder(reranker_checkpoint, tmp_path):
    other = load_reranker(str(reranker_checkpoint), tmp_path)
    assert other.name == str(reranker_checkpoint)


@pytest.mark.parametrize("name", ["./nowhere", "/no/such/folder", "no-such-org/no-such-model"])
def test_a_reranker_that_is_not_there_is_an_error_that_says_what_to_set(name, tmp_path):
    with pytest.raises(RerankerNotFound, match="VERBATIM_RERANKER") as caught:
        load_reranker(name, tmp_path)
    assert caught.value.name == name
    with pytest.raises(RerankerNotFound):
        reranker_status(name, tmp_path, None)


def test_a_folder_that_holds_no_model_is_an_error(tmp_path):
    with pytest.raises(RerankerNotFound, match="VERBATIM_RERANKER"):
        load_reranker(str(tmp_path), tmp_path)


def test_the_status_of_the_default_models_is_known_before_they_are_opened(default_model, tmp_path):
    assert encoder_status(default_model, tmp_path, None).info.precision == "float32"
    assert encoder_status(default_model, tmp_path, "int8").info.precision == "int8"
    assert reranker_status(DEFAULT_RERANKER, tmp_path, None).info.precision == "int8"
    assert reranker_status(DEFAULT_RERANKER, tmp_path, "float32").info.precision == "float32"
