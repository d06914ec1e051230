"""Laying out text at the width of a terminal, in which nothing that people copy is broken.

Rich folds a word that is longer than a line. Here an address, a path or a command stays in one
piece, on a line of its own that may be longer than the terminal is wide: the terminal wraps it, and
it can still be opened and copied.
"""

import re
from collections.abc import Iterator, Sequence

from rich.cells import cell_len, chop_cells
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

_WORD = re.compile(r"([^ \t]+)[ \t]*|[ \t]+")  # a no-break space is part of a word
_ADDRESS = re.compile(r"[/@\\]")  # in a word that is one, or a path
_MIN_WIDTH = 16  # columns that text has beside its indent


class Wrapped:
    """Text in lines of the terminal's width.

    Args:
        text: the text; it may have several lines.
        indent: columns before each line.
        hanging: further columns before each line but the first.
        unbroken: the position in the text from which nothing is broken.
    """

    def __init__(
        self, text: Text, *, indent: int = 0, hanging: int = 0, unbroken: int | None = None
    ) -> None:
        self._text = text
        self._indent = indent
        self._hanging = hanging
        self._unbroken = unbroken

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the lines; in a very narrow terminal without their indents."""
        indent, hanging = self._indent, self._hanging
        if options.max_width < _MIN_WIDTH + indent + hanging:
            indent = hanging = 0
        lines = wrapped_lines(
            self._text, options.max_width - indent, hanging=hanging, unbroken=self._unbroken
        )
        for line in lines:
            line.pad_left(indent if line else 0)
            yield from line.render(console, "\n")


def wrapped_lines(
    text: Text, width: int, *, hanging: int = 0, unbroken: int | None = None
) -> list[Text]:
    """The lines of a text of at most ``width`` columns, all but the first indented.

    A word of more columns is folded, unless it is an address or comes after ``unbroken``.
    """
    width, others = max(width, 2), max(width - hanging, 2)  # a wide character takes two
    lines: list[Text] = []
    start = 0
    # Assembled, because a line is rendered without the style of the text as a whole.
    for paragraph in Text.assemble(text).split("\n", allow_blank=True):
        kept = None if unbroken is None else max(0, unbroken - start)
        first = width if not lines else others
        for line in paragraph.divide(list(_ends(paragraph.plain, first, others, kept))):
            line.rstrip()
            line.pad_left(hanging if lines and line else 0)
            lines.append(line)
        start += len(paragraph) + 1
    return lines


def _ends(text: str, first: int, width: int, unbroken: int | None) -> Iterator[int]:
    """Where lines end: the first line has ``first`` columns, the others ``width``."""
    room = first  # columns left in the line
    is_empty = True
    for start, word, space in _pieces(text, unbroken):
        columns = cell_len(word)
        is_kept = bool(_ADDRESS.search(word)) or (unbroken is not None and start >= unbroken)
        if columns > width and not is_kept:
            # Text without spaces, such as Chinese, fills the line and goes on in the next ones.
            while columns > room:
                part = chop_cells(word, room)[0] if room > 1 else ""
                start, word = start + len(part), word[len(part) :]
                yield start
                room, columns = width, cell_len(word)
        elif columns > room and not is_empty:
            yield start
            room = width
        room -= columns + len(space)
        is_empty = False


def _pieces(text: str, unbroken: int | None) -> Iterator[tuple[int, str, str]]:
    """The position of each word, the word and the space after it; what is unbroken is a word."""
    end = len(text) if unbroken is None else min(unbroken, len(text))
    for found in _WORD.finditer(text, 0, end):
        word = found[1] or ""
        yield found.start(), word, found[0][len(word) :]
    if end < len(text):
        yield end, text[end:], ""


def column_width(texts: Sequence[str]) -> int:
    """The columns that the widest of some texts takes."""
    return max(map(cell_len, texts), default=0)
