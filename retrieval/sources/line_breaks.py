"""The decision at one line break of a copied page: does the paragraph go on?

It is a sum of weights of what can be seen there: how the text before it ends, how the next line
begins, what comes after that, who speaks. Above 0 the paragraph goes on.

The weights are those of a logistic regression (Cox, "The regression analysis of binary sequences",
1958) over pages made from press releases of some 450 newsrooms by breaking their paragraphs at
what is usually a link or bold; ``tests/benchmarks/layout.py`` makes the pages, fits and measures.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from retrieval.text.lines import DASHES, ORDINAL


@dataclass(frozen=True, slots=True)
class LineBreak:
    """A line break, and the text around it.

    ``previous`` is the paragraph before this one, ``text`` this one so far (of ``count`` lines,
    the latest of which is ``last``), ``line`` the line that may go on with it, ``after`` the next.
    ``quotes_apart`` is whether this page breaks its lines at quotations.
    """

    previous: str
    text: str
    last: str
    count: int
    line: str
    after: str
    quotes_apart: bool = False


_STOP = re.compile(r"[.!?…][\"”’')\]]*$")
_COMMA_QUOTE = re.compile(r",[\"”’']+$")
_POSSESSIVE = re.compile(r"(?:[’']s|s[’'])$")
_SAYING = (
    r"(?:said|says|wrote|writes|added|adds|asked|continued|concluded|stated|explained|noted"
    r"|replied|responded|remarked|commented|declared|testified|argued|warned|told)"
)
_SAYS = re.compile(rf"(?:[\w.’',-]+ ){{0,8}}{_SAYING}\b", re.IGNORECASE)
_SPOKEN = re.compile(
    rf",[\"”’']+ (?:[\w.’',-]+ ){{0,8}}{_SAYING}\b[^“”\"]{{0,160}}[.]$", re.IGNORECASE
)
_ABOUT_TO_SPEAK = re.compile(rf"\b{_SAYING}\b[\w\s.’'-]{{0,60}}[:,]$", re.IGNORECASE)
_DAY = re.compile(
    r"(?:\w+day,? )?(?:(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? \d{1,2},? \d{4}"
    r"|\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4})",
    re.IGNORECASE,
)
_SALUTATION = re.compile(
    r"(?:Dear\b.{0,80}|To [A-Z].{0,60}"
    r"|(?:Mr\.|Madam|Mrs\.|Ms\.|Secretary|Director|Chair\w*|Senator)\s.{0,50})[,:]"
)
_FAREWELL = re.compile(
    r"(?:sincerely|respectfully|best|best regards|regards|very truly yours|yours truly|in service)"
    r"(?: yours| submitted)?[,.]?",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"\b(?:[A-Z]{2}|D\.C\.),? \d{5}\b|^(?:P\.?O\.? Box|Room|Suite) "
    r"|^\d+ .*(?:Street|St\.?|Avenue|Ave\.?|Road|Rd\.?|Blvd\.?|Boulevard|Lane|Drive|Way|Plaza"
    r"|Building|Pentagon|[NS]\.?[EW]\.?)(?:$|\W)|^\(?\d{3}\)?[ .-]\d{3}[.-]\d{4}$"
)
_HEADING = re.compile(
    r"(?:background(?: information)?|summary|quotes?|about|endorsements?|supporters|cosponsors"
    r"|key (?:provisions|points)|highlights|statements?|resolution|press conference|details"
    r"|(?-i:About(?: (?:the|[A-Z][\w.&’'-]*))+)"
    r"|what they.re saying|additional (?:information|background)|bill (?:text|summary)):?",
    re.IGNORECASE,
)
ITEM = re.compile(r"(?:[•●▪◦‣·*]|\(?(?:\d{1,2}|[a-zA-Z]|[ivx]{1,4})[.)])\s")
_BARE_BULLET = re.compile(r"(?:[•●▪◦‣·*]|\(?\d{1,2}[.)])")
_PERSONAL_TITLE = re.compile(
    r"(?:^|\W)(?:Mrs?|Ms|Drs?|Hon|Reps?|Sens?|Gov|Gen|Lt|Col|Sgt|Capt|Adm|Rev|Prof)\.$"
)
_ABBREVIATION = re.compile(r"(?:^|\W)(?:[A-Z]\.|No\.|vs?\.|St\.|Inc\.)$")
_DATELINE = re.compile(r"[\[(]?[A-Z][\w.’']*(?:[ ,]+[A-Z][\w.’']*){0,5}[\])]? ?(?:–|—|--|-)(?: |$)")
_END_MARK = re.compile(r"[-–—\s]*(?:#[\s#-]*|30|END)[-–—\s]*$")
_WEB = re.compile(r"https?://\S+$|www\.\S+$")
_HANDLE = re.compile(r"[—–-] .{0,60}\(@\w+\)$")  # how an embedded post is signed
_POST_END = re.compile(r"\(@\w+\)(?: \w{3,9} \d{1,2}, \d{4})?$")
_WORD = re.compile(r"[\w’'&-]+")
# Words that no paragraph ends with.
_BINDING = frozenset(
    "a an the this that these those its his her their our my your of to in on at by for from with "
    "without into onto over under about against between among during through after before since "
    "until as than and or but nor if when while where which who whom whose because although though "
    "is are was were be been being has have had will would can could may might must shall should "
    "do does did not also including via per toward towards within across along around behind upon "
    "amid despite following both each every".split()
)
_SMALL = frozenset("a an the of to in on at by for from with and or but as into over vs v".split())


def is_sentence_end(text: str) -> bool:
    """Whether ``text`` ends as a sentence does: with a stop, and maybe quotes or brackets."""
    return bool(_STOP.search(text))


def is_left_open(text: str) -> bool:
    """Whether ``text`` ends in the midst of a phrase: with "the", a possessive, a comma."""
    return _ending(text) in ("binding word", "possessive", "comma", "opening", "dash")


def quotes_apart(lines: Sequence[str]) -> bool:
    """Whether a page breaks its lines between quotations and who said them."""
    return any(_COMMA_QUOTE.search(line) and _SAYS.match(after) for line, after in pairwise(lines))


def weigh(line_break: LineBreak) -> float:
    """Return how strongly the paragraph goes on across ``seam``: above 0, it does."""
    return sum(WEIGHTS.get(sign, 0.0) for sign in signs(line_break))


def signs(line_break: LineBreak) -> Iterator[str]:
    """Yield the names of what can be seen at ``seam``, as ``WEIGHTS`` lists them."""
    end, start = _ending(line_break.text), _beginning(line_break.line)
    yield "always"
    yield f"ends: {end}"
    yield f"begins: {start}"
    yield from _signs_of_form(line_break, end)
    yield from _signs_of_shape(line_break, end)
    yield from _signs_ahead(line_break, end, start)
    yield from _signs_of_speech(line_break, end, start)


def _ending(text: str) -> str:
    """Return in what way ``text`` ends."""
    if _STOP.search(text):
        if _PERSONAL_TITLE.search(text):
            return "binding word"
        return "abbreviation" if _ABBREVIATION.search(text) else "stop"
    if _COMMA_QUOTE.search(text):
        return "comma and quote"
    last = text[-1]
    if last in ",:":
        return "comma" if last == "," else "colon"
    if last == ";" or text.endswith(("; and", "; or")):
        return "semicolon"
    if last in DASHES:
        return "dash"
    if last in "“‘([{$/":
        return "opening"
    if last in "”\"’')]":
        return "possessive" if _POSSESSIVE.search(text) else "closing"
    word = text.rsplit(" ", 1)[-1]
    if _SAYS.fullmatch(word):
        return "saying"
    if _POSSESSIVE.search(word):
        return "possessive"
    if word.lower() in _BINDING and (word.islower() or word in ("The", "A", "An", "In")):
        return "binding word"
    if word[0].isdigit():
        return "number"
    return "small word" if word[0].islower() else "capital"


def _beginning(line: str) -> str:
    """Return in what way ``line`` begins."""
    first = line[0]
    if first in ".,;:!?)]}”’":
        return "closing"
    if ITEM.match(line):
        return "item"
    if first.islower():
        return "small letter"
    if first in DASHES:
        return "dash"
    if first in "“\"‘'":
        return "quote"
    if first in "([":
        return "bracket"
    return "digit" if first.isdigit() else "capital"


def _signs_of_form(line_break: LineBreak, end: str) -> Iterator[str]:
    """Yield the parts of letters, lists and posts that stand on lines of their own."""
    text, line = line_break.text, line_break.line
    if _SALUTATION.fullmatch(text):
        yield "salutation"
    if _SALUTATION.fullmatch(line):
        yield "next: salutation"
    if _FAREWELL.fullmatch(text):
        yield "farewell"
    if _FAREWELL.fullmatch(line):
        yield "next: farewell"
    if _DAY.fullmatch(text):
        yield "date"
    if _DAY.fullmatch(line) and end not in ("binding word", "comma"):
        yield "next: date"
    if _words(line_break.last) <= 10 and _ADDRESS.search(line_break.last):
        yield "address"
    if _words(line) <= 10 and _ADDRESS.search(line):
        yield "next: address"
    if _HEADING.fullmatch(text):
        yield "heading"
    if _HEADING.fullmatch(line):
        yield "next: heading"
    if _BARE_BULLET.fullmatch(text):
        yield "bullet"
    if _DATELINE.fullmatch(text):
        yield "dateline"
    if ORDINAL.fullmatch(line_break.last):
        yield "ordinal"
    if _HANDLE.search(text) and _DAY.fullmatch(line):
        yield "next: date of a post"
    elif _POST_END.search(text):
        yield "post"
    if _DATELINE.match(line) and end not in ("binding word", "comma"):
        yield "next: dateline"
    if _END_MARK.match(line):
        yield "next: end mark"
    if _WEB.match(text):
        yield "web address"
    if _WEB.match(line):
        yield "next: web address"
    if line.startswith(("- ", "– ", "— ")) and line_break.after[:2] == line[:2]:
        yield "next: dash of a list"
    if text.startswith(("- ", "– ", "— ")) and text[:2] == line[:2]:
        yield "dash of a list"
    if (end in ("colon", "semicolon") and _ending(line) == "semicolon") or (
        end == "semicolon" and line_break.previous.endswith((";", ":"))
    ):
        yield "list of clauses"


def _signs_of_shape(line_break: LineBreak, end: str) -> Iterator[str]:
    """Yield what the length and the capitals of the paragraph so far show."""
    text, words = line_break.text, _words(line_break.text)
    unfinished = end not in ("stop", "colon", "semicolon")
    if line_break.count > 1:
        if unfinished:
            yield "inside"
            if _words(line_break.last) <= 6 and line_break.last[0].islower():
                yield "inside, after a run"
        elif end == "stop" and _beginning(line_break.line) == "capital":
            yield "inside, stopped"
    elif end == "colon" and words <= 6 and not text[0].islower() and not _HEADING.fullmatch(text):
        yield "label"
    elif end in ("small word", "capital", "number", "closing"):
        if _is_title(text):
            yield "name" if words <= 3 else "title" if words <= 12 else "long title"
        else:
            yield "few words" if words <= 6 else "some words" if words <= 14 else "many words"
        if line_break.previous.endswith((":", ";")):
            yield "in a list"
    if _is_in_quote(text):
        if unfinished:
            yield "quote is open"
        elif end == "stop" and _beginning(line_break.line) != "quote":
            yield "quote is open, stopped"  # another paragraph of it would begin with a mark
    if text.count("(") > text.count(")"):
        yield "bracket is open"


def _signs_ahead(line_break: LineBreak, end: str, start: str) -> Iterator[str]:
    """Yield what the line after the next one shows: whether the next is a link in a sentence."""
    if end in ("stop", "semicolon") and start == "small letter":
        yield f"{end}, then small letter"
    if not line_break.after:
        return
    next_end, next_start = _ending(line_break.line), _beginning(line_break.after)
    if next_end in ("stop", "colon", "semicolon"):
        return
    if next_start in ("small letter", "closing", "bracket") or next_end == "binding word":
        yield "next goes on"
        if end != "stop" and start == "capital":
            yield "next is a run"
    elif (
        start == next_start == "capital"
        and end == next_end == "capital"
        and _words(line_break.line) <= 8
    ):
        yield "capitals on end"


def _signs_of_speech(line_break: LineBreak, end: str, start: str) -> Iterator[str]:
    """Yield who speaks: a quotation, its attribution on a line of its own, and more of it."""
    if end == "comma and quote" and _SAYS.match(line_break.line):
        yield "attribution"
    if start != "quote":
        return
    if end == "colon":
        about_to_speak = bool(_ABOUT_TO_SPEAK.search(line_break.text))
        yield "about to speak" if about_to_speak else "colon, then quote"
        if about_to_speak and line_break.quotes_apart:
            yield "about to speak, quotes apart"
    elif end == "comma":
        yield "comma, then quote"
    elif end == "stop":
        if line_break.count > 1 and _SPOKEN.search(line_break.text):
            # A quotation that has its own attribution coming is another speaker's.
            yield "another speaks" if _COMMA_QUOTE.search(line_break.line) else "speaks on"
        else:
            yield "stop, then quote"


def _is_in_quote(text: str) -> bool:
    """Whether the last quotation mark of ``text`` opens one."""
    at = max(text.rfind(mark) for mark in '“”"')
    return at >= 0 and (text[at] == "“" or (text[at] == '"' and text[max(0, at - 1)] in ' "([—'))


def _words(text: str) -> int:
    """Return the number of words of ``text``."""
    return text.count(" ") + 1


def _is_title(text: str) -> bool:
    """Whether all but the small words of ``text`` are capitalised."""
    words = _WORD.findall(text)
    return bool(words) and all(not word[0].islower() or word in _SMALL for word in words)


WEIGHTS: Mapping[str, float] = {
    "speaks on": 5.3,
    "ends: saying": 3.9,
    "begins: small letter": 3.4,
    "ends: binding word": 3.2,
    "label": 3.1,
    "begins: dash": 2.9,
    "begins: closing": 2.9,
    "ends: comma and quote": 2.7,
    "quote is open": 2.2,
    "attribution": 1.9,
    "next is a run": 1.6,
    "ends: comma": 1.3,
    "comma, then quote": 1.3,
    "inside, stopped": 1.2,
    "inside, after a run": 1.2,
    "inside": 1.2,
    "stop, then small letter": 1.2,
    "always": 1.1,
    "next goes on": 1.0,
    "about to speak, quotes apart": 0.9,
    "ends: possessive": 0.6,
    "bracket is open": 0.5,
    "ends: dash": 0.3,
    "many words": 0.3,
    "few words": 0.2,
    "ends: abbreviation": 0.2,
    "begins: bracket": 0.1,
    "some words": -0.1,
    "web address": -0.1,
    "next: farewell": -0.2,
    "in a list": -0.2,
    "semicolon, then small letter": -0.2,
    "next: web address": -0.3,
    "ends: small word": -0.3,
    "name": -0.5,
    "ends: capital": -0.6,
    "next: heading": -0.8,
    "capitals on end": -0.8,
    "stop, then quote": -0.9,
    "next: salutation": -0.9,
    "title": -1.0,
    "colon, then quote": -1.0,
    "another speaks": -1.0,
    "ends: number": -1.1,
    "begins: quote": -1.2,
    "ends: closing": -1.3,
    "begins: digit": -1.3,
    "address": -1.3,
    "farewell": -1.3,
    "about to speak": -1.5,
    "heading": -1.6,
    "salutation": -1.7,
    "next: date": -1.9,
    "long title": -1.9,
    "date": -2.0,
    "ends: semicolon": -2.0,
    "ends: colon": -2.2,
    "next: address": -2.2,
    "next: dateline": -2.3,
    "begins: capital": -2.6,
    "begins: item": -3.2,
    "ends: stop": -3.2,
    # Set by hand, being too rare in the pages fitted to.
    "bullet": 6.0,
    "ends: opening": 6.0,
    "next: date of a post": 6.0,
    "ordinal": 4.0,
    "list of clauses": -3.0,
    "quote is open, stopped": 4.0,
    "dateline": 6.0,
    "dash of a list": -6.0,
    "next: dash of a list": -4.0,
    "post": -6.0,
    "next: end mark": -6.0,
}
