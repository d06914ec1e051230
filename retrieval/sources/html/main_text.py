"""Which blocks of a page are the release, and why each of the others is not.

What stands around the text (`retrieval.sources.html.surroundings`) is left out first. Where the
paragraphs that remain are dense is the body of the release, and all of it is read: from the
headline above it, or its first paragraph, to its last one. It may have several parts of the same
name.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from retrieval.sources.boilerplate import boilerplate_category
from retrieval.sources.html.blocks import Block, with_label
from retrieval.sources.html.quotations import quotation_of
from retrieval.sources.html.site_lines import (
    is_filing_label,
    is_head_line,
    is_link,
    is_site_line,
)
from retrieval.sources.html.surroundings import Surroundings, is_prose, prose_by_element
from retrieval.sources.html.tree import Element
from retrieval.sources.publication_date import DateOrder

LINES_BELOW_LEAD = 3
"""How many lines may be between a lead and the text, such as date and byline."""

_DENSE = 0.7  # of an element's prose: a child that has as much is the body
_BOXES = 3  # around each other, the inner one being the body
_LISTS = frozenset("blockquote dd dl dt figure li ol p ul".split())
_ARTICLE_WORDS = 25
_LINKS_IN_LIST = 4
_QUOTED_WORDS = 6  # of a quotation in a figure, whose caption names the speaker
_LABEL_WORDS = 8  # of what is filed under a label


class LeftOut(StrEnum):
    """Why a block is not a part of the release."""

    AROUND = "around"
    """It is in a menu, a footer, a list of other news."""
    LINE = "line"
    """It is a line of the site's own: a date, a byline, a button, a link to other news."""
    REPEATED = "repeated"
    """The release says it above, word for word."""
    CAPTION = "caption"
    """It stands below a picture."""
    APART = "apart"
    """It is a paragraph, but stands apart from the release."""


@dataclass(frozen=True, slots=True)
class MainText:
    """The blocks of a release, in order, and every other block of its page with the reason.

    The headline is in neither.
    """

    blocks: tuple[Block, ...]
    left_out: tuple[tuple[Block, LeftOut], ...]


def find_main_text(blocks: Sequence[Block], headline: int | None, order: DateOrder) -> MainText:
    """Return the text of a release.

    Args:
        blocks: The visible blocks of its page.
        headline: The number of the block that is its headline, or None.
        order: The order in which the page writes dates in figures.
    """
    around = Surroundings(blocks, headline)
    reasons = {n: LeftOut.AROUND for n, block in enumerate(blocks) if around.hold(block.element)}
    reasons |= _beyond_body(blocks, headline, reasons)
    for find in (_captions, _links, _filing_labels, _site_lines, _tail):
        kept = [n for n in range(len(blocks)) if n not in reasons and n != headline]
        reasons |= dict(find(blocks, kept))
    kept = [n for n in range(len(blocks)) if n not in reasons and n != headline]
    reasons |= dict(_head_lines(blocks, kept, order))
    return MainText(
        tuple(block for n, block in enumerate(blocks) if n not in reasons and n != headline),
        tuple((blocks[n], reason) for n, reason in sorted(reasons.items()) if n != headline),
    )


_Reasons = Iterator[tuple[int, LeftOut]]


def _beyond_body(
    blocks: Sequence[Block], headline: int | None, around: Collection[int]
) -> dict[int, LeftOut]:
    """Leave out what is before or after the body; tell of prose ``around`` it that is between."""
    kept = [n for n in range(len(blocks)) if n not in around]
    body = _article(blocks, headline) or _body([blocks[n] for n in kept])
    body = body and _with_headline(body, blocks, headline)
    inside = [n for n in kept if _is_in(blocks[n].element, body)]
    if not inside:
        return {}
    start, end = inside[0], inside[-1]
    if headline is not None and headline <= end:
        first_prose = next((n for n in inside if is_prose(blocks[n])), headline)
        start = min(headline, first_prose)
    beyond = (n for n in kept if not start <= n <= end)
    between = (n for n in around if start < n < end and is_prose(blocks[n]))
    return {n: LeftOut.APART if is_prose(blocks[n]) else LeftOut.LINE for n in (*beyond, *between)}


def _article(blocks: Sequence[Block], headline: int | None) -> Element | None:
    """Return the ``<article>`` with the headline, if the page has others with their own."""
    if headline is None:
        return None
    lineage = blocks[headline].element.lineage
    article = next((each for each in lineage if each.tag == "article"), None)
    if article is None:
        return None
    words = others = 0
    for n, block in enumerate(blocks):
        above = tuple(block.element.lineage)
        if article in above:
            words += len(block.text.split()) * (n != headline and not is_link(block))
        elif block.heading:
            others += any(each.tag == "article" for each in above)
    return article if others and words >= _ARTICLE_WORDS else None


def _body(blocks: Sequence[Block]) -> Element | None:
    """Return the element in which the prose of ``blocks`` is dense; None if there are none."""
    if not blocks:
        return None
    prose = prose_by_element(blocks)
    *_, body = blocks[0].element.lineage
    while prose[body]:
        children = [each for each in body.children if isinstance(each, Element)]
        densest = max(children, key=prose.__getitem__, default=None)
        if densest is None or prose[densest] < _DENSE * prose[body] or densest.tag in _LISTS:
            break
        body = densest
    return body


def _with_headline(body: Element, blocks: Sequence[Block], headline: int | None) -> Element:
    """Return the article that the body is in, or else the box that it shares with the headline."""
    article = next((each for each in body.lineage if each.tag in ("article", "main")), None)
    if article or headline is None:
        return article or body
    above = frozenset(blocks[headline].element.lineage)
    boxes = islice(body.lineage, _BOXES)
    return next((each for each in boxes if each in above), body)


def _is_in(element: Element, body: Element | None) -> bool:
    """Whether an element is in the body, or in another part of it, which has the same names."""
    return body is not None and any(
        each is body or (body.names and (each.tag, each.names) == (body.tag, body.names))
        for each in element.lineage
    )


def _captions(blocks: Sequence[Block], kept: Iterable[int]) -> _Reasons:
    """Leave out what stands below a picture, unless the picture is a quotation."""
    for n in kept:
        quotation = quotation_of(blocks[n])
        if quotation is not None and quotation.tag != "figure":
            continue
        for each in blocks[n].element.lineage:
            if each.tag != "figcaption" and "caption" not in each.names:
                continue
            if quotation is None or not _has_text_beside(quotation, each):
                yield n, LeftOut.CAPTION
                break


def _has_text_beside(figure: Element, caption: Element) -> bool:
    return len(figure.text().split()) - len(caption.text().split()) >= _QUOTED_WORDS


def _site_lines(blocks: Sequence[Block], kept: Iterable[int]) -> _Reasons:
    """Leave out the lines of the site's own, and what was said before in the same words."""
    said = set[str]()
    for n in kept:
        if is_site_line(blocks[n]):
            yield n, LeftOut.LINE
        elif blocks[n].text in said and is_prose(blocks[n]):
            yield n, LeftOut.REPEATED
        said.add(blocks[n].text)


def _links(blocks: Sequence[Block], kept: Sequence[int]) -> _Reasons:
    """Leave out lists of links: long ones, and those below a heading such as "Related"."""
    run: list[int] = []
    introduced = after_text = False
    for n in (*kept, None):
        if n is not None and is_link(blocks[n]):
            run.append(n)
            continue
        within = n is not None and after_text and is_prose(blocks[n])
        if len(run) >= _LINKS_IN_LIST and not (introduced or within):
            yield from ((each, LeftOut.LINE) for each in run)
        run = []
        introduced = n is not None and blocks[n].text.endswith(":")
        after_text = n is not None and blocks[n].element.tag == "p"
    heading: int | None = None
    for n in kept:
        if boilerplate_category(blocks[n].text) == "footer section":
            heading = n
        elif heading is not None and blocks[n].linked and not is_prose(blocks[n]):
            yield from ((each, LeftOut.LINE) for each in (heading, n))
        else:
            heading = None


def _filing_labels(blocks: Sequence[Block], kept: Sequence[int]) -> _Reasons:
    """Leave out, after the last sentence, what the site files the release under."""
    last = max((n for n in kept if is_prose(blocks[n])), default=-1)
    filed = False
    for n in kept:
        if n > last and is_filing_label(blocks[n]):
            filed = True
        elif len(blocks[n].text.split()) > _LABEL_WORDS or blocks[n].heading:
            filed = False
        if n > last and filed:
            yield n, LeftOut.LINE


def _tail(blocks: Sequence[Block], kept: Sequence[int]) -> _Reasons:
    """Leave out the links and the headings of nothing that a release ends with."""
    linked = False
    for n in reversed(kept):
        is_item = is_link(blocks[n]) and blocks[n].element.tag != "p"
        if is_item or boilerplate_category(blocks[n].text) not in (None, "contact"):
            linked = True
        elif not (blocks[n].heading and linked):
            break
        yield n, LeftOut.LINE


def _head_lines(blocks: Sequence[Block], kept: Sequence[int], order: DateOrder) -> _Reasons:
    """Leave out labels and dates above the text: above its lead, or between lead and text."""
    prose = [at for at, n in enumerate(kept) if is_prose(blocks[n])][:2]
    is_lead = len(prose) > 1 and prose[1] - prose[0] <= LINES_BELOW_LEAD + 1
    for n in kept[: prose[is_lead]] if prose else kept:
        if is_head_line(with_label(blocks, n), blocks[n], order):
            yield n, LeftOut.LINE
