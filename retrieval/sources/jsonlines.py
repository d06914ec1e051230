"""Files of records: JSON Lines, plain or compressed with gzip, and JSON."""

import gzip
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from retrieval.sources.draft import ReleaseDraft
from retrieval.sources.draft_cache import Drafts, document_key, read_anew
from retrieval.sources.fields import read_fields, type_name
from retrieval.sources.ids import hex_digest
from retrieval.sources.limits import check_fields
from retrieval.sources.refusing import guarded, reason_of

_MAX_LINE_LENGTH = 20_000_000  # bytes


@dataclass(frozen=True, slots=True)
class Row:
    """One record's release, with its line or number (from 1), and the record as it is written."""

    line: int
    draft: ReleaseDraft
    written: bytes

    def digest(self) -> str:
        """Return the hash of the record."""
        return hex_digest(self.written.decode("utf-8", "replace"))


@dataclass(frozen=True, slots=True)
class InvalidRow:
    """A record without a release, and the reason."""

    line: int
    reason: str


def read_rows(path: Path, drafts: Drafts = read_anew) -> Iterator[Row | InvalidRow]:
    """Yield the release of each line, skipping blank lines.

    The file is streamed, never held in memory as a whole. ``drafts`` gives the draft of a line that
    need not be read anew.

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
                    read = guarded(partial(_read_line, stripped))
                    yield Row(number, drafts(document_key("line", stripped), read), stripped)
                except ValueError as error:
                    yield InvalidRow(number, reason_of(error))


def read_json(data: bytes) -> Iterator[Row | InvalidRow]:
    """Yield the releases of a JSON file: of an object, of a list, or of the one list in an object.

    Raises:
        ValueError: If the file is not JSON, or has no object in it.
    """
    content = _parsed(data, "file")
    if isinstance(content, dict):
        lists = [each for each in content.values() if _is_list_of_objects(each)]
        content = lists[0] if len(lists) == 1 else [content]
    if not isinstance(content, list) or not _is_list_of_objects(content):
        raise ValueError(f"the file is {type_name(content)}, without a JSON object for a release")
    for number, record in enumerate(content, start=1):
        try:
            written = json.dumps(record, ensure_ascii=False, sort_keys=True)
            draft = guarded(partial(_record_draft, record))()
            yield Row(number, draft, written.encode("utf-8", "surrogatepass"))
        except (ValueError, RecursionError) as error:
            yield InvalidRow(number, reason_of(error))


def _open(path: Path) -> BinaryIO | io.BufferedReader:
    """Open a file for reading, decompressing it if its name ends in ".gz"."""
    if path.suffix.lower() == ".gz":
        return io.BufferedReader(gzip.open(path, "rb"))
    return path.open("rb")


def _parsed(data: bytes, what: str) -> object:
    """Return the JSON value of a line or a file, or raise `ValueError` with the reason."""
    try:
        return json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        reason = f"the {what} is not UTF-8: {error.reason} at byte {error.start}"
        raise ValueError(reason) from None
    except (ValueError, RecursionError) as error:
        raise ValueError(f"the {what} is not JSON: {error}") from None


def _read_line(line: bytes) -> ReleaseDraft:
    """Return the release of a line, or raise `ValueError` with the reason."""
    return _record_draft(_parsed(line, "line"))


def _record_draft(record: object) -> ReleaseDraft:
    """Return the release of a record, or raise `ValueError` with the reason."""
    if not isinstance(record, dict):
        raise ValueError(f"the record is {type_name(record)}, not a JSON object")
    check_fields(record)
    draft = read_fields(record)
    if draft.is_empty:
        raise ValueError("the record has neither a title nor a text")
    return replace(draft, id=draft.id or _derived_id(draft, record))


def _is_list_of_objects(value: object) -> bool:
    """Whether ``value`` is a list with objects in it."""
    return isinstance(value, list) and any(isinstance(each, dict) for each in value)


def _derived_id(draft: ReleaseDraft, record: dict[str, Any]) -> str:
    """Return the id of a record that gives none, the same in every run."""
    url = record.get("url")
    if address := url.strip() if isinstance(url, str) else draft.url:
        return hex_digest(address)
    title, date, text = (record.get(name) for name in ("title", "date", "text"))
    if isinstance(text, str) or not draft.paragraphs:
        return hex_digest(
            title if isinstance(title, str) else "",
            str(date or ""),
            text if isinstance(text, str) else "",
        )
    return hex_digest(draft.title, str(draft.date or ""), "\n\n".join(draft.paragraphs))
