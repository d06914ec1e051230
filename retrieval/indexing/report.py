"""What an index build reports: its progress, and in the end what it did."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from retrieval.release import DocumentNote, RefusedDocument


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a build is: ``done`` of ``total`` releases; no total while still reading."""

    stage: Literal["reading", "embedding", "writing"]
    done: int
    total: int | None = None


OnProgress = Callable[[Progress], None]
"""Called at each step. It may raise to stop the build, which then leaves the index as it was."""


@dataclass(frozen=True, slots=True)
class ChangedReleases:
    """The titles of the releases that a build added, changed and removed."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What a build did.

    ``releases`` and ``paragraphs`` are counts of the index as it is now; ``added``, ``changed``,
    ``removed`` and ``unchanged`` are counts of releases. ``notes`` tell what was left out, passed
    over or in doubt. ``sources`` are what was read, ``dropped`` what was read for the index before
    and is no longer.
    """

    generation: str
    releases: int
    paragraphs: int
    added: int
    changed: int
    removed: int
    unchanged: int
    refused: tuple[RefusedDocument, ...]
    seconds: float
    documents: ChangedReleases = ChangedReleases()
    notes: tuple[DocumentNote, ...] = ()
    sources: tuple[Path, ...] = ()
    dropped: tuple[Path, ...] = ()
