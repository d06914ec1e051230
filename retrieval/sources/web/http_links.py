"""The links in the header of a response: the ``Link`` field of RFC 8288."""

import re

from retrieval.sources.web.entries import absolute
from retrieval.sources.web.page import Page

_LINK = re.compile(r"<([^<>]{1,2048})>([^<>]{0,500})")
_RELATION = re.compile(r"""\brel\s*=\s*(?:"([^"]*)"|([^\s";,]+))""", re.IGNORECASE)


def http_link(page: Page, relation: str) -> str | None:
    """Return the address of the first link with this relation, or None if there is none."""
    for link, parameters in _LINK.findall(page.headers.get("link", "")):
        found = _RELATION.search(parameters)
        if found and relation in (found[1] or found[2] or "").lower().split():
            return absolute(link, page.address)
    return None
