"""Arrays are mapped as they were saved, and damaged headers are damage."""

import numpy as np
import pytest

from retrieval.index.arrays import mapped_array


def test_an_array_is_mapped_as_it_was_saved(tmp_path):
    saved = np.arange(12, dtype=np.int32).reshape(3, 4)
    np.save(tmp_path / "a.npy", saved)
    mapped = mapped_array(tmp_path / "a.npy")
    assert type(mapped) is np.ndarray
    assert np.array_equal(mapped, saved)


@pytest.mark.parametrize(
    ("written", "now"),
    [(b"(3, 4)", b"(3, (("), (b"'<i4'", b"'<i4\n")],
)
def test_a_damaged_header_is_told(tmp_path, written, now):
    path = tmp_path / "a.npy"
    np.save(path, np.arange(12, dtype=np.int32).reshape(3, 4))
    content = path.read_bytes()
    assert written in content
    path.write_bytes(content.replace(written, now))
    with pytest.raises(ValueError, match=r".+"):
        mapped_array(path)


def test_an_archive_of_arrays_is_no_array(tmp_path):
    np.savez(tmp_path / "a.npz", np.arange(3))
    with pytest.raises(ValueError, match="magic"):
        mapped_array(tmp_path / "a.npz")
