import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from embeddings.export.reranker_weights import pack, unpack

FLOATS = st.floats(-4, 4, width=32)
MATRIX = arrays(np.float32, (3, 5), elements=FLOATS)
VECTOR = arrays(np.float32, 5, elements=FLOATS)


@given(MATRIX, MATRIX, MATRIX, VECTOR, VECTOR)
def test_what_is_packed_is_the_trained_model_again_but_for_rounding(a, b, c, before, after):
    base = {"dense.weight": a, "dense.bias": before, "embeddings.word.weight": c, "kept": before}
    trained = {f"bert.{name}": value for name, value in base.items()}
    trained |= {"bert.dense.weight": b, "bert.dense.bias": after, "classifier.weight": b[:1]}
    weights = unpack(base, pack(base, trained))
    assert set(weights) == set(trained)
    for name, value in trained.items():
        if name.endswith(("dense.weight", "classifier.weight")):
            step = np.abs(value).max(axis=1, keepdims=True) / 127
            assert (np.abs(weights[name] - value) <= 0.51 * step + 1e-30).all()
        else:
            np.testing.assert_array_equal(weights[name], value)


def test_what_training_left_alone_is_not_packed():
    base = {"dense.weight": np.ones((2, 2), np.float32)}
    assert pack(base, {"bert.dense.weight": base["dense.weight"]}) == {}
