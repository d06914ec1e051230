import numpy as np
import pytest

from embeddings.bundled import bundled_export
from embeddings.onnx import session
from embeddings.onnx.reader import OnnxReader
from embeddings.onnx.saturation import int8_saturates
from embeddings.reranker import SourcedText

QUESTION = "How much did the bridge cost?"
TEXTS = [
    SourcedText("", "The bridge cost $48 million."),
    SourcedText("", "Ferry fares stay as they are."),
]


def read():
    """All numbers of the readings of both texts."""
    readings = OnnxReader("bundled", bundled_export("reranker", "int8")).read(QUESTION, TEXTS)
    return [number for each in readings for number in (each.score, each.answers, each.where[0][1])]


@pytest.mark.parametrize("saturates", [True, False])
def test_int8_readings_are_the_same_whether_products_would_saturate_or_not(saturates, monkeypatch):
    expected = read()
    if not saturates and int8_saturates():
        pytest.skip("products saturate on this processor: run it on one that has VNNI")
    monkeypatch.setattr(session, "int8_saturates", lambda: saturates)
    np.testing.assert_allclose(read(), expected, atol=1e-3)
