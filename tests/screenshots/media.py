"""Pictures and files that a message brings with it."""

from __future__ import annotations

import base64
import mimetypes
from collections.abc import Sequence
from html import escape
from urllib.parse import urlsplit

from tests.loopback import Attachment

from .icons import icon

_PICTURES = {"image/png", "image/jpeg", "image/gif", "image/webp"}


def is_picture(attachment: Attachment) -> bool:
    """Whether Discord shows the file itself, not its name alone."""
    return mimetypes.guess_type(attachment.filename)[0] in _PICTURES


def attached(url: str, attachments: Sequence[Attachment]) -> Attachment | None:
    """The attachment that ``attachment://name`` names; a LookupError if it is not there."""
    if not url.startswith("attachment://"):
        return None
    name = url.removeprefix("attachment://")
    for attachment in attachments:
        if attachment.filename == name:
            return attachment
    raise LookupError(f"no attachment {name!r} among {[a.filename for a in attachments]}")


def picture_html(url: str, attachments: Sequence[Attachment], alt: str | None = None) -> str:
    """An attached picture. One on the web is a grey box: a page here fetches nothing."""
    attachment = attached(url, attachments)
    alt = alt or (attachment.description if attachment else None) or ""
    if attachment is None:
        host = escape(urlsplit(url).hostname or url)
        return f'<span class="absent" title="{escape(alt)}">{icon("picture")}{host}</span>'
    kind = mimetypes.guess_type(attachment.filename)[0] or "application/octet-stream"
    data = base64.b64encode(attachment.data).decode()
    return f'<img src="data:{escape(kind)};base64,{data}" alt="{escape(alt)}">'


def file_html(attachment: Attachment) -> str:
    """A card with the file's name and size."""
    return (
        f'<div class="file">{icon("file")}<div class="about">'
        f'<div class="name">{escape(attachment.filename)}</div>'
        f'<div class="size">{_size(len(attachment.data))}</div></div>{icon("download")}</div>'
    )


def _size(count: int) -> str:
    size = float(count)
    for unit in ("bytes", "KB", "MB"):
        if size < 1024 or unit == "MB":
            break
        size /= 1024
    return f"{count} bytes" if unit == "bytes" else f"{size:.2f} {unit}"
