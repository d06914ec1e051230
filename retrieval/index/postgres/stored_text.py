"""Texts, words and terms as PostgreSQL can have them, so that each is read as it was written."""

import re
from collections.abc import Iterable

# PostgreSQL refuses NUL and lone surrogates. The mark is a noncharacter, which no text should have.
_MARK = "\ufdd0"
_REFUSED = re.compile("[\0\ud800-\udfff\ufdd0]")
_STORED = re.compile(f"{_MARK}([0-9a-f]{{4}})")
_CODED = "x0"
_PLAIN = re.compile(r"[a-z]+")


def stored_text(text: str) -> str:
    """A text as it is stored."""
    return _REFUSED.sub(lambda match: f"{_MARK}{ord(match.group()):04x}", text)


def read_text(stored: str) -> str:
    """The text that `stored_text` stored."""
    if _MARK not in stored:
        return stored
    return _STORED.sub(lambda match: chr(int(match.group(1), 16)), stored)


def stored_word(word: str) -> str:
    """A word or a term as it is stored: in letters and digits, so that every parser leaves it one.

    Words of the letters a to z are stored as they are; others as "x0" and their UTF-8 in hex.
    """
    if _PLAIN.fullmatch(word):
        return word
    return _CODED + word.encode("utf-8", "surrogatepass").hex()


def stored_words(words: Iterable[str]) -> str:
    """Words in order, as one text."""
    return " ".join(map(stored_word, words))


def read_word(stored: str) -> str:
    """The word that `stored_word` stored. Raises `ValueError` where it is none."""
    if not stored.startswith(_CODED):
        return stored
    return bytes.fromhex(stored[len(_CODED) :]).decode("utf-8", "surrogatepass")
