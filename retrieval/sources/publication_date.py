"""When a release was published: which of the dates on a page says so.

The rules are the same for every format. A date counts if it stands alone on a line near the title,
or beside words that say what it is. The date of an update never counts. Dates in figures are read
in the order of the page's language or country; where nothing decides, in the American order, and
the draft says so.
"""

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from retrieval.release import DateSource
from retrieval.text.dates import date_readings, find_readings

_MAX_WORDS = 14  # of a line, or a part of one, that gives a date
_MAX_PARTS = 5
_UPDATED = re.compile(
    r"\b(?:(?:page )?(?:last |first )?(?:updated|modified|revised|reviewed|changed|edited|amended)"
    r"|last (?:update|change|edit|modification|revision)|updates?:"
    r"|zuletzt|aktualisiert|(?:letzte )?(?:aktualisierung|änderung)|stand:|geändert"
    r"|actualizad[oa]|actualizaci[oó]n|modificad[oa]|modificaci[oó]n|mise? à jour|modifiée?"
    r"|modification|atualizad[oa]|atualização|aggiornat[oa]|aggiornamento|bijgewerkt|copyright"
    r"|archived)|©",
    re.IGNORECASE,
)
_PUBLISHED = re.compile(
    r"\b(?:published|posted|issued|released|(?:release|publication) date|embargoed? until"
    r"|for (?:immediate )?release|veröffentlicht|erschienen|publicad[oa]|publicaci[oó]n|publiée?"
    r"|diffusée?|publication|pubblicat[oa]|divulgad[oa]|gepubliceerd)\b|^(?:date|datum|fecha|data)\b",
    re.IGNORECASE,
)
# What else a date may be that of, whatever stands beside it; and what rather speaks of such a time.
_EVENT = re.compile(
    r"\b(?:events?|meeting|deadline|due|effective|expir\w+|hearing|regist\w+|rsvp|valid|born|when"
    r"|where|votes?|applications?|original|l[ií]mite|evento|vencimiento|audiencia|cierre"
    r"|\w*frist|\w*veranstaltung|termin|échéance|[ée]v[éè]nement|scadenza)\b",
    re.IGNORECASE,
)
_ANOTHER_TIME = re.compile(
    r"\b(?:until|begins?|starts?|ends?|opens?|closes?|through|between|from|to)\b", re.IGNORECASE
)
_DIVIDER = re.compile(r"\s*[|•·;/]\s+|\s+[–—-]\s+")
_FIGURES = re.compile(r"(?<![\d./-])(\d{1,2})[./-](\d{1,2})[./-](?:\d{4}|\d{2})(?![\d./-])")
_IN_PATH = re.compile(r"/(\d{4})[/-](\d{1,2})[/-](\d{1,2})(?=[/_.-]|$)")

# Countries in which dates are written month first, and those in which English is written otherwise.
_MONTH_FIRST_COUNTRIES = frozenset(("us", "gov", "mil", "pr", "gu", "vi", "as", "mp"))
_UNDECIDED_COUNTRIES = frozenset(("ca", "ph"))  # both orders are in use
_GENERAL_DOMAINS = frozenset(
    "com org net info edu int eu biz io co tv me ai app dev news online site example test"
    " localhost local invalid".split()
)


@dataclass(frozen=True, slots=True)
class PublicationDate:
    """The date of a release, where it was found, and the other date that its figures may mean."""

    date: datetime.date
    source: DateSource
    other: datetime.date | None = None

    @property
    def notes(self) -> tuple[str, ...]:
        """What there is to say of it: that it may mean another day."""
        if self.other is None:
            return ()
        return (
            "the date is in figures that may mean another day, and nothing tells which: it was read"
            " month first",
        )


@dataclass(frozen=True, slots=True)
class DateOrder:
    """The order of dates in figures: day first or month first; None if it is not known."""

    day_first: bool | None = None

    @classmethod
    def of(cls, *, language: str = "", url: str | None = None) -> "DateOrder":
        """Return the order of a language ("de", "en-gb") and of the country of a web address.

        Neither English alone nor a general domain such as ".com" decides it.
        """
        name, _, region = language.lower().replace("_", "-").partition("-")
        region = region.rpartition("-")[2]
        if name and name != "en":
            return cls(region != "us")
        for country in (region, _country(url)):
            if country in _MONTH_FIRST_COUNTRIES:
                return cls(False)
            if country and country not in _UNDECIDED_COUNTRIES:
                return cls(True)
        return cls(None)

    def decided_by(self, lines: Iterable[str]) -> "DateOrder":
        """Return this order, or the one that dates in ``lines`` have if it is not known."""
        if self.day_first is not None:
            return self
        for line in lines:
            found = _FIGURES.fullmatch(line) or _FIGURES.search(line)
            if found:
                first, second = int(found[1]), int(found[2])
                if first > 12 >= second:
                    return DateOrder(True)
                if second > 12 >= first:
                    return DateOrder(False)
        return self

    def choose(
        self, readings: tuple[datetime.date, ...], source: DateSource
    ) -> PublicationDate | None:
        """Return the date that the readings of a date mean, or None if there are none."""
        if not readings:
            return None
        if self.day_first is None:
            return PublicationDate(readings[0], source, *readings[1:])
        return PublicationDate(readings[-1 if self.day_first else 0], source)


def date_on_line(line: str, order: DateOrder) -> PublicationDate | None:
    """Return the date of publication that a line gives, or None if it gives none.

    "March 5, 2024", "Press Release | March 5, 2024", "Posted on March 5, 2024 by Bob Poe"; not
    "Last updated March 5, 2024", "Deadline: March 5, 2024" or a sentence with a date in it.
    """
    if found := order.choose(date_readings(line), DateSource.LINE):
        return found
    parts = [part for part in _DIVIDER.split(line) if part]
    if any(len(part.split()) > _MAX_WORDS for part in parts) or len(parts) > _MAX_PARTS:
        return None
    if len(line.split()) > _MAX_WORDS and not _PUBLISHED.search(line):
        return None
    for part in dict.fromkeys((*parts, line) if not _UPDATED.search(line) else parts):
        readings = find_readings(_without_update(part))
        if not readings:
            continue
        labelled = _PUBLISHED.search(part) is not None
        if _EVENT.search(part):
            continue
        if not labelled and (_ANOTHER_TIME.search(part) or part.rstrip().endswith((".", "?", "!"))):
            continue
        return order.choose(readings, DateSource.LABEL if labelled else DateSource.LINE)
    return None


def is_labelled(line: str) -> bool:
    """Whether a line says that a date in it is that of publication."""
    return _PUBLISHED.search(line) is not None and _UPDATED.search(line) is None


def is_update(line: str) -> bool:
    """Whether a line speaks of an update, and not of publication."""
    return _UPDATED.search(line) is not None and _PUBLISHED.search(line) is None


def date_in_address(url: str | None) -> PublicationDate | None:
    """Return the date in the path of a web address, "/2024/03/05/", or None."""
    try:
        match = _IN_PATH.search(urlsplit(url or "").path)
    except ValueError:
        return None
    readings = date_readings("-".join(match.groups())) if match else ()
    return PublicationDate(readings[0], DateSource.ADDRESS) if readings else None


def _without_update(line: str) -> str:
    """Return a line up to the words that introduce the date of an update."""
    match = _UPDATED.search(line)
    if match is None:
        return line
    before, after = line[: match.start()], line[match.end() :]
    published = _PUBLISHED.search(after)
    return before if find_readings(before) or not published else after[published.start() :]


def _country(url: str | None) -> str:
    """Return the country in the host of a web address, or an empty text."""
    try:
        host = urlsplit(url or "").hostname or ""
    except ValueError:
        return ""
    labels = host.split(".")
    if labels[-1] == "uk" or (len(labels) > 1 and labels[-2] in ("gov", "gouv", "gob", "gov-")):
        return labels[-1]
    return "" if labels[-1] in _GENERAL_DOMAINS else labels[-1]
