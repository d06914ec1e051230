"""Writing the phrase index of a new generation (read by `PhraseIndex`).

Indexing every paragraph takes seconds, so a build copies the file of the generation before and adds
what is new. A document is the text of a release, known by its exact digest; several releases may
have the same. One that no release has any more stays in the file until a quarter of them are such.
"""

import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from retrieval.index.database import ReadOnlyDatabase, unpublished_database

_TABLES = """
CREATE VIRTUAL TABLE paragraph USING fts5(
    words, content = '', columnsize = 0, tokenize = 'unicode61 remove_diacritics 2'
);
CREATE TABLE document (
    first INTEGER PRIMARY KEY,  -- the rowid of paragraph 1; the others follow
    digest BLOB NOT NULL,
    paragraphs INTEGER NOT NULL
);
"""
_RELEASES = """
DROP TABLE IF EXISTS release;
CREATE TABLE release (
    number INTEGER PRIMARY KEY,
    document INTEGER NOT NULL REFERENCES document (first)
);
CREATE INDEX release_document ON release (document);
"""
_MAX_UNUSED = 0.25  # of the documents in a file that is copied


def write_phrase_index(
    path: Path,
    digests: Sequence[bytes],
    paragraphs: Callable[[int], Mapping[int, str]],
    previous: Path | None,
) -> None:
    """Write the phrase index of a generation's releases.

    Args:
        path: the new file.
        digests: the exact digest of each release, by number.
        paragraphs: gives the words of the paragraphs of a release, by their number from 1. A
            paragraph that it leaves out is not indexed.
        previous: the file of an earlier generation, if its words were made in the same way.
    """
    copied = previous is not None and _is_worth_copying(previous, digests)
    if previous and copied:
        shutil.copyfile(previous, path)
    with unpublished_database(path) as connection:
        if not copied:
            connection.executescript(_TABLES)
        connection.executescript(_RELEASES)
        connection.execute("BEGIN")
        documents = dict(connection.execute("SELECT digest, first FROM document"))
        end = "SELECT coalesce(max(first + paragraphs), 1) FROM document"
        (first,) = connection.execute(end).fetchone()
        for number, digest in enumerate(digests):
            if digest in documents:
                continue
            texts = paragraphs(number)
            documents[digest] = first
            values = first, digest, max(texts, default=0)
            connection.execute("INSERT INTO document VALUES (?,?,?)", values)
            connection.executemany(
                "INSERT INTO paragraph (rowid, words) VALUES (?,?)",
                ((first + paragraph - 1, text) for paragraph, text in texts.items()),
            )
            first += max(texts, default=1)
        connection.executemany(
            "INSERT INTO release VALUES (?,?)",
            ((number, documents[digest]) for number, digest in enumerate(digests)),
        )
        connection.execute("COMMIT")


def _is_worth_copying(previous: Path, digests: Sequence[bytes]) -> bool:
    """Whether most documents of a file are still the text of some release."""
    database = ReadOnlyDatabase(previous)
    documents = {digest for (digest,) in database.select("SELECT digest FROM document")}
    database.close()
    return len(documents.difference(digests)) <= _MAX_UNUSED * len(documents)
