"""The texts between quotation marks in a question, which a passage must contain as they are."""

import re

from retrieval.text.tokens import words

# Quotation marks of any kind, which people mix: a phone closes with ” what a straight mark opened.
# A mark that touches a word from the wrong side is none (5" pipes), and ” and » open only a word.
_MARKS = '“”"＂„‟«»'
_QUOTED = re.compile(
    rf"(?:(?<!\w)[“\"＂„‟«]|(?<!\w)[”»](?=\w))(?P<phrase>[^{_MARKS}]*)(?:[”»]|[“\"＂‟«](?!\w))"
)
_MARK = re.compile(rf"(?<!\d)[{_MARKS}]")  # not that of inches
_SHORTEST_PHRASE = 2  # letters and digits
_MAX_PHRASES = 8  # that are looked for: no paragraph has so many


def quoted_phrases(text: str) -> tuple[str, ...]:
    """The first eight distinct texts between double quotation marks of any kind, also mixed.

    An unpaired mark quotes nothing; nor do marks around fewer than two letters or digits.
    """
    return tuple(_phrases(text)[:_MAX_PHRASES])


def unused_phrases(text: str) -> int:
    """How many more such texts there are."""
    return max(len(_phrases(text)) - _MAX_PHRASES, 0)


def has_unread_marks(text: str) -> bool:
    """Whether a text has double quotation marks that no phrase is read between."""
    rest = _QUOTED.sub(lambda match: "" if _is_phrase(match["phrase"]) else match.group(), text)
    return _MARK.search(rest) is not None


def without_quotations(text: str) -> str:
    """The text with each letter and digit of its quoted phrases as an "x"; as long as before."""
    return _QUOTED.sub(lambda match: re.sub(r"\w", "x", match.group()), text)


def _phrases(text: str) -> list[str]:
    found = (match["phrase"].strip() for match in _QUOTED.finditer(text))
    return [*dict.fromkeys(each for each in found if _is_phrase(each))]


def _is_phrase(text: str) -> bool:
    return len("".join(words(text))) >= _SHORTEST_PHRASE
