"""A web page that was fetched, parsed once for all that is looked for in it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice

from selectolax.lexbor import LexborNode

from retrieval.sources.html.metadata import Metadata, read_metadata
from retrieval.sources.html.tree import Element, ParsedPage
from retrieval.sources.web.entries import absolute
from retrieval.sources.web.page import Page
from retrieval.sources.web.page_text import page_text
from retrieval.sources.web.unreadable import Unreadable

_WANTED = "a web page"
_MAX_LINKS = 5_000  # of a page that are looked at


@dataclass(frozen=True)
class WebDocument:
    """A parsed web page.

    Attributes:
        page: what was fetched.
        html: its text, parsed.
        base: what its links are relative to.
    """

    page: Page
    html: ParsedPage
    base: str

    @classmethod
    def parse(cls, page: Page) -> "WebDocument":
        """Parse a page.

        Raises:
            Unreadable: if it is no text, or too deeply nested.
        """
        try:
            html = ParsedPage.parse(page_text(page, _WANTED))
        except ValueError as error:
            raise Unreadable(page.address, _WANTED, str(error)) from None
        return cls(page, html, _base(html, page.address))

    def at(self, address: str) -> "WebDocument":
        """The same page, as if it had been fetched at another address."""
        page = replace(self.page, asked=address, address=address)
        return WebDocument(page, self.html, _base(self.html, address))

    @cached_property
    def metadata(self) -> Metadata:
        """What its head tells."""
        return read_metadata(self.html.document)

    @property
    def address(self) -> str:
        """Where it was fetched."""
        return self.page.address

    @property
    def body(self) -> Element:
        """What a browser shows of it."""
        return self.html.body

    def links(self, selector: str = "a[href]") -> Iterator[tuple[LexborNode, str]]:
        """The elements that a CSS selector matches, each with the canonical address of its link.

        Links that no browser opens as a page are left out, and all after the first 5,000.
        """
        for node in islice(self.html.document.css(selector), _MAX_LINKS):
            if address := absolute(node.attributes.get("href"), self.base):
                yield node, address


def _base(html: ParsedPage, address: str) -> str:
    """Return what the links of a page are relative to."""
    node = html.document.css_first("base[href]")
    href = (node.attributes.get("href") or "") if node else ""
    return absolute(href, address) or address
