"""What the name of a file tells of the release in it."""

import re
from datetime import date

_DATE = re.compile(r"(\d{4})([-_.]?)(\d{2})\2(\d{2})(?!\d)", re.ASCII)
_YEARS = range(1990, 2100)


def date_in_name(path: str) -> date | None:
    """Return the date that the last name of ``path`` begins with, or None.

    ``2024-03-05-title.md`` is what Jekyll prescribes; ``2024_03_05``, ``2024.03.05`` and
    ``20240305`` are in use too.
    """
    match = _DATE.match(path.rsplit("/", 1)[-1])
    if not match or int(match[1]) not in _YEARS:
        return None
    try:
        return date(int(match[1]), int(match[3]), int(match[4]))
    except ValueError:
        return None
