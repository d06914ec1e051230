"""What surrounds a release on its page: menus, share buttons, contacts, footers.

A line is furniture only if it is nothing else: it matches as a whole. What stands between two
pieces of furniture is judged by whoever asks, because only the page shows what it is.
"""

import re
from collections.abc import Sequence

from retrieval.sources.line_breaks import is_sentence_end

_FORMS: dict[str, tuple[str, ...]] = {
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
    "end": (
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
    "section": (
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
_KINDS = {kind: re.compile("|".join(forms), re.IGNORECASE) for kind, forms in _FORMS.items()}
_END_MARK = re.compile(r"[-–—*\s]*(?:#(?:\s?#){1,}|#+|\b30\b|\bend\b)[-–—*\s]*", re.IGNORECASE)
_BELOW = ("share", "end", "section")
_LONGEST = 300  # characters; cookie notices are the longest furniture
_ROW = 3  # this many buttons on end are no words of a sentence
_TEASER_WORDS = 30  # what is under "Related" is shorter than this, or it is text
_BULLET = re.compile(r"^[•▪◦‣·*|>»›]\s*")


def boilerplate_kind(line: str) -> str | None:
    """Return which furniture ``line`` is ("menu", "share", "contact", …), or None for none."""
    bare = _BULLET.sub("", line).strip(" |")
    if len(bare) > _LONGEST:
        return None
    return next((kind for kind, form in _KINDS.items() if form.fullmatch(bare)), None)


def is_end_mark(line: str) -> bool:
    """Whether ``line`` is the mark at a release's end: "###", "# # #", "-30-", "-END-"."""
    return bool(_END_MARK.fullmatch(line)) and not line.isalnum()


def without_boilerplate(lines: Sequence[str]) -> list[str]:
    """Return a release's lines, from its first, without what is below it and buttons between.

    Below it is what follows the end mark, or else the first furniture that no more prose follows.
    After an end mark prose is kept ("About the company") up to the next furniture.
    """
    lines = _without_button_rows(lines)
    mark = next((n for n, line in enumerate(lines) if n and is_end_mark(line)), None)
    if mark is None:
        return lines[: _end_of_text(lines)]
    rest = lines[mark + 1 :]
    stop = next((n for n, line in enumerate(rest) if boilerplate_kind(line) in _BELOW), len(rest))
    last = max((n for n in range(stop) if _is_prose(rest[n])), default=-1)
    return [*lines[: _end_of_text(lines[:mark])], "", *rest[: last + 1]]


def _without_button_rows(lines: Sequence[str]) -> list[str]:
    """Return ``lines`` without rows of share buttons."""
    kept: list[str] = []
    row: list[str] = []
    for line in (*lines, "."):
        if boilerplate_kind(line) == "share":
            row.append(line)
            continue
        kept += row if len(row) < _ROW else []
        row = []
        kept.append(line)
    return kept[:-1]


def _end_of_text(lines: Sequence[str]) -> int:
    """Return the number of lines before the furniture at the end."""
    end = next((n for n in range(1, len(lines)) if _is_last_section(lines, n)), len(lines))
    number = end
    while number > 0:
        number -= 1
        line = lines[number]
        if _stands_alone(lines, number) and boilerplate_kind(line) not in (None, "menu"):
            end = number
        elif line and _is_prose(line):
            break
    while end and (not lines[end - 1] or boilerplate_kind(lines[end - 1]) == "menu"):
        end -= 1
    return end


def _is_last_section(lines: Sequence[str], number: int) -> bool:
    """Whether a footer or a list of other releases begins here, and no text follows."""
    if boilerplate_kind(lines[number]) != "section" or not _stands_alone(lines, number):
        return False
    return all(len(line.split()) < _TEASER_WORDS for line in lines[number + 1 :])


def _stands_alone(lines: Sequence[str], number: int) -> bool:
    """Whether a line is no link in a sentence: one has ended before it, none goes on after."""
    before = lines[number - 1] if number else ""
    after = lines[number + 1] if number + 1 < len(lines) else ""
    if after and (after[0].islower() or after[0] in ".,;:)") and not boilerplate_kind(after):
        return False
    return (
        not before
        or is_sentence_end(before)
        or boilerplate_kind(before) is not None
        or is_end_mark(before)
    )


def _is_prose(line: str) -> bool:
    """Whether ``line`` ends a sentence, or is as long as one."""
    words = len(line.split())
    return boilerplate_kind(line) is None and (
        words >= 12 or (words >= 4 and is_sentence_end(line))
    )
