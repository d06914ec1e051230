"""Inputs made of good ones, each the same whenever it is asked for by its number."""

import random
from collections.abc import Sequence

MAX_LENGTH = 20_000  # bytes of an input: what breaks a reader seldom needs more

_PIECES = (
    b"\x00",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\r",
    b"\n\n",
    b"\t",
    b"---\n",
    b"+++\n",
    b"###",
    b"```",
    b"<",
    b"</p>",
    b"<br>",
    b"<table><tr><td>",
    b"<!--",
    b"]]>",
    b"<![CDATA[",
    b"&#x110000;",
    b"&amp",
    b"<script type='application/ld+json'>",
    b"<svg><style>",
    b"<template>",
    b"<base href='//['>",
    b'"',
    b"\\u",
    b"\\ud83d",
    b"{",
    b"[",
    b"}",
    b"]",
    b"null",
    b"1e999",
    b"-0",
    b"NaN",
    b"9" * 5000,
    b"Date: ",
    b'Content-Type: multipart/mixed; boundary=""\n',
    b"=?utf-8?b?",
    b"=\n",
    b"=ZZ",
    b"Content-Transfer-Encoding: base64\n",
    b"charset=utf-7",
    b"charset=idna",
    b"&a *a",
    b"!!python",
    b"0000-00-00",
    b"9999-12-31",
    b"31/31/2024",
    b"February 30, 2024",
    b"2024-03-18T25:61:00+99:99",
    b"https://[",
    b"http://a:99999/",
    b"https://\xe2\x84\xa1",
    b"//",
    b":",
    b"%",
    b"%zz",
    b"v1:",
    "\u202e".encode(),
    "\u2028".encode(),
    "e\u0301".encode(),
    "\ufeff".encode(),
    "İ".encode(),
)


def mutated(seeds: Sequence[bytes], name: str, number: int) -> bytes:
    """The input with a number: one of the ``seeds``, changed in one to eight places."""
    picked = random.Random(f"{name}:{number}")
    data = bytearray(picked.choice(seeds)[:MAX_LENGTH])
    for _ in range(picked.randint(1, 8)):
        _mutate(data, seeds, picked)
    return bytes(data[:MAX_LENGTH])


def _mutate(data: bytearray, seeds: Sequence[bytes], picked: random.Random) -> None:
    """Change one place."""
    start = picked.randint(0, len(data))
    end = min(len(data), start + picked.choice((1, 2, 8, 40, 300)))
    match picked.randrange(7):
        case 0 if start < len(data):
            data[start] ^= 1 << picked.randrange(8)
        case 1:
            del data[start:end]
        case 2:
            data[start:start] = picked.choice(_PIECES)
        case 3:
            data[start:start] = data[start:end] * picked.choice((1, 2, 50))
        case 4:
            data[start:start] = picked.choice(_PIECES) * picked.choice((2, 30, 1000))
        case 5:
            other = picked.choice(seeds)
            cut = picked.randint(0, len(other))
            data[start:end] = other[cut : cut + picked.choice((5, 100, 2000))]
        case _:
            del data[start:]
            data += picked.randbytes(picked.choice((0, 1, 4)))
