"""Time several methods in turns, so that other load on the machine affects all of them."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

Times = dict[str, list[float]]
"""The milliseconds of each method, in order."""


def interleaved(methods: Mapping[str, Callable[[Any], Any]], tasks: Sequence[Any]) -> Times:
    """Time each task with each method in turns, after one untimed run of each method."""
    times: Times = {name: [] for name in methods}
    for method in methods.values():
        method(tasks[0])
    names = list(methods)
    for number, task in enumerate(tasks):
        # The first method finds the caches as another left them, so each comes first in turn.
        for name in names[number % len(names) :] + names[: number % len(names)]:
            started = time.perf_counter()
            methods[name](task)
            times[name].append((time.perf_counter() - started) * 1000)
    return times


def medians(times: Times) -> dict[str, float]:
    return {name: float(np.median(each)) for name, each in times.items()}


def interleaved_commands(
    commands: Mapping[str, Sequence[str]], times: int, environment: Mapping[str, str] | None = None
) -> Times:
    """Time processes of this Python with the given arguments, in turns."""
    taken: Times = {name: [] for name in commands}
    for turn in range(times + 1):
        for name, arguments in commands.items():
            started = time.perf_counter()
            run_python(arguments, environment)
            if turn:  # the first time reads files from the disk
                taken[name].append((time.perf_counter() - started) * 1000)
    return taken


def run_python(arguments: Sequence[str], environment: Mapping[str, str] | None = None) -> str:
    """Run this Python in a new process and return its standard output.

    Raises:
        RuntimeError: if the process fails.
    """
    done = subprocess.run(
        [sys.executable, *arguments],
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)[:200]}: {done.stderr.strip()[-500:]}")
    return done.stdout
