"""Requests that a test lets fail."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from .models import Request
from .responses import failed, rate_limited

Intercept = Callable[[Request], Awaitable[web.Response | None]]
InterceptAnswer = Callable[[Request, web.Response], Awaitable[web.Response]]


@dataclass
class InjectedFailure:
    """A failure of the first request that ``matches``; ``request`` is that request, once made."""

    matches: Callable[[Request], bool]
    status: int
    retry_after: float
    scope: str
    request: Request | None = None

    def response(self) -> web.Response:
        """Return the response that the request gets."""
        if self.status == 429:
            return rate_limited(self.retry_after, self.scope)
        return failed(self.status)


class Faults:
    """The failures that a test has asked for.

    ``intercept`` is called with each request, and may return a response that is sent instead of
    the ordinary one. ``intercept_answer`` is called with each request that was carried out and its
    response, and returns what is sent. Both may also wait.
    """

    def __init__(self) -> None:
        self.intercept: Intercept | None = None
        self.intercept_answer: InterceptAnswer | None = None
        self._failures: list[InjectedFailure] = []

    def fail_once(self, failure: InjectedFailure) -> None:
        """Let the next request that matches fail."""
        self._failures.append(failure)

    async def response(self, request: Request) -> web.Response | None:
        """Return the response that a test wants for this request, or None."""
        for failure in self._failures:
            if failure.request is None and failure.matches(request):
                failure.request = request
                return failure.response()
        return None if self.intercept is None else await self.intercept(request)

    async def answer(self, request: Request, response: web.Response) -> web.Response:
        """Return the response that a test wants for a request that was carried out."""
        if self.intercept_answer is None:
            return response
        return await self.intercept_answer(request, response)
