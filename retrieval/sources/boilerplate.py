"""Tell boilerplate from text, line by line: menus, share buttons, contacts, footers.

A line is boilerplate only if the whole line matches. Other lines between two pieces of boilerplate
are left to the caller, since only the rest of the page tells what they are.
"""

import re
from collections.abc import Mapping
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
