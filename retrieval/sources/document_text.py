"""The release in the paragraphs of a PDF, or of a word processor's document."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from retrieval.sources.boilerplate import boilerplate_category, is_end_mark
from retrieval.sources.copied_page import read_copied_page
from retrieval.sources.dateline import first_dateline
from retrieval.sources.draft import ReleaseDraft
from retrieval.sources.html_fragment import TextBlock
from retrieval.text.dates import find_date

_PROSE_WORDS = 20  # a paragraph with as many is text, and no title comes after it
_MAX_DROPPED = 8  # blocks within a paragraph, such as a row of buttons


@dataclass(frozen=True, slots=True)
class DocumentText:
    """The release of a document, and for each of its paragraphs the number of its block, from 0."""

    draft: ReleaseDraft
    blocks: tuple[int, ...]


def read_document(blocks: Sequence[TextBlock]) -> DocumentText:
    """Return the release of which these are the paragraphs and headings, in order.

    The title is the heading of the lowest level above the text. Without one, the title is found as
    in a plain text, and so are the date and what is above and below the release.
    """
    title = _title(blocks)
    draft = read_copied_page("\n\n".join(block.text for block in blocks if block is not title))
    if title is not None:
        second_headline = (draft.title,) if draft.title else ()
        paragraphs = (*second_headline, *draft.paragraphs)
        draft = replace(draft, title=title.text, paragraphs=paragraphs)
    texts = ["" if block is title else block.text for block in blocks]
    restored = restored_paragraphs(draft.paragraphs, texts)
    restored += _dropped(texts, draft, restored)
    restored.sort(key=lambda paragraph: paragraph[1])
    paragraphs = tuple(text for text, _ in restored)
    return DocumentText(
        replace(draft, paragraphs=paragraphs, dateline=first_dateline(paragraphs)),
        tuple(block for _, block in restored),
    )


def _dropped(
    blocks: Sequence[str], draft: ReleaseDraft, kept: Sequence[tuple[str, int]]
) -> list[tuple[str, int]]:
    """Return the blocks below the head that are text, though the reader of pages dropped them.

    Below the release on a page there are lists of others, and links; in a document there are not.
    What follows its end mark ("###") is left to the reader.
    """
    if not kept:
        return []
    said = "".join("".join(text.split()) for text in (draft.title, *draft.paragraphs))
    first = min(number for _, number in kept)
    numbers = {number for _, number in kept}
    marks = (number for number in range(first, len(blocks)) if is_end_mark(blocks[number]))
    end = next(marks, len(blocks))
    while end > first and (not blocks[end - 1] or boilerplate_category(blocks[end - 1])):
        end -= 1  # contacts below the text
    return [
        (blocks[number], number)
        for number in range(first, end)
        if number not in numbers
        and boilerplate_category(blocks[number]) in (None, "contact")  # "2024 42" in a table
        and "".join(blocks[number].split()) not in said
    ]


def restored_paragraphs(paragraphs: Sequence[str], blocks: Sequence[str]) -> list[tuple[str, int]]:
    """Return ``paragraphs`` as ``blocks`` give them, each with the number of its block.

    The reader of plain texts may join two paragraphs, which there is no need to in a document that
    tells where they end.
    """
    squeezed = ["".join(block.split()) for block in blocks]
    restored: list[tuple[str, int]] = []
    start = 0
    for paragraph in paragraphs:
        rest = "".join(paragraph.split())
        found: list[int] = []
        for number in range(start, len(blocks)):
            if squeezed[number] and rest.startswith(squeezed[number]):
                found.append(number)
                rest = rest[len(squeezed[number]) :]
            if not rest or (found and number - found[-1] > _MAX_DROPPED):
                break
        if not rest:
            restored += ((blocks[number], number) for number in found)
        else:
            restored.append((paragraph, found[0] if found else max(start - 1, 0)))
        start = found[-1] + 1 if found else start
    return restored


def _title(blocks: Sequence[TextBlock]) -> TextBlock | None:
    """Return the heading that is the title: below "FOR IMMEDIATE RELEASE", if any is."""
    above = _above_text(blocks)
    mark = next(
        (n for n, block in enumerate(above) if "immediate release" in block.text.lower()), 0
    )
    below = [block for block in above[mark:] if _may_be_title(block)]
    candidates = below or [block for block in above if _may_be_title(block)]
    return min(candidates, key=lambda block: block.level, default=None)


def _above_text(blocks: Sequence[TextBlock]) -> Sequence[TextBlock]:
    """Return the blocks before the first long paragraph."""
    lengths = (len(block.text.split()) if not block.level else 0 for block in blocks)
    end = next((n for n, words in enumerate(lengths) if words >= _PROSE_WORDS), len(blocks))
    return blocks[:end]


def _may_be_title(block: TextBlock) -> bool:
    """Whether a heading may be the title: not "FOR IMMEDIATE RELEASE", a date or a single word."""
    return (
        block.level > 0
        and " " in block.text
        and boilerplate_category(block.text) is None
        and find_date(block.text) is None
    )
