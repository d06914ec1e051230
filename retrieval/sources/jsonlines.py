"""JSON Lines, plain or compressed with gzip: one release per line, streamed."""

import gzip
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO

from retrieval.sources.draft import ReleaseDraft
from retrieval.sources.ids import hex_digest
from retrieval.text.dates import date_from_number, parse_date
from retrieval.text.lines import clean, split_paragraphs

_MAX_LINE_LENGTH = 20_000_000  # bytes


@dataclass(frozen=True, slots=True)
class Row:
    """One line's release, with the line number (from 1) and a hash of the line."""

    line: int
    draft: ReleaseDraft
    digest: str


@dataclass(frozen=True, slots=True)
class InvalidRow:
    """A line without a release, and the reason."""

    line: int
    reason: str


class _InvalidRowError(ValueError):
    """Raised while a line is parsed; the message is the reason, for the user."""


def read_rows(path: Path) -> Iterator[Row | InvalidRow]:
    """Yield the release of each line, skipping blank lines.

    The file is streamed, never held in memory as a whole.

    Raises:
        OSError: If the file cannot be opened or read.
        EOFError: Where a compressed file is truncated, after the lines before that point.
        zlib.error: Where a compressed file is damaged, after the lines before that point.
    """
    with _open(path) as stream:
        number = 0
        while line := stream.readline(_MAX_LINE_LENGTH):
            number += 1
            if len(line) == _MAX_LINE_LENGTH and not line.endswith(b"\n"):
                while (rest := stream.readline(_MAX_LINE_LENGTH)) and not rest.endswith(b"\n"):
                    pass
                yield InvalidRow(number, f"the line is longer than {_MAX_LINE_LENGTH:,} bytes")
            elif stripped := line.strip():
                try:
                    draft = _parse(stripped)
                except _InvalidRowError as error:
                    yield InvalidRow(number, str(error))
                else:
                    yield Row(number, draft, hex_digest(stripped.decode("utf-8", "replace")))


def _open(path: Path) -> BinaryIO | io.BufferedReader:
    """Open a file for reading, decompressing it if its name ends in ".gz"."""
    if path.suffix.lower() == ".gz":
        return io.BufferedReader(gzip.open(path, "rb"))
    return path.open("rb")


def _parse(line: bytes) -> ReleaseDraft:
    """Return the release of one line, or raise `_InvalidRowError`."""
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        reason = f"the line is not UTF-8: {error.reason} at byte {error.start}"
        raise _InvalidRowError(reason) from None
    except (ValueError, RecursionError) as error:
        raise _InvalidRowError(f"the line is not JSON: {error}") from None
    if not isinstance(row, dict):
        raise _InvalidRowError(f"the line is {_type_name(row)}, not a JSON object")
    for key in ("title", "text"):
        value = row.get(key)
        if value is not None and not isinstance(value, str):
            raise _InvalidRowError(f"{key!r} is {_type_name(value)}, not a string")
    title, text = row.get("title") or "", row.get("text") or ""
    draft = ReleaseDraft.from_record(
        row,
        title=clean(title),
        paragraphs=split_paragraphs(text),
        date=_parse_date(row.get("date")),
        default_id=_derived_id(row.get("url"), title, row.get("date"), text),
    )
    if draft.is_empty:
        raise _InvalidRowError("the line has neither a title nor a text")
    return draft


def _parse_date(value: object) -> date | None:
    """Return the date that a row gives as text or as a number, or None."""
    if isinstance(value, str):
        return parse_date(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return date_from_number(value)
    return None


def _derived_id(url: object, title: str, date: object, text: str) -> str:
    """Return the id of a row that gives none, the same in every run."""
    if isinstance(url, str) and url.strip():
        return hex_digest(url.strip())
    return hex_digest(title, str(date or ""), text)


def _type_name(value: object) -> str:
    """Return the type of a JSON value in words."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "a string"
    return "a list" if isinstance(value, list) else "an object"
