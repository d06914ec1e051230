"""Where a list goes on: the link to its next page, by what it declares, says, or counts.

In this order: ``rel=next``; a link that says "Next", "Older" or "›"; the link to the number after
that of this page; the next number of a counter in the address (``page=``, ``PageNum_rs=``,
``/page/2/``); a menu of page numbers without links, as sites of the Senate have it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from selectolax.lexbor import LexborNode

from retrieval.sources.web.entries import is_same_site
from retrieval.sources.web.http_links import http_link
from retrieval.sources.web.web_document import WebDocument
from retrieval.text.lines import clean

_COUNTER = re.compile(
    r"^(?:e-)?(?:current|jsf-)?_?(?:page|paged|pg|pn|pagenum|pagenumber|pageindex|page_num|pagenum_rs"
    r"|page_no|seite|pagina|start|offset|startrow|skip)(?:_?rs|-\w{1,12})?$",
    re.IGNORECASE,
)
_STEPS = re.compile(r"^(?:start|offset|startrow|skip)$", re.IGNORECASE)  # these count releases
_IN_PATH = re.compile(r"/(page|seite|pagina)/(\d{1,6})(?=/|$)", re.IGNORECASE)
_NEXT = re.compile(
    r"(?:go to )?(?:the )?(?:next(?: page)?|older(?: posts| entries| news| releases)?"
    r"|previous (?:posts|entries|news|releases)|siguientes?|p[aá]gina siguiente|weiter"
    r"|n[aä]chste(?: seite)?|suivante?s?|page suivante|pr[oó]xim[ao]|successiv[ao]|volgende"
    r"|more (?:news|press releases|releases|results|posts)|load more)[\s›»>→.]*|[›»>→]|>>",
    re.IGNORECASE,
)
_LAST = re.compile(r"\b(?:last|letzte|derni[eè]re|[uú]ltim[ao])\b", re.IGNORECASE)
_MAX_LABEL = 40  # characters of "Go to the next page ››"
_NEXT_CLASS = re.compile(r"(?:^|[\s_-])next(?:$|[\s_-])", re.IGNORECASE)
_PREVIOUS_CLASS = re.compile(r"(?:^|[\s_-])(?:prev|previous|disabled)(?:$|[\s_-])", re.IGNORECASE)
_ORDINAL = re.compile(r"(?:page |seite |página )?(\d{1,6})", re.IGNORECASE)
_PAGER = re.compile(r"pag(?:er|inat|ing|e-nav|es)|nav-links|posts-nav", re.IGNORECASE)
_SLIDER = re.compile(r"carousel|slick|slide|swiper|gallery|calendar|month", re.IGNORECASE)
_SENATE_COUNTER = "pagenum_rs"  # what the menus without a name set


@dataclass(frozen=True, slots=True)
class NextPage:
    """Where a list goes on.

    Attributes:
        address: its next page; None if none is linked.
        count: how many pages it has, as far as the links on this one tell.
    """

    address: str | None = None
    count: int | None = None


@dataclass(frozen=True, slots=True)
class PageCounter:
    """An address that counts pages: the part that they share, the counter's name, the number."""

    shared: str
    name: str
    number: int

    @classmethod
    def of(cls, address: str) -> "PageCounter | None":
        """Return the counter of an address, or None if it has none."""
        parts = urlsplit(address)
        query = parse_qsl(parts.query, keep_blank_values=True)
        for name, value in query:
            if _COUNTER.match(name) and value.isdecimal() and len(value) <= 6:
                rest = [(key, each) for key, each in query if key != name]
                return cls(_shared(parts.path, rest), name.lower(), int(value))
        if found := _IN_PATH.search(parts.path):
            path = parts.path[: found.start()] + parts.path[found.end() :]
            return cls(_shared(path, query), found[1].lower(), int(found[2]))
        return None


def with_counter(address: str, name: str, number: int) -> str:
    """Return an address whose query has a counter of this name, in any case, at a number."""
    parts = urlsplit(address)
    query = [each for each in parse_qsl(parts.query) if each[0].lower() != name.lower()]
    return parts._replace(query=urlencode([*query, (name, str(number))])).geturl()


def find_next_page(document: WebDocument) -> NextPage:
    """Return where a list goes on."""
    links = [each for each in document.links() if is_same_site(each[1], document.address)]
    counted = [(node, address, PageCounter.of(address)) for node, address in links]
    own = PageCounter.of(document.address)
    parts = urlsplit(document.address)
    shared = own.shared if own else _shared(parts.path, parse_qsl(parts.query))
    pages = [
        (node, address, counter)
        for node, address, counter in counted
        if counter and counter.shared == shared and not _is_in_slider(node)
    ]
    count = _count(pages, own)
    address = _declared(document) or _said(document, links) or _numbered(document, pages, own)
    menu = _PageMenu.of(document)
    if menu is not None:
        address = address or menu.after(document.address, own.number if own else 1)
        count = count or menu.size
    return NextPage(address if address != document.address else None, count)


def _declared(document: WebDocument) -> str | None:
    """Return what ``rel=next`` links to, on the page or in the header that it came with."""
    for node, address in document.links("link[rel~='next' i], a[rel~='next' i]"):
        if not _is_in_slider(node):
            return address
    return http_link(document.page, "next")


def _said(document: WebDocument, links: list[tuple[LexborNode, str]]) -> str | None:
    """Return the link whose text, label or name says that it leads on."""
    for node, address in links:
        if address == document.address or _is_in_slider(node):
            continue
        counts = PageCounter.of(address) is not None
        if _says_next(node) and (counts or _is_in_pager(node)):
            return address
        names = f"{_class(node)} {_class(node.parent)}"
        if counts and _NEXT_CLASS.search(names) and not _PREVIOUS_CLASS.search(names):
            return address
    return None


def _says_next(node: LexborNode) -> bool:
    values = (node.text(), *(node.attributes.get(name) for name in ("aria-label", "title")))
    labels = (clean(value or "") for value in values)
    return any(_NEXT.fullmatch(label) for label in labels if len(label) <= _MAX_LABEL)


def _numbered(
    document: WebDocument,
    pages: list[tuple[LexborNode, str, PageCounter]],
    own: PageCounter | None,
) -> str | None:
    """Return the link to the number after that of this page."""
    later = [each for each in pages if own is None or each[2].number > own.number]
    if own is None:  # the first page, whether its number is 0 or 1
        second = (address for node, address, _ in later if _ordinal(node) == 2)
        if found := next(second, None):
            return found
        later = [each for each in later if each[2].number > 0]
    nearest = min(later, key=lambda each: each[2].number, default=None)
    return nearest[1] if nearest and nearest[1] != document.address else None


def _count(pages: list[tuple[LexborNode, str, PageCounter]], own: PageCounter | None) -> int | None:
    """Return the number of pages by the highest number shown, or by the last page; else None."""
    counters = [(node, each) for node, _, each in pages if not _STEPS.match(each.name)]
    told = [
        each.number for node, each in counters if _ordinal(node) or _LAST.search(clean(node.text()))
    ]
    if told and own and not _STEPS.match(own.name):
        told.append(own.number)
    from_zero = any(
        each.number == 0 or _ordinal(node) == each.number + 1 for node, each in counters
    )
    return max(told) + from_zero if told else None


@dataclass(frozen=True, slots=True)
class _PageMenu:
    """A menu of page numbers, from 1 on: the counter that it sets, and the last page."""

    counter: str
    size: int

    @classmethod
    def of(cls, document: WebDocument) -> "_PageMenu | None":
        """Return the first such menu of a page, or None."""
        for menu in document.html.document.css("select"):
            id, name = (menu.attributes.get(each) or "" for each in ("id", "name"))
            options = [clean(each.text()) for each in menu.css("option")]
            numbers = [str(n + 1) for n in range(len(options))]
            if "page" in f"{id} {name}".lower() and options == numbers and len(options) > 1:
                return cls(name if _COUNTER.match(name) else _SENATE_COUNTER, len(options))
        return None

    def after(self, address: str, number: int) -> str | None:
        """Return the address of the page after the one with a number; None if it is the last."""
        return None if number >= self.size else with_counter(address, self.counter, number + 1)


def _is_in_pager(node: LexborNode) -> bool:
    """Whether a link is among those to other pages, by the names of what it is in."""
    return any(_PAGER.search(each) for each in _classes_around(node))


def _is_in_slider(node: LexborNode) -> bool:
    return any(_SLIDER.search(each) for each in _classes_around(node))


def _classes_around(node: LexborNode) -> Iterator[str]:
    """Yield the names of a link and of the elements around it, up to the fourth."""
    current: LexborNode | None = node
    for _ in range(5):
        if current is None or current.tag in ("body", "html", "main"):
            return
        yield _class(current)
        current = current.parent


def _class(node: LexborNode | None) -> str:
    if node is None or not node.is_element_node:
        return ""
    names = (node.attributes.get(name) or "" for name in ("class", "id", "role", "aria-label"))
    return " ".join(names)


def _ordinal(node: LexborNode) -> int | None:
    found = _ORDINAL.fullmatch(clean(node.text()))
    return int(found[1]) if found else None


def _shared(path: str, query: list[tuple[str, str]]) -> str:
    return f"{path.rstrip('/').lower()}?{urlencode(sorted(query)).lower()}"
