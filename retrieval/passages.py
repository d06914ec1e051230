"""From a release's paragraphs to the passages that are embedded."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from retrieval.release import Release
from retrieval.text.sentences import sentence_spans
from retrieval.text.tokens import words

# About what a small model reads at once (256 word pieces), title included.
_WORDS = 150
_TELLING_WORDS = 3
_SALUTATION_WORDS = 9


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph, or a part of a very long one: ``paragraph`` counts from 1 in its release.

    ``under`` is the heading or the lead-in ("The bill would:") that it belongs to, or empty.
    """

    paragraph: int
    text: str
    under: str = ""


def passages(release: Release) -> Iterator[Passage]:
    """Each paragraph as one passage; one of over 150 words as several, cut between sentences.

    A paragraph that says nothing (`_is_telling`) or stands in the release already is left out:
    under a title it would stand for the title. Where the release has no others, all are taken.
    """
    said = list(map(words, release.paragraphs))
    return cut(release, telling(release.paragraphs, said, words(release.title)))


def telling(
    paragraphs: Sequence[str], said: Sequence[Sequence[str]], title: Sequence[str]
) -> list[int]:
    """The numbers, from 1, of the paragraphs that are passages, by their words ``said``."""
    numbered = list(enumerate(paragraphs, start=1))
    first = {text: number for number, text in reversed(numbered)}
    found = [
        number
        for number, text in numbered
        if first[text] == number and _is_telling(said[number - 1], title)
    ]
    return found or [number for number, _ in numbered]


def cut(release: Release, numbers: Iterable[int]) -> Iterator[Passage]:
    """The passages of the paragraphs with these numbers, from 1."""
    under = belongs_under(release.paragraphs)
    for number in numbers:
        for part in parts(release.paragraphs[number - 1]):
            yield Passage(number, part, under[number - 1])


def _is_telling(said: Sequence[str], title: Sequence[str]) -> bool:
    """Whether a paragraph could answer: no end mark, signature or salutation, nor the title."""
    if len(said) < _TELLING_WORDS or said == title:
        return False
    return not (said[0] == "dear" and len(said) < _SALUTATION_WORDS)


def embedded_text(title: str, passage: Passage) -> str:
    """What the encoder reads for a passage: its words under title, and heading if it has one."""
    return "\n".join(filter(None, (title, passage.under, passage.text)))


def lexical_text(release: Release, passage: Passage) -> str:
    """What lexical search reads for a passage: title, author and words."""
    return f"{release.title}\n{release.author or ''}\n{passage.text}"


def passage_key(text: str) -> bytes:
    """16 bytes that stand for an embedded text: the same text never needs a second embedding."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16]


def parts(paragraph: str) -> Iterator[str]:
    """The paragraph itself, or the pieces of one that is too long to be embedded as a whole."""
    if paragraph.count(" ") < _WORDS:
        yield paragraph
        return
    start, length = 0, 0
    spans = sentence_spans(paragraph)
    for index, (begin, end) in enumerate(spans):
        length += paragraph.count(" ", begin, end) + 1
        following = spans[index + 1] if index + 1 < len(spans) else None
        if following is None:
            yield from _by_words(paragraph[start:end])
        elif length + paragraph.count(" ", *following) + 1 > _WORDS:
            yield from _by_words(paragraph[start:end])
            start, length = following[0], 0


def _by_words(text: str) -> Iterator[str]:
    """A sentence too long for one passage, cut after every so many words."""
    tokens = text.split()
    for first in range(0, len(tokens), _WORDS):
        yield " ".join(tokens[first : first + _WORDS])


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
