"""Runs a reader on many inputs in processes of their own, and watches these.

An input that takes too long, or that ends its process, is a failure like one that raises, and the
reader goes on with the next one in a new process. What an input may take in memory is limited where
the system can limit it.
"""

import logging
import multiprocessing
import resource
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnContext, SpawnProcess
from pathlib import Path
from typing import Any, NamedTuple

from tests.fuzz.target import Target

_LONGEST_TEXT = 200  # characters of an error
_LOOKS = 0.2  # seconds between two looks at the processes
_STARTING = 120.0  # seconds for a process to make its inputs' seeds
_IN_PROJECT = ("bot", "embeddings", "retrieval", "tests")


@dataclass(frozen=True, slots=True)
class Limits:
    """What an input may take: seconds on the clock, bytes of memory beyond those at the start."""

    seconds: float = 20.0
    memory: int = 1 << 30


class Failure(NamedTuple):
    """An input that a reader failed: its number, and what happened, in a line."""

    number: int
    kind: str


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a number of inputs.

    Attributes:
        inputs: how many there were.
        refused: how many of them the reader refused.
        failures: those that it failed.
        seconds: what all took, on the clock.
        slowest: the seconds of the processor that one took, at most.
        slowest_number: its number.
    """

    inputs: int
    refused: int
    failures: Sequence[Failure]
    seconds: float
    slowest: float
    slowest_number: int


class _Counts:
    """What a process tells while it runs, readable even after it is killed."""

    def __init__(self, context: SpawnContext) -> None:
        self.values: Any = context.Array("d", 5, lock=False)
        self.values[0] = -1

    number = property(lambda self: int(self.values[0]))
    since = property(lambda self: self.values[1])
    refused = property(lambda self: int(self.values[2]))
    slowest = property(lambda self: (self.values[3], int(self.values[4])))


class _Worker:
    """A process that reads some of the inputs."""

    def __init__(
        self, context: SpawnContext, target: Target, numbers: range, limits: Limits
    ) -> None:
        self.numbers = numbers
        self.counts = _Counts(context)
        self.counts.values[1] = time.monotonic()
        self.failures, sender = context.Pipe(duplex=False)
        self.process: SpawnProcess = context.Process(
            target=_read_all,
            args=(target, numbers, limits, self.counts.values, sender),
            daemon=True,
        )
        self.process.start()
        sender.close()

    def received(self) -> Iterator[Failure]:
        """The failures that it has told of since."""
        with suppress(EOFError, OSError):
            while self.failures.poll():
                yield Failure(*self.failures.recv())

    def is_late(self, limits: Limits) -> bool:
        """Whether its input takes too long."""
        longest = limits.seconds if self.counts.number >= 0 else _STARTING
        return time.monotonic() - self.counts.since > longest


def run(
    target: Target, numbers: range, *, processes: int = 1, limits: Limits | None = None
) -> Result:
    """Give a reader the inputs with these numbers."""
    started, limits = time.monotonic(), limits or Limits()
    context = multiprocessing.get_context("spawn")
    failures, ended = list[Failure](), list[_Worker]()
    parts = [numbers[start::processes] for start in range(processes)]
    workers = [_Worker(context, target, part, limits) for part in parts if part]
    while workers:
        wait([each.process.sentinel for each in workers], timeout=_LOOKS)
        for worker in list(workers):
            failures += worker.received()
            is_late = worker.is_late(limits)
            if worker.process.is_alive() and not is_late:
                continue
            worker.process.kill()
            worker.process.join()
            failures += worker.received()
            workers.remove(worker)
            ended.append(worker)
            left = _left(worker)
            if left is None:
                continue
            kind = f"took more than {limits.seconds:g} s" if is_late else _death(worker.process)
            failures.append(Failure(left.start - left.step, kind))
            if left:
                workers.append(_Worker(context, target, left, limits))
    slowest, number = max((each.counts.slowest for each in ended), default=(0.0, 0))
    return Result(
        inputs=len(numbers),
        refused=sum(each.counts.refused for each in ended),
        failures=sorted(failures),
        seconds=time.monotonic() - started,
        slowest=slowest,
        slowest_number=number,
    )


def failure_of(target: Target, data: bytes, number: int = 0) -> Failure | None:
    """What goes wrong with one input, read in this process; None if nothing does."""
    try:
        target.accepts(data)
    except Exception as error:
        return Failure(number, _kind(error))
    return None


def _left(worker: _Worker) -> range | None:
    """The numbers after the one at which a process ended; None if it read all of them.

    Raises `RuntimeError` if it did not even begin.
    """
    if worker.process.exitcode == 0:
        return None
    if worker.counts.number < 0:
        raise RuntimeError("the process ended before its first input: run it with --number 0")
    return worker.numbers[worker.numbers.index(worker.counts.number) + 1 :]


def _death(process: SpawnProcess) -> str:
    code = process.exitcode or 0
    return f"its process was killed by signal {-code}" if code < 0 else f"its process ended: {code}"


def _read_all(
    target: Target, numbers: range, limits: Limits, counts: Any, sender: Connection
) -> None:
    """Read inputs; what the process runs."""
    logging.disable(logging.CRITICAL)
    target.seeds()
    target.input(numbers[0])
    _limit_memory(limits.memory)
    for number in numbers:
        data = target.input(number)
        counts[0], counts[1] = number, time.monotonic()
        started = time.process_time()
        try:
            counts[2] += not target.accepts(data)
        except Exception as error:
            sender.send((number, _kind(error)))
        if (took := time.process_time() - started) > counts[3]:
            counts[3], counts[4] = took, number


def _limit_memory(size: int) -> None:
    """Let the process take so many bytes more than it has."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except OSError:
        return  # a system without such a file
    most = pages * resource.getpagesize() + size
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _kind(error: Exception) -> str:
    """An error in a line: what it says, and where in the project it came from."""
    text = " ".join(str(error).split())[:_LONGEST_TEXT]
    root = Path(__file__).parents[2]
    places = [
        f"{path.relative_to(root)}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if (path := Path(frame.filename)).is_relative_to(root)
        and path.relative_to(root).parts[0] in _IN_PROJECT
        and path != Path(__file__)
    ]
    where = f" ({places[-1]})" if places else ""
    return f"{type(error).__name__}: {text}{where}"
