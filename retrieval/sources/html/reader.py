"""Read the release that a saved web page holds."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from retrieval.release import DateSource
from retrieval.sources.dateline import dateline_readings, first_dateline
from retrieval.sources.draft import ReleaseDraft
from retrieval.sources.html.blocks import Block, visible_blocks, with_label
from retrieval.sources.html.headline import find_headline
from retrieval.sources.html.main_text import LINES_BELOW_LEAD, LeftOut, MainText, find_main_text
from retrieval.sources.html.metadata import Metadata, read_metadata
from retrieval.sources.html.quotations import with_speakers
from retrieval.sources.html.site_lines import is_link
from retrieval.sources.html.surroundings import is_prose
from retrieval.sources.html.tree import ParsedPage
from retrieval.sources.publication_date import (
    DateOrder,
    PublicationDate,
    date_in_address,
    date_on_line,
    is_labelled,
    is_update,
)
from retrieval.text.dates import date_readings
from retrieval.text.tokens import words

_BOXES = 2  # around the headline, in which a line above it is the release's
_LINES_ABOVE = 6  # the headline, in which a date is that of the release
_FIRST_PARAGRAPHS = 4  # in which a dateline is looked for
_META_DATES = (
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "date.issued",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.created",
    "dc.date.created",
    "dcterms.date",
    "dc.date",
    "citation_publication_date",
    "parsely-pub-date",
    "sailthru.date",
    "publish-date",
    "publication_date",
    "publishdate",
    "pubdate",
    "release_date",
    "date",
)


def read_html(html: str) -> ReleaseDraft:
    """Return the release that a web page holds.

    Raises:
        ValueError: If the page has no text, or cannot be parsed.
    """
    page = ParsedPage.parse(html)
    blocks = visible_blocks(page.body)
    metadata = read_metadata(page.document)
    title, headline = find_headline(blocks, metadata)
    order = DateOrder.of(language=metadata.language, url=metadata.url)
    order = order.decided_by(block.text for block in blocks)
    text = find_main_text(blocks, headline, order)
    paragraphs = tuple(each for each in with_speakers(text.blocks) if each != title)
    if not paragraphs:
        raise ValueError("no main text found in the page")
    found = _publication_date(blocks, headline, text, metadata, order)
    return ReleaseDraft(
        title=title,
        paragraphs=paragraphs,
        date=found.date if found else None,
        url=metadata.url,
        dateline=first_dateline(paragraphs),
        date_source=found.source if found else None,
        notes=(*_notes(text), *(found.notes if found else ())),
    )


def _notes(text: MainText) -> Iterator[str]:
    """Yield what there is to say of what was left out."""
    reasons = Counter(reason for _, reason in text.left_out)
    if apart := reasons[LeftOut.APART]:
        yield f"paragraphs of this page that stand apart from its text were left out: {apart}"
    if reasons[LeftOut.CAPTION]:
        yield "captions of pictures were left out"


def _publication_date(
    blocks: Sequence[Block],
    headline: int | None,
    text: MainText,
    metadata: Metadata,
    order: DateOrder,
) -> PublicationDate | None:
    """Return the date of a page: what it shows, or else what its metadata tells."""
    near = list(_near_headline(blocks, headline, text))
    around = {id(block) for block, reason in text.left_out if reason is LeftOut.AROUND}
    shown = _shown_date([each for each in near if id(each[1]) not in around], order)
    paragraphs = [block.text for block in text.blocks[:_FIRST_PARAGRAPHS]]
    in_dateline = next(filter(None, map(dateline_readings, paragraphs)), ())
    shown = shown or order.choose(in_dateline, DateSource.DATELINE)
    told = next(_told_dates(metadata, blocks[headline].text if headline is not None else ""), None)
    if shown and told and shown.other == told.date:
        return PublicationDate(told.date, shown.source)  # the metadata tells which reading is meant
    if shown or told:
        return shown or told
    lines = [*near, *((block.text, block) for block in text.blocks)]
    labelled = [(line, block) for line, block in lines if is_labelled(line)]
    return _shown_date(labelled, order) or date_in_address(metadata.url)


def _shown_date(lines: Iterable[tuple[str, Block]], order: DateOrder) -> PublicationDate | None:
    """Return the first date of publication that a line, the text of a block, shows."""
    for line, block in lines:
        found = None if block.updated else date_on_line(line, order)
        told = date_readings(block.time)
        if found and found.other and found.other in told:
            return PublicationDate(found.other, found.source)
        if found:
            return PublicationDate(found.date, found.source) if found.date in told else found
        if len(told) == 1 and not is_prose(block) and not is_update(line):
            return PublicationDate(told[0], DateSource.TIME_ELEMENT)
    return None


def _near_headline(
    blocks: Sequence[Block], headline: int | None, text: MainText
) -> Iterator[tuple[str, Block]]:
    """Yield the lines between headline and text, a lead among them, and then those just above.

    Above the headline only what is in a box with it counts, and no item of a list.
    """
    prose = [id(block) for block in text.blocks if is_prose(block)][:2]
    places = [n for n, block in enumerate(blocks) if id(block) in prose]
    is_lead = len(places) > 1 and places[1] - places[0] <= LINES_BELOW_LEAD + 1
    end = places[is_lead] if places else len(blocks) - 1
    start = headline if headline is not None and headline <= end else max(0, end - _LINES_ABOVE)
    lines = [(with_label(blocks, n), block) for n, block in enumerate(blocks)]
    yield from lines[start : end + 1]
    boxes = frozenset(islice(blocks[start].element.ancestors, _BOXES)) if blocks else frozenset()
    for line, block in reversed(lines[max(0, start - _LINES_ABOVE) : start]):
        lineage = tuple(block.element.lineage)
        is_item = any(each.tag in ("li", "ul", "ol") for each in lineage)
        if not is_item and not is_link(block) and not boxes.isdisjoint(lineage):
            yield line, block


def _told_dates(metadata: Metadata, title: str) -> Iterator[PublicationDate]:
    """Yield the dates of publication that a page tells to machines, the best first.

    Those of the article with the page's title come first: there may be related ones.
    """
    for item in sorted(
        metadata.news, key=lambda item: words(str(item.get("headline"))) != words(title)
    ):
        yield from _machine_date(item.get("datePublished"), DateSource.JSON_LD)
    for name in _META_DATES:
        for field, content in metadata.fields:
            if field == name:
                yield from _machine_date(content, DateSource.META)


def _machine_date(value: object, source: DateSource) -> Iterator[PublicationDate]:
    readings = date_readings(value) if isinstance(value, str) else ()
    if len(readings) == 1:
        yield PublicationDate(readings[0], source)
