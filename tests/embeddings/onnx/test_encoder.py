from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.bundled import bundled_export
from embeddings.models import in_precision, name_and_precision
from embeddings.onnx.encoder import OnnxEncoder

TEXTS = [f"Release {n} is about {'bridges and ' * (n * 5 % 9)}ferries." for n in range(35)]
KINDS = ("encode_queries", "encode_passages")
ODD = (
    "",
    " ",
    "\n\t\0\x1b[31m",
    "word " * 3000,
    "x" * 3000,
    "🌉" * 50,
    "half of a pair: \ud83d",
    "[CLS] [SEP] [PAD] [MASK]",
    "ﬁ Å İ ß e\u0301 \u202eright\u202c \u200b",
    "漢字 한국어 العربية",
)


@pytest.fixture(scope="session")
def fast(base_model):
    return OnnxEncoder(base_model, bundled_export("base", "float32"))


@pytest.mark.parametrize("kind", KINDS)
def test_its_vectors_are_those_of_sentence_transformers(fast, encoder, kind):
    vectors = getattr(fast, kind)([*TEXTS, *ODD])
    assert vectors.dtype == np.float32
    assert vectors.shape == (45, fast.dimensions) == (45, 384)
    np.testing.assert_allclose(vectors, getattr(encoder, kind)([*TEXTS, *ODD]), atol=1e-5)
    assert fast.model == encoder.model


@settings(max_examples=150, deadline=None)
@given(st.text(st.characters(codec=None), max_size=200) | st.sampled_from(ODD))
def test_tokens_are_those_of_sentence_transformers(fast, encoder, text):
    plain = text.encode("utf-8", "replace").decode()
    expected = encoder.load().tokenize([plain])
    tokens = fast._session.tokenize([text])[0]
    assert tokens.ids == expected["input_ids"][0].tolist()
    assert tokens.attention_mask == expected["attention_mask"][0].tolist()


def test_no_texts_have_no_vectors(fast):
    assert fast.encode_queries([]).shape == (0, 384)


@pytest.mark.parametrize("precision", ["float32", "int8"])
def test_a_vector_does_not_depend_on_the_other_texts(base_model, precision):
    encoder = OnnxEncoder(base_model, bundled_export("base", precision))
    for kind in KINDS:
        together = getattr(encoder, kind)(TEXTS)
        assert (getattr(encoder, kind)(TEXTS[7:8])[0] == together[7]).all()


def test_several_threads_get_the_vectors_that_one_gets(fast):
    expected = fast.encode_passages(TEXTS)
    with ThreadPoolExecutor(6) as pool:
        builds = [pool.submit(fast.encode_passages, TEXTS) for _ in range(2)]
        queries = [pool.submit(fast.encode_queries, [text]) for text in TEXTS]
    assert all((build.result() == expected).all() for build in builds)
    assert all((query.result()[0] == expected[at]).all() for at, query in enumerate(queries))


def test_int8_is_close_and_another_model(base_model, fast):
    small = OnnxEncoder(base_model, bundled_export("base", "int8"))
    for kind in KINDS:
        cosines = np.vecdot(getattr(small, kind)(TEXTS), getattr(fast, kind)(TEXTS))
        assert cosines.mean() >= 0.98
    assert small.model.fingerprint != base_model.fingerprint
    assert name_and_precision(small.model.name) == (base_model.name, "int8")
    assert in_precision(base_model, "float32") == base_model
