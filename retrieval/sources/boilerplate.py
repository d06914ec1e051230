"""Boilerplate around a release on its page: menus, share buttons, contacts, footers.

A line is boilerplate only if the whole line matches. Other lines between two pieces of boilerplate
are left to the caller, since only the rest of the page tells what they are.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Literal

from retrieval.sources.line_breaks import ends_sentence

Category = Literal["menu", "share", "contact", "footer", "footer section", "notice"]

_FORMS: Mapping[Category, tuple[str, ...]] = {
    "menu": (
        r"home(?: page)?|menu|main menu|search|close|toggle navigation|open menu|show submenu.*",
        r"skip to (?:main |primary )?(?:content|navigation)|skip navigation|you are here:?.*",
        r"news(?:room)?|press|media|(?:press|news|media) (?:releases?|room|cent(?:er|re)|kit)",
        r"releases|statements?|in the news|latest news|all news|blog|events|breadcrumbs?",
        r"about(?: us)?|biography|bio|issues|legislation|services|constituent services",
        r"contact(?: us)?|serving you|resources|our district|district|careers|company|products",
        r"investors?(?: relations)?|donate|log ?in|sign ?in|subscribe|español",
        r"(?:home|news|newsroom)(?: ?[/»›>|] ?[\w .&’'-]+)+",
    ),
    "share": (
        r"(?:print|e-?mail|share|tweet|like|save|post)(?: this)?"
        r"(?: (?:page|article|post|release))?:?",
        r"share(?: this)?(?: (?:page|story))? ?(?:on|to|via|by) [\w ]{1,20}(?:\(opens .*\))?",
        r"share (?:this )?story:?|share (?:facebook|twitter|email)",
        r"facebook|twitter|x|instagram|youtube|linkedin|whatsapp|reddit|pinterest|threads|bluesky",
        r"flickr|telegram|truth social|rss|pdf|f|t|in|e|#|bookmark|download(?: pdf)?",
        r"click to (?:share|print|email).*|copy (?:link|url)|link copied!?",
        r"\(?opens? in (?:a )?new window\)?",
    ),
    "contact": (
        r"(?:for )?immediate release|for release:.*",
        r"(?:press|media|news|public affairs)? ?contacts?(?: information| info)?:?",
        r"(?:(?:press|media|public affairs|for more information),? )?"
        r"contact(?: person)?s?: .{0,120}",
        r"(?:media|press) inquiries:?(?: .{0,80})?|press office:?",
        r"(?:(?:telephone|tel|phone|ph|fax|fx|cell|mobile|office|t|p|f|m|o)[.:]? ?(?:number)?:? ?)?"
        r"[+(]?\d[\d\s().-]{6,}(?: ?(?:x|ext\.?) ?\d+)?",
        r"(?:e-?mail: ?)?[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
    ),
    "footer": (
        r"back to (?:top|news|press releases|newsroom|list|all \w+)|top",
        r"(?:go|return) to (?:top|news|newsroom).*",
        r"(?:previous|next|older|newer)(?: (?:article|post|story|(?:press )?release|page|news))?"
        r"(?:: .*)?",
        r"« .*|.* »|[‹›«»<>←→]+(?: (?:previous|next|back).*)?|permalink:?.*",
        r"read more:?|load more|(?:view|see) all(?: .{0,30})?|more",
        r"(?:all rights reserved|copyright|©|\(c\) ?\d{4}).*",
        r"privacy(?: policy| notice)?|terms(?: of (?:use|service))?|accessibility|site ?map",
        r"cookie (?:policy|settings|preferences)|(?:accept|reject|manage)(?: all)?(?: cookies)?",
        r"(?:tags?|issues?|topics?|categor(?:y|ies)|filed under|posted in|keywords?)"
        r":.{0,120}|tags|topics|categories",
        r"comments?(?: \(\d+\))?|leave a (?:comment|reply)|(?:powered|website) by .{0,40}",
    ),
    "footer section": (
        r"(?:related|recent|latest|other|similar|featured|popular|trending|upcoming|more)"
        r"(?: (?:\w+ ){0,2}(?:news|posts?|articles?|stories|releases?|content|items|links|topics"
        r"|events|reading|statements))?:?",
        r"you (?:may|might) also (?:like|be interested in):?|read next|up next",
        r"more (?:from|on|about) .{1,40}|follow (?:us|me)(?: on .*)?|connect(?: with .{1,30})?",
        r"sign up.{0,80}|subscribe.{0,60}|(?:e-?)?newsletter(?: sign-?up)?",
        r"stay (?:connected|informed|in touch|up to date)|get (?:email )?updates.{0,40}",
        r"join (?:our|the) (?:mailing|email) list.*|quick links|useful links|footer",
        r"contact info(?:rmation)?|our offices|office locations|offices",
        r"washington,? d\.?c\.? office|[\w .]{2,30} (?:district )?office",
    ),
    "notice": (
        r".{0,80}\b(?:use|uses|using)\b.{0,30}\bcookies\b.*|i agree|got it!?",
        r".*\bcookies?\b.{0,60}\b(?:consent|accept|preferences|experience)\b.*",
        r"an official website of the (?:united states|u\.s\.).*|here[’']s how you know.*",
        r".*\bofficial (?:\w+ )?websites use \.(?:gov|mil).*|.*\ba \.gov website belongs to.*",
        r"secure \.gov websites use https.*|.*\byou[’']ve safely connected to\b.*",
        r".*\bplease enable javascript\b.*|javascript (?:is|must be) .*",
        r"your browser .{0,60}(?:support|out of date|javascript).*",
        r"by (?:continuing|using) (?:to (?:use|browse) )?(?:this|our) (?:web)?site\b.*",
        r"enter your email.*|your email(?: address)?\*?|email address\*?",
    ),
}
_PATTERNS: Mapping[Category, re.Pattern[str]] = {
    category: re.compile("|".join(forms), re.IGNORECASE) for category, forms in _FORMS.items()
}
_END_MARK = re.compile(r"[-–—*\s]*(?:#(?:\s?#){1,}|#+|\b30\b|\bend\b)[-–—*\s]*", re.IGNORECASE)
_BELOW_TEXT: tuple[Category, ...] = ("share", "footer", "footer section")
_MAX_LENGTH = 300  # characters; cookie notices are the longest boilerplate
_BUTTON_ROW = 3  # as many consecutive lines that look like share buttons are not a sentence
_TEASER_WORDS = 30  # a line under "Related" with as many words or more is text
_BULLET = re.compile(r"^[•▪◦‣·*|>»›]\s*")


def boilerplate_category(line: str) -> Category | None:
    """Return the category of boilerplate that ``line`` belongs to, or None if it is not any."""
    bare = _BULLET.sub("", line).strip(" |")
    if len(bare) > _MAX_LENGTH:
        return None
    matches = (category for category, pattern in _PATTERNS.items() if pattern.fullmatch(bare))
    return next(matches, None)


def is_end_mark(line: str) -> bool:
    """Whether ``line`` marks the end of a release: "###", "# # #", "-30-", "-END-"."""
    return bool(_END_MARK.fullmatch(line)) and not line.isalnum()


def strip_boilerplate(lines: Sequence[str]) -> list[str]:
    """Return the lines of a release without rows of share buttons and what is below its text.

    The text ends at the end mark ("###"), or else at the first boilerplate that no prose follows.
    After an end mark, prose is kept ("About the company") up to the next boilerplate.

    Args:
        lines: The lines of a page, from the first one of the text.
    """
    lines = _without_button_rows(lines)
    mark = next((n for n, line in enumerate(lines) if n and is_end_mark(line)), None)
    if mark is None:
        return lines[: _end_of_text(lines)]
    rest = lines[mark + 1 :]
    stop = next(
        (n for n, line in enumerate(rest) if boilerplate_category(line) in _BELOW_TEXT), len(rest)
    )
    last = max((n for n in range(stop) if _is_prose(rest[n])), default=-1)
    return [*lines[: _end_of_text(lines[:mark])], "", *rest[: last + 1]]


def _without_button_rows(lines: Sequence[str]) -> list[str]:
    """Return ``lines`` without the rows of share buttons."""
    kept: list[str] = []
    row: list[str] = []
    for line in (*lines, "."):  # the stop ends a row on the last line
        if boilerplate_category(line) == "share":
            row.append(line)
            continue
        kept += row if len(row) < _BUTTON_ROW else []
        row = []
        kept.append(line)
    return kept[:-1]


def _end_of_text(lines: Sequence[str]) -> int:
    """Return the number of lines before the boilerplate at the end."""
    end = next((n for n in range(1, len(lines)) if _is_last_section(lines, n)), len(lines))
    number = end
    while number > 0:
        number -= 1
        line = lines[number]
        if _stands_alone(lines, number) and boilerplate_category(line) not in (None, "menu"):
            end = number
        elif line and _is_prose(line):
            break
    while end and (not lines[end - 1] or boilerplate_category(lines[end - 1]) == "menu"):
        end -= 1
    return end


def _is_last_section(lines: Sequence[str], number: int) -> bool:
    """Whether a footer section or a list of other releases begins here, with no text after it."""
    if boilerplate_category(lines[number]) != "footer section" or not _stands_alone(lines, number):
        return False
    return all(len(line.split()) < _TEASER_WORDS for line in lines[number + 1 :])


def _stands_alone(lines: Sequence[str], number: int) -> bool:
    """Whether a line is not a link within a sentence, given the lines before and after it."""
    before = lines[number - 1] if number else ""
    after = lines[number + 1] if number + 1 < len(lines) else ""
    if after and (after[0].islower() or after[0] in ".,;:)") and not boilerplate_category(after):
        return False
    return (
        not before
        or ends_sentence(before)
        or boilerplate_category(before) is not None
        or is_end_mark(before)
    )


def _is_prose(line: str) -> bool:
    """Whether ``line`` ends a sentence, or is as long as one."""
    words = len(line.split())
    return boilerplate_category(line) is None and (
        words >= 12 or (words >= 4 and ends_sentence(line))
    )
