"""The time of commands and of their imports, and the memory of a long-running process.

    python -m tests.benchmarks.starting [--data DIR] [--quick]

Commands are processes of their own, timed from the outside; their files are in the system's cache,
as on a machine that has run them before. Memory is that of a process that answers 200 different
questions with the reranker, every page of it that is resident: mapped files count.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks.machine import resident
from tests.benchmarks.parts import Options, Part, Table, Target, run_alone
from tests.benchmarks.retrieval import TODAY, built
from tests.benchmarks.timing import interleaved_commands, run_python

_QUESTION = "What did Sen. Duckworth say about IVF?"
_STOPS = (50, 100, 200)
_TOP = 12  # packages that are named
_MANY = 2  # threads, as the bot has for questions


@dataclass(frozen=True, slots=True)
class Setup:
    """The configuration of a process whose memory is measured."""

    threads: int = 1
    environment: tuple[tuple[str, str], ...] = ()
    without: tuple[str, ...] = ()  # options of onnxruntime's sessions that are turned off

    def arguments(self, options: Options) -> list[str]:
        return [
            "-m",
            "tests.benchmarks.starting",
            *("--data", str(options.data), "--shared", str(options.shared)),
            *("--threads", str(self.threads), *(f"--without={each}" for each in self.without)),
            *(["--quick"] if options.quick else []),
        ]


_ARENA, _PATTERN = "enable_cpu_mem_arena", "enable_mem_pattern"
SETUPS: Mapping[str, Setup] = {
    "as it is, one thread": Setup(),
    "as it is, two threads": Setup(_MANY),
    "MALLOC_ARENA_MAX=1, two threads": Setup(_MANY, (("MALLOC_ARENA_MAX", "1"),)),
    "without onnxruntime's arena, two threads": Setup(_MANY, (), (_ARENA,)),
    "without arena and patterns, two threads": Setup(_MANY, (), (_ARENA, _PATTERN)),
    "without arena and patterns, MALLOC_ARENA_MAX=1, two threads": Setup(
        _MANY, (("MALLOC_ARENA_MAX", "1"),), (_ARENA, _PATTERN)
    ),
}


def measure(options: Options) -> Part:
    """Commands, imports, memory."""
    built(options)
    commands, targets = _commands(options)
    memory, held = _memory(options)
    return Part(
        "Start and memory",
        (__doc__ or "").partition("\n\n")[2].partition("\n\n")[2].strip(),
        (commands, *_imports(options), memory),
        targets=(*targets, held),
    )


def _commands(options: Options) -> tuple[Table, tuple[Target, ...]]:
    data = ("--data", str(options.data))
    first = json.loads(run_python(("-m", "bot", "releases", "--limit=1", "--json", *data)))[0]["id"]
    commands: dict[str, Sequence[str]] = {
        "verbatim ask": ("-m", "bot", "ask", _QUESTION, *data),
        "verbatim releases": ("-m", "bot", "releases", *data),
        "verbatim releases --json": ("-m", "bot", "releases", "--json", *data),
        "verbatim release ID": ("-m", "bot", "release", first, *data),
        "verbatim --help": ("-m", "bot", "--help"),
        "Python alone": ("-c", ""),
        "import numpy": ("-c", "import numpy"),
        "import onnxruntime": ("-c", "import onnxruntime"),
        "import sentence_transformers": ("-c", "import sentence_transformers"),
    }
    times = interleaved_commands(commands, 2 if options.quick else 9)
    median = {name: float(np.median(each)) / 1000 for name, each in times.items()}
    table = Table(
        f"Commands, from the shell (median of {len(times['Python alone'])}, in turns)",
        ("", "s", "slowest, s"),
        tuple(
            (name, f"{median[name]:.2f}", f"{max(each) / 1000:.2f}") for name, each in times.items()
        ),
    )
    slowest = max(
        ("verbatim releases", "verbatim releases --json", "verbatim release ID", "verbatim --help"),
        key=lambda name: median[name],
    )
    return table, (
        Target(
            "`verbatim ask` from the shell", 1.0, "s", median["verbatim ask"], "see its imports"
        ),
        Target(
            f"commands without a model (the slowest: `{slowest}`)",
            0.25,
            "s",
            median[slowest],
            f"importing what it renders with; Python alone takes {median['Python alone']:.2f} s",
        ),
    )


def _imports(options: Options) -> Iterator[Table]:
    """By package what ``python -X importtime`` tells of itself."""
    data = ("--data", str(options.data))
    for name, arguments in {
        "verbatim ask": ("-m", "bot", "ask", _QUESTION, *data),
        "verbatim releases": ("-m", "bot", "releases", *data),
    }.items():
        totals = _import_times(arguments)
        rows = [(package, f"{taken:.0f}") for package, taken in totals.most_common(_TOP)]
        rest = totals.total() - sum(taken for _, taken in totals.most_common(_TOP))
        yield Table(
            f"Imports of `{name}` ({totals.total():.0f} ms by `python -X importtime`)",
            ("package", "ms"),
            (*rows, ("all others", f"{rest:.0f}")),
        )


def _import_times(arguments: Sequence[str]) -> Counter[str]:
    import subprocess

    done = subprocess.run(
        [sys.executable, "-X", "importtime", *arguments], capture_output=True, text=True, check=True
    )
    totals: Counter[str] = Counter()
    for line in done.stderr.splitlines():
        own, _, name = line.removeprefix("import time:").rpartition("|")
        if line.startswith("import time:") and (taken := own.split("|")[0].strip()).isdigit():
            package = name.strip().partition(".")[0]
            totals["the standard library" if _is_standard(package) else package] += (
                int(taken) / 1000
            )
    return totals


def _is_standard(package: str) -> bool:
    return package in sys.stdlib_module_names or package.startswith("_")


def _memory(options: Options) -> tuple[Table, Target]:
    setups = dict(list(SETUPS.items())[:2]) if options.quick else SETUPS
    rows, peaks = [], {}
    for name, setup in setups.items():
        output = run_python(setup.arguments(options), dict(setup.environment))
        seen: list[dict[str, float]] = json.loads(output)
        peaks[name] = max(each["VmRSS"] for each in seen)
        last = seen[-1]
        rows.append(
            (
                name,
                *(f"{each['VmRSS']:.0f}" for each in seen),
                f"{last['RssAnon']:.0f}",
                f"{last['RssFile']:.0f}",
                f"{last['VmHWM']:.0f}",
                f"{last['milliseconds']:.0f}",
            )
        )
    stops = [f"after {each}" for each in _stops(options)]
    table = Table(
        "MiB of memory over different questions, with the reranker",
        ("", "warm", *stops, "anonymous", "files", "peak", "ms a question"),
        tuple(rows),
        "Anonymous memory and mapped files are those at the end. The bot has two threads for"
        " questions. The rows below the first two show which setting would limit it.",
    )
    two = "as it is, two threads"
    return table, Target(
        "resident memory, 200 questions, two threads", 600, "MiB", peaks[two], _why(rows)
    )


def _why(rows: Sequence[Sequence[str]]) -> str:
    least = min(rows[1:], key=lambda row: float(row[-5]))
    return f"it would be {least[-5]} MiB {least[0]}"


def _stops(options: Options) -> tuple[int, ...]:
    return (5, 10) if options.quick else _STOPS


# -- in the measured process ----------------------------------------------------------------------


def answer_many(options: Options, threads: int, without: Sequence[str]) -> list[dict[str, float]]:
    """Answer different questions; what the process has in memory, warm and after some of them."""
    import time

    import onnxruntime

    from bot.settings import Settings, open_archive
    from retrieval.archive import Archive
    from retrieval.question import Question

    made = onnxruntime.SessionOptions

    def configured() -> Any:
        session = made()
        for each in without:
            setattr(session, each, False)
        return session

    onnxruntime.SessionOptions = configured
    opened = open_archive(Settings(data=options.data))
    archive = Archive(options.data, opened.encoder, opened.reranker, today=lambda: TODAY)
    archive.warm_up()
    archive.ask(Question(_QUESTION))
    stops = _stops(options)
    lines = (*options.questions.open("rb"), *options.more_questions.open("rb"))
    texts = [*dict.fromkeys(json.loads(line)["question"] for line in lines)][: max(stops)]
    seen = [_memory_fields(0.0)]
    started, done = time.perf_counter(), 0
    with ThreadPoolExecutor(threads) as pool:
        for stop in stops:
            list(pool.map(lambda text: archive.ask(Question(text)), texts[done:stop]))
            done = stop
            seen.append(_memory_fields((time.perf_counter() - started) * 1000 / done))
    return seen


def _memory_fields(milliseconds: float) -> dict[str, float]:
    fields = ("VmRSS", "RssAnon", "RssFile", "VmHWM")
    return {name: resident(field=name) for name in fields} | {"milliseconds": milliseconds}


def main() -> None:
    """Measure and print; with ``--threads`` be the process that is measured."""
    if not any(each.startswith("--threads") for each in sys.argv):
        run_alone(measure, __doc__ or "")
        return
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path)
    parser.add_argument("--shared", type=Path)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--without", action="append", default=[])
    parser.add_argument("--quick", action="store_true")
    given = parser.parse_args()
    options = Options(given.data, given.shared, given.quick)
    print(json.dumps(answer_many(options, given.threads, given.without)))


if __name__ == "__main__":
    main()
