"""Links that open a web page at a quoted passage."""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from retrieval.text.text_directives import text_directives

_LONGEST = 512  # characters; a longer link is one that buttons of chat programs do not take


def is_web_address(url: str) -> bool:
    """Whether a browser can open ``url`` as a page: http or https, with a host."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"\s", url)


def passage_link(
    url: str | None,
    paragraphs: Sequence[str],
    number: int,
    *,
    title: str = "",
    page: int | None = None,
) -> str | None:
    """The link to a paragraph of the release at ``url``; None if that is not a web address.

    An existing fragment is kept; an existing text directive is replaced. Where the link would be
    too long, or nothing could mark the paragraph, it is ``url`` itself.

    Args:
        url: the address of the release's page.
        paragraphs: all paragraphs of the release, in order.
        number: the number of the paragraph, from 1.
        title: the title of the release.
        page: the page of a PDF that the paragraph is on, which the link then opens: browsers mark
            no text in one.
    """
    if not url or not is_web_address(url):
        return None
    if page is not None:
        return f"{url.partition('#')[0]}#page={page}"
    address = url.partition(":~:")[0]
    link = address + (":~:" if "#" in address else "#:~:")
    separator = ""
    for directive in text_directives(paragraphs, number, title):
        longer = f"{link}{separator}text={directive}"
        if len(longer) <= _LONGEST:
            link, separator = longer, "&"  # a browser scrolls to the first one that it finds
    return link if separator else url
