"""Decode a file's bytes to text, or tell why they are not text."""

import codecs
import re

_BYTE_ORDER_MARKS = (
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
# What an HTML or XML document declares. The WHATWG Encoding Standard reads Latin-1 as Windows-1252.
_DECLARED = re.compile(
    rb"""<(?:meta\b[^>]{0,300}?\bcharset|\?xml\b[^>]{0,100}?\bencoding)\s*=\s*["']?\s*([\w.:-]{2,40})""",
    re.IGNORECASE,
)
_PRESCAN = 4096  # bytes in which a declaration is looked for
_SUPERSETS = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "tis-620": "cp874",
}
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MAX_CONTROL_SHARE = 0.02  # of the characters; a file with a larger share is not text
_ESCAPED = re.compile("[\udc80-\udcff]")  # how "surrogateescape" keeps a byte that is not UTF-8


class NotTextError(ValueError):
    """The bytes are not text; the message is the reason, for the user."""


def decode(data: bytes) -> str:
    """Return the text of a file.

    A byte order mark decides between UTF-8 and UTF-16. Any other file is read as UTF-8 if it is
    that, or else in the encoding that a web page declares. Where none is declared, each byte that
    is not valid UTF-8 is read as Windows-1252: that is what stray bytes nearly always are, and it
    reads a file that is Windows-1252 throughout.

    Raises:
        NotTextError: If the bytes are not text.
    """
    for magic, name in _OTHER_FORMATS:
        if data.startswith(magic):
            raise NotTextError(f"the file is {name}, not text")
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            try:
                return _checked(data.decode(encoding))
            except UnicodeDecodeError as error:
                if encoding == "utf-16":
                    reason = f"the file is damaged UTF-16 text: {error.reason}"
                    raise NotTextError(reason) from None
                data = data[len(mark) :]
    if b"\x00" in data:
        raise NotTextError("the file is binary, not text")
    try:
        return _checked(data.decode("utf-8"))
    except UnicodeDecodeError:
        pass  # an older encoding, declared or guessed
    if declared := _declared_encoding(data):
        return _checked(data.decode(declared, "replace"))
    text = data.decode("utf-8", "surrogateescape")
    return _checked(_ESCAPED.sub(_windows_1252, text))


def _declared_encoding(data: bytes) -> str | None:
    """Return the encoding that a web page declares; None if there is none, or it is UTF-8."""
    match = _DECLARED.search(data[:_PRESCAN])
    if match is None:
        return None
    try:
        codec = codecs.lookup(match[1].decode("ascii"))
    except (LookupError, UnicodeDecodeError):
        return None
    is_text = getattr(codec, "_is_text_encoding", True) and not codec.name.startswith("utf")
    return _SUPERSETS.get(codec.name, codec.name) if is_text else None


def _windows_1252(match: re.Match[str]) -> str:
    """Return the character that an escaped byte stands for in Windows-1252."""
    byte = bytes([ord(match[0]) - 0xDC00])
    return byte.decode("cp1252", "replace")


def _checked(text: str) -> str:
    """Return ``text``, or raise `NotTextError` if it has too many control characters."""
    if len(_CONTROL.findall(text)) > _MAX_CONTROL_SHARE * len(text):
        raise NotTextError("the file is binary, not text")
    return text
