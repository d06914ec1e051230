import shutil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from safetensors.numpy import load_file

from embeddings import bundled_reranker as bundled
from embeddings.bundled_reranker import (
    ADAPTER,
    RERANKER_SHA256,
    applied,
    bundled_reranker,
    difference,
)
from embeddings.errors import RerankerDamaged
from embeddings.models import file_sha256

FLOATS = st.floats(-4, 4, width=32)
MATRIX = arrays(np.float32, (3, 5), elements=FLOATS)
VECTOR = arrays(np.float32, 5, elements=FLOATS)


def test_it_is_put_together_once(tmp_path, reranker):
    made = bundled_reranker(tmp_path)
    assert file_sha256(made / "model.safetensors") == RERANKER_SHA256
    before = (made / "model.safetensors").stat().st_mtime_ns
    assert bundled_reranker(tmp_path) == made
    assert (made / "model.safetensors").stat().st_mtime_ns == before
    assert [path.name for path in tmp_path.iterdir()] == [made.name]


def test_it_is_made_anew_where_it_is_damaged(tmp_path):
    made = bundled_reranker(tmp_path)
    with (made / "model.safetensors").open("r+b") as file:
        file.seek(-8, 2)
        file.write(b"damaged!")
    assert bundled_reranker(tmp_path) == made
    assert file_sha256(made / "model.safetensors") == RERANKER_SHA256


def test_a_damaged_adapter_is_an_error_and_leaves_nothing(tmp_path, monkeypatch):
    copy = shutil.copy(ADAPTER, tmp_path / "adapter.safetensors")
    with open(copy, "ab") as file:
        file.write(b"more")
    monkeypatch.setattr(bundled, "ADAPTER", tmp_path / "adapter.safetensors")
    with pytest.raises(RerankerDamaged, match="Reinstall Verbatim"):
        bundled_reranker(tmp_path / "models")
    assert not (tmp_path / "models").exists()


def test_what_ships_is_small():
    assert ADAPTER.stat().st_size <= 12 * 10**6
    assert all(value.dtype != np.float64 for value in load_file(ADAPTER).values())


@given(MATRIX, MATRIX, VECTOR, VECTOR, VECTOR)
def test_base_and_difference_make_the_trained_model_but_for_rounding(a, b, c, d, head):
    base = {"dense.weight": a, "dense.bias": c, "same": c}
    trained = {"bert.dense.weight": b, "bert.dense.bias": d, "bert.same": c, "classifier": head}
    made = applied(base, difference(base, trained))
    assert set(made) == set(trained)
    step = np.abs(b - a).max(axis=1, keepdims=True) / 127
    assert (np.abs(made["bert.dense.weight"] - b) <= 0.6 * step + 1e-5).all()
    np.testing.assert_allclose(made["bert.dense.bias"], d, atol=0.01)
    np.testing.assert_array_equal(made["classifier"], head)
    np.testing.assert_array_equal(made["bert.same"], c)


def test_what_training_left_alone_is_not_shipped():
    base = {"dense.weight": np.ones((2, 2), np.float32)}
    assert difference(base, {"bert.dense.weight": base["dense.weight"]}) == {}
