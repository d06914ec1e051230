"""Text files: a page as copied from a browser, an email saved as text, or plain text.

Above a release there are a menu, its title and its date, in an order that differs from site to
site; below it are buttons and a footer. The text begins at the first line that is prose, or at the
dateline before it. The title is the most likely of the lines above. Boilerplate at the end is
dropped, back to the last line of prose. A line that is none of these is kept.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from retrieval.sources.boilerplate import boilerplate_category, is_end_mark
from retrieval.sources.dateline import dateline_date, first_dateline, is_dateline, parse_dateline
from retrieval.sources.draft import ReleaseDraft
from retrieval.sources.line_breaks import ends_mid_phrase, ends_sentence
from retrieval.sources.mail import split_header
from retrieval.sources.paragraphs import recover_paragraphs, unwrap_lines
from retrieval.sources.text_region import TextRegion, find_text
from retrieval.text.dates import find_date, parse_date
from retrieval.text.lines import clean_lines, join_lines

_MAX_HEAD_LINES = 80  # menus are long, but a title is never below this line
_NAMED_LENGTH = 60  # characters, of a line that a note names
_TITLE_WORDS = range(3, 41)
_PROSE_WORDS = 14
_SHORT_PROSE_WORDS = 6  # for a text without a long sentence
_CONTINUATION_MARKS = ",.;:)?!”(["  # a line that begins with one continues a sentence

_NAME = re.compile(r"[A-Z][\w.’'-]*(?:,? (?:[A-Z][\w.’'-]*|and|of|the|de|van|von|&)){0,7}")
# Boilerplate only above the text: within it, such a line may be a piece of a sentence.
_HEAD_ONLY = re.compile(
    r"(?:(?:published|posted|written) )?by(?-i: " + _NAME.pattern + r")|"
    r"(?-i:Published|PUBLISHED|Posted|POSTED|Updated|UPDATED|Released|Issued)(?: on| at)?:?|"
    r"(?:(?:about|approx\.?) )?\d{1,3}[ -]min(?:ute)?s?\.?(?: of)? read(?:ing)?(?: time)?|"
    r"(?:estimated )?read(?:ing)? time:? \d{1,3} min(?:ute)?s?\.?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Head:
    """What is above the text: ``extra_lines`` belong to it, ``text_start`` is its first line."""

    title: str
    date: date | None
    extra_lines: tuple[str, ...]
    text_start: int


def read_copied_page(text: str) -> ReleaseDraft:
    """Return the release that a text file holds."""
    mail, text = split_header(text)
    lines = [
        line for line in unwrap_lines(clean_lines(text)) if boilerplate_category(line) != "notice"
    ]
    lines = _join_bylines(lines)
    region = find_text(lines)
    head = _parse_head(lines, region, mail.subject)
    end = region.end if region else len(lines)
    left_out = region.left_out if region else frozenset()
    body = ["" if n in left_out else lines[n] for n in range(head.text_start, end)]
    paragraphs = recover_paragraphs([*head.extra_lines, "", *body] if head.extra_lines else body)
    date_in_dateline = next(filter(None, map(dateline_date, paragraphs[:2])), None)
    return ReleaseDraft(
        title=head.title,
        paragraphs=paragraphs,
        date=mail.date or head.date or date_in_dateline,
        dateline=first_dateline(paragraphs),
        notes=tuple(_notes(lines, region)),
    )


def _notes(lines: Sequence[str], region: TextRegion | None) -> Iterator[str]:
    """Yield what is in doubt: lines below the text that may have been text."""
    if region and region.is_doubtful:
        below = [line for line in lines[region.end :] if line]
        yield f"{len(below)} lines below the text were left out, from “{_shortened(below[0])}” on"


def _shortened(line: str) -> str:
    """Return the beginning of a line, to name it in a note."""
    return line if len(line) <= _NAMED_LENGTH else f"{line[: _NAMED_LENGTH - 1].rstrip()}…"


def _parse_head(lines: Sequence[str], region: TextRegion | None, subject: str) -> _Head:
    """Return the head of a page.

    The ``subject`` of an email is the title, unless there is a headline above the text; any other
    line there ("Dear editors,") is text.
    """
    text_start = _text_start(lines, region)
    head_start = max(region.head_start if region else 0, text_start - _MAX_HEAD_LINES)
    above = [number for number in range(head_start, text_start) if lines[number]]
    title = _find_title(lines, above)
    if title is None:
        return _Head(subject, _first_date(lines[head_start:text_start]), (), text_start)
    start = _title_start(lines, title)
    pieces = _title_pieces(lines, start, text_start)
    end = start + len(pieces)
    line = join_lines(pieces)
    is_text = bool(subject) and line != subject and not _is_headline(line)
    return _Head(
        title=subject if is_text else line,
        date=_first_date([*lines[end:text_start], *reversed(lines[head_start:start])]),
        extra_lines=(
            *_text_above_title(lines[head_start:start]),
            *([line] if is_text else ()),
            *_text_below_title(lines[end:text_start], lines[start]),
        ),
        text_start=text_start,
    )


def _is_headline(line: str) -> bool:
    """Whether a line above an email's text is a better title than its subject: not a greeting."""
    return len(line.split()) in _TITLE_WORDS and line[-1] not in ",.:;!"


def _join_bylines(lines: Sequence[str]) -> list[str]:
    """Return as many lines, with each "by" on a line of its own joined with the name below it.

    If the sentence continues below the name, it is not a byline.
    """
    lines = list(lines)
    filled = [number for number, line in enumerate(lines[:_MAX_HEAD_LINES]) if line]
    for by, name, after in zip(filled, filled[1:], filled[2:], strict=False):
        is_name = _NAME.fullmatch(lines[name]) and not _is_continuation(lines[after])
        if lines[by].lower() == "by" and is_name:
            lines[by], lines[name] = f"{lines[by]} {lines[name]}", ""
    return lines


def _text_above_title(lines: Sequence[str]) -> list[str]:
    """Return the lines above the title that are text (another headline): none below a menu."""
    if any(boilerplate_category(line) not in (None, "contact") for line in lines if line):
        return []
    return [line for line in lines if line and not _is_head_boilerplate(line)]


def _text_below_title(lines: Sequence[str], title: str) -> Iterator[str]:
    """Yield the lines between the title and the text that are not boilerplate: a second headline.

    A few words after a button, a date or a contact belong to it: a tag, a name.
    """
    after_boilerplate = False
    for line in filter(None, lines):
        is_short = len(line.split()) <= 3
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
                return _sentence_start(lines, number)
    return region.start if region else 0


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
    following = join_lines([line, *filter(None, lines[number + 1 : number + 4])])
    if _opens_with_dateline(line + " x" if line[-1] in "—–-" else line) or (
        len(line) <= 40 and line.count(" ") <= 4 and _opens_with_dateline(following)
    ):
        return True
    if _is_head_boilerplate(line) and not _is_part_of_sentence(lines, number):
        return False
    return _is_prose(line, min_words) or _continues_as_prose(lines, number)


def _opens_with_dateline(text: str) -> bool:
    """Whether ``text`` is a dateline and what follows it."""
    dateline = parse_dateline(text)
    return dateline is not None and dateline.is_closed and dateline.end < len(text)


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
    is_short = len(line.split()) <= 9
    return is_short and (line.startswith(("By ", "BY ")) or find_date(line) is not None)


def _first_date(lines: Iterable[str]) -> date | None:
    """Return the first date in ``lines``, or None."""
    return next(filter(None, map(find_date, lines)), None)
