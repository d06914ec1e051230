"""Markdown (CommonMark, with tables), with front matter in YAML if it has any."""

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from retrieval.sources.copied_page import dateline_of
from retrieval.sources.draft import Draft, first_text, text_or_none
from retrieval.text.dates import parse_date
from retrieval.text.lines import clean

if TYPE_CHECKING:
    from markdown_it.token import Token

_FRONT_MATTER = re.compile(r"\A\s*---[^\S\n]*\n(.*?)^(?:---|\.\.\.)[^\S\n]*$\n?", re.DOTALL | re.M)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_UNSEEN = re.compile(  # what no browser shows, to its end or the end of the text
    r"<!--.*?(?:-->|\Z)|<(script|style)\b[^<>]*>.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE
)
_UNSEEN_TAG = re.compile(r"<(/?)(?:script|style)\b", re.IGNORECASE)
_LINE_BREAK = re.compile(r"<br\b", re.IGNORECASE)
_SHOWN_AS_SPACE = ("softbreak", "hardbreak")
_NO_TEXT = ("html_inline", "link_open", "link_close")


def read_markdown(text: str) -> Draft:
    """Return the release that a Markdown file is: a block of text or a list item a paragraph.

    Raises:
        ValueError: if the front matter is not YAML, or is no mapping.
    """
    matter, text = _split(text.replace("\r\n", "\n"))
    heading, paragraphs = "", list(_paragraphs(text))
    given = text_or_none(matter.get("title"))
    first = next((n for n, (level, _) in enumerate(paragraphs) if level == 1), None)
    if first is not None and (not given or paragraphs[first][1] == given):
        heading = paragraphs.pop(first)[1]
    body = tuple(line for _, line in paragraphs)
    return Draft(
        title=given or heading,
        paragraphs=body,
        date=parse_date(text_or_none(matter.get("date")) or ""),
        url=text_or_none(matter.get("url")),
        newsroom=first_text((matter.get("newsroom"), matter.get("domain"))),
        author=first_text((matter.get("author"), matter.get("member"))),
        dateline=dateline_of(body[0]) if body else None,
        id=text_or_none(matter.get("id")),
    )


def _split(text: str) -> tuple[dict[Any, Any], str]:
    """Return the front matter and the rest of a file."""
    match = _FRONT_MATTER.match(text)
    if match is None:
        return {}, text
    import yaml

    try:
        # Every value as the text it is: a date that no calendar has is no reason to refuse a file,
        # and "007" is no number.
        matter = yaml.load(match[1], Loader=yaml.BaseLoader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        problem = getattr(error, "problem", None) or str(error).split("\n", 1)[0]
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 2}" if mark else ""
        raise ValueError(f"its front matter is not YAML: {problem}{where}") from None
    if matter and not isinstance(matter, dict):
        raise ValueError("its front matter is no list of names and values")
    return matter or {}, text[match.end() :]


def _paragraphs(text: str) -> Iterator[tuple[int, str]]:
    """Yield the paragraphs without their markup, each with its level as a heading, or 0."""
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
            whole, row = clean(" ".join(row)), []
            yield from [(0, whole)] if whole else []
        elif token.type == "inline":
            shown = clean("".join(map(_shown, _seen(token.children or ()))))
            if row:
                row[-1] = shown
            elif shown:
                yield level, shown
        elif token.type in ("fence", "code_block"):
            yield from ((0, line) for line in map(clean, token.content.splitlines()) if line)
        elif token.type == "html_block":
            lines = _TAG.sub("", _UNSEEN.sub("", token.content)).splitlines()
            yield from ((0, line) for line in map(clean, lines) if line)


def _seen(tokens: Iterable["Token"]) -> Iterator["Token"]:
    """Yield the pieces of a paragraph that are not in a script or a style sheet."""
    unseen = False
    for token in tokens:
        tag = _UNSEEN_TAG.match(token.content) if token.type == "html_inline" else None
        if tag:
            unseen = not tag[1]
        elif not unseen:
            yield token


def _shown(token: "Token") -> str:
    """Return the text that a reader sees of a piece of a paragraph."""
    if token.type in _SHOWN_AS_SPACE or _LINE_BREAK.match(token.content):
        return " "
    return "" if token.type in _NO_TEXT else token.content
