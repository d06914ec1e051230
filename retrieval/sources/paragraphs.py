"""Paragraphs as published, from text whose lines are not paragraphs.

A page copied from a browser has a line break at every link and bold run;
`retrieval.sources.line_breaks` decides at each whether the paragraph goes on. Blank lines, and
lines that an editor or mailer wrapped at one width, are dealt with here.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from retrieval.sources.line_breaks import ITEM, LineBreak, quotes_apart, weigh
from retrieval.text.lines import SEEN, gap, joined


def recovered(lines: Sequence[str]) -> tuple[str, ...]:
    """Return the paragraphs of which ``lines`` are the pieces, in order.

    ``lines`` are clean; an empty one is a blank line, which ends a paragraph unless the page has
    blank lines in the midst of its sentences. No word is lost, added or moved.
    """
    if _blank_lines_mislead(lines):
        lines = [line for line in lines if line]
    paragraphs: list[str] = []
    for group in _groups(unwrapped(lines)):
        paragraphs.extend(_recovered_group(group, paragraphs[-1] if paragraphs else ""))
    return tuple(paragraphs)


def unwrapped(lines: Sequence[str]) -> list[str]:
    """Return ``lines`` without the line breaks of an editor that wrapped the whole text.

    A line that would have had room for the next one's first word was not wrapped, and ends there.
    Text that no editor wrapped is returned as it is.
    """
    width = _wrap_width(lines)
    whole: list[list[str]] = []
    before = ""
    for line in lines:
        fits = len(before) + 1 + len(line.split(" ", 1)[0]) <= width - 4
        if width and before and line and not fits and not ITEM.match(line):
            whole[-1].append(line)
        else:
            whole.append([line])
        before = line
    return [joined(pieces) for pieces in whole]


def _recovered_group(group: Sequence[str], previous: str) -> Iterator[str]:
    """Yield the paragraphs of lines that no blank line parts."""
    kept, apart = _kept_lines(group), quotes_apart(group)
    pieces, seen = [group[0]], group[0]
    for number, line in enumerate(group[1:], start=1):
        after = group[number + 1] if number + 1 < len(group) else ""
        line_break = LineBreak(previous, seen, group[number - 1], len(pieces), line, after, apart)
        if number not in kept and weigh(line_break) > 0:
            pieces.append(line)
            seen = f"{seen}{gap(seen, line)}{line}"[-SEEN:]
        else:
            yield joined(pieces)
            previous, pieces, seen = seen, [line], line
    yield joined(pieces)


def _groups(lines: Sequence[str]) -> Iterator[list[str]]:
    """Yield the runs of lines between blank ones."""
    group: list[str] = []
    for line in (*lines, ""):
        if line:
            group.append(line)
        elif group:
            yield group
            group = []


def _blank_lines_mislead(lines: Sequence[str]) -> bool:
    """Whether blank lines part sentences too, as where a page has one after every piece."""
    groups = list(_groups(lines))
    torn = sum(
        before[-1][-1] not in ":;" and (after[0][0].islower() or after[0][0] in ",.;)”")
        for before, after in pairwise(groups)
    )
    return torn > max(1, 0.1 * len(groups))


_WIDEST_WRAP, _NARROWEST_WRAP = 100, 40


def _wrap_width(lines: Sequence[str]) -> int:
    """Return the width at which an editor or mailer wrapped the text, or 0 if none did."""
    widest = max(map(len, lines), default=0)
    if not _NARROWEST_WRAP <= widest <= _WIDEST_WRAP:
        return 0
    inner = [(line, after) for line, after in pairwise(lines) if line and after]
    full = [after for line, after in inner if len(line) >= 0.75 * widest]
    torn = sum(after[0].islower() for after in full)
    return widest if len(full) >= max(3, 0.5 * len(inner)) and torn >= 0.3 * len(full) else 0


def _kept_lines(group: Sequence[str]) -> frozenset[int]:
    """Return the lines that stand apart in a page of long ones: a bill's text, a poem.

    A browser does not wrap what it copies. Six or more lines on end of about one width, far
    narrower than the page's paragraphs, were published as lines, and stay so.
    """
    if max(map(len, group)) <= 1.5 * _WIDEST_WRAP:
        return frozenset()
    kept: set[int] = set()
    start = 0
    for number in range(len(group) + 1):
        if number < len(group) and len(group[number]) <= 75:
            continue
        while start + 1 < number and min(map(len, group[start : start + 2])) < 35:
            start += 1  # the pieces of the sentence before it
        run = group[start:number]
        if len(run) >= 6 and sum(len(line) >= 35 for line in run) >= 0.6 * len(run):
            kept.update(range(start, number + 1))
        start = number + 1
    return frozenset(kept)
