"""What a list says of each of its links: in the box around it, its date and its title.

The box of a link is the largest element around it in which no other link of the list is.
"""

import datetime
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from retrieval.release import DateSource
from retrieval.sources.html.tags import BLOCK_TAGS
from retrieval.sources.html.tree import Element
from retrieval.sources.publication_date import DateOrder, PublicationDate, date_on_line
from retrieval.text.dates import date_readings
from retrieval.text.lines import clean

MOST_TITLE_WORDS = 45
"""How many words a title has at most: a link around more is a whole teaser."""

_HEADINGS = frozenset(f"h{level}" for level in range(1, 7))
_TITLE_NAMES = frozenset(("headline", "title"))
_POINTER = re.compile(
    r"(?:read|learn|find out|view|see|show|continue|full|download|open|more|details|click|link|here"
    r"|go to|leer|ver|más|mehr|weiter|lire|la suite|plus)\b",
    re.IGNORECASE,
)
_POINTER_WORDS = 5
_MAX_BOX = 1500  # characters around one link
_MAX_PIECE = 120  # characters of a line with a date
_DATE_NAMES = frozenset("date datetime time published posted timestamp day".split())
_TRIMMED = " \u00a0|·•–—-:,()[]"
_IDEOGRAMS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_IDEOGRAMS_OF_WORD = 2


@dataclass(slots=True)
class LinkInBox:
    """A link on a page, and what is found of it: its box, its title, its date."""

    anchor: Element
    address: str
    text: str
    box: Element
    date: datetime.date | None = None
    title: str = ""


def spaced_text(element: Element) -> str:
    """Return the text of an element on one line, with spaces where a browser begins a new one."""
    pieces = []
    for each, _ in element.walk():
        if isinstance(each, str):
            pieces.append(each)
        elif each.tag in BLOCK_TAGS or each.tag == "br":
            pieces.append(" ")
    return clean("".join(pieces))


def word_count(text: str) -> int:
    """Return the number of words of a text; two ideograms count as one."""
    return max(len(text.split()), len(_IDEOGRAMS.findall(text)) // _IDEOGRAMS_OF_WORD)


def is_title(text: str) -> bool:
    """Whether the text of a link may be a title, and is not "Read more", a date, or nothing."""
    words = word_count(text)
    is_pointer = words <= _POINTER_WORDS and _POINTER.match(text)
    return words > 1 and not is_pointer and not date_readings(text.strip(_TRIMMED))


def text_sizes(body: Element) -> Counter[Element]:
    """Return the number of characters in each element of a page."""
    sizes = Counter[Element]()
    path = [body]
    for each, starts in body.walk():
        if isinstance(each, str):
            sizes[path[-1]] += len(each.strip())
        elif starts:
            path.append(each)
        else:
            path.pop()
            sizes[path[-1]] += sizes[each]
    return sizes


def find_boxes(group: Sequence[LinkInBox], sizes: Mapping[Element, int]) -> None:
    """Find for each link the largest element around it with no other link of its group in it."""
    held = Counter(each for link in group for each in link.anchor.lineage)
    for link in group:
        for each in link.anchor.ancestors:
            if held[each] > 1 or each.tag in ("main", "body") or sizes[each] > _MAX_BOX:
                break
            link.box = each


def find_titles(group: Sequence[LinkInBox], order: DateOrder) -> None:
    """Find for each link the title: its text, or a heading in or beside it, or its label."""
    for link in group:
        title = next((each for each in _titles(link, order) if is_title(each)), link.text)
        link.title = " ".join(title.split()[:MOST_TITLE_WORDS])


def find_dates(group: Sequence[LinkInBox], order: DateOrder, shown: "ShownDates") -> None:
    """Find the dates of a group's links: in their boxes, or else before or after each."""
    for link in group:
        link.date = _date_in(link.box, link.title, order)
    undated = [link for link in group if link.date is None]
    if len(undated) > len(group) / 2:
        shown.assign(undated)


class ShownDates:
    """The dates that a page shows, and where on it they and its elements are."""

    def __init__(self, body: Element, order: DateOrder) -> None:
        self.places: dict[Element, int] = {body: 0}
        self._ends: dict[Element, int] = {}
        self._dates: list[tuple[int, datetime.date]] = []
        for place, (each, starts) in enumerate(body.walk(), start=1):
            if isinstance(each, str):
                if found := _date_of(clean(each).strip(_TRIMMED), order):
                    self._dates.append((place, found.date))
            elif starts:
                self.places[each] = place
            else:
                self._ends[each] = place

    def assign(self, group: Sequence[LinkInBox]) -> None:
        """Give each link the date that stands before it, or after it if the first one has none.

        A date that stands before counts for all links up to the next date.
        """
        shared = set(group[0].anchor.lineage)
        for link in group[1:]:
            shared &= set(link.anchor.lineage)
        region = next((each for each in group[0].anchor.ancestors if each in shared), None)
        if region is None:
            return
        start, end = self.places[region], self._ends.get(region)
        dates = [each for each in self._dates if start < each[0] and (end is None or each[0] < end)]
        links = sorted(group, key=lambda link: self.places[link.anchor])
        if not dates:
            return
        if dates[0][0] < self.places[links[0].anchor]:
            for link in links:
                before = bisect_left(dates, self.places[link.anchor], key=lambda each: each[0])
                link.date = dates[before - 1][1]
            return
        for link, following in zip(links, [*links[1:], None], strict=True):
            after = bisect_left(dates, self.places[link.anchor], key=lambda each: each[0])
            is_before_next = after < len(dates) and (
                following is None or dates[after][0] < self.places[following.anchor]
            )
            link.date = dates[after][1] if is_before_next else None


def _titles(link: LinkInBox, order: DateOrder) -> Iterator[str]:
    """Yield what may be the title of a link, the best first."""
    labels = [clean(link.anchor.attributes.get(name, "")) for name in ("title", "aria-label")]
    if link.text.endswith(("…", "...")):  # cut off where the label has it whole
        yield from (each for each in labels if each.startswith(link.text.rstrip("….")))
    within = link.anchor if is_title(link.text) else link.box
    parts = [each for each in within.elements() if each is not link.anchor]
    yield from (_undated_text(each, order) for each in parts if each.tag in _HEADINGS)
    if within is link.anchor:
        named = (each for each in parts if not each.names.isdisjoint(_TITLE_NAMES))
        yield from (_undated_text(each, order) for each in (*named, link.anchor))
    yield from labels
    lines = (spaced_text(each) for each in parts if each.tag in ("p", "td"))
    yield max((each for each in lines if is_title(each)), key=len, default="")


def _undated_text(element: Element, order: DateOrder) -> str:
    """Return the text of an element, without the pieces of it that are dates."""
    pieces = list(_pieces(element))
    undated = [each for each in pieces if _date_of(each, order) is None]
    return spaced_text(element) if len(undated) == len(pieces) else " ".join(undated)


def _date_in(box: Element, title: str, order: DateOrder) -> datetime.date | None:
    """Return the date that a box shows beside its title, or else tells to machines, or None.

    What is told to machines decides between two readings of a date in figures.
    """
    times = (each.attributes.get("datetime", "") for each in box.elements() if each.tag == "time")
    told = [readings[0] for each in times if len(readings := date_readings(each)) == 1]
    shown = (_date_of(piece, order) for piece in _pieces(box) if piece != title)
    for found in (*shown, *_dates_in_pieces(box, order)):
        if found:
            return found.other if found.other and found.other in told else found.date
    return told[0] if told else None


def _dates_in_pieces(box: Element, order: DateOrder) -> Iterator[PublicationDate | None]:
    """Yield the dates whose month, day and year are in elements of their own."""
    for each in box.elements():
        if not each.names.isdisjoint(_DATE_NAMES):
            readings = date_readings(spaced_text(each).strip(_TRIMMED))
            yield order.choose(readings, DateSource.LINE)


def _pieces(box: Element) -> Iterator[str]:
    """Yield the pieces of text of a box that may hold a date."""
    for each, _ in box.walk():
        if isinstance(each, str) and (piece := clean(each).strip(_TRIMMED)):
            yield piece


def _date_of(piece: str, order: DateOrder) -> PublicationDate | None:
    """Return the date that a piece of text is, or None."""
    if len(piece) > _MAX_PIECE or not any(map(str.isdigit, piece)):
        return None
    return date_on_line(piece, order)
