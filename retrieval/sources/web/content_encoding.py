"""The body of a response, decompressed piece by piece within a limit.

A kilobyte can decompress to a gigabyte, so no decompressor is ever asked for more than is still
allowed. (aiohttp decompresses as well, but has no limit for a whole body.)
"""

import zlib
from typing import Protocol

import brotli

from retrieval.sources.web.errors import BadResponse, CutOff, TooLarge

ACCEPT_ENCODING = "gzip, deflate, br"

_GZIP_MAGIC = b"\x1f\x8b"
_GZIP, _ZLIB, _RAW_DEFLATE = 31, 15, -15  # what zlib calls these formats: its window bits
# What servers send for a body that is not compressed, though "identity" alone would be right.
_PLAIN = frozenset({"", "identity", "none", "binary", "utf-8", "utf8", "8bit", "7bit"})


class _Decompressor(Protocol):
    def decompress(self, data: bytes, room: int) -> bytes:
        """All that the data gives, or, if that is more than ``room`` bytes, more than that."""
        ...

    @property
    def complete(self) -> bool:
        """Whether the end was reached."""
        ...


class _Zlib:
    def __init__(self, window_bits: int) -> None:
        self._stream = zlib.decompressobj(window_bits)

    def decompress(self, data: bytes, room: int) -> bytes:
        # Whatever follows the end is ignored, as browsers do; zlib would keep it all.
        return b"" if self._stream.eof else self._stream.decompress(data, room + 1)

    @property
    def complete(self) -> bool:
        return self._stream.eof


class _Brotli:
    def __init__(self) -> None:
        self._stream = brotli.Decompressor()

    def decompress(self, data: bytes, room: int) -> bytes:
        if self.complete:
            return b""
        parts = [self._stream.process(data, output_buffer_limit=room + 1)]
        size = len(parts[0])
        while size <= room and not self._stream.can_accept_more_data():
            parts.append(self._stream.process(b"", output_buffer_limit=room + 1 - size))
            size += len(parts[-1])
        return b"".join(parts)

    @property
    def complete(self) -> bool:
        return bool(self._stream.is_finished())


class Body:
    """Puts a body together from the pieces that arrive.

    Args:
        address: where it comes from, for errors.
        encoding: the ``Content-Encoding`` header.
        limit: the bytes that it may have, decompressed.
        cut: whether a longer one is cut at the limit, and then is no error.

    Raises `BadResponse` for an encoding that is not supported.
    """

    def __init__(self, address: str, encoding: str, limit: int, *, cut: bool = False) -> None:
        self._address = address
        self._encoding = encoding.strip().lower()
        self._limit = limit
        self._cut = cut
        self._parts: list[bytes] = []
        self._size = 0
        self._is_empty = True
        self._start = b""  # of a compressed body, until it is enough to tell its format
        self._decompressor: _Decompressor | None = None
        self._plain = self._encoding in _PLAIN
        if self._encoding == "br":
            self._decompressor = _Brotli()
        elif not self._plain and self._encoding not in ("gzip", "x-gzip", "deflate"):
            raise BadResponse(address, f"its encoding {encoding[:40]!r} was not asked for")

    @property
    def full(self) -> bool:
        """Whether the limit is reached, so that more need not be read."""
        return self._size >= self._limit

    def feed(self, data: bytes) -> None:
        """Add the next piece, as it was sent. Raises `TooLarge` or `BadResponse`."""
        self._is_empty = self._is_empty and not data
        if not self._plain and not self._decompressor:
            data = self._start + data
            if len(data) < len(_GZIP_MAGIC):
                self._start = data
                return
            self._start = b""
            self._recognize(data)
        room = self._limit - self._size
        if self._decompressor:
            try:
                data = self._decompressor.decompress(data, room)
            except (zlib.error, brotli.error) as error:
                raise BadResponse(self._address, f"it is not {self._encoding}") from error
        if len(data) > room:
            if not self._cut:
                raise TooLarge(self._address, self._limit)
            data = data[:room]
        self._parts.append(data)
        self._size += len(data)

    def finish(self) -> bytes:
        """The whole body, after its last piece. Raises `CutOff` where an end is missing."""
        if self._start or (
            self._decompressor
            and not self._decompressor.complete
            and not self._is_empty
            and not (self._cut and self.full)
        ):
            raise CutOff(self._address)
        return b"".join(self._parts)

    def _recognize(self, start: bytes) -> None:
        """Tell the format from the first two bytes, where the header leaves it open."""
        if self._encoding == "deflate":
            # It should be zlib's format, and some servers send the bare stream (RFC 9110, 8.4.1.2).
            is_zlib = start[0] & 0x0F == 8 and int.from_bytes(start[:2], "big") % 31 == 0
            self._decompressor = _Zlib(_ZLIB if is_zlib else _RAW_DEFLATE)
        elif start.startswith(_GZIP_MAGIC):
            self._decompressor = _Zlib(_GZIP)
        else:
            self._plain = True  # a server that says gzip and forgets to compress
