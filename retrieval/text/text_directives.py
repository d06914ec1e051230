"""Text directives: what behind ``#:~:text=`` marks one paragraph of a web page.

Source: WICG, "URL Fragment Text Directives" (https://wicg.github.io/scroll-to-text-fragment/).

``prefix-,start,end,-suffix`` marks the first text on the page that goes from ``start`` to the next
``end``, or is ``start`` alone, and stands right behind ``prefix`` and before ``suffix``. Browsers
compare whole words, whatever their case, and each of the four must lie within one block. Of a page
only its release is known: its title and its paragraphs, not the markup or what is around them.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote

_FEW = 5  # words that begin or end a paragraph, where so few are enough
_CONTEXT = 3  # words of the paragraph before or after, likewise
_WHOLE_WORDS = 10  # a paragraph of so few words, or
_WHOLE_LENGTH = 60  # of so few characters, is given whole
_OTHER = 3  # words that begin or end a second directive,
_NEAR = 9  # within so many of those of the first one
_LONGEST = 180  # characters of a part, encoded
_LONG_WORD = 24  # characters; a longer one may be an address, or a sentence without spaces
# The pieces of a long word: browsers see a boundary behind each.
_PIECE = re.compile(r"[^-/?&=–—、。，！？；：…」』）]+|[-/?&=–—、。，！？；：…」』）]+")
_SENTENCE_END = re.compile(r"""[.!?…:;。！？]["'”’)\]»]*$""")
_NO_LETTERS = re.compile(r"[^\w\s]+|_+")
_ACCENTS = re.compile(r"[\u0300-\u036f]+")
_BREAK = " \n "  # between two folded paragraphs
_UNSPACED = "\u0e00"  # from Thai on, many scripts have no spaces between words


def text_directives(paragraphs: Sequence[str], number: int, title: str = "") -> Iterator[str]:
    """The directives for a paragraph, encoded, best first; none if nothing can mark it.

    The first one marks all of the paragraph. A browser does not find it where the page has, within
    one of its parts, a line break, a footnote, another cell, or a letter in a box of its own. So
    the second one names other words.

    Args:
        paragraphs: all paragraphs of a release, in order.
        number: the number of the paragraph, from 1.
        title: the title of the release, which stands above them.
    """
    words = _Words.of(paragraphs[number - 1])
    if not words:
        return
    page = _Page.of((title, *paragraphs), number, words)
    if count := _distinct_start(page, words):
        yield _range(words, count)
        if other := _other_words(page, words, count):
            yield other
        return
    before = _Words.of(paragraphs[number - 2]) if number > 1 else None
    after = _Words.of(paragraphs[number]) if number < len(paragraphs) else None
    yield from _in_context(page, words, before, after) or [_range(words, words.least)]


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of a paragraph, those aside at both ends that are too long for a link.

    Attributes:
        text: the paragraph, each run of white space a space.
        spans: where each word is in it, from its first letter or digit to its last one: a page may
            draw quotation marks and stops that are not in its text.
        folds: each word, folded.
        offset: where the first of these words begins in the folded paragraph.
    """

    text: str
    spans: Sequence[tuple[int, int]]
    folds: Sequence[str]
    offset: int

    @classmethod
    def of(cls, paragraph: str) -> "_Words":
        text = " ".join(paragraph.split())
        spans = list(_word_spans(text))
        folds = [_folded(text[start:end]) for start, end in spans]
        fits = [_length(text[start:end]) <= 2 * _LONGEST for start, end in spans]
        first = fits.index(True) if True in fits else len(fits)
        end = len(fits) - fits[::-1].index(True) if True in fits else first
        offset = sum(map(len, folds[:first])) + first
        return cls(text, spans[first:end], folds[first:end], offset)

    def __len__(self) -> int:
        return len(self.spans)

    def part(self, first: int, end: int) -> str:
        """The text from a word up to the one before ``end``."""
        return self.text[self.spans[first][0] : self.spans[end - 1][1]]

    def folded(self, first: int, end: int) -> str:
        """The same, folded."""
        return " ".join(self.folds[first:end])

    @property
    def most(self) -> int:
        """How many of the first words fit into a part, at least one."""
        counts = range(1, min(len(self), _LONGEST) + 1)
        return max(1, bisect_left(counts, True, key=lambda n: _length(self.part(0, n)) > _LONGEST))

    @property
    def most_last(self) -> int:
        """How many of the last words fit into a part, at least one."""
        total = len(self)
        counts = range(1, min(total, _LONGEST) + 1)
        return max(
            1,
            bisect_left(
                counts, True, key=lambda n: _length(self.part(total - n, total)) > _LONGEST
            ),
        )

    @property
    def least(self) -> int:
        """How many of the first words a directive names if they occur once: all, or a few."""
        short = len(self) <= _WHOLE_WORDS or len(self.text) <= _WHOLE_LENGTH
        return min(len(self) if short else _FEW, self.most)


@dataclass(frozen=True, slots=True)
class _Page:
    """The title and paragraphs of a release, folded, a line each, and where the words begin."""

    text: str
    at: int

    @classmethod
    def of(cls, blocks: Sequence[str], number: int, words: _Words) -> "_Page":
        lines = [f" {_folded(block)} " for block in blocks]
        if lines[0] == lines[number]:
            lines[0] = "  "  # the headline itself, which is the first of the two if there are two
        return cls("\n".join(lines), sum(map(len, lines[:number])) + number + 1 + words.offset)

    def has_once(self, part: str) -> bool:
        """Whether folded words occur once."""
        bounded = _bounded(part)
        first = self.text.find(bounded)
        return first >= 0 and self.text.find(bounded, first + 1) < 0

    def has_first(self, part: str, behind: str = "") -> bool:
        """Whether folded words, behind others, occur first where the words of the paragraph are."""
        bounded = _bounded(behind + part)
        return self.text.find(bounded) == self.at - len(behind) - bounded.index(behind + part)


def _bounded(part: str) -> str:
    """Folded words as they are found in folded text: between spaces, where the script has some."""
    before, after = (" " if part[at] < _UNSPACED else "" for at in (0, -1))
    return f"{before}{part}{after}"


def _distinct_start(page: _Page, words: _Words) -> int | None:
    """How many of the first words occur once, or at least first here; None if all do not."""
    least, most = words.least, words.most
    return _fewest(lambda count: page.has_once(words.folded(0, count)), least, most) or _fewest(
        lambda count: page.has_first(words.folded(0, count)), least, most
    )


def _range(words: _Words, count: int, start: str | None = None) -> str:
    """The parts ``start,end``, where ``start`` has ``count`` words, or ``start`` if that is all."""
    total, start = len(words), _encoded(start or words.part(0, count))
    rest = words.folded(count, total)
    if not rest or len(start) > _LONGEST:
        return start
    most = min(total - count, words.most_last)
    last = _fewest(lambda n: _is_next(rest, words.folded(total - n, total)), min(_FEW, most), most)
    return f"{start},{_encoded(words.part(total - (last or most), total))}"


def _is_next(rest: str, end: str) -> bool:
    """Whether the last words of a text do not occur in it before."""
    return rest.find(end) == len(rest) - len(end)


def _other_words(page: _Page, words: _Words, count: int) -> str | None:
    """A directive with few words, other than the ``count`` first ones; None if none occur once.

    A short line that is no sentence may be a row of a table or a name: one word of its first cell
    and one of its last mark it.
    """
    total = len(words)
    if count == total and not _SENTENCE_END.search(words.text):
        return _cells(page, words)
    first = count if count + _OTHER <= total else max(1, total // 2)
    starts = range(first, min(first + _NEAR, total - _OTHER + 1))
    start = next((at for at in starts if page.has_once(words.folded(at, at + _OTHER))), None)
    if start is None:
        return None
    rest = words.folded(start + _OTHER, total)
    ends = range(total - _FEW, max(start + 2 * _OTHER, total - _FEW - _NEAR) - 1, -1)
    directive = _encoded(words.part(start, start + _OTHER))
    for end in ends:
        part = words.folded(end - _OTHER, end)
        if rest.find(part) == len(words.folded(start + _OTHER, end)) - len(part):
            return f"{directive},{_encoded(words.part(end - _OTHER, end))}"
    return directive


def _cells(page: _Page, words: _Words) -> str | None:
    """A directive from the first word that occurs once to the last one that does from there on."""
    total = len(words)
    first = next((at for at in range(total) if page.has_once(words.folds[at])), None)
    if first is None:
        return None
    last = max(at for at in range(first, total) if words.folds.index(words.folds[at], first) == at)
    start = _encoded(words.part(first, first + 1))
    return f"{start},{_encoded(words.part(last, last + 1))}" if last > first else None


def _in_context(
    page: _Page, words: _Words, before: _Words | None, after: _Words | None
) -> list[str]:
    """Directives with words of the paragraph before or after, of which nothing may be left out."""
    count, total = words.least, len(words)
    least = min(_FEW, count, words.most_last)
    text = words.folded(0, count)
    directives = []
    if before and not words.offset:
        if prefix := _prefix(page, before, text, _CONTEXT):
            start = words.text[: words.spans[count - 1][1]]
            directives.append(f"{_encoded(prefix)}-,{_range(words, count, start)}")
        if count == total > 1 and (prefix := _prefix(page, before, text, 1)):  # a row, or a name
            start, end = words.text[: words.spans[0][1]], words.part(total - 1, total)
            directives.append(f"{_encoded(prefix)}-,{_encoded(start)},{_encoded(end)}")
    # With an end of its own, a browser would go on to the end that the suffix is behind.
    if after and count == total and (suffix := _suffix(page, text, after)):
        directives.insert(1, f"{_encoded(words.text)},-{_encoded(suffix)}")
    # Something may stand between two paragraphs after all; the last words can be distinct.
    if last := _fewest(
        lambda n: page.has_once(words.folded(total - n, total)), least, words.most_last
    ):
        directives.append(_encoded(words.part(total - last, total)))
    return directives


def _prefix(page: _Page, before: _Words, start: str, least: int) -> str | None:
    """The last words of a paragraph behind which alone the next one begins so."""
    total, most = len(before), before.most_last

    def is_distinct(last: int) -> bool:
        return page.has_first(start, f"{before.folded(total - last, total)}{_BREAK}")

    last = _fewest(is_distinct, min(least, most), most) if total else None
    return before.text[before.spans[total - last][0] :] if last else None


def _suffix(page: _Page, text: str, after: _Words) -> str | None:
    """The first words of a paragraph before which alone a text occurs."""
    if not after:
        return None
    count = _fewest(
        lambda n: page.has_first(f"{text}{_BREAK}{after.folded(0, n)}"),
        min(_CONTEXT, after.most),
        after.most,
    )
    return after.text[: after.spans[count - 1][1]] if count else None


def _fewest(enough: Callable[[int], bool], least: int, most: int) -> int | None:
    """The fewest words, from ``least`` to ``most``, that are enough, as then all more are."""
    counts = range(least, most + 1)
    at = bisect_left(counts, True, key=enough)
    return counts[at] if at < len(counts) else None


def _word_spans(text: str) -> Iterator[tuple[int, int]]:
    """The span of each word with a letter or digit, without the punctuation around it."""
    for match in re.finditer(r"\S+", text):
        pieces = _PIECE.finditer(text, *match.span()) if len(match[0]) > _LONG_WORD else [match]
        for piece in pieces:
            start, end = piece.span()
            while start < end and not text[start].isalnum():
                start += 1
            # A mark over a letter belongs to it.
            while start < end and not (
                text[end - 1].isalnum() or unicodedata.category(text[end - 1])[0] == "M"
            ):
                end -= 1
            if start < end:
                yield start, end


def _folded(text: str) -> str:
    """The runs of letters and digits, without case and accents, a space between two.

    Browsers distinguish more, punctuation among it, so that a text that is distinct here is so
    there.
    """
    text = _NO_LETTERS.sub(" ", text)
    if not text.isascii():
        text = _ACCENTS.sub("", unicodedata.normalize("NFKD", text))
    return " ".join(text.casefold().split())


def _encoded(part: str) -> str:
    """A part, percent-encoded: ``&``, ``-`` and ``,`` too, which are the directive's own syntax."""
    return quote(part, safe="", errors="replace").replace("-", "%2D")


def _length(part: str) -> int:
    return len(_encoded(part))
