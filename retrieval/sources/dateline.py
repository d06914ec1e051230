"""Datelines: the place, and sometimes the date and the wire, that a release's text opens with.

"WASHINGTON, D.C. — ", "PORTLAND, Ore., Sept. 8, 2025 — ", "[CHICAGO, IL] – ", and those of the
wires: "LINDOW, N.Y., March 5, 2024 /PRNewswire/ -- ", "LINDOW, N.Y.--(BUSINESS WIRE)--",
"LINDOW, NY / ACCESSWIRE / March 5, 2024 / ", "MADRID, 5 de marzo de 2024 /PRNewswire/ -- ".
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from retrieval.text.dates import find_readings
from retrieval.text.letters import CAPITAL, SMALL

_MAX_LENGTH = 200  # characters: a dateline with two places, a date and a wire is shorter
_MAX_PARTS = 3  # a date and a wire, or a date on both sides of it

_WEEKDAY = (
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|lunes|martes|mi[eé]rcoles|jueves|viernes|s[aá]bado"
    r"|domingo|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|lundi|mardi|mercredi|jeudi"
    r"|vendredi|samedi|dimanche|(?:segunda|ter[cç]a|quarta|quinta|sexta)-feira"
)
_MONTH = r"[^\W\d]{3,10}\.?"
_ORDINAL = r"(?:st|nd|rd|th|er|[.ºª])?"
DATE_FORM = (
    rf"(?i:(?:the|le|el|den|am) )?(?i:(?:{_WEEKDAY}|mon|tue|wed|thu|fri|sat|sun)[.,]? )?"
    rf"(?i:(?:the|le|el|den) )?(?:"
    rf"(?i:{_MONTH},? \d{{1,2}}{_ORDINAL},? \d{{4}})"
    rf"|(?i:\d{{1,2}}{_ORDINAL} ?(?:(?:de|of) )?{_MONTH},?(?: del?)? \d{{4}})"
    r"|\d{4}-\d\d-\d\d|\d{1,2}(?P<mark>[./-])\d{1,2}(?P=mark)\d{4})(?!\d)"
    r"(?:,? (?:@|at) \d{1,2}:\d\d[\w :/.]{0,24})?"
)
"""A date as most languages write it, as a part of a regular expression: loose, to be parsed."""

# A month is no part of the place before it, nor is a weekday.
_WORD = (
    rf"(?!(?i:{_WEEKDAY})\b)(?!{_MONTH},? \d{{1,2}}(?:\w\w)?(?:,? \d{{4}}| ?\)? ?[—–-]))"
    rf"[{CAPITAL}](?:[\w.’']|-(?=\w))*"
)
_NAME = rf"{_WORD}(?: (?:(?:de|del|la|of|upon|sur|am) )?{_WORD}){{0,3}}"
_PLACE = re.compile(
    rf"[\[(]?(?P<place>{_NAME}(?:(?:, ?| ?(?:&|and|AND|y|und|et|e) ){_NAME}){{0,5}})[\])]?"
)
# Wires by name; what else stands in round brackets may be a nickname or a party.
_WIRE = (
    r"/ ?\w[\w .&-]{1,40}?/|\((?i:[^():]{0,30}(?:wire|prweb|newsfile|marketwired|newsworthy|\bap\b"
    r"|reuters|\befe\b|europa press)[^():]{0,30}?(?: ?[-–—] ?"
)
_PART = re.compile(
    rf"(?:[ ,]{{0,2}}|(?:,? ?(?:—|–|--|-|\|) ?))(?:"
    rf"\(?(?P<date>{DATE_FORM}|{_MONTH} \d{{1,2}}(?= ?\)? ?[—–-]))\)?"
    rf"|(?P<wire>{_WIRE}(?P<wire_date>{DATE_FORM.replace('mark', 'wire_mark')}))?)\))"
    r"|(?P<brackets>\([^():]{2,30}\)))"
)
_LEADING_DATE = re.compile(rf"\(?(?P<date>{DATE_FORM})\)?(?: ?(?:—|–|--|-|\||/) ?|, )")
_DASH = re.compile(r" ?\.?(?:—|–|--|-(?= )|-$|―)\s?")
_MARK_AFTER_DATE = re.compile(r" ?[|:/](?:\s|$)|\. ?(?=[A-Z])")
_NOT_PLACES = frozenset(
    ("ICYMI", "WATCH", "NEW", "BREAKING", "NOTE", "WHAT", "WHO", "WHEN", "WHERE")
)
_NOT_PLACES_WITH_DATE = frozenset(
    "a after an at before by comunicado date erschienen fecha for from in last news note on period"
    " por posted press pressemitteilung publicada publicado published publié publiée release"
    " released since statement the this today until updated veröffentlicht".split()
)
_STATE = re.compile(
    rf"(?:, ?(?:[A-Z]{{2}}\.?|D\.?C\.?|[{CAPITAL}][{SMALL}]+\.?|[A-Z]\.[A-Z]\.)|D\.?C\.?)$"
)
_FIRST_PARAGRAPHS = 3  # a headline or two may come before the dateline


@dataclass(frozen=True, slots=True)
class Dateline:
    """A dateline: its place, what its date may be, and where in the paragraph it ends.

    ``readings`` are those of `retrieval.text.dates.find_readings`; none if it has no date.
    ``is_closed`` tells whether a dash or another mark ends it, so that the text follows.
    """

    place: str
    readings: tuple[date, ...]
    end: int
    is_closed: bool


def parse_dateline(paragraph: str) -> Dateline | None:
    """Return the dateline that a paragraph opens with, or None.

    A place without date and wire counts only in capitals, or with its state: "Boston – " may be
    anything.
    """
    parsed = _parse(paragraph)
    return parsed[0] if parsed and _is_place(parsed[0].place, has_more=parsed[1]) else None


def dateline_of(paragraph: str) -> str | None:
    """Return the place that a paragraph opens with ("WASHINGTON, D.C."), or None.

    A paragraph that is a place and a dash, and nothing else, gives None.
    """
    dateline = parse_dateline(paragraph)
    if not dateline or (dateline.end == len(paragraph) and not dateline.readings):
        return None
    return dateline.place


def first_dateline(paragraphs: Sequence[str]) -> str | None:
    """Return the dateline of a release, looked for in its first paragraphs, or None."""
    return next(filter(None, map(dateline_of, paragraphs[:_FIRST_PARAGRAPHS])), None)


def dateline_readings(paragraph: str) -> tuple[date, ...]:
    """Return what the date in the dateline that a paragraph opens with may be."""
    dateline = parse_dateline(paragraph)
    return dateline.readings if dateline else ()


def is_dateline(line: str) -> bool:
    """Whether ``line`` may be a dateline and nothing else ("Boston –"): the text follows it."""
    parsed = _parse(line)
    return parsed is not None and parsed[0].is_closed and parsed[0].end == len(line)


def _parse(paragraph: str) -> tuple[Dateline, bool] | None:
    """Return what looks like a dateline, and whether it has more than a place; or None."""
    text = paragraph[:_MAX_LENGTH]
    leading = _LEADING_DATE.match(text)
    match = _PLACE.match(text, leading.end() if leading else 0)
    if not match:
        return None
    place, end = match["place"], match.end()
    dates, has_wire = [leading["date"]] if leading else [], False
    for _ in range(_MAX_PARTS):
        part = _PART.match(text, end)
        if not part or (part["brackets"] and not place.isupper()):
            break
        dates += filter(None, (part["date"], part["wire_date"]))
        has_wire |= part["wire"] is not None
        end = part.end()
    mark = _DASH.match(text, end) or (_MARK_AFTER_DATE.match(text, end) if dates else None)
    if mark:
        end = mark.end()
    elif has_wire:
        end += text[end : end + 1] == " "
    elif not dates or end < len(paragraph):
        return None
    readings = next(filter(None, map(find_readings, dates)), ())
    return Dateline(place, readings, end, is_closed=bool(mark) or has_wire), bool(dates or has_wire)


def _is_place(name: str, *, has_more: bool) -> bool:
    """Whether ``name`` is a place, given whether a date or a wire stands beside it."""
    if name.rstrip(":") in _NOT_PLACES:
        return False
    if has_more:
        return name.split()[0].lower().rstrip(".:") not in _NOT_PLACES_WITH_DATE
    return name.isupper() or bool(_STATE.search(name)) or name == "Washington"
