import numpy as np
import pytest

from retrieval.index import sign_codes
from retrieval.index.sign_codes import SignCodeVectors, write_codes
from retrieval.index.vectors import ExactVectors
from tests.retrieval.index.store_suite import VectorStoreSuite, unit_rows


def coded(rows, folder):
    np.save(folder / "v.npy", rows)
    write_codes(folder / "c.npy", ExactVectors.open(folder / "v.npy").vectors)
    return SignCodeVectors.open(folder / "v.npy", folder / "c.npy")


class TestSignCodeVectors(VectorStoreSuite):
    recall = 0.98  # of random rows in few dimensions: real ones are measured when an index is built

    def open(self, rows, folder):
        return coded(rows, folder)


class TestCodesAlone(VectorStoreSuite):
    """Without the exact search of few rows."""

    recall = 0.9

    @pytest.fixture(autouse=True)
    def no_exact_search(self, monkeypatch):
        monkeypatch.setattr(sign_codes, "EXACT_UP_TO", 0)

    def open(self, rows, folder):
        return coded(rows, folder)


def test_codes_are_the_signs_in_columns(tmp_path):
    rows = unit_rows(9000, 100)
    coded(rows, tmp_path)
    codes = np.load(tmp_path / "c.npy")
    assert (codes.shape, codes.dtype) == ((2, 9000), np.uint64)
    bits = np.unpackbits(np.ascontiguousarray(codes.T).view(np.uint8), axis=1)
    assert (bits[:, :100] == (rows > 0)).all()
    assert not bits[:, 100:].any()


@pytest.mark.parametrize("dimensions", [1, 63, 64, 65, 300, 384, 1024, 4096])
def test_bits_are_counted_whatever_the_length(dimensions):
    chance = np.random.default_rng(0)
    bits = chance.random((50, dimensions)) < 0.5
    bits[0], bits[1] = True, False
    codes = sign_codes._packed(bits)
    for plane in bits[:3]:
        found = sign_codes._distances(codes, sign_codes._packed(plane[None])[:, 0])
        assert found.tolist() == (bits != plane).sum(axis=1).tolist()


@pytest.mark.parametrize("seed", range(5))
def test_a_query_is_quantized_to_sixteen_levels(seed):
    query = unit_rows(1, 96, seed)[0]
    planes = sign_codes._planes(query)
    bits = np.unpackbits(planes.view(np.uint8), axis=1)[:, :96].astype(int)
    assert (bits[-1] == (query > 0)).all()
    step = float(np.abs(query).max()) / 8
    levels = (bits * [[1], [2], [4], [8]]).sum(axis=0)
    np.testing.assert_allclose((levels - 7.5) * step, query, atol=step / 2 + 1e-6)


def test_a_query_of_zeros_is_no_error(tmp_path):
    rows = unit_rows(20_000, 64)
    found, scores = coded(rows, tmp_path).top(np.zeros(64, np.float32), 5)
    assert found.shape == (5,)
    assert not scores.any()


@pytest.mark.parametrize(
    "codes", [np.zeros((1, 9), np.int64), np.zeros((2, 9), np.uint64), np.zeros((1, 8), np.uint64)]
)
def test_codes_of_something_else_are_refused(tmp_path, codes):
    np.save(tmp_path / "v.npy", unit_rows(9, 64))
    np.save(tmp_path / "c.npy", codes)
    with pytest.raises(ValueError, match=r"c\.npy holds"):
        SignCodeVectors.open(tmp_path / "v.npy", tmp_path / "c.npy")
