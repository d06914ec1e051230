"""JSON Lines: one release a line, streamed, also compressed."""

import gzip
import io
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import BinaryIO

from retrieval.sources.copied_page import dateline_of
from retrieval.sources.draft import Draft, digest, first_text, text_or_none
from retrieval.text.dates import date_of_number, parse_date
from retrieval.text.lines import blocks, clean

_LONGEST_LINE = 20_000_000  # bytes


class BadRowError(ValueError):
    """A line that holds no release; the message is the reason, for a person."""


def read_rows(path: Path) -> Iterator[tuple[int, Draft | BadRowError, str]]:
    """Yield the line number, the release or the reason against it, and its digest, line by line.

    Blank lines are passed over. The file is never held in memory whole.

    Raises:
        OSError: if the file cannot be opened or read.
        EOFError, zlib.error: where a compressed file is cut off or damaged, after what could be
            read before it.
    """
    with _opened(path) as stream:
        number = 0
        while line := stream.readline(_LONGEST_LINE):
            number += 1
            if len(line) == _LONGEST_LINE and not line.endswith(b"\n"):
                while (rest := stream.readline(_LONGEST_LINE)) and not rest.endswith(b"\n"):
                    pass
                yield number, BadRowError(f"line is longer than {_LONGEST_LINE:,} bytes"), ""
            elif stripped := line.strip():
                yield number, _read_row(stripped), digest(stripped.decode("utf-8", "replace"))


def _opened(path: Path) -> BinaryIO | io.BufferedReader:
    """Return the file, decompressing if its name says so."""
    if path.suffix.lower() == ".gz":
        return io.BufferedReader(gzip.open(path, "rb"))
    return path.open("rb")


def _read_row(line: bytes) -> Draft | BadRowError:
    """Return the release of one line, or the reason why it has none."""
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        return BadRowError(f"line is not UTF-8: {error.reason} at byte {error.start}")
    except (ValueError, RecursionError) as error:
        return BadRowError(f"line is not JSON: {error}")
    if not isinstance(row, dict):
        return BadRowError(f"line is {_kind(row)}, not a JSON object")
    for key in ("title", "text"):
        value = row.get(key)
        if value is not None and not isinstance(value, str):
            return BadRowError(f"{key!r} is {_kind(value)}, not a string")
    title, text = row.get("title") or "", row.get("text") or ""
    given_date = row.get("date")
    paragraphs = blocks(text)
    draft = Draft(
        title=clean(title),
        paragraphs=paragraphs,
        date=_date_of(given_date),
        url=text_or_none(row.get("url")),
        newsroom=first_text((row.get("newsroom"), row.get("domain"))),
        author=first_text((row.get("author"), row.get("member"))),
        dateline=dateline_of(paragraphs[0]) if paragraphs else None,
        id=text_or_none(row.get("id")) or _id_of(row.get("url"), title, given_date, text),
    )
    return BadRowError("line has neither a title nor a text") if draft.is_empty else draft


def _date_of(value: object) -> date | None:
    """Return the date that a row gives, in words or as a number, or None."""
    if isinstance(value, str):
        return parse_date(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return date_of_number(value)
    return None


def _id_of(url: object, title: str, given_date: object, text: str) -> str:
    """Return an id for a row without one, the same in every run."""
    if isinstance(url, str) and url.strip():
        return digest(url.strip())
    return digest(title, str(given_date or ""), text)


def _kind(value: object) -> str:
    """Return what a JSON value is, in words."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "a string"
    return "a list" if isinstance(value, list) else "an object"
