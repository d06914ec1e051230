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
    """Sources as one would type them in the working folder, with commas between them."""
    return ", ".join(map(source_name, paths))


def source_name(path: Path) -> str:
    """A source as one would type it in the working folder: a path, or the address of a site."""
    if path.is_dir():
        # Imported here: most paths that are shown are files.
        from retrieval.sources.web.site_copy import SiteCopy, is_site_copy

        if is_site_copy(path):
            with SiteCopy(path) as copy:
                return copy.plan.address
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def with_data(command: str, data: Path | None) -> str:
    """A command with the ``--data`` that was given to this one, so that it can be copied."""
    return command if data is None else f"{command} --data {shlex.quote(str(data))}"


def error_line(error: Exception, data: Path | None) -> str:
    """What an error says, in one line. A command at its end is left without a full stop."""
    text = printable(str(error).replace("\n", " "))
    if isinstance(error, FixedByCommand):
        return with_data(text, data)
    return text if text.endswith("?") else f"{text}."
