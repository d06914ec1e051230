import pytest

from tests.fuzz.mutations import mutated
from tests.fuzz.targets import TARGETS, Target


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_a_reader_reads_what_it_is_mutated_from(target: Target) -> None:
    for seed in target.seeds:
        target.read(seed)


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_a_reader_refuses_what_it_cannot_read_and_raises_nothing_else(target: Target) -> None:
    for number in range(100):
        try:
            target.read(mutated(target.seeds, target.name, number))
        except target.may_raise:
            continue


def test_an_input_is_the_same_whenever_it_is_asked_for() -> None:
    seeds = TARGETS[0].seeds
    assert mutated(seeds, "a", 7) == mutated(seeds, "a", 7)
    assert len({mutated(seeds, "a", number) for number in range(50)}) == 50
