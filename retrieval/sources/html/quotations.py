"""Quotations that are set apart from the text, with who said them.

A page shows the speaker below the quotation, in an element of its own. A paragraph that is quoted
alone would stand in nobody's name, so the speaker's line ends the quotation's paragraph.
"""

from collections.abc import Iterator, Sequence

from retrieval.sources.html.blocks import Block
from retrieval.sources.html.tree import Element

_TAGS = frozenset(("blockquote", "figure"))
_NAMES = frozenset("quote quotes quotation blockquote pullquote testimonial".split())
_SPEAKER_TAGS = frozenset(("footer", "cite", "figcaption"))
_SPEAKER_NAMES = frozenset("attribution author cite citation footer source speaker".split())
_DASHES = "—–―-"
_MAX_WORDS = 40


def with_speakers(blocks: Sequence[Block]) -> Iterator[str]:
    """Yield the text of each block, with that of a speaker after the quotation before it."""
    text, quotation = "", None
    for block in blocks:
        within = quotation_of(block)
        if text and within is not None and within is quotation and _is_speaker(block, within):
            text = f"{text} {block.text}"
            continue
        if text:
            yield text
        text, quotation = block.text, within
    if text:
        yield text


def quotation_of(block: Block) -> Element | None:
    """The outermost quotation or figure that a block is in, by its tag or its name."""
    found = [
        each
        for each in block.element.lineage
        if each.tag in _TAGS or not each.names.isdisjoint(_NAMES)
    ]
    return found[-1] if found and found[-1].parent is not None else None


def _is_speaker(block: Block, quotation: Element) -> bool:
    """Whether a block in a quotation names who said it."""
    if len(block.text.split()) > _MAX_WORDS:
        return False
    for each in block.element.lineage:
        if each is quotation:
            break
        if each.tag in _SPEAKER_TAGS or not each.names.isdisjoint(_SPEAKER_NAMES):
            return True
    return block.text[0] in _DASHES
