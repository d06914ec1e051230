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


def quoted_phrases(text: str) -> tuple[str, ...]:
    """The distinct texts between double quotation marks of any kind, also mixed, in order.

    An unpaired mark quotes nothing; nor do marks around fewer than two letters or digits.
    """
    found = (match["phrase"].strip() for match in _QUOTED.finditer(text))
    return tuple(dict.fromkeys(each for each in found if _is_phrase(each)))


def has_unread_marks(text: str) -> bool:
    """Whether a text has double quotation marks that `quoted_phrases` reads no phrase between."""
    rest = _QUOTED.sub(lambda match: "" if _is_phrase(match["phrase"]) else match.group(), text)
    return _MARK.search(rest) is not None


def without_quotations(text: str) -> str:
    """The text with each letter and digit of its quoted phrases as an "x"; as long as before."""
    return _QUOTED.sub(lambda match: re.sub(r"\w", "x", match.group()), text)


def _is_phrase(text: str) -> bool:
    return len("".join(words(text))) >= _SHORTEST_PHRASE
