"""Passages that were quoted, found again: as they were, or what became of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.state.answers import PassageRef
from retrieval.ranking.answer import CitedPassage
from retrieval.ranking.full_release import FullRelease
from retrieval.release_history import PassageChange
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


def cited_again(ref: PassageRef, rank: int, release: FullRelease, position: int) -> CitedPassage:
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


def quoted_position(paragraphs: Sequence[str], number: int, check: str) -> int | None:
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
