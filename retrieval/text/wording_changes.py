"""What differs between two wordings of a text: paragraph by paragraph, then word by word.

White space and the form of quotation marks, dashes and the like are no difference, nor is it one
where a paragraph ends.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import accumulate, pairwise

from retrieval.text.keys import text_checksum
from retrieval.text.service_lines import is_service_line

_QUOTATION_MARKS = re.compile("[\"'`´‘’‚‛“”„‟‹›«»′″]+")
_DASHES = re.compile("[‐‑‒–—―−]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_MIN_SHARED = 0.5  # of the words of two paragraphs that are one, changed
_BESIDE = 10  # kept words beside a change
_MAX_STEPS = 3_000_000
_WORD_STEPS = 10  # to make the key of a word


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


class Steps:
    """How much may still be compared; one of them can serve many comparisons.

    What would need more is shown as removed and added. As many as there are at first take less than
    a second.
    """

    def __init__(self, left: int = _MAX_STEPS) -> None:
        self._left = left

    def take(self, needed: int) -> bool:
        """Take the ``needed`` steps if they are left; return whether they were."""
        if needed > self._left:
            return False
        self._left -= needed
        return True


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


def joined_key(paragraphs: Iterable[str]) -> str:
    """The `wording_key` of paragraphs together."""
    return " ".join(filter(None, map(wording_key, paragraphs)))


def said_by(paragraphs: Iterable[str]) -> str:
    """The `wording_key` of paragraphs together, without those that only serve a page."""
    return joined_key(each for each in paragraphs if not is_service_line(each))


def counterpart(paragraph: str, paragraphs: Sequence[str]) -> int | None:
    """The position of the paragraph that another one has become; None if it is gone."""
    own = _words(paragraph)
    best = max(
        ((_shared(own, _words(each)), -at) for at, each in enumerate(paragraphs)), default=(0.0, 0)
    )
    return -best[1] if best[0] >= _MIN_SHARED else None


def changed_paragraphs(
    before: Sequence[str], after: Sequence[str], steps: Steps | None = None
) -> list[ChangedParagraph]:
    """The paragraphs that differ, in order: removed ones as they were, changed ones word by word.

    A paragraph of ``after`` is a changed one of ``before`` if at least half of their words are the
    same. There is none if and only if both have the same `joined_key`.

    Args:
        before: the paragraphs of one wording.
        after: those of the next one.
        steps: how much may be compared; its own allowance by default.
    """
    steps = steps or Steps()
    old, new = _comparable(before), _comparable(after)
    old_keys, new_keys = [key for key, _ in old], [key for key, _ in new]
    found = list[ChangedParagraph]()
    if " ".join(old_keys) == " ".join(new_keys):
        return found
    for (first, stop), (new_first, new_stop) in _differing(old_keys, new_keys, steps):
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


def _comparable(texts: Iterable[str]) -> list[tuple[str, str]]:
    """Each paragraph or word with its key, without the empty ones."""
    return [(key, text) for text in texts if (key := wording_key(text))]


_Span = tuple[int, int]
_Same = tuple[int, int, int]
"""A position in one sequence, one in another, and how many are the same from there on."""


def _differing(
    old: Sequence[str], new: Sequence[str], steps: Steps
) -> Iterator[tuple[_Span, _Span]]:
    """Where two sequences differ: what was there, and what is there now."""
    blocks = [(0, 0, 0), *_same(old, new, steps), (len(old), len(new), 0)]
    for (at, new_at, size), (stop, new_stop, _) in pairwise(blocks):
        if at + size < stop or new_at + size < new_stop:
            yield (at + size, stop), (new_at + size, new_stop)


def _same(old: Sequence[str], new: Sequence[str], steps: Steps) -> list[_Same]:
    """Where two sequences are the same, in order, as far as the steps suffice."""
    shorter = min(len(old), len(new))
    start = 0
    while start < shorter and old[start] == new[start]:
        start += 1
    end = 0
    while end < shorter - start and old[-1 - end] == new[-1 - end]:
        end += 1
    blocks = [(0, 0, start), (len(old) - end, len(new) - end, end)]
    inner_old, inner_new = old[start : len(old) - end], new[start : len(new) - end]
    if inner_old and inner_new and steps.take(len(inner_old) + len(inner_new)):
        found = _longest_first(inner_old, inner_new, steps)
        blocks += ((start + at, start + new_at, size) for at, new_at, size in found)
    return sorted(block for block in blocks if block[2])


def _longest_first(old: Sequence[str], new: Sequence[str], steps: Steps) -> Iterator[_Same]:
    """The longest part that is the same, then the longest ones before and after it, and so on."""
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    # A search looks, for each element, at all the places of the other sequence that have it.
    times = Counter(new)
    needed = list(accumulate((1 + times[each] for each in old), initial=0))
    pending = [((0, len(old)), (0, len(new)))]
    while pending:
        (first, stop), (new_first, new_stop) = pending.pop()
        if first == stop or new_first == new_stop:
            continue
        if not steps.take(needed[stop] - needed[first]):
            continue
        at, new_at, size = matcher.find_longest_match(first, stop, new_first, new_stop)
        if size:
            yield at, new_at, size
            pending.append(((at + size, stop), (new_at + size, new_stop)))
            pending.append(((first, at), (new_first, new_at)))


def _replaced(
    removed: Sequence[str], added: Sequence[str], steps: Steps
) -> Iterator[ChangedParagraph]:
    """Paragraphs in place of others: each beside the next one that is like it."""
    removed, added = _without_moved_ends(removed, added, steps)
    old, new = [_words(each) for each in removed], [_words(each) for each in added]
    at = 0
    for text, own in zip(removed, old, strict=True):
        place = _next_like(own, new, at, steps)
        if place is None:
            yield _whole(Edit.REMOVED, text)
            continue
        yield from (_whole(Edit.ADDED, each) for each in added[at:place])
        runs = tuple(_word_runs(text, added[place], steps))
        if any(run.edit is not Edit.KEPT for run in runs):
            yield runs
        at = place + 1
    yield from (_whole(Edit.ADDED, each) for each in added[at:])


def _next_like(
    own: Counter[str], others: Sequence[Counter[str]], start: int, steps: Steps
) -> int | None:
    """The first position from ``start`` of a paragraph that is like another one."""
    for place in range(start, len(others)):
        if not steps.take(len(own) + len(others[place])):
            return None
        if _shared(own, others[place]) >= _MIN_SHARED:
            return place
    return None


def _without_moved_ends(
    removed: Sequence[str], added: Sequence[str], steps: Steps
) -> tuple[Sequence[str], Sequence[str]]:
    """Both, with paragraphs joined where only one of them has an end between the same words."""
    if not removed or not added or len(removed) == len(added) == 1:
        return removed, added
    split = _split(" ".join(removed), " ".join(added), steps)
    if split is None:
        return removed, added
    old, new = ([key for key, _ in each] for each in split)
    ends, new_ends = _ends(removed), _ends(added)
    moved, new_moved = set[int](), set[int]()
    for at, new_at, size in _same(old, new, steps):
        for word in range(1, size):
            is_end, is_new_end = at + word in ends, new_at + word in new_ends
            if is_end and not is_new_end:
                moved.add(at + word)
            elif is_new_end and not is_end:
                new_moved.add(new_at + word)
    return _joined(removed, ends, moved), _joined(added, new_ends, new_moved)


def _ends(paragraphs: Sequence[str]) -> dict[int, int]:
    """By the number of words up to the end of each paragraph, its position."""
    counts = accumulate(len(wording_key(each).split()) for each in paragraphs)
    return {count: at for at, count in enumerate(counts)}


def _joined(
    paragraphs: Sequence[str], ends: Mapping[int, int], without: Collection[int]
) -> list[str]:
    """Paragraphs, some of whose ends are left out."""
    joins = {ends[end] + 1 for end in without}
    found = list[str]()
    for at, text in enumerate(paragraphs):
        if at in joins:
            found[-1] = f"{found[-1]} {text}"
        else:
            found.append(text)
    return found


def _whole(edit: Edit, text: str) -> ChangedParagraph:
    return (EditedWords(edit, " ".join(text.split())),)


_KeyedWords = list[tuple[str, str]]


def _split(before: str, after: str, steps: Steps) -> tuple[_KeyedWords, _KeyedWords] | None:
    """The words of two texts with their keys; None if there are too many."""
    old, new = before.split(), after.split()
    if not steps.take(_WORD_STEPS * (len(old) + len(new))):
        return None
    return _comparable(old), _comparable(new)


def _word_runs(before: str, after: str, steps: Steps) -> Iterator[EditedWords]:
    """A paragraph that became another one, word by word."""
    split = _split(before, after, steps)
    if split is None:
        yield from (*_whole(Edit.REMOVED, before), *_whole(Edit.ADDED, after))
        return
    (old_keys, old), (new_keys, new) = (
        ([key for key, _ in each], [word for _, word in each]) for each in split
    )
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
