"""Recover the paragraphs as published from text whose lines are not paragraphs.

A page copied from a browser has a line break at every link and bold run;
`retrieval.sources.line_breaks` decides for each whether the paragraph continues. Blank lines, and
lines that an editor or mail client wrapped at a fixed width, are handled here.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from retrieval.sources.line_breaks import (
    LIST_ITEM,
    LineBreak,
    breaks_at_quotes,
    continuation_score,
)
from retrieval.text.lines import LOOKBACK, join_lines, space_between

_GERMAN_QUOTES = str.maketrans("„“", "“”")
_ANGLE_QUOTES = str.maketrans("«»", "“”")
_MAX_WRAP_WIDTH, _MIN_WRAP_WIDTH = 100, 40  # characters


def recover_paragraphs(lines: Sequence[str]) -> tuple[str, ...]:
    """Return the paragraphs that ``lines`` are the pieces of, in order.

    No word is lost, added or moved.

    Args:
        lines: Clean lines (`retrieval.text.lines.clean`). An empty one is a blank line, which ends
            a paragraph unless the page has blank lines within its sentences.
    """
    if _has_blank_lines_in_sentences(lines):
        lines = [line for line in lines if line]
    paragraphs: list[str] = []
    for block in _blocks(unwrap_lines(lines)):
        paragraphs.extend(_paragraphs_of_block(block, paragraphs[-1] if paragraphs else ""))
    return tuple(paragraphs)


def unwrap_lines(lines: Sequence[str]) -> list[str]:
    """Return ``lines`` without the line breaks of an editor that wrapped the text at a fixed width.

    A line that had room for the first word of the next one was not wrapped, and ends there. Text
    that was not wrapped is returned as it is.
    """
    width = _wrap_width(lines)
    unwrapped: list[list[str]] = []
    before = ""
    for line in lines:
        fits = len(before) + 1 + len(line.split(" ", 1)[0]) <= width - 4
        if width and before and line and not fits and not LIST_ITEM.match(line):
            unwrapped[-1].append(line)
        else:
            unwrapped.append([line])
        before = line
    return [join_lines(pieces) for pieces in unwrapped]


def _paragraphs_of_block(block: Sequence[str], previous_paragraph: str) -> Iterator[str]:
    """Yield the paragraphs of consecutive lines that are not blank."""
    pieces, published = [block[0]], block
    block = _with_english_quotes(block)
    preformatted, at_quotes = _preformatted_lines(block), breaks_at_quotes(block)
    paragraph = block[0]
    for number, line in enumerate(block[1:], start=1):
        line_break = LineBreak(
            previous_paragraph=previous_paragraph,
            paragraph=paragraph,
            last_line=block[number - 1],
            line_count=len(pieces),
            next_line=line,
            line_after_next=block[number + 1] if number + 1 < len(block) else "",
            breaks_at_quotes=at_quotes,
        )
        if number not in preformatted and continuation_score(line_break) > 0:
            pieces.append(published[number])
            paragraph = f"{paragraph}{space_between(paragraph, line)}{line}"[-LOOKBACK:]
        else:
            yield join_lines(pieces)
            previous_paragraph, pieces, paragraph = paragraph, [published[number]], line
    yield join_lines(pieces)


def _with_english_quotes(block: Sequence[str]) -> Sequence[str]:
    """Return a block with the quotation marks of other languages as English ones: „…“ and «…».

    Only the decision of what continues is made on it: the paragraphs keep their marks.
    """
    if any("„" in line for line in block):
        block = [line.translate(_GERMAN_QUOTES) for line in block]
    if any("«" in line for line in block):
        tight = (line.replace("« ", "«").replace(" »", "»") for line in block)
        block = [line.translate(_ANGLE_QUOTES) for line in tight]
    return block


def _blocks(lines: Sequence[str]) -> Iterator[list[str]]:
    """Yield the runs of lines between blank lines."""
    block: list[str] = []
    for line in (*lines, ""):
        if line:
            block.append(line)
        elif block:
            yield block
            block = []


def _has_blank_lines_in_sentences(lines: Sequence[str]) -> bool:
    """Whether blank lines split sentences too, as on a page with one after every piece."""
    blocks = list(_blocks(lines))
    split = sum(
        before[-1][-1] not in ":;" and (after[0][0].islower() or after[0][0] in ",.;)”")
        for before, after in pairwise(blocks)
    )
    return split > max(1, 0.1 * len(blocks))


def _wrap_width(lines: Sequence[str]) -> int:
    """Return the width in characters at which the text was wrapped, or 0 if it was not."""
    widest = max(map(len, lines), default=0)
    if not _MIN_WRAP_WIDTH <= widest <= _MAX_WRAP_WIDTH:
        return 0
    inner = [(line, after) for line, after in pairwise(lines) if line and after]
    full = [after for line, after in inner if len(line) >= 0.75 * widest]
    split = sum(after[0].islower() for after in full)
    return widest if len(full) >= max(3, 0.5 * len(inner)) and split >= 0.3 * len(full) else 0


def _preformatted_lines(block: Sequence[str]) -> frozenset[int]:
    """Return the numbers of the lines that were published as lines: a bill's text, a poem.

    A browser does not wrap what it copies. So six or more consecutive lines of similar width, much
    narrower than the paragraphs of the page, were lines already, and stay so.
    """
    if max(map(len, block)) <= 1.5 * _MAX_WRAP_WIDTH:
        return frozenset()
    preformatted: set[int] = set()
    start = 0
    for number in range(len(block) + 1):
        if number < len(block) and len(block[number]) <= 75:
            continue
        while start + 1 < number and min(map(len, block[start : start + 2])) < 35:
            start += 1  # the pieces of the sentence before the run
        run = block[start:number]
        if len(run) >= 6 and sum(len(line) >= 35 for line in run) >= 0.6 * len(run):
            preformatted.update(range(start, number + 1))
        start = number + 1
    return frozenset(preformatted)
