"""The head of a copied page: its title, its date, and where the text below them begins.

Above a release there are a menu, its title and its date, in an order that differs from site to
site. The title is the most likely of the lines above the text; a date counts if it stands beside
words that say so, or else on a short line; that of an update does not.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from retrieval.release import DateSource
from retrieval.sources.boilerplate import boilerplate_category, is_end_mark
from retrieval.sources.dateline import DATE_FORM, dateline_of, is_dateline, parse_dateline
from retrieval.sources.line_breaks import ends_mid_phrase, ends_sentence
from retrieval.sources.publication_date import (
    DateOrder,
    PublicationDate,
    date_on_line,
    is_labelled,
    is_update,
)
from retrieval.sources.text_region import TextRegion
from retrieval.text.dates import find_date, parse_date
from retrieval.text.letters import CAPITAL
from retrieval.text.lines import join_lines

_MAX_HEAD_LINES = 80  # menus are long, but a title is never below this line
_TITLE_WORDS = range(3, 41)
_WIRE_DATELINE = re.compile(r"\((?:BUSINESS WIRE|GLOBE NEWSWIRE)\)|/(?:PRNewswire|CNW|ACCESSWIRE)")
_DATELINE_LENGTH = 120  # characters
_HEADLINE_WORDS = 5  # at least, of one above another
_PROSE_WORDS = 14
_SHORT_PROSE_WORDS = 6  # for a text without a long sentence
_NEAR_TEXT = 15  # lines above the text, within which a title is as likely as any other
_LINES_TO_WIRE = 3
_LINES_ABOVE_TITLE = 6  # more of them are a menu, in whatever language
_CONTINUATION_MARKS = ",.;:)?!”(["  # a line that begins with one continues a sentence

_NAME = re.compile(
    rf"[{CAPITAL}][\w.’'-]*(?:,? (?:[{CAPITAL}][\w.’'-]*|and|of|the|de|van|von|&)){{0,7}}"
)
# Boilerplate only above the text: within it, such a line may be a piece of a sentence.
_HEAD_ONLY = re.compile(
    r"(?:(?:published|posted|written) )?by(?-i: " + _NAME.pattern + r")|"
    r"(?-i:Published|PUBLISHED|Posted|POSTED|Updated|UPDATED|Released|Issued)(?: on| at)?:?|"
    r"(?:(?:about|approx\.?) )?\d{1,3}[ -]min(?:ute)?s?\.?(?: of)? read(?:ing)?(?: time)?|"
    r"(?:estimated )?read(?:ing)? time:? \d{1,3} min(?:ute)?s?\.?|"
    r"\|? ?(?:source|fuente|quelle): .{1,80}",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"(?:.{0,60}\| ?)?(?:news provided by:?|(?:source|topics?|categor(?:y|ies)|fuente|quelle):)",
    re.IGNORECASE,
)
_LABELLED_WORDS = 12
_DATE_LABEL = re.compile(
    r"(?:(?:release |publication )?date|published|posted|issued|released|fecha|publicado|datum"
    r"|veröffentlicht|publié(?: le)?|data)(?: on)?:?",
    re.IGNORECASE,
)
_DATED_WORDS = 18  # of a line that begins with such a label
_DASH = re.compile(r" ?(?:—|–|--)|\s- ")
_PLACE_LINE = re.compile(rf"[{CAPITAL}][\w.’' -]{{1,30}}, [{CAPITAL}][\w.’', -]{{1,40}}")
# Titles with a date: "November 26, 2020: new cases", "Statement on the Events of January 6, 2021".
_TITLE_AFTER_DATE = re.compile(rf"{DATE_FORM}: \w", re.IGNORECASE)
_TITLE_BEFORE_DATE = re.compile(
    rf"(?P<before>.*\w \w.*) (?:on|of|for|from|since) {DATE_FORM}", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class PageHead:
    """What is above the text of a page.

    Attributes:
        title: The title; may be empty.
        date: The date of publication, if a line tells it.
        extra_lines: Lines that belong to the text: a second headline.
        text_start: The first line of the text.
        dateline: The place on a line that is not part of the text.
        left_out: The number of lines above the title that are no known boilerplate.
    """

    title: str
    date: PublicationDate | None
    extra_lines: tuple[str, ...]
    text_start: int
    dateline: str | None = None
    left_out: int = 0


def find_head(
    lines: Sequence[str], region: TextRegion | None, subject: str, order: DateOrder
) -> PageHead:
    """Return the head of a page.

    The ``subject`` of an email is the title, unless there is a headline above the text; any other
    line there ("Dear editors,") is text.
    """
    text_start = _text_start(lines, region)
    head_start = max(region.head_start if region else 0, text_start - _MAX_HEAD_LINES)
    above = [number for number in range(head_start, text_start) if lines[number]]
    title = _find_title(lines, above)
    if title is None:
        return PageHead(subject, _head_date(lines[head_start:text_start], order), (), text_start)
    start = _title_start(lines, title)
    pieces = _title_pieces(lines, start, text_start)
    end = start + len(pieces)
    line = join_lines(pieces)
    is_text = bool(subject) and line != subject and not _is_headline(line)
    text_above, left_out = _text_above_title(lines[head_start:start])
    around_title = [*lines[end:text_start], *reversed(lines[head_start:start])]
    return PageHead(
        title=subject if is_text else line,
        date=_head_date(around_title, order),
        extra_lines=(
            *text_above,
            *([line] if is_text else ()),
            *_text_below_title(lines[end:text_start], lines[start]),
        ),
        text_start=text_start,
        dateline=next(filter(None, map(dateline_of, lines[end:text_start])), None),
        left_out=left_out,
    )


def _is_headline(line: str) -> bool:
    """Whether a line above an email's text is a better title than its subject: not a greeting."""
    return len(line.split()) in _TITLE_WORDS and line[-1] not in ",.:;!"


def join_labels(lines: Sequence[str]) -> list[str]:
    """Return as many lines, with each label in the head joined with what it labels.

    A label is "by" on a line of its own above a name, or "News provided by", "Source:", "Topic:"
    above a few words. If the sentence continues below the name, "by" is no label.
    """
    lines = list(lines)
    filled = [number for number, line in enumerate(lines[:_MAX_HEAD_LINES]) if line]
    for label, name, after in zip(filled, filled[1:], filled[2:], strict=False):
        text = lines[name]
        if lines[label].lower() == "by":
            is_label = bool(_NAME.fullmatch(text)) and not _is_continuation(lines[after])
        else:
            is_label = len(text.split()) <= _LABELLED_WORDS and bool(
                _LABEL.fullmatch(lines[label])
                or (_DATE_LABEL.fullmatch(lines[label]) and parse_date(text))
            )
        if is_label:
            lines[label], lines[name] = f"{lines[label]} {text}", ""
    return lines


def _text_above_title(lines: Sequence[str]) -> tuple[list[str], int]:
    """Return the lines above the title that are text (another headline): none below a menu.

    The number is that of the lines that are left out although none is known boilerplate.
    """
    filled = [line for line in lines if line]
    if any(boilerplate_category(line) not in (None, "contact") for line in filled):
        return [], 0
    unknown = [line for line in filled if not _is_head_boilerplate(line)]
    return (unknown, 0) if len(unknown) <= _LINES_ABOVE_TITLE else ([], len(unknown))


def _text_below_title(lines: Sequence[str], title: str) -> Iterator[str]:
    """Yield the lines between the title and the text that are not boilerplate: a second headline.

    A few words after a button, a date or a contact belong to it: a tag, a name.
    """
    after_boilerplate = False
    for line in filter(None, lines):
        is_short = len(line.split()) <= 3 or _PLACE_LINE.fullmatch(line) is not None
        is_boilerplate = _is_head_boilerplate(line) or line == title or not re.search(r"\w", line)
        after_boilerplate = is_boilerplate or (is_short and after_boilerplate)
        if not after_boilerplate:
            yield line


def _text_start(lines: Sequence[str], region: TextRegion | None) -> int:
    """Return the first line of the text: its first prose, or the dateline that leads to it."""
    if region is None:
        first, end = 0, min(len(lines), _MAX_HEAD_LINES)
    else:
        first, end = max(region.head_start, region.start - _MAX_HEAD_LINES), region.first_end
    for min_words in (_PROSE_WORDS, _SHORT_PROSE_WORDS):
        for number in range(first, end):
            if lines[number] and _starts_text(lines, number, min_words):
                return _sentence_start(lines, _paragraph_start(lines, region, number))
    return region.start if region else 0


def _paragraph_start(lines: Sequence[str], region: TextRegion | None, number: int) -> int:
    """Return the first line of the paragraph that line ``number`` is of, if no head is in it."""
    if region is None or not region.start < number < region.first_end:
        return number
    between = lines[region.start : number]
    is_text = len(between[0].split()) >= 4 and not any(map(_is_head_boilerplate, between))
    return region.start if is_text else number


def _sentence_start(lines: Sequence[str], number: int) -> int:
    """Return the line on which the sentence began that continues on line ``number``."""
    while number and _is_continuation(lines[number]):
        before = lines[number - 1]
        if not before or (_is_head_boilerplate(before) and not before.startswith("by ")):
            break
        number -= 1
    return number - 1 if number and is_dateline(lines[number - 1]) else number


def _starts_text(lines: Sequence[str], number: int, min_words: int) -> bool:
    """Whether line ``number`` is a dateline, or prose of ``min_words`` words or more."""
    line = lines[number]
    if boilerplate_category(line) or parse_date(line):
        return False
    following = list(filter(None, lines[number + 1 : number + 4]))
    if _opens_with_dateline(line + " x" if line[-1] in "—–-" else line):
        return True
    if _is_place_and_date(line) and following and _is_prose(following[0], _SHORT_PROSE_WORDS):
        return True
    is_short = len(line) <= 40 and line.count(" ") <= 4
    if is_short and not any(map(_opens_with_dateline, following)):
        joined = join_lines([line, *following])
        if _opens_with_dateline(joined):
            return True
    if _is_head_boilerplate(line) and not _is_part_of_sentence(lines, number):
        return False
    return _is_prose(line, min_words) or _continues_as_prose(lines, number)


def _opens_with_dateline(text: str) -> bool:
    """Whether ``text`` is a dateline and what follows it."""
    dateline = parse_dateline(text)
    return dateline is not None and dateline.is_closed and dateline.end < len(text)


def _is_place_and_date(line: str) -> bool:
    """Whether ``line`` is a place, a dash and a date: "DALLAS, TX -- March 5, 2024"."""
    dateline = parse_dateline(line)
    return dateline is not None and not dateline.is_closed and bool(_DASH.search(line))


def _is_continuation(line: str) -> bool:
    """Whether ``line``, which is not empty, continues a sentence."""
    return line[0].islower() or line[0] in _CONTINUATION_MARKS


def _is_part_of_sentence(lines: Sequence[str], number: int) -> bool:
    """Whether a line that looks like a byline or a date ends a sentence, or one continues below."""
    after = next(filter(None, lines[number + 1 :]), "")
    return ends_sentence(lines[number]) or (
        bool(after) and _is_continuation(after) and not _is_head_boilerplate(after)
    )


def _is_prose(line: str, min_words: int) -> bool:
    """Whether ``line`` is, or ends, a sentence of ``min_words`` words or more."""
    words = len(line.split())
    return words >= min_words and (ends_sentence(line) or line.endswith(":") or words >= 30)


def _continues_as_prose(lines: Sequence[str], number: int) -> bool:
    """Whether a sentence begins on line ``number`` that a link has split over the next lines."""
    pieces = [line for line in lines[number + 1 : number + 7] if line]
    words = len(lines[number].split())
    if words < 4 or not pieces or not pieces[0][0].islower():
        return False
    return words >= _PROSE_WORDS or any(
        _is_prose(piece, _PROSE_WORDS) or piece[-1] in ".,”" for piece in pieces
    )


def _find_title(lines: Sequence[str], above: Sequence[int]) -> int | None:
    """Return the most likely title of the lines ``above`` the text, or None if none can be one.

    A title has a few words, is near the date, and may occur twice: once as the window's title.
    """
    best, best_score = None, 0.0
    dated = [number for number in above if find_date(lines[number])]
    for number in above:
        line, words = lines[number], len(lines[number].split())
        if words < 2 or _is_head_boilerplate(line) or is_end_mark(line):
            continue
        if is_update(line) and find_date(line):
            continue
        others = [lines[n] for n in above if n != number]
        score = (
            min(words, 6) / 3
            + (words in _TITLE_WORDS)
            + max((1 / abs(n - number) for n in dated if n != number), default=0)
            + 0.5 * (line in others)
            - 1.5 * any(line.startswith((f"{other} |", f"{other} -")) for other in others if other)
            - 0.5 * line.endswith((".", ":"))
            + _is_above_wire(lines, above, number)
            - 0.05 * max(0, above[-1] - number - _NEAR_TEXT)
            + _what_follows(lines, above, number)
        )
        if score > best_score or (best is not None and line == lines[best]):
            best, best_score = number, score
    return best if best is None else _above_subheadline(lines, above, best)


def _is_wire_below(lines: Sequence[str], above: Sequence[int]) -> bool:
    """Whether the text begins with the dateline of a wire."""
    below = filter(None, lines[above[-1] + 1 : above[-1] + 1 + _LINES_TO_WIRE])
    return any(_WIRE_DATELINE.search(line[:_DATELINE_LENGTH]) for line in below)


def _what_follows(lines: Sequence[str], above: Sequence[int], number: int) -> float:
    """What the next line says: share buttons follow a headline, a menu the slogan of a site."""
    following = next((n for n in above if n > number), None)
    category = boilerplate_category(lines[following]) if following is not None else None
    return {"share": 0.5, "menu": -0.5}.get(category or "", 0.0)


def _above_subheadline(lines: Sequence[str], above: Sequence[int], title: int) -> int:
    """Return the first of the headlines on the page of a wire, which may have one or two below."""
    while _is_above_wire(lines, above, title) or _is_wire_below(lines, above):
        before = above[above.index(title) - 1] if title != above[0] else title
        line = lines[before]
        if before == title or len(line.split()) < _HEADLINE_WORDS or _is_head_boilerplate(line):
            break
        title = before
    return title


def _is_above_wire(lines: Sequence[str], above: Sequence[int], number: int) -> bool:
    """Whether the publisher's name follows a line closely, as on the pages of the wires."""
    following = [n for n in above if n > number][:_LINES_TO_WIRE]
    return any(boilerplate_category(lines[n]) == "wire" for n in following)


def _title_start(lines: Sequence[str], title: int) -> int:
    """Return the first line of a title that emphasis has split over several."""
    while title and lines[title - 1] and not _is_head_boilerplate(lines[title - 1]):
        if lines[title][0] not in _CONTINUATION_MARKS and not ends_mid_phrase(lines[title - 1]):
            break
        title -= 1
    return title


def _title_pieces(lines: Sequence[str], start: int, text_start: int) -> list[str]:
    """Return the lines of a title from its first, ``start``, on."""
    pieces = [lines[start]]
    for line in lines[start + 1 : text_start]:
        continues = line and (_is_continuation(line) or ends_mid_phrase(pieces[-1]))
        if not continues or _is_head_boilerplate(line):
            break
        pieces.append(line)
    return pieces


def _is_head_boilerplate(line: str) -> bool:
    """Whether a line above the text is boilerplate, a date or a byline, so not the title."""
    if boilerplate_category(line) or _HEAD_ONLY.fullmatch(line):
        return True
    words = len(line.split())
    if words > 9:
        return words <= _DATED_WORDS and date_on_line(line, DateOrder()) is not None
    if line.startswith(("By ", "BY ")):
        return True
    return find_date(line) is not None and not _is_title_with_date(line)


def _is_title_with_date(line: str) -> bool:
    """Whether a line with a date in it reads as a title, and not as the date of the release."""
    if _TITLE_AFTER_DATE.match(line):
        return True
    match = _TITLE_BEFORE_DATE.match(line)
    if match is None or is_labelled(line) or is_update(line):
        return False
    return boilerplate_category(match["before"]) is None


def _head_date(lines: Iterable[str], order: DateOrder) -> PublicationDate | None:
    """Return the date of publication that the lines around a title tell.

    One beside words that say so ("Published: March 5, 2024") comes first.
    """
    found = list(filter(None, (date_on_line(line, order) for line in lines)))
    labelled = (each for each in found if each.source is DateSource.LABEL)
    return next(labelled, None) or next(iter(found), None)


def labelled_date(lines: Iterable[str], order: DateOrder) -> PublicationDate | None:
    """Return the first date in ``lines`` beside words that say that it is that of publication."""
    dates = (date_on_line(line, order) for line in lines if is_labelled(line))
    return next(filter(None, dates), None)
