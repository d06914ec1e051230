"""The tests that every vector store must pass.

A test module imports `VectorStoreSuite`, subclasses it as a ``Test…`` class, and says in ``open``
how rows become a store. ``recall`` is the least share of the true ten nearest that it must find.
"""

from pathlib import Path

import numpy as np
import pytest

from retrieval.index.vectors import VectorStore

SIZES = [1, 7, 4096, 4097, 20_000]


def unit_rows(n: int, d: int, seed: int = 0) -> np.ndarray:
    """(n, d) float32 unit rows in clusters, as texts have them."""
    chance = np.random.default_rng(seed)
    centres = np.random.default_rng(99).standard_normal((50, d))
    rows = centres[chance.integers(0, 50, n)] + 0.7 * chance.standard_normal((n, d))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def masks(n: int) -> dict[str, np.ndarray | None]:
    """By name, filters of all forms."""
    chance = np.random.default_rng(2)
    span = np.zeros(n, dtype=np.bool_)
    span[n // 5 : n - n // 7] = True
    return {
        "none": None,
        "all": np.ones(n, dtype=np.bool_),
        "nothing": np.zeros(n, dtype=np.bool_),
        "span": span,
        "half": chance.random(n) < 0.5,
        "few": chance.random(n) < 0.01,
        "span with holes": span & (chance.random(n) < 0.9),
    }


class VectorStoreSuite:
    """The tests; ``open`` is the subclass's."""

    recall = 1.0

    def open(self, rows: np.ndarray, folder: Path) -> VectorStore:
        raise NotImplementedError

    def test_it_has_a_size(self, tmp_path):
        store = self.open(unit_rows(9, 4), tmp_path)
        assert (len(store), store.dimensions) == (9, 4)

    @pytest.mark.parametrize("n", SIZES)
    @pytest.mark.parametrize("kind", masks(1))
    @pytest.mark.parametrize("k", [1, 10, 100])
    def test_the_nearest_allowed_rows_come_best_first(self, tmp_path, n, kind, k):
        rows, queries = unit_rows(n, 96), unit_rows(20, 96, seed=1)
        allowed = masks(n)[kind]
        store = self.open(rows, tmp_path)
        cosines = queries @ rows.T
        if allowed is not None:
            cosines[:, ~allowed] = -np.inf
        count = min(k, n if allowed is None else int(allowed.sum()))
        met = []
        for query, expected in zip(queries, cosines, strict=True):
            found, scores = store.top(query, k, allowed)
            assert found.shape == scores.shape == (count,)
            assert (found.dtype, scores.dtype) == (np.intp, np.float32)
            assert len(set(found.tolist())) == count
            assert allowed is None or allowed[found].all()
            np.testing.assert_allclose(scores, expected[found], atol=1e-6)
            assert (np.lexsort((found, -scores)) == np.arange(count)).all()
            nearest = np.sort(expected)[::-1][:count]
            met.append(float((scores >= nearest[-1:] - 1e-6).mean()) if count else 1.0)
        assert np.mean(met) >= self.recall

    def test_a_repeated_query_gets_the_same_result(self, tmp_path):
        rows, query = unit_rows(30_000, 64), unit_rows(1, 64, seed=1)[0]
        store = self.open(rows, tmp_path)
        first = store.top(query, 50)
        for _ in range(3):
            again = store.top(query, 50)
            assert (again[0] == first[0]).all()
            assert (again[1] == first[1]).all()

    @pytest.mark.parametrize("kind", masks(1))
    def test_several_queries_at_once_get_the_results_of_each_alone(self, tmp_path, kind):
        rows, queries = unit_rows(20_000, 64), unit_rows(5, 64, seed=1)
        store, allowed = self.open(rows, tmp_path), masks(20_000)[kind]
        found, scores = store.top(queries, 10, allowed)
        for at, query in enumerate(queries):
            alone = store.top(query, 10, allowed)
            assert found[at].tolist() == alone[0].tolist()
            assert scores[at].tolist() == alone[1].tolist()
        some = np.array([3, 19_999, 4, 4])
        together = store.scores_of(queries, some)
        assert together.shape == (5, 4)
        for at, query in enumerate(queries):
            assert together[at].tolist() == store.scores_of(query, some).tolist()

    def test_no_query_gets_no_result(self, tmp_path):
        store = self.open(unit_rows(20, 8), tmp_path)
        found, scores = store.top(unit_rows(5, 8)[:0], 3)
        assert len(found) == len(scores) == 0

    def test_a_k_of_zero_and_an_empty_store_have_no_results(self, tmp_path):
        rows = unit_rows(20, 8)
        assert self.open(rows, tmp_path).top(rows[0], 0)[0].tolist() == []
        assert self.open(rows, tmp_path).scores_of(rows[0], np.empty(0, np.intp)).shape == (0,)

    @pytest.mark.parametrize("row", [-1, 20])
    def test_a_row_that_does_not_exist_is_an_error(self, tmp_path, row):
        rows = unit_rows(20, 8)
        with pytest.raises(IndexError, match="of 20"):
            self.open(rows, tmp_path).scores_of(rows[0], np.array([3, row]))

    @pytest.mark.parametrize("n", SIZES)
    def test_scores_of_rows_equal_those_of_a_search(self, tmp_path, n):
        rows, query = unit_rows(n, 96), unit_rows(1, 96, seed=1)[0]
        store = self.open(rows, tmp_path)
        found, scores = store.top(query, 100)
        assert store.scores_of(query, found).tolist() == scores.tolist()
        every = store.scores_of(query, np.arange(n))
        assert every[found].tolist() == scores.tolist()
        np.testing.assert_allclose(every, rows @ query, atol=1e-6)

    @pytest.mark.parametrize("n", [40, 9000, 30_000])
    def test_ties_are_broken_by_row(self, tmp_path, n):
        rows = np.repeat(unit_rows(4, 64), -(-n // 4), axis=0)[:n]
        chance = np.random.default_rng(3)
        rows = rows[chance.permutation(n)]
        store, query = self.open(rows, tmp_path), rows[0]
        same = np.flatnonzero((rows == query).all(axis=1))
        assert store.top(query, 10)[0].tolist() == same[:10].tolist()
        allowed = np.ones(n, dtype=np.bool_)
        allowed[same[:3]] = False
        assert store.top(query, 7, allowed)[0].tolist() == same[3:10].tolist()

    @pytest.mark.parametrize("seed", range(40))
    def test_small_stores_are_exact(self, tmp_path, seed):
        """One component decides, so that many scores tie."""
        chance = np.random.default_rng(seed)
        rows = np.zeros((int(chance.integers(1, 40)), 3), dtype=np.float32)
        rows[:, 0] = chance.choice([-1.0, -0.5, 0.0, 0.25, 1.0], len(rows))
        allowed, k = chance.random(len(rows)) < 0.7, int(chance.integers(0, 50))
        found, _ = self.open(rows, tmp_path).top(np.float32([1, 0, 0]), k, allowed)
        ranked = sorted(np.flatnonzero(allowed), key=lambda row: (-rows[row, 0], row))
        assert found.tolist() == ranked[:k]
