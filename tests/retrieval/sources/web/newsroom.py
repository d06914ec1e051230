"""A newsroom's web server on loopback: its pages change, move and vanish, and it errs on demand.

    async with Newsroom() as newsroom:
        newsroom.serve("/news/1", "<h1>Fares Frozen</h1>", etag='"1"')
        newsroom.move("/old", "/news/1")
        newsroom.answer("/broken", cut_off(b"<h1>Fares"))
        ...  # fetch newsroom.address("/news/1")
        assert newsroom.asked == ["/robots.txt", "/news/1"]

What is not served is not found. A path may have a query; without an answer of its own, it gets the
one of the path alone.
"""

import asyncio
import gzip
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self, TypeAlias

from aiohttp import web

Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]
"""Answers one request."""


@dataclass(frozen=True, slots=True)
class Visited:
    """A request that the newsroom got: its path with the query, and its headers."""

    path: str
    headers: Mapping[str, str]


class Newsroom:
    """The server. Use it as an async context manager.

    Args:
        certificate: with it, it speaks https.
    """

    def __init__(self, certificate: ssl.SSLContext | None = None) -> None:
        self.visits: list[Visited] = []
        self.open_requests = 0
        self.most_open_requests = 0
        self._handlers: dict[str, Handler] = {}
        self._came = asyncio.Event()
        self._ended = asyncio.Event()
        self._runner = web.AppRunner(self._app(), access_log=None, shutdown_timeout=1)
        self._certificate = certificate
        self._port = 0

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=self._certificate).start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._ended.set()
        await self._runner.cleanup()

    def address(self, path: str = "/", host: str = "127.0.0.1", scheme: str = "http") -> str:
        """The address of a path."""
        return f"{scheme}://{host}:{self._port}{path}"

    async def come(self, count: int) -> None:
        """Wait until it has got so many requests."""
        while len(self.visits) < count:
            self._came.clear()
            await self._came.wait()

    @property
    def asked(self) -> list[str]:
        """The paths of all requests, in order."""
        return [visit.path for visit in self.visits]

    def last(self, path: str) -> Visited:
        """The last request for a path."""
        return next(visit for visit in reversed(self.visits) if visit.path == path)

    def serve(
        self,
        path: str,
        body: str | bytes,
        *,
        status: int = 200,
        content_type: str = "text/html; charset=utf-8",
        etag: str = "",
        modified: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Serve a page from now on, in place of what was served there before.

        Whoever has the version with this ``etag``, or this date of modification, is told so.
        """
        content = body.encode() if isinstance(body, str) else body
        sent = {"Content-Type": content_type} if content_type else {}
        sent |= {"ETag": etag} if etag else {}
        sent |= {"Last-Modified": modified} if modified else {}
        sent |= headers or {}

        async def handler(request: web.Request) -> web.Response:
            known_tag = request.headers.get("If-None-Match")
            known_date = request.headers.get("If-Modified-Since")
            # A tag decides alone where there is one (RFC 9110, 13.2.2).
            if (known_tag and known_tag == etag) or (
                not known_tag and known_date and known_date == modified
            ):
                return web.Response(status=304, headers={"ETag": etag} if etag else {})
            return web.Response(status=status, body=content, headers=sent)

        self._handlers[path] = handler

    def move(self, path: str, to: str, status: int = 301) -> None:
        """Redirect a path; ``to`` is the ``Location`` header as it is sent."""

        async def handler(_: web.Request) -> web.Response:
            return web.Response(status=status, headers={"Location": to})

        self._handlers[path] = handler

    def delete(self, path: str, status: int = 404) -> None:
        """Serve nothing there from now on."""

        async def handler(_: web.Request) -> web.Response:
            return web.Response(status=status, text="Page not found")

        self._handlers[path] = handler

    def answer(self, path: str, handler: Handler) -> None:
        """Answer requests for a path in any way: see the functions of this module."""
        self._handlers[path] = handler

    def stall(self, path: str, beginning: bytes = b"") -> asyncio.Event:
        """Send a page's beginning, and then nothing until the test ends.

        Returns what is set when the request has come.
        """
        come = asyncio.Event()

        async def handler(request: web.Request) -> web.StreamResponse:
            come.set()
            response = web.StreamResponse()
            if beginning:
                await response.prepare(request)
                await response.write(beginning)
            await self._ended.wait()
            return response

        self._handlers[path] = handler
        return come

    def trickle(self, path: str, pause: float) -> None:
        """Send a page that never ends, a byte at a time."""

        async def handler(request: web.Request) -> web.StreamResponse:
            response = web.StreamResponse()
            await response.prepare(request)
            while not self._ended.is_set():
                await response.write(b".")
                await asyncio.sleep(pause)
            return response

        self._handlers[path] = handler

    def _app(self) -> web.Application:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._handle)
        return app

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        self.visits.append(Visited(request.raw_path, dict(request.headers)))
        self._came.set()
        handler = self._handlers.get(request.raw_path)
        handler = handler or self._handlers.get(request.raw_path.partition("?")[0])
        if not handler:
            return web.Response(status=404, text="Page not found")
        self.open_requests += 1
        self.most_open_requests = max(self.most_open_requests, self.open_requests)
        try:
            return await handler(request)
        finally:
            self.open_requests -= 1


def failing(
    times: int, then: str = "<p>At last.</p>", status: int = 503, retry_after: str = ""
) -> Handler:
    """Fail some times before the page comes."""
    left = times

    async def handler(_: web.Request) -> web.Response:
        nonlocal left
        left -= 1
        if left >= 0:
            headers = {"Retry-After": retry_after} if retry_after else {}
            return web.Response(status=status, headers=headers)
        return web.Response(text=then, content_type="text/html")

    return handler


def raw(data: bytes) -> Handler:
    """Send these bytes as they are, and close the connection."""

    async def handler(request: web.Request) -> web.Response:
        assert request.transport
        request.transport.write(data)
        request.transport.close()
        return web.Response()

    return handler


def cut_off(body: bytes, encoding: str = "") -> Handler:
    """Close the connection after these bytes, though the header announces a hundred more."""
    header = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(body) + 100}\r\n"
    header += f"Content-Encoding: {encoding}\r\n" if encoding else ""
    return raw(header.encode() + b"\r\n" + body)


def without_length(body: bytes, encoding: str = "") -> Handler:
    """Send a body that ends where the connection ends."""
    header = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n"
    header += f"Content-Encoding: {encoding}\r\n" if encoding else ""
    return raw(header.encode() + b"\r\n" + body)


def streamed(pieces: Sequence[bytes], encoding: str = "") -> Handler:
    """Send a body in pieces, without saying how long it is."""

    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Encoding": encoding} if encoding else {})
        response.content_type = "text/html"
        await response.prepare(request)
        for piece in pieces:
            await response.write(piece)
        return response

    return handler


def huge(size: int) -> Handler:
    """Send a page of so many bytes, without saying how many they are."""
    piece = b"<p>Fares are frozen.</p>" * 1000

    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        response.content_type = "text/html"
        await response.prepare(request)
        for _ in range(0, size, len(piece)):
            await response.write(piece)
        return response

    return handler


def endless_redirects(path: str) -> Handler:
    """Redirect from each address to a new one."""

    async def handler(request: web.Request) -> web.Response:
        number = int(request.query.get("n", "0")) + 1
        return web.Response(status=302, headers={"Location": f"{path}?n={number}"})

    return handler


def calendar(path: str) -> Handler:
    """A calendar without an end: every month links to the one before and to the next one."""

    async def handler(request: web.Request) -> web.Response:
        month = int(request.query.get("month", "0"))
        links = "".join(f'<a href="{path}?month={month + step}">{step:+}</a>' for step in (-1, 1))
        return web.Response(text=f"<h1>Month {month}</h1>{links}", content_type="text/html")

    return handler


def gzip_bomb(size: int) -> bytes:
    """So many zeros, compressed to a thousandth."""
    return gzip.compress(bytes(size), mtime=0)


@contextmanager
def newsroom_beside() -> Iterator[Newsroom]:
    """A newsroom in a thread and an event loop of its own, for commands that run one too."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    server = Newsroom()
    asyncio.run_coroutine_threadsafe(server.__aenter__(), loop).result()
    yield server
    asyncio.run_coroutine_threadsafe(server.__aexit__(None, None, None), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()
