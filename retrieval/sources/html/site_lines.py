"""Lines of the site's own among those of a release: bylines, share buttons, pointers, credits."""

import re

from retrieval.sources.boilerplate import boilerplate_category, is_end_mark
from retrieval.sources.html.blocks import Block
from retrieval.sources.html.quotations import quotation_of
from retrieval.sources.publication_date import DateOrder, date_on_line, is_update
from retrieval.text.dates import find_readings

_SHORT = 25  # words of a byline or a line of credits
_NAMES = frozenset("author authors byline bylines credit credits eyebrow kicker timestamp".split())
_STAMP_WORDS = 8  # of "Last updated: March 5, 2024 at noon"
_TIME_WORDS = 8  # of a line that is a time and no more
_BYLINE = re.compile(r"(?:(?:written |posted |published |story )?by) (?-i:[^\W\d_a-z])", re.I)
_POINTER = re.compile(
    r"(?:related|read (?:more|also|next)|more|see also|also read|watch|listen|don[’']t miss"
    r"|click here|recommended)\b",
    re.I,
)
_RELEASE_LABEL = re.compile(
    r"(?:for )?immediate release|for release:?|(?:press|news|media) (?:release|statement|advisory)"
    r"|statement|(?:release )?date|published|posted|fecha|datum|news provided by.{0,80}"
    r"|comunicado(?: de prensa)?|nota de prensa|para publicación inmediata"
    r"|pressemitteilung|communiqué(?: de presse)?",
    re.I,
)
# Labels of what a site files a release under, with or without what follows.
_FILED_UNDER = re.compile(
    r"(?:topics?|tags?|components?|categor(?:y|ies)|keywords?|subjects?|issues?|attachments?"
    r"|filed under|posted in|related (?:information|links?|content|documents?)"
    r"|(?:press|news) release (?:number|no\.?|id|#)|release (?:number|no\.?|#))"
    r"(?:\(s\))?(?: ?#)?\s*:.{0,120}",
    re.I,
)
_COUNTER = re.compile(
    r"(?:(?:about )?\d+[ -]min(?:ute)?s?\.?(?: of)? read(?:ing)?(?: time)?"
    r"|reading time:? \d+ min\w*"
    r"|[\d.,]+[km]? (?:views?|shares?|likes?|comments?|reads?)|(?:hits|views): ?[\d.,]+"
    r"|share this(?: \w+)?: .{0,80}|print(?: ?\| ?(?:e-?mail|pdf|share).{0,20})+"
    r"|unsubscribe\b.{0,60})",
    re.I,
)
_STOP = re.compile(r"[.!?…:;,][\"”’')\]]*$")
_UNLINKED = 12  # characters beside a link, such as "Read more: ", that make it no sentence


def is_site_line(block: Block) -> bool:
    """Whether a block is a line of the site's own, wherever in the release it stands."""
    words = len(block.text.split())
    if boilerplate_category(block.text) not in (None, "contact", "menu", "footer section"):
        return True
    if is_update(block.text) and find_readings(block.text) and words <= _STAMP_WORDS:
        return True
    if is_end_mark(block.text) or _COUNTER.fullmatch(block.text):
        return True
    if words <= _SHORT and quotation_of(block) is None:
        if not block.element.names.isdisjoint(_NAMES):
            return True
        if _BYLINE.match(block.text) and not _STOP.search(block.text):
            return True
    if is_link(block):
        return _POINTER.match(block.text) is not None or (words >= 4 and block.text.isupper())
    return False


def is_head_line(line: str, block: Block, order: DateOrder) -> bool:
    """Whether a block between headline and text is a label, a date, or the name of a section.

    ``line`` is its text after its label, if it has one.
    """
    return (
        boilerplate_category(block.text) == "menu"
        or _RELEASE_LABEL.fullmatch(block.text.rstrip(" :")) is not None
        or date_on_line(line, order) is not None
        or (bool(block.time) and len(block.text.split()) <= _TIME_WORDS)
    )


def is_filing_label(block: Block) -> bool:
    """Whether a block tells what a site files the release under: "Topics: Harbours"."""
    return _FILED_UNDER.fullmatch(block.text) is not None and not block.text.endswith(".")


def is_link(block: Block) -> bool:
    """Whether a block is a link and no sentence."""
    unlinked = len(block.text) - block.linked
    return block.linked > unlinked and unlinked <= _UNLINKED and not _STOP.search(block.text)
