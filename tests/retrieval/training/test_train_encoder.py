import argparse
import itertools
import math
import random

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from embeddings.encoder import SentenceTransformerEncoder
from embeddings.export.reading_model import load_bert
from embeddings.models import BASE_MODEL, WEIGHTS, find_model
from retrieval.training.forward import load_tokenizer
from retrieval.training.mined import write_mined
from retrieval.training.train_encoder import (
    EncoderExample,
    batches,
    contrastive_loss,
    encode,
    encoder_example,
    repeated,
    train,
)
from tests.embeddings.tiny_models import tiny_encoder
from tests.retrieval.training.mined_questions import (
    OTHERS,
    RIGHT,
    TITLE,
    mined_question,
    unanswered,
)

EXAMPLES = [
    EncoderExample(f"Question {n}?", (f"right {n}",), (f"near {n}",), (f"other {n}",))
    for n in range(7)
]


@pytest.fixture(scope="module")
def tiny_folder(tmp_path_factory):
    """The files of an encoder of one small layer."""
    folder = tmp_path_factory.mktemp("tiny") / "encoder"
    tiny_encoder(find_model(BASE_MODEL).path, folder)
    return folder


def test_passages_are_read_under_their_titles_and_not_under_author_and_date():
    example = encoder_example(mined_question())
    assert example.question == "How much did the bridge cost?"
    assert example.positives == (f"{TITLE}\n{RIGHT}",)
    assert example.near == (f"{TITLE}\n{OTHERS[0]}",)
    assert example.others == tuple(f"{TITLE}\n{text}" for text in OTHERS[1:])


def test_a_batch_has_the_positives_first_and_then_negatives_of_both_kinds():
    found = batches(EXAMPLES, 3, random.Random(1))
    for questions, passages in itertools.islice(found, 10):
        numbers = [each.split()[1].rstrip("?") for each in questions]
        assert len(set(numbers)) == 3
        assert passages[:3] == [f"right {number}" for number in numbers]
        assert sorted(passages[3:]) == sorted(
            f"{kind} {number}" for number in numbers for kind in ("near", "other")
        )


def test_fewer_questions_than_a_batch_are_a_batch():
    questions, _ = next(batches(EXAMPLES, 100, random.Random(1)))
    assert len(questions) == len(EXAMPLES)


def test_no_questions_are_an_error_and_not_an_endless_wait():
    with pytest.raises(ValueError, match="no questions"):
        next(batches([], 4, random.Random(1)))


def unit(*rows):
    return torch.nn.functional.normalize(torch.tensor(rows), dim=1)


def test_the_loss_is_the_cross_entropy_of_the_positives_among_all_passages():
    questions, passages = unit([1.0, 0.0], [0.0, 1.0]), unit([1.0, 0.0], [0.0, 1.0], [0.0, -1.0])
    none = torch.zeros((2, 3), dtype=torch.bool)
    assert float(contrastive_loss(questions, passages, none)) == pytest.approx(0, abs=1e-6)
    assert float(contrastive_loss(questions, passages.flip(0), none)) > 5
    same = unit([1.0, 0.0], [1.0, 0.0], [1.0, 0.0])
    assert float(contrastive_loss(questions, same, none)) == pytest.approx(math.log(3))


def test_a_passage_with_the_words_of_the_positive_is_no_negative():
    texts = ["a", "b", "a", "c"]
    same = repeated(texts, 2)
    assert same.tolist() == [[False, False, True, False], [False] * 4]
    questions, passages = unit([1.0, 0.0], [0.0, 1.0]), unit(*[[1.0, 0.0]] * 4)
    loss = float(contrastive_loss(questions, passages, same))
    assert loss == pytest.approx((math.log(3) + math.log(4)) / 2)


def test_vectors_are_those_of_sentence_transformers_but_for_rounding():
    base = find_model(BASE_MODEL)
    texts = [RIGHT, "Trees.", f"{TITLE}\n{RIGHT} {RIGHT}"]
    with torch.inference_mode():
        own = encode(load_bert(base.path), load_tokenizer(base.path), texts, 256).numpy()
    np.testing.assert_allclose(np.linalg.norm(own, axis=1), 1, atol=1e-5)
    assert np.vecdot(own, SentenceTransformerEncoder(base).encode_passages(texts)).min() > 0.999


def test_training_changes_the_upper_layers_and_saves_no_pooler(tiny_folder, tmp_path, capsys):
    questions = [mined_question(newsroom=f"n{n}") for n in range(6)]
    write_mined(tmp_path / "mined", [*questions, unanswered()])
    options = {"epochs": 1.0, "batch": 3, "rate": 1e-3, "length": 32, "frozen": 0}
    train(
        argparse.Namespace(
            folders=[tmp_path / "mined"], out=tmp_path / "out", start=tiny_folder, share=0.0,
            every=1, seed=1, **options,
        )
    )  # fmt: skip
    printed = capsys.readouterr().out
    assert printed.startswith("6 questions, 2 steps\n1: loss ")
    before, after = (load_file(each / WEIGHTS) for each in (tiny_folder, tmp_path / "out"))
    assert after.keys() == {name for name in before if not name.startswith("pooler.")}
    changed = {name for name in after if not torch.equal(before[name], after[name])}
    assert changed
    assert all(name.startswith("encoder.layer.0.") for name in changed)
    assert load_tokenizer(tmp_path / "out")("a bridge") == load_tokenizer(tiny_folder)("a bridge")
