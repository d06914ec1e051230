"""Texts, words and terms as PostgreSQL can have them.

A text is read as it was written. A word or a term is only compared, with others that were stored in
the same way.
"""

import hashlib
import re
from collections.abc import Iterable

# PostgreSQL refuses NUL and lone surrogates. The mark and the digits that follow it are
# noncharacters, which no text should have, so that nobody who searches for digits finds these.
_MARK = "\ufdd0"
_ZERO = 0xFDE0
_REFUSED = re.compile("[\0\ud800-\udfff\ufdd0\ufde0-\ufdef]")
_STORED = re.compile(f"{_MARK}([\ufde0-\ufdef]{{4}})")
_PLAIN = re.compile(r"[a-z]+")
_CODED, _HASHED = "x0", "x1"
_LONGEST = 255  # an index refuses entries of over 2,700 bytes


def stored_text(text: str) -> str:
    """A text as it is stored."""
    return _REFUSED.sub(lambda match: _MARK + _digits(ord(match.group())), text)


def read_text(stored: str) -> str:
    """The text that `stored_text` stored."""
    if _MARK not in stored:
        return stored
    return _STORED.sub(lambda match: chr(_number(match.group(1))), stored)


def stored_word(word: str) -> str:
    """A word or a term as it is stored: in letters and digits, so that every parser leaves it one.

    Words of the letters a to z are stored as they are, others as "x0" and their UTF-8 in hex. Of
    very long ones, only "x1" and a hash are stored.
    """
    coded = word.encode("utf-8", "surrogatepass")
    if len(coded) <= _LONGEST and _PLAIN.fullmatch(word):
        return word
    if len(_CODED) + 2 * len(coded) <= _LONGEST:
        return _CODED + coded.hex()
    return _HASHED + hashlib.sha256(coded).hexdigest()


def stored_words(words: Iterable[str]) -> str:
    """Words in order, as one text."""
    return " ".join(map(stored_word, words))


def _digits(code: int) -> str:
    return "".join(chr(_ZERO + int(digit, 16)) for digit in f"{code:04x}")


def _number(digits: str) -> int:
    return int("".join(f"{ord(digit) - _ZERO:x}" for digit in digits), 16)
