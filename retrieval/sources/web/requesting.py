"""One request to one address: what comes back, within the limits, or why nothing does."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from retrieval.sources.web.addresses import literal_ip
from retrieval.sources.web.content_encoding import ACCEPT_ENCODING, Body
from retrieval.sources.web.errors import (
    BadResponse,
    CutOff,
    FetchError,
    ForbiddenAddress,
    NotText,
    TooLarge,
    TooSlow,
    Unreachable,
)
from retrieval.sources.web.ip_addresses import Allowed
from retrieval.sources.web.resolver import CheckingResolver, NoAllowedAddress

_ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
_NO_PAGES = frozenset({"image", "audio", "video", "font", "model"})  # first halves of media types
_REFUSAL_SIZE = 64 * 1024  # bytes of an unsuccessful response that are read


@dataclass(frozen=True, slots=True)
class Limits:
    """What a request may take.

    Attributes:
        connecting: seconds until there is a connection.
        between_bytes: seconds without a byte.
        whole: seconds for the whole response.
        size: bytes of a page, decompressed.
        redirects: how many redirects are followed.
    """

    connecting: float = 15.0
    between_bytes: float = 30.0
    whole: float = 120.0
    size: int = 20_000_000
    redirects: int = 10


@dataclass(frozen=True, slots=True)
class Response:
    """What a server sent.

    Attributes:
        address: where.
        status: the status code.
        headers: by name in lower case; several of one name are joined by ", ".
        media_type: of the ``Content-Type`` header; empty if there was none.
        charset: of the same header; empty if there was none.
        body: the content, decompressed; of a response that is no success at most its beginning.
    """

    address: str
    status: int
    headers: Mapping[str, str]
    media_type: str
    charset: str
    body: bytes


class Requester:
    """Makes requests, with connections that are used again. Use it as an async context manager.

    No cookie is kept, no redirect followed, and no proxy of the environment used.

    Args:
        agent: the ``User-Agent`` header.
        allowed: which IP addresses may be connected to.
        limits: what a request may take.
        resolver: what resolves names; by default the operating system.
    """

    def __init__(
        self,
        agent: str,
        allowed: Allowed,
        limits: Limits,
        resolver: AbstractResolver | None = None,
    ) -> None:
        self._agent = agent
        self._allowed = allowed
        self._limits = limits
        self._resolver = resolver
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                resolver=CheckingResolver(self._allowed, self._resolver),
                # Every new connection resolves and checks anew.
                use_dns_cache=False,
                limit_per_host=1,
            ),
            headers={
                "User-Agent": self._agent,
                "Accept": _ACCEPT,
                "Accept-Encoding": ACCEPT_ENCODING,
            },
            timeout=aiohttp.ClientTimeout(
                total=self._limits.whole,
                connect=self._limits.connecting,
                sock_read=self._limits.between_bytes,
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session:
            await self._session.close()

    async def get(
        self, address: str, headers: Mapping[str, str], *, at_most: int | None = None
    ) -> Response:
        """Ask for a canonical address and return what comes, whatever its status.

        ``at_most`` is the size at which a page is cut. Without it, a page that is larger than the
        limit is an error.

        Raises `FetchError`.
        """
        if not self._session:
            raise RuntimeError("a Requester is used within `async with`")
        # aiohttp does not resolve a literal address, so the resolver does not see it.
        if (ip := literal_ip(address)) and not self._allowed(ip):
            raise ForbiddenAddress(address, ip)
        try:
            async with self._session.get(
                URL(address, encoded=True), headers=headers, allow_redirects=False
            ) as response:
                return await self._read(address, response, at_most)
        except NoAllowedAddress as error:
            raise ForbiddenAddress(address, error.ip) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise self._reason(address, error) from error

    async def _read(
        self, address: str, response: aiohttp.ClientResponse, at_most: int | None
    ) -> Response:
        headers = _by_name(response)
        media_type = response.content_type.lower() if "content-type" in headers else ""
        is_success = 200 <= response.status < 300
        limit, cut = (self._limits.size, False) if is_success else (_REFUSAL_SIZE, True)
        if at_most is not None:
            limit, cut = at_most, True
        if is_success and media_type.partition("/")[0] in _NO_PAGES:
            raise NotText(address, media_type)
        if not cut and (response.content_length or 0) > limit:
            raise TooLarge(address, limit)
        try:
            body = await _read_body(address, response, limit, cut=cut)
        except (FetchError, aiohttp.ClientPayloadError):
            if is_success:
                raise
            body = b""  # the status says enough
        return Response(
            address=address,
            status=response.status,
            headers=headers,
            media_type=media_type,
            charset=(response.charset or "") if "content-type" in headers else "",
            body=body,
        )

    def _reason(self, address: str, error: Exception) -> FetchError:
        """What an exception of aiohttp, asyncio or the operating system means."""
        match error:
            case aiohttp.ConnectionTimeoutError():
                seconds = f"no connection within {self._limits.connecting:g} seconds"
                return Unreachable(address, "timeout", seconds)
            case aiohttp.SocketTimeoutError():
                return TooSlow(address, self._limits.between_bytes)
            case TimeoutError():
                return TooSlow(address, self._limits.whole)
            case aiohttp.ClientConnectorDNSError():
                return Unreachable(address, "name", _short(error.os_error))
            case aiohttp.ClientConnectorCertificateError():
                return Unreachable(address, "certificate", _short(error.certificate_error))
            case aiohttp.ClientSSLError():
                return Unreachable(address, "certificate", _short(error.os_error))
            case aiohttp.ClientPayloadError():
                return CutOff(address)
            case aiohttp.ServerDisconnectedError():
                return Unreachable(address, "connection", "it closed the connection")
            case aiohttp.ClientConnectionError() | OSError():
                return Unreachable(address, "connection", _short(error))
            case _:  # a response that is not HTTP
                return BadResponse(address, _short(error))


async def _read_body(
    address: str, response: aiohttp.ClientResponse, limit: int, *, cut: bool
) -> bytes:
    body = Body(address, response.headers.get("Content-Encoding", ""), limit, cut=cut)
    async for piece in response.content.iter_any():
        body.feed(piece)
        if cut and body.full:
            break
    return body.finish()


def _by_name(response: aiohttp.ClientResponse) -> dict[str, str]:
    """The headers of a response, without bytes that are no UTF-8."""
    headers: dict[str, str] = {}
    for name, value in response.headers.items():
        key = name.lower()
        text = value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    return headers


def _short(error: Exception) -> str:
    """What an exception says, in a few words on one line."""
    match error:
        case ssl.SSLCertVerificationError():
            text = error.verify_message
        case ssl.SSLError(reason=str(reason)) if reason:
            text = reason.lower().replace("_", " ")
        case aiohttp.ClientResponseError():
            text = error.message.partition(":")[0]  # then it quotes what came
        case OSError(strerror=str(strerror)):
            text = strerror
        case _:
            text = str(error)
    return " ".join(text.split())[:120] or type(error).__name__
