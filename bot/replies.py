"""The one place where an error becomes a Discord reply."""

import logging
import secrets

from bot.days import BadDay
from bot.desk import BuildStopped, StillIndexing
from retrieval.errors import (
    BadQuestion,
    CannotWrite,
    IndexBusy,
    NoIndex,
    NoReleases,
    SourceMissing,
    SourcesUnknown,
    UnknownNewsroom,
)

log = logging.getLogger(__name__)

_LONGEST = 2000  # characters of a message


class NotAllowed(Exception):
    """A command that this person may not use here."""


def apology(error: BaseException) -> str:
    """A sentence or two for the person who asked, within Discord's limit.

    What they cannot mend is logged, under a reference that they are given.
    """
    match error:
        case BadQuestion() | BadDay() | UnknownNewsroom() | StillIndexing():
            return _sentence(str(error))
        case IndexBusy():
            return "I am reading the releases already. Wait until that is done."
        case BuildStopped():
            return "I stopped reading: I am being shut down. Everything is as it was."
        case NotAllowed():
            return "Only people who may manage this server can do that."
        case NoIndex():
            return "I have not read any releases yet. Someone who manages the server can /reindex."
        case NoReleases():
            return "I found no press release where I was told to look. Everything is as it was."
        case SourceMissing() | SourcesUnknown():
            return "I was not told where the releases are, or they are gone from there."
        case CannotWrite():
            return _sentence(f"I cannot write my index: {error.reason}. Everything is as it was")
    reference = secrets.token_hex(3)
    log.error("reference %s: %s", reference, error, exc_info=error)
    return (
        "Something went wrong on my side, sorry. "
        f"Whoever hosts me finds the reason in the log under `{reference}`."
    )


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."[:_LONGEST]
