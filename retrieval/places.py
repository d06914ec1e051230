"""The places of a release's paragraphs as one text, short for what most releases have."""

import json
from collections.abc import Sequence
from itertools import groupby

from retrieval.release import AttachedDocument, Place


def places_text(places: Sequence[Place]) -> str | None:
    """The places of all paragraphs of a release as text; None if there are none to tell.

    It is a list in JSON of the documents of the release, each with its name, its address, and the
    pages of its paragraphs: ``[[null, null, [null, null]], ["a.pdf", "https://…/a.pdf", [1, 2]]]``.
    """
    if all(place == Place() for place in places):
        return None
    documents = groupby(places, key=lambda place: place.attachment)
    rows = [
        [of.name if of else None, of.url if of else None, [place.page for place in group]]
        for of, group in documents
    ]
    # Lone surrogates, which SQLite refuses, stay escaped.
    return json.dumps(rows)


def places_of(text: str | None) -> tuple[Place, ...]:
    """The places that `places_text` wrote. Raises `ValueError` or `TypeError` for other texts."""
    rows = json.loads(text) if text else []
    return tuple(
        Place(page, AttachedDocument(name, url) if name is not None else None)
        for name, url, pages in rows
        for page in pages
    )
