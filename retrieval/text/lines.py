"""Lines of text as they were shown: cleaned, and joined with the space that was between them."""

import re
from collections.abc import Iterable

# Characters without a glyph that would break a search for the words around them. The joiners
# U+200C and U+200D stay: scripts and emoji are spelled with them.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ud800-\udfff\ufeff]"
)
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")


def clean(text: str) -> str:
    """Return ``text`` with its white space as single spaces and its invisible characters gone."""
    text = " ".join(text.split())
    return text if text.isprintable() else " ".join(_INVISIBLE.sub("", text).split())


def blocks(text: str) -> tuple[str, ...]:
    """Return the paragraphs of a text that has blank lines between them, each as one line."""
    return tuple(filter(None, map(clean, _BLANK_LINE.split(text.replace("\r\n", "\n")))))


def lines_of(text: str) -> list[str]:
    """Return the clean lines of ``text``; a blank one is an empty string."""
    return [clean(line) for line in text.splitlines()]


_TIGHT_BEFORE = re.compile(r"[,;:!?)\]}”»%]|\.(?! ?\.|\d)|\.\.\.|['’](?:s|t|re|ve|ll|d|m)?(?!\w)")
_TIGHT_AFTER = "([{“‘«$/@#"
ORDINAL = re.compile(r"(?:st|nd|rd|th)\b")
DASHES = "—–-"
SEEN = 2000  # characters of a paragraph that are looked back on, so that long ones take no longer


def joined(lines: Iterable[str]) -> str:
    """Return the lines of one paragraph as one line, spaced as the page showed them."""
    pieces: list[str] = []
    seen = ""
    for line in lines:
        space = gap(seen, line)
        pieces += (space, line)
        seen = f"{seen}{space}{line}"[-SEEN:]
    return "".join(pieces)


def gap(before: str, line: str) -> str:
    """Return what was between two lines of a paragraph: a space or nothing."""
    return "" if not before or _is_tight(before, line) else " "


def _is_tight(before: str, line: str) -> bool:
    """Whether no space was between ``before`` and ``line``."""
    if not line or _TIGHT_BEFORE.match(line) or before[-1] in _TIGHT_AFTER:
        return True
    if line[0] in DASHES or before[-1] in DASHES:
        # A dash has a space on both sides or on neither, and one side can be seen.
        return (line[0] in DASHES and len(line) > 1 and line[1] != " ") or (
            before[-1] in DASHES and len(before) > 1 and before[-2] != " "
        )
    if before[-1] == '"':
        return len(before) == 1 or before[-2] in " ([—"  # it opens: nothing but space before it
    if line[0] == '"':
        return before.count('"') % 2 == 1 and not line[1:2].isalnum()  # it closes
    if before[-1].isdigit():
        return bool(ORDINAL.match(line))  # 112th
    # One letter of a word apart from the rest: a capital set large, a link that missed a letter.
    alone = before.rsplit(" ", 1)[-1]
    return len(alone) == 1 and alone.isalpha() and alone not in "AaIOo&" and line[0].islower()
