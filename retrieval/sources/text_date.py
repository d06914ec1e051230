"""The date of publication that the first paragraphs of a release give."""

from collections.abc import Sequence

from retrieval.release import DateSource
from retrieval.sources.dateline import dateline_readings
from retrieval.sources.publication_date import DateOrder, PublicationDate, date_on_line

_FIRST_PARAGRAPHS = 4


def date_in_text(paragraphs: Sequence[str], order: DateOrder) -> PublicationDate | None:
    """Return the date of a release of which there are only the paragraphs, or None.

    It is a paragraph, or beside a label ("Published: March 5, 2024"), or in the dateline.
    """
    for paragraph in paragraphs[:_FIRST_PARAGRAPHS]:
        if found := order.choose(dateline_readings(paragraph), DateSource.DATELINE):
            return found
        if found := date_on_line(paragraph, order):
            return found
    return None
