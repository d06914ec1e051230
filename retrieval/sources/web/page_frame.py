"""What of a page is its frame, whatever the page shows: menus, side bars, footers, lists of topics.

This is coarser than `retrieval.sources.html.surroundings`, for which a list of linked headings is
no text: here it may be what is looked for.
"""

from retrieval.sources.html.tree import Element
from retrieval.sources.web.web_document import WebDocument

_TAGS = frozenset(("nav", "footer", "aside", "menu", "search"))
_ROLES = frozenset("banner complementary contentinfo menu menubar navigation search".split())
_NAMES = frozenset(
    "breadcrumb breadcrumbs comments cookie cookies footer menu nav navbar navigation pager"
    " pagination popular related search share sharing sidebar skip social subnav tags toolbar"
    " trending".split()
)


class PageFrame:
    """Tells what stands in the frame of one page."""

    def __init__(self, document: WebDocument) -> None:
        inside = set[Element]()
        for element in document.body.elements():
            if element.tag in ("main", "h1"):
                inside.update(element.lineage)
        self._inside = frozenset(inside)
        self._known: dict[Element, bool] = {}

    def holds(self, element: Element) -> bool:
        """Whether an element is in the frame: it is named so, or in one that is."""
        unknown = []
        found = False
        for each in element.lineage:
            if each in self._known:
                found = self._known[each]
                break
            unknown.append(each)
        for each in reversed(unknown):
            found = found or self._is_frame(each)
            self._known[each] = found
        return found

    def _is_frame(self, element: Element) -> bool:
        """Whether an element is of the frame by its tag, role or name.

        One that holds the main part of the page, or its first heading, is not by its name alone.
        """
        if element.attributes.get("role", "") in _ROLES:
            return True
        if element in self._inside:
            return False
        if element.tag == "header":
            return not any(each.tag in ("article", "li", "main") for each in element.ancestors)
        return element.tag in _TAGS or not element.names.isdisjoint(_NAMES)
