"""From a file's bytes to text, or a clear reason why they are none."""

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OTHER_FORMATS = (
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\x1f\x8b", "compressed with gzip"),
    (b"{\\rtf", "rich text (RTF)"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MOST_CONTROL = 0.02  # share of control characters above which a file is no text
_ESCAPED = re.compile("[\udc80-\udcff]")  # how "surrogateescape" keeps a byte that is not UTF-8


class NotTextError(ValueError):
    """Bytes that are no text; the message is the reason, for a person."""


def decode(data: bytes) -> str:
    """Return the text of a file.

    A byte order mark decides between UTF-8 and UTF-16; anything else is UTF-8 in which bytes that
    are not are read as Windows-1252, which is what a stray one nearly always is, and which reads a
    file that is Windows-1252 throughout as such.

    Raises:
        NotTextError: if the bytes are not text.
    """
    for start, name in _OTHER_FORMATS:
        if data.startswith(start):
            raise NotTextError(f"it is {name}, not text")
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return _checked(data.decode(encoding))
            except UnicodeDecodeError as error:
                if encoding == "utf-16":
                    raise NotTextError(f"it is damaged UTF-16 text: {error.reason}") from None
                data = data[len(mark) :]
    if b"\x00" in data:
        raise NotTextError("it is binary, not text")
    text = data.decode("utf-8", "surrogateescape")
    return _checked(_ESCAPED.sub(_windows_1252, text))


def _windows_1252(match: re.Match[str]) -> str:
    """Return what a byte that is not UTF-8 means in Windows-1252."""
    byte = bytes([ord(match[0]) - 0xDC00])
    return byte.decode("cp1252", "replace")


def _checked(text: str) -> str:
    """Return ``text``, refusing what is mostly control characters."""
    if len(_CONTROL.findall(text)) > _MOST_CONTROL * len(text):
        raise NotTextError("it is binary, not text")
    return text
