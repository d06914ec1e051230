"""Bodies, decompressed within a limit."""

import gzip
import tracemalloc
import zlib
from collections.abc import Callable

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.sources.web.content_encoding import Body
from retrieval.sources.web.errors import BadResponse, CutOff, TooLarge
from tests.retrieval.sources.web.newsroom import gzip_bomb

ADDRESS = "https://example.org/"
LIMIT = 1_000_000


def raw_deflate(data: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-15)
    return stream.compress(data) + stream.flush()


def plain(data: bytes) -> bytes:
    return data


ENCODINGS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "none": ("", plain),
    "identity": ("Identity", plain),
    "no encoding, though the header has one": ("UTF-8", plain),
    "gzip": ("gzip", gzip.compress),
    "gzip by its old name": ("x-gzip", gzip.compress),
    "deflate": ("deflate", zlib.compress),
    "deflate without zlib's frame": ("deflate", raw_deflate),
    "brotli": (" br ", brotli.compress),
}


def read(data: bytes, encoding: str, limit: int = LIMIT, step: int = 1000) -> bytes:
    body = Body(ADDRESS, encoding, limit)
    for start in range(0, len(data), step):
        body.feed(data[start : start + step])
    return body.finish()


@pytest.mark.parametrize(("encoding", "compress"), ENCODINGS.values(), ids=ENCODINGS)
@given(data=st.binary(max_size=3000), step=st.integers(1, 500))
def test_a_body_is_read_back_however_it_arrives(
    encoding: str, compress: Callable[[bytes], bytes], data: bytes, step: int
) -> None:
    assert read(compress(data), encoding, step=step) == data


@pytest.mark.parametrize(("encoding", "compress"), ENCODINGS.values(), ids=ENCODINGS)
def test_a_body_may_be_as_large_as_the_limit_and_no_larger(
    encoding: str, compress: Callable[[bytes], bytes]
) -> None:
    data = bytes(range(250)) * 400
    assert read(compress(data), encoding, limit=len(data)) == data
    with pytest.raises(TooLarge, match=r"it is larger than 0\.099999 MB"):
        read(compress(data), encoding, limit=len(data) - 1)


@pytest.mark.parametrize(
    "bomb",
    [
        ("gzip", gzip_bomb(30_000_000)),
        ("deflate", zlib.compress(bytes(30_000_000))),
        ("br", brotli.compress(bytes(30_000_000), quality=1)),
    ],
    ids=lambda bomb: bomb[0],
)
def test_a_bomb_is_not_unpacked(bomb: tuple[str, bytes]) -> None:
    encoding, data = bomb
    assert len(data) < 40_000
    tracemalloc.start()
    try:
        with pytest.raises(TooLarge):
            read(data, encoding, limit=100_000, step=len(data))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 3_000_000


@pytest.mark.parametrize(("encoding", "compress"), ENCODINGS.values(), ids=ENCODINGS)
def test_a_body_that_may_be_cut_is_cut_at_the_limit(
    encoding: str, compress: Callable[[bytes], bytes]
) -> None:
    data = bytes(range(250)) * 40
    body = Body(ADDRESS, encoding, 100, cut=True)
    body.feed(compress(data))
    assert body.full
    assert body.finish() == data[:100]


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br"])
def test_a_compressed_body_without_its_end_is_cut_off(encoding: str) -> None:
    _, compress = ENCODINGS["brotli" if encoding == "br" else encoding]
    data = compress(bytes(range(250)) * 40)
    for end in (1, len(data) // 2, len(data) - 1):
        with pytest.raises(CutOff):
            read(data[:end], encoding)


@pytest.mark.parametrize("encoding", ["", "gzip", "deflate", "br"])
def test_an_empty_body_is_empty(encoding: str) -> None:
    assert read(b"", encoding) == b""


def test_a_body_that_says_gzip_and_is_not_compressed_is_read_as_it_is() -> None:
    assert read(b"<h1>Fares Frozen</h1>", "gzip") == b"<h1>Fares Frozen</h1>"


def test_what_follows_the_end_is_ignored() -> None:
    assert read(gzip.compress(b"fares") + b"\0" * 50, "gzip") == b"fares"


@pytest.mark.parametrize(
    ("encoding", "data"),
    [
        ("gzip", b"\x1f\x8b\x08" + b"\xff" * 40),
        ("deflate", b"<h1>Fares Frozen</h1>"),
        ("br", b"<h1>Fares Frozen</h1>"),
    ],
)
def test_a_damaged_body_is_told(encoding: str, data: bytes) -> None:
    with pytest.raises(BadResponse, match=f"it is not {encoding}"):
        read(data, encoding)


@pytest.mark.parametrize("encoding", ["zstd", "compress", "gzip, gzip", "x" * 100_000])
def test_an_encoding_that_was_not_asked_for_is_told(encoding: str) -> None:
    with pytest.raises(BadResponse, match="was not asked for") as caught:
        Body(ADDRESS, encoding, LIMIT)
    assert len(str(caught.value)) < 300


@given(
    st.sampled_from(["", "gzip", "deflate", "br"]),
    st.lists(st.binary(max_size=60), max_size=6),
    st.integers(1, 50),
    st.booleans(),
)
def test_any_bytes_are_a_body_within_the_limit_or_an_error(
    encoding: str, pieces: list[bytes], limit: int, cut: bool
) -> None:
    body = Body(ADDRESS, encoding, limit, cut=cut)
    try:
        for piece in pieces:
            body.feed(piece)
        assert len(body.finish()) <= limit
    except (BadResponse, CutOff):
        pass
    except TooLarge:
        if cut:
            raise
