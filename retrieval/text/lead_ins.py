"""Lead-ins and headings, and the items that belong to them.

A lead-in ends with a colon and says what follows: "The bill would:". A heading has few words and no
end of a sentence. Neither answers by itself, so each is quoted with what it stands above.
"""

import re
from collections.abc import Sequence

from retrieval.text.tokens import STOP_WORDS, folded

ITEM_WORDS = 25  # of a paragraph that is an item of a list without marks
ITEM_MARK = re.compile(r"^(?:[•·▪●○*–—-]|\(?\d{1,2}[.)]|\(?[a-z]\))\s")
_MAX_HEADING = 12  # words
_MAX_PLAIN = 30  # words of a lead-in that says nothing else
_MAX_ITEMS = 100  # of a list
_SENTENCE_END = re.compile(r"""[.!?…,;:]["'”’)\]]*$""")
_OPEN_END = re.compile(r"[^.!?…\"'”’]$")
_SEMICOLON = re.compile(r";(?: and| or|,? y| o)?$")
_FIGURES = re.compile(r"[\d,()–—]| - ")
_QUOTES = "\"“'‘"
_WORD = re.compile(r"[^\W_]+(?:[.'’&-][^\W_]+)*")
# What says no more than that something follows, or who says it.
_PLAIN_WORDS = STOP_WORDS | frozenset(
    """following follow follows below above here include includes including included specifically
    example instance additionally among others other such these bill act legislation law
    measure amendment resolution package agreement plan program proposal provision provisions
    letter letters text full copy statement statements remarks remark transcript excerpt
    excerpts summary background highlight highlights detail details requests answer answers
    question questions point points fact facts said says say asked asks added adds wrote
    write writes read reads stated states state continued concluded released release issued
    issue made offered gave requested request delivered prepared delivery appear appears
    available found available quote quotes regarding today yesterday morning afternoon later
    after before further more specific key major main new several signers signer signed
    signatories cosponsors cosponsor cosponsored sponsors sponsored sponsor original joined
    joining join support supporters supported endorsed endorsing organizations groups
    senators senator members member lawmakers lawmaker representatives representative
    congressman congresswoman delegation panelists speakers list listed entirety press video
    photos photo image images response hearing washington""".split()
)


def is_lead_in(paragraph: str) -> bool:
    """Whether a paragraph ends with a colon, and so leads in to what follows."""
    return paragraph.rstrip().endswith(":")


def is_heading(paragraph: str) -> bool:
    """Whether a paragraph has few words and no end of a sentence: a heading, or an address."""
    tokens = paragraph.split()
    return (
        2 <= len(tokens) <= _MAX_HEADING
        and not _SENTENCE_END.search(paragraph)
        and not ITEM_MARK.match(paragraph)
        and paragraph[:1].isupper()
    )


def only_introduces(paragraphs: Sequence[str], number: int) -> bool:
    """Whether a paragraph, by its number from 1, says nothing without those that follow it.

    "The bill would:" does not, nor does "Senator Roe said:", nor a heading over a text. "The city
    will use the $2.1 million for:" does; so does a line among others like it, which may be items.
    """
    paragraph = paragraphs[number - 1]
    if is_lead_in(paragraph):
        return number < len(paragraphs) and _is_plain(paragraph)
    return _is_plain_heading(paragraphs, number)


def list_items(paragraphs: Sequence[str], lead_in: int) -> list[int]:
    """The numbers of the paragraphs that a lead-in, by its number from 1, leads in to.

    These are the paragraphs of one kind that follow it: with marks, short ones that end alike, or
    as many as semicolons join. A long one stands alone. Empty if the paragraph is no lead-in, or
    the last one.
    """
    if not is_lead_in(paragraphs[lead_in - 1]) or lead_in == len(paragraphs):
        return []
    first = paragraphs[lead_in]
    numbers = [lead_in + 1]
    for number in range(lead_in + 2, min(len(paragraphs), lead_in + _MAX_ITEMS) + 1):
        if not _continues(first, paragraphs[number - 2], paragraphs[number - 1]):
            break
        numbers.append(number)
    return numbers


def lead_in_above(paragraphs: Sequence[str], number: int) -> int:
    """The number of the lead-in or the heading that a paragraph is quoted with; 0 if none."""
    for above in range(number - 1, max(0, number - _MAX_ITEMS - 1), -1):
        if is_lead_in(paragraphs[above - 1]):
            if number in list_items(paragraphs, above):
                return above
            break
    return number - 1 if number > 1 and _is_plain_heading(paragraphs, number - 1) else 0


def _is_plain(lead_in: str) -> bool:
    """Whether a lead-in has no words but those of lead-ins, and names."""
    written = _WORD.findall(lead_in)
    return len(written) <= _MAX_PLAIN and all(
        word[0].isupper() or folded(word).removesuffix("'s") in _PLAIN_WORDS for word in written
    )


def _is_plain_heading(paragraphs: Sequence[str], number: int) -> bool:
    """Whether a paragraph is a heading, without figures, over a text.

    The first paragraph is none, as it may be a second headline, which says something.
    """
    paragraph = paragraphs[number - 1]
    return (
        1 < number < len(paragraphs)
        and is_heading(paragraph)
        and "\n" not in paragraph
        and not _FIGURES.search(paragraph)
        and all(
            word[0].isupper() or folded(word) in STOP_WORDS for word in _WORD.findall(paragraph)
        )
        and not is_heading(paragraphs[number - 2])
        and not ITEM_MARK.match(paragraphs[number])
        and not is_heading(paragraphs[number])
        and len(paragraphs[number].split()) > 1
    )


def _continues(first: str, before: str, paragraph: str) -> bool:
    """Whether a paragraph goes on with the list that another begins, after the one before it."""
    if _SEMICOLON.search(before):
        return True
    if ITEM_MARK.match(first) or ITEM_MARK.match(paragraph):
        return bool(ITEM_MARK.match(first) and ITEM_MARK.match(paragraph))
    if not (_is_short(first) and _is_short(paragraph)):
        return False
    is_alike = (_OPEN_END.search(first) is None) == (_OPEN_END.search(paragraph) is None)
    return is_alike and (first[:1] in _QUOTES) == (paragraph[:1] in _QUOTES)


def _is_short(paragraph: str) -> bool:
    return len(paragraph.split()) <= ITEM_WORDS and not is_lead_in(paragraph)
