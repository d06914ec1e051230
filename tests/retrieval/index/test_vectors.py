import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from retrieval.index.vectors import ExactVectors, top_k
from tests.retrieval.index.store_suite import VectorStoreSuite, unit_rows


class TestExactVectors(VectorStoreSuite):
    def open(self, rows, folder):
        np.save(folder / "v.npy", rows)
        return ExactVectors.open(folder / "v.npy")


@pytest.mark.parametrize("k", [1, 3, 100, 5000])
def test_the_best_of_blocks_are_the_best_of_all(k):
    rows, query = unit_rows(50_000, 8), unit_rows(1, 8, seed=1)[0]
    rows = np.round(rows, 1)  # many ties
    scores = np.vecdot(rows, query)
    for order in np.arange(50_000), np.argsort(scores), np.argsort(-scores):
        found, best = ExactVectors(rows[order]).top(query, k)
        assert found.tolist() == np.argsort(-scores[order], kind="stable")[:k].tolist()
        assert best.tolist() == scores[order][found].tolist()


FEW_VALUES = st.sampled_from(np.float32([-np.inf, -1, -0.25, 0, 0.25, 0.5, 1]))


@given(
    hnp.arrays(np.float32, st.integers(0, 40), elements=FEW_VALUES),
    st.integers(0, 50),
)
def test_the_best_come_first_ties_by_row_and_none_that_is_not_finite(scores, k):
    ranked = sorted(np.flatnonzero(np.isfinite(scores)), key=lambda row: (-scores[row], row))
    assert top_k(scores, k).tolist() == ranked[:k]


def test_the_best_of_many_are_those_of_brute_force():
    scores = unit_rows(5000, 8) @ unit_rows(1, 8, seed=1)[0]
    assert top_k(scores, 100).tolist() == np.argsort(-scores, kind="stable")[:100].tolist()


@pytest.mark.parametrize(
    "array", [np.zeros((2, 3)), np.zeros(6, np.float32), np.zeros((2, 3, 4), np.float32)]
)
def test_a_file_of_something_else_is_refused(tmp_path, array):
    np.save(tmp_path / "v.npy", array)
    with pytest.raises(ValueError, match="not rows of float32"):
        ExactVectors.open(tmp_path / "v.npy")


@pytest.mark.parametrize("content", [b"", b"no array", b"\x93NUMPY\x01\x00"])
def test_a_file_that_is_not_an_array_is_refused(tmp_path, content):
    (tmp_path / "v.npy").write_bytes(content)
    with pytest.raises((ValueError, OSError, EOFError)):
        ExactVectors.open(tmp_path / "v.npy")
