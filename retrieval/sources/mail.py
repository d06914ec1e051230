"""The header of an email that was saved as text: From, To, Date, Subject."""

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass

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


def _header(fields: Mapping[str, str]) -> MailHeader:
    """Return the header with these fields, by name in lower case."""
    subject = next((fields[name] for name in _SUBJECT_FIELDS if name in fields), "")
    dates = (find_date(fields[name]) for name in _DATE_FIELDS if name in fields)
    return MailHeader(
        subject=_REPLY_PREFIX.sub("", clean(subject)),
        date=next(filter(None, dates), None),
    )
