"""Markdown files (CommonMark with tables), with optional front matter."""

import html
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from retrieval.sources.boilerplate import boilerplate_category
from retrieval.sources.draft import ReleaseDraft
from retrieval.sources.fields import read_fields
from retrieval.sources.front_matter import split_front_matter
from retrieval.sources.html_fragment import TextBlock, fragment_blocks, is_html
from retrieval.sources.publication_date import DateOrder, date_on_line
from retrieval.sources.templates import strip_templates

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

# Fields for the program that makes a site of the files: nothing of them is in a release.
_OF_THE_SITE = frozenset(
    "aliases cascade categories category collection comments draft featured image images keywords "
    "lang language lastmod layout menu modified outputs params redirect_from section slug tag tags "
    "template theme thumbnail toc type updated weight".split()
)


_LABEL_WORDS = 4
_FOOTNOTE = re.compile(r"^\[\^[^\]\s]{1,40}\]:[^\S\n]*", re.MULTILINE)
_FOOTNOTE_MARK = re.compile(r"\[\^([^\]\s]{1,40})\]")


def read_markdown(text: str) -> ReleaseDraft:
    """Return the release that a Markdown file holds; each block and list item is a paragraph.

    The title is that of the front matter, or else the first heading of level 1, or one that the
    file begins with. HTML in the text is read as a browser would show it.

    Raises:
        ValueError: If the front matter cannot be read, or marks the file as a draft.
    """
    matter, text = split_front_matter(text.replace("\r\n", "\n").replace("\r", "\n"))
    if _says(matter.get("draft"), "true") or _says(matter.get("published"), "false"):
        raise ValueError("the front matter says that it is not published")
    stripped = strip_templates(text)
    blocks = _blocks(stripped.text)
    draft = read_fields(matter, body=[block.text for block in blocks])
    if heading := _heading(blocks, draft.title):
        blocks.remove(heading)
        draft = read_fields(matter, body=[block.text for block in blocks])
        draft = replace(draft, title=heading.text)
    templates = f"templates with text in them that were left out: {stripped.with_text}"
    return replace(
        draft,
        paragraphs=_without_date_lines(draft.paragraphs),
        notes=(*draft.notes, *((templates,) if stripped.with_text else ())),
        unread=tuple(name for name in draft.unread if name.lower() not in _OF_THE_SITE),
    )


def _without_date_lines(paragraphs: Sequence[str]) -> Sequence[str]:
    """Return the paragraphs without the labels and the date that they begin with."""
    start = 0
    while start < len(paragraphs) - 1 and _is_label(paragraphs[start]):
        start += 1
    return paragraphs[start:]


def _is_label(paragraph: str) -> bool:
    """Whether a paragraph is a date, or "FOR IMMEDIATE RELEASE"."""
    if date_on_line(paragraph, DateOrder()):
        return True
    is_short = len(paragraph.split()) <= _LABEL_WORDS
    return is_short and boilerplate_category(paragraph) in ("contact", "menu")


def _says(value: object, word: str) -> bool:
    """Whether a value of front matter, a text in YAML, is true or false, as ``word`` says."""
    return str(value).lower() == word


def _heading(blocks: Sequence[TextBlock], title: str) -> TextBlock | None:
    """Return the block that is, or repeats, the title of the release."""
    first = next((block for block in blocks if block.level == 1), None)
    if not title:
        return first or next((block for block in blocks[:1] if block.level), None)
    repeated = (block for block in (first, *blocks[:1]) if block and block.text == title)
    return next(repeated, None)


def _blocks(text: str) -> list[TextBlock]:
    """Return the text of each block, without markup."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    parser.add_render_rule("image", _image)
    parser.add_render_rule("code_block", _code_block)
    return fragment_blocks(parser.render(_with_footnotes(text)))


def _with_footnotes(text: str) -> str:
    """Return ``text`` with its footnotes as paragraphs, and their marks as a page shows them."""
    if "[^" not in text:
        return text
    text = _FOOTNOTE.sub("\n", text)
    return _FOOTNOTE_MARK.sub(
        lambda mark: f"<sup>{mark[1]}</sup>" if mark[1].isdecimal() else "", text
    )


def _image(
    self: "MarkdownIt", tokens: Sequence["Token"], index: int, options: object, env: object
) -> str:
    """Return the description of an image."""
    return html.escape(tokens[index].content)


def _code_block(
    self: "MarkdownIt", tokens: Sequence["Token"], index: int, options: object, env: object
) -> str:
    """Return an indented block: one of HTML is no code, but what an editor indented."""
    content = tokens[index].content
    return content if is_html(content) else f"<pre>{html.escape(content)}</pre>"
