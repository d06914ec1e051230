"""Links that open a page at a quoted passage.

Source: WICG, "URL Fragment Text Directives" (https://wicg.github.io/scroll-to-text-fragment/).
``#:~:text=start,end`` highlights the first run of page text from ``start`` to ``end``; in both
parts ``&``, ``-`` and ``,`` must be percent-encoded, since they are the directive's own syntax.
"""

import re
from urllib.parse import quote, urlsplit

_MAX_WHOLE_LENGTH = 60  # characters; a longer text is given by its first and last words
_EDGE_WORDS = 5  # the number of words that mark each end of it


def is_web_address(url: str) -> bool:
    """Whether a browser can open ``url`` as a page: http or https, with a host."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"\s", url)


def link_to(url: str | None, text: str) -> str | None:
    """Return the link to a passage of the page at ``url``, or None if that is not a web address."""
    return passage_link(url, text) if url and is_web_address(url) else None


def passage_link(url: str, text: str) -> str:
    """Return ``url`` with a text directive for ``text``, which is within one block of the page.

    An existing fragment is kept; an existing directive is replaced. A blank ``text`` gives ``url``.
    """
    tokens = text.split()
    if not tokens:
        return url
    if len(text) <= _MAX_WHOLE_LENGTH or len(tokens) <= 2 * _EDGE_WORDS:
        directive = _encoded(" ".join(tokens))
    else:
        start, end = " ".join(tokens[:_EDGE_WORDS]), " ".join(tokens[-_EDGE_WORDS:])
        directive = f"{_encoded(start)},{_encoded(end)}"
    page = url.partition(":~:")[0]
    separator = ":~:" if "#" in page else "#:~:"
    return f"{page}{separator}text={directive}"


def _encoded(part: str) -> str:
    """Return ``part`` percent-encoded for a text directive."""
    return quote(part, safe="").replace("-", "%2D")
