"""Paragraphs with their sentences, written by hand: ``sentence_splits.txt``."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_FILE = Path(__file__).with_suffix(".txt")
_SEPARATOR = " ¦ "
_FAILS = "! "


@dataclass(frozen=True, slots=True)
class Split:
    """The sentences of a paragraph, and whether `sentence_spans` is known to find others."""

    sentences: list[str]
    known_to_fail: bool


def read_splits() -> Iterator[Split]:
    """All of them, in order."""
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield Split(line.removeprefix(_FAILS).split(_SEPARATOR), line.startswith(_FAILS))
