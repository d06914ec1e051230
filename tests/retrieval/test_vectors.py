import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from retrieval.vectors import VectorStore, top_k


def unit_rows(n, d, seed=0):
    rows = np.random.default_rng(seed).standard_normal((n, d)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.mark.parametrize("n", [0, 1, 7, 8192, 8193, 20_000])
@pytest.mark.parametrize("share", [None, 0, 0.01, 0.5, 1])
def test_scores_are_the_cosines_of_the_allowed_rows(n, share):
    rows, query = unit_rows(n, 16), unit_rows(1, 16, seed=1)[0]
    allowed = None if share is None else np.random.default_rng(2).random(n) < share
    scores = VectorStore(rows).scores(query, allowed)
    expected = rows @ query
    if allowed is not None:
        expected[~allowed] = -np.inf
    assert scores.shape == (n,)
    assert scores.dtype == np.float32
    np.testing.assert_allclose(scores, expected, atol=1e-6)


FEW_VALUES = st.sampled_from(np.float32([-np.inf, -1, -0.25, 0, 0.25, 0.5, 1]))


@given(
    hnp.arrays(np.float32, st.integers(0, 40), elements=FEW_VALUES),
    st.integers(0, 50),
)
def test_the_best_come_first_ties_by_row_and_none_that_is_not_allowed(scores, k):
    ranked = sorted(np.flatnonzero(np.isfinite(scores)), key=lambda row: (-scores[row], row))
    assert top_k(scores, k).tolist() == ranked[:k]


def test_the_best_of_many_are_those_of_brute_force():
    scores = unit_rows(5000, 8) @ unit_rows(1, 8, seed=1)[0]
    assert top_k(scores, 100).tolist() == np.argsort(-scores, kind="stable")[:100].tolist()


def test_a_file_is_opened_as_it_was_saved(tmp_path):
    rows = unit_rows(9, 4)
    np.save(tmp_path / "v.npy", rows)
    store = VectorStore.open(tmp_path / "v.npy")
    assert (len(store), store.dimensions) == (9, 4)
    np.testing.assert_array_equal(store.vectors, rows)


@pytest.mark.parametrize(
    "array", [np.zeros((2, 3)), np.zeros(6, np.float32), np.zeros((2, 3, 4), np.float32)]
)
def test_a_file_of_something_else_is_refused(tmp_path, array):
    np.save(tmp_path / "v.npy", array)
    with pytest.raises(ValueError, match="not rows of float32"):
        VectorStore.open(tmp_path / "v.npy")


@pytest.mark.parametrize("content", [b"", b"no array", b"\x93NUMPY\x01\x00"])
def test_a_file_that_is_no_array_is_refused(tmp_path, content):
    (tmp_path / "v.npy").write_bytes(content)
    with pytest.raises((ValueError, OSError, EOFError)):
        VectorStore.open(tmp_path / "v.npy")
