"""Find the text of a release among the lines of its page: below the menus, above the footer.

The lines are joined to paragraphs, and each paragraph gets a score: prose counts for the text, by
its words; menus, buttons and footers count against it. The text is the run of paragraphs with the
greatest sum (maximum subsequence segmentation: Pasternack and Roth, "Extracting Article Text from
the Web with Maximum Subsequence Segmentation", 2009). Prose that a menu separates from the text,
such as a cookie notice or the teaser of another release, is thereby outside of it.

Short lines that are no known boilerplate count against the text only among known boilerplate: a
page that has none is text from its first prose to its end.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from retrieval.sources.boilerplate import (
    boilerplate_category,
    is_end_mark,
    is_prose,
    is_source_line,
)
from retrieval.sources.boilerplate_forms import Category
from retrieval.sources.dateline import parse_dateline
from retrieval.sources.line_breaks import ends_sentence
from retrieval.sources.paragraphs import recover_paragraphs
from retrieval.text.dates import find_date, parse_date

_MAX_WORDS = 60  # that one paragraph counts for: a long footer is no text for its length
_WEIGHTS: Mapping[Category | None, int] = {
    None: -3,  # a short line in a run of boilerplate
    "menu": -6,
    "contact": -4,  # often followed by text about the publisher
    "share": -8,
    "footer": -10,
    "footer section": -30,
    "wire": -20,
    "other releases": -40,
    "notice": 0,
}
_END_MARK, _ABOUT = -40, 45
_TEASER = -5
_MIN_TEXT = 40  # words, before a line can end the text: a notice above a menu is shorter
_BELOW_HEAD, _HEAD_GROUPS = 60, 8  # the first prose below a date is the text, if any is
_DATED, _DATED_WORDS = -15, 8  # a date near the title: a few words above it are no text
_RUN = 3  # as many known lines among short ones are a menu
_BELOW_TEXT: tuple[Category, ...] = (
    "share",
    "contact",
    "footer",
    "footer section",
    "wire",
    "other releases",
)
_NOWHERE_TEXT: tuple[Category, ...] = ("notice", "wire", "other releases")
_IN_LISTS: tuple[Category, ...] = ("contact", "footer section")  # of offices to visit or to call
_HEADS_LIST: tuple[Category, ...] = ("footer section", "wire", "other releases")
_DOUBTFUL_WORDS = 12
_MENU_LINES, _MENU_WORDS = 8, 6
_CONTACT_LINES, _NAME_LINES = 12, 3  # of a name, a function and an office above a number
_CONTACT_HEADING = re.compile(
    r"(?:(?:press|news|media|investor|public affairs) )?(?:contacts?|inquiries|enquiries|relations)"
    r"(?: information)?:?|contactos?(?: (?:de|con la|para) (?:prensa|medios))?:?"
    r"|(?:presse)?kontakt:?|contacts? presse ?:?",
    re.IGNORECASE,
)
_ABOUT_HEADING = re.compile(
    r"(?:about|acerca de|sobre|über|à propos d[eu]|quiénes somos)\b.{0,80}|notes? to editors?:?"
    r"|(?:background|boilerplate|forward[- ]looking statements?|safe harbor.{0,60}):?",
    re.IGNORECASE,
)
_TEASER_END = re.compile(
    r"(?:…|\.\.\.|\[…\]|\[\.\.\.\])(?: ?(?:read|learn|leer|ver) (?:more|más))?$", re.I
)


@dataclass(frozen=True, slots=True)
class TextRegion:
    """Where the text of a page is, in lines.

    Attributes:
        head_start: The first line that may belong to the head of the release: what is above it is
            other prose.
        start: The first line of the first paragraph of prose.
        first_end: The line after that paragraph.
        end: The line after the text.
        paragraphs: The paragraphs from line ``start`` to ``end``, without boilerplate.
        is_doubtful: Whether something below ``end`` may be text: prose, or many unknown lines.
    """

    head_start: int
    start: int
    first_end: int
    end: int
    paragraphs: tuple[str, ...]
    is_doubtful: bool


@dataclass(frozen=True, slots=True)
class _Group:
    """A paragraph: its lines, its category, its words, and whether it is prose."""

    start: int
    end: int
    text: str
    words: int
    category: Category | None
    is_prose: bool


def find_text(lines: Sequence[str]) -> TextRegion | None:
    """Return the region of a page's ``lines`` that is its text, or None if it has no prose."""
    groups = list(_groups(lines))
    last = _other_releases(groups)
    first, last = _maximum_subsequence(list(_scores(groups[:last])))
    if last < first:
        return None
    above = [group for group in groups[:first] if group.is_prose]
    tail = groups[last + 1 :]
    kept, is_menu = _end_of_tail(groups[last], tail)
    dropped_words = sum(group.words for group in tail[kept:] if group.is_prose)
    text = groups[first : last + 1 + kept]
    left_out = {group.start for group in _boilerplate_within(text)}
    return TextRegion(
        head_start=above[-1].end if above else 0,
        start=groups[first].start,
        first_end=groups[first].end,
        end=tail[kept].start if kept < len(tail) else len(lines),
        paragraphs=tuple(group.text for group in text if group.start not in left_out),
        is_doubtful=is_menu or dropped_words >= _DOUBTFUL_WORDS,
    )


def _other_releases(groups: Sequence[_Group]) -> int:
    """Return the number of groups above those that a wire's page has of other releases."""
    words, has_date = 0, False
    for number, group in enumerate(groups):
        has_date |= _is_dated(group)
        if group.is_prose:
            words += group.words
            if has_date or parse_dateline(group.text):
                words += _MIN_TEXT
        elif group.category == "other releases" and words >= _MIN_TEXT:
            return number
    return len(groups)


def _end_of_tail(last: _Group, tail: Sequence[_Group]) -> tuple[int, bool]:
    """Return how many groups below the ``last`` prose are text, and whether that is a guess.

    A signature or the end of a list may be there: all is text up to the first boilerplate. Many
    short lines before that are a menu of a site that is not known here.
    """
    repeated, is_list = _repeated(tail), last.text.endswith(":")
    for number, group in enumerate(tail):
        if is_source_line(group.text) and _is_last(tail[number + 1 : number + 4]):
            return number + 1, False
        if is_end_mark(group.text) or (
            group.category in _BELOW_TEXT and not (is_list and _is_in_list(group))
        ):
            break
        following = tail[number : number + 3]
        is_known = [bool(other.category) for other in following]
        if group.category == "menu" and all(
            is_known[n] or following[n].text in repeated for n in range(len(following))
        ):
            break
        if _is_list_of_releases(tail[number : number + 4]):
            break
    else:
        return len(tail), False
    if number >= _MENU_LINES and not is_list and all(map(_is_menu_item, tail[:number])):
        return 0, True
    return number, False


def _is_in_list(group: _Group) -> bool:
    """Whether a group may be of a list of offices to visit or to call."""
    return group.category in _IN_LISTS and not _CONTACT_HEADING.fullmatch(group.text)


def _is_last(following: Sequence[_Group]) -> bool:
    """Whether boilerplate is among the groups that follow a line, or nothing follows."""
    return not following or any(group.category for group in following)


def _is_menu_item(group: _Group) -> bool:
    """Whether a group looks like an item of a menu, and not like one of a list or a table."""
    return (
        group.words <= _MENU_WORDS
        and not group.is_prose
        and group.text[0].isupper()
        and group.text[-1] not in ".,;:"
        and not any(character.isdigit() for character in group.text)
    )


def _is_list_of_releases(groups: Sequence[_Group]) -> bool:
    """Whether dates, or ranks, and titles take turns in the ``groups``: twice."""
    dated = [group.text.isdigit() or parse_date(group.text) is not None for group in groups]
    titles = [3 <= group.words <= 30 and group.text[-1] not in ".,:;" for group in groups]
    return len(groups) == 4 and (
        (dated[0] and titles[1] and dated[2] and titles[3])
        or (titles[0] and dated[1] and titles[2] and dated[3])
    )


def _boilerplate_within(groups: Sequence[_Group]) -> Iterator[_Group]:
    """Yield the groups within the text that are boilerplate: buttons, notices, contacts."""
    run: list[_Group] = []
    is_below_mark = False
    for number, group in enumerate(groups):
        is_below_mark = (is_below_mark or is_end_mark(group.text)) and not group.is_prose
        if group.category in (_BELOW_TEXT if is_below_mark else _NOWHERE_TEXT):
            yield group
        elif is_end_mark(group.text):
            yield from _boilerplate_above(groups, number)
            yield group
        if group.category == "share":
            run.append(group)
        else:
            yield from run if len(run) >= _RUN else ()
            run = []
        if _CONTACT_HEADING.fullmatch(group.text):
            yield from _contact_block(groups[number : number + _CONTACT_LINES])


def _boilerplate_above(groups: Sequence[_Group], number: int) -> Iterator[_Group]:
    """Yield the boilerplate between the last prose above group ``number`` and that group."""
    for above in range(number - 1, -1, -1):
        group = groups[above]
        if group.is_prose or is_end_mark(group.text):
            return
        if group.category not in (None, "menu"):
            yield group


def _contact_block(groups: Sequence[_Group]) -> Sequence[_Group]:
    """Return the groups from a contact's heading to the last telephone number or address."""
    last = 0
    for number, group in enumerate(groups[1:], start=1):
        if group.is_prose or number - last > _NAME_LINES + 1:
            break
        if group.category == "contact":
            last = number
    return groups[: last + 1] if last else ()


def _groups(lines: Sequence[str]) -> Iterator[_Group]:
    """Yield the paragraphs of a page with the lines that each consists of."""
    number = 0
    for paragraph in recover_paragraphs(lines):
        missing = _length(paragraph)
        while not lines[number]:
            number += 1
        start = number
        while missing > 0:
            missing -= _length(lines[number])
            number += 1
        category = _category(paragraph, lines[start:number])
        prose = category is None and _is_prose(paragraph)
        yield _Group(start, number, paragraph, paragraph.count(" ") + 1, category, prose)


def _category(paragraph: str, lines: Sequence[str]) -> Category | None:
    """Return the category of a paragraph; a line of a wire's page within it is no sentence."""
    category = boilerplate_category(paragraph)
    if category or len(lines) == 1 or ends_sentence(paragraph):
        return category
    found = {boilerplate_category(line) for line in lines}
    return next((of_wire for of_wire in ("wire", "other releases") if of_wire in found), None)


def _length(text: str) -> int:
    """Return the number of characters of clean ``text`` that are not spaces."""
    return len(text) - text.count(" ")


def _is_prose(paragraph: str) -> bool:
    """Whether a paragraph is prose, and not the teaser of another text."""
    if _TEASER_END.search(paragraph[-30:]):
        return False
    dateline = parse_dateline(paragraph)
    return is_prose(paragraph) or (
        dateline is not None and dateline.is_closed and dateline.end < len(paragraph)
    )


def _scores(groups: Sequence[_Group]) -> Iterator[int]:
    """Yield the score of each group."""
    repeated = _repeated(groups)
    has_begun, before = False, list[_Group]()
    runs = [list(run) for _, run in groupby(groups, key=lambda group: group.is_prose)]
    for members in runs:
        if members[0].is_prose:
            bonus = 0
            if not has_begun and (_follows_head(before) or parse_dateline(members[0].text)):
                has_begun, bonus = True, _BELOW_HEAD
            yield min(members[0].words, _MAX_WORDS) + bonus
            yield from (min(group.words, _MAX_WORDS) for group in members[1:])
            continue
        before = members
        known = sum(
            group.category not in (None, "notice") or group.text in repeated for group in members
        )
        is_menu = known >= _RUN or any(group.category in _HEADS_LIST for group in members)
        ends = any(group.category not in (None, "notice", "contact") for group in members)
        scores = [_score_of_short(group, is_menu=is_menu, ends=ends) for group in members]
        if members is not runs[-1] and _ABOUT_HEADING.fullmatch(members[-1].text):
            scores[-1] = _ABOUT
        yield from scores


def _follows_head(groups: Sequence[_Group]) -> bool:
    """Whether a date or "For immediate release" is in the last of the ``groups`` above a text."""
    return any(group.category == "contact" or _is_dated(group) for group in groups[-_HEAD_GROUPS:])


def _is_dated(group: _Group) -> bool:
    """Whether a group is a few words with a date."""
    return group.words <= _DATED_WORDS and find_date(group.text) is not None


def _repeated(groups: Sequence[_Group]) -> frozenset[str]:
    """Return the short lines that the page has twice, as a menu has that is above and below."""
    seen, repeated = set[str](), set[str]()
    for group in groups:
        if _is_menu_item(group):
            (repeated if group.text in seen else seen).add(group.text)
    return frozenset(repeated)


def _score_of_short(group: _Group, *, is_menu: bool, ends: bool) -> int:
    """Return the score of a group that is no prose.

    Args:
        group: The group.
        is_menu: Whether many lines around it are known boilerplate.
        ends: Whether any is, so that an end mark is the end of the text.
    """
    if is_end_mark(group.text) or is_source_line(group.text):
        return _END_MARK if ends else 0
    if _is_dated(group):
        return _DATED
    if group.category is None and _TEASER_END.search(group.text[-30:]):
        return _TEASER
    return _WEIGHTS[group.category] if is_menu or group.category else 0


def _maximum_subsequence(scores: Sequence[int]) -> tuple[int, int]:
    """Return the first and last index of the consecutive ``scores`` with the greatest sum.

    The last is before the first if no score is positive.
    """
    best, best_span = 0, (0, -1)
    total, start = 0, 0
    for index, score in enumerate(scores):
        if total <= 0:
            total, start = 0, index
        total += score
        if total > best:
            best, best_span = total, (start, index)
    return best_span
