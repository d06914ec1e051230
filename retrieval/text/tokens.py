"""Text to the terms that lexical search compares: folded, without stop words, stemmed.

Stems are those of Snowball's English stemmer (Porter 2), which leaves numbers and most names alone.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

# A number with its separators, or a run of letters and digits with inner apostrophes or ampersands.
_WORD = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+(?:['’&][^\W_]+)*")
# "H.R. 1234", "HR1234", "S. 50", "S.J.Res. 7": a bill's number, however it is set. That it begins a
# word is asked after its first letter, so that a search can skip to these.
_BILL = re.compile(
    r"([hs](?<![\w.'].)(?:(?<=h)\.?\s?r\.?|\.?(?:\s?(?:j\.?|con\.?))?\s?res\.?|(?<=s)\.?))"
    r"\s?(\d{1,5})(?![\w,.]*\d)",
)
_COMBINING = re.compile(r"[\u0300-\u036f]")

STOP_WORDS = frozenset(
    """a about all also am an and any are as at be because been being but by can could did do does
    doing done for from get go going had has have he her here him his how i if in into is it its
    just let may me more most my no not now of on or our out over own she should so some such tell
    than that the their them then there these they this those to too us was we were what when where
    which who whom whose why will with would you your""".split()
)


def folded(text: str) -> str:
    """A text as it is compared: without case, accents, and the difference of apostrophes."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return _COMBINING.sub("", decomposed).replace("’", "'")


def words(text: str) -> list[str]:
    """The words of a text, folded, in order; the number of a bill is one word and its figures."""
    plain = _BILL.sub(_bill_words, folded(text))
    # Few words have either mark, and to look for one is faster than to take it away.
    return [
        word.removesuffix("'s").replace(",", "") if "'" in word or "," in word else word
        for word in _WORD.findall(plain)
    ]


def _bill_words(match: re.Match[str]) -> str:
    kind = re.sub(r"\W", "", match.group(1))
    return f"{kind}{match.group(2)} {match.group(2)}"


def content_words(text: str) -> list[str]:
    """The words of a text that say what it is about: without stop words, unstemmed."""
    return [word for word in words(text) if word not in STOP_WORDS]


def terms(text: str) -> list[str]:
    """The stems of a text's content words, in order, repeats included."""
    return stems(content_words(text))


def terms_of_many(texts: Iterable[str]) -> Iterator[list[str]]:
    """The `terms` of one text after the other, each different word stemmed once."""
    known: dict[str, str] = {}
    for text in texts:
        content = content_words(text)
        new = [word for word in dict.fromkeys(content) if word not in known]
        known.update(zip(new, stems(new), strict=True))
        yield [known[word] for word in content]


def stems(content: Iterable[str]) -> list[str]:
    """The stem of each word."""
    import Stemmer  # a list of releases needs no stems

    # A stemmer keeps state while it runs, so threads must not share one.
    stemmed: list[str] = Stemmer.Stemmer("english").stemWords(list(content))
    return stemmed
