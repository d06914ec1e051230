"""Tokenize text into the terms of lexical search: folded, without stop words, stemmed.

The stemmer is Snowball's for English (Porter 2), which leaves numbers and most names unchanged.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

# A number with its separators, or a run of letters and digits with inner apostrophes or ampersands.
_WORD = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+(?:['’&][^\W_]+)*")
# The number of a bill in any of its spellings: "H.R. 1234", "HR1234", "S. 50", "S.J.Res. 7". The
# check that it begins a word comes after its first letter, so that the search skips to those.
_BILL = re.compile(
    r"([hs](?<![\w.'].)(?:(?<=h)\.?\s?r\.?|\.?(?:\s?(?:j\.?|con\.?))?\s?res\.?|(?<=s)\.?))"
    r"\s?(\d{1,5})(?![\w,.]*\d)",
)
_RAISED = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_COMBINING = re.compile(r"[\u0300-\u036f]")

STOP_WORDS = frozenset(
    """a about all also am an and any are as at be because been being but by can could did do does
    doing done for from get go going had has have he her here him his how i if in into is it its
    just let may me more most my no not now of on or our out over own she should so some such tell
    than that the their them then there these they this those to too us was we were what when where
    which who whom whose why will with would you your""".split()
)


def folded(text: str) -> str:
    """Return ``text`` for comparison: case-folded, without accents, with straight apostrophes.

    Raised figures become spaces: "$42¹ million" is 42, not 421.
    """
    text = text if text.isascii() else _RAISED.sub(" ", text)
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return _COMBINING.sub("", decomposed).replace("’", "'")


def words(text: str) -> list[str]:
    """Return the words of ``text`` in order, folded, without possessive endings.

    The number of a bill gives two words: "H.R. 1234" is "hr1234" and "1234".
    """
    plain = _BILL.sub(_bill_words, folded(text))
    # Few words have either mark, and testing for it is faster than replacing it.
    return [
        word.removesuffix("'s").replace(",", "") if "'" in word or "," in word else word
        for word in _WORD.findall(plain)
    ]


def _bill_words(match: re.Match[str]) -> str:
    """Return the two words of a bill's number."""
    prefix = re.sub(r"\W", "", match.group(1))
    return f"{prefix}{match.group(2)} {match.group(2)}"


def content_words(text: str) -> list[str]:
    """Return the words of ``text`` that are not stop words, in order, unstemmed."""
    return [word for word in words(text) if word not in STOP_WORDS]


def terms(text: str) -> list[str]:
    """Return the stems of the content words of ``text``, in order, with repeats."""
    return stems(content_words(text))


def terms_of_many(texts: Iterable[str]) -> Iterator[list[str]]:
    """Yield the `terms` of each text, stemming each distinct word once."""
    known: dict[str, str] = {}
    for text in texts:
        content = content_words(text)
        new = [word for word in dict.fromkeys(content) if word not in known]
        known.update(zip(new, stems(new), strict=True))
        yield [known[word] for word in content]


def stems(content: Iterable[str]) -> list[str]:
    """Return the stem of each word of ``content``."""
    import Stemmer  # not needed by every command

    # A stemmer has state, so threads must not share one.
    stemmed: list[str] = Stemmer.Stemmer("english").stemWords(list(content))
    return stemmed
