"""What a fragment replaces in the question before it: "and in 2025?", "what about Vale?".

A fragment names one thing, which takes the place of the thing of its kind that was named last: a
time that of a time, an amount that of an amount, "in Greenfield" that of "in Watsonville", a member
of the archive that of a member, another name that of another name. The rest of the question is
kept: a fragment is the ellipsis of that question with one part exchanged (M. Dalrymple, S. Shieber
and F. Pereira, "Ellipsis and higher-order unification", 1991). There is no parser; the kinds are
told by prepositions, capital letters and figures.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from retrieval.index.names import NameIndex
from retrieval.query.periods import read_period
from retrieval.query.time_tokens import language_of
from retrieval.query.time_vocabulary import ENGLISH
from retrieval.text.dates import MONTHS
from retrieval.text.tokens import STOP_WORDS, content_words

Span = tuple[int, int]
"""The start and end of a part of a text, in characters."""

_YEAR_DIGITS = r"(?:19|20)[0-9]{2}"
_MONTH = rf"(?:{'|'.join(sorted(MONTHS, key=len, reverse=True))})\b\.?"
# Where no period is read, a year or a month still names a time: "the class of 2028", "in May".
_TIME = re.compile(
    rf"(?<![\w$€£.,/–-])(?:{_MONTH}(?: [0-9]{{1,2}})?(?:,? {_YEAR_DIGITS})?|{_YEAR_DIGITS})"
    r"(?![\w%–/-]|[.,][0-9])",
    re.IGNORECASE,
)
# "the year before", after a question that has a year.
_ANOTHER_YEAR = re.compile(
    r"(?:in |the |en |el )*(?:(?P<back>(?:previous|preceding|prior) year|(?:a )?year (?:before"
    r"|earlier)|a[nñ]o (?:anterior|previo))|(?:following|next) year|(?:a )?year (?:after|later)"
    r"|a[nñ]o siguiente)",
    re.IGNORECASE,
)
_BARE_MONTH = re.compile(_MONTH, re.IGNORECASE)
_ALSO_VERBS = frozenset(("may", "march"))  # months only with a capital letter
_YEAR = re.compile(rf"\b{_YEAR_DIGITS}\b")
_BEFORE_TIME = (
    r"(?:in|on|since|from|during|until|till|before|after|by|en|desde|hasta)\s+(?:the\s+)?"
)
_BEGINS_BEFORE_TIME = re.compile(rf"{_BEFORE_TIME}(?=\S)", re.IGNORECASE)
# Times that take no preposition in the place of "in 2024".
_WITHOUT_PREPOSITION = re.compile(
    r"(?:between|this|last|the (?:past|last)|today|yesterday|el|la|este|esta|hace|ayer|hoy)\b", re.I
)
_TIME_IN_ENGLISH = {"en": "in", "desde": "since", "hasta": "until"}
_ENDS_BEFORE_TIME = re.compile(rf"\b{_BEFORE_TIME}$", re.IGNORECASE)

_NUMBER = r"[0-9][0-9.,]{0,30}"  # without an end, "9,9,9,…" would be read from each 9 on
_AMOUNT = re.compile(
    rf"[$€£]\s?{_NUMBER}(?:\s?(?:thousand|million|billion|[kmb]n?)\b)?"
    rf"|\b{_NUMBER}\s?(?:%|percent\b|(?:thousand|million|billion)\b)",
    re.IGNORECASE,
)

_PREPOSITIONS = (
    "about|against|at|before|behind|between|by|during|for|from|in|into|near|of|off|on|over|to"
    "|toward|towards|under|with|without"
)
_IN_ENGLISH = {"en": "in", "de": "of", "del": "of", "con": "with", "para": "for", "sobre": "about"}
_PREPOSITION = re.compile(rf"(?P<word>{_PREPOSITIONS}|{'|'.join(_IN_ENGLISH)})\s+(?=\S)", re.I)
_AUXILIARIES = "is|are|was|were|be|do|does|did|has|have|had|will|would|can|could|should"
# What belongs to the subject of a question: "for its bike path".
_OWNED = re.compile(
    rf"\s+(?:{_PREPOSITIONS})\s+(?:its|his|her|their|su|sus)\s+[\w’' -]+?(?=\s*(?:[?!.,;]|$))",
    re.IGNORECASE,
)
_OWNER = re.compile(r"(?:its|his|her|their|su|sus)\s", re.IGNORECASE)
_DETERMINER = re.compile(r"(?:the|a|an|el|la|los|las)\s+", re.IGNORECASE)
_ARTICLE_BEFORE = re.compile(r"\b(?:the|a|an)\s+$", re.IGNORECASE)
_PLACE_BEFORE = re.compile(r"\b(?:in|at|near)\s+(?:the\s+)?$", re.IGNORECASE)
_PLACE_BETWEEN = re.compile(r"\s+(?:in|at|near)\s+(?:the\s+)?", re.IGNORECASE)

# A run of words with capital letters: "817th Engineer Company", "Edward D. Johnson".
_CAPITAL = r"[A-Z][\w&’'-]*\.?(?:[A-Z]\.)*"
_NAME = re.compile(
    rf"(?:\b[0-9]+(?:st|nd|rd|th)\s+)?\b{_CAPITAL}"
    rf"(?:\s+(?:(?:of|of the|for the|de|del|&)\s+)?(?:{_CAPITAL}|[0-9]+(?:st|nd|rd|th)?\b))*"
)
_POSSESSIVE = re.compile(r"['’]s?$")
_LOWER_CASE_WORD = re.compile(r"\b[a-z][\w-]+")
_NOT_NAMES = STOP_WORDS | frozenset("whats whos please list name show give find explain".split())

# The words after a name up to the end of its phrase: "Salinas *soccer complex*".
_NOUNS = re.compile(
    rf"(?:\s+(?!(?:{_PREPOSITIONS}|{_AUXILIARIES}|and|or|that|which|who|when)\b)[a-z][\w-]*)+"
)
_MAX_NOUNS = 3
_MAX_NAME = 3  # words
# "How much did *the old ferry* cost?": between an auxiliary and the verb.
_SUBJECT = re.compile(
    rf"\b(?:{_AUXILIARIES})\s+(?P<phrase>(?:the|a|an|this|that)\s+\w[\w-]*(?:\s+\w[\w-]*){{0,4}}?)"
    rf"\s+[a-z]+(?=\s*(?:[?!.,;]|$)|\s+(?:{_PREPOSITIONS})\b)"
)
# "What did Quill say about *the old ferry*?": after the last preposition.
_OBJECT = re.compile(
    r"\b(?:about|against|for|from|of|on|over|to|with)\s+"
    rf"(?P<phrase>(?!(?:{_PREPOSITIONS})\b)\w[\w’'-]*"
    rf"(?:\s+(?!(?:{_PREPOSITIONS}|and|or|that|which|who|when)\b)\w[\w’'-]*){{0,4}})(?=\s*[?!.]*$)"
)
_PHRASE_END = re.compile(
    rf"\s*(?:[?!,;:.](?!\w)|\s(?:{_PREPOSITIONS}|{_AUXILIARIES}|and|or|but|that|which|who|when"
    r"|where|get|got|say|said)\b|$)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Name:
    """Where a question has a name, and whether a member or newsroom of the archive bears it."""

    start: int
    end: int
    known: bool


def substituted(previous: str, fragment: str, names: NameIndex, today: date) -> str | None:
    """The previous question with what a fragment names in the place of its like.

    Args:
        previous: a question.
        fragment: what follows it, without "and" or "what about".
        names: the members and newsrooms that may be named.
        today: the day from which "last month" is reckoned.

    Returns:
        The question; None if it has nothing that the fragment might replace.
    """
    question, new = previous.strip(), fragment.strip("¿¡?!.,;: ")
    if (another := _ANOTHER_YEAR.fullmatch(new)) and (year := _YEAR.search(question)):
        number = int(year.group()) + (-1 if another["back"] else 1)
        return f"{question[: year.start()]}{number}{question[year.end() :]}"
    named = _time(new, today)
    if named is None:
        return _exchanged(question, new, names, _time(question, today))
    question = _at_time(question, new[slice(*named)], today)
    rest = " ".join(f"{new[: named[0]]} {new[named[1] :]}".split()).strip(" ,;:?!")
    if {*content_words(rest)} <= {*content_words(question)}:  # nothing, or "for the class of"
        return question
    return _exchanged(question, rest, names, _time(question, today)) or f"{question} {rest}?"


def without_what_is_owned(question: str) -> str:
    """The question without a phrase like "for its bike path"."""
    return _OWNED.sub("", question, count=1)


def _exchanged(question: str, new: str, names: NameIndex, time: Span | None) -> str | None:
    """The question with ``new``, which is no time, in the place of its like."""
    if amount := _AMOUNT.search(new):
        amounts = [each.span() for each in _AMOUNT.finditer(question)]
        if amounts:
            return _put(question, amounts[-1], amount.group())
    preposition = _PREPOSITION.match(new)
    word = preposition["word"].lower() if preposition else ""
    new = new[preposition.end() :] if preposition else new
    if preposition and (
        old := _phrase_after(question, word, time)
        or _phrase_after(question, _IN_ENGLISH.get(word, word), time)
    ):
        return _put(question, old, new)
    if old := _like(question, new, names, time):
        return _put(question, old, new)
    if preposition and word not in _IN_ENGLISH:
        return f"{question.rstrip(' ?!.')} {word} {new}?"
    return None


def _put(question: str, old: Span, new: str) -> str:
    before, after = question[: old[0]], question[old[1] :]
    if _ARTICLE_BEFORE.search(before):
        new = _DETERMINER.sub("", new, count=1) if _DETERMINER.match(new) else new
    return before + new + after


def _at_time(question: str, new: str, today: date) -> str:
    """The question with another time."""
    old = _time(question, today)
    after = _BEGINS_BEFORE_TIME.match(new)
    word, _, rest = new.partition(" ")
    if word.lower() in _TIME_IN_ENGLISH and language_of(question) is ENGLISH:
        new = f"{_TIME_IN_ENGLISH[word.lower()]} {rest}"
        after = _BEGINS_BEFORE_TIME.match(new)
    if old is None:
        words = new if after or not _TIME.fullmatch(new) else f"in {new}"
        return f"{question.rstrip(' ?!.')} {words}?"
    start, end = old
    before = _BEGINS_BEFORE_TIME.match(question[start:end])
    if not (before and after and before.group().lower() != after.group().lower()):
        # "in 2024" for "in 2023", and "2024" for the year of "the 2023 storms".
        start += before.end() if before and not _WITHOUT_PREPOSITION.match(new) else 0
        new = new[after.end() :] if after else new
    year = _YEAR.search(question[start:end])
    if year and _BARE_MONTH.fullmatch(new):
        new = f"{new} {year.group()}"
    return question[:start] + new + question[end:]


def _time(text: str, today: date) -> Span | None:
    """Where a text names a time, its preposition included; the last one of several."""
    period = read_period(text, today)
    named = text.find(period.words) if period else -1
    if period and named >= 0:
        start, end = named, named + len(period.words)
    else:
        found = [
            each.span() for each in _TIME.finditer(text) if not _is_in_name(text, *each.span())
        ]
        if not found:
            return None
        start, end = found[-1]
    lead = _ENDS_BEFORE_TIME.search(text[:start])
    return (lead.start() if lead else start), end


def _is_in_name(text: str, start: int, end: int) -> bool:
    """Whether a month without a year is another word or a part of a name: "April Perry"."""
    if any(letter.isdigit() for letter in text[start:end]):
        return False
    if text[start:end].lower() in _ALSO_VERBS and not text[start].isupper():
        return True
    return re.match(r"(?:['’]s)? [A-Z]", text[end:]) is not None


def _phrase_after(question: str, preposition: str, time: Span | None) -> Span | None:
    """The last phrase after a preposition that is no time."""
    for match in reversed([*re.finditer(rf"\b{preposition}\s+", question, re.IGNORECASE)]):
        start = match.end()
        if time and time[0] <= start < time[1]:
            continue
        determiner = _DETERMINER.match(question, start)
        name = _NAME.match(question, determiner.end() if determiner else start)
        ending = _PHRASE_END.search(question, name.end() if name else start)
        assert ending  # at the latest the end of the text
        end = ending.start()
        if time and start < time[0] < end:
            end = time[0]
        phrase = question[start:end].rstrip()
        if phrase:
            return start, start + len(phrase)
    return None


def _like(question: str, new: str, names: NameIndex, time: Span | None) -> Span | None:
    """What ``new`` is the like of: a name for a name, a common noun for the last noun phrase."""
    known = bool(names.found_in(new))
    if not known and _NAME.search(new) is None:
        match = _OBJECT.search(question) or _SUBJECT.search(question)
        if match and not _OWNER.match(match["phrase"]):
            return None if _overlap(match.span("phrase"), time) else match.span("phrase")
        if _DETERMINER.match(new) or len(new.split()) > _MAX_NAME:
            return None  # otherwise it may be a name in small letters
    found = sorted(_names(question, names, time), key=lambda name: name.start)
    alike = [name for name in found if name.known == known]
    if not (known or alike) and (about := _phrase_after(question, "about", time)):
        return about  # who is no member is spoken of
    alike = alike or found
    if not alike:
        return None
    # What is named after "in" only says where something else is.
    things = [each for each in alike if not _PLACE_BEFORE.search(question[: each.start])]
    chosen = (things or alike)[-1]
    start, end = chosen.start, chosen.end
    for place in found:
        if place.start > end and _PLACE_BETWEEN.fullmatch(question[end : place.start]):
            end = place.end  # "Century View in Bismarck" is one thing
    determiner = _DETERMINER.match(new)
    article = _ARTICLE_BEFORE.search(question[:start])
    if determiner or re.search(r"\s[a-z]", new):
        # "the Watsonville veterans hall" replaces "the Salinas soccer complex", not "Salinas".
        end = _end_of_nouns(question, start, end)
    # "Vale" replaces "the Ferry Act", but "the North Pier airport" keeps its article.
    if article and (determiner or not _NOUNS.match(question, end)):
        start = article.start()
    return start, end


def _end_of_nouns(question: str, start: int, end: int) -> int:
    """The end of the phrase that a name from ``start`` to ``end`` belongs to."""
    match = _NOUNS.match(question, end)
    if match is None:
        return end
    nouns = match.group().split()
    if re.search(rf"\b(?:{_AUXILIARIES})\s+(?:the\s+)?$", question[:start], re.IGNORECASE):
        nouns.pop()  # the verb: "did the Salinas soccer complex cost"
    if not 0 < len(nouns) <= _MAX_NOUNS:
        return end
    last = question.find(nouns[-1], end + sum(map(len, nouns[:-1])))
    return last + len(nouns[-1])


def _names(question: str, names: NameIndex, time: Span | None) -> Iterator[_Name]:
    """The names in a question: runs of capital letters, and members in small letters."""
    for match in _NAME.finditer(question):
        start, end = match.span()
        first = match.group().split(maxsplit=1)
        if start == 0 and _is_no_name(first[0]):  # the question begins with it
            start = end if len(first) == 1 else match.group().index(first[1])
        if possessive := _POSSESSIVE.search(question[start:end]):
            end = start + possessive.start()
        text = question[start:end]
        if text and not _is_no_name(text) and not _overlap((start, end), time):
            # A word that is also a surname must not look like the beginning of a sentence.
            yield _Name(start, end, bool(names.found_in(f"- {text}")))
    for match in _LOWER_CASE_WORD.finditer(question):
        if not _is_no_name(match.group()) and names.found_in(match.group()):
            yield _Name(*match.span(), known=True)


def _is_no_name(word: str) -> bool:
    plain = word.lower().replace("’", "'").removesuffix("'s")
    return plain in _NOT_NAMES


def _overlap(span: Span, time: Span | None) -> bool:
    return time is not None and span[0] < time[1] and time[0] < span[1]
