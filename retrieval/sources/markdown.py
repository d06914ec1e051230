"""Markdown files (CommonMark with tables), with optional YAML front matter."""

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from retrieval.sources.draft import ReleaseDraft, text_or_none
from retrieval.text.dates import parse_date
from retrieval.text.lines import clean

if TYPE_CHECKING:
    from markdown_it.token import Token

_FRONT_MATTER = re.compile(r"\A\s*---[^\S\n]*\n(.*?)^(?:---|\.\.\.)[^\S\n]*$\n?", re.DOTALL | re.M)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_HIDDEN = re.compile(  # not rendered; extends to the end of the text if it is not closed
    r"<!--.*?(?:-->|\Z)|<(script|style)\b[^<>]*>.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE
)
_HIDDEN_TAG = re.compile(r"<(/?)(?:script|style)\b", re.IGNORECASE)
_LINE_BREAK = re.compile(r"<br\b", re.IGNORECASE)
_RENDERED_AS_SPACE = ("softbreak", "hardbreak")
_NOT_RENDERED = ("html_inline", "link_open", "link_close")


def read_markdown(text: str) -> ReleaseDraft:
    """Return the release that a Markdown file holds; each block and list item is a paragraph.

    The title is that of the front matter, or else the first heading of level 1.

    Raises:
        ValueError: If the front matter is not YAML, or not a mapping.
    """
    matter, text = _split_front_matter(text.replace("\r\n", "\n"))
    title = text_or_none(matter.get("title"))
    blocks = list(_blocks(text))
    heading = next((n for n, (level, _) in enumerate(blocks) if level == 1), None)
    if heading is not None and (not title or blocks[heading][1] == title):
        title = blocks.pop(heading)[1]
    paragraphs = tuple(block for _, block in blocks)
    return ReleaseDraft.from_record(
        matter,
        title=title or "",
        paragraphs=paragraphs,
        date=parse_date(text_or_none(matter.get("date")) or ""),
    )


def _split_front_matter(text: str) -> tuple[dict[Any, Any], str]:
    """Return the front matter of a file, empty if it has none, and the rest of its text."""
    match = _FRONT_MATTER.match(text)
    if match is None:
        return {}, text
    import yaml

    try:
        # All values as text: an impossible date must not refuse the file, nor "007" become 7.
        matter = yaml.load(match[1], Loader=yaml.BaseLoader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        problem = getattr(error, "problem", None) or str(error).split("\n", 1)[0]
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 2}" if mark else ""
        raise ValueError(f"the front matter is not YAML: {problem}{where}") from None
    if matter and not isinstance(matter, dict):
        raise ValueError("the front matter is not a list of names and values")
    return matter or {}, text[match.end() :]


def _blocks(text: str) -> Iterator[tuple[int, str]]:
    """Yield the heading level (0 for other blocks) and the text of each block, without markup."""
    from markdown_it import MarkdownIt

    level, row = 0, list[str]()
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        if token.type == "heading_open":
            level = int(token.tag[1:])
        elif token.type == "heading_close":
            level = 0
        elif token.type in ("td_open", "th_open"):
            row.append("")
        elif token.type == "tr_close":
            cells, row = clean(" ".join(row)), []
            yield from [(0, cells)] if cells else []
        elif token.type == "inline":
            content = clean("".join(map(_rendered, _visible(token.children or ()))))
            if row:
                row[-1] = content
            elif content:
                yield level, content
        elif token.type in ("fence", "code_block"):
            yield from ((0, line) for line in map(clean, token.content.splitlines()) if line)
        elif token.type == "html_block":
            lines = _TAG.sub("", _HIDDEN.sub("", token.content)).splitlines()
            yield from ((0, line) for line in map(clean, lines) if line)


def _visible(tokens: Iterable["Token"]) -> Iterator["Token"]:
    """Yield the inline tokens that are not within a script or a style sheet."""
    hidden = False
    for token in tokens:
        tag = _HIDDEN_TAG.match(token.content) if token.type == "html_inline" else None
        if tag:
            hidden = not tag[1]
        elif not hidden:
            yield token


def _rendered(token: "Token") -> str:
    """Return the text that an inline token is rendered as."""
    if token.type in _RENDERED_AS_SPACE or _LINE_BREAK.match(token.content):
        return " "
    return "" if token.type in _NOT_RENDERED else token.content
