import numpy as np
import pytest

from embeddings.bundled import bundled_export
from embeddings.onnx import session
from embeddings.onnx.reranker import OnnxReranker
from embeddings.onnx.saturation import int8_saturates

QUESTION = "How much did the bridge cost?"
TEXTS = ["The bridge cost $48 million.", "Ferry fares stay as they are."]


@pytest.mark.parametrize("saturates", [True, False])
def test_int8_scores_are_the_same_whether_products_would_saturate_or_not(saturates, monkeypatch):
    expected = OnnxReranker("bundled", bundled_export("reranker", "int8")).scores(QUESTION, TEXTS)
    if not saturates and int8_saturates():
        pytest.skip("this processor has only the way that does not saturate")
    monkeypatch.setattr(session, "int8_saturates", lambda: saturates)
    other = OnnxReranker("bundled", bundled_export("reranker", "int8"))
    np.testing.assert_allclose(other.scores(QUESTION, TEXTS), expected, atol=1e-3)
