"""Run it: ``python -m tests.fuzz [--inputs N] [--from N] [--only NAME]``."""

import argparse
import sys
import time
from collections import Counter

from tests.fuzz.mutations import mutated
from tests.fuzz.targets import TARGETS, Target


def main() -> int:
    """Read mutated inputs; say what each reader raised that it may not. 1 if any did."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--inputs", type=int, default=100_000, help="for each reader")
    parser.add_argument("--from", type=int, default=0, dest="first", help="the number of the first")
    parser.add_argument("--only", help="the name of one reader")
    options = parser.parse_args()
    failed = False
    for target in TARGETS:
        if options.only in (None, target.name):
            failed |= _run(target, range(options.first, options.first + options.inputs))
    return int(failed)


def _run(target: Target, numbers: range) -> bool:
    """Whether any input failed."""
    failures, examples = Counter[str](), dict[str, int]()
    slowest, slowest_number, refused = 0.0, 0, 0
    for number in numbers:
        data = mutated(target.seeds, target.name, number)
        started = time.process_time()
        try:
            target.read(data)
        except target.may_raise:
            refused += 1
        except Exception as error:
            kind = f"{type(error).__name__}: {str(error)[:80]}"
            failures[kind] += 1
            examples.setdefault(kind, number)
        if (took := time.process_time() - started) > slowest:
            slowest, slowest_number = took, number
    print(
        f"{target.name}: {len(numbers):,} inputs, {refused:,} refused, "
        f"{failures.total():,} failed; "
        f"the slowest took {slowest:.2f} s (number {slowest_number})",
        flush=True,
    )
    for kind, count in failures.most_common():
        print(f"  {count:,} x {kind} (number {examples[kind]})", flush=True)
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main())
