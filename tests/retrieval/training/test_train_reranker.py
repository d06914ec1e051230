import math

import pytest
import torch

from retrieval.training.examples import QueryGroup
from retrieval.training.train_reranker import listwise_loss


def loss(scores, *groups):
    return float(listwise_loss(torch.tensor(scores), groups))


def test_the_loss_is_the_mean_cross_entropy_with_none_of_these_as_a_choice():
    two = QueryGroup("?", ("positive", "negative"), answered=True)
    assert loss([0.0, 0.0], two) == pytest.approx(math.log(3))
    three = QueryGroup("?", ("right", "a", "b"), answered=True)
    expected = (math.log(3) + math.log(4)) / 2
    assert loss([0.0] * 5, two, three) == pytest.approx(expected)


def test_the_loss_is_lower_if_the_positive_scores_higher():
    group = QueryGroup("?", ("right", "wrong"), answered=True)
    assert loss([3.0, 0.0], group) < loss([0.0, 0.0], group) < loss([0.0, 3.0], group)


def test_without_a_positive_the_loss_is_lower_for_low_scores():
    group = QueryGroup("?", ("a", "b"), answered=False)
    assert loss([-5.0, -5.0], group) < loss([0.0, 0.0], group) < loss([5.0, 0.0], group)
