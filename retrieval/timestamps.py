"""Moments as they are stored: in ISO 8601, with their offset from UTC."""

from datetime import UTC, datetime


def parse_timestamp(text: object) -> datetime:
    """The moment that a stored value is, in UTC.

    Raises `ValueError` where it is none, or has no offset: it could not be compared with others.
    """
    if not isinstance(text, str):
        raise ValueError(f"{text!r} is not a time")
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no offset from UTC")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{text!r} is beyond what can be reckoned with") from None
