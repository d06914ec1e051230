"""The paragraphs that hold a phrase word for word, found by SQLite's full-text search (FTS5).

What is indexed of a paragraph are its `words`, so that a phrase matches whatever its case, accents,
apostrophes and punctuation, and the number of a bill however it is set ("H.R. 5", "HR5").
`retrieval.indexing.phrase_writer` writes the file.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.index.database import ReadOnlyDatabase
from retrieval.text.tokens import words

# The paragraphs of all documents share one numbering, in which each document has a range.
_MATCHES = """
SELECT document.number, hit.id - hit.first + 1
FROM (
    SELECT
        rowid AS id,
        (SELECT max(first) FROM document WHERE first <= paragraph.rowid) AS first
    FROM paragraph WHERE paragraph MATCH ?
) AS hit
JOIN document USING (first)
"""


class PhraseIndex:
    """The words of the paragraphs of documents, in order. Safe to use from several threads.

    Only paragraphs that are passages are in it (`retrieval.passages.searched_paragraphs`). Raises
    `IndexDamaged` where the file cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._database = ReadOnlyDatabase(path)

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def paragraphs_with(self, *phrases: str) -> NDArray[np.int32]:
        """(m, 2) int32: document and paragraph number of each paragraph that holds each phrase.

        The order is not defined. Any text is a phrase: nothing in it is an operator of the search.
        No paragraph holds one that has no words.
        """
        tokens = [words(phrase) for phrase in phrases]
        # `words` leaves no quotation mark in a word, so none can end the phrase early. All in one
        # search: SQLite then goes by the rarest, and does not list the paragraphs of the others.
        query = " AND ".join(f'"{" ".join(each)}"' for each in tokens)
        rows = self._database.select(_MATCHES, [query]) if tokens and all(tokens) else []
        return np.array(rows, dtype=np.int32).reshape(-1, 2)


class SegmentedPhrases:
    """The words of a generation's paragraphs. Safe to use from several threads.

    Args:
        segments: the phrase index of each segment, and the number of the release that each of its
            documents is, -1 for those that are none: (documents,) int32.
    """

    def __init__(self, segments: Sequence[tuple[PhraseIndex, NDArray[np.int32]]]) -> None:
        self._segments = segments

    def paragraphs_with(self, *phrases: str) -> NDArray[np.int32]:
        """(m, 2) int32: release and paragraph number, as `PhraseIndex.paragraphs_with`."""
        found = []
        for index, releases in self._segments:
            places = index.paragraphs_with(*phrases)
            places[:, 0] = releases[places[:, 0]]
            found.append(places[places[:, 0] >= 0])
        return np.concatenate(found)
