import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.models import in_precision, name_and_precision
from embeddings.onnx.encoder import LazyEncoder, OnnxEncoder, open_encoder
from tests.conftest import SEEDS

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
def fast(bundled, prepared):
    return OnnxEncoder(bundled, prepared, "float32")


@pytest.mark.parametrize("kind", KINDS)
def test_its_vectors_are_those_of_sentence_transformers(fast, encoder, kind):
    vectors = getattr(fast, kind)([*TEXTS, *ODD])
    assert vectors.dtype == np.float32
    assert vectors.shape == (45, fast.dimensions) == (45, 384)
    np.testing.assert_allclose(vectors, getattr(encoder, kind)([*TEXTS, *ODD]), atol=1e-5)
    assert fast.model == encoder.model


@settings(max_examples=150, deadline=None)
@given(st.text(st.characters(codec=None), max_size=200) | st.sampled_from(ODD))
def test_word_pieces_are_those_of_sentence_transformers(fast, encoder, text):
    plain = text.encode("utf-8", "replace").decode()
    expected = encoder.load().tokenize([plain])
    pieces = fast._session.tokenize([text])[0]
    assert pieces.ids == expected["input_ids"][0].tolist()
    assert pieces.attention_mask == expected["attention_mask"][0].tolist()


def test_texts_of_unlike_length_get_their_own_vectors_in_one_pass(fast):
    session, texts = fast._session, [*TEXTS[:8], *ODD]
    together = session.encode_batch(session.tokenize(texts))
    np.testing.assert_allclose(together, session.encode(texts), atol=1e-6)


def test_a_texts_vector_does_not_depend_on_its_company(fast):
    together = fast.encode_passages(TEXTS)
    assert (fast.encode_passages(TEXTS[7:8])[0] == together[7]).all()


def test_several_threads_get_the_vectors_that_one_gets(fast):
    expected = fast.encode_passages(TEXTS)
    with ThreadPoolExecutor(6) as pool:
        builds = [pool.submit(fast.encode_passages, TEXTS) for _ in range(2)]
        questions = [pool.submit(fast.encode_queries, [text]) for text in TEXTS]
    assert all((build.result() == expected).all() for build in builds)
    asked = [question.result()[0] for question in questions]
    np.testing.assert_allclose(asked, expected, atol=1e-6)  # the order of sums, in company


def test_int8_is_near_and_another_model(bundled, prepared, fast):
    small = OnnxEncoder(bundled, prepared, "int8")
    for kind in KINDS:
        cosines = (getattr(small, kind)(TEXTS) * getattr(fast, kind)(TEXTS)).sum(axis=1)
        assert cosines.mean() >= 0.98
    assert small.model.fingerprint != bundled.fingerprint
    assert name_and_precision(small.model.name) == (bundled.name, "int8")
    assert in_precision(bundled, "float32") == bundled
    for kind in KINDS:  # in company as alone: what scales activations is the text itself
        alone = getattr(small, kind)(TEXTS[3:4])[0]
        assert (getattr(small, kind)(TEXTS)[3] == alone).all()


def test_a_lazy_one_is_opened_once(fast):
    opened = []
    lazy = LazyEncoder(lambda: opened.append(True) or fast)
    assert opened == []
    with ThreadPoolExecutor(4) as pool:
        vectors = list(pool.map(lambda text: lazy.encode_queries([text])[0], TEXTS[:8]))
    assert opened == [True]
    np.testing.assert_allclose(vectors, fast.encode_passages(TEXTS[:8]), atol=1e-6)
    assert (lazy.dimensions, lazy.model) == (384, fast.model)


def test_once_prepared_nothing_imports_torch(bundled, prepared, fast):
    assert isinstance(open_encoder(bundled, prepared, "float32"), OnnxEncoder)
    code = (
        "import sys; from pathlib import Path; from embeddings.loading import load_encoder;"
        f"load_encoder({bundled.name!r}, Path({str(prepared)!r})).encode_queries(['one']);"
        "print({'torch', 'transformers', 'sentence_transformers', 'onnx'} & set(sys.modules))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code],
        cwd=SEEDS.parent,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert ran.stdout.strip() == "set()"
