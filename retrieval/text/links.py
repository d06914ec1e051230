"""Links that open a page at the quoted passage.

After the WICG's URL Fragment Text Directives (https://wicg.github.io/scroll-to-text-fragment/):
``#:~:text=start,end`` marks the first run of page text from ``start`` to ``end``; in each part
``&``, ``-`` and ``,`` must be percent-encoded, since they are the directive's own punctuation.
"""

import re
from urllib.parse import quote, urlsplit

_WHOLE = 60  # characters up to which the whole text stands in the link
_EDGE = 5  # words that mark each end of a longer one


def is_web_address(url: str) -> bool:
    """Whether ``url`` is one that a browser opens as a page: http or https, with a host."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"\s", url)


def link_to(url: str | None, text: str) -> str | None:
    """The link to a passage of a release's page; None where the page has no web address."""
    return passage_link(url, text) if url and is_web_address(url) else None


def passage_link(url: str, text: str) -> str:
    """``url`` with a text directive that marks ``text``, which the page holds within one block.

    A fragment that the URL has already is kept before the directive; a directive that it has
    already is replaced.
    """
    tokens = text.split()
    if not tokens:
        return url
    if len(text) <= _WHOLE or len(tokens) <= 2 * _EDGE:
        directive = _encoded(" ".join(tokens))
    else:
        directive = f"{_encoded(' '.join(tokens[:_EDGE]))},{_encoded(' '.join(tokens[-_EDGE:]))}"
    page = url.partition(":~:")[0]
    separator = ":~:" if "#" in page else "#:~:"
    return f"{page}{separator}text={directive}"


def _encoded(part: str) -> str:
    return quote(part, safe="").replace("-", "%2D")
