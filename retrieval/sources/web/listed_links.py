"""Which links on a page are releases: those that one list has, with titles and dates.

The links of a list stand at the same place in the tree, below the same tags. Each has a box: the
largest element around it in which no other link of the list is. There its date is, or before or
after it, and its title if the link says no more than "Read more". A group of such links is a list
of releases if most have a date, a title as long as titles are, and an address below the page's own
or in a section for news. What stands around the text of a page (menus, footers, side bars, related
news) is left out before.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from urllib.parse import parse_qsl, urlsplit

from retrieval.sources.html.tree import Element
from retrieval.sources.publication_date import DateOrder
from retrieval.sources.web.entries import Entry, absolute, is_same_site, site_of
from retrieval.sources.web.link_boxes import (
    LinkInBox,
    ShownDates,
    find_boxes,
    find_dates,
    find_titles,
    is_title,
    spaced_text,
    text_sizes,
    word_count,
)
from retrieval.sources.web.page_frame import PageFrame
from retrieval.sources.web.sections import is_news_section, is_release_address
from retrieval.sources.web.web_document import WebDocument

_MAX_LINKS = 10_000  # of a page that are looked at

_MAX_GROUPS = 40
_MAX_REPEATED = 4  # times that a list links a release: what is linked more often is a topic
_NAMED = 3  # levels above a link in which a name is looked for
_INLINE = frozenset("b big em font i mark small span strong u".split())
_DISTRIBUTORS = frozenset(
    "accesswire.com businesswire.com einpresswire.com globenewswire.com newsfilecorp.com"
    " prnewswire.com".split()
)
_NO_RELEASE = frozenset(
    "author authors calendar careers categories category contact events event jobs login page"
    " search tag tags topic topics".split()
)
_FILE = re.compile(r"\.(?:jpe?g|png|gif|svg|webp|mp[34]|zip|ics|xml|rss|css|js|docx?|xlsx?)$", re.I)
_ID = re.compile(
    r"(?:^|_)(?:id|guid)$|^(?:document|content|news|item|release|article|post)?id$", re.I
)
_NUMBER = re.compile(r"\W*[0-9]{1,4}\W*")  # the text of a link to a page or a year
_TITLE_WORDS, _SHORT_TITLE_WORDS = 5, 3
_MOST = 0.6  # of a group
_ENOUGH = 2.0  # of a group's score; see `_score`
_DATED, _TITLED, _IN_SECTION, _ADDRESSED = 1.5, 1.0, 1.0, 0.5


@dataclass(frozen=True, slots=True)
class ListedLink:
    """A link to a release, with the box that holds what its list says of it."""

    entry: Entry
    box: Element


def listed_links(
    document: WebDocument, order: DateOrder, frame: PageFrame
) -> tuple[ListedLink, ...]:
    """Return the links of a page that lead to releases, in their order; none if it has no list.

    Args:
        document: The page.
        order: The order in which it writes dates in figures.
        frame: What of it is no list of releases.
    """
    shown = ShownDates(document.body, order)
    sizes = text_sizes(document.body)
    scored = []
    for group in _groups(document, frame):
        find_boxes(group, sizes)
        find_titles(group, order)
        find_dates(group, order, shown)
        scored.append((_score(group, document.address), group))
    best_score, best = max(scored, key=_rank, default=(0.0, []))
    if best_score < _ENOUGH or (len(best) < 2 and not best[0].date):
        return ()
    links = {link.address: link for link in best if _fits(link, best, document.address)}
    sections = {_directory(each.address) for each in best}
    boxes = {link.box for link in best}
    around = {each for link in best for each in link.anchor.lineage}
    for score, group in scored:
        if group is best or score < _ENOUGH:
            continue
        # Another group is the same list's, such as its first release in larger type. What stands in
        # the box of a release, or around several, is its topic, its attachment, or "All releases".
        for link in group:
            is_apart = link.box not in around and boxes.isdisjoint(link.anchor.lineage)
            is_near = _directory(link.address) in sections
            if is_apart and is_near and _fits(link, group, document.address):
                links.setdefault(link.address, link)
    ordered = sorted(links.values(), key=lambda each: shown.places[each.anchor])
    return tuple(
        ListedLink(Entry(each.address, each.title, each.date), each.box) for each in ordered
    )


def _groups(document: WebDocument, frame: PageFrame) -> list[list[LinkInBox]]:
    """Return the links that may lead to releases, by their place in the tree.

    That is the tags above them, and once more these with the names of the link and of the nearest
    element above it that has one: in some lists only a name distinguishes a title from the topics
    beside it, in others the names are the topics of the releases.
    """
    by_address = dict[str, LinkInBox]()
    counts = Counter[str]()
    for anchor in _anchors(document.body):
        address = absolute(anchor.attributes.get("href"), document.base)
        if address is None or not _may_be_release(address, document.address):
            continue
        if frame.holds(anchor):
            continue
        text = spaced_text(anchor)
        if _NUMBER.fullmatch(text):
            continue
        counts[address] += 1
        known = by_address.get(address)
        # A release is often linked three times: by its picture, its title and "Read more".
        if known is None or (not is_title(known.text) and is_title(text)):
            by_address[address] = LinkInBox(anchor, address, text, anchor)
    by_tags = defaultdict[tuple[str, ...], list[LinkInBox]](list)
    by_names = defaultdict[tuple[object, ...], list[LinkInBox]](list)
    for link in by_address.values():
        if counts[link.address] > _MAX_REPEATED:
            continue
        path = tuple(each.tag for each in link.anchor.ancestors if each.tag not in _INLINE)
        by_tags[path].append(link)
        above = islice(link.anchor.ancestors, _NAMED)
        name = next((each.names for each in above if each.names), frozenset[str]())
        by_names[*path, link.anchor.names, name].append(replace(link))
    groups = [*_largest(by_tags.values()), *_largest(by_names.values())]
    return list(
        {tuple(each.address for each in group): group for group in reversed(groups)}.values()
    )


def _largest(groups: Iterable[list[LinkInBox]]) -> list[list[LinkInBox]]:
    return sorted(groups, key=len, reverse=True)[:_MAX_GROUPS]


def _anchors(body: Element) -> Iterator[Element]:
    anchors = (each for each in body.elements() if each.tag == "a" and "href" in each.attributes)
    for number, anchor in enumerate(anchors):
        if number >= _MAX_LINKS:
            break
        yield anchor


def _may_be_release(address: str, page: str) -> bool:
    """Whether an address may be that of a release, in a list at ``page``."""
    if not is_same_site(address, page):
        site = site_of(address)
        return any(site == each or site.endswith(f".{each}") for each in _DISTRIBUTORS)
    parts, own = urlsplit(address), urlsplit(page)
    if _FILE.search(parts.path) or parts.path.strip("/") == "":
        # A home page is none, unless all pages are at it: "/?p=123".
        return bool(parts.query) and _has_id(parts.query)
    segments = {each.lower() for each in parts.path.split("/")}
    if not segments.isdisjoint(_NO_RELEASE - {each.lower() for each in own.path.split("/")}):
        return False
    return parts.path.rstrip("/") != own.path.rstrip("/") or _has_id(parts.query)


def _has_id(query: str) -> bool:
    return any(_ID.search(name) or name == "p" for name, value in parse_qsl(query) if value)


def _score(group: Sequence[LinkInBox], page: str) -> float:
    """How likely a group is a list of releases: 0 to 4, enough from `_ENOUGH` on."""
    size = len(group)
    dated = sum(link.date is not None for link in group) / size
    titled = sum(min(1.0, _title_score(link.title)) for link in group) / size
    section = sum(_is_in_section(link.address, page) for link in group) / size
    addressed = sum(is_release_address(link.address) for link in group) / size
    return _DATED * dated + _TITLED * titled + _IN_SECTION * section + _ADDRESSED * addressed


def _rank(scored: tuple[float, Sequence[LinkInBox]]) -> tuple[int, int]:
    """The better group has the higher score, or, if these are about the same, more links."""
    score, group = scored
    return round(score * 3), len(group)


def _title_score(title: str) -> float:
    words = word_count(title)
    return 1.0 if words >= _TITLE_WORDS else 0.5 if words >= _SHORT_TITLE_WORDS else 0.0


def _is_in_section(address: str, page: str) -> bool:
    """Whether an address is below that of its list, or in a section for news."""
    path, own = urlsplit(address).path, urlsplit(page).path.rstrip("/")
    return (len(own) > 1 and path.startswith(f"{own}/")) or is_news_section(address)


def _directory(address: str) -> str:
    """Return the host and the first part of the path of an address."""
    path = [each for each in urlsplit(address).path.split("/") if each]
    return f"{site_of(address)}/{path[0] if len(path) > 1 else ''}"


def _fits(link: LinkInBox, group: Sequence[LinkInBox], page: str) -> bool:
    """Whether a link is as the others of its group, and has a title.

    It is in a section for news if most of them are. It has a date if most of them have, or else a
    whole title and such an address.
    """
    most = _MOST * len(group)
    is_inside = _is_in_section(link.address, page)
    if not is_inside and sum(_is_in_section(each.address, page) for each in group) > most:
        return False
    if link.date is not None:
        return bool(link.title)
    is_dated_list = sum(each.date is not None for each in group) > most
    return _title_score(link.title) >= (1.0 if is_dated_list else 0.5) and (
        is_inside or not is_dated_list
    )
