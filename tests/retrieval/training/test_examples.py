import random

import pytest

from retrieval.training.examples import Example, epoch, read_examples, write_examples
from retrieval.training.press_examples import is_held_out

EXAMPLES = [
    Example(f"Question {n}?", f"n{n}", (f"right {n}", f"too {n}"), tuple(map(str, range(9))))
    for n in range(7)
]


def test_examples_round_trip_except_those_without_positives_or_negatives(tmp_path):
    path = tmp_path / "examples.jsonl"
    write_examples(
        path, [*EXAMPLES, Example("?", "n", (), ("wrong",)), Example("?", "n", ("r",), ())]
    )
    assert read_examples(path) == EXAMPLES


def test_an_epoch_has_every_example_once_with_its_positive_first():
    batches = list(epoch(EXAMPLES, 4, 3, 0.0, random.Random(1)))
    assert [len(batch) for batch in batches] == [3, 3, 1]
    groups = [group for batch in batches for group in batch]
    assert {each.question for each in groups} == {each.question for each in EXAMPLES}
    for each in groups:
        number = each.question.split()[1].rstrip("?")
        assert each.answered
        assert each.texts[0] in (f"right {number}", f"too {number}")
        assert len(set(each.texts)) == 5
        assert sum(int(text) < 8 for text in each.texts[1:]) >= 2  # the hardest


def test_a_share_comes_without_a_positive():
    groups = [
        each for batch in epoch(EXAMPLES * 40, 4, 8, 0.25, random.Random(1)) for each in batch
    ]
    absent = [each for each in groups if not each.answered]
    assert 0.15 < len(absent) / len(groups) < 0.35
    assert all(text.isdigit() for each in absent for text in each.texts)


@pytest.mark.parametrize(
    ("share", "least", "most"), [(0.0, 0, 0), (0.2, 120, 280), (1.0, 1000, 1000)]
)
def test_the_held_out_share_of_newsrooms_is_stable(share, least, most):
    names = [f"newsroom{n}.example" for n in range(1000)]
    held_out = [name for name in names if is_held_out(name, share)]
    assert least <= len(held_out) <= most
    assert held_out == [name for name in names if is_held_out(name, share)]
