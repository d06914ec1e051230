"""Messages in the format of the internet's mail (RFC 5322, MIME): emails, and saved web pages.

A browser saves a web page in one file (``.mht``) as a message too, with the page as its first part.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import NamedTuple, cast

from retrieval.release import DateSource
from retrieval.sources.copied_page import read_copied_page
from retrieval.sources.decoding import decode
from retrieval.sources.document_text import restored_paragraphs
from retrieval.sources.draft import ReleaseDraft
from retrieval.sources.html.reader import read_html
from retrieval.sources.html_fragment import fragment_blocks
from retrieval.sources.mail_header import split_header
from retrieval.text.lines import clean
from retrieval.text.links import is_web_address

_HEADER = re.compile(
    rb"\A\s*(?:[A-Za-z][\w-]{0,60}:[^\n]{0,2000}\r?\n(?:[ \t][^\n]{0,2000}\n){0,50})+"
)
_MAX_HEADER = 64_000  # bytes
# Charsets that mail claims for what may as well be UTF-8 or Windows-1252: `decode` tells.
_DECODED_BY_CONTENT = frozenset(("ascii", "utf-8", "iso8859-1", "cp1252"))
_NOT_CHARSETS = frozenset(("idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape"))
_PART = re.compile(rb"^content-type:", re.IGNORECASE | re.MULTILINE)
_ADDRESS_IN_TEXT = re.compile(r"https?://\S+")
_FLOWED = re.compile(r"(?<!^--) \r?\n", re.MULTILINE)
_MIN_SHARE = 0.8  # of the words of the plain text: with fewer, the HTML lacks something
_MAX_ATTACHED = 3  # messages within messages
_MAX_PARTS = 500  # of a message
_MAX_FIELDS = 100_000  # characters of a part's header
_MAX_NAMED = 10  # attachments in a note


def is_message(data: bytes) -> bool:
    """Whether a file, whatever its name, is a message: it begins with a header of MIME."""
    header = data[:_MAX_HEADER].replace(b"\r\n", b"\n").partition(b"\n\n")[0].lower() + b"\n"
    return (
        b"\nmime-version:" in b"\n" + header
        and b"\ncontent-type:" in b"\n" + header
        and bool(_HEADER.fullmatch(header))
    )


def read_message(data: bytes) -> ReleaseDraft:
    """Return the release that an email holds.

    Its subject is the title, unless there is a headline above the text, and its date that of the
    release; in a forwarded message, both are those of the message that was forwarded. Of a text in
    two forms, the one as HTML is read, whose paragraphs are not wrapped, unless it lacks words.

    Raises:
        ValueError: If there is no text in it.
    """
    message = _parsed(data)
    try:
        return _read_message(message, depth=0)
    except (LookupError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        # The standard library's parser leaves some faults of a message to whoever asks for a part.
        raise ValueError(f"the email is damaged: {type(error).__name__}") from error


def read_saved_page(data: bytes) -> ReleaseDraft:
    """Return the release on a web page that a browser saved in one file.

    Raises:
        ValueError: If there is no web page in it, or no text on the page.
    """
    message = _parsed(data)
    try:
        page = next(
            (part for part in message.walk() if part.get_content_type() == "text/html"), None
        )
        if page is None:
            raise ValueError("no web page found in the file")
        addresses = (message["Snapshot-Content-Location"], page["Content-Location"])
        url = next((str(each) for each in addresses if each and is_web_address(str(each))), None)
        text = _text_of(page)
    except (LookupError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise ValueError(f"the saved page is damaged: {type(error).__name__}") from error
    draft = read_html(text)
    return draft if draft.url else replace(draft, url=url)


def _parsed(data: bytes) -> EmailMessage:
    """Return the message that a file is, or raise `ValueError` with the reason."""
    if sum(1 for _ in _PART.finditer(data)) > _MAX_PARTS:
        raise ValueError(f"the message has more than {_MAX_PARTS} parts")
    try:
        message = message_from_bytes(data.lstrip(), policy=policy.default)
        for part in message.walk():
            # Fields as they are written: decoding a huge one is what takes long.
            if sum(len(str(value)) for _, value in part.raw_items()) > _MAX_FIELDS:
                raise ValueError(f"its header is larger than {_MAX_FIELDS:,} characters")
        return message
    except ValueError:
        raise
    except Exception as error:  # whatever one file does to the parser, the others are still read
        raise ValueError(f"the message cannot be parsed: {type(error).__name__}") from error


def _read_message(message: EmailMessage, depth: int) -> ReleaseDraft:
    """Return the release of a message, or of the one attached to it if it has no text itself."""
    shown = list(_bodies(message))
    body = "\n\n".join(each.text for each in shown)
    attached = [each for each in message.walk() if each.get_content_type() == "message/rfc822"]
    if not body.strip() and attached and depth < _MAX_ATTACHED:
        inner = attached[0].get_payload(0)
        return _read_message(cast(EmailMessage, inner), depth + 1)
    if not body.strip():
        listed = ", ".join(_attachments(message))
        only = f", only attachments: {listed}" if listed else ""
        raise ValueError(f"the email has no text{only}")
    forwarded, _ = split_header(body)
    if forwarded.subject or forwarded.date:
        draft = read_copied_page(body)
        sent = forwarded.date
    else:
        subject = clean(str(message["Subject"] or ""))
        # As a mail client saves it, since that is what the reader of texts knows.
        draft = read_copied_page(f"From:\nSubject: {subject}\n\n{body}")
        sent = _date(message)
    if all(each.is_html for each in shown):
        restored = restored_paragraphs(draft.paragraphs, body.split("\n\n"))
        draft = replace(draft, paragraphs=tuple(text for text, _ in restored))
    if sent:
        draft = replace(draft, date=sent, date_source=DateSource.MAIL_HEADER)
    names = _attachments(message)
    more = f" and {len(names) - _MAX_NAMED:,} more" if len(names) > _MAX_NAMED else ""
    note = f"attachments that were not read: {', '.join(names[:_MAX_NAMED])}{more}"
    return replace(draft, notes=(*draft.notes, note)) if names else draft


class _Body(NamedTuple):
    """A text that a mail client shows: paragraphs with blank lines between them, or lines."""

    text: str
    is_html: bool

    @property
    def words(self) -> int:
        """The number of words, addresses aside: in HTML they are behind the links."""
        return len(_ADDRESS_IN_TEXT.sub("", self.text).split())


def _bodies(part: EmailMessage) -> Iterator[_Body]:
    """Yield the texts of a message that a mail client shows one below the other."""
    kind = part.get_content_type()
    if kind == "message/rfc822" or part.is_attachment():
        return
    if not part.is_multipart():
        if kind in ("text/plain", "text/html") and (body := _shown(part)).text.strip():
            yield body
        return
    parts = [list(_bodies(cast(EmailMessage, each))) for each in part.iter_parts()]
    if kind == "multipart/alternative":
        most = max((_words(form) for form in parts), default=0)
        # The last form is the richest, unless it lacks words.
        whole = (form for form in reversed(parts) if _words(form) >= _MIN_SHARE * most)
        yield from next(whole, [])
    else:
        yield from (body for each in parts for body in each)


def _words(form: list[_Body]) -> int:
    return sum(body.words for body in form)


def _shown(part: EmailMessage) -> _Body:
    """Return the text of one part."""
    text = _text_of(part)
    if part.get_content_type() == "text/html":
        blocks = fragment_blocks(text, loose=False)
        return _Body("\n\n".join(block.text for block in blocks), is_html=True)
    is_flowed = str(part.get_param("format", "")).lower() == "flowed"
    return _Body(_FLOWED.sub(" ", text) if is_flowed else text, is_html=False)


def _text_of(part: EmailMessage) -> str:
    """Return the text of a part, whose charset may be missing or wrong."""
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    try:
        name = codecs.lookup(part.get_content_charset("utf-8")).name
        if name not in _DECODED_BY_CONTENT and name not in _NOT_CHARSETS:
            return data.decode(name)
    except (LookupError, ValueError):
        pass  # an unknown charset, or not the one of these bytes
    return decode(data) if data.strip() else ""


def _date(message: EmailMessage) -> date | None:
    """Return the day in the header, as the sender's clock had it, or None."""
    try:
        sent = getattr(message["Date"], "datetime", None)
    except (ValueError, OverflowError):  # such as a year of thirty digits
        return None
    return sent.date() if sent and 1980 <= sent.year <= 2100 else None


def _attachments(message: EmailMessage) -> list[str]:
    """Return the names of the parts that are not shown with the text, images in it aside."""
    names = []
    for part in message.walk():
        name = clean(str(part.get_filename() or ""))
        is_image = part.get_content_maintype() == "image" and not part.is_attachment()
        if part.get_content_type() == "message/rfc822":
            names.append(name or "a message")
        elif part.is_attachment() or (name and not is_image):
            names.append(name or part.get_content_type())
    return names
