"""The date of publication that the first paragraphs of a release give."""

import re
from collections.abc import Sequence
from datetime import date

from retrieval.release import DateSource
from retrieval.sources.dateline import dateline_date
from retrieval.text.dates import find_date, parse_date

_FIRST_PARAGRAPHS = 4
_LABEL = re.compile(
    r"(?:(?:date|published|posted|released|issued|publicado|fecha)\b|(?:for |para )?(?:immediate )?"
    r"(?:publicación|release)\b|(?:press|news|media) (?:release|statement)\b|statement\b)",
    re.IGNORECASE,
)


def date_in_text(paragraphs: Sequence[str]) -> tuple[date, DateSource] | None:
    """Return the date of a release that has its paragraphs only, and where it was found, or None.

    It is a paragraph, or beside a label ("Published: March 5, 2024"), or in the dateline.
    """
    for paragraph in paragraphs[:_FIRST_PARAGRAPHS]:
        if found := parse_date(paragraph):
            return found, DateSource.LINE
        if _LABEL.match(paragraph) and (found := find_date(paragraph)):
            return found, DateSource.LABEL
        if found := dateline_date(paragraph):
            return found, DateSource.DATELINE
    return None
