"""Which links on a page are releases: those that one list has, with titles and dates.

The links of a list stand at the same place in the tree, below the same tags. Each has a box: the
largest element around it in which no other link of the list is. There its date is, or before or
after it, and its title if the link says no more than "Read more". A group of such links is a list
of releases if most have a date, a title as long as titles are, and an address below the page's own
or in a section for news. What stands around the text of a page (menus, footers, side bars, related
news) is left out before.
"""

import datetime
import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlsplit

from retrieval.release import DateSource
from retrieval.sources.html.tags import BLOCK_TAGS
from retrieval.sources.html.tree import Element
from retrieval.sources.publication_date import DateOrder, date_on_line
from retrieval.sources.web.entries import Entry, absolute, is_same_site, site_of
from retrieval.sources.web.sections import is_news_section, is_release_address
from retrieval.sources.web.web_document import WebDocument
from retrieval.text.dates import date_readings
from retrieval.text.lines import clean

MAX_LINKS = 10_000
"""How many links of a page are looked at."""

_MAX_GROUPS = 40
_MAX_REPEATED = 4  # times that a list links a release: what is linked more often is a topic
_AROUND_TAGS = frozenset("nav footer aside menu search form".split())
_AROUND_ROLES = frozenset("banner complementary contentinfo menu menubar navigation search".split())
_AROUND_NAMES = frozenset(
    "breadcrumb breadcrumbs comments cookie cookies footer menu nav navbar navigation pager"
    " pagination popular related search share sharing sidebar skip social subnav tags toolbar"
    " trending".split()
)
_INLINE = frozenset("b big em font i mark small span strong u".split())
_HEADINGS = frozenset(f"h{level}" for level in range(1, 7))
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
_POINTER = re.compile(
    r"(?:read|learn|find out|view|see|show|continue|full|download|open|more|details|click|link|here"
    r"|go to|leer|ver|más|mehr|weiter|lire|la suite|plus)\b",
    re.IGNORECASE,
)
_POINTER_WORDS = 5
_TITLE_WORDS, _SHORT_TITLE_WORDS = 5, 3
_MOST_TITLE_WORDS = 45  # a link around more is a whole teaser
_ENOUGH = 2.0  # of a group's score; see `_score`
_DATED, _TITLED, _IN_SECTION, _ADDRESSED = 1.5, 1.0, 1.0, 0.5
_MAX_BOX = 1500  # characters around one link
_MAX_PIECE = 120  # characters of a line with a date
_DATE_NAMES = frozenset("date datetime time published posted timestamp day".split())
_TRIMMED = " \u00a0|·•–—-:,()[]"


@dataclass(frozen=True, slots=True)
class ListedLink:
    """A link to a release, with the box that holds what its list says of it."""

    entry: Entry
    box: Element


@dataclass(slots=True)
class _Link:
    """A link on a page, while it is decided whether it leads to a release."""

    anchor: Element
    address: str
    text: str
    box: Element
    date: datetime.date | None = None
    title: str = ""


def listed_links(document: WebDocument, order: DateOrder) -> tuple[ListedLink, ...]:
    """Return the links of a page that lead to releases, in their order; none if it has no list.

    Args:
        document: The page.
        order: The order in which it writes dates in figures.
    """
    shown = _ShownDates(document.body, order)
    sizes = _sizes(document.body)
    scored = []
    for group in _groups(document):
        _find_boxes(group, sizes)
        _find_titles(group)
        _find_dates(group, order, shown)
        scored.append((_score(group, document.address), group))
    best_score, best = max(scored, key=_rank, default=(0.0, []))
    if best_score < _ENOUGH or (len(best) < 2 and not best[0].date):
        return ()
    links = {link.address: link for link in best if _fits(link, best)}
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
            if is_apart and _directory(link.address) in sections and _fits(link, group):
                links.setdefault(link.address, link)
    ordered = sorted(links.values(), key=lambda each: shown.places[each.anchor])
    return tuple(
        ListedLink(Entry(each.address, each.title, each.date), each.box) for each in ordered
    )


def is_around(element: Element, inside: frozenset[Element]) -> bool:
    """Whether an element stands around the text of a page by its tag, role or name.

    ``inside`` are the elements that hold its main part, which a name alone does not make a menu.
    """
    if element.tag in _AROUND_TAGS and element not in inside:
        return True
    if element.attributes.get("role", "") in _AROUND_ROLES:
        return True
    if element in inside:
        return False
    is_head = element.tag == "header" and not any(
        each.tag in ("article", "li", "main") for each in element.ancestors
    )
    return is_head or not element.names.isdisjoint(_AROUND_NAMES)


def main_elements(document: WebDocument) -> frozenset[Element]:
    """Return the elements that hold the main part of a page, or its first heading."""
    inside = set[Element]()
    for element in document.body.elements():
        if element.tag in ("main", "h1"):
            inside.update(element.lineage)
    return frozenset(inside)


def spaced_text(element: Element) -> str:
    """Return the text of an element on one line, with spaces where a browser begins a new one."""
    pieces = []
    for each, _ in element.walk():
        if isinstance(each, str):
            pieces.append(each)
        elif each.tag in BLOCK_TAGS or each.tag == "br":
            pieces.append(" ")
    return clean("".join(pieces))


def _groups(document: WebDocument) -> list[list[_Link]]:
    """Return the links that may lead to releases, by their place in the tree.

    That is the tags above them, and once more these with the names of the link and its parent: in
    some lists only a name tells a title from the topics beside it, in others the names tell the
    topics of the releases.
    """
    inside = main_elements(document)
    around = dict[Element, bool]()
    by_address = dict[str, _Link]()
    counts = Counter[str]()
    for anchor in _anchors(document.body):
        address = absolute(anchor.attributes.get("href"), document.base)
        if address is None or not _may_be_release(address, document.address):
            continue
        if _is_within_surroundings(anchor, inside, around):
            continue
        counts[address] += 1
        text = spaced_text(anchor)
        known = by_address.get(address)
        # A release is often linked three times: by its picture, its title and "Read more".
        if known is None or (not _is_title(known.text) and _is_title(text)):
            by_address[address] = _Link(anchor, address, text, anchor)
    by_tags = defaultdict[tuple[str, ...], list[_Link]](list)
    by_names = defaultdict[tuple[object, ...], list[_Link]](list)
    for link in by_address.values():
        if counts[link.address] > _MAX_REPEATED:
            continue
        path = tuple(each.tag for each in link.anchor.ancestors if each.tag not in _INLINE)
        by_tags[path].append(link)
        parent = next(link.anchor.ancestors).names if link.anchor.parent else frozenset[str]()
        by_names[*path, link.anchor.names, parent].append(replace(link))
    groups = [*_largest(by_tags.values()), *_largest(by_names.values())]
    return list(
        {tuple(each.address for each in group): group for group in reversed(groups)}.values()
    )


def _largest(groups: Iterable[list[_Link]]) -> list[list[_Link]]:
    return sorted(groups, key=len, reverse=True)[:_MAX_GROUPS]


def _anchors(body: Element) -> Iterator[Element]:
    anchors = (each for each in body.elements() if each.tag == "a" and "href" in each.attributes)
    for number, anchor in enumerate(anchors):
        if number >= MAX_LINKS:
            break
        yield anchor


def _is_within_surroundings(
    anchor: Element, inside: frozenset[Element], known: dict[Element, bool]
) -> bool:
    """Whether a link stands around the text; ``known`` remembers it of the elements above."""
    unknown = []
    found = False
    for each in anchor.ancestors:
        if each in known:
            found = known[each]
            break
        unknown.append(each)
    for each in reversed(unknown):
        found = found or is_around(each, inside)
        known[each] = found
    return found


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


def _is_title(text: str) -> bool:
    """Whether the text of a link is a title, and not "Read more" or nothing."""
    words = len(text.split())
    return words > 1 and not (words <= _POINTER_WORDS and _POINTER.match(text))


def _find_boxes(group: Sequence[_Link], sizes: Mapping[Element, int]) -> None:
    """Find for each link the largest element around it with no other link of its group in it."""
    held = Counter(each for link in group for each in link.anchor.lineage)
    for link in group:
        for each in link.anchor.ancestors:
            if held[each] > 1 or each.tag in ("main", "body") or sizes[each] > _MAX_BOX:
                break
            link.box = each


def _sizes(body: Element) -> Counter[Element]:
    """Return the number of characters in each element of a page."""
    sizes = Counter[Element]()
    path = [body]
    for each, starts in body.walk():
        if isinstance(each, str):
            sizes[path[-1]] += len(each.strip())
        elif starts:
            path.append(each)
        else:
            path.pop()
            sizes[path[-1]] += sizes[each]
    return sizes


def _find_titles(group: Sequence[_Link]) -> None:
    """Find for each link the title: its text, or a heading in or beside it, or its label."""
    for link in group:
        text = link.text
        if not _is_title(text) or len(text.split()) > _MOST_TITLE_WORDS or link.anchor.children:
            within = link.anchor if _is_title(text) else link.box
            headings = (spaced_text(each) for each in within.elements() if each.tag in _HEADINGS)
            text = next((each for each in headings if _is_title(each)), text)
        if not _is_title(text):
            labels = (
                clean(link.anchor.attributes.get(name, "")) for name in ("title", "aria-label")
            )
            text = next((each for each in labels if _is_title(each)), text)
        if not _is_title(text):
            lines = [spaced_text(each) for each in link.box.elements() if each.tag in ("p", "td")]
            text = max((each for each in lines if _is_title(each)), key=len, default=text)
        link.title = " ".join(text.split()[:_MOST_TITLE_WORDS])


def _find_dates(group: Sequence[_Link], order: DateOrder, shown: "_ShownDates") -> None:
    """Find the dates of a group's links: in their boxes, or else before or after each."""
    for link in group:
        link.date = _date_in(link.box, link.title, order)
    undated = [link for link in group if link.date is None]
    if len(undated) > len(group) / 2:
        shown.assign(undated)


def _date_in(box: Element, title: str, order: DateOrder) -> datetime.date | None:
    """Return the date that a box gives beside its title, or None."""
    for each in box.elements():
        if each.tag == "time":
            told = date_readings(each.attributes.get("datetime", ""))
            if len(told) == 1:
                return told[0]
    for piece in _pieces(box):
        if piece != title and (found := _date_of(piece, order)):
            return found
    for each in box.elements():  # a date in pieces: month, day and year in elements of their own
        if not each.names.isdisjoint(_DATE_NAMES):
            readings = date_readings(spaced_text(each).strip(_TRIMMED))
            if chosen := order.choose(readings, DateSource.LINE):
                return chosen.date
    return None


class _ShownDates:
    """The dates that a page shows, and where on it they and its elements are."""

    def __init__(self, body: Element, order: DateOrder) -> None:
        self.places: dict[Element, int] = {body: 0}
        self._ends: dict[Element, int] = {}
        self._dates: list[tuple[int, datetime.date]] = []
        for place, (each, starts) in enumerate(body.walk(), start=1):
            if isinstance(each, str):
                if found := _date_of(clean(each).strip(_TRIMMED), order):
                    self._dates.append((place, found))
            elif starts:
                self.places[each] = place
            else:
                self._ends[each] = place

    def assign(self, group: Sequence[_Link]) -> None:
        """Give each link the date that stands before it, or after it if the first one has none.

        A date that stands before counts for all links up to the next date.
        """
        shared = set(group[0].anchor.lineage)
        for link in group[1:]:
            shared &= set(link.anchor.lineage)
        region = next((each for each in group[0].anchor.ancestors if each in shared), None)
        if region is None:
            return
        start, end = self.places[region], self._ends.get(region)
        dates = [each for each in self._dates if start < each[0] and (end is None or each[0] < end)]
        links = sorted(group, key=lambda link: self.places[link.anchor])
        if not dates:
            return
        if dates[0][0] < self.places[links[0].anchor]:
            for link in links:
                before = bisect_left(dates, self.places[link.anchor], key=lambda each: each[0])
                link.date = dates[before - 1][1]
            return
        for link, following in zip(links, [*links[1:], None], strict=True):
            after = bisect_left(dates, self.places[link.anchor], key=lambda each: each[0])
            is_before_next = after < len(dates) and (
                following is None or dates[after][0] < self.places[following.anchor]
            )
            link.date = dates[after][1] if is_before_next else None


def _pieces(box: Element) -> Iterator[str]:
    """Yield the pieces of text of a box that may hold a date."""
    for each, _ in box.walk():
        if isinstance(each, str) and (piece := clean(each).strip(_TRIMMED)):
            yield piece


def _date_of(piece: str, order: DateOrder) -> datetime.date | None:
    if len(piece) > _MAX_PIECE or not any(map(str.isdigit, piece)):
        return None
    found = date_on_line(piece, order)
    return found.date if found else None


def _score(group: Sequence[_Link], page: str) -> float:
    """How likely a group is a list of releases: 0 to 4, enough from `_ENOUGH` on."""
    size = len(group)
    dated = sum(link.date is not None for link in group) / size
    titled = sum(min(1.0, _title_score(link.title)) for link in group) / size
    section = sum(_is_in_section(link.address, page) for link in group) / size
    addressed = sum(is_release_address(link.address) for link in group) / size
    return _DATED * dated + _TITLED * titled + _IN_SECTION * section + _ADDRESSED * addressed


def _rank(scored: tuple[float, Sequence[_Link]]) -> tuple[int, int]:
    """The better group has the higher score, or, if these are about the same, more links."""
    score, group = scored
    return round(score * 3), len(group)


def _title_score(title: str) -> float:
    words = len(title.split())
    return 1.0 if words >= _TITLE_WORDS else 0.5 if words >= _SHORT_TITLE_WORDS else 0.0


def _is_in_section(address: str, page: str) -> bool:
    """Whether an address is below that of its list, or in a section for news."""
    path, own = urlsplit(address).path, urlsplit(page).path.rstrip("/")
    return (len(own) > 1 and path.startswith(f"{own}/")) or is_news_section(address)


def _directory(address: str) -> str:
    """Return the host and the first part of the path of an address."""
    path = [each for each in urlsplit(address).path.split("/") if each]
    return f"{site_of(address)}/{path[0] if len(path) > 1 else ''}"


def _fits(link: _Link, group: Sequence[_Link]) -> bool:
    """Whether a link is as the others of its group: dated if most are, and with a title."""
    dated = sum(each.date is not None for each in group)
    if link.date is None and dated > 0.7 * len(group):
        return False
    return bool(link.title) and (link.date is not None or _title_score(link.title) > 0)
