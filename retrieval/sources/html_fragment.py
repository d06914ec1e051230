"""HTML within other documents: the body of a Markdown file, a field of a record, an email.

Everything that a browser would show is text; nothing is judged to be a menu or an advertisement, as
on a web page (`retrieval.sources.html`).
"""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol, cast

from retrieval.text.lines import clean, split_paragraphs


class TextBlock(NamedTuple):
    """A paragraph of a fragment; ``level`` is that of a heading, 1 to 6, or 0."""

    level: int
    text: str


class _HtmlElement(Protocol):
    """The part of lxml's element interface that is used here."""

    tag: object  # a string, but for comments and processing instructions
    text: str | None
    tail: str | None
    attrib: Mapping[str, str]

    def __iter__(self) -> Iterator["_HtmlElement"]: ...

    def iter(self, *tags: str) -> Iterator["_HtmlElement"]: ...

    def itertext(self) -> Iterator[str]: ...


_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset "
    "figcaption figure footer form header hgroup hr legend li main menu nav ol p pre section "
    "summary table tbody td tfoot th thead tr ul".split()
) | {*_HEADINGS}
_INLINE = frozenset(
    "a abbr acronym b big br cite code del em font i iframe img ins kbd mark noscript q s samp "
    "script small span strike strong style sub sup time tt u var wbr".split()
)
_NOT_SHOWN = frozenset(
    "applet audio canvas datalist embed head iframe math noembed noscript object option rp script "
    "select style svg template textarea title video".split()
)
# In these a blank line of the source separates paragraphs: what blogging software writes.
_LOOSE = frozenset("article blockquote body div main section".split())
_HIDDEN_STYLE = re.compile(
    r"(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*hidden|mso-hide)", re.I
)
_BLANK_LINES = re.compile(r"\n[^\S\n]*\n\s*")
_END_OF_PAGE = re.compile(r"</(?:body|html)\s*>", re.I)  # what follows would be dropped
_BREAK = "\u2028"  # stands for <br> while a block is put together; white space to `clean`
_BREAKS = re.compile(r"\u2028[^\S\u2028]*\u2028|\u2028\s*(?=[•●▪◦‣·*]\s)")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_TAGS = re.compile(
    r"</(?P<close>[a-zA-Z][a-zA-Z0-9]*)\s*>|<(?P<open>[a-zA-Z][a-zA-Z0-9]*)(?:\s[^<>]*|/)?>|<!--"
)
_VOID_OR_UNCLOSED = frozenset(("br", "hr", "img", "li", "p", "td", "th", "tr"))
_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_SUBSCRIPT = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_MAX_CELL = 120  # characters; a row with two longer cells is a layout of columns


def text_paragraphs(text: str) -> tuple[str, ...]:
    """Return the paragraphs of a text that may be HTML, or plain with blank lines between them."""
    if is_html(text):
        return tuple(block.text for block in fragment_blocks(text))
    return split_paragraphs(decode_entities(text))


def one_line(text: str) -> str:
    """Return a text that may be HTML, such as a title, as plain text on one line."""
    return " ".join(text_paragraphs(text)) if is_html(text) else clean(decode_entities(text))


def is_html(text: str) -> bool:
    """Whether ``text`` has tags of HTML: "<p>", "</b>", not "a < b" or "<ann@roe.example>"."""
    if "<" not in text:
        return False
    for tag in _TAGS.finditer(text):
        if name := (tag["close"] or "").lower():
            known = name in _BLOCKS or name in _INLINE
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

    A block element is a paragraph, as is a row of a table of short cells, and each line of
    preformatted text. A single ``<br>`` is a space, two end the paragraph. Digits that are raised
    or lowered stay so: ``$42<sup>1</sup> million`` is "$42¹ million".

    Args:
        fragment: The HTML.
        loose: Whether blank lines separate paragraphs too, outside of block elements: blogging
            software writes such HTML.

    Raises:
        ValueError: If the elements are nested more deeply than the parser follows.
    """
    # Imported here: a command that reads no releases need not wait for it.
    from lxml import etree

    parser = etree.HTMLParser(encoding="utf-8", remove_pis=True, huge_tree=True)
    fragment = _END_OF_PAGE.sub("<hr>", fragment).replace("\x00", "")
    source = f"<html><body>{fragment}</body></html>".encode("utf-8", "replace")
    root = cast(_HtmlElement | None, etree.fromstring(source, parser))
    if any(error.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for error in parser.error_log):
        raise ValueError("the HTML is nested too deeply")
    if root is None:
        return []
    writer = _Writer(loose)
    for event, element in cast(Any, etree.iterwalk(root, events=("start", "end", "comment"))):
        if event == "comment":
            writer.add(element.tail)
        elif event == "start":
            writer.start(element)
        else:
            writer.end(element)
    writer.end_block()
    return writer.blocks


@dataclass(slots=True)
class _Writer:
    """Collects the blocks of a tree while it is walked; ``open_blocks`` are block elements."""

    loose: bool
    blocks: list[TextBlock] = field(default_factory=list)
    _parts: list[str] = field(default_factory=list)
    _open_blocks: list[str] = field(default_factory=list)
    _hidden: _HtmlElement | None = None
    _row: _HtmlElement | None = None
    _raised: list[int] = field(default_factory=list)
    _level: int = 0

    def start(self, element: _HtmlElement) -> None:
        """Enter an element."""
        if self._hidden is not None:
            return
        tag = str(element.tag)
        if tag in _NOT_SHOWN or _is_hidden(element):
            self._hidden = element
            return
        if tag in _BLOCKS:
            self._start_block(element, tag)
        elif tag == "br":
            self._parts.append(_BREAK)
        elif tag == "q":
            self._parts.append("“")
        elif tag in ("sup", "sub"):
            self._raised.append(len(self._parts))
        self.add(element.text)

    def end(self, element: _HtmlElement) -> None:
        """Leave an element, and add what follows it."""
        if self._hidden is not None:
            if self._hidden is not element:
                return
            self._hidden = None
            self.add(element.tail)
            return
        tag = str(element.tag)
        if tag in _BLOCKS:
            self._end_of(element, tag)
        elif tag == "q":
            self._parts.append("”")
        elif tag in ("sup", "sub"):
            self._set_apart(tag)
        self.add(element.tail)

    def add(self, text: str | None) -> None:
        """Add text of the current block."""
        if not text or self._hidden is not None:
            return
        text = text.replace(_BREAK, " ")
        inside = self._open_blocks[-1] if self._open_blocks else "body"
        if inside == "pre":
            text = text.replace("\n", 2 * _BREAK)
        elif self.loose and inside in _LOOSE and self._row is None:
            text = _BLANK_LINES.sub(2 * _BREAK, text)
        self._parts.append(text)

    def end_block(self) -> None:
        """End the current block, which may be empty."""
        joined, self._parts = "".join(self._parts), []
        self._raised.clear()
        for piece in _BREAKS.split(joined):
            if text := clean(piece):
                self.blocks.append(TextBlock(self._level, text))

    def _start_block(self, element: _HtmlElement, tag: str) -> None:
        if self._row is not None:
            self._parts.append(" ")
        else:
            self.end_block()
            if tag == "tr" and _is_one_line(element):
                self._row = element
            if tag in _HEADINGS:
                self._level = int(tag[1])
        self._open_blocks.append(tag)

    def _end_of(self, element: _HtmlElement, tag: str) -> None:
        if self._open_blocks:
            self._open_blocks.pop()
        if self._row is element:
            self._row = None
            self._parts = [part.replace(_BREAK, " ") for part in self._parts]
        if self._row is not None:
            self._parts.append(" ")
            return
        self.end_block()
        if tag in _HEADINGS:
            self._level = 0

    def _set_apart(self, tag: str) -> None:
        """Keep raised or lowered digits from being read as the end of a number."""
        if not self._raised:
            return
        start = self._raised.pop()
        inner = "".join(self._parts[start:]).strip()
        if not (inner.isascii() and inner.isdigit()):
            return
        if tag == "sup":
            self._parts[start:] = [inner.translate(_SUPERSCRIPT)]
        elif "".join(self._parts[max(0, start - 3) : start])[-1:].isdigit():
            self._parts[start:] = [inner.translate(_SUBSCRIPT)]


def _is_hidden(element: _HtmlElement) -> bool:
    """Whether a browser hides an element, by its attributes."""
    attributes = element.attrib
    return "hidden" in attributes or bool(_HIDDEN_STYLE.search(attributes.get("style", "")))


def _is_one_line(row: _HtmlElement) -> bool:
    """Whether a table's row is read as one line: short cells without lists or tables in them."""
    cells = [cell for cell in row if cell.tag in ("td", "th")]
    lengths = [len(clean("".join(cell.itertext()))) for cell in cells]
    if sum(length > 0 for length in lengths) < 2:
        return False
    if sum(length > _MAX_CELL for length in lengths) > 1:
        return False
    nested = any(True for _ in row.iter("table", "ul", "ol"))
    return not nested and all(sum(1 for _ in cell.iter("p", "div")) <= 1 for cell in cells)
