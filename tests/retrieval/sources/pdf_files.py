"""PDF files written by hand: text in a standard font at given places, and faults."""

from collections.abc import Sequence
from typing import NamedTuple


class Text(NamedTuple):
    """A line: its place in points from the lower left corner, its size, and whether it is bold."""

    x: float
    y: float
    text: str
    size: float = 12
    bold: bool = False


def pdf(*pages: Sequence[Text], title: str = "", trailer: str = "", forms: str = "") -> bytes:
    """A file of these pages; ``trailer`` and ``forms`` are added to its dictionaries."""
    return drawn(
        *(b"\n".join(map(_instructions, page)) for page in pages),
        title=title,
        trailer=trailer,
        forms=forms,
    )


def drawn(*contents: bytes, title: str = "", trailer: str = "", forms: str = "") -> bytes:
    """A file of pages that are drawn by these instructions."""
    kids = " ".join(f"{10 + 2 * number} 0 R" for number in range(len(contents)))
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: f"<< /Type /Pages /Kids [{kids}] /Count {len(contents)} >>".encode(),
        3: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        4: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold "
        b"/Encoding /WinAnsiEncoding >>",
        5: f"<< /Title ({title}) /CreationDate (D:20200101000000Z) >>".encode(),
    }
    for number, content in enumerate(contents):
        objects[10 + 2 * number] = (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {11 + 2 * number} 0 R "
            f"/Resources << /Font << /F1 3 0 R /F2 4 0 R >> {forms} >> >>"
        ).encode()
        objects[11 + 2 * number] = stream(content)
    return assembled(objects, trailer)


def stream(content: bytes, dictionary: str = "") -> bytes:
    """A stream object."""
    head = f"<< /Length {len(content)} {dictionary} >>\nstream\n".encode()
    return head + content + b"\nendstream"


def assembled(objects: dict[int, bytes], trailer: str = "") -> bytes:
    """A file of these objects, by number, with its table of them."""
    file, places = bytearray(b"%PDF-1.5\n"), dict[int, int]()
    for number, content in objects.items():
        places[number] = len(file)
        file += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start, size = len(file), max(objects) + 1
    file += b"xref\n0 %d\n" % size
    for number in range(size):
        kept = number in places
        file += b"%010d %05d %s \n" % (
            places.get(number, 0),
            0 if kept else 65535,
            b"n" if kept else b"f",
        )
    file += f"trailer << /Size {size} /Root 1 0 R /Info 5 0 R {trailer} >>\n".encode()
    return bytes(file) + b"startxref\n%d\n%%%%EOF" % start


def _instructions(line: Text) -> bytes:
    written = line.text.encode("cp1252").replace(b"\\", b"\\\\")
    written = written.replace(b"(", b"\\(").replace(b")", b"\\)")
    font = b"F2" if line.bold else b"F1"
    return b"BT /%s %g Tf %g %g Td (%s) Tj ET" % (font, line.size, line.x, line.y, written)
