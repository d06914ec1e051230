"""What differs between two wordings of a text: paragraph by paragraph, then word by word.

White space and the form of quotation marks, dashes and the like are no difference, nor is it one
where a paragraph ends.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from retrieval.text.keys import text_checksum
from retrieval.text.service_lines import is_service_line

_QUOTATION_MARKS = re.compile("[\"'`´‘’‚‛“”„‟‹›«»′″]+")
_DASHES = re.compile("[‐‑‒–—―−]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_MIN_SHARED = 0.5  # of the words of two paragraphs that are one, changed
# SequenceMatcher takes time by the product of two lengths, in hostile cases. What would need more
# steps is shown as removed and added: so many are about a second.
_MAX_STEPS = 300_000
_BESIDE = 10  # kept words beside a change


class Edit(StrEnum):
    """What became of some words."""

    KEPT = "kept"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class EditedWords:
    """Some words in a row of which the same became. They are as they were written."""

    edit: Edit
    text: str


ChangedParagraph = tuple[EditedWords, ...]
"""A paragraph that was removed, added, or changed, as its runs of words."""


def wording_key(text: str) -> str:
    """A text without what is no difference: equal for two forms of the same wording."""
    plain = unicodedata.normalize("NFC", _INVISIBLE.sub("", text)).replace("…", "...")
    return " ".join(_DASHES.sub("-", _QUOTATION_MARKS.sub('"', plain)).split())


def wording_checksum(text: str) -> str:
    """The `text_checksum` of the `wording_key`: it stays where only the form of a text changes."""
    return text_checksum(wording_key(text))


def is_worded(text: str, check: str) -> bool:
    """Whether a text is the one with a `wording_checksum`, or with a `text_checksum`.

    Quotations were known by the latter before there were wordings.
    """
    return check in (text_checksum(text), wording_checksum(text))


def said_by(paragraphs: Iterable[str]) -> str:
    """The `wording_key` of paragraphs together, without those that only serve a page."""
    keys = (wording_key(each) for each in paragraphs if not is_service_line(each))
    return " ".join(filter(None, keys))


def counterpart(paragraph: str, paragraphs: Sequence[str]) -> int | None:
    """The position of the paragraph that another one has become; None if it is gone."""
    own = _words(paragraph)
    best = max(
        ((_shared(own, _words(each)), -at) for at, each in enumerate(paragraphs)), default=(0.0, 0)
    )
    return -best[1] if best[0] >= _MIN_SHARED else None


def changed_paragraphs(before: Sequence[str], after: Sequence[str]) -> list[ChangedParagraph]:
    """The paragraphs that differ, in order: removed ones as they were, changed ones word by word.

    A paragraph of ``after`` is a changed one of ``before`` if at least half of their words are the
    same.
    """
    steps = _Steps(_MAX_STEPS)
    old, new = _comparable(before), _comparable(after)
    found = list[ChangedParagraph]()
    for (first, stop), (new_first, new_stop) in _differing(
        [key for key, _ in old], [key for key, _ in new], steps
    ):
        removed = [text for _, text in old[first:stop]]
        added = [text for _, text in new[new_first:new_stop]]
        found += _replaced(removed, added, steps)
    return found


def abridged(paragraph: ChangedParagraph) -> ChangedParagraph:
    """A changed paragraph with no more than a few of the kept words beside each change."""
    last = len(paragraph) - 1
    return tuple(
        EditedWords(run.edit, _abridged(run.text, is_first=at == 0, is_last=at == last))
        if run.edit is Edit.KEPT
        else run
        for at, run in enumerate(paragraph)
    )


def _abridged(text: str, *, is_first: bool, is_last: bool) -> str:
    words = text.split()
    before = [] if is_first else words[:_BESIDE]
    after = [] if is_last else words[-_BESIDE:]
    if len(before) + len(after) + 1 >= len(words):
        return text
    return " ".join([*before, "…", *after])


class _Steps:
    """How much may still be compared."""

    def __init__(self, left: int) -> None:
        self._left = left

    def allow(self, first: int, second: int) -> bool:
        """Whether two sequences of these lengths may be compared, which is then counted."""
        needed = first * second
        if needed > self._left:
            return False
        self._left -= needed
        return True


def _comparable(paragraphs: Sequence[str]) -> list[tuple[str, str]]:
    """Each paragraph with its key, without the empty ones."""
    return [(key, text) for text in paragraphs if (key := wording_key(text))]


_Span = tuple[int, int]


def _differing(
    old: Sequence[str], new: Sequence[str], steps: _Steps
) -> Iterator[tuple[_Span, _Span]]:
    """Where two sequences differ: what was there, and what is there now."""
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    inner_old, inner_new = old[start : len(old) - end], new[start : len(new) - end]
    if not inner_old and not inner_new:
        return
    if not steps.allow(len(inner_old), len(inner_new)):
        yield (start, start + len(inner_old)), (start, start + len(inner_new))
        return
    matcher = SequenceMatcher(None, inner_old, inner_new, autojunk=False)
    for tag, first, stop, new_first, new_stop in matcher.get_opcodes():
        if tag != "equal":
            yield (start + first, start + stop), (start + new_first, start + new_stop)


def _replaced(
    removed: Sequence[str], added: Sequence[str], steps: _Steps
) -> Iterator[ChangedParagraph]:
    """Paragraphs in place of others: each beside the next one that is like it."""
    old, new = [_words(each) for each in removed], [_words(each) for each in added]
    if not steps.allow(sum(map(len, old)), len(new)):
        new, added = [], [*added]
        yield from (_whole(Edit.REMOVED, each) for each in removed)
        yield from (_whole(Edit.ADDED, each) for each in added)
        return
    at = 0
    for text, own in zip(removed, old, strict=True):
        like = (place for place in range(at, len(new)) if _shared(own, new[place]) >= _MIN_SHARED)
        place = next(like, None)
        if place is None:
            yield _whole(Edit.REMOVED, text)
            continue
        yield from (_whole(Edit.ADDED, each) for each in added[at:place])
        if runs := tuple(_word_runs(text, added[place], steps)):
            yield runs
        at = place + 1
    yield from (_whole(Edit.ADDED, each) for each in added[at:])


def _whole(edit: Edit, text: str) -> ChangedParagraph:
    return (EditedWords(edit, " ".join(text.split())),)


def _word_runs(before: str, after: str, steps: _Steps) -> Iterator[EditedWords]:
    """A paragraph that became another one, word by word."""
    old, new = before.split(), after.split()
    old_keys, new_keys = [wording_key(each) for each in old], [wording_key(each) for each in new]
    at = 0
    for (first, stop), (new_first, new_stop) in _differing(old_keys, new_keys, steps):
        runs = (
            (Edit.KEPT, new[at:new_first]),
            (Edit.REMOVED, old[first:stop]),
            (Edit.ADDED, new[new_first:new_stop]),
        )
        yield from (EditedWords(edit, " ".join(some)) for edit, some in runs if some)
        at = new_stop
    if at < len(new):
        yield EditedWords(Edit.KEPT, " ".join(new[at:]))


def _words(text: str) -> Counter[str]:
    return Counter(wording_key(text).casefold().split())


def _shared(first: Counter[str], second: Counter[str]) -> float:
    """The share, in 0..1, of their words that two texts have in common."""
    total = first.total() + second.total()
    return 2 * (first & second).total() / total if total else 0.0
