import json
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from embeddings.encoder import SentenceTransformerEncoder
from embeddings.models import find_model

# More than one batch, of unlike lengths.
TEXTS = [f"Release {n} is about {'bridges and ' * (n * 5 % 9)}ferries." for n in range(35)]


@pytest.mark.parametrize("kind", ["encode_queries", "encode_passages"])
def test_vectors_are_unit_rows_in_the_order_of_the_texts(encoder, kind):
    vectors = getattr(encoder, kind)(TEXTS)
    assert vectors.shape == (len(TEXTS), encoder.dimensions) == (35, 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    own = encoder.load().encode(TEXTS, normalize_embeddings=True)
    np.testing.assert_allclose(vectors, own, atol=1e-5)


def test_a_pass_leaves_torch_as_it_was(encoder):
    import torch

    before = torch.get_num_threads()
    encoder.encode_queries(["one"])
    encoder.encode_passages(["two"])
    assert torch.get_num_threads() == before


@pytest.mark.parametrize("text", ["", " ", "½ € 漢字 🌉", "word " * 2000, "half of a pair: \ud83d"])
@pytest.mark.parametrize("kind", ["encode_queries", "encode_passages"])
def test_any_text_has_a_vector(encoder, kind, text):
    vector = getattr(encoder, kind)([text])[0]
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


def test_a_texts_vector_does_not_depend_on_its_company(encoder):
    together = encoder.encode_passages(TEXTS)
    np.testing.assert_allclose(encoder.encode_passages(TEXTS[7:8])[0], together[7], atol=1e-5)


def test_the_models_own_prompts_are_used(encoder, model_copy):
    settings = model_copy / "config_sentence_transformers.json"
    prompts = {"query": "question: ", "document": "press release: "}
    settings.write_text(json.dumps(json.loads(settings.read_text()) | {"prompts": prompts}))
    prompted = SentenceTransformerEncoder(find_model(str(model_copy)))
    assert prompted.model.fingerprint != encoder.model.fingerprint
    np.testing.assert_allclose(
        prompted.encode_queries(["Who opened it?"]),
        encoder.encode_queries(["question: Who opened it?"]),
        atol=1e-5,
    )
    np.testing.assert_allclose(
        prompted.encode_passages(["The mayor."]),
        encoder.encode_passages(["press release: The mayor."]),
        atol=1e-5,
    )


def test_several_threads_get_the_vectors_that_one_gets(model_copy):
    # Not loaded yet, so that the threads race for that too.
    shared = SentenceTransformerEncoder(find_model(str(model_copy)))
    with ThreadPoolExecutor(6) as pool:
        builds = [pool.submit(shared.encode_passages, TEXTS) for _ in range(2)]
        questions = [pool.submit(shared.encode_queries, [text]) for text in TEXTS[:8]]
    expected = shared.encode_passages(TEXTS)
    for build in builds:
        np.testing.assert_allclose(build.result(), expected, atol=1e-5)
    for question, vector in zip(questions, expected, strict=False):
        np.testing.assert_allclose(question.result()[0], vector, atol=1e-5)
