"""How long to wait before a request is tried again."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from random import Random

_LONGEST_HEADER = 64  # characters of a date or a number
_LONGEST_RETRY_AFTER = 86_400.0 * 7  # seconds; who asks for more is asked again after a week


@dataclass(frozen=True, slots=True)
class Backoff:
    """Exponential back-off with jitter, so that many requests do not come back at the same moment.

    Attributes:
        tries: how often one request is made at most.
        first: seconds to wait after the first failure; twice that after the second, and so on.
        longest: seconds that are waited at most. If a server asks for more, it is left alone.
    """

    tries: int = 4
    first: float = 2.0
    longest: float = 120.0

    def wait(self, failures: int, retry_after: float | None, random: Random) -> float | None:
        """Seconds to wait after ``failures`` of one request in a row, or None to give up.

        ``retry_after`` is what the server asked for, if it did.
        """
        if failures >= self.tries or (retry_after or 0.0) > self.longest:
            return None
        wait = min(self.longest, self.first * 2.0 ** (failures - 1))
        return max(wait * random.uniform(0.5, 1.0), retry_after or 0.0)


def parse_retry_after(header: str, now: datetime) -> float | None:
    """The seconds that a ``Retry-After`` header asks for, as a number or as a date (RFC 9110).

    None where it is neither. ``now`` is in UTC.
    """
    text = header.strip()
    if len(text) > _LONGEST_HEADER:
        return None
    if text.isascii() and text.isdigit():
        return min(float(text), _LONGEST_RETRY_AFTER)
    try:
        then = parsedate_to_datetime(text)
        seconds = (then.replace(tzinfo=then.tzinfo or UTC) - now).total_seconds()
    except (ValueError, OverflowError):
        return None
    return min(max(seconds, 0.0), _LONGEST_RETRY_AFTER)
