"""What a paragraph belongs to: the heading above it, or the line that leads in to its list.

"$1,400,000 — Crooked River Watershed Council" says little alone; under "Oregon projects:" it says
what it is.
"""

import re
from collections.abc import Sequence

_HEADING_WORDS = 12
_ITEM_WORDS = 25
_LONGEST = 160  # characters of a lead-in that are worth repeating: its end
_ENDED = re.compile(r"""[.!?…,;:]["'”’)\]]*$""")
_ITEM_MARK = re.compile(r"^(?:[•·▪*–—-]|\(?\d{1,2}[.)]|\(?[a-z]\))\s")


def belongs_under(paragraphs: Sequence[str]) -> list[str]:
    """For each paragraph the words that it belongs under, or an empty text.

    A heading (few words, no full stop) stands over the paragraph that follows it. A line that ends
    with a colon leads in to the short paragraphs that follow it.
    """
    under = []
    heading = lead_in = ""
    for paragraph in paragraphs:
        item = len(paragraph.split()) <= _ITEM_WORDS
        if paragraph.endswith(":"):
            under.append(heading)
            heading, lead_in = "", paragraph[-_LONGEST:].strip()
        elif _is_heading(paragraph) and not lead_in:
            under.append("")
            heading = paragraph
        else:
            under.append(heading or (lead_in if item else ""))
            heading = ""
            if not item and not _ITEM_MARK.match(paragraph):
                lead_in = ""
    return under


def _is_heading(paragraph: str) -> bool:
    """Few words and no end of a sentence: a heading, or a line of an address."""
    words = paragraph.split()
    return (
        2 <= len(words) <= _HEADING_WORDS
        and not _ENDED.search(paragraph)
        and not _ITEM_MARK.match(paragraph)
        and paragraph[:1].isupper()
    )
