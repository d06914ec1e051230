"""Writing the phrase index of a new segment (read by `PhraseIndex`)."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from retrieval.index.database import unpublished_database

_TABLES = """
CREATE VIRTUAL TABLE paragraph USING fts5(
    words, content = '', columnsize = 0, tokenize = 'unicode61 remove_diacritics 2'
);
CREATE TABLE document (
    first INTEGER PRIMARY KEY,  -- the rowid of paragraph 1; the others follow
    number INTEGER NOT NULL
);
"""


def write_phrase_index(path: Path, documents: Iterable[Mapping[int, str]]) -> None:
    """Write the phrase index of a segment's documents.

    Args:
        path: the new file.
        documents: the words of the paragraphs of each document, by their number from 1. A paragraph
            that is left out is not indexed.
    """
    with unpublished_database(path) as connection:
        connection.executescript(_TABLES)
        connection.execute("BEGIN")
        first = 1
        for number, texts in enumerate(documents):
            connection.execute("INSERT INTO document VALUES (?,?)", (first, number))
            connection.executemany(
                "INSERT INTO paragraph (rowid, words) VALUES (?,?)",
                ((first + paragraph - 1, text) for paragraph, text in texts.items()),
            )
            first += max(texts, default=1)
        connection.execute("COMMIT")
