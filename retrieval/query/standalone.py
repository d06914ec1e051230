"""Whether a question can be understood alone, or points at the one before it.

A question points back in one of two ways:

- It is a fragment: "and in 2025?", "what about Vale?", "how much?", "by whom?".
- It refers to something that it does not name: "who joined *her*?", "when was *that*?". A pronoun
  whose noun stands before it in the same question points at nothing else: "Will Harbor City keep
  *its* ferry?".

How it begins decides nothing: "And what did Quill say about the ferry?" stands alone.
"""

import re
from dataclasses import dataclass

from retrieval.text.tokens import content_words, words

_COURTESY = (
    r"(?:thanks?(?: you)?(?: (?:a lot|so much|very much))?|thx|hi|hello|hey|(?:hi|hello|hey) there"
    r"|good (?:morning|afternoon|evening)|great|cool|nice|perfect|got it|i see|lol|wow|really|yes"
    r"|yeah|no|please|bye|sorry|never ?mind|(?:muchas )?gracias|hola|buen[oa]s (?:d[ií]as|tardes)"
    r"|s[ií]|perfecto|adi[oó]s)"
    r"(?=\s*(?:[,.!?;:]|$)|\s+(?:and|what about|how about|y)\b)"
)
# What may be said before a follow-up, and before a question that is none.
_OPENING = re.compile(
    rf"\W*(?:{_COURTESY}[\s,.!?;:]*|(?:thanks|ok|okay)\b[\s,.!]*(?={_COURTESY}))*"
    r"(?:(?:and|but|or|so|also|ok|okay|then|now|y|e|pero|o)(?=[\s,?!]|$)[\s,]*)*"
    r"(?:(?:what|how) about\b|what of\b|same (?:question )?for\b"
    r"|(?:qu[eé] (?:hay|tal|pasa)|c[oó]mo) (?:de|del|con|sobre)\b)?[\s,:]*",
    re.IGNORECASE,
)
_AUXILIARY = (
    r"(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|shall|should|might|must)"
    r"(?:n['’]t)?|won['’]t|can['’]t"
)
_ASKS = re.compile(r"\b(?:who|whom|whose|what|when|where|why|how|which)\b", re.IGNORECASE)
_ASKS_IN_SPANISH = re.compile(
    r"\b(?:qui[eé]n(?:es)?|qu[eé]|cu[aá]ndo|d[oó]nde|c[oó]mo|cu[aá]l(?:es)?|cu[aá]nt[oa]s?)\b",
    re.IGNORECASE,
)
_COMMANDS = re.compile(
    rf"(?:(?:{_AUXILIARY})|(?:please )?(?:tell|show|give|list|find|name|explain))\b", re.IGNORECASE
)
_HAS_VERB = re.compile(rf"\b(?:{_AUXILIARY})\b|\w['’](?:s|re|d|ll)\b", re.IGNORECASE)
# "who owns the hall", which has no auxiliary; but not "how many flights a week" or "why now".
_SUBJECT_AND_VERB = re.compile(r"(?:who|(?:which|what) \w+) +\w", re.IGNORECASE)

# A capital letter within the question: a name, as far as can be told from the letters.
_NAME = re.compile(r"(?<=[^\W_]\s)[A-Z]|(?<=[,“\"(]\s)[A-Z]|(?<=[“\"(])[A-Z]|\b[A-Z]{2}")
_FIRST_WORD = re.compile(r"[A-Z][\w’'-]*\s")
_PERSON = re.compile(r"\b(?:he|him|his|she|her|hers|él|ella|ellos|ellas|su|sus)\b", re.IGNORECASE)
_THING = re.compile(r"\b(?:it|they|them|theirs)\b", re.IGNORECASE)
_POSSESSIVE = re.compile(r"\b(?:its|their)\b", re.IGNORECASE)
_POINTING = re.compile(
    r"\b(?:these|those|this(?! (?:year|month|week|spring|summer|autumn|fall|winter|morning)\b))\b"
    # "that" also joins clauses: "said that …", "the bill that …".
    r"|\b(?:about|of|for|in|on|with|by|to|from|after|before|behind|than|like|at|is|was|were|are|did"
    r"|does|do|will|would|and|or|but) that\b"
    r"|\bthat(?=\W*$|[,;]| (?:year|month|week|day|time|date|bill|act|law|letter|grant|money|program"
    r"|project|place|town|city|state|company|agency|hearing|vote|rule|ruling|decision|statement"
    r"|amount|deal|case|person|event|visit|trip|plan)\b)"
    r"|\b(?:who|whom|what|where|when|how|which|any(?:one|body|thing|where)) else\b(?=(?: \w+)?\W*$)"
    r"|\b(?:the same|more(?=\W*$)|others|another one|(?:the|that|this|which|other|new) ones?)\b"
    r"|\b(?:else|too|as well|instead|then|more recent(?:ly)?|newer|lately|later)(?=\W*$)"
    r"|\b(?:más|eso|esto|ese|esa)\b"
    r"|(?<!is )(?<!are )(?<!was )(?<!were )\bthere\b(?! (?:is|are|was|were|be|any)\b)",
    re.IGNORECASE,
)
# Where a clause begins that may speak of what was named before it.
_CLAUSE = re.compile(
    r"[,;:]|\b(?:and|but|or|when|if|because|since|after|before|while|that|which|who|whose|why|how)\b",
    re.IGNORECASE,
)

_MANY_WORDS = 7  # content words of a question that stands alone whatever it refers to
_FEW_WORDS = 2  # content words that name something


def is_courtesy(text: str) -> bool:
    """Whether a text asks nothing at all: "ok, thanks!", "hello"."""
    plain = " ".join(text.split())
    opening = _OPENING.match(plain)
    return opening is not None and not words(plain[opening.end() :])


@dataclass(frozen=True, slots=True)
class Utterance:
    """A question, as far as its words alone tell.

    Attributes:
        rest: the question without what only continues a conversation ("and", "what about", "¿y").
        fragment: whether the rest is no sentence, and something tells that it continues one.
        asks: whether it is put as a question.
        refers: whether it refers to something that it does not name.
        named: whether it has a name.
    """

    rest: str
    fragment: bool
    asks: bool
    refers: bool
    named: bool

    @property
    def own_words(self) -> int:
        """How many content words the rest has."""
        return len(content_words(self.rest))

    @property
    def stands_alone(self) -> bool:
        """Whether it can be understood without what was asked before."""
        if self.own_words >= _MANY_WORDS:
            return True
        if self.fragment or self.refers:
            return False
        return self.own_words >= _FEW_WORDS or (self.asks and self.named)  # "Who is Vale?"


def read_utterance(text: str) -> Utterance:
    """Read a question without anything that was asked before it."""
    plain = " ".join(text.split())
    opening = _OPENING.match(plain)
    assert opening  # each of its parts may be empty
    rest = plain[opening.end() :]
    continues = re.search(r"\w", opening.group()) is not None
    return Utterance(
        rest=rest,
        fragment=_is_fragment(rest, continues=continues),
        asks=_asks(rest),
        refers=_refers(rest),
        named=_NAME.search(rest) is not None,
    )


def _asks(text: str) -> bool:
    return any((_ASKS.search(text), _ASKS_IN_SPANISH.search(text), _COMMANDS.match(text)))


def _is_fragment(text: str, *, continues: bool) -> bool:
    """Whether a text is no sentence: "in 2025", "how much", "by whom".

    Keywords ("ferry fares 2026") are no sentence either, but continue nothing by themselves.
    """
    if _COMMANDS.match(text):
        return False
    asking = _ASKS.search(text) or _ASKS_IN_SPANISH.search(text)
    if asking is None:
        return continues
    if len(content_words(text[: asking.start()])) >= _FEW_WORDS:
        return False  # keywords, and what is asked about them
    after = text[asking.start() :]
    if _ASKS_IN_SPANISH.match(after):
        return len(after.split()) <= _FEW_WORDS
    return not (_HAS_VERB.search(after) or _SUBJECT_AND_VERB.match(after))


def _refers(text: str) -> bool:
    if _POINTING.search(text):
        return True
    # What the first pronoun may stand for precedes the later ones as well.
    person, thing, owner = (each.search(text) for each in (_PERSON, _THING, _POSSESSIVE))
    if person and not _has_name(text[: person.start()]):
        return True
    if thing and not _has_clause(text[: thing.start()]):
        return True
    before = text[: owner.start()] if owner else ""
    return owner is not None and not (_has_name(before) or _has_clause(before))


def _has_name(text: str) -> bool:
    if _NAME.search(text):
        return True
    first = _FIRST_WORD.match(text)  # "Quill and her bridge"
    return first is not None and not _asks(first.group()) and bool(content_words(first.group()))


def _has_clause(text: str) -> bool:
    """Whether a clause that names something ends in a text: "If the ferry stops, will"."""
    ends = [match.start() for match in _CLAUSE.finditer(text)]
    return bool(ends) and len(content_words(text[: ends[-1]])) >= _FEW_WORDS
