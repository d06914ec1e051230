"""The paragraphs of a segment's documents in SQLite."""

from collections.abc import Sequence
from pathlib import Path

from retrieval.errors import IndexDamaged
from retrieval.index.database import ReadOnlyDatabase

TEXT = "text.sqlite"

_LOOKED_UP = 250  # places of one query


class DocumentTexts:
    """The paragraphs of documents, read only. Safe to use from several threads.

    Documents are numbered from 0, their paragraphs from 1. Every method raises `IndexDamaged` where
    the file cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._database = ReadOnlyDatabase(path)

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def damaged(self, reason: str) -> IndexDamaged:
        """The error to raise where a text is not what was written."""
        return self._database.damaged(reason)

    def paragraphs(self, document: int, limit: int = -1) -> tuple[str, ...]:
        """A document's paragraphs, in order, or the first few; none if it does not exist."""
        query = "SELECT text FROM paragraph WHERE document = ? ORDER BY number LIMIT ?"
        return tuple(text for (text,) in self._database.select(query, [document, limit]))

    def at(self, places: Sequence[tuple[int, int]]) -> dict[tuple[int, int], str]:
        """The paragraphs with these document and paragraph numbers, by these."""
        found: dict[tuple[int, int], str] = {}
        for start in range(0, len(places), _LOOKED_UP):
            block = places[start : start + _LOOKED_UP]
            marks = ",".join(["(?, ?)"] * len(block))
            # CROSS JOIN makes SQLite look up the paragraphs, which it would otherwise scan.
            query = (
                f"WITH place (document, number) AS (VALUES {marks}) SELECT document, number, text"
                " FROM place CROSS JOIN paragraph USING (document, number)"
            )
            rows = self._database.select(query, [number for place in block for number in place])
            found.update({(document, number): text for document, number, text in rows})
        return found
