"""The log of the bot, which never has secrets nor what people write, at any level.

- Libraries write at INFO at most: at DEBUG, discord.py logs every request with its token and its
  body, and every event with what somebody typed. ``VERBATIM_LOG_LEVEL`` is for Verbatim's own
  modules, which log neither.
- What still gets through is taken out of the finished text: tokens, which discord.py's warnings
  have in their addresses, and the messages of exceptions that may repeat what they failed at.
"""

import json
import logging
import re
import sqlite3
import sys
import traceback
from datetime import UTC, datetime
from typing import TextIO

import aiohttp
import discord

from bot.dates import InvalidDate
from bot.settings import LogForm
from embeddings.errors import VerbatimError
from retrieval.errors import UnknownNewsroom, UnknownRelease

OWN = ("bot", "retrieval", "embeddings")

_HIDDEN = "…"
_IN_ADDRESS = re.compile(r"(?<=/)((?:webhooks|interactions)/\d+/)[^/\s\"'?&]+")
_BOT_TOKEN = re.compile(r"\b[\w-]{18,40}\.[\w-]{5,10}\.[\w-]{25,}")
# What says why something failed, and repeats nothing that anybody wrote.
_TELLING = (
    VerbatimError,
    OSError,
    MemoryError,
    aiohttp.ClientError,
    discord.ConnectionClosed,
    discord.GatewayNotFound,
    discord.HTTPException,
    discord.RateLimited,
)
_REPEATING = (InvalidDate, UnknownNewsroom, UnknownRelease)


def set_up_log(
    level: str, token: str, stream: TextIO = sys.stderr, form: LogForm = "text"
) -> logging.Handler:
    """Log to a stream; ``level`` is that of Verbatim's own modules."""
    handler = logging.StreamHandler(stream)
    number = logging.getLevelNamesMapping()[level]
    discord.utils.setup_logging(handler=handler, level=max(number, logging.INFO))
    for name in OWN:
        logging.getLogger(name).setLevel(number)
    # It tells of every try to connect to a database that is away, which is told once.
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)
    if form == "json":
        handler.setFormatter(PrivateFormatter(JsonFormatter(), token))
    elif handler.formatter:
        handler.setFormatter(PrivateFormatter(handler.formatter, token))
    return handler


class JsonFormatter(logging.Formatter):
    """Formats a record as an object of JSON in one line.

    ``time`` is in UTC, ``answer`` the number of a stored answer, ``reference`` what a user was told
    of an error; what does not apply is left out.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The text of a record."""
        values = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "answer": getattr(record, "answer", None),
            "reference": getattr(record, "reference", None),
            "exception": record.exc_text,
        }
        told = {name: value for name, value in values.items() if value is not None}
        return json.dumps(told, ensure_ascii=False)


class PrivateFormatter(logging.Formatter):
    """Formats as another formatter does, without secrets and what people write."""

    def __init__(self, inner: logging.Formatter, token: str) -> None:
        super().__init__()
        self._inner = inner
        self._token = token

    def format(self, record: logging.LogRecord) -> str:
        """The text of a record."""
        shown = logging.makeLogRecord(record.__dict__)
        shown.exc_info = shown.exc_text = None
        shown.msg, shown.args = record.getMessage(), None
        if record.name == "asyncio":
            # The other lines are representations of tasks, with their exceptions.
            shown.msg = shown.msg.partition("\n")[0]
        if record.exc_info and (error := record.exc_info[1]):
            shown.exc_text = exception_text(error)
        return self._without_secrets(self._inner.format(shown))

    def _without_secrets(self, text: str) -> str:
        if self._token:
            text = text.replace(self._token, _HIDDEN)
        return _BOT_TOKEN.sub(_HIDDEN, _IN_ADDRESS.sub(rf"\1{_HIDDEN}", text))


def exception_text(error: BaseException) -> str:
    """An exception with where it was raised, and those before it, the first one first.

    Its message is left out unless it belongs to a type whose messages repeat nothing.
    """
    parts, seen = list[str](), set[int]()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        frames = "".join(traceback.format_tb(current.__traceback__))
        parts.append(f"Traceback (most recent call last):\n{frames}{_line(current)}")
        before = None if current.__suppress_context__ else current.__context__
        current = current.__cause__ or before
    return "\n\nwhich led to:\n\n".join(reversed(parts))


def _line(error: BaseException) -> str:
    name = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    if isinstance(error, BaseExceptionGroup):
        return "\n\n".join([f"{name} of:", *map(exception_text, error.exceptions)])
    is_told = isinstance(error, _TELLING) and not isinstance(error, _REPEATING)
    if isinstance(error, sqlite3.Error):
        # Where its code is this one, it may quote the statement, or what was searched for.
        is_told = getattr(error, "sqlite_errorcode", 1) != sqlite3.SQLITE_ERROR
    return f"{name}: {error}" if is_told else f"{name} (its message may repeat what somebody wrote)"
