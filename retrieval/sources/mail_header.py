"""The header of an email that was saved as text: From, To, Date, Subject."""

import binascii
import datetime
import quopri
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header, make_header

from retrieval.sources.decoding import decode
from retrieval.text.dates import find_date
from retrieval.text.lines import clean

_FIELD = re.compile(
    r"[^\S\n]*[*>]*(?P<name>from|sender|to|cc|bcc|reply-to|date|sent|subject|re|importance|"
    r"attachments?|message-id|mime-version|content-type|content-transfer-encoding)\*?:\*?"
    r"(?=\s|$)(?P<value>.*)",
    re.IGNORECASE,
)
_FORWARDED = re.compile(
    r"[-\s>]*(?:begin forwarded message:?|forwarded message|original message)[-\s]*", re.IGNORECASE
)
_MAX_FOLDED_LINE = 80  # characters, of a field's continuation line
_SUBJECT_FIELDS, _DATE_FIELDS, _ADDRESS_FIELDS = ("subject", "re"), ("date", "sent"), ("from", "to")
_ENCODED_WORD = re.compile(r"=\?[^?\s]{1,40}\?[bBqQ]\?[^?\s]{0,600}\?=")
_QUOTED_PRINTABLE = re.compile(r"=(?:[0-9A-F]{2}|[ \t]*$)", re.MULTILINE)
_QUOTED_BYTES = re.compile(r"=[C-F][0-9A-F](?:=[89AB][0-9A-F]){1,3}")  # a letter in UTF-8
_MIN_QUOTED = 3
_REPLY_PREFIX = re.compile(r"^(?:(?:re|fwd?|aw|wg)\s*:\s*)+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class MailHeader:
    """What an email's header tells of the release in it; the defaults if there is no header."""

    subject: str = ""
    date: datetime.date | None = None


def split_header(text: str) -> tuple[MailHeader, str]:
    """Return the email header that ``text`` begins with, and the rest of ``text``.

    A header has two fields or more, a subject or an address among them: a single such line may be
    the beginning of a release ("Date: September 8, 2025").
    """
    lines = text.splitlines(keepends=True)
    fields, name, end = dict[str, str](), "", 0
    for number, line in enumerate(lines):
        if match := _FIELD.match(line.rstrip()):
            name = match["name"].lower()
            fields.setdefault(name, match["value"])
        elif fields and line.strip() and line[0] in " \t" and len(line) <= _MAX_FOLDED_LINE:
            fields[name] += f" {line}"  # the continuation of a folded field is indented
        elif fields or (line.strip() and not _FORWARDED.fullmatch(line.rstrip())):
            break
        end = number + 1
    if len(fields) < 2 or not fields.keys() & {*_SUBJECT_FIELDS, *_ADDRESS_FIELDS}:
        return MailHeader(), text
    return _header(fields), "".join(lines[end:])


def decode_quoted_printable(text: str) -> str:
    """Return a text with what quoted-printable has made of it undone, if it unmistakably is such.

    Every "=" in it is that of a code or of a line that goes on, and there are a few of both, or
    letters in UTF-8.
    """
    signs = text.count("=")
    if signs < _MIN_QUOTED or len(_QUOTED_PRINTABLE.findall(text)) < signs:
        return text
    broken_lines = len(re.findall(r"=$", text, re.MULTILINE))
    letters = len(_QUOTED_BYTES.findall(text))
    if letters + broken_lines < _MIN_QUOTED or not letters:
        return text
    return decode(quopri.decodestring(text.encode("utf-8", "replace")))


def decode_words(value: str) -> str:
    """Return the value of a header's field with its encoded words decoded (RFC 2047)."""
    if not _ENCODED_WORD.search(value):
        return value
    try:
        return str(make_header(decode_header(value)))
    except (ValueError, LookupError, HeaderParseError, binascii.Error):
        return value  # whoever wrote it did not encode it


def _header(fields: Mapping[str, str]) -> MailHeader:
    """Return the header with these fields, by name in lower case."""
    subject = decode_words(next((fields[name] for name in _SUBJECT_FIELDS if name in fields), ""))
    dates = (find_date(fields[name]) for name in _DATE_FIELDS if name in fields)
    return MailHeader(
        subject=_REPLY_PREFIX.sub("", clean(subject)),
        date=next(filter(None, dates), None),
    )
