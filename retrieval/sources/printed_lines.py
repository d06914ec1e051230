"""Paragraphs of printed pages, from the lines and where on the page they are.

A line ends where the paragraph does if the next one is further below than lines are, is indented,
or of another size, or if its first word would have fitted. What is printed at the top and the
bottom of each page is not text.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from retrieval.sources.html_fragment import TextBlock
from retrieval.text.lines import join_lines


class PrintedLine(NamedTuple):
    """A line of a page: its lower left corner in points, y upwards, and the size of its letters."""

    text: str
    x: float
    y: float
    size: float
    bold: bool


PageText = Sequence[PrintedLine]
"""The lines of a page, in reading order."""

_MAX_BESIDE = 0.15  # of the lines of a page that stand beside another one: more are columns
_EDGE_LINES = 3  # at the top and the bottom of a page, where running heads are
_PAGE_NUMBER = re.compile(
    r"[-–—\s(|]*(?:page\s*)?\d{1,3}(?:\s*(?:of|/|-)\s*\d{1,3})?[-–—\s)|]*|"
    r"[-–—\s(]*more[-–—\s)]*|[-–—\s(]*continued[-–—\s)]*",
    re.IGNORECASE,
)
_BULLET = re.compile(r"(?:[•●▪◦‣·*➢✓■–—-]|o|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)])\s")
_BULLET_GLYPH = re.compile("^[\uf0b7\uf0a7\uf0d8\uf076\uf0fc]\\s*")  # of Symbol and Wingdings
_SENTENCE_END = re.compile(r"[.!?:…][”\"’')\]]*$")
_KEPT_PREFIXES = frozenset(
    "all anti co cross ex first full half high inter long low mid mini multi non off on one over "
    "post pre pro second self semi short state sub third three trans two ultra under well".split()
)
_WORD = re.compile(r"[^\W\d_]+")
# About how wide letters are in units of the size: a mean of serif and sans-serif fonts.
_WIDTHS = {
    letter: width
    for letters, width in (
        (" .,:;'’‘|!/ijl", 0.27),
        ("ft()[]-I“”r", 0.34),
        ("aceszJ", 0.46),
        ("bdghknopquvxyL$–0123456789", 0.51),
        ("FPSTZEB", 0.61),
        ("ACDGHKNOQRUVXY&", 0.71),
        ("mwM%@", 0.82),
        ("W—…", 0.96),
    )
    for letter in letters
}
_WIDER = 1.25  # times the distance of lines: between paragraphs
_MIN_INDENT, _MAX_INDENT = 0.8, 6.0  # of a first line, in units of its size
_MIN_SIGNS = 0.08  # of the lines: as many begin a paragraph in a document that marks them so
_LARGER = 1.12  # times the size of the text: a heading
_MAX_HEADING_WORDS = 40


def paragraphs_of_pages(pages: Sequence[PageText]) -> list[tuple[TextBlock, int]]:
    """Return the paragraphs and headings of a document, each with its page, from 1.

    A paragraph that goes on over a page break is on the page on which it begins. Headings are
    larger than the text (level 1 is the largest), or bold (the lowest level).
    """
    pages = [_in_reading_order(page) for page in _without_running_heads(pages)]
    layout = _Layout(pages)
    groups: list[tuple[list[PrintedLine], int]] = []
    last_page = 0
    for number, page in enumerate(pages, start=1):
        for line in page:
            continues = layout.continues if last_page == number else layout.continues_over
            if groups and continues(groups[-1][0], line):
                groups[-1][0].append(line)
            else:
                groups.append(([line], number))
            last_page = number
    sizes = sorted({lines[0].size for lines, _ in groups if lines[0].size >= _LARGER * layout.size})
    levels = {size: level for level, size in enumerate(reversed(sizes), start=1)}
    return [
        (TextBlock(_level(lines, levels), _joined(lines, layout.words)), page)
        for lines, page in groups
    ]


def _level(lines: Sequence[PrintedLine], levels: dict[float, int]) -> int:
    """Return the level of a heading, or 0 if ``lines`` are text."""
    words = sum(len(line.text.split()) for line in lines)
    if words > _MAX_HEADING_WORDS:
        return 0
    if lines[0].size in levels:
        return min(levels[lines[0].size], 5)
    return 6 if all(line.bold for line in lines) else 0


class _Layout:
    """How a document is set: the size of its text, the distance of its lines, its right margin."""

    def __init__(self, pages: Sequence[PageText]) -> None:
        lines = [line for page in pages for line in page]
        self.size = _text_size(pages)
        self.words = Counter(word.lower() for line in lines for word in _WORD.findall(line.text))
        self._right = _quantile([line.x + _width(line) for line in lines if line.size == self.size])
        starts = Counter(round(line.x) for line in lines if line.size == self.size)
        often = [x for x, count in starts.items() if count > _MIN_SIGNS * starts.total()]
        self._left = min(often, default=0)
        pairs = [pair for page in pages for pair in pairwise(page) if self._is_text(*pair)]
        sure = Counter(_gap(*pair) for pair in pairs if pair[1].text[0].islower())
        self._leading = max(1.0, sure.most_common(1)[0][0] if sure else 1.25)
        spaced = sum(_gap(*pair) > _WIDER * self._leading for pair in pairs)
        self._is_spaced = spaced > _MIN_SIGNS * len(pairs)
        indented = sum(
            _MIN_INDENT < self._from_margin(first) < _MAX_INDENT
            and abs(self._from_margin(second)) < _MIN_INDENT
            for first, second in pairs
        )
        self._is_indented = not self._is_spaced and indented > _MIN_SIGNS * len(pairs)

    def _is_text(self, above: PrintedLine, below: PrintedLine) -> bool:
        """Whether two lines are text, one below the other."""
        return above.size == below.size == self.size and above.y > below.y

    def continues(self, paragraph: Sequence[PrintedLine], line: PrintedLine) -> bool:
        """Whether a line of the same page continues a paragraph."""
        last, is_small = paragraph[-1], line.text[0].islower()
        if abs(last.size - line.size) > 0.08 * last.size or _BULLET.match(line.text):
            return False
        gap = _gap(last, line)
        if gap < -0.5:  # the next column
            return is_small and not _SENTENCE_END.search(last.text)
        if gap > _WIDER * self._leading:
            return False
        if last.size >= _LARGER * self.size:
            return True  # a headline, the lines of which are broken by sense
        if is_small:
            return True
        if last.bold and not line.bold:
            return False
        indent = _indent(last, line)
        if _BULLET.match(paragraph[0].text):
            return indent > -_MIN_INDENT and self._is_full(last, line, surely=True)
        begins = self._from_margin(line) if self._is_indented else indent
        if _MIN_INDENT < begins < _MAX_INDENT:
            return False
        if indent < -_MIN_INDENT and len(paragraph) > 1:
            return False
        return self._is_full(last, line, surely=self._is_spaced or self._is_indented)

    def continues_over(self, paragraph: Sequence[PrintedLine], line: PrintedLine) -> bool:
        """Whether the first line of a page continues the paragraph of the page before."""
        last = paragraph[-1]
        if abs(last.size - line.size) > 0.08 * last.size or _BULLET.match(line.text):
            return False
        if last.bold != line.bold or last.size >= _LARGER * self.size:
            return False
        return line.text[0].islower() or (
            not _SENTENCE_END.search(last.text) and self._is_full(last, line, surely=False)
        )

    def _from_margin(self, line: PrintedLine) -> float:
        """Return how far from the left margin a line begins, in units of its size."""
        return (line.x - self._left) / line.size

    def _is_full(self, line: PrintedLine, after: PrintedLine, *, surely: bool) -> bool:
        """Whether a line had no room for the first word of the next one.

        Widths are estimates: if ``surely``, because paragraphs are known by their distance or
        indentation, a line is full unless it is much shorter than others.
        """
        word = after._replace(text=f" {after.text.split(' ', 1)[0]}")
        width = max(self._right - line.x, 1.0)
        tolerance = 0.35 if surely else 0.03
        return width - _width(line) < _width(word) + tolerance * width


def _gap(above: PrintedLine, below: PrintedLine) -> float:
    """Return how far below a line another one is, in units of its size."""
    return round((above.y - below.y) / max(above.size, 1.0), 1)


def _indent(above: PrintedLine, below: PrintedLine) -> float:
    """Return how far to the right of a line another one begins, in units of its size."""
    return (below.x - above.x) / max(above.size, 1.0)


def _text_size(pages: Sequence[PageText]) -> float:
    """Return the size of most letters."""
    sizes = Counter[float]()
    for page in pages:
        for line in page:
            sizes[line.size] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 1.0


def _without_running_heads(pages: Sequence[PageText]) -> list[PageText]:
    """Return the pages without page numbers, and what is at the edge of most of them."""
    edges = [{*_edges(page)} for page in pages]
    seen = Counter(_normal(line) for edge in edges for line in edge)
    often = max(2, (len(pages) + 1) // 2)
    small = 0.9 * _text_size(pages)
    top = {max(page, key=lambda line: line.y) for page in pages if page}

    def is_running(line: PrintedLine) -> bool:
        is_letterhead = line in top and line.size < small
        is_number = bool(_PAGE_NUMBER.fullmatch(line.text))
        return is_letterhead or is_number or seen[_normal(line)] >= often

    return [
        [line for line in page if not (line in edge and is_running(line))]
        for page, edge in zip(pages, edges, strict=True)
    ]


def _in_reading_order(page: PageText) -> PageText:
    """Return the lines from top to bottom, unless there are columns: these are drawn in order."""
    beside = sum(
        abs(line.y - other.y) < 0.5 * line.size
        for line, other in pairwise(sorted(page, key=lambda line: -line.y))
    )
    if beside > _MAX_BESIDE * len(page):
        return page
    return sorted(page, key=lambda line: (-round(line.y, 1), line.x))


def _edges(page: PageText) -> Iterator[PrintedLine]:
    """Yield the lines at the top and the bottom of a page."""
    ranked = sorted(page, key=lambda line: -line.y)
    yield from ranked[:_EDGE_LINES]
    yield from ranked[-_EDGE_LINES:]


def _normal(line: PrintedLine) -> tuple[str, int]:
    """Return what running heads have in common: the words, not the numbers, and the place."""
    return re.sub(r"\d+", "#", line.text), round(line.y / 6)


def _joined(lines: Sequence[PrintedLine], words: Counter[str]) -> str:
    """Return the text of a paragraph, with words put together that were hyphenated."""
    texts = [_BULLET_GLYPH.sub("• ", line.text) for line in lines]
    for number, (before, after) in enumerate(pairwise(texts)):
        first = _WORD.match(after)
        if before.endswith("-") and first and first[0].islower():
            last = _WORD.findall(before[:-1])[-1:]
            if last and before[:-1].endswith(last[0]):
                keep = _keeps_hyphen(last[0].lower(), first[0].lower(), words)
                texts[number] = before if keep else before[:-1]
                texts[number + 1] = f"\0{after}"
    return join_lines(texts).replace(" \0", "").replace("\0", "")


def _keeps_hyphen(last: str, first: str, words: Counter[str]) -> bool:
    """Whether a hyphen at the end of a line is of the word itself: "well-known"."""
    if words[last + first]:
        return False
    return last in _KEPT_PREFIXES or (words[last] > 1 and words[first] > 1)


def _width(line: PrintedLine) -> float:
    """Return about how wide a line is, in points."""
    return line.size * sum(_WIDTHS.get(letter, 0.55) for letter in line.text)


def _quantile(values: Sequence[float]) -> float:
    """Return a value that few others are above: the right margin, whatever one line does."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, round(0.97 * len(ranked)))] if ranked else 0.0
