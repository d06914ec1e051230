"""Text files: a page as copied from a browser, or plain text.

Above a release stand a menu, its title and its date, in an order that each site has for itself;
below it buttons and a footer. The text begins at the first line that is prose, or at the dateline
before it; the title is the likeliest of the lines above; and from the end all is dropped that is
furniture, up to the last line of prose. What is neither stays.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from retrieval.sources.boilerplate import boilerplate_kind, is_end_mark, without_boilerplate
from retrieval.sources.draft import Draft
from retrieval.sources.line_breaks import is_left_open, is_sentence_end
from retrieval.sources.mail import without_header
from retrieval.sources.paragraphs import recovered, unwrapped
from retrieval.text.dates import find_date, parse_date
from retrieval.text.lines import joined, lines_of

_HEAD_LINES = 80  # a title farther down is none; menus are long
_TITLE_WORDS = range(3, 41)
_PROSE_WORDS = 14
_FEW_PROSE_WORDS = 6  # for a text that has no long sentence
_GOES_ON = ",.;:)?!”(["  # how a line begins that is not the first of its sentence

_PLACE = r"[A-Z][\w.’'-]*(?: [A-Z][\w.’'-]*){0,3}"
_MONTH_DAY = r"(?:[A-Z][a-z]+day, )?[A-Z][a-z]{2,8}\.? \d{1,2}, \d{4}"
_DATELINE = re.compile(
    rf"[\[(]?(?P<place>{_PLACE}(?:, ?(?:{_PLACE})){{0,2}})[\])]?"
    rf"(?:,? \(?(?P<date>{_MONTH_DAY})\)?| ?\([^)]{{3,30}}\))? ?(?:—|–|--|-(?= )|-$|―)\s?"
)
_NO_PLACES = frozenset(
    ("ICYMI", "WATCH", "NEW", "BREAKING", "NOTE", "WHAT", "WHO", "WHEN", "WHERE")
)
_NAME = re.compile(r"[A-Z][\w.’'-]*(?:,? (?:[A-Z][\w.’'-]*|and|of|the|de|van|von|&)){0,7}")
# Above the text these are furniture; in its midst they may be the pieces of a sentence.
_HEAD_ONLY = re.compile(
    r"(?:(?:published|posted|written) )?by(?-i: " + _NAME.pattern + r")|"
    r"(?-i:Published|PUBLISHED|Posted|POSTED|Updated|UPDATED|Released|Issued)(?: on| at)?:?|"
    r"(?:(?:about|approx\.?) )?\d{1,3}[ -]min(?:ute)?s?\.?(?: of)? read(?:ing)?(?: time)?|"
    r"(?:estimated )?read(?:ing)? time:? \d{1,3} min(?:ute)?s?\.?",
    re.IGNORECASE,
)
_STATE = re.compile(r"(?:, ?(?:[A-Z]{2}|D\.?C\.?|[A-Z][a-z]+\.?|[A-Z]\.[A-Z]\.)|D\.?C\.?)$")


@dataclass(frozen=True, slots=True)
class _Head:
    """What stands above the text, and the line at which the text begins."""

    title: str
    date: date | None
    kept: tuple[str, ...]
    body: int


def read_text(text: str) -> Draft:
    """Return the release that a text file is."""
    mail, text = without_header(text)
    lines = [line for line in unwrapped(lines_of(text)) if boilerplate_kind(line) != "notice"]
    head = _head(_with_whole_bylines(lines), mail.subject)
    body = without_boilerplate(lines[head.body :])
    paragraphs = recovered([*head.kept, "", *body] if head.kept else body)
    return Draft(
        title=head.title,
        paragraphs=paragraphs,
        date=mail.date or head.date or _date_in_dateline(paragraphs),
        dateline=next(filter(None, map(dateline_of, paragraphs[:3])), None),
    )


def dateline_of(paragraph: str) -> str | None:
    """Return the place that a paragraph begins with ("WASHINGTON, D.C."), or None."""
    match = _DATELINE.match(paragraph)
    if not match or len(paragraph) == match.end():
        return None
    place = match["place"]
    if place.rstrip(":") in _NO_PLACES:
        return None
    return place if place.isupper() or _STATE.search(place) or place == "Washington" else None


# --- above the text ------------------------------------------------------------------------------


def _head(lines: Sequence[str], subject: str) -> _Head:
    """Return the title and the date of a page, and where its text begins.

    A mail's ``subject`` is the title, unless a headline stands above the text. What stands there
    instead ("Dear editors,") is text.
    """
    body = _beginning_of_text(lines)
    above = [number for number in range(body) if lines[number]]
    title = _title_line(lines, above)
    if title is None:
        return _Head(subject, _first_date(lines[:body]), (), body)
    title = _first_piece_of_title(lines, title)
    name = _whole_title(lines, title, body)
    below = title + len(name)
    whole = joined(name)
    no_title = [whole] if subject and whole != subject and not _is_headline(whole) else []
    return _Head(
        title=subject if no_title else whole,
        date=_first_date([*lines[below:body], *reversed(lines[:title])]),
        kept=(
            *_kept_above(lines[:title]),
            *no_title,
            *_kept(lines[below:body], lines[title]),
        ),
        body=body,
    )


def _is_headline(line: str) -> bool:
    """Whether a line above a mail's text is a better title than its subject: no greeting."""
    return len(line.split()) in _TITLE_WORDS and line[-1] not in ",.:;!"


def _with_whole_bylines(lines: Sequence[str]) -> list[str]:
    """Return as many lines, a "by" on a line of its own and the name below it put on the first.

    Where the sentence goes on below the name they are no byline.
    """
    lines = list(lines)
    filled = [number for number, line in enumerate(lines[:_HEAD_LINES]) if line]
    for by, name, after in zip(filled, filled[1:], filled[2:], strict=False):
        goes_on = lines[after][0].islower() or lines[after][0] in _GOES_ON
        if lines[by].lower() == "by" and _NAME.fullmatch(lines[name]) and not goes_on:
            lines[by], lines[name] = f"{lines[by]} {lines[name]}", ""
    return lines


def _kept_above(lines: Sequence[str]) -> list[str]:
    """Return what stands above the title, if that is no page's menu: another headline."""
    if any(boilerplate_kind(line) not in (None, "contact") for line in lines if line):
        return []
    return [line for line in lines if line and not _is_head_furniture(line)]


def _kept(lines: Sequence[str], title: str) -> Iterator[str]:
    """Yield what stands between title and text and is no furniture: a second headline.

    A few words after a button, a date or a contact belong to it: a tag, a name.
    """
    after_furniture = False
    for line in filter(None, lines):
        few = len(line.split()) <= 3
        boilerplate = _is_head_furniture(line) or line == title or not re.search(r"\w", line)
        after_furniture = boilerplate or (few and after_furniture)
        if not after_furniture:
            yield line


def _beginning_of_text(lines: Sequence[str]) -> int:
    """Return the first line of the text: its first prose, or the dateline that leads to it."""
    for words in (_PROSE_WORDS, _FEW_PROSE_WORDS):
        for number, line in enumerate(lines[:_HEAD_LINES]):
            if line and _leads_in(lines, number, words):
                return _first_piece(lines, number)
    return 0


def _first_piece(lines: Sequence[str], number: int) -> int:
    """Return where the sentence began that goes on at this line."""
    while number and (lines[number][0].islower() or lines[number][0] in _GOES_ON):
        before = lines[number - 1]
        if not before or (_is_head_furniture(before) and not before.startswith("by ")):
            break
        number -= 1
    if number and _DATELINE.fullmatch(lines[number - 1]):
        return number - 1
    return number


def _leads_in(lines: Sequence[str], number: int, words: int) -> bool:
    """Whether the text begins at this line: here is a dateline, or prose."""
    line = lines[number]
    if boilerplate_kind(line) or parse_date(line):
        return False
    following = joined([line, *[after for after in lines[number + 1 : number + 4] if after]])
    if dateline_of(line + " x" if line[-1] in "—–-" else line) or (
        len(line) <= 40 and line.count(" ") <= 4 and dateline_of(following)
    ):
        return True
    if _is_head_furniture(line) and not _is_of_sentence(lines, number):
        return False
    return _is_prose(line, words) or _goes_on_as_prose(lines, number)


def _is_of_sentence(lines: Sequence[str], number: int) -> bool:
    """Whether a line that looks like a byline or a date ends a sentence, or one goes on below."""
    after = next(filter(None, lines[number + 1 :]), "")
    goes_on = after and (after[0].islower() or after[0] in _GOES_ON)
    return is_sentence_end(lines[number]) or bool(goes_on and not _is_head_furniture(after))


def _is_prose(line: str, words: int) -> bool:
    """Whether ``line`` is, or ends, a sentence of so many words."""
    count = len(line.split())
    return count >= words and (is_sentence_end(line) or line.endswith(":") or count >= 30)


def _goes_on_as_prose(lines: Sequence[str], number: int) -> bool:
    """Whether a sentence begins here that goes on in the next lines, torn at a link."""
    pieces = [line for line in lines[number + 1 : number + 7] if line]
    words = len(lines[number].split())
    if words < 4 or not pieces or not pieces[0][0].islower():
        return False
    return words >= _PROSE_WORDS or any(
        _is_prose(piece, _PROSE_WORDS) or piece[-1] in ".,”" for piece in pieces
    )


def _title_line(lines: Sequence[str], above: Sequence[int]) -> int | None:
    """Return the likeliest title above the text, or None if no line there can be one.

    It has some words, stands at the date, and may be there twice: once as the window's title.
    """
    best, best_score = None, 0.0
    dated = [number for number in above if find_date(lines[number])]
    for number in above:
        line, words = lines[number], len(lines[number].split())
        if words < 2 or _is_head_furniture(line) or is_end_mark(line):
            continue
        others = [lines[n] for n in above if n != number]
        score = (
            min(words, 6) / 3
            + (words in _TITLE_WORDS)
            + max((1 / abs(n - number) for n in dated if n != number), default=0)
            + 0.5 * (line in others)
            - 1.5 * any(line.startswith((f"{other} |", f"{other} -")) for other in others if other)
            - 0.5 * line.endswith((".", ":"))
        )
        if score > best_score or (best is not None and line == lines[best]):
            best, best_score = number, score
    return best


def _first_piece_of_title(lines: Sequence[str], title: int) -> int:
    """Return where a title begins that was torn at an emphasis."""
    while title and lines[title - 1] and not _is_head_furniture(lines[title - 1]):
        if lines[title][0] not in _GOES_ON and not is_left_open(lines[title - 1]):
            break
        title -= 1
    return title


def _whole_title(lines: Sequence[str], title: int, body: int) -> list[str]:
    """Return the lines of a title from its first, where it was torn at an emphasis."""
    name = [lines[title]]
    for line in lines[title + 1 : body]:
        goes_on = line and (line[0].islower() or line[0] in _GOES_ON or is_left_open(name[-1]))
        if not goes_on or _is_head_furniture(line):
            break
        name.append(line)
    return name


def _is_head_furniture(line: str) -> bool:
    """Whether a line above the text is no title: a menu, a button, a date, a contact, a byline."""
    few = len(line.split()) <= 9
    if boilerplate_kind(line) or _HEAD_ONLY.fullmatch(line):
        return True
    if few and line.startswith(("By ", "BY ")):
        return True
    return few and find_date(line) is not None


def _first_date(lines: Iterable[str]) -> date | None:
    """Return the first date in lines of the head."""
    return next((found for line in lines if (found := find_date(line))), None)


def _date_in_dateline(paragraphs: Sequence[str]) -> date | None:
    """Return the date in "PORTLAND, Ore., Sept. 8, 2025 — ", for want of another."""
    for paragraph in paragraphs[:2]:
        match = _DATELINE.match(paragraph)
        if match and match["date"] and (found := parse_date(match["date"])):
            return found
    return None
