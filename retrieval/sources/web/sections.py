"""Where on a site its releases are: the sections that their addresses have in common."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from urllib.parse import parse_qsl, unquote, urlsplit

from retrieval.sources.publication_date import date_in_address
from retrieval.sources.web.entries import Entry, site_of

_NEWS = re.compile(
    r"(?:^|[-_])(?:press|news|newsroom|releases?|media|statements?|announcements?|articles?|story"
    r"|stories|blog|posts?|updates?|insights?|comunicados?|noticias?|notas?|presse|aktuell(?:es)?"
    r"|pressemitteilung(?:en)?|actualites?|communiques?)(?:$|[-_])|^pr$|newsroom$|pressroom$",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d+")
_FILE_WITH_ID = re.compile(r"\.(?:aspx?|cfm|php|jsp|html?)$", re.IGNORECASE)
_SLUG_WORDS = 4  # of a last part such as "roe-introduces-rail-bill"
_ROOT_WORDS = 5  # the same, where releases stand beside all other pages
_MIN_SHARE = 0.05  # of the known releases: a section with fewer is none of theirs


def section(address: str) -> str:
    """Return the section of an address: its host and path without the last part.

    Parts that are numbers, such as years, count as one: "/2025/09/fares" and "/2024/01/ports" are
    in one section. Pages that differ in their query are in that of their path and its parameters.
    """
    parts = urlsplit(address)
    *folders, last = [each for each in parts.path.lower().split("/") if each] or [""]
    query = sorted(name.lower() for name, value in parse_qsl(parts.query) if value)
    if query:
        folders.append(f"{last}?{'&'.join(query)}")
    return "/".join((site_of(address), *("#" if each.isdecimal() else each for each in folders)))


def is_news_section(address: str) -> bool:
    """Whether a part of an address, the last aside, is named for news: "press-releases"."""
    *folders, _ = urlsplit(address).path.split("/")
    return any(_NEWS.search(each) for each in folders)


def is_release_address(address: str) -> bool:
    """Whether an address looks like that of one text: a date, a number, or the words of a title."""
    parts = urlsplit(address)
    last = unquote(parts.path.rstrip("/").rpartition("/")[2])
    if parts.query and any(_NUMBER.search(value) for _, value in parse_qsl(parts.query)):
        return _FILE_WITH_ID.search(last) is not None or last == ""
    if date_in_address(address):
        return True
    slug = _FILE_WITH_ID.sub("", last)
    words = [each for each in re.split(r"[-_\s]+", slug) if each]
    return len(words) >= _SLUG_WORDS or (slug.isdecimal() and len(slug) >= 3)


def releases_among(entries: Sequence[Entry], known: Iterable[str]) -> tuple[Entry, ...]:
    """Return those of a sitemap's pages that are releases.

    They are in the sections of releases that are known, or, where none is known, in sections named
    for news, with addresses like those of single texts.

    Args:
        entries: The pages.
        known: Addresses of releases, from a feed or a list of the same site.
    """
    addresses = set(known)
    sections = {section(each) for each in section_examples(addresses)}
    if found := tuple(each for each in entries if _is_in(each, sections, addresses)):
        return found
    return tuple(
        each
        for each in entries
        if each.address
        and (each.published or (is_news_section(each.address) and is_release_address(each.address)))
    )


def section_examples(known: Iterable[str]) -> tuple[str, ...]:
    """Return one of the known releases of each section that has enough of them."""
    addresses = sorted(set(known))
    examples = {section(each): each for each in reversed(addresses)}
    counts = Counter(map(section, addresses))
    return tuple(examples[name] for name in examples if counts[name] >= _MIN_SHARE * len(addresses))


def _is_in(entry: Entry, sections: set[str], known: set[str]) -> bool:
    if entry.address is None or entry.address in known:
        return entry.address is not None
    name = section(entry.address)
    if name not in sections:
        return False
    # At the root all pages of a site stand: "About us" as well.
    return "/" in name or len(entry.address.rpartition("/")[2].split("-")) >= _ROOT_WORDS
