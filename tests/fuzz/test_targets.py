"""Every reader on a small fixed set of damaged inputs; ``make fuzz`` gives it many more."""

import gzip
import hashlib
import multiprocessing

import pytest

from tests.fuzz.target import KEPT, Target
from tests.fuzz.targets import TARGETS, target_named

INPUTS = 40
_KEPT = [(target, path) for target in TARGETS for path in sorted(target.kept.glob("*.gz"))]

every_target = pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)


@every_target
def test_a_reader_reads_what_it_is_mutated_from(target: Target) -> None:
    seeds = target.seeds()
    assert target.accepts(seeds[0])
    for seed in seeds[1:]:
        target.accepts(seed)  # or refuses it: some are what nobody may send


@every_target
def test_a_reader_refuses_what_it_cannot_read_and_raises_nothing_else(target: Target) -> None:
    for number in range(INPUTS):
        target.accepts(target.input(number))


@pytest.mark.parametrize(
    ("target", "path"), _KEPT, ids=[f"{path.parent.name}-{path.name}" for _, path in _KEPT]
)
def test_what_a_reader_failed_once_it_reads_or_refuses(target: Target, path) -> None:
    target.accepts(gzip.decompress(path.read_bytes()))


def test_every_kept_input_has_a_reader() -> None:
    assert {path.name for path in KEPT.iterdir()} <= {target.kept.name for target in TARGETS}


@every_target
def test_an_input_is_another_one_for_each_number(target: Target) -> None:
    assert target.input(7) == target.input(7)
    assert len({target.input(number) for number in range(50)}) > 40


def test_an_input_is_the_same_in_another_process() -> None:
    names = [target.name for target in TARGETS]
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        there = pool.map(digest, names)
    assert dict(zip(names, there, strict=True)) == {name: digest(name) for name in names}


def digest(name: str) -> str:
    target = target_named(name)
    return hashlib.sha256(b"".join(map(target.input, range(5)))).hexdigest()
