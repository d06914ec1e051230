"""The elements of a page that stand around its text: menus, footers, lists of other news, comments.

They are recognized by tag, role and name (class or id), and by their form: two or more siblings
that each have a linked heading are teasers. A name alone is not enough for an element that has the
headline in it, or most of the page's prose, or a quotation.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from retrieval.sources.html.blocks import Block
from retrieval.sources.html.tree import Element

_TAGS = frozenset(("nav", "menu", "search"))
_ROLES = frozenset(
    "alert alertdialog banner complementary contentinfo dialog menu menubar navigation search"
    " toolbar".split()
)
_CERTAIN_ROLES = frozenset(("contentinfo", "navigation", "menu", "menubar"))
# These are never a release, however much of a page they are.
_CERTAIN_NAMES = frozenset(
    "breadcrumb breadcrumbs comment comments consent cookie cookies disqus footer gdpr menu nav"
    " navbar navigation outbrain subnav taboola".split()
)
_NAMES = _CERTAIN_NAMES | frozenset(
    "ad adsense ads advert advertisement advertising carousel gallery lightbox login"
    " modal newsletter overlay pager pagination popular popup promo promotion promoted recirc"
    " recirculation recommended recommendations related share sharing sidebar signup skip slideshow"
    " social sponsor sponsored subscribe subscription teaser teasers toolbar trending widget"
    " widgets privacy".split()
)
# Of these, the ones that are in names of other things too: "share-price", "social-impact".
_INEXACT = frozenset(
    "gallery modal popular promo promotion related share sharing social teaser teasers".split()
)
# Words beside these in a name that make it no other: "related-news", "share_bar".
_PLAIN = _NAMES | frozenset(
    "area article articles bar block body bottom box buttons col column container content footer"
    " form global header icons inline inner item items left link links list main module news outer"
    " page panel placeholder post posts right row section site stories text tools top unit wrap"
    " wrapper".split()
)
# Page builders give these to the parts of a text as well.
_SHARED_NAMES = frozenset(("widget", "widgets"))
_TEASER_TAGS = frozenset(("article", "li", "div", "section"))
_TEASER_WORDS = 90
_MOST = 0.4  # of the page's prose
_LINKED = 0.6  # of a block's characters: with more, it is a link
_PROSE_WORDS = 10
_SENTENCE_END = re.compile(r"[.!?…:;][\"”’')\]]*(?:\s|$)")


class Surroundings:
    """Tells what stands around the text of one page."""

    def __init__(self, blocks: Sequence[Block], headline: int | None) -> None:
        self._prose = prose_by_element(blocks)
        self._most = _MOST * sum(map(prose_words, blocks))
        self._with_headline = frozenset(
            () if headline is None else blocks[headline].element.lineage
        )
        self._with_quotation = frozenset(
            each
            for block in blocks
            if any(each.tag == "blockquote" for each in block.element.lineage)
            for each in block.element.lineage
        )
        self._teasers = _teasers(blocks) - self._with_headline
        self._with_links = frozenset(
            each for block in blocks if block.linked for each in block.element.lineage
        )
        self._names = _NAMES - (_SHARED_NAMES & self._names_of_parts(blocks))
        self._known: dict[Element, bool] = {}

    def _names_of_parts(self, blocks: Iterable[Block]) -> frozenset[str]:
        """The names of elements that together hold most prose: a page builder's "widgets"."""
        prose = Counter[str]()
        for block in blocks:
            if count := prose_words(block):
                parts = (each for each in block.element.lineage if self._prose[each] <= self._most)
                names = frozenset[str]().union(*(each.names for each in parts))
                prose.update(dict.fromkeys(names, count))
        return frozenset(name for name, count in prose.items() if count > self._most)

    def hold(self, element: Element) -> bool:
        """Whether an element stands around the text, or is in one that does."""
        unknown: list[Element] = []
        for each in element.lineage:
            if each in self._known:
                break
            unknown.append(each)
        for each in reversed(unknown):
            outer = each.parent is not None and self._known[each.parent]
            self._known[each] = outer or self._is_around(each)
        return self._known[element]

    def _is_around(self, element: Element) -> bool:
        if element in self._teasers:
            return True
        if element in self._with_headline:
            return False
        if not element.names.isdisjoint(_CERTAIN_NAMES):
            # The footer of a quotation names who said it.
            return not any(each.tag in ("blockquote", "figure") for each in element.ancestors)
        if element.tag in _TAGS or element.attributes.get("role") in _CERTAIN_ROLES:
            return True
        if element.tag == "footer" and self._with_headline and not _is_in_article(element):
            return True
        if self._prose[element] > self._most:
            return False
        if element.attributes.get("role") in _ROLES:
            return True
        if element.tag in ("footer", "header"):
            return not _is_in_article(element)
        if element.tag == "aside" and not (self._prose[element] and _is_in_article(element)):
            return True
        return not element.names.isdisjoint(self._names) and not self._is_text(element)

    def _is_text(self, element: Element) -> bool:
        """Whether an element has a quotation, or is text whose name only has such a word in it.

        Then it has neither links nor forms.
        """
        if element in self._with_quotation:
            return True
        if not self._prose[element] or element in self._with_links:
            return False
        if not (element.names & self._names) <= _INEXACT:
            return False
        if any(not each.isdisjoint(_INEXACT) and each <= _PLAIN for each in element.compounds):
            return False
        return not any(each.tag in ("form", "button", "label") for each in element.elements())


def _is_in_article(element: Element) -> bool:
    """Whether an element is in an article, the main part of a page, or a quotation."""
    within = ("article", "main", "blockquote", "figure")
    return any(each.tag in within for each in element.ancestors)


def is_prose(block: Block) -> bool:
    """Whether a block has a sentence that is not a link."""
    return (
        block.link_share < _LINKED
        and len(block.text.split()) >= _PROSE_WORDS
        and _SENTENCE_END.search(block.text) is not None
    )


def prose_words(block: Block) -> int:
    """The number of words of a block's prose."""
    return round(len(block.text.split()) * (1 - block.link_share)) if is_prose(block) else 0


def prose_by_element(blocks: Iterable[Block]) -> Counter[Element]:
    """The number of words of prose in each element."""
    prose = Counter[Element]()
    for block in blocks:
        if count := prose_words(block):
            for each in block.element.lineage:
                prose[each] += count
    return prose


def _teasers(blocks: Sequence[Block]) -> frozenset[Element]:
    """The elements that announce other news."""
    words = Counter[Element]()
    headed = dict[Element, None]()
    for block in blocks:
        count = len(block.text.split())
        linked_heading = block.heading > 1 and block.link_share > 0.9
        for each in block.element.lineage:
            words[each] += count
            if linked_heading:
                headed[each] = None
    short = [each for each in headed if each.tag in _TEASER_TAGS and words[each] <= _TEASER_WORDS]
    siblings = Counter(each.parent for each in short)
    return frozenset(each for each in short if siblings[each.parent] > 1)
