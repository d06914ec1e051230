"""Who speaks in a paragraph: "said Rep. Takano", "Senator Hoeven added"."""

import re
from collections.abc import Sequence

from retrieval.text.tokens import words

_SAYING = re.compile(
    r"\b(?:said|says|stated|added|continued|concluded|wrote|writes|explained|noted|told|declared"
    r"|remarked|commented|argued|warned|urged|testified|asked|emphasized|stressed)\b"
)
_NAME = r"[A-Z][\w.'’-]*(?:,?\s+[A-Z][\w.'’-]*){0,7}"
_AFTER = re.compile(rf"\s+(?:the\s+)?({_NAME})")
_BEFORE = re.compile(rf"({_NAME})(?:\s*\([^)]{{1,20}}\))?,?\s+$")
_STATEMENT = re.compile(r"\b(?:statement|remarks?)\b[^.]*:$")
_NEAR = 90  # characters in which a name stands beside the verb
_QUOTED = re.compile(r"[“\"]")
_FURTHEST = 3  # paragraphs back that a quotation may go on from


def is_quoted(paragraph: str) -> bool:
    """Whether somebody is quoted in it."""
    return _QUOTED.search(paragraph) is not None


def named_speakers(paragraph: str) -> frozenset[str]:
    """The words, folded, of the names to which the paragraph itself attributes what is said."""
    names = []
    for verb in _SAYING.finditer(paragraph):
        if match := _AFTER.match(paragraph, verb.end(), verb.end() + _NEAR):
            names.append(match.group(1))
        before = paragraph[max(0, verb.start() - _NEAR) : verb.start()]
        if match := _BEFORE.search(before):
            names.append(match.group(1))
    if _STATEMENT.search(paragraph):
        names += re.findall(_NAME, paragraph[: 2 * _NEAR])
    return frozenset(word for name in names for word in words(name))


def speakers(paragraphs: Sequence[str], number: int) -> frozenset[str]:
    """Who speaks in the paragraph ``number`` (from 1), as words of the names, folded.

    A quotation without a name goes on from the paragraphs before it. Nobody in most paragraphs.
    """
    for at in range(number - 1, max(-1, number - 2 - _FURTHEST), -1):
        if found := named_speakers(paragraphs[at]):
            return found
        if at == number - 1 and not is_quoted(paragraphs[at]):
            return frozenset()
    return frozenset()
