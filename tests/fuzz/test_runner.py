"""Whatever an input does to the process that reads it, it is reported, and the next one is read."""

import os
import time

import pytest

from tests.fuzz.runner import Failure, Limits, Result, run
from tests.fuzz.target import Target

LIMITS = Limits(seconds=3.0, memory=300_000_000)


def seeds() -> tuple[bytes, ...]:
    return (b"",)


def numbered(seeds: object, name: str, number: int) -> bytes:
    return str(number).encode()


def read(data: bytes) -> None:
    """Does something else with each number."""
    match int(data):
        case 1:
            raise ValueError("refused")
        case 2:
            raise KeyError("a")
        case 3:
            time.sleep(600)
        case 4:
            os._exit(7)
        case 5:
            bytearray(2_000_000_000)
        case 6:
            try:
                bytearray(2_000_000_000)
            except MemoryError as error:
                raise ValueError("it needs more memory than there is") from error


TARGET = Target("number", seeds, read, mutate=numbered)


@pytest.fixture(scope="module")
def result() -> Result:
    return run(TARGET, range(10), processes=1, limits=LIMITS)


def test_all_inputs_are_read_and_those_that_are_refused_counted(result: Result) -> None:
    assert (result.inputs, result.refused) == (10, 1)


def test_what_a_reader_may_not_raise_is_a_failure_with_its_place(result: Result) -> None:
    (kind,) = [each.kind for each in result.failures if each.number == 2]
    assert kind.startswith("KeyError: 'a' (tests/fuzz/test_runner.py:")


def test_an_input_that_never_ends_is_a_failure(result: Result) -> None:
    assert Failure(3, "took more than 3 s") in result.failures


def test_an_input_that_ends_the_process_is_a_failure(result: Result) -> None:
    assert Failure(4, "its process ended: 7") in result.failures


def test_an_input_that_takes_too_much_memory_is_a_failure_even_if_it_is_refused(
    result: Result,
) -> None:
    kinds = {each.number: each.kind for each in result.failures}
    assert kinds.keys() == {2, 3, 4, 5, 6}
    assert kinds[5].startswith("MemoryError")
    assert kinds[6].startswith("ValueError: it needs more memory")


def test_several_processes_read_the_same_inputs(result: Result) -> None:
    several = run(TARGET, range(10), processes=3, limits=LIMITS)
    assert (several.refused, several.failures) == (result.refused, result.failures)
