"""What an index build tells: how far it is, and in the end what it did."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from retrieval.release import RefusedDocument


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a build is: ``done`` of ``total`` releases; no total while still reading."""

    stage: Literal["reading", "embedding", "writing"]
    done: int
    total: int | None = None


OnProgress = Callable[[Progress], None]
"""Told of each step. It may raise to stop the build, which then leaves all as it was."""


@dataclass(frozen=True, slots=True)
class ChangedReleases:
    """Which releases a build added, changed and removed, by title."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What a build did, in releases; ``releases`` and ``paragraphs`` are what there is now."""

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
