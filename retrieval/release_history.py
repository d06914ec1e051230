"""What became of a release since it was first read: how its text changed, and its quotations."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from retrieval.index.earlier_wordings import EarlierWording, Wording
from retrieval.ranking.full_release import FullRelease
from retrieval.store import Store
from retrieval.text.wording_changes import (
    ChangedParagraph,
    Steps,
    changed_paragraphs,
    counterpart,
    is_worded,
)


@dataclass(frozen=True, slots=True)
class TextChange:
    """A change of the text of a release.

    Attributes:
        seen: when a build saw it, in UTC.
        title: how the title changed; nothing if it did not.
        paragraphs: those that were removed, added or changed, in order.
    """

    seen: datetime
    title: ChangedParagraph
    paragraphs: tuple[ChangedParagraph, ...]


@dataclass(frozen=True, slots=True)
class PassageChange:
    """What became of a paragraph that was quoted, and that the release no longer has as it was.

    Attributes:
        seen: when a build saw the change, in UTC; None if that is not known.
        now: the number of the paragraph that it has become, from 1; None if there is none, or if
            that is not known.
    """

    seen: datetime | None
    now: int | None


@dataclass(frozen=True)
class ReleaseHistory:
    """A release, and what it said before, the latest wording first."""

    release: FullRelease
    earlier: tuple[EarlierWording, ...] = ()

    @property
    def changed(self) -> datetime | None:
        """When the last change was seen, in UTC; None if there was none."""
        return self.earlier[0].replaced if self.earlier else None

    @cached_property
    def changes(self) -> tuple[TextChange, ...]:
        """The changes, the last one first, which can take a second to compute.

        If the texts would take too long to compare, what differs in the earlier ones is shown as
        removed and added.
        """
        return tuple(self._changes())

    def _changes(self) -> Iterator[TextChange]:
        steps = Steps()
        after = _wording(self.release)
        for each in self.earlier:
            before = each.wording
            titles = changed_paragraphs([before.title], [after.title], steps)
            paragraphs = changed_paragraphs(before.paragraphs, after.paragraphs, steps)
            title = tuple(run for changed in titles for run in changed)
            yield TextChange(each.replaced, title, tuple(paragraphs))
            after = before

    def passage_change(self, check: str) -> PassageChange:
        """What became of the paragraph with a `wording_checksum`, which the release has no more."""
        for each in self.earlier:
            for text in each.wording.paragraphs:
                if is_worded(text, check):
                    at = counterpart(text, self.release.own_paragraphs)
                    return PassageChange(each.replaced, None if at is None else at + 1)
        return PassageChange(None, None)


def release_history(store: Store, release: FullRelease) -> ReleaseHistory:
    """The history of a release in a store."""
    found = store.earlier_wordings(release.info.id, _wording(release))
    return ReleaseHistory(release, found)


def _wording(release: FullRelease) -> Wording:
    return Wording(release.info.title, tuple(release.own_paragraphs))
