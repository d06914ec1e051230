"""Days as people type them in options."""

from datetime import date, datetime


def read_day(text: str) -> date:
    """A date in ISO form. Raises `ValueError`, saying what a date looks like."""
    try:
        return datetime.strptime(text.strip(), "%Y-%m-%d").date()
    except ValueError as error:
        raise ValueError(f"{text!r} is not a date like 2025-09-08") from error
