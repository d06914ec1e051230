"""Saved web pages, read with trafilatura's main text extraction.

Source: Barbaresi, "Trafilatura: A Web Scraping Library and Command-Line Tool for Text Discovery
and Extraction" (ACL 2021, system demonstrations).
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from retrieval.sources.boilerplate import boilerplate_category, strip_boilerplate
from retrieval.sources.dateline import first_dateline
from retrieval.sources.draft import ReleaseDraft, text_or_none
from retrieval.text.dates import parse_date
from retrieval.text.lines import clean


class _Element(Protocol):
    """The part of lxml's element interface that is used here."""

    tag: str
    text: str | None
    tail: str | None

    def __iter__(self) -> Iterator["_Element"]: ...

    def itertext(self) -> Iterator[str]: ...


_BLOCKS = frozenset(("p", "head", "list", "item", "quote", "table", "row", "code", "div"))
_NOISY_LOGGERS = ("trafilatura", "htmldate", "courlan")  # they report every odd bit of markup


def read_html(page: str) -> ReleaseDraft:
    """Return the release that a web page holds.

    Raises:
        ValueError: If the page cannot be parsed or has no main text.
    """
    import trafilatura

    try:
        with _silenced_loggers():
            document: Any = trafilatura.bare_extraction(
                page,
                favor_recall=True,
                include_comments=False,
                with_metadata=True,
                date_extraction_params={"extensive_search": False, "original_date": True},
            )
    except Exception as error:  # whatever one page does to the parsers, the others are still read
        raise ValueError(f"the page cannot be parsed: {type(error).__name__}") from error
    has_body = document is not None and document.body is not None
    blocks = list(_blocks(document.body)) if has_body else []
    if not blocks:
        raise ValueError("no main text found in the page")
    title = text_or_none(document.title) or ""
    date_in_text = next((date for block in blocks[:5] if (date := parse_date(block))), None)
    paragraphs = tuple(_paragraphs(blocks, title))
    return ReleaseDraft(
        title=title,
        paragraphs=paragraphs,
        date=parse_date(text_or_none(document.date) or "") or date_in_text,
        url=text_or_none(document.url),
        dateline=first_dateline(paragraphs),
    )


@contextmanager
def _silenced_loggers() -> Iterator[None]:
    """Keep the parsers' log records from every handler, and restore their loggers afterwards."""
    silent = logging.NullHandler()
    loggers = [logging.getLogger(name) for name in _NOISY_LOGGERS]
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


def _paragraphs(blocks: Sequence[str], title: str) -> Iterator[str]:
    """Yield the blocks from the first one that is text, without the title and the boilerplate."""
    in_text = False
    for block in strip_boilerplate(blocks):
        in_text = in_text or not (
            block == title or boilerplate_category(block) or parse_date(block)
        )
        if in_text and block and block != title:
            yield block


def _blocks(element: _Element) -> Iterator[str]:
    """Yield the text of each block in an element, in order; inline elements do not split one."""
    parts = [element.text or ""]
    for child in element:
        if child.tag in _BLOCKS or child.tag == "lb":
            yield from _text_of(parts)
            yield from _blocks(child) if child.tag in _BLOCKS else ()
            parts = [child.tail or ""]
        else:
            space = " " if child.tag == "cell" else ""
            parts += ["".join(child.itertext()), space, child.tail or ""]
    yield from _text_of(parts)


def _text_of(parts: Sequence[str]) -> Iterator[str]:
    """Yield the text of ``parts`` together, unless it is blank."""
    if text := clean("".join(parts)):
        yield text
