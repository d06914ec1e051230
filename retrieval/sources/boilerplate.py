"""Tell boilerplate from text, line by line: menus, share buttons, contacts, footers.

A line is boilerplate only if the whole line matches. Other lines between two pieces of boilerplate
are left to the caller, since only the rest of the page tells what they are.
"""

import re
from collections.abc import Mapping, Sequence
from typing import get_args

from retrieval.sources.boilerplate_forms import LANGUAGES, Category
from retrieval.sources.line_breaks import ends_sentence
from retrieval.text.sentences import sentence_spans

_CATEGORIES: tuple[Category, ...] = get_args(Category)
_PATTERNS: Mapping[Category, re.Pattern[str]] = {
    category: re.compile(
        "|".join(form for forms in LANGUAGES for form in forms.get(category, ())), re.IGNORECASE
    )
    for category in _CATEGORIES
}
_END_MARK = re.compile(r"[-–—*\s]*(?:#(?:\s?#){1,}|#+|\b30\b|\bend\b)[-–—*\s]*", re.IGNORECASE)
_SOURCE_LINE = re.compile(r"(?:SOURCE|FUENTE|QUELLE):? .{2,100}")
_BELOW_TEXT: tuple[Category, ...] = ("share", "footer", "footer section")
_BUTTON_ROW = 3  # as many consecutive lines that look like share buttons are not a sentence
_TEASER_WORDS = 30  # a line under "Related" with as many words or more is text
_MAX_LENGTH = 300  # characters; cookie notices are the longest boilerplate
_BULLET = re.compile(r"^[•▪◦‣·*|>»›]\s*")


def boilerplate_category(line: str) -> Category | None:
    """Return the category of boilerplate that ``line`` belongs to, or None if it is not any."""
    bare = _BULLET.sub("", line).strip(" |")
    if len(bare) > _MAX_LENGTH:
        return None
    matches = (category for category, pattern in _PATTERNS.items() if pattern.fullmatch(bare))
    return next(matches, None)


def is_end_mark(line: str) -> bool:
    """Whether ``line`` marks the end of a release: "###", "# # #", "-30-", "-END-"."""
    return bool(_END_MARK.fullmatch(line)) and not line.isalnum()


def is_source_line(line: str) -> bool:
    """Whether ``line`` names the publisher, which ends the releases of the wires: "SOURCE Acme"."""
    return bool(_SOURCE_LINE.fullmatch(line))


def is_prose(paragraph: str) -> bool:
    """Whether ``paragraph`` ends a sentence or holds one, or introduces what follows."""
    words = paragraph.count(" ") + 1
    return boilerplate_category(paragraph) is None and (
        (words >= 4 and ends_sentence(paragraph))
        or (words >= 6 and paragraph.endswith(":"))
        or words >= 40
        or (words >= 12 and len(sentence_spans(paragraph[:_MAX_LENGTH])) > 1)
    )


def strip_boilerplate(lines: Sequence[str]) -> list[str]:
    """Return the lines of a release without rows of share buttons and what is below its text.

    The text ends at the end mark ("###"), or else at the first boilerplate that no prose follows.
    After an end mark, prose is kept ("About the company") up to the next boilerplate.

    Args:
        lines: The lines of a page, from the first one of the text.
    """
    lines = _without_button_rows(lines)
    mark = next((n for n, line in enumerate(lines) if n and is_end_mark(line)), None)
    if mark is None:
        return lines[: _end_of_text(lines)]
    rest = lines[mark + 1 :]
    stop = next(
        (n for n, line in enumerate(rest) if boilerplate_category(line) in _BELOW_TEXT), len(rest)
    )
    last = max((n for n in range(stop) if is_prose(rest[n])), default=-1)
    return [*lines[: _end_of_text(lines[:mark])], "", *rest[: last + 1]]


def _without_button_rows(lines: Sequence[str]) -> list[str]:
    """Return ``lines`` without the rows of share buttons."""
    kept: list[str] = []
    row: list[str] = []
    for line in (*lines, "."):  # the stop ends a row on the last line
        if boilerplate_category(line) == "share":
            row.append(line)
            continue
        kept += row if len(row) < _BUTTON_ROW else []
        row = []
        kept.append(line)
    return kept[:-1]


def _end_of_text(lines: Sequence[str]) -> int:
    """Return the number of lines before the boilerplate at the end."""
    end = next((n for n in range(1, len(lines)) if _is_last_section(lines, n)), len(lines))
    number = end
    while number > 0:
        number -= 1
        line = lines[number]
        if _stands_alone(lines, number) and boilerplate_category(line) not in (None, "menu"):
            end = number
        elif line and is_prose(line):
            break
    while end and (not lines[end - 1] or boilerplate_category(lines[end - 1]) == "menu"):
        end -= 1
    return end


def _is_last_section(lines: Sequence[str], number: int) -> bool:
    """Whether a footer section or a list of other releases begins here, with no text after it."""
    if boilerplate_category(lines[number]) != "footer section" or not _stands_alone(lines, number):
        return False
    return all(len(line.split()) < _TEASER_WORDS for line in lines[number + 1 :])


def _stands_alone(lines: Sequence[str], number: int) -> bool:
    """Whether a line is not a link within a sentence, given the lines before and after it."""
    before = lines[number - 1] if number else ""
    after = lines[number + 1] if number + 1 < len(lines) else ""
    if after and (after[0].islower() or after[0] in ".,;:)") and not boilerplate_category(after):
        return False
    return (
        not before
        or ends_sentence(before)
        or boilerplate_category(before) is not None
        or is_end_mark(before)
    )
