"""Markdown, with front matter in YAML if it has any."""

import re
from collections.abc import Iterator
from typing import Any

from retrieval.dates import parse_date
from retrieval.lines import clean, joined
from retrieval.sources.copied import dateline_of
from retrieval.sources.record import Draft, first_text, text_or_none

_FRONT_MATTER = re.compile(r"\A\s*---[^\S\n]*\n(.*?)^(?:---|\.\.\.)[^\S\n]*$\n?", re.DOTALL | re.M)
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r" {0,3}(#{1,6})(?:\s+(.*?))?(?:\s+#+)?\s*$")
_UNDERLINE = re.compile(r" {0,3}(?:=+|-{2,})\s*$")
_RULE = re.compile(r" {0,3}(?:(?:\*\s*){3,}|(?:-\s*){3,}|(?:_\s*){3,})$")
_ITEM = re.compile(r"^\s*(?:[-*+]|\d{1,3}[.)])\s+(?=\S)")
_QUOTED = re.compile(r"^\s*(?:>\s?)+")
_DEFINITION = re.compile(r" {0,3}\[[^\]]+\]:\s*\S+")

_IMAGE = re.compile(r"!\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])")
_LINK = re.compile(r"\[([^\[\]]+)\](?:\((?:[^()]|\([^()]*\))*\)|\[[^\]]*\])")
_AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^>\s]+|[\w.+-]+@[\w.-]+)>")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<!--.*?-->", re.DOTALL)
_EMPHASIS = (
    re.compile(r"(?<![\w\\*])(\*{1,3})(?=\S)(.+?)(?<=[^\s\\])\1(?![\w*])"),
    re.compile(r"(?<!\\)(\*{2,3})(?=\S)(.+?)(?<=[^\s\\])\1"),
    re.compile(r"(?<![\w\\_])(_{1,3})(?=\S)(.+?)(?<=[^\s\\])\1(?![\w_])"),
    re.compile(r"(~~)(?=\S)(.+?)(?<=\S)\1"),
)
_CODE = re.compile(r"(`+)(.+?)\1")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")


def read_markdown(text: str) -> Draft:
    """Return the release that a Markdown file is.

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
    """Yield the paragraphs with the level of a heading, or 0; code fences are as they are."""
    lines: list[str] = []
    fence = ""
    for line in (*text.split("\n"), ""):
        if fence:
            if line.strip().startswith(fence):
                fence = ""
            elif code := clean(line):
                yield 0, code
            continue
        opening, heading = _FENCE.match(line), _HEADING.match(line)
        line = _QUOTED.sub("", line, count=1) if _QUOTED.match(line) else line
        is_underline = bool(lines) and _UNDERLINE.match(line)
        ends = not line.strip() or opening or heading or is_underline or _RULE.match(line)
        if (ends or _ITEM.match(line) or _DEFINITION.match(line)) and lines:
            level = (1 if "=" in line else 2) if is_underline else 0
            if whole := _plain(joined(map(clean, lines))):
                yield level, whole
            lines = []
        if opening:
            fence = opening[1]
        elif heading:
            if name := _plain(heading[2] or ""):
                yield len(heading[1]), name
        elif not ends and not _DEFINITION.match(line):
            lines.append(_ITEM.sub("", line, count=1))


def _plain(text: str) -> str:
    """Return a paragraph's text without its markup."""
    kept: list[str] = []

    def keep(found: str) -> str:
        kept.append(found)
        return f"\x00{len(kept) - 1}\x00"

    text = _CODE.sub(lambda match: keep(match[2]), text.replace("\x00", ""))
    text = _ESCAPE.sub(lambda match: keep(match[1]), text)
    text = _IMAGE.sub(r"\1", text)
    text = _LINK.sub(r"\1", text)
    text = _AUTOLINK.sub(r"\1", text)
    text = _TAG.sub("", text)
    for form in _EMPHASIS:
        text = form.sub(r"\2", text)
    for number in reversed(range(len(kept))):
        text = text.replace(f"\x00{number}\x00", kept[number])
    return clean(text)
