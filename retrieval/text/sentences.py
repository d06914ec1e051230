"""Sentence boundaries in a paragraph, and the sentence that sums up a release."""

import re
from collections.abc import Sequence

from retrieval.text.abbreviations import continues_after
from retrieval.text.tokens import words

# Terminal punctuation, closing quotes or brackets, and white space, which Chinese and Japanese have
# none of.
_END = re.compile(
    r"""(?<![.!?…。！？])[.!?…。！？]++["'”’“‘»«)\]」』）]*+(?:\s++|(?<=[。！？」』）]))"""
)
# What may stand before the first letter of a sentence.
_OPENING = re.compile(r"""[\s"'“‘„‚«»‹「『(\[（¿¡•▪·*$€£#@]*""")
_BRACKETS = frozenset("([（")
# Small beginnings: names such as iPad and eBay, and the letters of a list.
_SMALL = re.compile(r"[a-z]{1,3}[A-Z]|[a-z]\)\s")
_WORD = re.compile(r"[^\W\d_]{2}|[぀-ヿ一-鿿]")
_FIRM = re.compile(r"(?:Inc|Corp|Co|Ltd|LLC)\b")  # which some names with a "!" are followed by
_LAST_WORD = re.compile(r"\w(?:[\w.'’&]*\w)?$")  # of "(D-Calif" it is "Calif"
_LOOK_BACK, _LOOK_AHEAD = 24, 16  # characters, enough for a word or two
_MIN_WORDS = 6  # a shorter paragraph is a label, such as "For immediate release"


def sentence_spans(paragraph: str) -> list[tuple[int, int]]:
    """Return the ``[start, end)`` character span of each sentence in ``paragraph``, in order.

    The spans cover everything but the white space between sentences; blank text has none. A piece
    without a word, such as the number of a list item, belongs to the sentence after it, the last
    one to the sentence before it.
    """
    spans = []
    start, word = 0, _WORD.search(paragraph)
    for match in _END.finditer(paragraph):
        if word is None or word.start() > match.start():
            continue
        if not _begins_after(paragraph, start, match):
            continue
        end = match.start() + len(match.group().rstrip())
        spans.append((start, end))
        start, word = match.end(), _WORD.search(paragraph, match.end())
    if paragraph[start:].strip():
        if word is None and spans:
            start = spans.pop()[0]
        spans.append((start, len(paragraph.rstrip())))
    return spans


def _begins_after(paragraph: str, start: int, end: re.Match[str]) -> bool:
    """Whether a sentence begins behind a stop; the one that it may end begins at ``start``."""
    opening = _OPENING.match(paragraph, end.end())
    at = opening.end() if opening else end.end()
    letter = paragraph[at : at + 1]
    if letter.islower():
        inverted = "¿" in paragraph[end.end() : at] or "¡" in paragraph[end.end() : at]
        if not inverted and not _SMALL.match(paragraph, at):
            return False
    elif not letter.isalnum():
        return False
    mark = end.group().strip()
    if mark == "!":
        return not _FIRM.match(paragraph, at)
    if mark not in (".", ".)"):
        return True
    before = paragraph[max(start, end.start() - _LOOK_BACK) : end.start()].split()
    # Within brackets, "(D-Calif.) Then": a sentence would have its stop behind the bracket.
    word = _LAST_WORD.search(before[-1]) if before else None
    return word is None or not continues_after(
        word[0],
        before[-2] if len(before) > 1 else "",
        paragraph[at : at + _LOOK_AHEAD],
        bracket=mark == ".)" or not _BRACKETS.isdisjoint(paragraph[end.end() : at]),
    )


def first_sentence(paragraphs: Sequence[str]) -> str:
    """Return the first sentence of the first paragraph that is not a short line, such as a label.

    If all are short, return the first paragraph; if there are none, an empty string.
    """
    for paragraph in paragraphs:
        if len(words(paragraph)) >= _MIN_WORDS:
            start, end = sentence_spans(paragraph)[0]
            return paragraph[start:end]
    return next(iter(paragraphs), "")
