"""HTML within other documents: the body of a Markdown file, a field of a record, an email.

Everything that a browser would show is text; nothing is judged to be a menu or an advertisement, as
on a web page (`retrieval.sources.html`).
"""

import html
import re
from typing import NamedTuple

from retrieval.sources.html.tags import BLOCK_TAGS
from retrieval.text.lines import clean, split_paragraphs


class TextBlock(NamedTuple):
    """A paragraph of a fragment; ``level`` is that of a heading, 1 to 6, or 0."""

    level: int
    text: str


_INLINE = frozenset(
    "a abbr acronym b big br cite code del em font i iframe img ins kbd mark noscript q s samp "
    "script small span strike strong style sub sup time tt u var wbr".split()
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_TAGS = re.compile(
    r"</(?P<close>[a-zA-Z][a-zA-Z0-9]*)\s*>|<(?P<open>[a-zA-Z][a-zA-Z0-9]*)(?:\s[^<>]*|/)?>|<!--"
)
_VOID_OR_UNCLOSED = frozenset(("br", "hr", "img", "li", "p", "td", "th", "tr"))


def text_paragraphs(text: str) -> tuple[str, ...]:
    """Return the paragraphs of a text that may be HTML, or plain with blank lines between them."""
    if is_html(text):
        return tuple(block.text for block in fragment_blocks(text))
    plain = decode_entities(text)
    if "&lt;p" in text and is_html(plain):  # escaped once too often
        return tuple(block.text for block in fragment_blocks(plain))
    return split_paragraphs(plain)


def one_line(text: str) -> str:
    """Return a text that may be HTML, such as a title, as plain text on one line."""
    return " ".join(text_paragraphs(text)) if is_html(text) else clean(decode_entities(text))


def is_html(text: str) -> bool:
    """Whether ``text`` has tags of HTML: "<p>", "</b>", not "a < b" or "<ann@roe.example>"."""
    if "<" not in text:
        return False
    for tag in _TAGS.finditer(text):
        if name := (tag["close"] or "").lower():
            known = name in BLOCK_TAGS or name in _INLINE
        elif name := (tag["open"] or "").lower():
            known = name in _VOID_OR_UNCLOSED
        else:
            known = True  # a comment
        if known:
            return True
    return False


def decode_entities(text: str) -> str:
    """Return ``text`` with the characters that its HTML entities stand for; other "&" stay."""
    return _ENTITY.sub(lambda match: html.unescape(match[0]), text) if "&" in text else text


def fragment_blocks(fragment: str, *, loose: bool = True) -> list[TextBlock]:
    """Return the paragraphs that a browser would show for ``fragment``, in order.

    They are those of `retrieval.sources.html.blocks`.

    Args:
        fragment: The HTML.
        loose: Whether blank lines separate paragraphs too, outside of block elements: blogging
            software writes such HTML.

    Raises:
        ValueError: If the elements are nested more deeply than the parser follows.
    """
    # Imported here: a command that reads no releases need not wait for it.
    from retrieval.sources.html.blocks import visible_blocks
    from retrieval.sources.html.tree import ParsedPage

    body = ParsedPage.parse(fragment.encode("utf-8", "ignore").decode()).body
    return [TextBlock(each.heading, each.text) for each in visible_blocks(body, loose=loose)]
