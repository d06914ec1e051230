"""The releases of an invented city, for pictures: enough of them to fill a list and a timeline."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

SITE = "https://www.harbor.example/news"
_FIRST = date(2024, 1, 9)
_FERRY = (1, 0, 2, 1, 0, 0, 3, 2, 5, 4, 2, 6, 3, 1, 0, 2, 4, 7)
"""How many releases on the ferry there were in each month."""
_PLACES = ("Old Quay", "Mill Island", "North Beach", "the Fish Market", "Lantern Hill")


def releases() -> Iterator[dict[str, Any]]:
    """Releases as JSON Lines have them."""
    number = 0
    for month, count in enumerate(_FERRY):
        day = date(_FIRST.year + month // 12, 1 + month % 12, 1)
        for at in range(count):
            number += 1
            yield _ferry(number, day + timedelta(days=3 + 4 * at))
    yield from _others()


def _ferry(number: int, day: date) -> dict[str, Any]:
    place = _PLACES[number % len(_PLACES)]
    return {
        "id": f"ferry-{number}",
        "title": f"Night Ferry to {place[0].upper()}{place[1:]}: Notice {number}",
        "date": day.isoformat(),
        "url": f"{SITE}/ferry-{number}",
        "newsroom": "City of Harbor",
        "text": f"The night ferry calls at {place} every {10 + number % 4 * 5} minutes until two."
        f"\n\n“The night ferry is for those who work late,” said Mayor Ada Quill. Notice {number} "
        "replaces the one before it.",
    }


def _others() -> Iterator[dict[str, Any]]:
    yield {
        "id": "bridge",
        "title": "Mayor Quill Opens Rebuilt Harbor Bridge",
        "date": "2025-03-18",
        "url": f"{SITE}/bridge",
        "newsroom": "City of Harbor",
        "text": "HARBOR CITY — Mayor Ada Quill opened the rebuilt Harbor Bridge on Monday, with a "
        "walk of some two thousand people from one bank to the other.\n\n"
        "The bridge cost $48 million, of which the state paid half, and carries 31,000 vehicles a "
        "day. It was closed for fourteen months after the flood of 2023.\n\n"
        "“This bridge belongs to the people who waited for it,” said Mayor Quill. “They took the "
        "ferry in the rain, and they never asked for less than a bridge that will stand.”\n\n"
        "Cyclists have a lane of their own on either side, three metres wide.",
    }
    yield {
        "id": "library",
        "title": "All Four Libraries Open on Sundays",
        "date": "2025-05-02",
        "url": f"{SITE}/library",
        "newsroom": "City of Harbor",
        "text": "All four branches of the city library will open on Sundays from noon to five, "
        "from June 1 on.\n\nThe change was asked for by a petition with 2,300 signatures. It costs "
        "$410,000 a year.",
    }
    yield {
        "id": "fares",
        "title": "Ferry Fares Frozen Until 2027",
        "date": "2025-06-20",
        "url": f"{SITE}/fares",
        "newsroom": "City of Harbor",
        "text": "The city will not raise ferry fares before January 2027.\n\n“Commuters have "
        "carried enough,” said Mayor Quill. “The price stays as it is.”",
    }
