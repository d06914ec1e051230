"""What kind of answer a question wants, and whether a paragraph has one of that kind."""

import re
from enum import StrEnum

from retrieval.text.attribution import is_quoted


class AnswerType(StrEnum):
    """A kind of answer that can be seen in a text."""

    NUMBER = "number"
    TIME = "time"
    QUOTATION = "quotation"
    REASON = "reason"


_ASKS = {
    AnswerType.NUMBER: re.compile(
        r"\bhow\s+(?:m[ua]t?ch|many|big|large|long|far|fast|high|often|old)\b"
        r"|\bwhat\s+(?:share|percentage|percent|amount|price|number|cost|sum|portion)\b"
        r"|\b(?:price tag|bill number|total|payout)\b",
        re.IGNORECASE,
    ),
    AnswerType.TIME: re.compile(
        r"\bwhen\b|\b(?:what|which)\s+(?:day|date|year|month)\b|\b(?:deadline|cutoff|how soon)\b"
        r"|\bhow long\b",
        re.IGNORECASE,
    ),
    AnswerType.QUOTATION: re.compile(
        r"\b(?:sa(?:y|ys|id|ying)|tells?|told|describe[ds]?|call(?:s|ed)?|compare[ds]?|argue[ds]?"
        r"|warn(?:s|ed)?|thinks?|thought|put it|react(?:s|ed|ion)?|respond(?:s|ed)?|accuse[ds]?"
        r"|comment(?:s|ed)?|statement|quote|words|remark(?:s|ed)?|claim(?:s|ed)?|praise[ds]?)\b",
        re.IGNORECASE,
    ),
    AnswerType.REASON: re.compile(r"\bwhy\b|\bhow come\b|\b(?:reasons?|what for)\b", re.IGNORECASE),
}
_HAS = {
    AnswerType.NUMBER: re.compile(
        r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|half|third"
        r"|hundreds?|thousands?|million|billion)\b",
        re.IGNORECASE,
    ),
    AnswerType.TIME: re.compile(
        r"\b(?:January|February|March|April|May|June|July|August|September|October|November"
        r"|December|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:19|20)\d\d)\b"
        r"|\b\d+\s+(?:days?|weeks?|months?|years?)\b"
        r"|\b(?:days|weeks|months|years)\b"
    ),
    AnswerType.REASON: re.compile(
        r"\b(?:because|due to|since|so that|in order to|as a result|therefore|which is why|reason"
        r"|caus(?:e[ds]?|ing)|leads? to|in response|given that)\b",
        re.IGNORECASE,
    ),
}


def expected_types(question: str) -> frozenset[AnswerType]:
    """The kinds of answer that a question asks for; often none that can be told."""
    return frozenset(kind for kind, asks in _ASKS.items() if asks.search(question))


def contains_type(paragraph: str, kind: AnswerType) -> bool:
    """Whether a paragraph holds anything of that kind."""
    if kind is AnswerType.QUOTATION:
        return is_quoted(paragraph)
    return _HAS[kind].search(paragraph) is not None
