"""Rate limits (/topics/rate-limits), and requests that Discord fails to serve."""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from .records import Json, Request


class Window:
    """So many at most within any so many seconds."""

    def __init__(self, most: int, seconds: float) -> None:
        self.most = most
        self.seconds = seconds
        self._taken: deque[float] = deque()

    def take(self, now: float, count: int = 1) -> float:
        """Let ``count`` through, or none of them and give the seconds until there is room again."""
        while self._taken and now - self._taken[0] >= self.seconds:
            self._taken.popleft()
        if len(self._taken) + count > self.most:
            return self.seconds - (now - self._taken[0]) if self._taken else self.seconds
        self._taken.extend([now] * count)
        return 0.0


@dataclass
class Refusal:
    """One request that is not served: the first that ``matches``, kept in ``request`` then."""

    matches: Callable[[Request], bool]
    status: int
    retry_after: float
    scope: str
    request: Request | None = None

    def answer(self) -> web.Response:
        if self.status == 429:
            return rate_limited(self.retry_after, self.scope)
        return failed(self.status)


def rate_limited(retry_after: float, scope: str) -> web.Response:
    """A 429 as Discord sends it (/topics/rate-limits#exceeding-a-rate-limit).

    Without ``Via``, discord.py takes it for a ban by Cloudflare and gives up.
    """
    is_global = scope == "global"
    headers = {
        "Via": "1.1 google",
        "Retry-After": str(int(retry_after) + 1),
        "X-RateLimit-Scope": scope,
    }
    if is_global:
        headers["X-RateLimit-Global"] = "true"
    else:
        headers |= {
            "X-RateLimit-Limit": "5",
            "X-RateLimit-Remaining": "0",
            "X-RateLimit-Reset": f"{time.time() + retry_after:.3f}",
            "X-RateLimit-Reset-After": f"{retry_after:.3f}",
            "X-RateLimit-Bucket": "loopback",
        }
    body = {
        "message": "You are being rate limited.",
        "retry_after": retry_after,
        "global": is_global,
    }
    return json_response(429, body, headers)


def failed(status: int) -> web.Response:
    """A 5xx: Discord's own words for a 500, a page of Cloudflare's for the others."""
    if status == 500:
        return json_response(500, {"message": "500: Internal Server Error", "code": 0})
    text = f"<html><head><title>{status}</title></head></html>"
    return web.Response(status=status, text=text, content_type="text/html")


def json_response(
    status: int, body: Json | list[Json] | None, headers: dict[str, str] | None = None
) -> web.Response:
    """An answer; the client takes JSON for JSON only without a charset in its Content-Type."""
    if body is None:
        return web.Response(status=status)
    return web.Response(
        status=status,
        body=json.dumps(body).encode(),
        headers={"Content-Type": "application/json", **(headers or {})},
    )
