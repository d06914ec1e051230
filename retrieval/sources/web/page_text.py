"""The text of a page that was fetched."""

import codecs
import json
import re

from retrieval.sources.decoding import NotTextError, decode
from retrieval.sources.web.page import Page
from retrieval.sources.web.unreadable import Unreadable

_START = 2000  # characters in which a page says what it is
_HTML = re.compile(
    r"(?:[\ufeff\s]+|<\?xml[^>]*>|<!--.*?-->)*<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)


def page_text(page: Page, wanted: str) -> str:
    """Return the text of a page that is read as ``wanted``.

    It is decoded as a file is (`retrieval.sources.decoding`): servers often name another charset
    than they send. The one that they name counts where the bytes are not UTF-8 and the text
    declares none itself.

    Raises:
        Unreadable: if it is no text.
    """
    try:
        return _by_header(page) or decode(page.body)
    except NotTextError as error:
        reason = str(error).replace("the file", "it")
        raise Unreadable(page.address, wanted, reason) from None


def page_json(page: Page, wanted: str) -> object:
    """Return the JSON value that a page is.

    Raises:
        Unreadable: if it is not JSON.
    """
    text = page_text(page, wanted).lstrip("\ufeff")
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        reason = "it is a web page" if is_web_page(text) else "it is not JSON"
        raise Unreadable(page.address, wanted, reason) from None
    return value


def is_web_page(text: str) -> bool:
    """Whether a text begins as HTML does, XHTML too."""
    return _HTML.match(text[:_START]) is not None


def _by_header(page: Page) -> str | None:
    """Return the text in the charset of the header; None if the text itself tells its own."""
    if not page.charset or b"encoding=" in page.body[:200] or b"charset" in page.body[:4096]:
        return None
    try:
        page.body.decode("utf-8")
    except UnicodeDecodeError:
        pass  # only then is the header needed, which is wrong more often than UTF-8 is by chance
    else:
        return None
    try:
        codec = codecs.lookup(page.charset)
        if codec.name.startswith("utf") or not getattr(codec, "_is_text_encoding", True):
            return None
        return page.body.decode(codec.name) if b"\x00" not in page.body else None
    except (LookupError, ValueError):
        return None
