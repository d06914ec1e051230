"""PDF files with text, through pypdf: what is drawn where, put together to paragraphs.

A scanned document has no text, only pictures of it, and is refused.
"""

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import sqrt
from typing import TYPE_CHECKING, Any, NamedTuple

from retrieval.release import Place
from retrieval.sources.document_text import read_document
from retrieval.sources.draft import ReleaseDraft
from retrieval.sources.html_fragment import TextBlock
from retrieval.sources.parser_logs import silenced
from retrieval.sources.printed_lines import PageText, PrintedLine, paragraphs_of_pages
from retrieval.text.lines import clean

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

_MAX_PAGES = 200
_MAX_CONTENT = 4_000_000  # bytes of drawing instructions, unpacked: a page of text has 20,000
_MAX_OPERATORS = 1_000_000  # of all pages: forms within forms may draw themselves without end
_MIN_LETTERS = 40  # of a document with text
_UNMAPPED = re.compile(r"[\ufffd\ue000-\uf8ff\x00-\x08\x0e-\x1f]|/g(?:id)?\d+|\(cid:\d+\)")
_MAX_UNMAPPED = 0.1  # of the characters
_LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
)
_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_BOLD = re.compile(r"bold|black|heavy|semibd|demi", re.IGNORECASE)
_NO_TITLE = re.compile(r"untitled|microsoft|\.\w{2,5}$|^\W*$|document\d*$|powerpoint|layout", re.I)
_ADVICE_ON_ENCRYPTION = "save a copy of it without a password, such as by printing it to a PDF"


class _TooMuch(Exception):
    """Drawing the page takes more instructions than a release has."""


def is_pdf(data: bytes) -> bool:
    """Whether a file, whatever its name, is a PDF."""
    return data.startswith(b"%PDF-")


def read_pdf(data: bytes) -> ReleaseDraft:
    """Return the release that a PDF holds, with the page of each paragraph.

    The date is one that the text gives: that of the file's creation is not when it was published.

    Raises:
        ValueError: If the file is damaged, encrypted, too long, or a scan.
    """
    file, blocks = _file_and_blocks(data, _MAX_PAGES)
    text = read_document([block for block, _ in blocks])
    draft = text.draft
    if not draft.title and file.title and not _NO_TITLE.search(file.title):
        draft = replace(draft, title=file.title)
    images = ", ".join(map(str, file.image_pages))
    notes = (f"pages that are images, whose text was not read: {images}",) if images else ()
    places = tuple(Place(blocks[number][1]) for number in text.blocks)
    return replace(draft, places=places, notes=(*draft.notes, *notes))


def read_pdf_text(data: bytes, max_pages: int = _MAX_PAGES) -> ReleaseDraft:
    """Return all that a PDF has to read, whatever it is: a letter, a table, a form.

    It has no title: the headings are paragraphs.

    Raises:
        ValueError: If the file is damaged, encrypted, a scan, or has more pages.
    """
    _, blocks = _file_and_blocks(data, max_pages)
    paragraphs = tuple(block.text for block, _ in blocks)
    return ReleaseDraft("", paragraphs, places=tuple(Place(page) for _, page in blocks))


def _file_and_blocks(data: bytes, max_pages: int) -> tuple["_File", list[tuple[TextBlock, int]]]:
    """Return a file with text, and its paragraphs and headings, each with its page."""
    with silenced("pypdf"):
        file = _read(data, max_pages)
    blocks = paragraphs_of_pages(file.pages)
    letters = "".join(block.text for block, _ in blocks)
    if sum(map(str.isalpha, letters)) < _MIN_LETTERS:
        raise ValueError(
            "its pages are images without text, as of a scanned document: "
            "run text recognition (OCR) on it first"
        )
    if sum(len(match) for match in _UNMAPPED.findall(letters)) > _MAX_UNMAPPED * len(letters):
        raise ValueError("its fonts do not tell which letters they draw: save it as text instead")
    return file, blocks


class _File(NamedTuple):
    """What a file has: lines by page, the pages with images and no text, a title of its own."""

    pages: list[PageText]
    image_pages: list[int]
    title: str


def _read(data: bytes, max_pages: int) -> _File:
    """Return what is in a file, or raise `ValueError` with the reason."""
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError

    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise ValueError(f"the file is encrypted: {_ADVICE_ON_ENCRYPTION}")
        count = len(reader.pages)
        if count > max_pages:
            raise ValueError(f"{count:,} pages: a file with more than {max_pages} is not read")
        pages = _pages_of(reader)
        images = [n for n, page in enumerate(pages) if not page and _has_image(reader.pages[n])]
        title = clean(str(reader.metadata.title or "")) if reader.metadata else ""
        return _File(pages, [number + 1 for number in images], title)
    except (DependencyError, FileNotDecryptedError):
        raise ValueError(f"the file is encrypted: {_ADVICE_ON_ENCRYPTION}") from None
    except _TooMuch as error:
        raise ValueError("its pages are drawn with more instructions than text needs") from error
    except ValueError as error:
        if type(error) is ValueError:
            raise
        raise ValueError(f"the file is damaged: {error}") from error
    except Exception as error:  # whatever one file does to the parser, the others are still read
        raise ValueError(f"the file is damaged: {error or type(error).__name__}") from error


def _pages_of(reader: "PdfReader") -> list[PageText]:
    """Return the lines of each page, in the order in which they are drawn."""
    budget = _Budget()
    pages, size = list[PageText](), 0
    for page in reader.pages:
        contents = page.get_contents()
        size += len(contents.get_data()) if contents is not None else 0
        if size > _MAX_CONTENT:
            raise _TooMuch
        pages.append(_lines(page, budget))
    return pages


def _has_image(page: "PageObject") -> bool:
    """Whether a page has an image, or a form that may have one."""
    resources: Any = page.get("/Resources") or {}
    return bool(resources.get_object().get("/XObject"))


class _Budget:
    """Counts the instructions that are followed."""

    def __init__(self) -> None:
        self._left = _MAX_OPERATORS

    def spend(self, *_: object) -> None:
        """Count one. Raises `_TooMuch`."""
        self._left -= 1
        if self._left < 0:
            raise _TooMuch


def _lines(page: "PageObject", budget: _Budget) -> PageText:
    """Return the lines of a page."""
    lines: list[_Pieces] = []

    def add(
        text: str,
        cm: Sequence[float],
        tm: Sequence[float],
        font: Mapping[str, object] | None,
        size: float,
    ) -> None:
        if not text.strip("\n\r"):
            return
        x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
        y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
        scale = sqrt(abs((tm[0] * tm[3] - tm[1] * tm[2]) * (cm[0] * cm[3] - cm[1] * cm[2])))
        bold = bool(_BOLD.search(str((font or {}).get("/BaseFont", ""))))
        for number, piece in enumerate(re.split(r"[\r\n]+", text)):
            if number or not lines or not lines[-1].has_place_for(x, y, size * scale, piece):
                lines.append(_Pieces(x, y))
            lines[-1].add(piece, y, size * scale or 1.0, bold)

    page.extract_text(visitor_text=add, visitor_operand_before=budget.spend)
    return [line for pieces in lines if (line := pieces.line())]


class _Pieces:
    """The pieces of one line, as they are drawn."""

    def __init__(self, x: float, y: float) -> None:
        self._x, self._y, self._size = x, y, 0.0
        self._pieces: list[tuple[str, float, float, bool]] = []

    def has_place_for(self, x: float, y: float, size: float, piece: str) -> bool:
        """Whether a piece continues the line, if perhaps raised a little."""
        if not self._pieces:
            return True
        return abs(y - self._y) < 0.5 * max(size, self._size) and (
            x >= self._x or not piece.strip()
        )

    def add(self, text: str, y: float, size: float, bold: bool) -> None:
        """Add a piece."""
        if text.strip() and size > self._size:
            self._size, self._y = size, y
        self._pieces.append((text, y, size, bold))

    def line(self) -> PrintedLine | None:
        """Return the line, or None if it is blank."""
        texts = list[str]()
        for text, y, size, _ in self._pieces:
            raised = size < 0.85 * self._size and y > self._y + 0.1 * self._size
            digits = text.strip()
            if raised and digits.isascii() and digits.isdigit():
                texts[-1:] = [text.rstrip() for text in texts[-1:]]
                text = text.lstrip().translate(_SUPERSCRIPT)
            texts.append(text)
        text = clean("".join(texts).translate(_LIGATURES).replace("\xad\n", ""))
        if not text:
            return None
        bold = all(bold for text, _, _, bold in self._pieces if text.strip())
        return PrintedLine(text, self._x, self._y, round(self._size, 1), bold)
