"""Passages that were quoted, found again: as they were, or what became of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.state.answers import PassageRef
from retrieval.index.release_store import ReleaseStore
from retrieval.ranking.answer import CitedPassage
from retrieval.ranking.full_release import FullRelease, full_release
from retrieval.release_history import PassageChange, release_history
from retrieval.store import Store
from retrieval.text.wording_changes import is_worded, wording_checksum


@dataclass(frozen=True, slots=True)
class ChangedPassage:
    """A passage that was quoted, and that is no longer published in these words.

    ``rank`` is its place in the answer, from 1, and None where that is not known; ``release`` is
    what it was quoted from as it is today, and None if that is no longer in the index.
    """

    rank: int | None
    release: FullRelease | None
    change: PassageChange

    @property
    def text(self) -> str | None:
        """What the passage says now; None if it is gone, or if that is not known."""
        now = self.change.now
        return self.release.paragraphs[now - 1] if self.release and now else None


@dataclass(frozen=True, slots=True)
class RestoredPassages:
    """The passages of an answer as they were quoted, and those that have changed since."""

    passages: Sequence[CitedPassage]
    changed: Sequence[ChangedPassage] = ()


def passage_ref(passage: CitedPassage) -> PassageRef:
    """What finds a passage again."""
    return PassageRef(
        passage.release.id,
        passage.paragraph,
        wording_checksum(passage.text),
        passage.highlight,
        passage.score,
        passage.words,
    )


def restore_passages(
    store: Store, releases: ReleaseStore, refs: Sequence[PassageRef], first_rank: int
) -> RestoredPassages:
    """Passages as they were quoted, and what became of those that have changed or are gone.

    Args:
        store: where the earlier wordings of releases are.
        releases: the releases of its current generation.
        refs: the passages.
        first_rank: the place of the first one in the answer, from 1.
    """
    passages, changed = list[CitedPassage](), list[ChangedPassage]()
    for rank, ref in enumerate(refs, start=first_rank):
        info = releases.find(ref.release)
        if info is None:
            changed.append(ChangedPassage(rank, None, PassageChange(None, None)))
            continue
        release = full_release(releases, info)
        position = _position(release.paragraphs, ref.paragraph, ref.check)
        if position is None:
            changed.append(_changed(store, release, ref.check, rank))
        else:
            passages.append(_cited(ref, rank, release, position))
    return RestoredPassages(passages, changed)


def find_paragraph(
    store: Store, release: FullRelease, number: int, check: str
) -> tuple[FullRelease, int] | ChangedPassage:
    """A release, and the position in it, from 0, of a paragraph that was quoted from it.

    If no paragraph has the checksum ``check``, what became of it.
    """
    position = _position(release.paragraphs, number, check)
    return _changed(store, release, check) if position is None else (release, position)


def _changed(
    store: Store, release: FullRelease, check: str, rank: int | None = None
) -> ChangedPassage:
    change = release_history(store, release).passage_change(check)
    return ChangedPassage(rank, release, change)


def _cited(ref: PassageRef, rank: int, release: FullRelease, position: int) -> CitedPassage:
    """A passage as it was quoted, whose paragraph is at a position, from 0."""
    number = position + 1
    return CitedPassage(
        rank=rank,
        score=ref.score,
        text=release.paragraphs[position],
        highlight=ref.highlight,
        words=ref.words,
        paragraph=number,
        place=release.place(number),
        link=release.link(number),
        release=release.info,
        lead_in=release.lead_in(number),
        items=release.items(number),
    )


def _position(paragraphs: Sequence[str], number: int, check: str) -> int | None:
    """The position of the paragraph with a checksum, ``number`` (from 1) being tried first."""
    likely = [number - 1, *range(len(paragraphs))]
    return next(
        (
            position
            for position in likely
            if position < len(paragraphs) and is_worded(paragraphs[position], check)
        ),
        None,
    )
