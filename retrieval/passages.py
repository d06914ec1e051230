"""The passages of a release: the spans of its paragraphs that are embedded and searched."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from retrieval.release import Release
from retrieval.text.date_lines import is_date_line
from retrieval.text.lead_ins import ITEM_MARK, ITEM_WORDS, is_heading, only_introduces
from retrieval.text.sentences import sentence_spans
from retrieval.text.service_lines import is_service_line
from retrieval.text.tokens import words

# About what a small model reads at once (256 word pieces), title included.
_MAX_WORDS = 150
_MIN_WORDS = 3
_SALUTATION_WORDS = 9
_MAX_HEADING = 160  # characters of a lead-in that are repeated above a passage
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph, or a part of a very long one: a span of characters, cited as its paragraph.

    Attributes:
        paragraph: the number of the paragraph in its release, from 1.
        start: where the passage begins in the paragraph, in characters.
        end: where it ends: its text is ``paragraph[start:end]``.
        under: the number of the paragraph that it belongs under, a heading or a lead-in ("The bill
            would:"); 0 if there is none.
    """

    paragraph: int
    start: int
    end: int
    under: int = 0

    def text(self, paragraphs: Sequence[str]) -> str:
        """The passage itself, verbatim, given all paragraphs of its release."""
        return paragraphs[self.paragraph - 1][self.start : self.end]

    def heading(self, paragraphs: Sequence[str]) -> str:
        """The heading or the lead-in above it, or an empty text, given the same paragraphs.

        Of a long lead-in, only the end is given.
        """
        return paragraphs[self.under - 1][-_MAX_HEADING:].strip() if self.under else ""


def passages(release: Release) -> Iterator[Passage]:
    """The passages of a release, in order.

    A paragraph is one passage; one of over 150 words is several, split between sentences. A
    paragraph that could not answer (an end mark, a signature, a salutation, a date, a contact, a
    link, a heading, the title again) and one that the release has already are left out: embedded
    under the title, they would match whatever the title matches. If a release has no others, all
    of them are passages.
    """
    tokens = list(map(words, release.paragraphs))
    numbers = searched_paragraphs(release.paragraphs, tokens, words(release.title))
    return split_paragraphs(release.paragraphs, numbers)


def searched_paragraphs(
    paragraphs: Sequence[str], tokens: Sequence[Sequence[str]], title: Sequence[str]
) -> list[int]:
    """The numbers, from 1, of the paragraphs that are passages, ascending.

    Args:
        paragraphs: all paragraphs of a release.
        tokens: the `words` of each of them.
        title: the words of the release's title.
    """
    numbered = list(enumerate(paragraphs, start=1))
    first = {text: number for number, text in reversed(numbered)}
    numbers = [
        number
        for number, text in numbered
        if first[text] == number
        and _may_answer(text, tokens[number - 1], title)
        and not only_introduces(paragraphs, number)
    ]
    return numbers or [number for number, _ in numbered]


def split_paragraphs(paragraphs: Sequence[str], numbers: Iterable[int]) -> Iterator[Passage]:
    """The passages of the paragraphs with these numbers, from 1."""
    under = headings(paragraphs)
    for number in numbers:
        for start, end in _spans(paragraphs[number - 1]):
            yield Passage(number, start, end, under[number - 1])


def _may_answer(text: str, tokens: Sequence[str], title: Sequence[str]) -> bool:
    """Whether a paragraph is no end mark, signature, salutation, date, contact, link or title."""
    if len(tokens) < _MIN_WORDS or tokens == title:
        return False
    is_salutation = tokens[0] == "dear" and len(tokens) < _SALUTATION_WORDS
    return not (is_salutation or is_date_line(text) or is_service_line(text))


def embedded_text(title: str, heading: str, text: str) -> str:
    """What the encoder reads for a passage: its text below the title and the heading, if any."""
    return "\n".join(filter(None, (title, heading, text)))


def passage_key(text: str) -> bytes:
    """16 bytes that identify an embedded text, so that the same text is embedded only once."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16]


def _spans(paragraph: str) -> Iterator[tuple[int, int]]:
    """The (start, end) of the passages of a paragraph, in characters."""
    if paragraph.count(" ") < _MAX_WORDS:
        yield 0, len(paragraph)
        return
    start, length = 0, 0
    sentences = sentence_spans(paragraph)
    for index, (begin, end) in enumerate(sentences):
        length += paragraph.count(" ", begin, end) + 1
        following = sentences[index + 1] if index + 1 < len(sentences) else None
        if following is None:
            yield from _split_by_words(paragraph, start, end)
        elif length + paragraph.count(" ", *following) + 1 > _MAX_WORDS:
            yield from _split_by_words(paragraph, start, end)
            start, length = following[0], 0


def _split_by_words(paragraph: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The span itself, or one of too many words split after every `_MAX_WORDS` of them."""
    spans = [match.span() for match in _WORD.finditer(paragraph, start, end)]
    for first in range(0, len(spans), _MAX_WORDS):
        group = spans[first : first + _MAX_WORDS]
        yield group[0][0], group[-1][1]


def headings(paragraphs: Sequence[str]) -> list[int]:
    """For each paragraph the number, from 1, of the one that it belongs under; 0 if none.

    A heading (few words, no full stop) belongs to the paragraph after it. A paragraph that ends
    with a colon leads in to the short paragraphs after it.
    """
    under = []
    heading = lead_in = 0
    for number, paragraph in enumerate(paragraphs, start=1):
        item = len(paragraph.split()) <= ITEM_WORDS
        if paragraph.endswith(":"):
            under.append(heading)
            heading, lead_in = 0, number
        elif is_heading(paragraph) and not lead_in:
            under.append(0)
            heading = number
        else:
            under.append(heading or (lead_in if item else 0))
            heading = 0
            if not item and not ITEM_MARK.match(paragraph):
                lead_in = 0
    return under
