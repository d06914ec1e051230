"""A terminal for the commands of the documents."""

import os
import pty
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping
from types import MappingProxyType

from tests.documents.markdown import ROOT

NONE: Mapping[str, str] = MappingProxyType({})
_PROGRESS = re.compile(r"(\S+: )?(indexing|reading|embedding|fetching|looking)\b.*\d")
_SCORE = re.compile(r"\(?([+-]?\d+\.\d{2,})\)?")
_TOLERANCE = 0.02


def run(
    command: str, settings: Mapping[str, str] = NONE, *, answer: str = ""
) -> "subprocess.CompletedProcess[str]":
    """Run a command of ``verbatim`` in the working folder, and type an answer if it asks.

    Both of its streams are in ``stdout``. Of the environment it has no setting but those given.
    """
    kept = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("VERBATIM_", "DISCORD_TOKEN"))
    }
    name, *arguments = shlex.split(command)
    assert name == "verbatim"
    keyboard, terminal = pty.openpty()
    try:
        os.write(keyboard, answer.encode())
        return subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            stdin=terminal,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**kept, "PYTHONPATH": str(ROOT), "COLUMNS": "100", **settings},
            encoding="utf-8",
            check=False,
        )
    finally:
        os.close(keyboard)
        os.close(terminal)


def printed(
    command: str, settings: Mapping[str, str] = NONE, *, answer: str = "", status: int = 0
) -> str:
    """What a command prints that ends with a status."""
    done = run(command, settings, answer=answer)
    assert done.returncode == status, done.stdout
    return done.stdout


def alike(printed: str, beginning: str, end: str | None = None) -> bool:
    """Whether an output has the words that a document shows.

    With an ``end``, something may stand between this and the beginning.

    Times are left out, which differ from run to run, and progress, which a terminal shows as a bar
    that goes. Scores may differ a little, by the processor.
    """
    found, first, last = _words(printed), _words(beginning), _words(end or "")
    if end is not None:
        found = [*found[: len(first)], *found[len(found) - len(last) :]]
    expected = [*first, *last]
    return len(found) == len(expected) and all(map(_same, found, expected))


def _words(output: str) -> list[str]:
    output = re.sub(r"in \d+\.\d s\b", "in 0.0 s", output)
    output = re.sub(r"\d+ ms\b", "0 ms", output)
    output = re.sub(r"(read on|as of) \d{4}-\d\d-\d\d( \d\d:\d\d UTC)?", r"\1 a day", output)
    output = re.sub(r"\(\d+ kB\)", "(1 kB)", output)
    return [
        word
        for line in output.splitlines()
        if not _PROGRESS.match(line.strip())
        for word in line.split()
    ]


def _same(found: str, expected: str) -> bool:
    if found == expected:
        return True
    score, shown = _SCORE.fullmatch(found), _SCORE.fullmatch(expected)
    if score is None or shown is None:
        return False
    return abs(float(score[1]) - float(shown[1])) <= _TOLERANCE
