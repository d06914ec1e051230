import math

import pytest
import torch

from embeddings.export.reading_model import load_reading_model, save_reading_model
from embeddings.models import BASE_MODEL, find_model
from retrieval.training.distillation import Ensemble, distillation_loss
from retrieval.training.examples import Positive, QueryGroup
from retrieval.training.forward import Pair, Readings, load_tokenizer
from tests.embeddings.tiny_models import tiny_reader

BATCH = [QueryGroup("?", Positive("right"), ("a",)), QueryGroup("?", None, ("b",))]
PAIRS = [
    Pair("How much?", "The bridge cost $48 million.", True, (16, 27)),
    Pair("How much?", "Trees."),
]


def readings(rank, answers, place):
    places = [torch.tensor(place) for _ in rank]
    return Readings(
        torch.tensor(rank), torch.tensor(answers), places, list(places), [None] * len(rank)
    )


def test_a_reader_that_agrees_with_its_teacher_pays_only_for_the_teacher_s_doubt():
    doubtful = readings([0.0] * 3, [0.0] * 3, [0.0, 0.0])
    rank, answers, place = distillation_loss(doubtful, doubtful, BATCH)
    assert float(rank) == pytest.approx((math.log(3) + math.log(2)) / 2)
    assert float(answers) == pytest.approx(2 * math.log(2))
    assert float(place) == pytest.approx(4 * math.log(2))


def test_each_loss_is_lower_the_nearer_a_reader_is_to_its_teacher():
    teacher = readings([4.0, -4.0, -4.0], [4.0, -4.0, -4.0], [4.0, -4.0])
    near = readings([2.0, -2.0, -2.0], [2.0, -2.0, -2.0], [2.0, -2.0])
    far = readings([-2.0, 2.0, 2.0], [-2.0, 2.0, 2.0], [-2.0, 2.0])
    for nearer, farther in zip(
        distillation_loss(near, teacher, BATCH),
        distillation_loss(far, teacher, BATCH),
        strict=True,
    ):
        assert nearer < farther


def test_an_ensemble_says_the_mean_of_its_readers_and_is_not_trained(tmp_path):
    folders = [tmp_path / "one", tmp_path / "other"]
    for folder in folders:
        tiny_reader(find_model(BASE_MODEL).path, folder)
    changed = load_reading_model(folders[1])
    for weights in changed.parameters():
        weights.data *= 0.7
    save_reading_model(changed, folders[1])
    tokenizer = load_tokenizer(folders[0])
    one, other, both = (
        Ensemble(each).read(tokenizer, PAIRS, 48) for each in (folders[:1], folders[1:], folders)
    )
    assert not torch.allclose(one.rank, other.rank)
    torch.testing.assert_close(both.rank, (one.rank + other.rank) / 2)
    torch.testing.assert_close(both.answers, (one.answers + other.answers) / 2)
    torch.testing.assert_close(both.starts[0], (one.starts[0] + other.starts[0]) / 2)
    assert not both.rank.requires_grad
