"""Inputs made of good ones, each the same whenever it is asked for by its number."""

import json
import random
from collections.abc import Sequence
from itertools import islice
from typing import Any
from xml.etree import ElementTree

MAX_LENGTH = 20_000  # bytes of an input: what breaks a reader seldom needs more

_MAX_ELEMENTS = 5_000  # of a tree that is made larger

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


# What a value in JSON, or in a column, may be instead.
ODD_VALUES: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    7,
    2**31,
    2**63 - 1,
    -(2**63),
    10**30,
    1e308,
    float("inf"),
    float("nan"),
    0.5,
    "",
    " ",
    "a",
    "7",
    "2024-03-18",
    "2024-03-18T10:00:00",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "../../outside",
    "\x00",
    "\ud83d",
    "a" * 5000,
    [],
    [None],
    [[]],
    ["a", 1],
    {},
    {"a": None},
    {"channels": "all"},
)


def mutated(seeds: Sequence[bytes], name: str, number: int) -> bytes:
    """The input with a number: one of the ``seeds``, changed in one to eight places."""
    picked = random.Random(f"{name}:{number}")
    data = bytearray(picked.choice(seeds)[:MAX_LENGTH])
    for _ in range(picked.randint(1, 8)):
        _mutate(data, seeds, picked)
    return bytes(data[:MAX_LENGTH])


def mutated_values(seeds: Sequence[bytes], name: str, number: int) -> bytes:
    """One of the ``seeds``, which are JSON, with other values, or changed as `mutated` does."""
    picked = random.Random(f"{name}:{number}")
    if picked.randrange(2):
        return mutated(seeds, name, number)
    return mutated_json(picked.choice(seeds), picked)


def mutate_bytes(
    data: bytes, seeds: Sequence[bytes], picked: random.Random, most: int = 8
) -> bytes:
    """Bytes of any length, changed in one to so many places."""
    changed = bytearray(data)
    for _ in range(picked.randint(1, most)):
        _mutate(changed, seeds, picked)
    return bytes(changed)


def mutated_json(data: bytes, picked: random.Random) -> bytes:
    """JSON in which one to three values are others, are gone, or stand elsewhere too."""
    value = json.loads(data)
    for _ in range(picked.randint(1, 3)):
        value = _with_another(value, picked)
    return json.dumps(value).encode()


def odd_json(picked: random.Random) -> str:
    """A text that is odd JSON, or none."""
    if picked.randrange(6) == 0:
        return picked.choice(("", "[", "{}}", "nul", "NaN", "[" * 100_000, '{"a":' * 9_000, "\x00"))
    return json.dumps(picked.choice(ODD_VALUES))


def mutate_tree(data: bytes, seeds: Sequence[bytes], picked: random.Random) -> bytes:
    """XML that is still XML, changed in one to eight places; other bytes as `mutate_bytes`."""
    try:
        root = ElementTree.fromstring(data)
    except ElementTree.ParseError:
        return mutate_bytes(data, seeds, picked)
    for _ in range(picked.randint(1, 8)):
        elements = list(islice(root.iter(), _MAX_ELEMENTS))
        if len(elements) == _MAX_ELEMENTS:
            break
        one, other = picked.choice(elements), picked.choice(elements)
        inside = list(one)
        match picked.randrange(7):
            case 0 if inside:
                one.remove(picked.choice(inside))
            case 1 if inside:
                one.extend(inside[:1] * picked.choice((1, 2, 20)))
            case 2:
                other.append(ElementTree.Element(one.tag, one.attrib))
            case 3:
                name = picked.choice((*one.attrib, "other"))
                one.set(name, picked.choice(("", "-1", "9" * 30, "a", "0", "../a", "İ", "#")))
            case 4:
                one.text = picked.choice(("", "31/31/2024", "e\u0301", "\u202e", "a" * 5000, " "))
            case 5:
                for _ in range(picked.choice((1, 3, 30, 900))):
                    wrapped = ElementTree.Element(one.tag, one.attrib)
                    wrapped.extend(list(one))
                    one[:] = [wrapped]
            case _:
                one.tag = other.tag
    try:
        return ElementTree.tostring(root)
    except RecursionError:
        return data


def _with_another(value: Any, picked: random.Random) -> Any:
    """A value in which another one stands at some place."""
    if isinstance(value, dict | list) and value and picked.randrange(6):
        keys = list(value) if isinstance(value, dict) else range(len(value))
        key = picked.choice(keys)
        changed = value.copy()
        match picked.randrange(8):
            case 0:
                del changed[key]
            case 1 if isinstance(changed, list):
                changed += [value[key]] * picked.choice((1, 30, 500))
            case 2 if isinstance(changed, dict):
                changed[picked.choice((*keys, "text", "date", "__class__", ""))] = value[key]
            case _:
                changed[key] = _with_another(value[key], picked)
        return changed
    return picked.choice(ODD_VALUES)


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
