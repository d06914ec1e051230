"""The releases of an invented city: enough to fill a timeline, and some to ask about."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

_FERRY_NOTICES = (1, 0, 2, 1, 0, 0, 3, 2, 5, 4, 2, 6, 3, 1, 0, 2, 4, 7)
"""How many releases on the night ferry there were in each month from January 2024."""
_PIERS = ("Old Quay", "Mill Island", "North Beach", "the Fish Market", "Lantern Hill")

Release = dict[str, str]


def releases() -> Iterator[Release]:
    """Yield releases as JSON Lines have them."""
    number = 0
    for month, count in enumerate(_FERRY_NOTICES):
        for at in range(count):
            number += 1
            pier = _PIERS[number % len(_PIERS)]
            yield _release(
                f"ferry-{number}",
                f"Night Ferry to {pier[0].upper()}{pier[1:]}: Notice {number}",
                date(2024 + month // 12, 1 + month % 12, 4) + timedelta(days=4 * at),
                f"The night ferry calls at {pier} every {10 + number % 4 * 5} minutes until two.",
                f"“The night ferry is for those who work late,” said Mayor Ada Quill. Notice "
                f"{number} replaces the one before it.",
            )
    yield _release(
        "bridge",
        "Mayor Quill Opens Rebuilt Harbor Bridge",
        date(2025, 3, 18),
        "HARBOR CITY — Mayor Ada Quill opened the rebuilt Harbor Bridge on Monday, with a walk of "
        "some two thousand people from one bank to the other.",
        "The bridge cost $48 million, of which the state paid half, and carries 31,000 vehicles a "
        "day. It was closed for fourteen months after the flood of 2023.",
        "“This bridge belongs to the people who waited for it,” said Mayor Quill. “They took the "
        "ferry in the rain, and they never asked for less than a bridge that will stand.”",
        "Cyclists have a lane of their own on either side, three metres wide.",
    )
    yield _release(
        "library",
        "All Four Libraries Open on Sundays",
        date(2025, 5, 2),
        "All four branches of the city library will open on Sundays from noon to five, from June "
        "1 on.",
        "The change was asked for by a petition with 2,300 signatures. It costs $410,000 a year.",
    )
    yield FARES


def _release(id: str, title: str, day: date, *paragraphs: str) -> Release:
    return {
        "id": id,
        "title": title,
        "date": day.isoformat(),
        "url": f"https://www.harbor.example/news/{id}",
        "newsroom": "City of Harbor",
        "text": "\n\n".join(paragraphs),
    }


FARES = _release(
    "fares",
    "Ferry Fares Frozen Until 2027",
    date(2025, 6, 20),
    "The city will not raise ferry fares before January 2027.",
    "“Commuters have carried enough,” said Mayor Quill. “The price stays as it is.”",
)
PARK = _release(
    "park",
    "New Park on Pier 9",
    date(2025, 7, 1),
    "A park with sixty trees opens on Pier 9 on July 4.",
    "It never closes.",
)
"""Published later, instead of `FARES`."""
