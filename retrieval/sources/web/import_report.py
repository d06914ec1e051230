"""How far the import of a site is, and what it did in the end."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from embeddings.errors import VerbatimError

Stage = Literal["listing", "fetching", "searching", "attaching"]
"""Releases are listed, their pages fetched and searched for links to PDFs, and these fetched."""


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """How far a stage of an import is: ``done`` releases, pages or PDFs, of ``total`` if known."""

    stage: Stage
    done: int
    total: int | None = None


OnImport: TypeAlias = Callable[[ImportProgress], None]


@dataclass(frozen=True, slots=True)
class FailedPage:
    """A page that could not be fetched or read, and why."""

    address: str
    reason: str


@dataclass(slots=True)
class ImportReport:
    """What an import did.

    Attributes:
        new: how many releases were copied that were not here.
        changed: how many have another content than before.
        unchanged: how many were asked for and are as they were.
        pdfs: how many PDFs that releases link to are new or have another content than before.
        failed: what could not be fetched.
        gone: which releases are no longer on the site; their copies stay.
        back: which of those are there again.
        stopped: why the import did not go on to the end; None if it did.
    """

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    pdfs: int = 0
    failed: list[FailedPage] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    back: list[str] = field(default_factory=list)
    stopped: VerbatimError | None = None

    @property
    def has_changes(self) -> bool:
        """Whether an index of the copy would be another one than before."""
        return bool(self.new or self.changed or self.pdfs or self.gone or self.back)
