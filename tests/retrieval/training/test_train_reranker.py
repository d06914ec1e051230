import math

import pytest
import torch

from retrieval.training.examples import Listing
from retrieval.training.train_reranker import listwise_loss


def loss(scores, *listings):
    return float(listwise_loss(torch.tensor(scores), listings))


def test_the_loss_is_the_mean_of_the_cross_entropies_with_none_among_the_choices():
    two = Listing("?", ("right", "wrong"), answered=True)
    assert loss([0.0, 0.0], two) == pytest.approx(math.log(3))
    three = Listing("?", ("right", "a", "b"), answered=True)
    expected = (math.log(3) + math.log(4)) / 2
    assert loss([0.0] * 5, two, three) == pytest.approx(expected)


def test_a_right_text_that_is_ahead_costs_less():
    listing = Listing("?", ("right", "wrong"), answered=True)
    assert loss([3.0, 0.0], listing) < loss([0.0, 0.0], listing) < loss([0.0, 3.0], listing)


def test_where_none_is_right_low_scores_cost_less():
    listing = Listing("?", ("a", "b"), answered=False)
    assert loss([-5.0, -5.0], listing) < loss([0.0, 0.0], listing) < loss([5.0, 0.0], listing)
