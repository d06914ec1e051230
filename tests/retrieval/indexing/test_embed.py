import numpy as np
import pytest

from retrieval.indexing.embed import PendingVectors

KEYS = np.arange(32, dtype=np.uint8).reshape(2, 16)
VECTORS = np.float32([[1, 0, 0], [0, 0.5, 0]])


@pytest.fixture
def pending(tmp_path):
    pending = PendingVectors(tmp_path, "a" * 64)
    pending.add(KEYS, VECTORS)
    return pending


def test_what_was_added_is_there_for_the_next_build(pending, tmp_path):
    pending.add(KEYS + 100, VECTORS + 1)
    chunks = list(PendingVectors(tmp_path, "a" * 64))
    assert len(chunks) == 2
    for n, (keys, vectors) in enumerate(chunks):
        np.testing.assert_array_equal(keys, KEYS + 100 * n)
        np.testing.assert_array_equal(vectors, VECTORS + n)


def test_a_resumed_build_adds_to_it(pending, tmp_path):
    resumed = PendingVectors(tmp_path, "a" * 64)
    resumed.add(KEYS, VECTORS)
    assert len(list(PendingVectors(tmp_path, "a" * 64))) == 2


def test_vectors_of_another_model_are_removed(pending, tmp_path):
    assert list(PendingVectors(tmp_path, "b" * 64)) == []
    assert list(PendingVectors(tmp_path, "a" * 64)) == []


def test_a_chunk_that_was_cut_off_is_passed_over(pending, tmp_path):
    (file,) = tmp_path.rglob("*.npz")
    content = file.read_bytes()
    for size in range(0, len(content), 7):
        file.write_bytes(content[:size])
        assert list(pending) == []


def test_a_changed_byte_never_makes_another_vector(pending, tmp_path):
    (file,) = tmp_path.rglob("*.npz")
    content = file.read_bytes()
    for at in range(len(content)):
        file.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        for keys, vectors in pending:
            np.testing.assert_array_equal(keys, KEYS)
            np.testing.assert_array_equal(vectors, VECTORS)
