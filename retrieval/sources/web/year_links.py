"""The parts of a list that is divided by year: "2025", "2024", each at an address of its own."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode, urlsplit

from retrieval.sources.web.entries import absolute, is_same_site
from retrieval.sources.web.web_document import WebDocument
from retrieval.text.lines import clean

_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_LEAST = 2  # years: one alone is the date of something else


def year_links(document: WebDocument) -> tuple[str, ...]:
    """Return the addresses of a list's years, the newest first; none if it is not divided so.

    They are those that differ from the list's own only in a year, and whose link is that year.
    """
    own = _without_year(document.address, _year_in(document.address))
    found = dict[int, str]()
    for label, link in (*_links(document), *_options(document)):
        address = absolute(link, document.base) if _YEAR.fullmatch(label) else None
        if address is None or not is_same_site(address, document.address):
            continue
        if address != _without_year(address, label) == own:
            found.setdefault(int(label), address)
    if len(found) < _LEAST:
        return ()
    return tuple(found[year] for year in sorted(found, reverse=True))


def _links(document: WebDocument) -> Iterator[tuple[str, str]]:
    """Yield the text and the address of each link."""
    for node in document.html.document.css("a[href]"):
        yield clean(node.text()), node.attributes.get("href") or ""


def _options(document: WebDocument) -> Iterator[tuple[str, str]]:
    """Yield the text and the address of each choice in a menu of years.

    A choice is an address itself, or the value that the menu sets.
    """
    for menu in document.html.document.css("select"):
        name = menu.attributes.get("name") or ""
        for node in menu.css("option"):
            label, value = clean(node.text()), node.attributes.get("value") or ""
            if "/" in value or "?" in value:
                yield label, value
            elif "year" in name.lower():
                yield label, f"?{urlencode({name: value or label})}"


def _year_in(address: str) -> str:
    """Return the year that an address has as a part of its own; empty if it has none."""
    parts = urlsplit(address)
    values = (*parts.path.split("/"), *(value for _, value in parse_qsl(parts.query)))
    return next((each for each in values if _YEAR.fullmatch(each)), "")


def _without_year(address: str, year: str) -> str:
    """Return an address without a part of its path, or a parameter, that is this year."""
    parts = urlsplit(address)
    path = "/".join(each for each in parts.path.split("/") if not year or each != year)
    query = [(name, value) for name, value in parse_qsl(parts.query) if value != year]
    return parts._replace(path=path.rstrip("/"), query=urlencode(query)).geturl()
