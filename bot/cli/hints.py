"""What is printed for the reader to type: errors, and the commands that go on from a result."""

import re
import shlex
from collections.abc import Iterable
from pathlib import Path

from retrieval.errors import FixedByCommand

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def printable(text: str) -> str:
    """A text without the control characters that a terminal would obey."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def listed(paths: Iterable[Path]) -> str:
    """Paths as one would type them in the working folder, with commas between them."""
    here = Path.cwd()
    return ", ".join(
        str(path.relative_to(here) if path.is_relative_to(here) else path) for path in paths
    )


def with_data(command: str, data: Path | None) -> str:
    """A command with the ``--data`` that was given to this one, so that it can be copied."""
    return command if data is None else f"{command} --data {shlex.quote(str(data))}"


def error_line(error: Exception, data: Path | None) -> str:
    """What an error says, in one line. A command at its end is left without a full stop."""
    text = printable(str(error).replace("\n", " "))
    if isinstance(error, FixedByCommand):
        return with_data(text, data)
    return text if text.endswith("?") else f"{text}."
