"""The one place where an error becomes a Discord reply."""

import logging
import secrets

from bot.days import BadDay
from bot.desk import BuildStopped, StillIndexing
from retrieval.errors import (
    BadQuestion,
    IndexBusy,
    NoIndex,
    UnknownNewsroom,
    UnknownRelease,
)

log = logging.getLogger(__name__)


class NotAllowed(Exception):
    """A command that this person may not use here."""


def apology(error: BaseException) -> str:
    """One sentence for the person who asked; what they cannot mend is logged under a reference."""
    match error:
        case BadQuestion() | BadDay() | UnknownNewsroom() | UnknownRelease() | StillIndexing():
            return _sentence(str(error))
        case IndexBusy():
            return "I am reading the releases already. Wait until that is done."
        case BuildStopped():
            return "I stopped reading: I am being shut down. Everything is as it was."
        case NotAllowed():
            return "Only people who may manage this server can do that."
        case NoIndex():
            return "I have not read any releases yet. Someone who manages the server can /reindex."
    reference = secrets.token_hex(3)
    log.error("reference %s: %s", reference, error, exc_info=error)
    return (
        "Something went wrong on my side, sorry. "
        f"Whoever hosts me finds the reason in the log under `{reference}`."
    )


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
