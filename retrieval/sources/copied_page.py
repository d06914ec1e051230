"""Text files: a page as copied from a browser, an email saved as text, or plain text.

Above a release there are a menu, its title and its date; below it are buttons and a footer. The
text begins at the first line that is prose, or at the dateline before it, and ends at the first
boilerplate below its prose. A line that is neither head nor boilerplate is kept. Where what is
left out may be text, the draft's notes say so.
"""

from collections.abc import Iterator, Sequence

from retrieval.release import DateSource
from retrieval.sources.boilerplate import boilerplate_category
from retrieval.sources.dateline import dateline_readings, first_dateline
from retrieval.sources.draft import ReleaseDraft
from retrieval.sources.mail_header import split_header
from retrieval.sources.page_head import PageHead, find_head, join_labels, labelled_date
from retrieval.sources.paragraphs import recover_paragraphs, unwrap_lines
from retrieval.sources.publication_date import DateOrder, PublicationDate
from retrieval.sources.text_region import TextRegion, find_text
from retrieval.text.lines import clean_lines

_NAMED_LENGTH = 60  # characters, of a line that a note names
_LINES_BELOW_TEXT = 8  # among which a date of publication may be


def read_copied_page(text: str) -> ReleaseDraft:
    """Return the release that a text file holds."""
    mail, text = split_header(text)
    lines = [
        "" if boilerplate_category(line) == "notice" else line
        for line in unwrap_lines(clean_lines(text))
    ]
    lines = join_labels(lines)
    region = find_text(lines)
    order = DateOrder().decided_by(lines)
    head = find_head(lines, region, mail.subject, order)
    end = region.end if region else len(lines)
    paragraphs = (
        *recover_paragraphs(head.extra_lines),
        *_text(lines, region, head.text_start),
    )
    in_dateline = next(filter(None, map(dateline_readings, paragraphs[:2])), ())
    below = lines[end : end + _LINES_BELOW_TEXT]
    date = (
        (PublicationDate(mail.date, DateSource.MAIL_HEADER) if mail.date else None)
        or head.date
        or order.choose(in_dateline, DateSource.DATELINE)
        or labelled_date(below, order)
    )
    return ReleaseDraft(
        title=head.title,
        paragraphs=paragraphs,
        date=date.date if date else None,
        date_source=date.source if date else None,
        dateline=first_dateline(paragraphs) or head.dateline,
        notes=(*_notes(lines, head, region), *(date.notes if date else ())),
    )


def _text(lines: Sequence[str], region: TextRegion | None, start: int) -> tuple[str, ...]:
    """Return the paragraphs of a page from line ``start`` on."""
    if region is None:
        return recover_paragraphs(lines[start:])
    if start == region.start:
        return region.paragraphs
    # The head ends within the first paragraph, or the text begins above it with a dateline.
    first = filter(None, lines[max(start, region.start) : region.first_end])
    above = lines[start : region.start]
    return (*recover_paragraphs([*above, *first]), *region.paragraphs[1:])


def _notes(lines: Sequence[str], head: PageHead, region: TextRegion | None) -> Iterator[str]:
    """Yield what is in doubt: lines above the title, and below the text, that may be text."""
    if head.left_out:
        yield f"{head.left_out} lines above the title were left out"
    if region and region.is_doubtful:
        below = [line for line in lines[region.end :] if line]
        yield f"{len(below)} lines below the text were left out, from “{_shortened(below[0])}” on"


def _shortened(line: str) -> str:
    """Return the beginning of a line, to name it in a note."""
    return line if len(line) <= _NAMED_LENGTH else f"{line[: _NAMED_LENGTH - 1].rstrip()}…"
