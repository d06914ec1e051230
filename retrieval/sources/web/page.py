"""What a web server sent for an address, and how to ask for it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias


@dataclass(frozen=True, slots=True)
class Version:
    """What a server calls a version of a page, to be sent with the next request for it.

    Attributes:
        etag: the ``ETag`` header; empty if there was none.
        modified: the ``Last-Modified`` header as it was sent; empty if there was none.
    """

    etag: str = ""
    modified: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A page as a server sent it.

    Attributes:
        asked: the address that was asked for.
        address: where it was after all redirects.
        body: the content, decompressed. Empty where it has not changed since.
        media_type: of the ``Content-Type`` header, in lower case; empty if there was none.
        charset: of the same header; empty if there was none.
        headers: all headers, by name in lower case; several of one name are joined by ", ".
        version: how to ask whether it has changed.
        unchanged: whether the server says that it is as it was at the version that was sent.
    """

    asked: str
    address: str
    body: bytes
    media_type: str
    charset: str
    headers: dict[str, str]
    version: Version = Version()
    unchanged: bool = False


Fetch: TypeAlias = Callable[[str], Awaitable[Page]]
"""Fetches an address, or raises a `retrieval.sources.web.errors.FetchError`."""


class FetchVersion(Protocol):
    """Fetches an address, or only says that it is as it was at a version."""

    def __call__(self, address: str, version: Version | None = None) -> Awaitable[Page]:
        """Fetch it. Raises a `retrieval.sources.web.errors.FetchError`."""
        ...
