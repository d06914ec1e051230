"""What the time in a question is the time of: a publication, a statement, an event, or neither."""

import re
from enum import Enum, auto

_FLAGS = re.IGNORECASE | re.ASCII

# Publications, directly before the time: "statements from 2023".
_PUBLICATIONS = re.compile(
    r"\b(?:(?:press )?releases?|statements?|announcements?|news|publications?|published|posted"
    r"|posts?|newsletters?)$",
    _FLAGS,
)
_PAST_ACTS = (
    r"(?<!was )(?<!were )(?<!been )(?<!being )(?:said|told|announced|warned|vowed|urged|wrote"
    r"|stated|condemned|praised|criticized|denounced|introduced|argued|unveiled|demanded|applauded)"
)
_ACTS = (
    r"(?:say|tell|announce|warn|vow|urge|write|state|condemn|praise|criticize|denounce|introduce"
    r"|argue|unveil|demand|applaud|comment|respond|react|call for|promise|pledge|propose|oppose"
    r"|endorse|support|slam|blast|defend|reject|welcome|ask|publish|release|issue|put out|vow to"
    r" [a-z]+)"
)
# What somebody says or does by publishing it: "did Senator Quill say", "Quill announced".
_ACT = re.compile(rf"\bdid (?:[^ ]+ ){{1,5}}?{_ACTS}\b|\b{_PAST_ACTS}\b", _FLAGS)
_ACT_DIRECTLY_BEFORE = re.compile(rf"(?:\b{_PAST_ACTS}|\bdid [^?]{{1,60}} {_ACTS})$", _FLAGS)
# The beginning of a clause that may have a time of its own.
_CLAUSE = re.compile(
    r"\b(?:how|that|which|who|whose|why|whether|when|if|because|than|while|where|after|before)\b",
    _FLAGS,
)
_MEASURES = re.compile(
    r"\b(?:how (?:many|much|often|few|big|large|far|long|fast)|what (?:share|percentage|portion"
    r"|fraction|amount|part|number)|number|percent|total|rate|average)\b",
    _FLAGS,
)
_PAST = re.compile(r"\b(?:did|was|were|had|made|got|became|went|[a-z]{2,20}(?<!e)ed)\b", _FLAGS)
_FUTURE = re.compile(
    r"\b(?:would|will|could|should|might|shall|can|[a-z]{1,20}['’]ll|plan(?:s|ned)?|projected"
    r"|forecast(?:ed|s)?|predict(?:s|ed)?|expect(?:s|ed)?|scheduled|upcoming|deadline|cutoff|due"
    r"|expires?|expired|effective|budgets?|propos(?:e|es|ed|al)|request(?:s|ed)?|authorized?"
    r"|(?:next|coming|future|set|slated|going|promised?|pledged?|agreed|vow(?:ed)?) to"
    r"|next|coming|future|starts?|begins?|goals?|targets?)\b",
    _FLAGS,
)


class TimeRole(Enum):
    """What a time in a question is the time of."""

    PUBLICATION = auto()
    """What was published then: "press releases from March 2024"."""
    STATEMENT = auto()
    """What somebody said then, so published it: "what did Quill say in 2023"."""
    EVENT = auto()
    """What happened then: "how many voted in 2020"."""
    MENTION = auto()
    """Nothing that bounds the date of the answer: "the 2022 farm bill"."""


def time_role(question: str, start: int, end: int) -> TimeRole:
    """Return the role of the time expression ``question[start:end]``."""
    before, after = question[:start].rstrip(" ,"), question[end:]
    if _PUBLICATIONS.search(before[-30:]):
        return TimeRole.PUBLICATION
    measures = _MEASURES.search(question) is not None
    if _ACT_DIRECTLY_BEFORE.search(before[-90:]) and (not measures or before.count(",")):
        return TimeRole.STATEMENT
    act = None
    for act in _ACT.finditer(before):  # noqa: B007  the last one is nearest to the time
        pass
    ends_question = not after.strip(' ?!."”')
    if act and not measures and not _has_own_time(before[act.end() :]) and ends_question:
        return TimeRole.STATEMENT
    if not before and not measures and _ACT.search(after):
        return TimeRole.STATEMENT
    if _PAST.search(question) and not refers_to_future(question):
        return TimeRole.EVENT
    return TimeRole.MENTION


def refers_to_future(text: str) -> bool:
    """Whether ``text`` speaks of something planned, expected or due."""
    return _FUTURE.search(text) is not None


def _has_own_time(text: str) -> bool:
    """Whether a clause begins in ``text`` to which the time after it may belong instead."""
    return _CLAUSE.search(text) is not None or refers_to_future(text)
