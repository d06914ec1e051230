"""Saved web pages, by way of trafilatura's main-text extraction.

Source: Barbaresi, "Trafilatura: a web scraping library and command-line tool for text discovery
and extraction" (ACL 2021 system demonstrations).
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from retrieval.sources.boilerplate import boilerplate_kind, without_boilerplate
from retrieval.sources.copied_page import dateline_of
from retrieval.sources.draft import Draft, text_or_none
from retrieval.text.dates import parse_date
from retrieval.text.lines import clean


class _Element(Protocol):
    """What of an XML element is used here."""

    tag: str
    text: str | None
    tail: str | None

    def __iter__(self) -> Iterator["_Element"]: ...

    def itertext(self) -> Iterator[str]: ...


_BLOCKS = frozenset(("p", "head", "list", "item", "quote", "table", "row", "code", "div"))
_TALKATIVE = ("trafilatura", "htmldate", "courlan")  # loggers that remark on odd markup


def read_html(page: str) -> Draft:
    """Return the release that a web page holds.

    Raises:
        ValueError: if no main text is found in it.
    """
    import trafilatura

    try:
        with _quiet():
            found: Any = trafilatura.bare_extraction(
                page,
                favor_recall=True,
                include_comments=False,
                with_metadata=True,
                date_extraction_params={"extensive_search": False, "original_date": True},
            )
    except Exception as error:  # whatever its parsers meet in a page, the others are still read
        raise ValueError(f"the page cannot be parsed: {type(error).__name__}") from error
    lines = list(_paragraphs(found.body)) if found is not None and found.body is not None else []
    if not lines:
        raise ValueError("no main text found in the page")
    title = text_or_none(found.title) or ""
    stamp = next((day for line in lines[:5] if (day := parse_date(line))), None)
    paragraphs = tuple(_text(lines, title))
    return Draft(
        title=title,
        paragraphs=paragraphs,
        date=parse_date(text_or_none(found.date) or "") or stamp,
        url=text_or_none(found.url),
        dateline=next(filter(None, map(dateline_of, paragraphs[:3])), None),
    )


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the parsers' remarks from whatever logging is set up, for the time of one page."""
    silent = logging.NullHandler()
    loggers = [logging.getLogger(name) for name in _TALKATIVE]
    before = [logger.propagate for logger in loggers]
    for logger in loggers:
        logger.addHandler(silent)
        logger.propagate = False
    try:
        yield
    finally:
        for logger, propagate in zip(loggers, before, strict=True):
            logger.removeHandler(silent)
            logger.propagate = propagate


def _text(lines: list[str], title: str) -> Iterator[str]:
    """Yield the paragraphs without the title, the buttons and dates above, and what is below."""
    begun = False
    for line in without_boilerplate(lines):
        begun = begun or not (line == title or boilerplate_kind(line) or parse_date(line))
        if begun and line and line != title:
            yield line


def _paragraphs(element: _Element) -> Iterator[str]:
    """Yield the texts of an element's blocks, in order; links and emphasis break none."""
    parts = [element.text or ""]
    for child in element:
        if child.tag in _BLOCKS or child.tag == "lb":
            yield from _whole(parts)
            yield from _paragraphs(child) if child.tag in _BLOCKS else ()
            parts = [child.tail or ""]
        else:
            space = " " if child.tag == "cell" else ""
            parts += ["".join(child.itertext()), space, child.tail or ""]
    yield from _whole(parts)


def _whole(parts: list[str]) -> Iterator[str]:
    """Yield the text of ``parts`` if there is any."""
    if text := clean("".join(parts)):
        yield text
