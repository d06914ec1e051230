"""The visible text of a web page as blocks, in the order in which a reader sees them.

A block is what a browser begins on a new line: a paragraph, a heading, a list item, the bare text
between two such elements, or a row of a table of data. Elements within a line (``<b>``, ``<a>``,
``<time>``) do not divide it. Nor does one ``<br>``, which is a new line of the same paragraph; two
are a new paragraph.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from retrieval.sources.html.tags import BLOCK_TAGS
from retrieval.sources.html.tree import Element
from retrieval.sources.paragraphs import recover_paragraphs
from retrieval.text.lines import clean, clean_lines

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCK_STYLE = re.compile(r"(?:^|;)\s*display\s*:\s*(?:block|flex|grid|table|list-item)\b", re.I)
_LINES_STYLE = re.compile(r"(?:^|;)\s*white-space\s*:\s*pre", re.I)
_LOOSE = frozenset("article blockquote body div main section".split())
_BLANK_LINES = re.compile(r"\n[^\S\n]*\n\s*")
_SPACE = re.compile(r"\s+")
_RAISED = str.maketrans("0123456789+-−()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁽⁾")
_LOWERED = str.maketrans("0123456789+-−()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₍₎")
_SHIFTED = {"sup": _RAISED, "sub": _LOWERED}
_RAISED_STYLE = re.compile(r"vertical-align\s*:\s*super", re.I)
_FOOTNOTE_NAMES = frozenset("footnote footnotes fn fnref noteref reference".split())
_PARTED = re.compile(r"[^\W\d_A-Z][A-Z\d]|\d[A-Z]")  # within a word, a small letter does not end it
_LABEL_WORDS, _DATE_WORDS = 3, 7
_YEAR = re.compile(r"\b(?:19|20)[0-9]{2}\b")
_UPDATE_NAMES = frozenset(("updated", "modified"))
_UNRAISED = re.compile(r"[^\W\d_]|[\[\]*]")  # letters, and marks that set a figure apart
_STOPS = frozenset('.,)%”’"]')
_BULLET = re.compile(r"(?:[•●▪◦‣·*–—-]|\(?\d{1,2}[.)])\s+\S")
_FULL_STOP = re.compile(r"[.!?…:][\"”’')\]]*$")
_MAX_BLOCKS = 20_000
_MAX_CELL_WORDS = 60  # of a table of data
_LONG_CELL = 120  # characters; two such cells beside each other are columns
_LINE_WORDS = 12  # of a line that is a paragraph of its own


@dataclass(frozen=True, slots=True)
class Block:
    """A block of text.

    Attributes:
        text: the text on one line, not empty.
        linked: the number of its characters that are links.
        element: the innermost element that begins a line and holds it.
        time: what its first ``<time>`` element tells to machines; empty if there is none.
        updated: whether it has a ``<time>`` of an update.
    """

    text: str
    linked: int
    element: Element
    time: str = ""
    updated: bool = False

    @property
    def heading(self) -> int:
        """The level of the heading that it is, 1 to 6; 0 if it is none."""
        return _HEADINGS.get(self.element.tag, 0)

    @property
    def link_share(self) -> float:
        """The share of its characters that are links, 0 to 1."""
        return min(1.0, self.linked / len(self.text))


def visible_blocks(body: Element, *, loose: bool = False) -> list[Block]:
    """The blocks of a page, in order.

    Args:
        body: The page, or a part of one.
        loose: Whether blank lines divide paragraphs, outside of elements that do: blogging software
            writes such HTML.

    Raises:
        ValueError: if there are more than a page can have that holds one release.
    """
    blocks = [*islice(_Blocks(body, loose), _MAX_BLOCKS + 1)]
    if len(blocks) > _MAX_BLOCKS:
        raise ValueError(f"the page has more than {_MAX_BLOCKS:,} paragraphs")
    return blocks


def with_label(blocks: Sequence[Block], number: int) -> str:
    """The text of a block, with the label in the block before it: "When: March 12, 2024".

    A few words without figures above a line with a year are a label too.
    """
    text = blocks[number].text
    if not number or blocks[number - 1].text[0].islower():
        return text
    before = blocks[number - 1].text
    is_short = len(before.split()) <= _LABEL_WORDS and not any(map(str.isdigit, before))
    is_label = (
        before.endswith(":")
        or blocks[number - 1].element.tag in ("dt", "th")
        or (is_short and len(text.split()) <= _DATE_WORDS and _YEAR.search(text) is not None)
    )
    return f"{before} {text}" if is_label else text


class _Blocks:
    """Collects the pieces of text of one block after the other."""

    def __init__(self, body: Element, loose: bool) -> None:
        self._body = body
        self._loose = loose
        self._element = body
        self._pieces: list[tuple[str, bool]] = []
        self._links = self._rows = self._lines = 0  # how many such elements are open
        self._shifted: list[int] = []
        self._time = ""
        self._updated = False
        self._parted = False

    def __iter__(self) -> Iterator[Block]:
        for item, starts in self._body.walk():
            if isinstance(item, str):
                self._text(item)
            elif _begins_line(item) or (self._rows and item.tag in ("td", "th")):
                if self._rows and item.tag not in ("tr", "table"):
                    self._add(" ")
                else:
                    yield from self._flush()
                    self._element = item if starts else item.parent or self._body
                self._count(item, 1 if starts else -1)
            else:
                self._inline(item, starts)
        yield from self._flush()

    def _text(self, text: str) -> None:
        """Take the text of an element."""
        if self._lines:
            self._add(text)
            return
        divided = self._loose and not self._rows and self._element.tag in _LOOSE
        for number, part in enumerate(_BLANK_LINES.split(text) if divided else [text]):
            self._pieces += [("\n", False)] * 2 if number else []
            self._add(_SPACE.sub(" ", part))

    def _count(self, element: Element, change: int) -> None:
        """Note that an element begins, or ends."""
        self._links += change * (element.tag == "a" and "href" in element.attributes)
        self._lines += change * _keeps_lines(element)
        if element.tag == "table":
            self._rows += change * (self._rows > 0 or is_data_table(element))

    def _inline(self, element: Element, starts: bool) -> None:
        """Take an element within a line."""
        self._count(element, 1 if starts else -1)
        if element.tag == "br":
            self._pieces += [("\n", False)] if starts else []
        elif element.tag == "time":
            if element.names.isdisjoint(_UPDATE_NAMES):
                self._time = self._time or element.attributes.get("datetime", "")
            else:
                self._updated = True
        elif element.tag == "q":
            self._add("“" if starts else "”")
        elif element.tag in _SHIFTED or _is_raised(element):
            if starts:
                self._shifted.append(len(self._pieces))
            elif self._shifted:
                self._shift(self._shifted.pop(), "sub" if element.tag == "sub" else "sup")
        if starts and "class" in element.attributes:
            self._set_apart()

    def _shift(self, start: int, tag: str) -> None:
        """Write what is raised or lowered from piece ``start`` on so, if it follows a character.

        "42¹ million" would otherwise be read as 421 million.
        """
        before = "".join(text for text, _ in self._pieces[max(0, start - 3) : start])
        for number in range(start, len(self._pieces)):
            text, linked = self._pieces[number]
            shifted = text.translate(_SHIFTED[tag])
            if not any(map(str.isdigit, text)) or _UNRAISED.search(text):
                continue
            # "CO2" is plain, but a raised mark follows a letter or a stop as well as a figure.
            follows_word = before[-1:].isalpha() or before[-1:] in _STOPS
            if before[-1:].isdigit() or (tag == "sup" and follows_word):
                self._pieces[number] = shifted, linked

    def _set_apart(self) -> None:
        """Part two labels that the style sheet sets apart: "Published" and "March 5, 2024"."""
        before = next((text for text, _ in reversed(self._pieces) if text), "")
        self._parted = before[-1:].isalnum()

    def _add(self, text: str) -> None:
        if self._parted and text:
            before = next((each for each, _ in reversed(self._pieces) if each), "")
            is_word = len(before.rsplit(" ", 1)[-1]) > 1  # and no drop cap
            if is_word and _PARTED.match(before[-1:] + text[:1]):
                self._pieces.append((" ", False))
            self._parted = False
        self._pieces.append((text, self._links > 0))

    def _flush(self) -> Iterator[Block]:
        """Yield what was collected."""
        pieces, self._pieces, self._shifted = self._pieces, [], []
        time, self._time = self._time, ""
        updated, self._updated = self._updated, False
        if not any(text.strip() for text, _ in pieces):
            return
        if self._lines:
            text = "".join(text for text, _ in pieces)
            for paragraph in recover_paragraphs(clean_lines(text)):
                yield Block(paragraph, 0, self._element)
            return
        for lines in _paragraphs(_lines(pieces)):
            text = clean(" ".join(text for text, _ in lines))
            if text:
                yield Block(text, sum(linked for _, linked in lines), self._element, time, updated)


_Line = tuple[str, int]
"""A line and the number of its characters that are links."""


def _lines(pieces: Sequence[tuple[str, bool]]) -> Iterator[_Line]:
    """Yield the lines of a block."""
    texts: list[str] = []
    linked = 0
    for text, is_link in pieces:
        if text == "\n":
            yield clean("".join(texts)), linked
            texts, linked = [], 0
        else:
            texts.append(text)
            linked += len(text.strip()) * is_link
    yield clean("".join(texts)), linked


def _paragraphs(lines: Iterator[_Line]) -> Iterator[list[_Line]]:
    """Yield the lines of each paragraph: blank lines and items of a list divide them."""
    blank_divided: list[list[_Line]] = [[]]
    for line in lines:
        if line[0]:
            blank_divided[-1].append(line)
        elif blank_divided[-1]:
            blank_divided.append([])
    for group in blank_divided:
        if _are_paragraphs(group):
            yield from ([line] for line in group)
            continue
        paragraph: list[_Line] = []
        for line in group:
            if paragraph and _BULLET.match(line[0]):
                yield paragraph
                paragraph = []
            paragraph.append(line)
        if paragraph:
            yield paragraph


def _are_paragraphs(lines: Sequence[_Line]) -> bool:
    """Whether each of three lines or more is a paragraph, on a page that breaks no other way."""
    return len(lines) >= 3 and all(
        _FULL_STOP.search(line) and len(line.split()) >= _LINE_WORDS for line, _ in lines
    )


def _is_raised(element: Element) -> bool:
    """Whether an element is raised by its style, or is the mark of a footnote by its name."""
    style = element.attributes.get("style")
    if style is not None and _RAISED_STYLE.search(style):
        return True
    return element.tag == "a" and not element.names.isdisjoint(_FOOTNOTE_NAMES)


def _begins_line(element: Element) -> bool:
    if element.tag in BLOCK_TAGS:
        return True
    style = element.attributes.get("style")
    return style is not None and _BLOCK_STYLE.search(style) is not None


def _keeps_lines(element: Element) -> bool:
    """Whether the line breaks in an element's text are shown."""
    style = element.attributes.get("style")
    return element.tag == "pre" or (style is not None and _LINES_STYLE.search(style) is not None)


def is_data_table(table: Element) -> bool:
    """Whether a table holds data, so that a row is read as a line; not a page laid out with one."""
    if table.attributes.get("role") in ("presentation", "none"):
        return False
    widest = 0
    for element in table.elements():
        if element.tag in ("table", "form", "h1", "h2", "h3"):
            return False
        if element.tag == "tr":
            cells = [cell for cell in element.children if isinstance(cell, Element)]
            if any(not _is_data(cell) for cell in cells):
                return False
            if sum(len(cell.text()) > _LONG_CELL for cell in cells) > 1:
                return False
            widest = max(widest, sum(bool(cell.text().strip()) for cell in cells))
    return widest > 1


def _is_data(cell: Element) -> bool:
    """Whether a cell holds no more than a line or two."""
    paragraphs = sum(element.tag in ("p", "li", "blockquote") for element in cell.elements())
    return paragraphs <= 2 and len(cell.text().split()) <= _MAX_CELL_WORDS
