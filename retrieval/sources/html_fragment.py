"""HTML within other documents: the body of a Markdown file, a field of a record, an email.

Everything that a browser would show is text; nothing is judged to be a menu or an advertisement, as
on a web page (`retrieval.sources.html`).
"""

import html
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from retrieval.text.lines import clean, split_paragraphs

if TYPE_CHECKING:
    from retrieval.sources.html.tree import Element


class TextBlock(NamedTuple):
    """A paragraph of a fragment; ``level`` is that of a heading, 1 to 6, or 0."""

    level: int
    text: str


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
# In these a blank line of the source separates paragraphs: what blogging software writes.
_LOOSE = frozenset("article blockquote body div main section".split())
_BLANK_LINES = re.compile(r"\n[^\S\n]*\n\s*")
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
    from retrieval.sources.html.tree import Page

    writer = _Writer(loose)
    body = Page.parse(fragment.encode("utf-8", "ignore").decode()).body
    for item, starts in body.walk():
        if isinstance(item, str):
            writer.add(item)
        elif starts:
            writer.start(item)
        else:
            writer.end(item)
    writer.end_block()
    return writer.blocks


@dataclass(slots=True)
class _Writer:
    """Collects the blocks of a tree while it is walked; ``open_blocks`` are block elements."""

    loose: bool
    blocks: list[TextBlock] = field(default_factory=list)
    _parts: list[str] = field(default_factory=list)
    _open_blocks: list[str] = field(default_factory=list)
    _row: "Element | None" = None
    _raised: list[int] = field(default_factory=list)
    _level: int = 0

    def start(self, element: "Element") -> None:
        """Enter an element."""
        if element.tag in _BLOCKS:
            self._start_block(element, element.tag)
        elif element.tag == "br":
            self._parts.append(_BREAK)
        elif element.tag == "q":
            self._parts.append("“")
        elif element.tag in ("sup", "sub"):
            self._raised.append(len(self._parts))

    def end(self, element: "Element") -> None:
        """Leave an element."""
        if element.tag in _BLOCKS:
            self._end_of(element, element.tag)
        elif element.tag == "q":
            self._parts.append("”")
        elif element.tag in ("sup", "sub"):
            self._set_apart(element.tag)

    def add(self, text: str) -> None:
        """Add text of the current block."""
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

    def _start_block(self, element: "Element", tag: str) -> None:
        if self._row is not None:
            self._parts.append(" ")
        else:
            self.end_block()
            if tag == "tr" and _is_one_line(element):
                self._row = element
            if tag in _HEADINGS:
                self._level = int(tag[1])
        self._open_blocks.append(tag)

    def _end_of(self, element: "Element", tag: str) -> None:
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


def _is_one_line(row: "Element") -> bool:
    """Whether a table's row is read as one line: short cells without lists or tables in them."""
    cells = [each for each in row.elements() if each.tag in ("td", "th")]
    lengths = [len(clean(cell.text())) for cell in cells]
    if sum(length > 0 for length in lengths) < 2:
        return False
    if sum(length > _MAX_CELL for length in lengths) > 1:
        return False
    if any(each.tag in ("table", "ul", "ol") for each in row.elements()):
        return False
    return all(sum(each.tag in ("p", "div") for each in cell.elements()) <= 1 for cell in cells)
