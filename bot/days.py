"""Days as people type them in options."""

from datetime import date, datetime

from embeddings.errors import VerbatimError


class BadDay(VerbatimError):
    """A text that was to be a date, and is none."""

    def __init__(self, text: str) -> None:
        shown = text if len(text) <= 40 else f"{text[:40]}…"
        super().__init__(f"{shown!r} is not a date like 2025-09-08")
        self.text = text


def read_day(text: str) -> date:
    """A date in ISO form. Raises `BadDay`."""
    try:
        return datetime.strptime(text.strip(), "%Y-%m-%d").date()
    except ValueError as error:
        raise BadDay(text) from error
