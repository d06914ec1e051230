"""Word documents (``.docx``), through mammoth, which makes HTML of what a reader of one sees.

Inserted text is text, and deleted text is not; text boxes, content controls, footnotes and the text
of links are kept. Headers and footers, which are not part of the text, are not read.
"""

import io
import re
import zipfile
from xml.etree import ElementTree

from retrieval.sources.document_text import read_document
from retrieval.sources.draft import ReleaseDraft
from retrieval.sources.html_fragment import fragment_blocks

_DOCUMENT = "word/document.xml"
_PARTS = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|word/_rels/[\w.]+\.rels|"
    r"word/(?:document|styles|numbering|footnotes|endnotes)\d{0,3}\.xml"
)
_MAX_SIZE = 6_000_000  # bytes of XML: a hundred pages have about a fifth of that
_STYLES = "p[style-name='Title'] => h1:fresh\np[style-name='Heading 1'] => h2:fresh"
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HIDDEN = f"{_WORD}rPr/{_WORD}vanish"
_FALSE = ("0", "false", "off")
_NOTE_MARK = re.compile(r"\[(\d+)\](?=</a></sup>)")
_BACK_LINK = re.compile(r'<a href="#(?:foot|end)note-ref-[^"<>]*">↑</a>')


def is_docx(data: bytes) -> bool:
    """Whether a file, whatever its name, is a Word document."""
    if not data.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _DOCUMENT in archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):  # an unknown ZIP version
        return False


def read_docx(data: bytes) -> ReleaseDraft:
    """Return the release that a Word document holds.

    Raises:
        ValueError: If it is not such a document, damaged, encrypted, or too large unpacked.
    """
    import mammoth

    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise ValueError(
            "the document is encrypted, or in the format of Word before 2007: save it as .docx "
            "without a password"
        )
    parts = _parts(data)
    try:
        html = mammoth.convert_to_html(parts, style_map=_STYLES, convert_image=_no_image).value
    except Exception as error:  # whatever one file does to the parser, the others are still read
        raise ValueError(f"the document is damaged: {type(error).__name__}") from error
    blocks = fragment_blocks(_BACK_LINK.sub("", _NOTE_MARK.sub(r"\1", html)), loose=False)
    if not blocks:
        raise ValueError("the document has no text")
    return read_document(blocks).draft


def _parts(data: bytes) -> io.BytesIO:
    """Return an archive of the parts with text, without what a reader does not see.

    Raises:
        ValueError: If they cannot be read, or are too large.
    """
    parts = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(parts, "w") as copy:
            wanted = [info for info in archive.infolist() if _PARTS.fullmatch(info.filename)]
            size = sum(info.file_size for info in wanted)
            if size > _MAX_SIZE:
                raise ValueError(f"its text is larger than {_MAX_SIZE:,} bytes unpacked: {size:,}")
            if not any(info.filename == _DOCUMENT for info in wanted):
                raise ValueError("the file is not a Word document")
            for info in wanted:
                root = ElementTree.fromstring(_content(archive, info))
                _drop_hidden_runs(root)
                copy.writestr(info.filename, ElementTree.tostring(root))
    except ValueError:
        raise
    except Exception as error:  # of each layer, the archive, its compression and XML, its own
        raise ValueError(f"the document is damaged: {error}") from None
    return parts


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """Return a part of an archive, however much more than it says it would unpack to."""
    with archive.open(info) as part:
        content = part.read(info.file_size)
    if b"<!DOCTYPE" in content.replace(b"\0", b""):  # in UTF-16, too
        raise ValueError("the document is damaged: it declares entities")
    return content


def _drop_hidden_runs(root: ElementTree.Element) -> None:
    """Remove the runs of text that the document hides."""
    for parent in root.iter():
        for run in list(parent):
            mark = run.find(_HIDDEN) if run.tag == f"{_WORD}r" else None
            if mark is not None and mark.get(f"{_WORD}val") not in _FALSE:
                parent.remove(run)


def _no_image(image: object) -> list[object]:
    """Return the HTML of an image: none, without reading it."""
    return []
