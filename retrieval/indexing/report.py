"""What an index build reports: its progress, and in the end what it did."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from retrieval.release import DocumentNote, RefusedDocument

MAX_REFUSED = 50
"""How many documents that could not be read a report lists; it counts the others."""

MAX_NOTED = 50
"""How many documents a report names of which the same is to be noted; it counts the others."""

MAX_NOTES = 50
"""How many different notes a report has; it counts the others."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a build is: ``done`` of ``total`` releases; no total while still reading.

    Only in a database something is "publishing" after it was written.
    """

    stage: Literal["reading", "embedding", "writing", "publishing"]
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


class Refusals:
    """The documents that could not be read: the first of them, and how many there are."""

    def __init__(self) -> None:
        self.first: list[RefusedDocument] = []
        self.count = 0

    def add(self, document: RefusedDocument) -> None:
        """Count a document, and keep it if it is among the first."""
        self.count += 1
        if len(self.first) < MAX_REFUSED:
            self.first.append(document)


class DocumentNotes:
    """What there is to note of documents: the first documents of each note, and how many.

    Attributes:
        first: the first notes.
        counts: of how many documents each text is to be noted.
        others: how many notes have other texts, of which there are too many.
    """

    def __init__(self) -> None:
        self.first: list[DocumentNote] = []
        self.counts: Counter[str] = Counter()
        self.others = 0

    def add(self, note: DocumentNote) -> None:
        """Count a note, and keep it if it is among the first."""
        if note.text not in self.counts and len(self.counts) >= MAX_NOTES:
            self.others += 1
            return
        self.counts[note.text] += 1
        if self.counts[note.text] <= MAX_NOTED:
            self.first.append(note)


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What a build did.

    ``releases`` and ``paragraphs`` are counts of the index as it is now; ``added``, ``changed``,
    ``removed`` and ``unchanged`` are counts of releases. ``refused`` are the first documents that
    could not be read, and ``more_refused`` says how many others there are. ``notes`` tell what was
    left out, passed over or in doubt, the first ones of each text; ``note_counts`` says of how many
    documents each text is to be noted, and ``more_notes`` how many notes have other texts.
    ``sources`` are what was read, ``dropped`` what was read for the index before and is no longer.
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
    more_refused: int = 0
    note_counts: Mapping[str, int] = field(default_factory=dict)
    more_notes: int = 0

    @property
    def refused_count(self) -> int:
        """How many documents could not be read."""
        return len(self.refused) + self.more_refused

    @property
    def notes_count(self) -> int:
        """How many notes there are."""
        return sum(self.note_counts.values()) + self.more_notes
