import pytest
import torch

from retrieval.training.optimization import Optimization


def line(*, weight=0.0, trained=True):
    model = torch.nn.Linear(1, 1, bias=False)
    torch.nn.init.constant_(model.weight, weight)
    model.weight.requires_grad = trained
    return model


def distance(model):
    """Of the weight from 1."""
    return (model(torch.ones(1, 1)) - 1).square().sum()


def trained(*, rate=0.05, steps=100, decay=0.9):
    model = line()
    optimization = Optimization(model, rate=rate, steps=steps, decay=decay)
    weights = []
    for _ in range(steps):
        optimization.step(distance(model))
        weights.append(model.weight.item())
    return optimization, weights


def test_the_weights_move_against_the_gradient():
    _, weights = trained()
    assert weights[-1] == pytest.approx(1.0, abs=0.05)


def test_the_rate_rises_over_the_first_tenth_and_falls_to_nothing():
    _, weights = trained(rate=0.001)
    steps = [after - before for before, after in zip([0.0, *weights], weights, strict=False)]
    assert max(steps) == pytest.approx(0.001, rel=0.05)
    assert steps.index(max(steps)) in range(8, 13)
    assert steps[0] == pytest.approx(0.0001, rel=0.05)
    assert abs(steps[-1]) < 0.00005


def test_the_average_follows_the_weights_behind_them():
    optimization, weights = trained(rate=0.005)
    assert 0.05 < optimization.average.weight.item() < weights[-1]


def test_a_huge_gradient_is_clipped():
    model = line()
    optimization = Optimization(model, rate=0.01, steps=10, decay=0.9)
    optimization.step(1e6 * distance(model))
    assert model.weight.grad.norm() == pytest.approx(1.0, rel=0.01)


def test_frozen_weights_are_neither_counted_nor_moved():
    model = torch.nn.Sequential(line(trained=False), line(weight=0.5))
    optimization = Optimization(model, rate=0.1, steps=5, decay=0.9)
    optimization.step(distance(model) + model[1].weight.sum())
    assert optimization.weights == 1
    assert model[0].weight.item() == 0.0
    assert model[1].weight.item() != 0.5
