"""The type of answer that a question expects, and whether a paragraph contains one."""

import re
from enum import StrEnum

from retrieval.text.attribution import contains_quotation


class AnswerType(StrEnum):
    """A type of answer that can be recognized in a text."""

    NUMBER = "number"
    QUOTATION = "quotation"


_EXPECTED = {
    AnswerType.NUMBER: re.compile(
        r"\bhow\s+(?:m[ua]t?ch|many|big|large|long|far|fast|high|often|old)\b"
        r"|\bwhat\s+(?:share|percentage|percent|amount|price|number|cost|sum|portion)\b"
        r"|\b(?:price tag|bill number|total|payout)\b",
        re.IGNORECASE,
    ),
    AnswerType.QUOTATION: re.compile(
        r"\b(?:sa(?:y|ys|id|ying)|tells?|told|describe[ds]?|call(?:s|ed)?|compare[ds]?|argue[ds]?"
        r"|warn(?:s|ed)?|thinks?|thought|put it|react(?:s|ed|ion)?|respond(?:s|ed)?|accuse[ds]?"
        r"|comment(?:s|ed)?|statement|quote|words|remark(?:s|ed)?|claim(?:s|ed)?|praise[ds]?)\b",
        re.IGNORECASE,
    ),
}
_NUMBER = re.compile(
    r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|half|third"
    r"|hundreds?|thousands?|million|billion)\b",
    re.IGNORECASE,
)


def expected_types(question: str) -> frozenset[AnswerType]:
    """Return the types of answer that a question expects; none for many questions ("Who …?")."""
    return frozenset(
        answer_type for answer_type, pattern in _EXPECTED.items() if pattern.search(question)
    )


def contains_type(paragraph: str, answer_type: AnswerType) -> bool:
    """Whether ``paragraph`` contains anything of the given type."""
    if answer_type is AnswerType.QUOTATION:
        return contains_quotation(paragraph)
    return _NUMBER.search(paragraph) is not None
