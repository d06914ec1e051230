"""Lines of text: how they are cleaned, and joined with the spacing that the page displayed."""

import re
from collections.abc import Iterable

# Characters without a glyph, which would break a search for the words around them. The joiners
# U+200C and U+200D stay: some scripts and emoji are spelled with them.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ud800-\udfff\ufeff]"
)
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")


def clean(text: str) -> str:
    """Return ``text`` on one line: white space as single spaces, invisible characters removed."""
    text = " ".join(text.split())
    return text if text.isprintable() else " ".join(_INVISIBLE.sub("", text).split())


def split_paragraphs(text: str) -> tuple[str, ...]:
    """Return the paragraphs of a text that separates them by blank lines, each on one line."""
    return tuple(filter(None, map(clean, _BLANK_LINE.split(text.replace("\r\n", "\n")))))


def clean_lines(text: str) -> list[str]:
    """Return the lines of ``text``, each cleaned; a blank line is an empty string."""
    return [clean(line) for line in text.splitlines()]


# What follows, or precedes, another piece of text without a space.
_TIGHT_BEFORE = re.compile(r"[,;:!?)\]}”»%]|\.(?! ?\.|\d)|\.\.\.|['’](?:s|t|re|ve|ll|d|m)?(?!\w)")
_TIGHT_AFTER = "([{“‘«„¿¡$/@#"
ORDINAL = re.compile(r"(?:st|nd|rd|th)\b")
DASHES = "—–-"
LOOKBACK = 2000  # characters: how much of a paragraph is examined, which bounds the time per line


def join_lines(lines: Iterable[str]) -> str:
    """Return the lines of one paragraph as one line, spaced as the page displayed them."""
    pieces: list[str] = []
    before = ""
    for line in lines:
        space = space_between(before, line)
        pieces += (space, line)
        before = f"{before}{space}{line}"[-LOOKBACK:]
    return "".join(pieces)


def space_between(before: str, line: str) -> str:
    """Return the separator of a paragraph's text ``before`` and its next line: " " or ""."""
    return "" if not before or _is_tight(before, line) else " "


def _is_tight(before: str, line: str) -> bool:
    """Whether the page displayed no space between ``before`` and ``line``."""
    if not line or _TIGHT_BEFORE.match(line):
        return True
    if before[-1] in _TIGHT_AFTER:
        # „…“: the mark that opens an English quotation closes a German one.
        return not (before[-1] == "“" and before.rfind("„") > before.rfind("“", 0, -1))
    if line[0] in DASHES or before[-1] in DASHES:
        # A dash has a space on both sides or on neither, and one side is within a line.
        text_before = before.rstrip(DASHES)
        return (line[0] in DASHES and len(line) > 1 and line[1] != " ") or (
            text_before != before and bool(text_before) and text_before[-1] != " "
        )
    if before[-1] == '"':
        return len(before) == 1 or before[-2] in " ([—"  # an opening mark
    if line[0] == '"':
        return before.count('"') % 2 == 1 and not line[1:2].isalnum()  # a closing mark
    if before[-1].isdigit():
        return bool(ORDINAL.match(line))  # 112th
    # A letter split from its word: a drop cap, or a link that missed a letter.
    last = before.rsplit(" ", 1)[-1]
    return len(last) == 1 and last.isalpha() and last not in "AaIOo&" and line[0].islower()
