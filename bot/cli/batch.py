"""Questions from JSON Lines, and their answers as JSON in the same order."""

import json
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from bot.cli.json_output import response_json
from bot.dates import parse_date_bound
from embeddings.errors import VerbatimError
from retrieval.archive import Archive
from retrieval.question import Question


def answer_lines(
    archive: Archive,
    lines: Iterable[bytes],
    since: date | None = None,
    until: date | None = None,
    newsroom: str | None = None,
    limit: int = 5,
) -> Iterator[dict[str, Any]]:
    """Yield an object for each line that is not blank.

    It is the answer, or ``{"id", "line", "error"}`` for an invalid question; lines count from 1.
    ``since``, ``until`` and ``newsroom`` are the defaults of lines without these keys.
    """
    defaults = {"since": since, "until": until, "newsroom": newsroom}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        id = None
        try:
            values = _object(line)
            id = values.get("id")
            values = defaults | {key: value for key, value in values.items() if value is not None}
            question = Question(
                _text(values.get("question")) or "",
                _date(values["since"], end=False),
                _date(values["until"], end=True),
                _text(values["newsroom"]),
                _text(values.get("previous")),
                limit,
            )
            yield response_json(archive.respond(question), id)
        except (ValueError, VerbatimError) as error:
            yield {"id": id, "line": number, "error": str(error)}


def _object(line: bytes) -> dict[str, Any]:
    try:
        value = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ValueError(f"the line is not UTF-8: {error.reason}") from error
    except (ValueError, RecursionError) as error:
        raise ValueError(f"the line is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise ValueError("the line is not a JSON object")
    return value


def _date(value: object, *, end: bool) -> date | None:
    if value is None or isinstance(value, date):
        return value
    return parse_date_bound(str(value), date.today(), end=end)


def _text(value: object) -> str | None:
    if value is not None and not isinstance(value, str):
        raise ValueError(f"{value!r} is not a text")
    return value
