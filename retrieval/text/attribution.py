"""Who is quoted in a paragraph: "said Rep. Takano", "Senator Hoeven added"."""

import re
from collections.abc import Sequence

from retrieval.text.tokens import words

_REPORTING_VERB = re.compile(
    r"\b(?:said|says|stated|added|continued|concluded|wrote|writes|explained|noted|told|declared"
    r"|remarked|commented|argued|warned|urged|testified|asked|emphasized|stressed)\b"
)
_NAME = r"[A-Z][\w.'’-]*(?:,?\s+[A-Z][\w.'’-]*){0,7}"
_NAME_AFTER = re.compile(rf"\s+(?:the\s+)?({_NAME})")
_NAME_BEFORE = re.compile(rf"({_NAME})(?:\s*\([^)]{{1,20}}\))?,?\s+$")
_STATEMENT = re.compile(r"\b(?:statement|remarks?)\b[^.]*:$")
_MAX_DISTANCE = 90  # characters between a name and its verb
_QUOTATION_MARK = re.compile(r"[“\"]")
_MAX_CONTINUATION = 3  # paragraphs over which a quotation continues without a name


def contains_quotation(paragraph: str) -> bool:
    """Whether ``paragraph`` has an opening quotation mark."""
    return _QUOTATION_MARK.search(paragraph) is not None


def named_speakers(paragraph: str) -> frozenset[str]:
    """Return the words, folded, of the names to which ``paragraph`` attributes a statement."""
    names = []
    for verb in _REPORTING_VERB.finditer(paragraph):
        if match := _NAME_AFTER.match(paragraph, verb.end(), verb.end() + _MAX_DISTANCE):
            names.append(match.group(1))
        before = paragraph[max(0, verb.start() - _MAX_DISTANCE) : verb.start()]
        if match := _NAME_BEFORE.search(before):
            names.append(match.group(1))
    if _STATEMENT.search(paragraph):
        names += re.findall(_NAME, paragraph[: 2 * _MAX_DISTANCE])
    return frozenset(word for name in names for word in words(name))


def speakers(paragraphs: Sequence[str], number: int) -> frozenset[str]:
    """Return the words, folded, of the names of the people quoted in a paragraph; often none.

    A quotation without an attribution continues that of the paragraphs before it.

    Args:
        paragraphs: The paragraphs of a release.
        number: The paragraph's number, from 1.
    """
    for index in range(number - 1, max(-1, number - 2 - _MAX_CONTINUATION), -1):
        if names := named_speakers(paragraphs[index]):
            return names
        if index == number - 1 and not contains_quotation(paragraphs[index]):
            return frozenset()
    return frozenset()
