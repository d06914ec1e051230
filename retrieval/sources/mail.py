"""The header of a mail, where a text file is one: From, To, Date, Subject."""

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
_FOLDED = 80  # no longer are the lines of a field that a mailer has folded
_SUBJECTS, _DATES, _PEOPLE = ("subject", "re"), ("date", "sent"), ("from", "to")
_ANSWER = re.compile(r"^(?:(?:re|fwd?|aw|wg)\s*:\s*)+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Header:
    """What a mail's header says of the release in it."""

    subject: str = ""
    date: datetime.date | None = None


def without_header(text: str) -> tuple[Header, str]:
    """Return the header that ``text`` begins with, and the rest; all of it if there is none.

    One such line is none: a release may begin with "Date: September 8, 2025". Two are one, if a
    subject or a person is among them.
    """
    lines = text.splitlines(keepends=True)
    fields, name, end = dict[str, str](), "", 0
    for number, line in enumerate(lines):
        if match := _FIELD.match(line.rstrip()):
            name = match["name"].lower()
            fields.setdefault(name, match["value"])
        elif fields and line.strip() and line[0] in " \t" and len(line) <= _FOLDED:
            fields[name] += f" {line}"  # a long field goes on in the next line, indented
        elif fields or (line.strip() and not _FORWARDED.fullmatch(line.rstrip())):
            break
        end = number + 1
    if len(fields) < 2 or not fields.keys() & {*_SUBJECTS, *_PEOPLE}:
        return Header(), text
    return _header(fields), "".join(lines[end:])


def _header(fields: Mapping[str, str]) -> Header:
    """Return what the fields say."""
    subject = next((fields[name] for name in _SUBJECTS if name in fields), "")
    days = (find_date(fields[name]) for name in _DATES if name in fields)
    return Header(
        subject=_ANSWER.sub("", clean(subject)),
        date=next(filter(None, days), None),
    )
