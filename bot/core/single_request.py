"""Requests that must not be made twice.

discord.py makes a request again by itself if Discord answers 500, 502 or 504, or cuts the
connection. That is right where a second request does no harm, and cannot be turned off.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from types import SimpleNamespace

import aiohttp


class RepeatedRequest(aiohttp.ClientError):
    """A request that was to be made only once did not succeed at that.

    It may have been carried out all the same.
    """

    def __init__(self) -> None:
        super().__init__("the request failed, and may have been carried out")


@dataclass
class _Requests:
    """How many requests were made."""

    count: int = 0


_counted: ContextVar[_Requests | None] = ContextVar("counted requests", default=None)


@contextmanager
def single_request() -> Iterator[None]:
    """Let a client with a `request_trace` make one request in the block.

    A second one raises `RepeatedRequest` before anything is sent.
    """
    token = _counted.set(_Requests())
    try:
        yield
    finally:
        _counted.reset(token)


def request_trace() -> aiohttp.TraceConfig:
    """What sees the requests of a client before they are made: give it as its ``http_trace``."""
    trace = aiohttp.TraceConfig()
    trace.on_request_start.append(_count)
    return trace


async def _count(
    session: aiohttp.ClientSession,
    context: SimpleNamespace,
    params: aiohttp.TraceRequestStartParams,
) -> None:
    requests = _counted.get()
    if requests is None:
        return
    requests.count += 1
    if requests.count > 1:
        raise RepeatedRequest
