"""Run it: ``python -m tests.fuzz [TARGET ...] [--inputs N] [--from N] [--processes N] [--keep]``.

``python -m tests.fuzz TARGET --number N`` reads one input again, in this process.
"""

import argparse
import gzip
import logging
import os
import sys
from collections import Counter
from pathlib import Path

from tests.fuzz.runner import Failure, Limits, run
from tests.fuzz.target import Target
from tests.fuzz.targets import TARGETS, target_named

_SHOWN = 20  # kinds of failures


def main() -> int:
    """Read damaged inputs; say what each reader did that it may not. 1 if any did."""
    options = _options()
    targets = [target_named(each) for each in options.targets] or TARGETS
    if options.number is not None or options.file:
        return _read_one(targets[0], options.number or 0, options.file, options.write)
    failed = False
    for target in targets:
        numbers = range(options.first, options.first + (options.inputs or target.inputs))
        result = run(target, numbers, processes=options.processes, limits=Limits(options.seconds))
        print(
            f"{target.name}: {result.inputs:,} inputs in {result.seconds:,.0f} s, "
            f"{result.refused:,} refused, {len(result.failures):,} failed; "
            f"the slowest took {result.slowest:.2f} s (number {result.slowest_number})",
            flush=True,
        )
        _show(target, result.failures, keep=options.keep)
        failed |= bool(result.failures)
    return int(failed)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument(
        "targets",
        nargs="*",
        metavar="TARGET",
        help="the readers, with hyphens for spaces; all without: "
        + ", ".join(each.name.replace(" ", "-") for each in TARGETS),
    )
    parser.add_argument("--inputs", type=int, help="for each reader, instead of what it has")
    parser.add_argument("--from", type=int, default=0, dest="first", help="the number of the first")
    parser.add_argument(
        "--processes", type=int, default=os.cpu_count() or 1, help="all cores without"
    )
    parser.add_argument("--seconds", type=float, default=Limits().seconds, help="for one input")
    parser.add_argument("--keep", action="store_true", help="failures, for the tests")
    parser.add_argument(
        "--number", type=int, help="read this input of the one reader, and no other"
    )
    parser.add_argument("--file", type=Path, help="read this file with the one reader")
    parser.add_argument("--write", type=Path, help="where to write the input with the number")
    options = parser.parse_args()
    if (options.number is not None or options.file) and len(options.targets) != 1:
        parser.error("--number and --file want one TARGET")
    names = {each.name for each in TARGETS}
    if unknown := [each for each in options.targets if each.replace("-", " ") not in names]:
        parser.error(f"there is no TARGET {unknown[0]}")
    return options


def _read_one(target: Target, number: int, file: Path | None, write: Path | None) -> int:
    """Read one input in this process; its error is raised."""
    logging.disable(logging.CRITICAL)
    data = file.read_bytes() if file else target.input(number)
    if write:
        write.write_bytes(data)
    print(f"{target.name}: {'read' if target.accepts(data) else 'refused'}")
    return 0


def _show(target: Target, failures: list[Failure], *, keep: bool) -> None:
    """Print each kind of failure once, and keep the first input of each."""
    kinds = Counter(each.kind for each in failures)
    for kind, count in kinds.most_common(_SHOWN):
        number = next(each.number for each in failures if each.kind == kind)
        print(f"  {count:,} x {kind} (number {number})", flush=True)
        if keep:
            target.kept.mkdir(parents=True, exist_ok=True)
            data = gzip.compress(target.input(number), mtime=0)
            (target.kept / f"{number}.gz").write_bytes(data)


if __name__ == "__main__":
    sys.exit(main())
