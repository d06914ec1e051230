"""Datelines: the place, and sometimes the date, that a release's text opens with.

"WASHINGTON, D.C. — ", "PORTLAND, Ore., Sept. 8, 2025 — ", "[CHICAGO, IL] – ".
"""

import re
from collections.abc import Sequence
from datetime import date

from retrieval.text.dates import parse_date

_PLACE = r"[A-Z][\w.’'-]*(?: [A-Z][\w.’'-]*){0,3}"
_DATE = r"(?:[A-Z][a-z]+day, )?[A-Z][a-z]{2,8}\.? \d{1,2}, \d{4}"
_DATELINE = re.compile(
    rf"[\[(]?(?P<place>{_PLACE}(?:, ?(?:{_PLACE})){{0,2}})[\])]?"
    rf"(?:,? \(?(?P<date>{_DATE})\)?| ?\([^)]{{3,30}}\))? ?(?:—|–|--|-(?= )|-$|―)\s?"
)
_NOT_PLACES = frozenset(
    ("ICYMI", "WATCH", "NEW", "BREAKING", "NOTE", "WHAT", "WHO", "WHEN", "WHERE")
)
_STATE = re.compile(r"(?:, ?(?:[A-Z]{2}|D\.?C\.?|[A-Z][a-z]+\.?|[A-Z]\.[A-Z]\.)|D\.?C\.?)$")
_FIRST_PARAGRAPHS = 3  # a headline or two may come before the dateline


def dateline_of(paragraph: str) -> str | None:
    """Return the place that a paragraph opens with ("WASHINGTON, D.C."), or None."""
    match = _DATELINE.match(paragraph)
    if not match or len(paragraph) == match.end():
        return None
    place = match["place"]
    if place.rstrip(":") in _NOT_PLACES:
        return None
    return place if place.isupper() or _STATE.search(place) or place == "Washington" else None


def first_dateline(paragraphs: Sequence[str]) -> str | None:
    """Return the dateline of a release, looked for in its first paragraphs, or None."""
    return next(filter(None, map(dateline_of, paragraphs[:_FIRST_PARAGRAPHS])), None)


def dateline_date(paragraph: str) -> date | None:
    """Return the date in the dateline that a paragraph opens with, or None."""
    match = _DATELINE.match(paragraph)
    return parse_date(match["date"]) if match and match["date"] else None


def is_dateline(line: str) -> bool:
    """Whether ``line`` is a dateline and nothing else."""
    return _DATELINE.fullmatch(line) is not None
