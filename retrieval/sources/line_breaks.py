"""Classify one line break of a copied page: does the paragraph continue after it?

The score is the sum of the weights of the binary features of the break: how the text before it
ends, how the next line begins, what the line after that looks like, who is quoted. Above 0 the
paragraph continues.

The weights come from a logistic regression (Cox, "The Regression Analysis of Binary Sequences",
1958) over pages synthesized from the press releases of some 450 newsrooms, with line breaks at text
that is usually a link or bold. ``tests/benchmarks/layout.py`` makes the pages, fits the weights and
measures them.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from retrieval.sources.dateline import is_dateline, parse_dateline
from retrieval.text.letters import CAPITAL
from retrieval.text.lines import DASHES, ORDINAL


@dataclass(frozen=True, slots=True)
class LineBreak:
    """A line break and the text around it.

    Attributes:
        previous_paragraph: The paragraph before the current one; may be empty.
        paragraph: The current paragraph up to the break.
        last_line: The last line of ``paragraph``.
        line_count: The number of lines of ``paragraph``.
        next_line: The line after the break, which may continue ``paragraph``.
        line_after_next: The line after ``next_line``; may be empty.
        breaks_at_quotes: Whether the page has line breaks around quotations.
    """

    previous_paragraph: str
    paragraph: str
    last_line: str
    line_count: int
    next_line: str
    line_after_next: str
    breaks_at_quotes: bool = False


_STOP = re.compile(r"[.!?…](?: ?»|[\"”’')\]])*$")
_COMMA_QUOTE = re.compile(r"(?:,[\"”’']+|[”»],)$")
_POSSESSIVE = re.compile(r"(?:[’']s|s[’'])$")
_REPORTING_VERB = (
    r"(?:said|says|wrote|writes|added|adds|asked|continued|concluded|stated|explained|noted"
    r"|replied|responded|remarked|commented|declared|testified|argued|warned|told"
    r"|dijo|afirmó|señaló|añadió|explicó|declaró|aseguró|indicó|destacó|manifestó|subrayó|concluyó"
    r"|sagte|erklärte|betonte|déclare|déclaré|explique|affirme|souligne|disse|afirmou|declarou)"
)
_ATTRIBUTION = re.compile(rf"(?:[\w.’',-]+ ){{0,8}}{_REPORTING_VERB}\b", re.IGNORECASE)
_ATTRIBUTED = re.compile(
    rf",[\"”’']+ (?:[\w.’',-]+ ){{0,8}}{_REPORTING_VERB}\b[^“”\"]{{0,160}}[.]$", re.IGNORECASE
)
_INTRODUCTION = re.compile(rf"\b{_REPORTING_VERB}\b[\w\s.’'-]{{0,60}}[:,]$", re.IGNORECASE)
_DATE = re.compile(
    r"(?:\w+day,? )?(?:(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? \d{1,2},? \d{4}"
    r"|\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}"
    r"|(?:le )?\d{1,2}(?:\.|er|º)? (?:de )?[^\W\d]{3,10}(?: de)? \d{4})",
    re.IGNORECASE,
)
_SALUTATION = re.compile(
    rf"(?:Dear\b.{{0,80}}|To [{CAPITAL}].{{0,60}}"
    r"|(?:Estimad[oa]s?|Querid[oa]s?|Sehr geehrte[rs]?|Madame|Monsieur|Prezad[oa]s?)\b.{0,80}"
    r"|(?:Mr\.|Madam|Mrs\.|Ms\.|Secretary|Director|Chair\w*|Senator)\s.{0,50})[,:]"
)
_SIGN_OFF = re.compile(
    r"(?:sincerely|respectfully|best|best regards|regards|very truly yours|yours truly|in service"
    r"|atentamente|(?:un )?cordial(?:es)? saludos?|saludos(?: cordiales)?|mit freundlichen grüßen"
    r"|cordialement|atenciosamente)"
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
    r"|(?:(?:press|media|news) )?contacts?(?: information)?|contacto(?: de prensa)?"
    r"|antecedentes|resumen|contexto|hintergrund|contexte|destaques?"
    r"|(?-i:(?:Acerca de|Sobre|Über|À propos de)(?: [\w.&’'-]+){1,6})"
    r"|what they.re saying|additional (?:information|background)|bill (?:text|summary)):?",
    re.IGNORECASE,
)
LIST_ITEM = re.compile(r"(?:[•●▪◦‣·*]|\(?(?:\d{1,2}|[a-zA-Z]|[ivx]{1,4})[.)])\s")
_BARE_BULLET = re.compile(r"(?:[•●▪◦‣·*]|\(?\d{1,2}[.)])")
_PERSONAL_TITLE = re.compile(
    r"(?:^|\W)(?:Mrs?|Ms|Drs?|Hon|Reps?|Sens?|Gov|Gen|Lt|Col|Sgt|Capt|Adm|Rev|Prof)\.$"
)
_ABBREVIATION = re.compile(r"(?:^|\W)(?:[A-Z]\.|No\.|vs?\.|St\.|Inc\.)$")
_DATELINE = re.compile(
    rf"[\[(]?[{CAPITAL}][\w.’']*(?:[ ,]+[{CAPITAL}][\w.’']*){{0,5}}[\])]? ?(?:–|—|--|-)(?: |$)"
)
_END_MARK = re.compile(r"[-–—\s]*(?:#[\s#-]*|30|END)[-–—\s]*$")
_WEB_ADDRESS = re.compile(r"https?://\S+$|www\.\S+$")
_POST_SIGNATURE = re.compile(r"[—–-] .{0,60}\(@\w+\)$")  # below an embedded social media post
_POST_END = re.compile(r"\(@\w+\)(?: \w{3,9} \d{1,2}, \d{4})?$")
_CONTACT = re.compile(
    r"(?:(?:tel|phone|fax|e-?mail|correo)[.:]{0,2} ?)?"
    r"(?:[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|[+(]?\d{1,4}\)?(?:[ .-]\(?\d{2,5}\)?){1,5}(?:,? (?:x|ext\.?) ?\d+)?)",
    re.IGNORECASE,
)
_WORD = re.compile(r"[\w’'&-]+")
# Words that a paragraph never ends with.
_FUNCTION_WORDS = frozenset(
    "a an the this that these those its his her their our my your of to in on at by for from with "
    "without into onto over under about against between among during through after before since "
    "until as than and or but nor if when while where which who whom whose because although though "
    "is are was were be been being has have had will would can could may might must shall should "
    "do does did not also including via per toward towards within across along around behind upon "
    "amid despite following both each every".split()
)
# The same in Spanish, German, French and Portuguese, without those that are English words.
_OTHER_FUNCTION_WORDS = frozenset(
    "de del el la los las una unos unas y en por para que su sus al se lo como sobre entre desde "
    "hasta según der das dem den des und oder mit für von zu zum zur im ein eine einen einem einer "
    "bei nach aus über le les du et à au aux pour dans une qui avec ou o os da dos das em na nos "
    "nas um uma ao pela pelo e".split()
)
_LOWER_CASE_IN_TITLES = frozenset(
    "a an the of to in on at by for from with and or but as into over vs v".split()
)


def ends_sentence(text: str) -> bool:
    """Whether ``text`` ends like a sentence: with a stop, and perhaps quotes or brackets."""
    return bool(_STOP.search(text))


def ends_mid_phrase(text: str) -> bool:
    """Whether ``text`` ends in the middle of a phrase: with "the", a possessive, a comma."""
    return _ending(text) in ("function word", "possessive", "comma", "opening", "dash")


def breaks_at_quotes(lines: Sequence[str]) -> bool:
    """Whether a page has line breaks between quotations and their attributions."""
    return any(
        _COMMA_QUOTE.search(line) and _ATTRIBUTION.match(after) for line, after in pairwise(lines)
    )


def continuation_score(line_break: LineBreak) -> float:
    """Return the score of a line break: above 0, the paragraph continues after it."""
    return sum(WEIGHTS.get(feature, 0.0) for feature in features(line_break))


def features(line_break: LineBreak) -> Iterator[str]:
    """Yield the names of the features that a line break has, as listed in `WEIGHTS`."""
    end, start = _ending(line_break.paragraph), _beginning(line_break.next_line)
    yield "always"
    yield f"ends: {end}"
    yield f"begins: {start}"
    yield from _form_features(line_break, end)
    yield from _length_features(line_break, end)
    yield from _lookahead_features(line_break, end, start)
    yield from _quotation_features(line_break, end, start)


def _ending(text: str) -> str:
    """Return the class of the ending of ``text``, which must not be empty."""
    if _STOP.search(text):
        if _PERSONAL_TITLE.search(text):
            return "function word"
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
    if last in "“‘«([{$" or (last == "/" and not text.endswith(" /")):
        return "opening"
    if last in "”\"’')]":
        return "possessive" if _POSSESSIVE.search(text) else "closing"
    word = text.rsplit(" ", 1)[-1]
    if _ATTRIBUTION.fullmatch(word):
        return "reporting verb"
    if _POSSESSIVE.search(word):
        return "possessive"
    if word.lower() in _FUNCTION_WORDS and (word.islower() or word in ("The", "A", "An", "In")):
        return "function word"
    if word in _OTHER_FUNCTION_WORDS:
        return "function word"
    if word[0].isdigit():
        return "number"
    return "small word" if word[0].islower() else "capital"


def _beginning(line: str) -> str:
    """Return the class of the beginning of ``line``, which must not be empty."""
    first = line[0]
    if first in ".,;:!?)]}”’":
        return "closing"
    if LIST_ITEM.match(line):
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


def _form_features(line_break: LineBreak, end: str) -> Iterator[str]:
    """Yield the parts of letters, lists and social media posts that have lines of their own."""
    text, line = line_break.paragraph, line_break.next_line
    if _SALUTATION.fullmatch(text):
        yield "salutation"
    if _SALUTATION.fullmatch(line):
        yield "next: salutation"
    if _SIGN_OFF.fullmatch(text):
        yield "sign-off"
    if _SIGN_OFF.fullmatch(line):
        yield "next: sign-off"
    if _DATE.fullmatch(text):
        yield "date"
    if _DATE.fullmatch(line) and end not in ("function word", "comma"):
        yield "next: date"
    if _word_count(line_break.last_line) <= 10 and _ADDRESS.search(line_break.last_line):
        yield "address"
    if _word_count(line) <= 10 and _ADDRESS.search(line):
        yield "next: address"
    if _CONTACT.fullmatch(text) and _beginning(line) in ("capital", "digit", "bracket"):
        yield "contact"
    if _CONTACT.fullmatch(line) and (_CONTACT.fullmatch(text) or _is_name(line_break)):
        yield "contact"
    if _HEADING.fullmatch(text):
        yield "heading"
    if _HEADING.fullmatch(line):
        yield "next: heading"
    if _BARE_BULLET.fullmatch(text):
        yield "bullet"
    if _DATELINE.fullmatch(text) or (text[-1] in DASHES and is_dateline(text)):
        yield "dateline"
    if ORDINAL.fullmatch(line_break.last_line):
        yield "ordinal"
    if _POST_SIGNATURE.search(text) and _DATE.fullmatch(line):
        yield "next: date of a post"
    elif _POST_END.search(text):
        yield "post"
    if (_DATELINE.match(line) or parse_dateline(line)) and end not in ("function word", "comma"):
        yield "next: dateline"
    if _END_MARK.match(line):
        yield "next: end mark"
    if _WEB_ADDRESS.match(text):
        yield "web address"
    if _WEB_ADDRESS.match(line):
        yield "next: web address"
    if line.startswith(("- ", "– ", "— ")) and line_break.line_after_next[:2] == line[:2]:
        yield "next: dash of a list"
    if text.startswith(("- ", "– ", "— ")) and text[:2] == line[:2]:
        yield "dash of a list"
    if (end in ("colon", "semicolon") and _ending(line) == "semicolon") or (
        end == "semicolon" and line_break.previous_paragraph.endswith((";", ":"))
    ):
        yield "list of clauses"


def _length_features(line_break: LineBreak, end: str) -> Iterator[str]:
    """Yield features of the length, capitals and open marks of the paragraph so far."""
    text, words = line_break.paragraph, _word_count(line_break.paragraph)
    unfinished = end not in ("stop", "colon", "semicolon")
    if line_break.line_count > 1:
        if unfinished:
            yield "inside"
            if _word_count(line_break.last_line) <= 6 and line_break.last_line[0].islower():
                yield "inside, after a link"
        elif end == "stop" and _beginning(line_break.next_line) == "capital":
            yield "inside, stopped"
    elif end == "colon" and words <= 6 and not text[0].islower() and not _HEADING.fullmatch(text):
        yield "label"
    elif end in ("small word", "capital", "number", "closing"):
        if _is_title(text):
            yield "name" if words <= 3 else "title" if words <= 12 else "long title"
        else:
            yield "few words" if words <= 6 else "some words" if words <= 14 else "many words"
        if line_break.previous_paragraph.endswith((":", ";")):
            yield "in a list"
    if _is_in_quote(text):
        if unfinished:
            yield "quote is open"
        elif end == "stop" and _beginning(line_break.next_line) != "quote":
            yield "quote is open, stopped"  # its next paragraph would open with a mark
    if text.count("(") > text.count(")"):
        yield "bracket is open"


def _lookahead_features(line_break: LineBreak, end: str, start: str) -> Iterator[str]:
    """Yield features of the line after the next: whether the next is a link within a sentence."""
    if end in ("stop", "semicolon") and start == "small letter":
        yield f"{end}, then small letter"
    if not line_break.line_after_next:
        return
    next_end, next_start = _ending(line_break.next_line), _beginning(line_break.line_after_next)
    if next_end in ("stop", "colon", "semicolon"):
        return
    if next_start in ("small letter", "closing", "bracket") or next_end == "function word":
        yield "next continues"
        if end != "stop" and start == "capital":
            yield "next is a link"
    elif (
        start == next_start == "capital"
        and end == next_end == "capital"
        and _word_count(line_break.next_line) <= 8
    ):
        yield "consecutive capitals"


def _quotation_features(line_break: LineBreak, end: str, start: str) -> Iterator[str]:
    """Yield features of a quotation: its introduction, its attribution, its next sentence."""
    if end == "comma and quote" and _ATTRIBUTION.match(line_break.next_line):
        yield "attribution"
    if start != "quote":
        return
    if end == "colon":
        introduced = bool(_INTRODUCTION.search(line_break.paragraph))
        yield "introduction, then quote" if introduced else "colon, then quote"
        if introduced and line_break.breaks_at_quotes:
            yield "introduction, then quote, breaks at quotes"
    elif end == "comma":
        yield "comma, then quote"
    elif end == "stop":
        if line_break.line_count > 1 and _ATTRIBUTED.search(line_break.paragraph):
            # A quotation that its own attribution will follow is another speaker's.
            other = _COMMA_QUOTE.search(line_break.next_line)
            yield "another speaker" if other else "same speaker"
        else:
            yield "stop, then quote"


def _is_name(line_break: LineBreak) -> bool:
    """Whether the paragraph so far is a name, so that a number or an address below it is its own.

    Not so if a sentence goes on after that: "Email / press@roe.example / to take part."
    """
    after = line_break.line_after_next
    is_short = _word_count(line_break.paragraph) <= 4 and _is_title(line_break.paragraph)
    return is_short and not (after and (after[0].islower() or after[0] in ".,;:)"))


def _is_in_quote(text: str) -> bool:
    """Whether the last quotation mark in ``text`` is an opening one."""
    last = max(text.rfind(mark) for mark in '“”"')
    if last < 0 or text[last] == "”":
        return False
    return text[last] == "“" or text[max(0, last - 1)] in ' "([—'


def _word_count(text: str) -> int:
    """Return the number of words in ``text``, a clean line."""
    return text.count(" ") + 1


def _is_title(text: str) -> bool:
    """Whether ``text`` is in title case: all words but articles and the like are capitalized."""
    words = _WORD.findall(text)
    return bool(words) and all(
        not word[0].islower() or word in _LOWER_CASE_IN_TITLES for word in words
    )


WEIGHTS: Mapping[str, float] = {
    "same speaker": 5.3,
    "ends: reporting verb": 3.9,
    "begins: small letter": 3.4,
    "ends: function word": 3.2,
    "label": 3.1,
    "begins: dash": 2.9,
    "begins: closing": 2.9,
    "ends: comma and quote": 2.7,
    "quote is open": 2.2,
    "attribution": 1.9,
    "next is a link": 1.6,
    "ends: comma": 1.3,
    "comma, then quote": 1.3,
    "inside, stopped": 1.2,
    "inside, after a link": 1.2,
    "inside": 1.2,
    "stop, then small letter": 1.2,
    "always": 1.1,
    "next continues": 1.0,
    "introduction, then quote, breaks at quotes": 0.9,
    "ends: possessive": 0.6,
    "bracket is open": 0.5,
    "ends: dash": 0.3,
    "many words": 0.3,
    "few words": 0.2,
    "ends: abbreviation": 0.2,
    "begins: bracket": 0.1,
    "some words": -0.1,
    "web address": -0.1,
    "next: sign-off": -0.2,
    "in a list": -0.2,
    "semicolon, then small letter": -0.2,
    "next: web address": -0.3,
    "ends: small word": -0.3,
    "name": -0.5,
    "ends: capital": -0.6,
    "next: heading": -0.8,
    "consecutive capitals": -0.8,
    "stop, then quote": -0.9,
    "next: salutation": -0.9,
    "title": -1.0,
    "colon, then quote": -1.0,
    "another speaker": -1.0,
    "ends: number": -1.1,
    "begins: quote": -1.2,
    "ends: closing": -1.3,
    "begins: digit": -1.3,
    "address": -1.3,
    "sign-off": -1.3,
    "introduction, then quote": -1.5,
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
    # Set by hand: too rare in the synthesized pages.
    "bullet": 6.0,
    "ends: opening": 6.0,
    "next: date of a post": 6.0,
    "ordinal": 4.0,
    "contact": -6.0,
    "list of clauses": -3.0,
    "quote is open, stopped": 4.0,
    "dateline": 6.0,
    "dash of a list": -6.0,
    "next: dash of a list": -4.0,
    "post": -6.0,
    "next: end mark": -6.0,
}
