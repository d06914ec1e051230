"""HTTP responses as Discord sends them."""

from __future__ import annotations

import json
import time

from aiohttp import web

from .models import Json


class ConnectionCut(web.Response):
    """Cuts the connection instead of responding."""

    async def prepare(self, request: web.BaseRequest) -> None:
        """Close the connection at once; aiohttp takes the error for a client that is gone."""
        if request.transport is not None:
            request.transport.abort()
        raise ConnectionResetError


def json_response(
    status: int, body: Json | list[Json] | None, headers: dict[str, str] | None = None
) -> web.Response:
    """A JSON response; discord.py parses it only if the Content-Type names no charset."""
    if body is None:
        return web.Response(status=status)
    return web.Response(
        status=status,
        body=json.dumps(body).encode(),
        headers={"Content-Type": "application/json", **(headers or {})},
    )


def rate_limited(retry_after: float, scope: str) -> web.Response:
    """A 429 (/topics/rate-limits#exceeding-a-rate-limit).

    Without ``Via``, discord.py takes it for a Cloudflare ban and raises at once.
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
    """An error: Discord's own body for a 500, a Cloudflare page for any other status."""
    if status == 500:
        return json_response(500, {"message": "500: Internal Server Error", "code": 0})
    text = f"<html><head><title>{status}</title></head></html>"
    return web.Response(status=status, text=text, content_type="text/html")
